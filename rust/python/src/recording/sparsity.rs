//! Patterns and colourings for Python.

use numpy::{IntoPyArray, PyArray1, PyReadonlyArray1};
use pyframe_autodiff::sparsity::{
    Adjacency, Pattern, SparsityError, alone, columns, jacobian_pattern, star, structure_key,
};
use pyframe_autodiff::{DerivativeError, Raised, forward, reverse};
use pyframe_graph::NodeId;
use pyframe_tape::{Datum, Stop, pass};
use pyo3::prelude::*;
use pyo3::types::PyList;

use super::convert::to_array;
use super::foreign::{Outside, refused_rule};
use super::interrupts::interrupts;
use super::recording::Recording;
use super::refused::refused;
use super::trace::object;
use super::wrap::traced;
use crate::errors::{self, guard};

type Numbers<'py> = Bound<'py, PyArray1<i32>>;

/// Where rows begin, columns, colours, how many there are, and where each entry is read.
type Stars<'py> = (Numbers<'py>, Numbers<'py>, Numbers<'py>, usize, Bound<'py, PyArray1<i64>>);

pub fn node(recording: &Bound<'_, Recording>, object: &Bound<'_, PyAny>) -> PyResult<NodeId> {
    match traced(object)? {
        Some(traced) if traced.recording.is(recording) => Ok(traced.node),
        _ => Err(errors::leaked("a value was traced by another recording")),
    }
}

fn numbers(py: Python<'_>, from: impl Iterator<Item = usize>) -> PyResult<Numbers<'_>> {
    let large = |_| errors::out_of_memory("a sparse matrix with more than 2^31 entries");
    let made = from.map(i32::try_from).collect::<Result<Vec<i32>, _>>().map_err(large)?;
    Ok(made.into_pyarray(py))
}

fn found<'py>(py: Python<'py>, pattern: &Pattern) -> PyResult<(Numbers<'py>, Numbers<'py>)> {
    let starts = numbers(py, pattern.starts.iter().copied())?;
    let indices = numbers(py, pattern.indices.iter().map(|&column| column as usize))?;
    Ok((starts, indices))
}

/// A pattern that Python gives as a CSR matrix's arrays, checked.
fn pattern(
    starts: &PyReadonlyArray1<'_, i32>,
    indices: &PyReadonlyArray1<'_, i32>,
    columns: usize,
) -> PyResult<Pattern> {
    let wrong = || errors::shape("these are no rows of a sparse matrix: indices must ascend in each row");
    let (starts, indices) = (starts.as_slice()?, indices.as_slice()?);
    let starts: Vec<usize> = starts.iter().map(|&s| usize::try_from(s).unwrap_or(usize::MAX)).collect();
    let fits = starts.first() == Some(&0)
        && starts.last() == Some(&indices.len())
        && starts.is_sorted()
        && indices.iter().all(|&column| usize::try_from(column).is_ok_and(|column| column < columns))
        && starts.windows(2).all(|row| indices[row[0]..row[1]].is_sorted_by(|a, b| a < b));
    if !fits {
        return Err(wrong());
    }
    Ok(Pattern { columns, starts, indices: indices.iter().map(|&column| column as u32).collect() })
}

/// The exception that ended a search.
pub fn interrupted(error: Raised) -> PyErr {
    refused_rule(DerivativeError::Raised(error))
}

