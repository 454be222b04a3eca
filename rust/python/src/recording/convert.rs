//! Arrays across the border: NumPy's in, by copy; ours out.

use numpy::{
    Element, PyArray1, PyArrayDescrMethods, PyArrayDyn, PyArrayMethods, PyReadonlyArrayDyn, PyUntypedArray,
    PyUntypedArrayMethods,
};
use pyframe_graph::{Array, DType, Data, Lent, Shape, Storage};
use pyframe_tape::{Numbers, TapeError, contiguous, copy_into, is_there, room};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyType};

use super::refused::refused;
use crate::errors;
use crate::numbers::describe;

/// A number or array as ours; `what` names it in a refusal.
pub fn to_array(object: &Bound<'_, PyAny>, what: &str) -> PyResult<Array> {
    if let Ok(number) = object.cast_exact::<PyFloat>() {
        return Ok(Array::scalar(number.value()));
    }
    if let Ok(truth) = object.cast::<PyBool>() {
        return Ok(Array::scalar(truth.is_true()));
    }
    if let Ok(integer) = object.cast_exact::<PyInt>() {
        return Ok(match integer.extract::<i64>() {
            Ok(small) => Array::scalar(small),
            Err(_) => Array::scalar(integer.extract::<f64>().map_err(|_| errors::beyond_floats())?),
        });
    }
    if let Some(copy) = with_numbers::<f64, _>(object, copy_of) {
        return copy;
    }
    let py = object.py();
    let array = match object.cast::<PyUntypedArray>() {
        Ok(array) => array.clone(),
        Err(_) => as_numpy(object, what)?,
    };
    refuse_subclass(&array, what)?;
    let dtype = array.dtype();
    let kind: char = dtype.getattr(intern!(py, "kind"))?.extract()?;
    let size: usize = dtype.getattr(intern!(py, "itemsize"))?.extract()?;
    match (kind, size) {
        ('f', 8) => numbers::<f64>(&array, "float64"),
        ('f', 4) => numbers::<f32>(&array, "float32"),
        ('i', 1..=8) | ('u', 1..=4) => numbers::<i64>(&array, "int64"),
        ('u', _) => {
            let largest = array.call_method0(intern!(py, "max"));
            match largest.and_then(|n| n.extract::<i64>()) {
                Ok(_) => numbers::<i64>(&array, "int64"),
                Err(_) => Err(errors::dtype(format!("{what} has unsigned integers that int64 cannot hold"))),
            }
        }
        ('b', _) => numbers::<bool>(&array, "bool"),
        _ => {
            let hint = if kind == 'O' {
                "; make it with dtype=float, or join traced values with np.stack"
            } else {
                ""
            };
            Err(errors::dtype(format!(
                "{what} has dtype {dtype}; float64, float32, integers and bool are accepted{hint}"
            )))
        }
    }
}

/// Do something with the numbers and the shape of a plain array of this kind that lies in order.
pub fn with_numbers<T: Element, R>(
    object: &Bound<'_, PyAny>,
    act: impl FnOnce(&[T], &[usize]) -> R,
) -> Option<R> {
    let array = object.cast::<PyArrayDyn<T>>().ok()?;
    if !array.data().is_aligned() || !array.is_c_contiguous() || !is_plain_array(object) {
        return None;
    }
    let view = array.try_readonly().ok()?;
    Some(act(view.as_slice().ok()?, array.shape()))
}

fn copy_of<T: Copy + pyframe_graph::Element>(from: &[T], shape: &[usize]) -> PyResult<Array> {
    let mut copy = room(shape).map_err(refused)?;
    copy.extend_from_slice(from);
    Array::new(copy, shape).map_err(|error| refused(error.into()))
}

/// What is not an array yet, as NumPy reads it.
fn as_numpy<'py>(object: &Bound<'py, PyAny>, what: &str) -> PyResult<Bound<'py, PyUntypedArray>> {
    static ASARRAY: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let py = object.py();
    let asarray = ASARRAY.import(py, "numpy._core.multiarray", "array")?;
    let made = asarray.call1((object,)).map_err(|error| {
        let refusal = errors::shape(format!("{what} is no array: {}", describe(object)));
        refusal.set_cause(py, Some(error));
        refusal
    })?;
    Ok(made.cast_into::<PyUntypedArray>()?)
}

