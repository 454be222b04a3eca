//! A recording as a list that Python reads, for modes that walk over it themselves.

use pyframe_graph::{Attribute, Graph, NodeId};
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};

use super::foreign::Outside;
use super::recording::Recording;
use super::sparsity::node;
use super::wrap::{operand, wrap};
use crate::errors::{self, guard};

/// What a node carries, as a number or a tuple; None for what only the node itself can use.
fn attribute<'py>(py: Python<'py>, graph: &Graph, id: NodeId) -> PyResult<Bound<'py, PyAny>> {
    match graph.attribute(id) {
        Attribute::Axis(axis) => axis.into_bound_py_any(py),
        Attribute::Axes(axes) => Ok(PyTuple::new(py, axes.iter())?.into_any()),
        Attribute::Integer(integer) => integer.into_bound_py_any(py),
        _ => Ok(py.None().into_bound(py)),
    }
}

#[pymethods]
impl Recording {
    /// The nodes that some values need, in the order of computation: place, name of the
    /// primitive, places of the operands, and the attribute if it is an axis, axes or an order.
    fn nodes<'py>(slf: &Bound<'py, Self>, outputs: Vec<Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyList>> {
        guard("Recording.nodes", || {
            let py = slf.py();
            let outputs = outputs.iter().map(|output| node(slf, output)).collect::<PyResult<Vec<_>>>()?;
            let list = PyList::empty(py);
            let listed = slf.get().with(|tape| {
                let graph = tape.graph();
                let needed = graph.needed_for(&outputs);
                Ok(graph.ids().filter(|id| needed[id.index()]).try_for_each(|id| {
                    let operands: Vec<u32> = graph.operands(id).iter().map(|operand| operand.0).collect();
                    list.append((id.0, graph.primitive(id).name(), operands, attribute(py, graph, id)?))
                }))
            })?;
            listed.map(|()| list)
        })
    }

    /// The place of a traced value.
    fn place(slf: &Bound<'_, Self>, value: &Bound<'_, PyAny>) -> PyResult<u32> {
        Ok(node(slf, value)?.0)
    }

    /// The traced value at a place.
    fn at<'py>(slf: &Bound<'py, Self>, place: u32) -> PyResult<Bound<'py, PyAny>> {
        guard("Recording.at", || wrap(slf, expect(slf, place)?, false))
    }

    /// What the node at a place computes, of other operands with the same types.
    fn again<'py>(
        slf: &Bound<'py, Self>,
        place: u32,
        operands: Vec<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        guard("Recording.again", || {
            let id = expect(slf, place)?;
            let operands: Vec<NodeId> =
                operands.iter().map(|object| Ok(operand(slf, object)?.node)).collect::<PyResult<_>>()?;
            let made = slf.get().with(|tape| {
                tape.record(&Outside, |graph| {
                    if graph.primitive(id) == pyframe_graph::Primitive::Element {
                        return Ok(graph.element(operands[0], graph.place(id))?);
                    }
                    let (attribute, ty) = (graph.attribute(id).clone(), graph.ty(id).clone());
                    Ok(graph.add(graph.primitive(id), &operands, attribute, Some(&ty))?)
                })
            })?;
            wrap(slf, made, false)
        })
    }
}

/// A place as a node, if there is one.
fn expect(recording: &Bound<'_, Recording>, place: u32) -> PyResult<NodeId> {
    let count = recording.get().with(|tape| Ok(tape.graph().len()))?;
    if (place as usize) < count {
        return Ok(NodeId(place));
    }
    Err(errors::index(format!("place {place} lies outside a recording of {count} nodes")))
}
