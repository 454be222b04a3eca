//! Array functions and the methods of arrays that are named like them.

use pyframe_graph::{Compare, Graph, Reduction, Shape};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyFloat, PyList, PyTuple};
use smallvec::SmallVec;

use super::reductions::{Reduced, reduce};
use super::{handlers, is_empty, products, shapes};
use crate::errors::{self, guard};
use crate::recording::array::ArrayTracer;
use crate::recording::operations::{Answer, compare, is_traced, on_one, on_several, select};

/// An array function with a usual call.
#[derive(Clone, Copy)]
pub enum Function {
    Reduced(Reduced),
    Where,
    Dot,
    Reshape,
    Transpose,
    Concatenate,
    Stack,
    Norm,
    Ravel,
    Clip,
    Outer,
    Cumsum,
}

impl Function {
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "sum" => Self::Reduced(Reduced::Sum),
            "mean" => Self::Reduced(Reduced::Mean),
            "var" => Self::Reduced(Reduced::Var),
            "std" => Self::Reduced(Reduced::Std),
            "max" => Self::Reduced(Reduced::Max),
            "min" => Self::Reduced(Reduced::Min),
            "where" => Self::Where,
            "dot" => Self::Dot,
            "reshape" => Self::Reshape,
            "transpose" => Self::Transpose,
            "concatenate" => Self::Concatenate,
            "stack" => Self::Stack,
            "norm" => Self::Norm,
            "ravel" => Self::Ravel,
            "clip" => Self::Clip,
            "outer" => Self::Outer,
            "cumsum" => Self::Cumsum,
            _ => return None,
        })
    }

    /// The result, or nothing when the call is none of the usual ones.
    pub fn call<'py>(
        self,
        args: &Bound<'py, PyTuple>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Ok(first) = args.get_item(0) else { return Ok(None) };
        match self {
            Self::Concatenate | Self::Stack => return self.joined(&first, args, kwargs),
            Self::Where if args.len() == 3 && is_empty(kwargs) => {
                let (a, b) = (args.get_item(1)?, args.get_item(2)?);
                return select(&first, &a, &b).map(Some);
            }
            Self::Dot if args.len() == 2 && is_empty(kwargs) => {
                return products::dot(&first, &args.get_item(1)?);
            }
            _ => {}
        }
        let Ok(x) = first.cast::<ArrayTracer>() else { return Ok(None) };
        match self {
            Self::Reduced(f) => reduce(f, x, args, 1, kwargs),
            Self::Reshape if args.len() == 2 && is_empty(kwargs) => shapes::reshape(x, &args.get_item(1)?),
            _ if !is_empty(kwargs) => Ok(None),
            Self::Transpose if args.len() == 1 => shapes::reverse_axes(x).map(Some),
            Self::Ravel if args.len() == 1 => shapes::flat(x),
            Self::Norm if args.len() == 1 => norm(x),
            Self::Cumsum if args.len() == 1 => running_sums(x),
            Self::Clip if args.len() == 3 => clipped(x, &args.get_item(1)?, &args.get_item(2)?),
            Self::Outer if args.len() == 2 => match args.get_item(1)?.cast::<ArrayTracer>() {
                Ok(y) => products::outer(x, y),
                Err(_) => Ok(None),
            },
            _ => Ok(None),
        }
    }

    /// Traced values one after another or above each other.
    fn joined<'py>(
        self,
        parts: &Bound<'py, PyAny>,
        args: &Bound<'py, PyTuple>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let axis = match (args.len(), kwargs.map_or(0, PyDictMethods::len)) {
            (1, 0) => Some(0),
            (2, 0) => shapes::plain_integer(&args.get_item(1)?),
            (1, 1) => match kwargs.map(|kwargs| kwargs.get_item("axis")).transpose()?.flatten() {
                Some(axis) => shapes::plain_integer(&axis),
                None => None,
            },
            _ => None,
        };
        let parts: SmallVec<[Bound<'py, PyAny>; 8]> = if let Ok(list) = parts.cast_exact::<PyList>() {
            list.iter().collect()
        } else if let Ok(tuple) = parts.cast_exact::<PyTuple>() {
            tuple.iter().collect()
        } else {
            return Ok(None);
        };
        let Some(axis) = axis.filter(|_| !parts.is_empty()) else { return Ok(None) };
        let array = |part: &Bound<'py, PyAny>| part.cast::<ArrayTracer>().is_ok();
        match self {
            Self::Concatenate if parts.iter().all(array) => {
                let rank = parts[0].cast::<ArrayTracer>()?.get().ty.shape.len();
                let Some(axis) = shapes::axis_from_start(axis, rank) else { return Ok(None) };
                on_several(&parts, |graph, parts| graph.concatenate(parts, axis)).map(Some)
            }
            Self::Stack if axis == 0 && parts.iter().all(is_traced) => {
                on_several(&parts, Graph::stack).map(Some)
            }
            _ => Ok(None),
        }
    }
}

