//! Errors at the border: every refusal is one of `pyframe.errors`, and no panic passes.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use pyframe_linesearch::{Fault, ParameterError};
use pyframe_matcalc::limits::{self, TooLarge};
use pyframe_optimize::memory::OutOfMemory;
use pyo3::PyTypeInfo;
use pyo3::import_exception;
use pyo3::prelude::*;

use crate::float_environment::Standard;

macro_rules! refusals {
    ($($class:ident: $make:ident),* $(,)?) => {
        mod class {
            use super::import_exception;
            $(import_exception!(pyframe.errors, $class);)*
        }
        $(
            #[doc = concat!("A `pyframe.errors.", stringify!($class), "`.")]
            pub fn $make(message: impl Into<String>) -> PyErr {
                class::$class::new_err(message.into())
            }
        )*

        /// Find the classes before they are wanted: an import that fails while an exception
        /// is made, as it does at the limit of recursion, ends the process.
        pub fn load(py: Python<'_>) -> PyResult<()> {
            py.import("pyframe.errors")?;
            $(class::$class::type_object(py);)*
            Ok(())
        }
    };
}

refusals! {
    BracketError: bracket,
    ConvergenceError: no_convergence,
    DTypeError: dtype,
    DegenerateSpectrumError: degenerate,
    FormulaError: formula,
    IndexOutOfBounds: index,
    InternalError: internal,
    LeakedTracerError: leaked,
    LoadError: unloadable,
    MissingDerivative: missing_derivative,
    MissingRule: missing_rule,
    NotPositiveDefiniteError: not_positive_definite,
    OutOfMemory: out_of_memory,
    PairError: pair,
    ParameterError: parameter,
    ParameterOverflow: parameter_overflow,
    ParameterTypeError: parameter_type,
    PluginError: plugin,
    ReturnTypeError: return_type,
    RuleRefused: rule_refused,
    ShapeError: shape,
    SingularMatrixError: singular_matrix,
    TapeLimitError: tape_limit,
    TooManyElements: too_many_elements,
}

import_exception!(pyframe.errors, DomainError);
import_exception!(pyframe.errors, IllConditionedWarning);

/// The class of the warning about matrices that are nearly singular.
pub fn ill_conditioned(py: Python<'_>) -> Bound<'_, PyAny> {
    IllConditionedWarning::type_object(py).into_any()
}

/// Whether an exception says that a value contradicts what is declared of its symbol.
pub fn is_domain(py: Python<'_>, error: &PyErr) -> bool {
    error.is_instance_of::<DomainError>(py)
}

/// A parameter refused by the core.
pub fn refused(error: ParameterError) -> PyErr {
    parameter(error.to_string())
}

/// An amount of memory refused by the core.
pub fn too_large(error: OutOfMemory) -> PyErr {
    out_of_memory(error.to_string())
}

/// A whole number that no float is as large as.
pub fn beyond_floats() -> PyErr {
    parameter_overflow("an int meets floats, and is beyond the largest of them, 1.8e308")
}

/// An exception that travelled through the core as an opaque fault, or the core's own want
/// of memory.
pub fn raised(fault: Fault) -> PyErr {
    match fault.downcast::<PyErr>() {
        Ok(error) => *error,
        Err(fault) if fault.is::<OutOfMemory>() => out_of_memory(fault.to_string()),
        Err(fault) => internal(fault.to_string()),
    }
}

static INJECT: AtomicBool = AtomicBool::new(false);
static ENTRY: Mutex<String> = Mutex::new(String::new());

/// Make the next call of an entry point panic once: a hook for the tests of the border.
#[pyfunction(name = "_inject_panic")]
pub fn inject_panic(entry: &str) {
    entry.clone_into(&mut ENTRY.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    INJECT.store(true, Ordering::Release);
}

fn panic_if_injected(entry: &str) {
    let mut wanted = ENTRY.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if *wanted == entry {
        wanted.clear();
        INJECT.store(false, Ordering::Release);
        drop(wanted);
        panic!("injected into {entry}");
    }
}

/// Run the body of an entry point, with the defaults of floating-point arithmetic; a panic
/// becomes an `InternalError`.
pub fn guard<T>(entry: &'static str, body: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    let _environment = Standard::enter();
    limits::begin();
    let checked = || {
        if INJECT.load(Ordering::Acquire) {
            panic_if_injected(entry);
        }
        body()
    };
    catch_unwind(AssertUnwindSafe(checked)).unwrap_or_else(|panic| Err(ended(entry, panic)))
}

/// What work that unwound raises: what it was ended with, else that it has a bug.
fn ended(entry: &str, panic: Box<dyn Any + Send>) -> PyErr {
    let panic = match panic.downcast::<PyErr>() {
        Ok(raised) => return *raised,
        Err(panic) => panic,
    };
    match panic.downcast::<TooLarge>() {
        Ok(limit) => tape_limit(limit.0),
        Err(panic) => from_panic(entry, &*panic),
    }
}

/// Ends what is done, with this exception.
pub fn end_with(raised: PyErr) -> ! {
    resume_unwind(Box::new(raised))
}

pub fn from_panic(entry: &str, panic: &(dyn Any + Send)) -> PyErr {
    let what = panic
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "unknown panic".into());
    internal(format!(
        "{entry} failed inside pyframe ({what}); this is a bug, please report it at \
         https://github.com/pyframe/pyframe/issues"
    ))
}
