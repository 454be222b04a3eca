//! Numbers and arrays from Python, by rule and never by accident.

use numpy::npyffi::NPY_ARRAY_WRITEABLE;
use numpy::{PyArray1, PyArrayMethods, PyReadonlyArray1, PyUntypedArrayMethods};
use pyframe_optimize::memory;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyComplex, PyFloat, PyInt};

use crate::errors;
use crate::float_environment::kept;

/// Unit roundoff of float32, with which float32 functions are judged.
pub const FLOAT32: f64 = f32::EPSILON as f64;

/// A real number and the relative rounding error of its type.
#[derive(Clone, Copy, Debug)]
pub struct Real {
    pub value: f64,
    pub unit: f64,
}

/// A short description of an object for messages.
pub fn describe(object: &Bound<'_, PyAny>) -> String {
    let class = object.get_type().name().map_or_else(|_| "object".into(), |name| name.to_string());
    let mut text = object.repr().map_or_else(|_| String::new(), |repr| repr.to_string());
    if text.chars().count() > 60 {
        text = text.chars().take(57).chain("...".chars()).collect();
    }
    format!("{class} {text}")
}

/// The number that the function called `who` returned.
///
/// Accepted: float, int, bool, NumPy real scalars, arrays with one real element, and
/// whatever else has `__float__` (Fraction, Decimal).  Refused: None, text, complex numbers
/// and larger arrays.
#[inline]
pub fn real(object: &Bound<'_, PyAny>, who: &str) -> PyResult<Real> {
    if let Ok(float) = object.cast_exact::<PyFloat>() {
        return Ok(Real { value: float.value(), unit: f64::EPSILON });
    }
    kept(|| uncommon_real(object, who))
}

fn uncommon_real(object: &Bound<'_, PyAny>, who: &str) -> PyResult<Real> {
    let py = object.py();
    let refuse =
        || Err(errors::return_type(format!("{who} must return a real number, got {}", describe(object))));
    let mut unit = f64::EPSILON;
    if object.is_instance_of::<PyInt>() || object.is_instance_of::<PyBool>() {
        // Falls through to __float__.
    } else if let Ok(dtype) = object.getattr(intern!(py, "dtype")) {
        let kind: String = dtype.getattr(intern!(py, "kind"))?.extract().unwrap_or_default();
        let size: usize = object.getattr(intern!(py, "size"))?.extract().unwrap_or(0);
        if !["f", "i", "u", "b"].contains(&kind.as_str()) || size != 1 {
            return refuse();
        }
        if kind == "f" && dtype.getattr(intern!(py, "itemsize"))?.extract::<usize>()? < 8 {
            unit = FLOAT32;
        }
        let item = object.call_method0(intern!(py, "item"))?;
        return Ok(Real { value: item.extract()?, unit });
    } else if object.is_instance_of::<PyComplex>() || !object.hasattr(intern!(py, "__float__"))? {
        return refuse();
    }
    match object.call_method0(intern!(py, "__float__"))?.extract() {
        Ok(value) => Ok(Real { value, unit }),
        Err(_) => refuse(),
    }
}

/// A parameter that must be a real number.
pub fn number(given: &Bound<'_, PyAny>, name: &str) -> PyResult<f64> {
    if let Ok(float) = given.cast_exact::<PyFloat>() {
        return Ok(float.value());
    }
    let refuse = || errors::parameter_type(format!("{name} must be a real number, got {}", describe(given)));
    if given.is_instance_of::<PyBool>() { Err(refuse()) } else { given.extract().map_err(|_| refuse()) }
}

/// An optional parameter that must be a real number.
pub fn option(given: Option<&Bound<'_, PyAny>>, name: &str) -> PyResult<Option<f64>> {
    given.map(|given| number(given, name)).transpose()
}

/// A parameter that must be a whole number, at least `least`.
pub fn count(given: &Bound<'_, PyAny>, name: &str, least: usize) -> PyResult<usize> {
    let refuse = || errors::parameter_type(format!("{name} must be an int, got {}", describe(given)));
    if given.is_instance_of::<PyBool>() {
        return Err(refuse());
    }
    match given.extract::<usize>() {
        Ok(n) if n >= least => Ok(n),
        Ok(_) => Err(errors::parameter(format!("{name} must be at least {least}, got {}", given.str()?))),
        Err(error) if error.is_instance_of::<pyo3::exceptions::PyOverflowError>(given.py()) => {
            Err(errors::parameter(format!("{name} must be at least {least}, got {}", given.str()?)))
        }
        Err(_) => Err(refuse()),
    }
}

