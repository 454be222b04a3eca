//! Reductions, elements moved, and products: what is done with whole arrays.

use pyframe_graph::{DType, Labels, Reduction, Sliced};
use pyo3::prelude::*;

use super::elementwise::truthful;
use super::{Answer, member, on_one, on_several, on_two, record};
use crate::errors::guard;
use crate::recording::convert::dtype_named;
use crate::recording::wrap::operands;

#[pyfunction]
fn convert<'py>(x: &Bound<'py, PyAny>, dtype: &str) -> Answer<'py> {
    let dtype = dtype_named(dtype)?;
    guard("convert", || on_one(x, |graph, x| graph.convert(x, dtype)))
}

#[pyfunction]
fn reduce<'py>(name: &str, x: &Bound<'py, PyAny>, axes: Vec<usize>) -> Answer<'py> {
    let f = member(Reduction::ALL, name, Reduction::name, "reduction")?;
    guard("reduce", || {
        on_one(x, |graph, x| {
            let kind = graph.dtype(x);
            let x = match f {
                Reduction::Any | Reduction::All => truthful(graph, x)?,
                Reduction::Logsumexp | Reduction::Norm if !kind.is_float() => {
                    graph.convert(x, DType::Float64)?
                }
                _ if kind == DType::Bool => graph.convert(x, DType::Int64)?,
                _ => x,
            };
            if axes.is_empty() && f == Reduction::Sum { Ok(x) } else { graph.reduce(f, x, &axes) }
        })
    })
}

#[pyfunction]
fn cumsum<'py>(x: &Bound<'py, PyAny>, axis: usize, reverse: bool) -> Answer<'py> {
    guard("cumsum", || {
        on_one(x, |graph, x| {
            let x = if graph.dtype(x) == DType::Bool { graph.convert(x, DType::Int64)? } else { x };
            graph.cumsum(x, axis, reverse)
        })
    })
}

#[pyfunction]
fn reshape<'py>(x: &Bound<'py, PyAny>, shape: Vec<usize>) -> Answer<'py> {
    guard("reshape", || on_one(x, |graph, x| graph.reshape(x, &shape)))
}

#[pyfunction]
fn transpose<'py>(x: &Bound<'py, PyAny>, axes: Vec<usize>) -> Answer<'py> {
    guard("transpose", || on_one(x, |graph, x| graph.transpose(x, &axes)))
}

#[pyfunction]
fn broadcast<'py>(x: &Bound<'py, PyAny>, shape: Vec<usize>) -> Answer<'py> {
    guard("broadcast", || on_one(x, |graph, x| graph.broadcast(x, &shape)))
}

/// The slice along each axis.
fn slices(starts: Vec<usize>, steps: Vec<isize>) -> Vec<Sliced> {
    starts.into_iter().zip(steps).map(|(start, step)| Sliced { start, step }).collect()
}

#[pyfunction]
fn slice<'py>(
    x: &Bound<'py, PyAny>,
    starts: Vec<usize>,
    steps: Vec<isize>,
    shape: Vec<usize>,
) -> Answer<'py> {
    guard("slice", || on_one(x, |graph, x| graph.slice(x, &slices(starts, steps), &shape)))
}

#[pyfunction]
fn unslice<'py>(
    x: &Bound<'py, PyAny>,
    starts: Vec<usize>,
    steps: Vec<isize>,
    shape: Vec<usize>,
) -> Answer<'py> {
    guard("unslice", || on_one(x, |graph, x| graph.unslice(x, &slices(starts, steps), &shape)))
}

#[pyfunction]
fn element<'py>(x: &Bound<'py, PyAny>, place: usize) -> Answer<'py> {
    guard("element", || on_one(x, |graph, x| graph.element(x, place)))
}

#[pyfunction]
fn argsort<'py>(x: &Bound<'py, PyAny>, axis: usize) -> Answer<'py> {
    guard("argsort", || on_one(x, |graph, x| graph.argsort(x, axis)))
}

#[pyfunction]
fn concatenate(parts: Vec<Bound<'_, PyAny>>, axis: usize) -> Answer<'_> {
    guard("concatenate", || on_several(&parts, |graph, parts| graph.concatenate(parts, axis)))
}

#[pyfunction]
fn stack(rows: Vec<Bound<'_, PyAny>>) -> Answer<'_> {
    guard("stack", || on_several(&rows, pyframe_graph::Graph::stack))
}

#[pyfunction]
fn gather<'py>(x: &Bound<'py, PyAny>, places: &Bound<'py, PyAny>, axis: usize) -> Answer<'py> {
    guard("gather", || {
        let (recording, [x, places]) = operands([x, places])?;
        record(&recording, |graph| graph.gather(x.node, places.node, axis))
    })
}

#[pyfunction]
fn scatter_add<'py>(
    x: &Bound<'py, PyAny>,
    places: &Bound<'py, PyAny>,
    axis: usize,
    shape: Vec<usize>,
) -> Answer<'py> {
    guard("scatter_add", || {
        let (recording, [x, places]) = operands([x, places])?;
        record(&recording, |graph| graph.scatter_add(x.node, places.node, axis, &shape))
    })
}

#[pyfunction]
fn put<'py>(x: &Bound<'py, PyAny>, places: &Bound<'py, PyAny>, values: &Bound<'py, PyAny>) -> Answer<'py> {
    guard("put", || {
        let (recording, [x, places, values]) = operands([x, places, values])?;
        record(&recording, |graph| {
            let values = graph.convert(values.node, graph.dtype(x.node))?;
            graph.put(x.node, places.node, values)
        })
    })
}

#[pyfunction]
fn contract<'py>(
    a: &Bound<'py, PyAny>,
    b: &Bound<'py, PyAny>,
    left: &[u8],
    right: &[u8],
    out: &[u8],
) -> Answer<'py> {
    let labels = Labels { left: left.into(), right: right.into(), out: out.into() };
    guard("contract", || {
        on_two(a, b, |graph, [a, b]| {
            let kind = if graph.dtype(a) == DType::Bool { DType::Int64 } else { graph.dtype(a) };
            let (a, b) = (graph.convert(a, kind)?, graph.convert(b, kind)?);
            graph.contract(a, b, labels)
        })
    })
}

/// The operations as a module's functions.
pub fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    super::functions!(module: convert, reduce, cumsum, reshape, transpose, broadcast, slice, unslice, element, argsort, concatenate, stack, gather, scatter_add, put, contract);
    Ok(())
}
