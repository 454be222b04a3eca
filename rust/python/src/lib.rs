//! The extension module `pyframe._core`: conversions, errors and wrappers, no algorithms.

// PyO3 hands arguments over by value.
#![allow(clippy::needless_pass_by_value)]

mod call;
mod callables;
mod collection;
mod criteria;
mod directions;
mod enums;
mod errors;
mod float_environment;
mod initial;
mod line_search;
mod matcalc;
mod methods;
mod minimize;
mod numbers;
mod objective;
mod recording;
mod results;
mod samples;
mod scalar;
mod stepper;
mod strategies;

use pyo3::exceptions::PyImportError;
use pyo3::ffi;
use pyo3::prelude::*;

/// Compiled core of pyframe; use the names in `pyframe` instead.
#[pymodule]
mod _core {
    use super::{Bound, PyModule, PyResult};
    use pyo3::types::PyModuleMethods;

    #[pymodule_export]
    use super::criteria::Criterion;
    #[pymodule_export]
    use super::directions::Direction;
    #[pymodule_export]
    use super::errors::inject_panic;
    #[pymodule_export]
    use super::initial::InitialStep;
    #[pymodule_export]
    use super::line_search::line_search;
    #[pymodule_export]
    use super::matcalc::{Formula, Listed, contraction};
    #[pymodule_export]
    use super::methods::ScalarMethod;
    #[pymodule_export]
    use super::minimize::minimize;
    #[pymodule_export]
    use super::recording::{
        ArrayTracer, Fragment, Recording, Replay, Trace, on_singular, set_compiled, set_handlers, set_hooks,
    };
    #[pymodule_export]
    use super::results::{LineSearchResult, OptimizeResult, ScalarResult};
    #[pymodule_export]
    use super::samples::{Point, Start, Trial};
    #[pymodule_export]
    use super::scalar::{minimize_scalar, minimize_scalar_batch};
    #[pymodule_export]
    use super::stepper::Stepper;
    #[pymodule_export]
    use super::strategies::Strategy;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        super::refuse_other_interpreters()?;
        super::errors::load(module.py())?;
        pyframe_matcalc::limits::look_up_with(super::matcalc::look_up);
        pyframe_tape::Singular::note_with(super::recording::warn);
        super::recording::add_type(module)?;
        super::recording::operations(module)?;
        super::recording::add_checkpoints(module)?;
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}

/// What the module keeps (classes, the members of enumerations) belongs to the interpreter
/// that loaded it, and a thread that attaches is attached to the main one.
#[expect(unsafe_code, reason = "the C calls below")]
fn refuse_other_interpreters() -> PyResult<()> {
    // SAFETY: a module is initialised by a thread that is attached to an interpreter.
    let id = unsafe { ffi::PyInterpreterState_GetID(ffi::PyInterpreterState_Get()) };
    if id == 0 {
        return Ok(());
    }
    Err(PyImportError::new_err("pyframe works in the main interpreter only, and this is a sub-interpreter"))
}
