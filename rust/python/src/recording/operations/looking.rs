//! What traced objects are: nothing here adds a node.

use pyo3::prelude::*;
use pyo3::types::PyTuple;

use super::Answer;
use crate::errors;
use crate::recording::array::ArrayTracer;
use crate::recording::wrap::{Traced, shape_tuple, traced, wrap};
use crate::recording::{recording, scalar};

/// Whether an object is traced.
#[pyfunction]
pub fn is_traced(object: &Bound<'_, PyAny>) -> bool {
    object.cast::<ArrayTracer>().is_ok() || scalar::read(object).is_some()
}

/// A traced number as one of Python's, which takes the kind of the arrays it meets.
#[pyfunction]
fn as_python_float<'py>(object: &Bound<'py, PyAny>) -> Answer<'py> {
    match traced(object)? {
        Some(Traced { recording, node, .. }) => wrap(&recording, node, true),
        None => Err(errors::parameter_type("the object is not traced")),
    }
}

/// The value of a traced scalar for use outside the trace: a replay checks that it is the same.
#[pyfunction]
fn leave_scalar(object: &Bound<'_, PyAny>) -> PyResult<f64> {
    match traced(object)? {
        Some(Traced { recording, node, .. }) => recording.get().with(|tape| {
            let array = tape.array(node)?;
            let number = array.item().unwrap_or(f64::NAN);
            tape.guard(|_| pyframe_tape::Guard::Concrete(node, array));
            Ok(number)
        }),
        None => Err(errors::parameter_type("the object is not traced")),
    }
}

/// The dtype and shape of a traced object.
#[pyfunction]
fn type_of<'py>(object: &Bound<'py, PyAny>) -> PyResult<(&'static str, Bound<'py, PyTuple>)> {
    match traced(object)? {
        Some(traced) => {
            let ty = recording::type_of(traced.recording.get(), traced.node)?;
            Ok((ty.dtype.name(), shape_tuple(object.py(), &ty)?))
        }
        None => Err(errors::parameter_type("the object is not traced")),
    }
}

/// The operations as a module's functions.
pub fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    super::functions!(module: is_traced, as_python_float, leave_scalar, type_of);
    Ok(())
}