/// The norm of all elements of floats.
fn norm<'py>(x: &Bound<'py, ArrayTracer>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let ty = &x.get().ty;
    if !ty.dtype.is_float() || ty.shape.is_empty() {
        return Ok(None);
    }
    let axes: Shape = (0..ty.shape.len()).collect();
    on_one(x, |graph, x| graph.reduce(Reduction::Norm, x, &axes)).map(Some)
}

/// The running sums of a vector of floats.
fn running_sums<'py>(x: &Bound<'py, ArrayTracer>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let ty = &x.get().ty;
    if !ty.dtype.is_float() || ty.shape.len() != 1 {
        return Ok(None);
    }
    on_one(x, |graph, x| graph.cumsum(x, 0, false)).map(Some)
}

/// Floats between two Python numbers.
fn clipped<'py>(
    x: &Bound<'py, ArrayTracer>,
    low: &Bound<'py, PyAny>,
    high: &Bound<'py, PyAny>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let is_number = |limit: &Bound<'py, PyAny>| match limit.cast_exact::<PyFloat>() {
        Ok(limit) => !limit.value().is_nan(),
        Err(_) => shapes::plain_integer(limit).is_some(),
    };
    if !x.get().ty.dtype.is_float() || !is_number(low) || !is_number(high) {
        return Ok(None);
    }
    let limited = |x: &Bound<'py, PyAny>, beyond, limit| select(&compare(beyond, x, limit)?, limit, x);
    let above = limited(x, Compare::Less, low)?;
    limited(&above, Compare::Greater, high).map(Some)
}

/// A method that is NumPy's function of its name.
fn method<'py>(
    x: &Bound<'py, ArrayTracer>,
    name: &'static str,
    args: &Bound<'py, PyTuple>,
    kwargs: Option<&Bound<'py, PyDict>>,
    usual: PyResult<Option<Bound<'py, PyAny>>>,
) -> Answer<'py> {
    if let Some(made) = usual? {
        return Ok(made);
    }
    let py = x.py();
    let function =
        handlers(py)?.named.get(name).ok_or_else(|| errors::internal("a method without function"))?;
    let all: Vec<_> = std::iter::once(x.as_any().clone()).chain(args.iter()).collect();
    function.bind(py).call(PyTuple::new(py, all)?, kwargs)
}

macro_rules! reductions {
    ($($name:ident $called:literal $f:ident $doc:literal),* $(,)?) => {
        #[pymethods]
        impl ArrayTracer {
            $(
                #[doc = $doc]
                #[pyo3(name = $called, signature = (*args, **kwargs))]
                fn $name<'py>(
                    slf: &Bound<'py, Self>,
                    args: &Bound<'py, PyTuple>,
                    kwargs: Option<&Bound<'py, PyDict>>,
                ) -> Answer<'py> {
                    guard(concat!("Array.", $called), || {
                        method(slf, $called, args, kwargs, reduce(Reduced::$f, slf, args, 0, kwargs))
                    })
                }
            )*
        }
    };
}

reductions! {
    py_sum "sum" Sum "Sum along axes.",
    py_mean "mean" Mean "Mean along axes.",
    py_var "var" Var "Mean squared deviation from the mean along axes.",
    py_std "std" Std "Root of the variance along axes.",
    py_max "max" Max "Largest along axes.",
    py_min "min" Min "Smallest along axes.",
}

#[pymethods]
impl ArrayTracer {
    /// Sum over the last axis of this and the second last of another array.
    #[pyo3(signature = (*args, **kwargs))]
    fn dot<'py>(
        slf: &Bound<'py, Self>,
        args: &Bound<'py, PyTuple>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> Answer<'py> {
        guard("Array.dot", || {
            let usual = if args.len() == 1 && is_empty(kwargs) {
                products::dot(slf, &args.get_item(0)?)
            } else {
                Ok(None)
            };
            method(slf, "dot", args, kwargs, usual)
        })
    }

    /// The same elements in order under another shape: a view where NumPy makes one.
    #[pyo3(signature = (*shape, **kwargs))]
    fn reshape<'py>(
        slf: &Bound<'py, Self>,
        shape: &Bound<'py, PyTuple>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> Answer<'py> {
        guard("Array.reshape", || {
            let given = if shape.len() == 1 { shape.get_item(0)? } else { shape.clone().into_any() };
            let usual = if is_empty(kwargs) { shapes::reshape(slf, &given) } else { Ok(None) };
            method(slf, "reshape", &PyTuple::new(slf.py(), [given])?, kwargs, usual)
        })
    }

    /// The axes reversed.
    #[getter(T)]
    fn reversed<'py>(slf: &Bound<'py, Self>) -> Answer<'py> {
        guard("Array.T", || shapes::reverse_axes(slf))
    }
}
