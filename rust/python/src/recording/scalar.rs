//! The object that stands in for one float, written against the C slots.
//!
//! A plain Python loop over floats spends most of its time here, so the type is made by hand:
//! `PyType_FromSpec` with `nb_*` slots and a free list (a `#[pyclass]` costs four times as
//! much).  An object holds its value, its node and a reference to the recording; the methods
//! that NumPy's scalars have are put on the class by `pyframe.autodiff.tracers`.
#![expect(unsafe_code, reason = "slots of a C type; every function states what it relies on")]
#![expect(
    static_mut_refs,
    reason = "the type and the free list are only touched under the interpreter's lock"
)]

use std::os::raw::{c_char, c_int, c_long, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::{null_mut, without_provenance_mut};

use pyframe_graph::{Binary, Compare, NodeId, Primitive, Unary};
use pyframe_tape::{Comparison, Guard};
use pyo3::exceptions::{PyTypeError, PyZeroDivisionError};
use pyo3::ffi;
use pyo3::prelude::*;

use super::recording::{Inner, Recording, State, refused};
use super::wrap::{Traced, leave};
use crate::errors;

#[repr(C)]
struct Object {
    base: ffi::PyObject,
    value: f64,
    /// A strong reference to the recording, and where its content lies.
    recording: *mut ffi::PyObject,
    inner: *mut Inner,
    node: NodeId,
    /// A Python number: it takes the kind of an array it meets.
    weak: bool,
}

/// Objects kept for reuse.
const KEPT: usize = 512;
static mut FREE: [*mut Object; KEPT] = [null_mut(); KEPT];
static mut FREE_COUNT: usize = 0;
static mut TYPE: *mut ffi::PyTypeObject = null_mut();

/// SAFETY: attached, and `object` is a live object.
#[inline(always)]
unsafe fn is_scalar(object: *mut ffi::PyObject) -> bool {
    unsafe { ffi::Py_TYPE(object) == TYPE }
}

/// SAFETY: attached; `recording` is a live Recording whose content lies at `inner`.
#[inline(always)]
unsafe fn new(
    recording: *mut ffi::PyObject,
    inner: *mut Inner,
    node: NodeId,
    value: f64,
    weak: bool,
) -> *mut ffi::PyObject {
    unsafe {
        let object = if FREE_COUNT > 0 {
            FREE_COUNT -= 1;
            FREE[FREE_COUNT]
        } else {
            let memory = ffi::PyObject_Malloc(size_of::<Object>()).cast::<Object>();
            if memory.is_null() {
                return ffi::PyErr_NoMemory();
            }
            memory
        };
        ffi::PyObject_Init(object.cast(), TYPE);
        ffi::Py_INCREF(recording);
        (*object).value = value;
        (*object).recording = recording;
        (*object).inner = inner;
        (*object).node = node;
        (*object).weak = weak;
        object.cast()
    }
}

/// SAFETY: called by the interpreter on an object of this type without references.
unsafe extern "C" fn dealloc(object: *mut ffi::PyObject) {
    unsafe {
        let own = object.cast::<Object>();
        ffi::Py_DECREF((*own).recording);
        if FREE_COUNT < KEPT {
            FREE[FREE_COUNT] = own;
            FREE_COUNT += 1;
        } else {
            ffi::PyObject_Free(object.cast());
        }
        ffi::Py_DECREF(TYPE.cast());
    }
}

/// Run the body of a slot: an error is raised, a panic becomes an `InternalError`.
#[inline(always)]
fn slot(body: impl FnOnce(Python<'_>) -> PyResult<*mut ffi::PyObject>) -> *mut ffi::PyObject {
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

fn not_implemented() -> *mut ffi::PyObject {
    // SAFETY: a new reference to an immortal object.
    unsafe {
        let object = ffi::Py_NotImplemented();
        ffi::Py_INCREF(object);
        object
    }
}

/// What an operand of a scalar operation is.
enum Operand {
    Own(*mut Object),
    Number(f64),
    Other,
}

/// SAFETY: attached, `object` live.
#[inline(always)]
unsafe fn operand(object: *mut ffi::PyObject) -> PyResult<Operand> {
    unsafe {
        let class = ffi::Py_TYPE(object);
        if class == TYPE {
            return Ok(Operand::Own(object.cast()));
        }
        if class == &raw mut ffi::PyFloat_Type {
            return Ok(Operand::Number(ffi::PyFloat_AsDouble(object)));
        }
        uncommon(object)
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
                return Err(PyErr::fetch(Python::assume_attached()));
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
unsafe fn open<'a>(own: *mut Object) -> PyResult<&'a mut Inner> {
    unsafe {
        let inner = (*own).inner;
        if (*inner).state == State::Open { Ok(&mut *inner) } else { Err(shut((*inner).state)) }
    }
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
unsafe fn node_of(inner: &mut Inner, operand: &Operand) -> PyResult<NodeId> {
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
unsafe fn value_of(operand: &Operand) -> f64 {
    match operand {
        // SAFETY: the caller holds a reference.
        Operand::Own(own) => unsafe { (**own).value },
        Operand::Number(number) => *number,
        Operand::Other => f64::NAN,
    }
}

/// a f b, for operands one of which is a scalar.
#[inline(always)]
fn arithmetic(a: *mut ffi::PyObject, b: *mut ffi::PyObject, f: Binary) -> *mut ffi::PyObject {
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
            Ok(new((*own).recording, (*own).inner, node, value, weak))
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

fn elementwise(object: *mut ffi::PyObject, f: Unary) -> *mut ffi::PyObject {
    slot(|_| {
        // SAFETY: the interpreter passes a live object of this type.
        unsafe { unary_of(object.cast(), f) }
    })
}

/// SAFETY: attached, `own` live.
unsafe fn unary_of(own: *mut Object, f: Unary) -> PyResult<*mut ffi::PyObject> {
    unsafe {
        let inner = open(own)?;
        let value = pyframe_tape::unary(f, (*own).value);
        let node = inner.tape.scalar(Primitive::Unary(f), (*own).node, None, value).map_err(refused)?;
        Ok(new((*own).recording, (*own).inner, node, value, (*own).weak))
    }
}

macro_rules! operators {
    ($($name:ident => $f:ident),* $(,)?) => {
        $(unsafe extern "C" fn $name(a: *mut ffi::PyObject, b: *mut ffi::PyObject) -> *mut ffi::PyObject {
            arithmetic(a, b, Binary::$f)
        })*
    };
}
operators! {
    add => Add, subtract => Sub, multiply => Mul, divide => Div, floor_divide => FloorDivide,
    remainder => Remainder,
}

unsafe extern "C" fn power(
    a: *mut ffi::PyObject,
    b: *mut ffi::PyObject,
    modulo: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    // SAFETY: the interpreter passes live objects.
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
    }
    arithmetic(a, b, Binary::Pow)
}

unsafe extern "C" fn negative(a: *mut ffi::PyObject) -> *mut ffi::PyObject {
    elementwise(a, Unary::Neg)
}

unsafe extern "C" fn absolute(a: *mut ffi::PyObject) -> *mut ffi::PyObject {
    elementwise(a, Unary::Abs)
}

unsafe extern "C" fn positive(a: *mut ffi::PyObject) -> *mut ffi::PyObject {
    // SAFETY: a live object; a new reference to it.
    unsafe {
        ffi::Py_INCREF(a);
    }
    a
}

unsafe extern "C" fn compare(a: *mut ffi::PyObject, b: *mut ffi::PyObject, op: c_int) -> *mut ffi::PyObject {
    slot(|_| {
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
                return Ok(not_implemented());
            }
            let holds = pyframe_tape::compare(f, value_of(&left), value_of(&right));
            let inner = open(own)?;
            if inner.tape.is_guarded() {
                let right = node_of(inner, &right)?;
                let comparison = Comparison { compare: f, left: (*own).node, right };
                inner.tape.guard(|_| Guard::Branch(comparison, holds));
            }
            Ok(ffi::PyBool_FromLong(c_long::from(holds)))
        }
    })
}

unsafe extern "C" fn truth(a: *mut ffi::PyObject) -> c_int {
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

unsafe extern "C" fn to_float(a: *mut ffi::PyObject) -> *mut ffi::PyObject {
    // SAFETY: the interpreter passes a live object of this type.
    slot(|py| unsafe { Ok(ffi::PyFloat_FromDouble(left(py, a.cast(), "float")?)) })
}

unsafe extern "C" fn to_int(a: *mut ffi::PyObject) -> *mut ffi::PyObject {
    // SAFETY: as above; NULL carries the exception of a NaN or an infinity.
    slot(|py| unsafe {
        let integer = ffi::PyLong_FromDouble(left(py, a.cast(), "int")?);
        if integer.is_null() { Err(PyErr::fetch(py)) } else { Ok(integer) }
    })
}

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
        let recording = (*a.cast::<Object>()).recording;
        ffi::Py_INCREF(recording);
        recording
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
    let mut slots = slots![
        Py_nb_add = add as ffi::binaryfunc,
        Py_nb_subtract = subtract as ffi::binaryfunc,
        Py_nb_multiply = multiply as ffi::binaryfunc,
        Py_nb_true_divide = divide as ffi::binaryfunc,
        Py_nb_floor_divide = floor_divide as ffi::binaryfunc,
        Py_nb_remainder = remainder as ffi::binaryfunc,
        Py_nb_power = power as ffi::ternaryfunc,
        Py_nb_negative = negative as ffi::unaryfunc,
        Py_nb_positive = positive as ffi::unaryfunc,
        Py_nb_absolute = absolute as ffi::unaryfunc,
        Py_nb_bool = truth as ffi::inquiry,
        Py_nb_float = to_float as ffi::unaryfunc,
        Py_nb_int = to_int as ffi::unaryfunc,
        Py_tp_richcompare = compare as ffi::richcmpfunc,
        Py_tp_hash = ffi::PyObject_HashNotImplemented as ffi::hashfunc,
        Py_tp_repr = repr as ffi::reprfunc,
        Py_tp_new = refuse_new as ffi::newfunc,
        Py_tp_dealloc = dealloc as ffi::destructor,
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
        TYPE = class.as_ptr().cast();
        // The type lives as long as the process: objects on the free list name it.
        ffi::Py_INCREF(class.as_ptr());
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
        let recording = Bound::from_borrowed_ptr(object.py(), (*own).recording);
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
        let object = new(recording.as_ptr(), recording.get().inner(), node, value, weak);
        Bound::from_owned_ptr_or_err(recording.py(), object)
    }
}

/// f of a scalar, when the object is one.
pub fn unary_fast<'py>(f: Unary, object: &Bound<'py, PyAny>) -> Option<PyResult<Bound<'py, PyAny>>> {
    // SAFETY: attached, and the object is live while it is borrowed.
    unsafe {
        is_scalar(object.as_ptr()).then(|| {
            let made = unary_of(object.as_ptr().cast(), f)?;
            Bound::from_owned_ptr_or_err(object.py(), made)
        })
    }
}
