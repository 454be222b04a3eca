//! Python's garbage collector looks into the parts that hold Python objects, so that a
//! function that refers to its own criterion does not live for ever.
//!
//! Only `__traverse__` is needed: a part never changes, so a cycle passes through something
//! else that can be cleared.  Results hold arrays and numbers, which refer to nothing.

use std::any::Any;

use pyo3::prelude::*;
use pyo3::pyclass::{PyTraverseError, PyVisit};

/// Show the collector what `held` shows.
pub fn traverse(
    visit: &PyVisit<'_>,
    held: impl FnOnce(&mut dyn FnMut(&dyn Any)),
) -> Result<(), PyTraverseError> {
    let mut answer = Ok(());
    held(&mut |object| {
        if let (Ok(()), Some(object)) = (&answer, object.downcast_ref::<Py<PyAny>>()) {
            answer = visit.call(object);
        }
    });
    answer
}
