//! The same elements under another shape and in another order of axes: views.

use pyframe_graph::Shape;
use pyo3::prelude::*;
use pyo3::types::{PyInt, PyList, PyTuple};
use smallvec::SmallVec;

use crate::recording::array::{ArrayTracer, Shown};
use crate::recording::operations::{Answer, on_one};

/// A Python integer that is small and no truth value.
pub fn plain_integer(object: &Bound<'_, PyAny>) -> Option<isize> {
    object.cast_exact::<PyInt>().ok()?.extract().ok()
}

/// An axis counted from the start, if there is such an axis.
pub fn axis_from_start(axis: isize, rank: usize) -> Option<usize> {
    let counted = if axis < 0 { axis.checked_add_unsigned(rank)? } else { axis };
    usize::try_from(counted).ok().filter(|&axis| axis < rank)
}

/// What was made of an array shows it, when it can be assigned to.
pub fn viewed<'py>(x: &Bound<'py, ArrayTracer>, made: Bound<'py, PyAny>, shown: Shown) -> Bound<'py, PyAny> {
    if let Ok(view) = made.cast::<ArrayTracer>() {
        view.get().shows(x, shown);
    }
    made
}

/// Under another shape, or nothing when the call is none of the usual ones.
pub fn reshape<'py>(
    x: &Bound<'py, ArrayTracer>,
    shape: &Bound<'py, PyAny>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let count: usize = x.get().ty.shape.iter().product();
    let given: Option<SmallVec<[isize; 4]>> = if let Ok(tuple) = shape.cast_exact::<PyTuple>() {
        tuple.iter().map(|length| plain_integer(&length)).collect()
    } else if let Ok(list) = shape.cast_exact::<PyList>() {
        list.iter().map(|length| plain_integer(&length)).collect()
    } else {
        plain_integer(shape).map(|length| smallvec::smallvec![length])
    };
    let (Some(given), false) = (given, x.get().is_view()) else { return Ok(None) };
    let rest: usize =
        given.iter().filter_map(|&length| usize::try_from(length).ok()).fold(1, usize::saturating_mul);
    let open = given.iter().filter(|&&length| length < 0).count();
    let fits = match open {
        0 => rest == count,
        1 => given.contains(&-1) && rest > 0 && count.is_multiple_of(rest),
        _ => false,
    };
    if !fits {
        return Ok(None);
    }
    let length = |&length: &isize| usize::try_from(length).unwrap_or_else(|_| count / rest);
    let lengths: Shape = given.iter().map(length).collect();
    let made = on_one(x, |graph, x| graph.reshape(x, &lengths))?;
    Ok(Some(viewed(x, made, Shown::Reshaped(lengths))))
}

/// All elements along one axis, or nothing when the call is none of the usual ones.
pub fn flat<'py>(x: &Bound<'py, ArrayTracer>) -> PyResult<Option<Bound<'py, PyAny>>> {
    if x.get().is_view() {
        return Ok(None);
    }
    let lengths: Shape = std::iter::once(x.get().ty.shape.iter().product()).collect();
    let made = on_one(x, |graph, x| graph.reshape(x, &lengths))?;
    Ok(Some(viewed(x, made, Shown::Reshaped(lengths))))
}

/// With the axes in reverse order.
pub fn reverse_axes<'py>(x: &Bound<'py, ArrayTracer>) -> Answer<'py> {
    let order: Shape = (0..x.get().ty.shape.len()).rev().collect();
    let made = on_one(x, |graph, x| graph.transpose(x, &order))?;
    Ok(viewed(x, made, Shown::Permuted(order)))
}
