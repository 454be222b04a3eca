//! Traces as bytes, and as a part of other recordings.

use pyframe_graph::{GraphError, NodeId, Primitive, Reader, Type, Writer};
use pyframe_tape::{Guard, Program, TapeError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList};

use super::foreign::Outside;
use super::refused::refused;
use super::trace::Trace;
use super::wrap::{home, operand, shape_tuple, wrap};
use crate::errors::{self, guard};

/// A file that holds a text and traces.
#[pyfunction]
pub fn pack<'py>(
    py: Python<'py>,
    text: &str,
    traces: Vec<Bound<'py, Trace>>,
) -> PyResult<Bound<'py, PyBytes>> {
    guard("pack", || {
        let programs: Vec<&Program> = traces.iter().map(|trace| trace.get().program()).collect();
        let write = || {
            let mut to = Writer::default();
            to.text(text);
            to.count(programs.len());
            programs.iter().try_for_each(|program| program.write(&mut to))?;
            Ok(to.sealed())
        };
        let file = py.detach(write).map_err(|error: GraphError| refused(error.into()))?;
        Ok(PyBytes::new(py, &file))
    })
}

/// The text and the traces of such a file.
#[pyfunction]
pub fn unpack(py: Python<'_>, data: &[u8]) -> PyResult<(String, Vec<Trace>)> {
    let read = || {
        let mut from = Reader::open(data)?;
        let text = from.text()?.to_owned();
        let traces = (0..from.count(1)?).map(|_| Program::read(&mut from).map(Trace::of));
        let traces = traces.collect::<Result<Vec<_>, TapeError>>()?;
        from.finish()?;
        Ok((text, traces))
    };
    guard("unpack", || {
        py.detach(read).map_err(|error| match error {
            TapeError::Graph(GraphError::OutOfMemory { .. }) => refused(error),
            error => errors::unloadable(error.to_string()),
        })
    })
}

fn types<'py>(py: Python<'py>, trace: &Trace, nodes: &[NodeId]) -> PyResult<Bound<'py, PyList>> {
    let list = PyList::empty(py);
    for &id in nodes {
        let ty = trace.program().graph().ty(id);
        list.append((ty.dtype.name(), shape_tuple(py, ty)?))?;
    }
    Ok(list)
}

#[pymethods]
impl Trace {
    /// The dtype and the shape of each argument.
    #[getter]
    fn inputs<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        types(py, self, self.program().graph().inputs())
    }

    /// The dtype and the shape of each result.
    #[getter]
    fn outputs<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        types(py, self, self.program().graph().outputs())
    }

    /// The numbers of the functions from outside that it calls.
    #[getter]
    fn foreign(&self) -> Vec<u64> {
        let graph = self.program().graph();
        let calls = graph.ids().filter(|&id| graph.primitive(id) == Primitive::Foreign);
        let number = |id| match graph.attribute(id) {
            pyframe_graph::Attribute::Foreign { function, .. } => Some(*function),
            _ => None,
        };
        calls.filter_map(number).collect()
    }

    /// The results as traced values of the recording that one of the arguments belongs to, with
    /// the guards; the caller has seen that they hold.
    fn again<'py>(&self, py: Python<'py>, arguments: Vec<Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyList>> {
        guard("Trace.again", || {
            let recording = home(&arguments.iter().collect::<Vec<_>>())?;
            let given = arguments.iter().map(|object| Ok(operand(&recording, object)?.node));
            let given = given.collect::<PyResult<Vec<_>>>()?;
            let guards = self.program().guards();
            let mut graph = self.program().graph().clone();
            let count = graph.outputs().len();
            let watched = guards.iter().flat_map(|guard| match guard {
                Guard::Branch(comparison, _) => vec![comparison.left, comparison.right],
                Guard::Concrete(node, _) => vec![*node],
            });
            let wanted: Vec<NodeId> = graph.outputs().iter().copied().chain(watched).collect();
            graph.set_outputs(&wanted);
            let made = recording.get().with(|tape| {
                for (&node, &input) in given.iter().zip(graph.inputs()) {
                    let (seen, wanted): (&Type, &Type) = (tape.graph().ty(node), graph.ty(input));
                    if seen != wanted {
                        return Err(TapeError::Internal("an argument of another type"));
                    }
                }
                let made = tape.record(&Outside, |whole| Ok(whole.inline(&graph, &given)?))?;
                let mut watched = made[count..].iter().copied();
                let mut next = || watched.next().unwrap_or(NodeId(0));
                for guard in guards {
                    let moved = match guard {
                        Guard::Branch(comparison, holds) => {
                            let (left, right) = (next(), next());
                            Guard::Branch(pyframe_tape::Comparison { left, right, ..*comparison }, *holds)
                        }
                        Guard::Concrete(_, array) => Guard::Concrete(next(), array.clone()),
                    };
                    tape.guard(|_| moved);
                }
                Ok(made)
            })?;
            let list = PyList::empty(py);
            for &node in &made[..count] {
                list.append(wrap(&recording, node, true)?)?;
            }
            Ok(list)
        })
    }
}
