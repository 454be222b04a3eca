//! The object in memory: how it is made, read and let go.

use std::ptr::null_mut;

use pyframe_graph::NodeId;
use pyo3::ffi;
use pyo3::prelude::*;

use super::super::recording::Inner;

#[repr(C)]
pub struct Object {
    base: ffi::PyObject,
    pub value: f64,
    /// The content of its recording, which counts the objects that name it.
    pub inner: *mut Inner,
    pub node: NodeId,
    /// A Python number: it takes the kind of an array it meets.
    pub weak: bool,
}

/// Objects kept for reuse; each keeps its reference to the type.
const KEPT: usize = 512;
static mut FREE: [*mut Object; KEPT] = [null_mut(); KEPT];
static mut FREE_COUNT: usize = 0;
static mut TYPE: *mut ffi::PyTypeObject = null_mut();

/// The type of the objects.
///
/// SAFETY: attached, once, with a type of objects of this layout that lives for ever.
pub unsafe fn set_type(class: *mut ffi::PyTypeObject) {
    unsafe { TYPE = class }
}

/// SAFETY: attached, and `object` is a live object.
#[inline(always)]
pub unsafe fn is_scalar(object: *mut ffi::PyObject) -> bool {
    unsafe { (*object).ob_type == TYPE }
}

/// Whether there is memory of objects that went.
///
/// SAFETY: attached.
#[inline(always)]
pub unsafe fn is_spare() -> bool {
    unsafe { FREE_COUNT > 0 }
}

/// A new object in the memory of one that went.
///
/// SAFETY: attached and [`is_spare`]; `inner` is the content of a live recording that a live
/// object names already.
#[inline(always)]
pub unsafe fn reuse(inner: *mut Inner, node: NodeId, value: f64, weak: bool) -> *mut ffi::PyObject {
    unsafe {
        FREE_COUNT -= 1;
        // The count is at most KEPT, and what lies below it is an object of ours that nobody
        // names.
        let object = *(&raw const FREE).cast::<*mut Object>().add(FREE_COUNT);
        (*object).base.ob_refcnt = 1;
        (*inner).objects += 1;
        (*object).value = value;
        (*object).inner = inner;
        (*object).node = node;
        (*object).weak = weak;
        object.cast()
    }
}

/// A new object; NULL with an exception when there is no memory.
///
/// SAFETY: attached; `inner` is the content of a live recording that a live object names already.
pub unsafe fn new(inner: *mut Inner, node: NodeId, value: f64, weak: bool) -> *mut ffi::PyObject {
    unsafe {
        if !is_spare() {
            refill();
        }
        if !is_spare() {
            return ffi::PyErr_NoMemory();
        }
        let object = reuse(inner, node, value, weak);
        if let Some(window) = &mut (*inner).window {
            window.watch(&raw mut (*object.cast::<Object>()).node);
        }
        object
    }
}

/// Memory for some more objects.
///
/// SAFETY: attached, and there is none.
#[cold]
unsafe fn refill() {
    const MORE: usize = 32;
    unsafe {
        for place in 0..MORE {
            let memory = ffi::PyObject_Malloc(size_of::<Object>()).cast::<ffi::PyObject>();
            if memory.is_null() {
                return;
            }
            ffi::PyObject_Init(memory, TYPE);
            *(&raw mut FREE).cast::<*mut Object>().add(place) = memory.cast();
            FREE_COUNT = place + 1;
        }
    }
}

/// SAFETY: called by the interpreter on an object of this type without references.
pub unsafe extern "C" fn dealloc(object: *mut ffi::PyObject) {
    unsafe {
        let own = object.cast::<Object>();
        let inner = (*own).inner;
        if let Some(window) = &mut (*inner).window {
            window.forget(&raw mut (*own).node);
        }
        if FREE_COUNT < KEPT {
            *(&raw mut FREE).cast::<*mut Object>().add(FREE_COUNT) = own;
            FREE_COUNT += 1;
        } else {
            free(object);
        }
        (*inner).objects -= 1;
        if (*inner).objects == 0 {
            release(inner);
        }
    }
}

/// SAFETY: attached; nobody names the object.
#[cold]
unsafe fn free(object: *mut ffi::PyObject) {
    unsafe {
        ffi::PyObject_Free(object.cast());
        ffi::Py_DECREF(TYPE.cast());
    }
}

/// A new object for a recording that may have none yet: all its objects together keep it alive
/// by one reference.
///
/// SAFETY: attached; `owner` is the live recording whose content lies at `inner`.
pub unsafe fn make(
    owner: *mut ffi::PyObject,
    inner: *mut Inner,
    node: NodeId,
    value: f64,
    weak: bool,
) -> *mut ffi::PyObject {
    unsafe {
        if (*inner).objects == 0 {
            (*inner).owner = owner;
            ffi::Py_INCREF(owner);
        }
        // As if there were one already: should there be no memory, the reference goes again.
        (*inner).objects += 1;
        let object = new(inner, node, value, weak);
        (*inner).objects -= 1;
        if (*inner).objects == 0 {
            release(inner);
        }
        object
    }
}

/// SAFETY: attached; the last object that named the content has gone.
#[cold]
unsafe fn release(inner: *mut Inner) {
    unsafe { ffi::Py_DECREF((*inner).owner) }
}

/// How CPython lays out a float, in every version so far.
#[repr(C)]
struct Float {
    base: ffi::PyObject,
    value: f64,
}

/// The type of floats when they lie in memory as [`Float`] says, else nothing.
static mut PLAIN: *mut ffi::PyTypeObject = null_mut();

/// Find out how floats lie in memory.
pub fn look_at_floats(py: Python<'_>) -> PyResult<()> {
    let class = py.get_type::<pyo3::types::PyFloat>();
    let size: usize = class.getattr("__basicsize__")?.extract()?;
    let samples = [0.0, -1.5, 1e300, f64::INFINITY, std::f64::consts::PI, 5e-324];
    let plain = size == size_of::<Float>()
        && samples.iter().all(|&number| {
            let object = pyo3::types::PyFloat::new(py, number);
            // SAFETY: the object is live and as large as `Float`.
            let found = unsafe { (*object.as_ptr().cast::<Float>()).value };
            found.to_bits() == number.to_bits()
        });
    if plain {
        // SAFETY: attached.
        unsafe { PLAIN = &raw mut ffi::PyFloat_Type };
    }
    Ok(())
}

/// A Python float, when it can be read where it lies: exactly of this type.
///
/// SAFETY: attached, `object` live.
#[inline(always)]
pub unsafe fn plain_float(object: *mut ffi::PyObject) -> Option<f64> {
    unsafe { ((*object).ob_type == PLAIN).then(|| (*object.cast::<Float>()).value) }
}

/// A Python int or float as a number: exactly these types, and integers that a float can hold.
///
/// SAFETY: attached, `object` live.
#[inline]
pub unsafe fn plain_number(object: *mut ffi::PyObject) -> Option<f64> {
    unsafe {
        let class = (*object).ob_type;
        if class == &raw mut ffi::PyFloat_Type {
            return Some(ffi::PyFloat_AsDouble(object));
        }
        if class != &raw mut ffi::PyLong_Type {
            return None;
        }
        let number = ffi::PyLong_AsDouble(object);
        if number == -1.0 && !ffi::PyErr_Occurred().is_null() {
            ffi::PyErr_Clear();
            return None;
        }
        Some(number)
    }
}
