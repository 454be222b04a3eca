//! Arithmetic: the slots behind `+`, `-`, `*`, `/`, `//`, `%`, `**` and the signs.

use pyframe_graph::{Binary, NodeId, Primitive, Unary};
use pyo3::exceptions::PyZeroDivisionError;
use pyo3::ffi;
use pyo3::prelude::*;

use super::super::recording::{State, refused};
use super::object::{Object, is_scalar, new, plain_number};
use super::operands::{Operand, node_of, not_implemented, open, operand, slot, value_of};
use crate::errors;

/// a f b, for operands one of which is a scalar.
///
/// SAFETY: attached, both live.
#[inline(always)]
unsafe fn arithmetic(a: *mut ffi::PyObject, b: *mut ffi::PyObject, f: Binary) -> *mut ffi::PyObject {
    unsafe {
        match usual(a, b, f) {
            Some(object) => object,
            None => general(a, b, f),
        }
    }
}

/// What nearly every operation is: scalars of one open recording, or one and a Python number met
/// before, with room on the tape.  For anything else nothing is done.  Nothing here can panic,
/// and the result is NULL (with an exception) only without memory.
///
/// SAFETY: attached, both live.
#[inline(always)]
unsafe fn usual(a: *mut ffi::PyObject, b: *mut ffi::PyObject, f: Binary) -> Option<*mut ffi::PyObject> {
    unsafe {
        let own = if is_scalar(a) { a } else { b };
        if !is_scalar(own) {
            return None;
        }
        let inner = (*own.cast::<Object>()).inner;
        if (*inner).state != State::Open {
            return None;
        }
        let tape = &mut (*inner).tape;
        let read = |object: *mut ffi::PyObject| -> Option<(f64, NodeId, bool)> {
            if is_scalar(object) {
                let own = object.cast::<Object>();
                return ((*own).inner == inner).then(|| ((*own).value, (*own).node, (*own).weak));
            }
            let number = plain_number(object)?;
            Some((number, tape.known_constant(number)?, true))
        };
        let ((x, m, soft), (y, n, yielding)) = (read(a)?, read(b)?);
        let weak = soft && yielding;
        let value = pyframe_tape::binary(f, x, y);
        if weak && !value.is_finite() {
            return None;
        }
        let node = tape.scalar_in_room(Primitive::Binary(f), m, Some(n), value)?;
        Some(new(inner, node, value, weak))
    }
}

/// SAFETY: attached, both live.
#[cold]
#[inline(never)]
unsafe fn general(a: *mut ffi::PyObject, b: *mut ffi::PyObject, f: Binary) -> *mut ffi::PyObject {
    slot(|py| {
        // SAFETY: the interpreter passes live objects.
        unsafe {
            let (left, right) = (operand(a)?, operand(b)?);
            let own = match (&left, &right) {
                (Operand::Other, _) | (_, Operand::Other) => return Ok(not_implemented()),
                (Operand::Own(own), _) | (_, Operand::Own(own)) => *own,
                _ => return Ok(not_implemented()),
            };
            let (x, y) = (value_of(&left), value_of(&right));
            let weak = match (&left, &right) {
                (Operand::Own(a), Operand::Own(b)) => (**a).weak && (**b).weak,
                _ => (*own).weak,
            };
            let inner = open(own)?;
            let value = pyframe_tape::binary(f, x, y);
            if weak && !value.is_finite() {
                as_float_would(py, f, x, y)?;
            }
            let (m, n) = (node_of(inner, &left)?, node_of(inner, &right)?);
            let node = inner.tape.scalar(Primitive::Binary(f), m, Some(n), value).map_err(refused)?;
            Ok(new((*own).inner, node, value, weak))
        }
    })
}

/// What Python's float refuses, a value that stands in for one refuses too.
#[cold]
fn as_float_would(_: Python<'_>, f: Binary, x: f64, y: f64) -> PyResult<()> {
    let divides = matches!(f, Binary::Div | Binary::FloorDivide | Binary::Remainder);
    if divides && y == 0.0 {
        return Err(PyZeroDivisionError::new_err("float division by zero"));
    }
    if f == Binary::Pow && x == 0.0 && y < 0.0 {
        return Err(PyZeroDivisionError::new_err("0.0 cannot be raised to a negative power"));
    }
    if f == Binary::Pow && x < 0.0 && x.is_finite() && y.is_finite() {
        return Err(errors::dtype(format!(
            "{x} to the power {y} is complex; derivatives are taken of real numbers"
        )));
    }
    Ok(())
}

/// SAFETY: attached, `object` a live object of this type.
#[inline(always)]
unsafe fn elementwise(object: *mut ffi::PyObject, f: Unary) -> *mut ffi::PyObject {
    unsafe {
        let own = object.cast::<Object>();
        let inner = (*own).inner;
        if (*inner).state == State::Open {
            let value = pyframe_tape::unary(f, (*own).value);
            if let Some(node) = (*inner).tape.scalar_in_room(Primitive::Unary(f), (*own).node, None, value) {
                return new(inner, node, value, (*own).weak);
            }
        }
        slot(|_| unary(own, f))
    }
}

/// f of a scalar.
///
/// SAFETY: attached, `own` live.
pub unsafe fn unary(own: *mut Object, f: Unary) -> PyResult<*mut ffi::PyObject> {
    unsafe {
        let inner = open(own)?;
        let value = pyframe_tape::unary(f, (*own).value);
        let node = inner.tape.scalar(Primitive::Unary(f), (*own).node, None, value).map_err(refused)?;
        Ok(new((*own).inner, node, value, (*own).weak))
    }
}

macro_rules! operators {
    ($($name:ident => $f:ident),* $(,)?) => {
        $(
            /// SAFETY: the interpreter passes live objects.
            pub unsafe extern "C" fn $name(a: *mut ffi::PyObject, b: *mut ffi::PyObject) -> *mut ffi::PyObject {
                unsafe { arithmetic(a, b, Binary::$f) }
            }
        )*
    };
}
operators! {
    add => Add, subtract => Sub, multiply => Mul, divide => Div, floor_divide => FloorDivide,
    remainder => Remainder,
}

/// SAFETY: the interpreter passes live objects.
pub unsafe extern "C" fn power(
    a: *mut ffi::PyObject,
    b: *mut ffi::PyObject,
    modulo: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    unsafe {
        if modulo != ffi::Py_None() {
            return not_implemented();
        }
        // x^2 is a product, as NumPy has it: no logarithm.
        if is_scalar(a) {
            if let Ok(Operand::Number(2.0)) = operand(b) {
                return elementwise(a, Unary::Square);
            }
        }
        arithmetic(a, b, Binary::Pow)
    }
}

/// SAFETY: the interpreter passes a live object of this type.
pub unsafe extern "C" fn negative(a: *mut ffi::PyObject) -> *mut ffi::PyObject {
    unsafe { elementwise(a, Unary::Neg) }
}

/// SAFETY: the interpreter passes a live object of this type.
pub unsafe extern "C" fn absolute(a: *mut ffi::PyObject) -> *mut ffi::PyObject {
    unsafe { elementwise(a, Unary::Abs) }
}

/// SAFETY: the interpreter passes a live object; a new reference to it.
pub unsafe extern "C" fn positive(a: *mut ffi::PyObject) -> *mut ffi::PyObject {
    unsafe { ffi::Py_INCREF(a) }
    a
}
