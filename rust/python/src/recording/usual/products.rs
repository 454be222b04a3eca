//! Products of vectors and matrices of floats.

use numpy::{PyArrayDescrMethods, PyUntypedArray, PyUntypedArrayMethods};
use pyframe_graph::{Binary, DType, Labels};
use pyo3::prelude::*;

use super::handlers;
use crate::errors::guard;
use crate::recording::array::ArrayTracer;
use crate::recording::operations::{Answer, is_operand, no_operand, on_two};

/// The labels that `pyframe.autodiff.coverage.products` gives: rows, columns and what is summed.
const ROW: u8 = 251;
const COLUMN: u8 = 252;
const SUMMED: u8 = 253;

/// The shape of a vector or matrix of floats.
fn shape_of(x: &Bound<'_, PyAny>) -> Option<[usize; 2]> {
    fn short(shape: &[usize]) -> Option<[usize; 2]> {
        match *shape {
            [n] => Some([n, usize::MAX]),
            [m, n] => Some([m, n]),
            _ => None,
        }
    }
    if let Ok(array) = x.cast::<ArrayTracer>() {
        let ty = &array.get().ty;
        return short(&ty.shape).filter(|_| matches!(ty.dtype, DType::Float64 | DType::Float32));
    }
    let array = x.cast::<PyUntypedArray>().ok()?;
    let float = array.dtype().is_equiv_to(&numpy::dtype::<f64>(x.py()))
        || array.dtype().is_equiv_to(&numpy::dtype::<f32>(x.py()));
    short(array.shape()).filter(|_| float)
}

fn product<'py>(
    a: &Bound<'py, PyAny>,
    b: &Bound<'py, PyAny>,
    labels: impl Fn(bool, bool) -> Labels,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let (Some([m, n]), Some([k, l])) = (shape_of(a), shape_of(b)) else { return Ok(None) };
    let (a_is_matrix, b_is_matrix) = (n != usize::MAX, l != usize::MAX);
    if (if a_is_matrix { n } else { m }) != k {
        return Ok(None);
    }
    let labels = labels(a_is_matrix, b_is_matrix);
    on_two(a, b, |graph, [a, b]| graph.contract(a, b, labels)).map(Some)
}

/// `a @ b`, or nothing when they are no vectors or matrices that fit.
pub fn matmul<'py>(a: &Bound<'py, PyAny>, b: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    product(a, b, |a_is_matrix, b_is_matrix| {
        let only = |is: bool, label: u8| is.then_some(label);
        Labels {
            left: only(a_is_matrix, ROW).into_iter().chain([SUMMED]).collect(),
            right: std::iter::once(SUMMED).chain(only(b_is_matrix, COLUMN)).collect(),
            out: only(a_is_matrix, ROW).into_iter().chain(only(b_is_matrix, COLUMN)).collect(),
        }
    })
}

/// `np.dot(a, b)`, or nothing when they are no vectors or matrices that fit.
pub fn dot<'py>(a: &Bound<'py, PyAny>, b: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    const RIGHT: u8 = 64;
    product(a, b, |a_is_matrix, b_is_matrix| {
        let left: &[u8] = if a_is_matrix { &[0, 1] } else { &[0] };
        let summed = left[left.len() - 1];
        let right: &[u8] = if b_is_matrix { &[summed, RIGHT + 1] } else { &[summed] };
        let out = left[..left.len() - 1].iter().chain(&right[1..]).copied().collect();
        Labels { left: left.into(), right: right.into(), out }
    })
}

/// All products of an element of `a` and one of `b`, or nothing when they are no floats.
pub fn outer<'py>(
    a: &Bound<'py, ArrayTracer>,
    b: &Bound<'py, ArrayTracer>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let [ours, others] = [a, b].map(|x| &x.get().ty);
    if !ours.dtype.is_float() || !others.dtype.is_float() {
        return Ok(None);
    }
    let [m, n] = [ours, others].map(|ty| ty.shape.iter().product());
    on_two(a, b, |graph, [a, b]| {
        let (column, row) = (graph.reshape(a, &[m, 1])?, graph.reshape(b, &[1, n])?);
        graph.binary(Binary::Mul, column, row)
    })
    .map(Some)
}

/// `a @ b` of any operands.
fn operator<'py>(a: &Bound<'py, PyAny>, b: &Bound<'py, PyAny>, other: &Bound<'py, PyAny>) -> Answer<'py> {
    let py = a.py();
    if !is_operand(other) {
        return no_operand(other);
    }
    guard("Array operator", || match matmul(a, b)? {
        Some(made) => Ok(made),
        None => handlers(py)?.matmul.bind(py).call1((a, b)),
    })
}

#[pymethods]
impl ArrayTracer {
    fn __matmul__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> Answer<'py> {
        operator(slf, other, other)
    }
    fn __rmatmul__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> Answer<'py> {
        operator(other, slf, other)
    }
}
