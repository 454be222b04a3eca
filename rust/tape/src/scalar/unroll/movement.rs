//! What moves elements: places are written in another order, and nothing is computed.

use pyframe_graph::{Attribute, Data, Graph, NodeId, Primitive, Sliced, row_major_strides};

use super::super::code::Opcode;
use super::walk;
use super::writer::{Places, Writer};
use crate::kernels::walk::stretched;

impl Writer<'_> {
    /// The places of a node whose elements are those of its operands.
    pub(super) fn moved(&mut self, id: NodeId) -> Option<Places> {
        use Primitive as P;
        let (graph, shape) = (self.graph, self.graph.shape(id));
        let &first = graph.operands(id).first()?;
        let (own, from) = (graph.shape(first), self.of(first));
        let strides = row_major_strides(own);
        let ordered = |order: Vec<usize>| order.into_iter().map(|place| from[place]).collect();
        match (graph.primitive(id), graph.attribute(id)) {
            (P::Reshape, _) => Some(from),
            (P::Transpose, Attribute::Axes(axes)) => {
                let turned: Vec<isize> = axes.iter().map(|&axis| strides[axis]).collect();
                Some(ordered(walk(shape, &turned, 0)))
            }
            (P::Broadcast, _) => Some(ordered(walk(shape, &stretched(own, &strides, shape), 0))),
            (P::Slice, Attribute::Slices(slices)) => {
                let (start, steps) = reached(slices, &strides);
                Some(ordered(walk(shape, &steps, start)))
            }
            (P::Unslice, Attribute::Slices(slices)) => {
                let (start, steps) = reached(slices, &row_major_strides(shape));
                let mut made = vec![self.constant(0.0); shape.iter().product()];
                for (place, &from) in walk(own, &steps, start).into_iter().zip(&*from) {
                    made[place] = from;
                }
                Some(made.into())
            }
            (P::Concatenate, &Attribute::Axis(axis)) => Some(self.joined(id, axis)),
            (P::Stack, _) => {
                let rows = graph.operands(id).iter();
                Some(rows.flat_map(|&row| self.of(row).to_vec()).collect())
            }
            (P::Element, _) => Some([self.element_of(first, graph.place(id))?].into()),
            (P::Gather, &Attribute::Axis(axis)) => {
                let places = integers(graph, graph.operands(id)[1], own[axis])?;
                let width: usize = own[axis + 1..].iter().product();
                let outer: usize = own[..axis].iter().product();
                let mut made = Vec::with_capacity(shape.iter().product());
                for k in 0..outer {
                    for place in &places {
                        let start = (k * own[axis] + place) * width;
                        made.extend_from_slice(&from[start..start + width]);
                    }
                }
                Some(made.into())
            }
            (P::ScatterAdd, &Attribute::Axis(axis)) => {
                let places = integers(graph, graph.operands(id)[1], shape[axis])?;
                let width: usize = shape[axis + 1..].iter().product();
                let outer: usize = shape[..axis].iter().product();
                let mut made = vec![self.constant(0.0); shape.iter().product()];
                let mut next = from.iter();
                for k in 0..outer {
                    for place in &places {
                        for j in 0..width {
                            let to = (k * shape[axis] + place) * width + j;
                            made[to] = self.push(Opcode::Add, made[to], *next.next()?)?;
                        }
                    }
                }
                Some(made.into())
            }
            (P::Put, _) => {
                let mut made = from.to_vec();
                let places = integers(graph, graph.operands(id)[1], made.len())?;
                let values = self.of(graph.operands(id)[2]);
                for (place, &from) in places.into_iter().zip(&*values) {
                    made[place] = from;
                }
                Some(made.into())
            }
            _ => None,
        }
    }

    fn joined(&self, id: NodeId, axis: usize) -> Places {
        let (graph, shape) = (self.graph, self.graph.shape(id));
        let width: usize = shape[axis + 1..].iter().product();
        let outer: usize = shape[..axis].iter().product();
        let mut made = Vec::with_capacity(shape.iter().product());
        for k in 0..outer {
            for &part in graph.operands(id) {
                let block = graph.shape(part)[axis] * width;
                made.extend_from_slice(&self.of(part)[k * block..(k + 1) * block]);
            }
        }
        made.into()
    }

    /// An element of an argument read by several nodes is given to each: adjoints add up as they
    /// do when the graph is swept.
    fn element_of(&mut self, array: NodeId, place: usize) -> Option<u32> {
        let from = *self.of(array).get(place)?;
        let several = self.read.get(&(array, place)).is_some_and(|&times| times > 1);
        if several && self.graph.primitive(array) == Primitive::Input {
            return self.push(Opcode::Copy, from, from);
        }
        Some(from)
    }
}

/// Where a slice starts, and its steps.
fn reached(slices: &[Sliced], strides: &[isize]) -> (isize, Vec<isize>) {
    let start = slices.iter().zip(strides).map(|(s, &stride)| s.start as isize * stride).sum();
    (start, slices.iter().zip(strides).map(|(s, &stride)| stride * s.step).collect())
}

/// Constant places along an axis, counted from its start.
fn integers(graph: &Graph, id: NodeId, length: usize) -> Option<Vec<usize>> {
    let array = graph.constant_value(id)?;
    let Data::Int64(numbers) = array.data() else { return None };
    let from_start = |place: i64| if place < 0 { place + length as i64 } else { place };
    array
        .places()
        .map(|place| usize::try_from(from_start(numbers[place])).ok().filter(|&place| place < length))
        .collect()
}