/// A start, direction or gradient from the user: its entries, its shape, and whether it is
/// float32; finite and not empty, or refused by `name`.
pub fn vector_from(given: &Bound<'_, PyAny>, name: &str) -> PyResult<(Vec<f64>, Vec<usize>, bool)> {
    if let Ok(array) = given.cast_exact::<PyArray1<f64>>()
        && let Some(values) = copied(array)?
        && !values.is_empty()
        && pyframe_optimize::vector::all_finite(&values)
    {
        let shape = vec![values.len()];
        return Ok((values, shape, false));
    }
    let arrays = given.py().import("pyframe._arrays")?;
    let converted = kept(|| arrays.call_method1("as_vector", (given, name)))?;
    let (flat, shape, single): (PyReadonlyArray1<'_, f64>, Vec<usize>, bool) = converted.extract()?;
    Ok((memory::copy(flat.as_slice()?).map_err(errors::too_large)?, shape, single))
}

/// The entries of a contiguous array.
fn copied(array: &Bound<'_, PyArray1<f64>>) -> PyResult<Option<Vec<f64>>> {
    // SAFETY: no Python code runs while the slice is read, so nobody else writes to it.
    #[expect(unsafe_code, reason = "rust-numpy's record of borrows costs more than the copy")]
    let values = unsafe { array.as_slice() };
    values.ok().map(memory::copy).transpose().map_err(errors::too_large)
}

/// Write `values` over the entries of an array to which there is no other reference; answers
/// whether it is still of their number, contiguous, writable and not even weakly referred to.
pub fn overwrite(array: &Bound<'_, PyArray1<f64>>, values: &[f64]) -> bool {
    // SAFETY: the caller has the only reference to the array, and no Python code runs here.
    #[expect(unsafe_code, reason = "rust-numpy's record of borrows costs more than the copy")]
    let (entries, fields) = unsafe { (array.as_slice_mut(), &(*array.as_array_ptr()).fields) };
    let free = fields.flags & NPY_ARRAY_WRITEABLE != 0 && fields.weakreflist.is_null();
    match entries {
        Ok(entries) if entries.len() == values.len() && free => {
            entries.copy_from_slice(values);
            true
        }
        _ => false,
    }
}

/// Copy an array that the function called `who` returned into `out`.
pub fn vector_into(object: &Bound<'_, PyAny>, shape: &[usize], who: &str, out: &mut [f64]) -> PyResult<()> {
    if shape.len() == 1
        && let Ok(array) = object.cast_exact::<PyArray1<f64>>()
    {
        // SAFETY: no Python code runs while the slice is read, so nobody else writes to it.
        #[expect(unsafe_code, reason = "rust-numpy's record of borrows costs more than the copy")]
        let values = unsafe { array.as_slice() };
        if let Ok(values) = values
            && values.len() == out.len()
        {
            out.copy_from_slice(values);
            return Ok(());
        }
    }
    kept(|| uncommon_vector_into(object, shape, who, out))
}

fn uncommon_vector_into(
    object: &Bound<'_, PyAny>,
    shape: &[usize],
    who: &str,
    out: &mut [f64],
) -> PyResult<()> {
    let py = object.py();
    let numpy = py.import(intern!(py, "numpy"))?;
    let array = numpy
        .call_method1(intern!(py, "asarray"), (object,))
        .map_err(|_| errors::return_type(format!("{who} must return an array, got {}", describe(object))))?;
    let kind: String = array.getattr("dtype")?.getattr("kind")?.extract()?;
    if !["f", "i", "u", "b"].contains(&kind.as_str()) {
        return Err(errors::dtype(format!(
            "{who} must return real numbers, got dtype {}",
            array.getattr("dtype")?.str()?
        )));
    }
    let got: Vec<usize> = array.getattr("shape")?.extract()?;
    if got != shape {
        return Err(errors::shape(format!(
            "{who} must return an array of shape {}, got {}",
            shape_text(shape),
            shape_text(&got)
        )));
    }
    let flat = numpy.call_method1("ravel", (numpy.call_method1("asarray", (array, "float64"))?,))?;
    let flat = numpy.call_method1("ascontiguousarray", (flat,))?.cast_into::<PyArray1<f64>>()?;
    out.copy_from_slice(flat.readonly().as_slice()?);
    Ok(())
}

/// Relative rounding error of an array's elements.
pub fn unit_of(array: &Bound<'_, PyAny>) -> f64 {
    let itemsize = array.getattr(intern!(array.py(), "itemsize")).and_then(|size| size.extract::<usize>());
    if itemsize.is_ok_and(|size| size < 8) { FLOAT32 } else { f64::EPSILON }
}

/// A shape as Python prints it.
pub fn shape_text(shape: &[usize]) -> String {
    match shape {
        [n] => format!("({n},)"),
        _ => format!("({})", shape.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")),
    }
}
