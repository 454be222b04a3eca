//! The object that stands in for one float, written against the C slots.
//!
//! A plain Python loop over floats spends most of its time here, so the type is made by hand:
//! `PyType_FromSpec` with `nb_*` slots and a free list (a `#[pyclass]` costs four times as
//! much).  An object holds its value, its node and a reference to the recording; the methods
//! that NumPy's scalars have are put on the class by `pyframe.autodiff.tracers`.
#![expect(unsafe_code, reason = "slots of a C type; every function states what it relies on")]

mod looking;
mod object;
mod operands;
mod operators;

use std::os::raw::{c_char, c_int, c_long, c_void};
use std::ptr::null_mut;

use pyframe_graph::{NodeId, Unary};
use pyo3::exceptions::PyTypeError;
use pyo3::ffi;
use pyo3::prelude::*;

use self::object::{Object, is_scalar};
use self::operands::slot;
use super::recording::Recording;
use super::wrap::Traced;

unsafe extern "C" fn repr(a: *mut ffi::PyObject) -> *mut ffi::PyObject {
    slot(|py| {
        // SAFETY: the interpreter passes a live object of this type.
        let value = unsafe { (*a.cast::<Object>()).value };
        let number = pyo3::types::PyFloat::new(py, value);
        Ok(pyo3::types::PyString::new(py, &format!("Traced({})", number.repr()?)).into_ptr())
    })
}

unsafe extern "C" fn get_value(a: *mut ffi::PyObject, _: *mut c_void) -> *mut ffi::PyObject {
    // SAFETY: the interpreter passes a live object of this type.
    unsafe { ffi::PyFloat_FromDouble((*a.cast::<Object>()).value) }
}

unsafe extern "C" fn get_node(a: *mut ffi::PyObject, _: *mut c_void) -> *mut ffi::PyObject {
    // SAFETY: the interpreter passes a live object of this type.
    unsafe { ffi::PyLong_FromUnsignedLongLong(u64::from((*a.cast::<Object>()).node.0)) }
}

unsafe extern "C" fn get_weak(a: *mut ffi::PyObject, _: *mut c_void) -> *mut ffi::PyObject {
    // SAFETY: the interpreter passes a live object of this type.
    unsafe { ffi::PyBool_FromLong(c_long::from((*a.cast::<Object>()).weak)) }
}

unsafe extern "C" fn get_recording(a: *mut ffi::PyObject, _: *mut c_void) -> *mut ffi::PyObject {
    // SAFETY: the interpreter passes a live object of this type; a new reference.
    unsafe {
        let owner = (*(*a.cast::<Object>()).inner).owner;
        ffi::Py_INCREF(owner);
        owner
    }
}

unsafe extern "C" fn refuse_new(
    _: *mut ffi::PyTypeObject,
    _: *mut ffi::PyObject,
    _: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    slot(|_| Err(PyTypeError::new_err("pyframe makes traced scalars, nobody else can")))
}

