//! What the slots have in common: their operands, and how they end.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::null_mut;

use pyframe_graph::NodeId;
use pyo3::ffi;
use pyo3::prelude::*;

use super::super::checkpoint::fold;
use super::super::operations;
use super::super::recording::{Inner, State};
use super::super::refused::refused;
use super::object::{Object, is_scalar, plain_number};
use crate::errors;

/// Run the body of a slot: an error is raised, a panic becomes an `InternalError`.
#[inline(always)]
pub fn slot(body: impl FnOnce(Python<'_>) -> PyResult<*mut ffi::PyObject>) -> *mut ffi::PyObject {
    // SAFETY: the interpreter calls slots attached.
    let py = unsafe { Python::assume_attached() };
    match catch_unwind(AssertUnwindSafe(|| body(py))) {
        Ok(Ok(object)) => object,
        Ok(Err(error)) => {
            error.restore(py);
            null_mut()
        }
        Err(panic) => {
            errors::from_panic("Scalar", &*panic).restore(py);
            null_mut()
        }
    }
}

pub fn not_implemented() -> *mut ffi::PyObject {
    // SAFETY: a new reference to an immortal object.
    unsafe {
        let object = ffi::Py_NotImplemented();
        ffi::Py_INCREF(object);
        object
    }
}

/// What an operator answers to an object that is no operand.
///
/// SAFETY: attached, `object` live.
#[cold]
pub unsafe fn no_operand(py: Python<'_>, object: *mut ffi::PyObject) -> PyResult<*mut ffi::PyObject> {
    // SAFETY: the caller holds a reference.
    let object = unsafe { Bound::from_borrowed_ptr(py, object) };
    operations::no_operand(&object).map(Bound::into_ptr)
}

/// What an operand of a scalar operation is.
pub enum Operand {
    Own(*mut Object),
    Number(f64),
    Other,
}

/// SAFETY: attached, `object` live.
#[inline(always)]
pub unsafe fn operand(object: *mut ffi::PyObject) -> PyResult<Operand> {
    unsafe {
        if is_scalar(object) {
            return Ok(Operand::Own(object.cast()));
        }
        match plain_number(object) {
            Some(number) => Ok(Operand::Number(number)),
            None => uncommon(object),
        }
    }
}

/// SAFETY: attached, `object` live.
#[inline(never)]
unsafe fn uncommon(object: *mut ffi::PyObject) -> PyResult<Operand> {
    unsafe {
        // numpy.float64 is a float, bool is an int.
        if ffi::PyFloat_Check(object) != 0 {
            return Ok(Operand::Number(ffi::PyFloat_AsDouble(object)));
        }
        if ffi::PyLong_Check(object) != 0 {
            let number = ffi::PyLong_AsDouble(object);
            if number == -1.0 && !ffi::PyErr_Occurred().is_null() {
                drop(PyErr::fetch(Python::assume_attached()));
                return Err(errors::beyond_floats());
            }
            return Ok(Operand::Number(number));
        }
        Ok(Operand::Other)
    }
}

/// The recording of a live scalar, open for writing.
///
/// SAFETY: attached, `own` live.
#[inline(always)]
pub unsafe fn open<'a>(own: *mut Object) -> PyResult<&'a mut Inner> {
    unsafe {
        let inner = (*own).inner;
        if (*inner).state == State::Open { Ok(&mut *inner) } else { other(&mut *inner) }
    }
}

#[cold]
fn other(inner: &mut Inner) -> PyResult<&mut Inner> {
    if inner.state != State::Lean {
        return Err(shut(inner.state));
    }
    fold(inner)?;
    Ok(inner)
}

#[cold]
fn shut(state: State) -> PyErr {
    match state {
        State::Busy => {
            errors::leaked("a function from outside used a traced value of the recording that called it")
        }
        _ => errors::leaked(
            "a traced value was used after the function it belongs to had returned; return it instead of keeping it",
        ),
    }
}

/// The node of an operand in a recording.
///
/// SAFETY: attached, pointers live.
#[inline(always)]
pub unsafe fn node_of(inner: &mut Inner, operand: &Operand) -> PyResult<NodeId> {
    unsafe {
        match operand {
            Operand::Own(own) if std::ptr::eq((**own).inner, inner) => Ok((**own).node),
            Operand::Number(number) => inner.tape.constant(*number).map_err(refused),
            _ => Err(errors::leaked(
                "values of two recordings meet: one of them was kept after its function returned",
            )),
        }
    }
}

#[inline(always)]
pub unsafe fn value_of(operand: &Operand) -> f64 {
    match operand {
        // SAFETY: the caller holds a reference.
        Operand::Own(own) => unsafe { (**own).value },
        Operand::Number(number) => *number,
        Operand::Other => f64::NAN,
    }
}
