//! Calling a Python function with one argument, without building a tuple.
//!
//! The stable ABI of Python 3.11 has no vectorcall, and a tuple for each evaluation costs
//! as much as the rest of the loop; `PyObject_CallFunctionObjArgs` takes the argument as
//! it is.

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;

/// `f(x)`.
#[expect(unsafe_code, reason = "the C call below")]
pub fn with_one<'py>(f: &Bound<'py, PyAny>, x: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let end = std::ptr::null_mut::<ffi::PyObject>();
    // SAFETY: both pointers are borrowed from live objects, the interpreter is attached
    // (`Bound` proves it), the list ends with NULL, and the result is a new reference or
    // NULL with an exception set, which is what `from_owned_ptr_or_err` takes.
    unsafe {
        let answer = ffi::PyObject_CallFunctionObjArgs(f.as_ptr(), x.as_ptr(), end);
        Bound::from_owned_ptr_or_err(f.py(), answer)
    }
}

/// Whether this is the only reference to an object.
#[expect(unsafe_code, reason = "the C call below")]
pub fn is_unshared(object: &Bound<'_, PyAny>) -> bool {
    // SAFETY: the pointer is borrowed from a live object and the interpreter is attached.
    unsafe { ffi::Py_REFCNT(object.as_ptr()) == 1 }
}

/// Whether `f` is an ordinary Python function: the interpreter then looks for signals each
/// time it is called, and its caller need not.
pub fn runs_bytecode(f: &Bound<'_, PyAny>) -> PyResult<bool> {
    static FUNCTION: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    Ok(f.get_type().is(FUNCTION.import(f.py(), "types", "FunctionType")?))
}
