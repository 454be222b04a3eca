//! Many directions at once: a part of a graph recomputed with an axis in front.
//!
//! Tangents and adjoints are linear in their seeds, so a Jacobian is one pass with all seeds
//! stacked: products with vectors become products with matrices.  Every primitive that the
//! passes emit can carry the axis; a function from outside is called for each direction.

use pyframe_graph::{Attribute, Graph, GraphError, Labels, NodeId, Part, Primitive, Shape, Sliced, Type};
use smallvec::SmallVec;

use crate::error::DerivativeError;

/// The nodes of `outputs` recomputed with each seed's node replaced by one that has an axis more
/// in front; outputs that do not depend on a seed are `None`.
pub fn batch(
    graph: &mut Graph,
    seeds: &[(NodeId, NodeId)],
    outputs: &[NodeId],
) -> Result<Vec<Option<NodeId>>, DerivativeError> {
    let count = graph.len();
    let Some(&(_, stacked)) = seeds.first() else { return Ok(vec![None; outputs.len()]) };
    let size = graph.shape(stacked).first().copied().unwrap_or(1);
    let needed = graph.needed_for(outputs);
    let mut batched: Vec<Option<NodeId>> = vec![None; count];
    for &(seed, stacked) in seeds {
        batched[seed.index()] = Some(stacked);
    }
    let first = seeds.iter().map(|(seed, _)| seed.index()).min().unwrap_or(count);
    for id in (first as u32..count as u32).map(NodeId) {
        if !needed[id.index()] || batched[id.index()].is_some() {
            continue;
        }
        let operands: SmallVec<[NodeId; 4]> = graph.operands(id).into();
        let own: SmallVec<[Option<NodeId>; 4]> = operands.iter().map(|x| batched[x.index()]).collect();
        if own.iter().any(Option::is_some) {
            let node = Node { id, operands: &operands, own: &own, size };
            batched[id.index()] = Some(node.carry(graph)?);
        }
    }
    Ok(outputs.iter().map(|id| batched.get(id.index()).copied().flatten()).collect())
}

/// A node whose operands have the axis, all or some.
struct Node<'a> {
    id: NodeId,
    operands: &'a [NodeId],
    own: &'a [Option<NodeId>],
    size: usize,
}

