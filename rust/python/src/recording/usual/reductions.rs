//! Sums, means, variances and extremes along axes, without other options than `keepdims`.

use pyframe_graph::{Binary, DType, Graph, GraphError, NodeId, Reduction, Shape, Unary};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyTuple};
use smallvec::SmallVec;

use super::shapes::{axis_from_start, plain_integer};
use crate::recording::array::ArrayTracer;
use crate::recording::operations::on_one;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Reduced {
    Sum,
    Mean,
    Var,
    Std,
    Max,
    Min,
}

/// How something is reduced.
struct Options {
    /// Ascending.
    axes: SmallVec<[usize; 4]>,
    keeps_axes: bool,
    lost: f64,
}

/// The options, unless they are others than the usual ones.
fn options(
    f: Reduced,
    rank: usize,
    args: &Bound<'_, PyTuple>,
    first: usize,
    kwargs: Option<&Bound<'_, PyDict>>,
) -> PyResult<Option<Options>> {
    let all = || (0..rank).collect();
    let mut found = Options { axes: all(), keeps_axes: false, lost: 0.0 };
    let named = |axis: &Bound<'_, PyAny>| {
        if axis.is_none() {
            return Some(all());
        }
        if let Ok(several) = axis.cast_exact::<PyTuple>() {
            let mut axes: SmallVec<[usize; 4]> = several
                .iter()
                .map(|axis| axis_from_start(plain_integer(&axis)?, rank))
                .collect::<Option<_>>()?;
            axes.sort_unstable();
            let once = axes.windows(2).all(|pair| pair[0] < pair[1]);
            return once.then_some(axes);
        }
        Some(smallvec::smallvec![axis_from_start(plain_integer(axis)?, rank)?])
    };
    match args.len() - first {
        0 => {}
        1 => match named(&args.get_item(first)?) {
            Some(axes) => found.axes = axes,
            None => return Ok(None),
        },
        _ => return Ok(None),
    }
    for (name, value) in kwargs.into_iter().flat_map(PyDictMethods::iter) {
        match name.cast::<pyo3::types::PyString>()?.to_str()? {
            "axis" if args.len() == first => match named(&value) {
                Some(axes) => found.axes = axes,
                None => return Ok(None),
            },
            "keepdims" => match value.cast_exact::<PyBool>() {
                Ok(keeps) => found.keeps_axes = keeps.is_true(),
                Err(_) => return Ok(None),
            },
            "ddof" if matches!(f, Reduced::Var | Reduced::Std) => {
                let plain = value.cast_exact::<PyInt>().is_ok() || value.cast_exact::<PyFloat>().is_ok();
                if !plain {
                    return Ok(None);
                }
                found.lost = value.extract()?;
            }
            _ => return Ok(None),
        }
    }
    Ok(Some(found))
}

/// The result, or nothing when the call is none of the usual ones; arguments count from `first`.
pub fn reduce<'py>(
    f: Reduced,
    x: &Bound<'py, ArrayTracer>,
    args: &Bound<'py, PyTuple>,
    first: usize,
    kwargs: Option<&Bound<'py, PyDict>>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let ty = &x.get().ty;
    let fits = ty.dtype.is_float() || (ty.dtype == DType::Int64 && f == Reduced::Sum);
    if !fits || ty.shape.is_empty() {
        return Ok(None);
    }
    let Some(Options { axes, keeps_axes, lost }) = options(f, ty.shape.len(), args, first, kwargs)? else {
        return Ok(None);
    };
    let count: usize = axes.iter().map(|&axis| ty.shape[axis]).product();
    let free = count as f64 - lost;
    if axes.is_empty() || count == 0 || free <= 0.0 {
        return Ok(None);
    }
    let mut kept: Shape = ty.shape.clone();
    for &axis in &axes {
        kept[axis] = 1;
    }
    let reduced = |graph: &mut Graph, f: Reduction, x: NodeId, keeps: bool| {
        let made = graph.reduce(f, x, &axes)?;
        if keeps { graph.reshape(made, &kept) } else { Ok(made) }
    };
    let over = |graph: &mut Graph, sum: NodeId, n: f64| {
        let n = graph.number(ty.dtype, n)?;
        graph.binary(Binary::Div, sum, n)
    };
    let deviations = |graph: &mut Graph, x: NodeId| -> Result<NodeId, GraphError> {
        let sum = reduced(graph, Reduction::Sum, x, true)?;
        let mean = over(graph, sum, count as f64)?;
        graph.binary(Binary::Sub, x, mean)
    };
    on_one(x, |graph, x| match f {
        Reduced::Sum => reduced(graph, Reduction::Sum, x, keeps_axes),
        Reduced::Max => reduced(graph, Reduction::Max, x, keeps_axes),
        Reduced::Min => reduced(graph, Reduction::Min, x, keeps_axes),
        Reduced::Mean => {
            let sum = reduced(graph, Reduction::Sum, x, keeps_axes)?;
            over(graph, sum, count as f64)
        }
        Reduced::Var => {
            let away = deviations(graph, x)?;
            let squares = graph.unary(Unary::Square, away)?;
            let sum = reduced(graph, Reduction::Sum, squares, keeps_axes)?;
            over(graph, sum, free)
        }
        Reduced::Std => {
            let away = deviations(graph, x)?;
            let length = reduced(graph, Reduction::Norm, away, keeps_axes)?;
            over(graph, length, free.sqrt())
        }
    })
    .map(Some)
}
