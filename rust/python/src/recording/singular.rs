//! Matrices that are singular, or nearly so: what the user wants, and the warning.

use std::error::Error;
use std::ffi::CString;

use pyframe_tape::Singular;
use pyo3::prelude::*;

use crate::errors;

/// Sets what equations without a solution give in this thread, and whether nearly singular ones
/// warn; gives what held before.
#[pyfunction]
pub fn on_singular(is_nan: bool, warns: bool) -> (bool, bool) {
    let before = Singular { is_nan, is_noted: warns }.replace();
    (before.is_nan, before.is_noted)
}

/// Warns of a matrix of this condition; a warning that is to be an error ends the computation.
pub fn warn(condition: f64) -> Result<(), Box<dyn Error + Send + Sync>> {
    let text = format!(
        "a matrix is nearly singular: its condition is about {condition:.1e}, so that a solution with it \
         may have no right digit"
    );
    let text = CString::new(text)?;
    Python::attach(|py| PyErr::warn(py, &errors::ill_conditioned(py), &text, 1))?;
    Ok(())
}