impl Node<'_> {
    fn carry(&self, graph: &mut Graph) -> Result<NodeId, DerivativeError> {
        use Primitive as P;
        let primitive = graph.primitive(self.id);
        let attribute = graph.attribute(self.id).clone();
        let ty = graph.ty(self.id).clone();
        let shape = self.with_axis(&ty.shape);
        let wanted = Type { dtype: ty.dtype, shape: shape.clone() };
        Ok(match (primitive, attribute) {
            (P::Unary(_) | P::Order(_) | P::Test(_) | P::Convert, attribute) => {
                let x = self.all(graph, 0)?;
                graph.add(primitive, &[x], attribute, Some(&wanted))?
            }
            (P::Binary(_) | P::Compare(_) | P::Logical(_) | P::Select, _) => {
                let rank = ty.shape.len();
                let operands = (0..self.operands.len())
                    .map(|k| self.aligned(graph, k, rank))
                    .collect::<Result<SmallVec<[NodeId; 4]>, _>>()?;
                graph.add(primitive, &operands, Attribute::None, None)?
            }
            (P::Reduce(f), Attribute::Axes(axes)) => {
                let axes: Vec<usize> = axes.iter().map(|axis| axis + 1).collect();
                let x = self.all(graph, 0)?;
                graph.reduce(f, x, &axes)?
            }
            (P::Cumsum | P::CumsumReverse | P::Argsort, Attribute::Axis(axis)) => {
                let x = self.all(graph, 0)?;
                graph.add(primitive, &[x], Attribute::Axis(axis + 1), None)?
            }
            (P::Reshape, _) => {
                let x = self.all(graph, 0)?;
                graph.reshape(x, &shape)?
            }
            (P::Transpose, Attribute::Axes(axes)) => {
                let axes: Vec<usize> = std::iter::once(0).chain(axes.iter().map(|axis| axis + 1)).collect();
                let x = self.all(graph, 0)?;
                graph.transpose(x, &axes)?
            }
            (P::Broadcast, _) => {
                let x = self.aligned(graph, 0, ty.shape.len())?;
                graph.broadcast(x, &shape)?
            }
            (P::Slice | P::Unslice, Attribute::Slices(slices)) => {
                let slices = std::iter::once(Sliced { start: 0, step: 1 }).chain(slices).collect();
                let x = self.all(graph, 0)?;
                graph.add(primitive, &[x], Attribute::Slices(slices), Some(&wanted))?
            }
            (P::Concatenate, Attribute::Axis(axis)) => {
                let parts = self.every(graph)?;
                graph.concatenate(&parts, axis + 1)?
            }
            (P::Element, _) => {
                let count = graph.shape(self.operands[0]).iter().product();
                let x = self.all(graph, 0)?;
                let flat = graph.reshape(x, &[self.size, count])?;
                let place = Sliced { start: graph.place(self.id), step: 1 };
                let one = graph.slice(flat, &[Sliced { start: 0, step: 1 }, place], &[self.size, 1])?;
                graph.reshape(one, &[self.size])?
            }
            (P::Stack, _) => {
                // Rows come first, then the axis: it is moved to the front.
                let rows = self.every(graph)?;
                let stacked = graph.stack(&rows)?;
                let axes: Vec<usize> = [1, 0].into_iter().chain(2..=ty.shape.len()).collect();
                graph.transpose(stacked, &axes)?
            }
            (P::Gather, Attribute::Axis(axis)) if self.own[1].is_none() => {
                let x = self.all(graph, 0)?;
                graph.gather(x, self.operands[1], axis + 1)?
            }
            (P::ScatterAdd, Attribute::Axis(axis)) if self.own[1].is_none() => {
                let x = self.all(graph, 0)?;
                graph.scatter_add(x, self.operands[1], axis + 1, &shape)?
            }
            (P::Put, _) if self.own[1].is_none() => self.put(graph, &ty)?,
            (P::Contract | P::StrongContract, Attribute::Contraction(labels)) => {
                self.contract(graph, primitive, &labels)?
            }
            (P::Part(part), _) if self.own[0].is_none() => self.solve(graph, part)?,
            (P::TriangularSolve | P::TriangularSolveTransposed, _) if self.own[0].is_none() => self
                .beside(graph, |graph, right| {
                    graph.add(primitive, &[self.operands[0], right], Attribute::None, None)
                })?,
            (
                P::ExpmFrechet | P::CofactorFrechet | P::Cholesky | P::Cofactor | P::Expm | P::OverGaps(_),
                attribute,
            ) => {
                let operands = self.every(graph)?;
                graph.add(primitive, &operands, attribute, None)?
            }
            (P::Foreign, attribute) => self.one_by_one(graph, &attribute, &ty)?,
            _ => {
                let what = format!("{} of many directions at once", primitive.name());
                return Err(DerivativeError::MissingRule(what));
            }
        })
    }

    /// A function from outside, called for each direction alone.
    fn one_by_one(&self, graph: &mut Graph, attribute: &Attribute, ty: &Type) -> Result<NodeId, GraphError> {
        let with_one = |shape: &[usize]| std::iter::once(1).chain(shape.iter().copied()).collect::<Shape>();
        let mut rows = Vec::with_capacity(self.size);
        for row in 0..self.size {
            let mut operands: SmallVec<[NodeId; 4]> = self.operands.into();
            for (k, operand) in operands.iter_mut().enumerate() {
                let Some(batched) = self.own[k] else { continue };
                let own: Shape = graph.shape(*operand).into();
                let whole = std::iter::repeat_n(Sliced { start: 0, step: 1 }, own.len());
                let slices: Vec<_> = std::iter::once(Sliced { start: row, step: 1 }).chain(whole).collect();
                let part = graph.slice(batched, &slices, &with_one(&own))?;
                *operand = graph.reshape(part, &own)?;
            }
            let made = graph.add(Primitive::Foreign, &operands, attribute.clone(), Some(ty))?;
            rows.push(graph.reshape(made, &with_one(&ty.shape))?);
        }
        graph.concatenate(&rows, 0)
    }

    fn with_axis(&self, shape: &[usize]) -> Shape {
        std::iter::once(self.size).chain(shape.iter().copied()).collect()
    }

    /// An operand with the axis, stretched along it if it has none.
    fn all(&self, graph: &mut Graph, k: usize) -> Result<NodeId, GraphError> {
        if let Some(batched) = self.own[k] {
            return Ok(batched);
        }
        let shape = self.with_axis(graph.shape(self.operands[k]));
        graph.broadcast(self.operands[k], &shape)
    }

    fn every(&self, graph: &mut Graph) -> Result<Vec<NodeId>, GraphError> {
        (0..self.operands.len()).map(|k| self.all(graph, k)).collect()
    }

    /// An operand whose axes, without the new one, are as many as `rank`.
    fn aligned(&self, graph: &mut Graph, k: usize, rank: usize) -> Result<NodeId, GraphError> {
        let Some(batched) = self.own[k] else { return Ok(self.operands[k]) };
        let own = graph.shape(self.operands[k]).to_vec();
        if own.len() == rank {
            return Ok(batched);
        }
        let ones = std::iter::repeat_n(1, rank - own.len());
        let shape: Shape = std::iter::once(self.size).chain(ones).chain(own).collect();
        graph.reshape(batched, &shape)
    }

    fn contract(
        &self,
        graph: &mut Graph,
        primitive: Primitive,
        labels: &Labels,
    ) -> Result<NodeId, GraphError> {
        let used = |label: &u8| labels.left.contains(label) || labels.right.contains(label);
        let axis = (0..=u8::MAX).rev().find(|label| !used(label)).unwrap_or(u8::MAX);
        let with = |labels: &[u8], has: bool| {
            has.then_some(axis).into_iter().chain(labels.iter().copied()).collect::<SmallVec<[u8; 4]>>()
        };
        let labels = Labels {
            left: with(&labels.left, self.own[0].is_some()),
            right: with(&labels.right, self.own[1].is_some()),
            out: with(&labels.out, true),
        };
        let [a, b] = [0, 1].map(|k| self.own[k].unwrap_or(self.operands[k]));
        graph.add(primitive, &[a, b], Attribute::Contraction(labels), None)
    }

    /// Elements put at the same places of every row.
    fn put(&self, graph: &mut Graph, ty: &Type) -> Result<NodeId, GraphError> {
        let (count, size) = (ty.shape.iter().product::<usize>(), self.size);
        let places = self.operands[1];
        let each: usize = graph.shape(places).iter().product();
        let offsets: Vec<i64> = (0..size).map(|k| (k * count) as i64).collect();
        let offsets = graph.constant(pyframe_graph::Array::new(offsets, [size, 1].as_slice())?)?;
        let flat = graph.reshape(places, &[1, each])?;
        let places = graph.binary(pyframe_graph::Binary::Add, offsets, flat)?;
        let (x, values) = (self.all(graph, 0)?, self.all(graph, 2)?);
        let values = graph.reshape(values, &[size, each])?;
        graph.put(x, places, values)
    }

    /// A solve with a factorisation that all directions share: they become more right sides.
    fn solve(&self, graph: &mut Graph, part: Part) -> Result<NodeId, GraphError> {
        self.beside(graph, |graph, right| graph.part(part, &[self.operands[0], right]))
    }

    /// Right sides of all directions beside one another, solved, and taken apart again.
    fn beside(
        &self,
        graph: &mut Graph,
        solve: impl FnOnce(&mut Graph, NodeId) -> Result<NodeId, GraphError>,
    ) -> Result<NodeId, GraphError> {
        let shape = graph.shape(self.operands[1]).to_vec();
        let (stack, last) = shape.split_at(shape.len() - 2);
        let (rows, columns) = (&last[0], &last[1]);
        let right = self.all(graph, 1)?;
        // (axis, stack, rows, columns) to (stack, rows, axis, columns).
        let rank = shape.len() + 1;
        let moved: Vec<usize> = (1..rank - 1).chain([0, rank - 1]).collect();
        let right = graph.transpose(right, &moved)?;
        let wide: Vec<usize> = [stack, &[*rows, self.size * columns]].concat();
        let right = graph.reshape(right, &wide)?;
        let solved = solve(graph, right)?;
        let apart: Vec<usize> = [stack, &[*rows, self.size, *columns]].concat();
        let solved = graph.reshape(solved, &apart)?;
        let back: Vec<usize> = std::iter::once(rank - 2).chain(0..rank - 2).chain([rank - 1]).collect();
        graph.transpose(solved, &back)
    }
}
