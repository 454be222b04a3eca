//! What looks at the value: comparisons, truth, and the way out as a Python number.

use std::os::raw::{c_int, c_long};
use std::ptr::without_provenance_mut;

use pyframe_graph::Compare;
use pyframe_tape::{Comparison, Guard};
use pyo3::ffi;
use pyo3::prelude::*;

use super::super::refused::refused;
use super::super::wrap::leave;
use super::object::Object;
use super::operands::{Operand, no_operand, node_of, not_implemented, open, operand, slot, value_of};

pub unsafe extern "C" fn compare(
    a: *mut ffi::PyObject,
    b: *mut ffi::PyObject,
    op: c_int,
) -> *mut ffi::PyObject {
    slot(|py| {
        let f = match op {
            ffi::Py_LT => Compare::Less,
            ffi::Py_LE => Compare::LessEqual,
            ffi::Py_GT => Compare::Greater,
            ffi::Py_GE => Compare::GreaterEqual,
            ffi::Py_EQ => Compare::Equal,
            _ => Compare::NotEqual,
        };
        // SAFETY: the interpreter passes live objects, the first of this type.
        unsafe {
            let (left, right) = (operand(a)?, operand(b)?);
            let Operand::Own(own) = left else { return Ok(not_implemented()) };
            if matches!(right, Operand::Other) {
                let orders = !matches!(f, Compare::Equal | Compare::NotEqual);
                return if orders { no_operand(py, b) } else { Ok(not_implemented()) };
            }
            let holds = pyframe_tape::compare(f, value_of(&left), value_of(&right));
            let inner = open(own)?;
            if inner.tape.is_guarded() || matches!(right, Operand::Own(_)) {
                let right = node_of(inner, &right)?;
                let comparison = Comparison { compare: f, left: (*own).node, right };
                inner.tape.guard(|_| Guard::Branch(comparison, holds));
            }
            Ok(ffi::PyBool_FromLong(c_long::from(holds)))
        }
    })
}

pub unsafe extern "C" fn truth(a: *mut ffi::PyObject) -> c_int {
    let mut holds = 0;
    let done = slot(|_| {
        // SAFETY: the interpreter passes a live object of this type.
        unsafe {
            let own = a.cast::<Object>();
            let inner = open(own)?;
            holds = c_int::from((*own).value != 0.0);
            if inner.tape.is_guarded() {
                let right = inner.tape.constant(0.0).map_err(refused)?;
                let comparison = Comparison { compare: Compare::NotEqual, left: (*own).node, right };
                inner.tape.guard(|_| Guard::Branch(comparison, holds != 0));
            }
            Ok(without_provenance_mut(1))
        }
    });
    if done.is_null() { -1 } else { holds }
}

/// The value as a Python number, if it may leave the trace here.
///
/// SAFETY: attached, `own` live.
unsafe fn left(py: Python<'_>, own: *mut Object, kind: &str) -> PyResult<f64> {
    unsafe {
        leave(py, kind)?;
        let inner = open(own)?;
        let node = (*own).node;
        inner
            .tape
            .guard(|tape| Guard::Concrete(node, pyframe_graph::Array::scalar(tape.scalars()[node.index()])));
        Ok((*own).value)
    }
}

pub unsafe extern "C" fn to_float(a: *mut ffi::PyObject) -> *mut ffi::PyObject {
    // SAFETY: the interpreter passes a live object of this type.
    slot(|py| unsafe { Ok(ffi::PyFloat_FromDouble(left(py, a.cast(), "float")?)) })
}

pub unsafe extern "C" fn to_int(a: *mut ffi::PyObject) -> *mut ffi::PyObject {
    // SAFETY: as above; NULL carries the exception of a NaN or an infinity.
    slot(|py| unsafe {
        let integer = ffi::PyLong_FromDouble(left(py, a.cast(), "int")?);
        if integer.is_null() { Err(PyErr::fetch(py)) } else { Ok(integer) }
    })
}
