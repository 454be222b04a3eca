//! Numbers and arrays from Python, by rule and never by accident.

use numpy::npyffi::NPY_ARRAY_WRITEABLE;
use numpy::{PyArray1, PyArrayMethods, PyReadonlyArray1, PyUntypedArray, PyUntypedArrayMethods};
use pyframe_optimize::memory;
use pyo3::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyComplex, PyFloat, PyInt, PyTuple};

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

/// A short description of an object for messages, on one line.
pub fn describe(object: &Bound<'_, PyAny>) -> String {
    let class = object.get_type().name().map_or_else(|_| "object".into(), |name| name.to_string());
    let text = object.repr().map_or_else(|_| String::new(), |repr| repr.to_string());
    let mut text =
        text.split(|c: char| c.is_whitespace() || c.is_control()).fold(String::new(), |line, word| {
            if line.is_empty() || word.is_empty() { line + word } else { line + " " + word }
        });
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
    let refusal =
        || errors::return_type(format!("{who} must return a real number, got {}", describe(object)));
    let mut unit = f64::EPSILON;
    if object.is_instance_of::<PyInt>() || object.is_instance_of::<PyBool>() {
        // Falls through to __float__.
    } else if let Some((dtype, kind)) = numpy_dtype(object) {
        let size: usize = object.getattr(intern!(py, "size"))?.extract().unwrap_or(0);
        if !["f", "i", "u", "b"].contains(&kind.as_str()) || size != 1 || is_masked(object)? {
            return Err(refusal());
        }
        if kind == "f" && dtype.getattr(intern!(py, "itemsize"))?.extract::<usize>()? < 8 {
            unit = FLOAT32;
        }
        let item = object.call_method0(intern!(py, "item"))?;
        return Ok(Real { value: item.extract()?, unit });
    } else if object.is_instance_of::<PyComplex>() || !object.get_type().hasattr(intern!(py, "__float__"))? {
        // Classes have the methods of their objects, and are no numbers.
        return Err(refusal());
    }
    match object.call_method0(intern!(py, "__float__")).and_then(|float| float.extract()) {
        Ok(value) => Ok(Real { value, unit }),
        // Too large, a signalling NaN, no float after all.
        Err(error)
            if error.is_instance_of::<PyOverflowError>(py)
                || error.is_instance_of::<PyValueError>(py)
                || error.is_instance_of::<PyTypeError>(py) =>
        {
            let refusal = refusal();
            refusal.set_cause(py, Some(error));
            Err(refusal)
        }
        Err(error) => Err(error),
    }
}

/// The dtype of an object and the letter for its kind; other libraries' dtypes have none.
fn numpy_dtype<'py>(object: &Bound<'py, PyAny>) -> Option<(Bound<'py, PyAny>, String)> {
    let dtype = object.getattr(intern!(object.py(), "dtype")).ok()?;
    let kind = dtype.getattr(intern!(object.py(), "kind")).ok()?.extract().ok()?;
    Some((dtype, kind))
}

/// Whether an array has a mask, which taking its entries would drop.
fn is_masked(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    Ok(object.cast::<PyUntypedArray>().is_ok() && object.hasattr(intern!(object.py(), "mask"))?)
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
    let too_small = |seen: &str| errors::parameter(format!("{name} must be at least {least}, got {seen}"));
    match given.extract::<usize>() {
        Ok(n) if n >= least => Ok(n),
        Ok(n) => Err(too_small(&n.to_string())),
        Err(error) if !error.is_instance_of::<PyOverflowError>(given.py()) => Err(refuse()),
        // More than can be counted is as good as the largest count.
        Err(_) if given.gt(0)? => Ok(usize::MAX),
        Err(_) => Err(too_small(given.str().map_or_else(|_| describe(given), |s| s.to_string()).as_str())),
    }
}

/// A flag.
pub fn flag(given: &Bound<'_, PyAny>, name: &str) -> PyResult<bool> {
    given
        .extract()
        .map_err(|_| errors::parameter_type(format!("{name} must be True or False, got {}", describe(given))))
}

/// A parameter that must be a function.
pub fn function<'a, 'py>(given: &'a Bound<'py, PyAny>, name: &str) -> PyResult<&'a Bound<'py, PyAny>> {
    if given.is_callable() {
        return Ok(given);
    }
    Err(errors::parameter_type(format!("{name} must be a function, got {}", describe(given))))
}

/// An optional parameter that must be a function.
pub fn optional_function<'a, 'py>(
    given: Option<&'a Bound<'py, PyAny>>,
    name: &str,
) -> PyResult<Option<&'a Bound<'py, PyAny>>> {
    given.map(|given| function(given, name)).transpose()
}

/// The further arguments of the user's functions, `None` when there are none.
pub fn arguments<'a, 'py>(given: &'a Bound<'py, PyAny>) -> PyResult<Option<&'a Bound<'py, PyTuple>>> {
    match given.cast::<PyTuple>() {
        Ok(args) => Ok(Some(args).filter(|args| !args.is_empty())),
        Err(_) => Err(errors::parameter_type(format!("args must be a tuple, got {}", describe(given)))),
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
    if is_masked(object)? {
        return Err(errors::dtype(format!(
            "{who} must not return a masked array: its mask would be dropped"
        )));
    }
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
    // A copy: aligned, contiguous and in the byte order of the machine.
    let flat = array.call_method0("flatten")?.call_method1("astype", ("float64",))?;
    out.copy_from_slice(flat.cast_into::<PyArray1<f64>>()?.readonly().as_slice()?);
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