#[pymethods]
impl Recording {
    /// The derivative of `output` with respect to `input` times each of some seeds, which are
    /// stacked in front: directions of the input, or with `backwards` adjoints of the output.
    /// None where nothing depends.
    fn products<'py>(
        slf: &Bound<'py, Self>,
        input: &Bound<'py, PyAny>,
        output: &Bound<'py, PyAny>,
        seeds: &Bound<'py, PyAny>,
        backwards: bool,
    ) -> PyResult<Option<Bound<'py, PyList>>> {
        guard("Recording.products", || {
            let py = slf.py();
            let (input, output) = (node(slf, input)?, node(slf, output)?);
            let seeded = if backwards { output } else { input };
            let program = slf.get().with(|tape| {
                let ty = tape.graph().ty(seeded).clone();
                pass(tape, &ty, |graph, seed| {
                    let found = if backwards {
                        reverse(graph, &[(output, seed)], &[input], &Outside)?
                    } else {
                        forward(graph, &[(input, seed)], &[output], &Outside)?
                    };
                    Ok(found[0])
                })
            })?;
            let Some(program) = program else { return Ok(None) };
            let list = PyList::empty(py);
            for seed in seeds.try_iter()? {
                let seed = [Datum::Array(to_array(&seed?, "a seed")?)];
                list.append(match py.detach(|| program.run(&seed, &Outside)) {
                    Ok(mut found) => object(py, found.swap_remove(0))?,
                    Err(Stop::Failed(error)) => return Err(refused(error)),
                    Err(Stop::Guard(_)) => return Err(errors::internal("a pass has no guards")),
                })?;
                py.check_signals()?;
            }
            Ok(Some(list))
        })
    }

    /// What the pattern of the derivative of `output` with respect to `input` hangs on.
    fn structure_key<'py>(
        slf: &Bound<'py, Self>,
        input: &Bound<'py, PyAny>,
        output: &Bound<'py, PyAny>,
    ) -> PyResult<u128> {
        guard("Recording.structure_key", || {
            let (input, output) = (node(slf, input)?, node(slf, output)?);
            slf.get().with(|tape| Ok(structure_key(tape.graph(), input, output, &|id| tape.array(id).ok())))
        })
    }

    /// The pattern of the derivative of `output` with respect to `input`: where rows begin, and
    /// the columns in each.
    fn sparsity<'py>(
        slf: &Bound<'py, Self>,
        input: &Bound<'py, PyAny>,
        output: &Bound<'py, PyAny>,
    ) -> PyResult<(Numbers<'py>, Numbers<'py>)> {
        guard("Recording.sparsity", || {
            let (input, output) = (node(slf, input)?, node(slf, output)?);
            let made = slf.get().with(|tape| {
                let values = |id| tape.array(id).ok();
                Ok(jacobian_pattern(tape.graph(), input, output, &values, &interrupts()))
            })?;
            match made {
                Ok(pattern) => found(slf.py(), &pattern),
                Err(SparsityError::Graph(error)) => Err(refused(error.into())),
                Err(SparsityError::Raised(error)) => Err(interrupted(error)),
                Err(error @ SparsityError::TooDense { .. }) => Err(errors::out_of_memory(error.to_string())),
            }
        })
    }
}

/// A colour for each column (each row, with `by_rows`) such that those of one colour share no
/// row (no column), and how many there are.
#[pyfunction]
pub fn colour_columns<'py>(
    py: Python<'py>,
    starts: PyReadonlyArray1<'py, i32>,
    indices: PyReadonlyArray1<'py, i32>,
    width: usize,
    by_rows: bool,
) -> PyResult<(Numbers<'py>, usize)> {
    guard("colour_columns", || {
        let pattern = Adjacency::new(pattern(&starts, &indices, width)?);
        let pattern = if by_rows { pattern.transposed() } else { pattern };
        let (colours, count) = py.detach(|| columns(&pattern, &interrupts())).map_err(interrupted)?;
        Ok((numbers(py, colours.into_iter().map(|colour| colour as usize))?, count))
    })
}

/// The symmetric pattern that holds a square one, a star colouring of it, how many colours there
/// are, and for each entry the place where one pass for each colour, one after another, shows it.
#[pyfunction]
pub fn colour_star<'py>(
    py: Python<'py>,
    starts: PyReadonlyArray1<'py, i32>,
    indices: PyReadonlyArray1<'py, i32>,
) -> PyResult<Stars<'py>> {
    guard("colour_star", || {
        let width = starts.as_slice()?.len().saturating_sub(1);
        let pattern = pattern(&starts, &indices, width)?.symmetrised();
        let (colours, count) = py.detach(|| star(&pattern, &interrupts())).map_err(interrupted)?;
        let places = py.detach(|| alone(&pattern, &colours, count)).into_pyarray(py);
        let (starts, indices) = found(py, &pattern)?;
        let colours = numbers(py, colours.into_iter().map(|colour| colour as usize))?;
        Ok((starts, indices, colours, count, places))
    })
}