/// Make the type and put it into the module.
pub fn add_type(module: &Bound<'_, PyModule>) -> PyResult<()> {
    fn getter(name: &'static [u8], get: ffi::getter, doc: &'static [u8]) -> ffi::PyGetSetDef {
        ffi::PyGetSetDef {
            name: name.as_ptr().cast::<c_char>(),
            get: Some(get),
            set: None,
            doc: doc.as_ptr().cast::<c_char>(),
            closure: null_mut(),
        }
    }
    object::look_at_floats(module.py())?;
    let end = ffi::PyGetSetDef {
        name: std::ptr::null(),
        get: None,
        set: None,
        doc: std::ptr::null(),
        closure: null_mut(),
    };
    let getters = Box::leak(Box::new([
        getter(b"concrete\0", get_value, b"The concrete value; nothing is recorded.\0"),
        getter(b"node\0", get_node, b"Its node.\0"),
        getter(b"weak\0", get_weak, b"Whether it stands for a Python number.\0"),
        getter(b"recording\0", get_recording, b"The recording it belongs to.\0"),
        end,
    ]));
    let function = |slot: c_int, pfunc: *mut c_void| ffi::PyType_Slot { slot, pfunc };
    macro_rules! slots {
        ($($slot:ident = $function:expr),* $(,)?) => {
            [$(function(ffi::$slot, $function as *mut c_void)),*, function(0, null_mut())]
        };
    }
    #[expect(clippy::ptr_as_ptr, reason = "one cast for functions and tables")]
    let mut slots = slots![
        Py_nb_add = operators::add as ffi::binaryfunc,
        Py_nb_subtract = operators::subtract as ffi::binaryfunc,
        Py_nb_multiply = operators::multiply as ffi::binaryfunc,
        Py_nb_true_divide = operators::divide as ffi::binaryfunc,
        Py_nb_floor_divide = operators::floor_divide as ffi::binaryfunc,
        Py_nb_remainder = operators::remainder as ffi::binaryfunc,
        Py_nb_power = operators::power as ffi::ternaryfunc,
        Py_nb_negative = operators::negative as ffi::unaryfunc,
        Py_nb_positive = operators::positive as ffi::unaryfunc,
        Py_nb_absolute = operators::absolute as ffi::unaryfunc,
        Py_nb_bool = looking::truth as ffi::inquiry,
        Py_nb_float = looking::to_float as ffi::unaryfunc,
        Py_nb_int = looking::to_int as ffi::unaryfunc,
        Py_tp_richcompare = looking::compare as ffi::richcmpfunc,
        Py_tp_hash = ffi::PyObject_HashNotImplemented as ffi::hashfunc,
        Py_tp_repr = repr as ffi::reprfunc,
        Py_tp_new = refuse_new as ffi::newfunc,
        Py_tp_dealloc = object::dealloc as ffi::destructor,
        Py_tp_getset = getters.as_mut_ptr(),
        Py_tp_doc = c"The object that stands in for one float while a function is recorded.".as_ptr(),
    ];
    let mut spec = ffi::PyType_Spec {
        name: c"pyframe._core.Scalar".as_ptr(),
        basicsize: size_of::<Object>() as c_int,
        itemsize: 0,
        flags: ffi::Py_TPFLAGS_DEFAULT as std::os::raw::c_uint,
        slots: slots.as_mut_ptr(),
    };
    // SAFETY: attached (the module proves it); the specification is complete and ends with a
    // zero slot; what must outlive the call (getters, texts) is static or leaked.
    unsafe {
        let class = Bound::from_owned_ptr_or_err(module.py(), ffi::PyType_FromSpec(&raw mut spec))?;
        // The type lives as long as the process: objects on the free list name it.
        ffi::Py_INCREF(class.as_ptr());
        object::set_type(class.as_ptr().cast());
        module.add("Scalar", class)
    }
}

/// What a scalar stands for, if the object is one.
pub fn read<'py>(object: &Bound<'py, PyAny>) -> Option<Traced<'py>> {
    // SAFETY: attached, and the object is live while it is borrowed.
    unsafe {
        if !is_scalar(object.as_ptr()) {
            return None;
        }
        let own = object.as_ptr().cast::<Object>();
        let recording = Bound::from_borrowed_ptr(object.py(), (*(*own).inner).owner);
        Some(Traced {
            recording: recording.cast_into_unchecked::<Recording>(),
            node: (*own).node,
            weak: (*own).weak,
        })
    }
}

/// The traced object of a scalar node.
pub fn make<'py>(
    recording: &Bound<'py, Recording>,
    node: NodeId,
    value: f64,
    weak: bool,
) -> PyResult<Bound<'py, PyAny>> {
    // SAFETY: attached, and the recording is live.
    unsafe {
        let object = object::make(recording.as_ptr(), recording.get().inner(), node, value, weak);
        Bound::from_owned_ptr_or_err(recording.py(), object)
    }
}

/// f of a scalar, when the object is one: a number of NumPy's, as its functions give it, no
/// longer one of Python's.
pub fn unary_fast<'py>(f: Unary, object: &Bound<'py, PyAny>) -> Option<PyResult<Bound<'py, PyAny>>> {
    // SAFETY: attached, and the object is live while it is borrowed.
    unsafe {
        is_scalar(object.as_ptr()).then(|| {
            let made = operators::unary(object.as_ptr().cast(), f)?;
            if !made.is_null() {
                (*made.cast::<Object>()).weak = false;
            }
            Bound::from_owned_ptr_or_err(object.py(), made)
        })
    }
}
