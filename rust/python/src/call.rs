//! Calling a Python function with one argument, without building a tuple.
//!
//! The stable ABI of Python 3.11 has no vectorcall, and a tuple for each evaluation costs
//! as much as the rest of the loop; `PyObject_CallFunctionObjArgs` takes the argument as
//! it is.

use pyo3::ffi;
use pyo3::prelude::*;

use crate::float_environment;

/// `f(x)`.
#[expect(unsafe_code, reason = "the C call below")]
pub fn with_one<'py>(f: &Bound<'py, PyAny>, x: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let end = std::ptr::null_mut::<ffi::PyObject>();
    // SAFETY: both pointers are borrowed from live objects, the interpreter is attached
    // (`Bound` proves it), the list ends with NULL, and the result is a new reference or
    // NULL with an exception set, which is what `from_owned_ptr_or_err` takes.
    unsafe {
        let answer = ffi::PyObject_CallFunctionObjArgs(f.as_ptr(), x.as_ptr(), end);
        float_environment::renew();
        Bound::from_owned_ptr_or_err(f.py(), answer)
    }
}
