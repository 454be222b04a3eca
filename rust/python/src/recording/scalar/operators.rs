//! Arithmetic: the slots behind `+`, `-`, `*`, `/`, `//`, `%`, `**` and the signs.

use pyframe_graph::{Binary, NodeId, Primitive, Unary};
use pyo3::exceptions::{PyOverflowError, PyZeroDivisionError};
use pyo3::ffi;
use pyo3::prelude::*;

use super::super::recording::{Inner, State};
use super::super::refused::refused;
use super::object::{Object, is_scalar, is_spare, new, plain_float, reuse};
use super::operands::{Operand, no_operand, node_of, not_implemented, open, operand, slot, value_of};
use crate::errors;

/// What an operand is to an operation: its value, its node, and whether it is weak.
type Read = Option<(f64, NodeId, bool)>;

/// a f b, for operands one of which is a scalar.
///
/// SAFETY: attached, both live.
#[inline(always)]
unsafe fn arithmetic(a: *mut ffi::PyObject, b: *mut ffi::PyObject, f: Binary) -> *mut ffi::PyObject {
    unsafe {
        match usual(a, b, f) {
            Some(object) => object,
            None => unusual(a, b, f),
        }
    }
}

/// What nearly every operation is: scalars of one open recording, or one and a float met before,
/// with room on the tape and for the result.  For anything else nothing is done.  There is no
/// call here, and nothing that panics.
///
/// SAFETY: attached, both live.
#[inline(always)]
unsafe fn usual(a: *mut ffi::PyObject, b: *mut ffi::PyObject, f: Binary) -> Option<*mut ffi::PyObject> {
    unsafe {
        if !is_scalar(a) {
            if !is_scalar(b) {
                return None;
            }
            let inner = (*b.cast::<Object>()).inner;
            return record(inner, constant(inner, plain_float(a)?), own(inner, b), f);
        }
        let inner = (*a.cast::<Object>()).inner;
        let right = if is_scalar(b) { own(inner, b) } else { constant(inner, plain_float(b)?) };
        record(inner, own(inner, a), right, f)
    }
}

/// SAFETY: attached, `inner` the content of a live recording, `object` a live scalar.
#[inline(always)]
unsafe fn own(inner: *mut Inner, object: *mut ffi::PyObject) -> Read {
    unsafe {
        let own = object.cast::<Object>();
        ((*own).inner == inner).then(|| ((*own).value, (*own).node, (*own).weak))
    }
}

/// SAFETY: attached, `inner` the content of a live recording.
#[inline(always)]
unsafe fn constant(inner: *mut Inner, number: f64) -> Read {
    unsafe { Some((number, (*inner).tape.known_constant(number)?, true)) }
}

/// SAFETY: attached, `inner` the content of a live recording that the operands belong to.
#[inline(always)]
unsafe fn record(inner: *mut Inner, left: Read, right: Read, f: Binary) -> Option<*mut ffi::PyObject> {
    unsafe {
        if (*inner).state != State::Open || !is_spare() {
            return None;
        }
        let ((x, m, soft), (y, n, yielding)) = (left?, right?);
        let weak = soft && yielding;
        let value = pyframe_tape::binary(f, x, y);
        if may_refuse(f) && weak && !value.is_finite() {
            return None;
        }
        let node = (*inner).tape.scalar_in_room(Primitive::Binary(f), m, Some(n), value)?;
        Some(reuse(inner, node, value, weak))
    }
}

/// The same for any operands.
///
/// SAFETY: attached, both live.
#[inline(never)]
unsafe fn unusual(a: *mut ffi::PyObject, b: *mut ffi::PyObject, f: Binary) -> *mut ffi::PyObject {
    slot(|py| {
        // SAFETY: the interpreter passes live objects.
        unsafe {
            let (left, right) = (operand(a)?, operand(b)?);
            let own = match (&left, &right) {
                (Operand::Other, _) => return no_operand(py, a),
                (_, Operand::Other) => return no_operand(py, b),
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

/// Whether Python's float refuses some operands.
const fn may_refuse(f: Binary) -> bool {
    !matches!(f, Binary::Add | Binary::Sub | Binary::Mul)
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
    let finite = x.is_finite() && y.is_finite();
    if f == Binary::Pow && x < 0.0 && finite && y.fract() != 0.0 {
        return Err(errors::dtype(format!(
            "{x} to the power {y} is complex; derivatives are taken of real numbers"
        )));
    }
    if f == Binary::Pow && finite {
        return Err(PyOverflowError::new_err((34, "Numerical result out of range")));
    }
    Ok(())
}

/// SAFETY: attached, `object` a live object of this type.
#[inline(always)]
unsafe fn elementwise(object: *mut ffi::PyObject, f: Unary) -> *mut ffi::PyObject {
    unsafe {
        let own = object.cast::<Object>();
        let inner = (*own).inner;
        if (*inner).state == State::Open && is_spare() {
            let value = pyframe_tape::unary(f, (*own).value);
            let node = (*inner).tape.scalar_in_room(Primitive::Unary(f), (*own).node, None, value);
            if let Some(node) = node {
                return reuse(inner, node, value, (*own).weak);
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
        if is_scalar(a)
            && let Ok(Operand::Number(2.0)) = operand(b)
        {
            let own = a.cast::<Object>();
            let overflows = (*own).value.is_finite() && !((*own).value * (*own).value).is_finite();
            return if (*own).weak && overflows {
                unusual(a, b, Binary::Pow)
            } else {
                elementwise(a, Unary::Square)
            };
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
