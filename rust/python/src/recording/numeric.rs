//! A compiled function called with plain numbers: what the searches do, which make no Python
//! object while a trace answers.

use pyframe_graph::{Array, Shape};
use pyframe_tape::{Datum, Numbers};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyFloat, PyTuple, PyTupleMethods, PyType};

use super::convert::{is_plain_array, push_numbers, to_array};
use super::replay::{Kind, Replay};
use super::trace::Trace;
use crate::errors;

/// The Python classes of compiled functions: `Compiled`, and `WithGradient` around one.
static CLASSES: PyOnceLock<[Py<PyType>; 2]> = PyOnceLock::new();

/// Say what the classes of compiled functions are; the first word holds.
#[pyfunction]
#[pyo3(name = "_set_compiled")]
pub fn set_compiled(py: Python<'_>, compiled: Py<PyType>, with_gradient: Py<PyType>) {
    let _ = CLASSES.set(py, [compiled, with_gradient]);
}

/// A compiled function of a float or an array and some further arguments that stay the same.
pub struct Numeric<'py> {
    compiled: Bound<'py, PyAny>,
    kinds: Vec<Kind>,
    rest: Vec<Datum>,
    rest_numbers: Numbers,
    traces: Vec<Bound<'py, Trace>>,
}

impl<'py> Numeric<'py> {
    /// The function, if it is a compiled one and its further arguments are floats and arrays.
    /// Its first argument is a float, or an array of that shape.
    pub fn of(
        f: &Bound<'py, PyAny>,
        shape: Option<&[usize]>,
        rest: Option<&Bound<'py, PyTuple>>,
    ) -> PyResult<Option<Self>> {
        let py = f.py();
        let Some([compiled, with_gradient]) = CLASSES.get(py) else { return Ok(None) };
        let class = f.get_type();
        let compiled = if class.is(compiled) {
            f.clone()
        } else if class.is(with_gradient) {
            f.getattr(pyo3::intern!(py, "compiled"))?
        } else {
            return Ok(None);
        };
        let first = shape.map_or(Kind::Number, |shape| Kind::Array(shape.into()));
        let mut made = Self {
            compiled,
            kinds: vec![first],
            rest: Vec::new(),
            rest_numbers: Numbers::new(),
            traces: Vec::new(),
        };
        for argument in rest.into_iter().flat_map(PyTupleMethods::iter) {
            let Some(kind) = Kind::of(&argument) else { return Ok(None) };
            made.rest.push(match (&kind, argument.cast_exact::<PyFloat>()) {
                (Kind::Number, Ok(number)) => Datum::Scalar(number.value()),
                // A copy: the caller may write to it between the evaluations.
                _ => Datum::Array(to_array(&argument, "an argument")?),
            });
            push_numbers(&mut made.rest_numbers, &argument)?;
            debug_assert!(matches!(kind, Kind::Number) || is_plain_array(&argument));
            made.kinds.push(kind);
        }
        made.refresh()?;
        Ok(Some(made))
    }

    /// Look for traces again, after the function has been called the long way.
    pub fn refresh(&mut self) -> PyResult<()> {
        let py = self.compiled.py();
        let replay = self.compiled.getattr(pyo3::intern!(py, "_replay"))?;
        self.traces = match replay.cast::<Replay>() {
            Ok(replay) => replay.get().fitting(py, &self.kinds)?,
            Err(_) => Vec::new(),
        };
        Ok(())
    }

    /// f(x), or nothing when no trace answers.
    pub fn value(&self, x: &[f64]) -> PyResult<Option<f64>> {
        self.first(|trace, py| trace.number(py, &self.inputs(x)))
    }

    /// f(x) with the gradient into `g`, or nothing when no trace answers.
    pub fn value_and_gradient(&self, x: &[f64], g: &mut [f64]) -> PyResult<Option<f64>> {
        self.first(|trace, py| trace.number_and_gradient(py, &self.inputs(x), g))
    }

    fn first(
        &self,
        mut of: impl FnMut(&Trace, Python<'py>) -> PyResult<Option<f64>>,
    ) -> PyResult<Option<f64>> {
        for trace in &self.traces {
            if let Some(found) = of(trace.get(), trace.py())? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    fn inputs<'a>(&'a self, x: &'a [f64]) -> Inputs<'a> {
        Inputs { x, shape: &self.kinds[0], rest: &self.rest, rest_numbers: &self.rest_numbers }
    }
}

/// The arguments of a call.
#[derive(Clone, Copy)]
pub struct Inputs<'a> {
    x: &'a [f64],
    shape: &'a Kind,
    rest: &'a [Datum],
    rest_numbers: &'a [f64],
}

impl Inputs<'_> {
    /// Their elements, one after another.
    pub fn numbers(&self) -> Numbers {
        let mut numbers = Numbers::from_slice(self.x);
        numbers.extend_from_slice(self.rest_numbers);
        numbers
    }

    /// Each by itself.
    pub fn data(&self) -> PyResult<Vec<Datum>> {
        let first = match self.shape {
            Kind::Number => Datum::Scalar(self.x[0]),
            Kind::Array(shape) => {
                let shape: Shape = shape.clone();
                Datum::Array(
                    Array::new(self.x.to_vec(), shape)
                        .map_err(|error| errors::internal(error.to_string()))?,
                )
            }
        };
        Ok(std::iter::once(first).chain(self.rest.iter().cloned()).collect())
    }
}