fn refuse_subclass(array: &Bound<'_, PyUntypedArray>, what: &str) -> PyResult<()> {
    static NDARRAY: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    static MEMMAP: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let (py, class) = (array.py(), array.get_type());
    if class.is(NDARRAY.import(py, "numpy", "ndarray")?) || class.is(MEMMAP.import(py, "numpy", "memmap")?) {
        return Ok(());
    }
    let name = class.name()?;
    Err(errors::dtype(format!("{what} is a {name}; pass a plain array, made with numpy.asarray(...)")))
}

fn numbers<T: Element + Copy + pyframe_graph::Element>(
    array: &Bound<'_, PyUntypedArray>,
    dtype: &str,
) -> PyResult<Array> {
    static COPY: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let py = array.py();
    let plain = array.is_c_contiguous()
        && array.dtype().is_equiv_to(&T::get_dtype(py))
        && array.getattr(intern!(py, "flags"))?.getattr(intern!(py, "aligned"))?.extract()?;
    if plain {
        let view: PyReadonlyArrayDyn<'_, T> = array.extract()?;
        let from = view.as_slice().map_err(|_| errors::internal("an array that is not in order"))?;
        return copy_of(from, array.shape());
    }
    let elements = array.shape().iter().product::<usize>();
    if !is_there(elements.saturating_mul(size_of::<T>())) {
        return Err(refused(TapeError::OutOfMemory { elements }));
    }
    let options = PyDict::new(py);
    options.set_item("dtype", dtype)?;
    options.set_item("order", "C")?;
    let copied = COPY.import(py, "numpy._core.multiarray", "array")?.call((array,), Some(&options))?;
    // Nobody else has this copy, so it is not copied again.
    lent::<T>(&copied).ok_or_else(|| errors::internal("a new array that is not in order"))
}

/// A number or array as ours for the length of a call: an array in order is not copied, but
/// read where it lies.  Nobody may write to it meanwhile.
pub fn lent_array(object: &Bound<'_, PyAny>, what: &str) -> PyResult<Array> {
    match lent::<f64>(object).or_else(|| lent::<f32>(object)) {
        Some(array) => Ok(array),
        None => to_array(object, what),
    }
}

/// A plain array of this kind in order, as ours without a copy.
fn lent<T: Element + Copy + pyframe_graph::Element>(object: &Bound<'_, PyAny>) -> Option<Array> {
    let array = object.cast::<PyArrayDyn<T>>().ok()?;
    let (first, shape) = (array.data().cast_const(), array.shape());
    if !first.is_aligned() || !array.is_c_contiguous() || !is_plain_array(object) {
        return None;
    }
    let count = shape.iter().product();
    let owner = Box::new(object.clone().unbind());
    // SAFETY: NumPy's array has so many aligned numbers from there on, and keeps its memory
    // while it is referred to.
    #[expect(unsafe_code, reason = "the array is held, so its memory stays")]
    let numbers = unsafe { Lent::new(first, count, owner) };
    Array::of(Storage::Lent(numbers), shape).ok()
}

/// A new NumPy array with the same numbers.
pub fn to_numpy<'py>(py: Python<'py>, array: &Array) -> PyResult<Bound<'py, PyAny>> {
    fn made<'py, T: Element + Copy + pyframe_graph::Element>(
        py: Python<'py>,
        array: &Array,
    ) -> PyResult<Bound<'py, PyAny>> {
        let out = PyArrayDyn::<T>::zeros(py, array.shape(), false);
        {
            let mut view = out.readwrite();
            let to = view.as_slice_mut().map_err(|_| errors::internal("a new array that is not in order"))?;
            if let Some(from) = array.as_slice::<T>() {
                to.copy_from_slice(from);
            } else {
                copy_into(array, to).map_err(refused)?;
            }
        }
        Ok(out.into_any())
    }
    match array.data() {
        Data::Bool(_) => made::<bool>(py, array),
        Data::Int64(_) => made::<i64>(py, array),
        Data::Float32(_) => made::<f32>(py, array),
        Data::Float64(_) => made::<f64>(py, array),
    }
}

/// The same for an array that is not needed any more: its memory becomes NumPy's, where that is
/// worth while.
pub fn into_numpy(py: Python<'_>, array: Array) -> PyResult<Bound<'_, PyAny>> {
    const WORTH: usize = 1 << 12;
    fn moved<T: Element + pyframe_graph::Element>(
        py: Python<'_>,
        array: Array,
    ) -> PyResult<Bound<'_, PyAny>> {
        let shape = Shape::from_slice(array.shape());
        match array.into_vec::<T>() {
            Ok(numbers) => Ok(PyArray1::from_vec(py, numbers).reshape(&shape[..])?.into_any()),
            Err(array) if array.is_contiguous() => to_numpy(py, &array),
            // Its room is ours, which may be refused.
            Err(array) => moved::<T>(py, contiguous::<T>(&array).map_err(refused)?),
        }
    }
    match array.data() {
        _ if array.len() < WORTH => to_numpy(py, &array),
        Data::Float32(_) => moved::<f32>(py, array),
        Data::Float64(_) => moved::<f64>(py, array),
        Data::Bool(_) | Data::Int64(_) => to_numpy(py, &array),
    }
}

/// Whether an object is an array of NumPy's own class, not of a subclass.
pub fn is_plain_array(object: &Bound<'_, PyAny>) -> bool {
    static NDARRAY: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let py = object.py();
    NDARRAY.import(py, "numpy", "ndarray").is_ok_and(|class| object.get_type().is(class))
}

/// The elements of a float, or of an array in row-major order, added to a list.
pub fn push_numbers(numbers: &mut Numbers, object: &Bound<'_, PyAny>) -> PyResult<()> {
    // A float64 of NumPy is one, too.
    if let Ok(number) = object.cast::<PyFloat>() {
        numbers.push(number.value());
        return Ok(());
    }
    if let Ok(array) = object.cast::<PyArrayDyn<f64>>() {
        let first = array.data().cast_const();
        if first.is_aligned() && array.is_c_contiguous() {
            // SAFETY: NumPy's array has so many aligned numbers from there on; they are copied
            // before anybody else can run.
            #[expect(unsafe_code, reason = "NumPy's memory is read where it lies")]
            numbers.extend_from_slice(unsafe { std::slice::from_raw_parts(first, array.len()) });
            return Ok(());
        }
    }
    let array = to_array(object, "an argument")?;
    let elements = array.to_vec::<f64>().ok_or_else(|| errors::internal("an argument of another dtype"))?;
    numbers.extend_from_slice(&elements);
    Ok(())
}

/// A new NumPy array of this shape with these numbers.
pub fn numbers_to_numpy<'py>(
    py: Python<'py>,
    numbers: &[f64],
    shape: &[usize],
) -> PyResult<Bound<'py, PyAny>> {
    if shape.iter().product::<usize>() != numbers.len() {
        return Err(errors::internal("a new array of another size"));
    }
    // SAFETY: the new array is in order, has as many elements as there are numbers, and nobody
    // else knows of it yet; every element is written.
    #[expect(unsafe_code, reason = "the new memory is written before it is read")]
    unsafe {
        let out = PyArrayDyn::<f64>::new(py, shape, false);
        out.data().copy_from_nonoverlapping(numbers.as_ptr(), numbers.len());
        Ok(out.into_any())
    }
}

/// A dtype by NumPy's name.
pub fn dtype_named(name: &str) -> PyResult<DType> {
    Ok(match name {
        "float64" => DType::Float64,
        "float32" => DType::Float32,
        "int64" => DType::Int64,
        "bool" => DType::Bool,
        _ => {
            return Err(errors::dtype(format!(
                "dtype {name} is not supported for traced arrays; use float64, float32, int64 or bool"
            )));
        }
    })
}
