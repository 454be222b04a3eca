//! An array graph taken apart into scalars: what is moved keeps its vertex, what is computed
//! gets new ones.

use pyframe_graph::{Array, Attribute, Binary, Graph, Labels, NodeId, Primitive, Reduction, Type, Unary};

use super::{Coefficient, Edge, EliminationError, Linearised};
use crate::passes::apply::{apply, zeros};
use crate::passes::batch::batch;
use crate::passes::foreign::{ForeignRules, forward_call};
use crate::passes::node::{differential, sources};
use crate::passes::steps::Steps;
use crate::sparsity::layout::{
    Names, aligned, at, concatenated, counted, gathered, in_order, inverse, named, others, permuted, put,
    reshaped, sliced, stretched, unsliced,
};
use crate::{DerivativeError, GoOn};

/// A name that stands for no vertex; the others are vertices plus one.
const NOTHING: i64 = 0;

/// How many edges there may be for each vertex allowed.
const EDGES: usize = 64;

type Done<T> = Result<T, EliminationError>;

/// The scalars between inputs and outputs, at most `limit` of them, with nodes for the local
/// partial derivatives added to the graph.
pub fn linearise(
    graph: &mut Graph,
    inputs: &[NodeId],
    outputs: &[NodeId],
    limit: usize,
    rules: &dyn ForeignRules,
    go_on: GoOn<'_>,
) -> Done<Linearised> {
    let count = graph.len();
    let needed = graph.needed_for(outputs);
    let mut state = State { names: vec![None; count], made: Linearised::default(), limit };
    for &input in inputs {
        let elements: usize = graph.shape(input).iter().product();
        let own = (0..elements).map(|_| state.vertex()).collect::<Done<Vec<i64>>>()?;
        state.names[input.index()] = Some(named(own, graph.shape(input))?);
    }
    state.made.inputs = state.made.vertices;
    for id in (0..count as u32).map(NodeId) {
        if needed[id.index()] && state.names[id.index()].is_none() && graph.dtype(id).is_float() {
            go_on().map_err(DerivativeError::Raised)?;
            state.names[id.index()] = state.node(graph, id, rules)?;
        }
    }
    state.finish(graph, outputs)
}

struct State {
    names: Vec<Option<Names>>,
    made: Linearised,
    limit: usize,
}

impl State {
    fn vertex(&mut self) -> Done<i64> {
        if self.made.vertices >= self.limit {
            return Err(EliminationError::TooLarge { limit: self.limit, what: "values" });
        }
        self.made.vertices += 1;
        Ok(self.made.vertices as i64)
    }

    /// An edge between two names, none of which is nothing.
    fn edge(&mut self, from: i64, to: i64, coefficient: Coefficient) -> Done<()> {
        let limit = self.limit.saturating_mul(EDGES);
        if self.made.edges.len() >= limit {
            return Err(EliminationError::TooLarge { limit, what: "partial derivatives" });
        }
        self.made.edges.push(Edge { from: from as u32 - 1, to: to as u32 - 1, coefficient });
        Ok(())
    }

    fn of(&self, id: NodeId) -> Option<Names> {
        self.names[id.index()].clone()
    }

    /// The names of a node's elements, with the edges into them.
    fn node(&mut self, graph: &mut Graph, id: NodeId, rules: &dyn ForeignRules) -> Done<Option<Names>> {
        use Primitive as P;
        let read = sources(graph, id);
        let primitive = graph.primitive(id);
        let active = read.iter().any(|x| self.of(*x).is_some());
        if !active || primitive.is_flat() || matches!(primitive, P::Factor(_)) {
            return Ok(None);
        }
        if let Some(moved) = self.moved(graph, id)? {
            return Ok(Some(moved));
        }
        let attribute = graph.attribute(id).clone();
        match (primitive, &attribute) {
            (P::Unary(_) | P::Order(_) | P::Binary(_) | P::Select, _) => self.elementwise(graph, id, &read),
            (P::Reduce(Reduction::Sum), Attribute::Axes(axes)) => self.summed(graph, read[0], axes),
            (P::Cumsum, Attribute::Axis(axis)) => self.running(graph, read[0], *axis, false),
            (P::CumsumReverse, Attribute::Axis(axis)) => self.running(graph, read[0], *axis, true),
            (P::Contract | P::StrongContract, Attribute::Contraction(labels)) => {
                self.contracted(graph, id, &read, labels)
            }
            (P::ScatterAdd, Attribute::Axis(0)) if graph.constant_value(read[1]).is_some() => {
                self.scattered(graph, id, &read)
            }
            _ => self.general(graph, id, &read, rules),
        }
    }

    /// A node whose elements are elements of its operands.
    fn moved(&self, graph: &Graph, id: NodeId) -> Done<Option<Names>> {
        use Primitive as P;
        let (operands, shape) = (graph.operands(id), graph.shape(id));
        let first = self.of(operands[0]);
        let places = |k: usize, length: usize| {
            let places = graph.constant_value(operands[k]).and_then(|places| places.to_vec::<i64>());
            places.map(|places| counted(&places, length))
        };
        Ok(match (graph.primitive(id), graph.attribute(id), first) {
            (P::Unary(Unary::Copy) | P::Convert, _, first) => first,
            (P::Reshape, _, Some(x)) => Some(reshaped(&x, shape)?),
            (P::Transpose, Attribute::Axes(axes), Some(x)) => Some(permuted(&x, axes)?),
            (P::Broadcast, _, Some(x)) => Some(stretched(&x, shape)?),
            (P::Slice, Attribute::Slices(slices), Some(x)) => Some(sliced(&x, slices, shape)?),
            (P::Unslice, Attribute::Slices(slices), Some(x)) => Some(unsliced(&x, slices, shape)?),
            (P::Element, _, Some(x)) => Some(Array::scalar(at(&x, graph.place(id)))),
            (P::Concatenate, Attribute::Axis(axis), _) => {
                let parts: Vec<_> = operands.iter().map(|&x| (self.of(x), graph.shape(x)[*axis])).collect();
                Some(concatenated(&parts, *axis, shape)?)
            }
            (P::Stack, ..) => {
                let rows: Vec<_> = operands.iter().map(|&x| (self.of(x), 1)).collect();
                Some(concatenated(&rows, 0, shape)?)
            }
            (P::Gather, Attribute::Axis(axis), Some(x)) => {
                places(1, x.shape()[*axis]).map(|places| gathered(&x, &places, *axis, shape)).transpose()?
            }
            (P::Put, _, x) => {
                let values = self.of(operands[2]);
                places(1, shape.iter().product())
                    .map(|places| put(x.as_ref(), &places, values.as_ref(), shape))
                    .transpose()?
            }
            _ => None,
        })
    }

    /// New vertices for the elements that depend on something: `edges` lists, for each, the
    /// vertices read with their coefficients.
    fn computed(&mut self, edges: &[Vec<(i64, Coefficient)>], shape: &[usize]) -> Done<Option<Names>> {
        let mut names = Vec::with_capacity(edges.len());
        for edges in edges {
            names.push(match edges[..] {
                [] => NOTHING,
                [(from, Coefficient::Number(1.0))] => from,
                _ => {
                    let vertex = self.vertex()?;
                    for &(from, coefficient) in edges {
                        self.edge(from, vertex, coefficient)?;
                    }
                    vertex
                }
            });
        }
        Ok(Some(named(names, shape)?))
    }

    fn elementwise(&mut self, graph: &mut Graph, id: NodeId, read: &[NodeId]) -> Done<Option<Names>> {
        let shape = graph.shape(id).to_vec();
        let mut edges = vec![Vec::new(); shape.iter().product()];
        for (k, &operand) in read.iter().enumerate() {
            let Some(names) = self.of(operand) else { continue };
            let unit = match (graph.primitive(id), k) {
                (Primitive::Binary(Binary::Add), _) | (Primitive::Binary(Binary::Sub), 0) => Some(1.0),
                (Primitive::Binary(Binary::Sub) | Primitive::Unary(Unary::Neg), _) => Some(-1.0),
                _ => None,
            };
            let partial = match unit {
                Some(_) => id,
                None => match partial(graph, id, read, k)? {
                    Some(partial) => partial,
                    None => continue,
                },
            };
            for (place, name) in in_order(&stretched(&names, &shape)?).into_iter().enumerate() {
                if name != NOTHING {
                    let coefficient = unit.map_or(Coefficient::Entry(partial, place), Coefficient::Number);
                    edges[place].push((name, coefficient));
                }
            }
        }
        self.computed(&edges, &shape)
    }

    fn summed(&mut self, graph: &Graph, x: NodeId, axes: &[usize]) -> Done<Option<Names>> {
        let Some(names) = self.of(x) else { return Ok(None) };
        let kept = others(names.shape().len(), axes);
        let shape: Vec<usize> = kept.iter().map(|&axis| names.shape()[axis]).collect();
        let order: Vec<usize> = kept.into_iter().chain(axes.iter().copied()).collect();
        let run: usize = axes.iter().map(|&axis| graph.shape(x)[axis]).product();
        let flat = in_order(&permuted(&names, &order)?);
        let terms = |group: &[i64]| {
            let present = group.iter().filter(|&&name| name != NOTHING);
            present.map(|&name| (name, Coefficient::Number(1.0))).collect::<Vec<_>>()
        };
        let edges: Vec<_> = match run {
            0 => vec![Vec::new(); shape.iter().product()],
            run => flat.chunks(run).map(terms).collect(),
        };
        self.computed(&edges, &shape)
    }

    /// Elements added at known places along the first axis.
    fn scattered(&mut self, graph: &Graph, id: NodeId, read: &[NodeId]) -> Done<Option<Names>> {
        let Some(names) = self.of(read[0]) else { return Ok(None) };
        let shape = graph.shape(id);
        let places = graph.constant_value(read[1]).and_then(|places| places.to_vec::<i64>());
        let places = counted(&places.unwrap_or_default(), shape[0]);
        let width: usize = shape[1..].iter().product();
        let mut edges = vec![Vec::new(); shape[0] * width];
        for (k, name) in in_order(&names).into_iter().enumerate().filter(|(_, name)| *name != NOTHING) {
            edges[places[k / width] * width + k % width].push((name, Coefficient::Number(1.0)));
        }
        self.computed(&edges, shape)
    }

    fn running(&mut self, graph: &Graph, x: NodeId, axis: usize, from_end: bool) -> Done<Option<Names>> {
        let Some(names) = self.of(x) else { return Ok(None) };
        let order: Vec<usize> = others(names.shape().len(), &[axis]).into_iter().chain([axis]).collect();
        let turned = permuted(&names, &order)?;
        let mut flat = in_order(&turned);
        for line in flat.chunks_mut(graph.shape(x)[axis].max(1)) {
            let mut before = NOTHING;
            for k in 0..line.len() {
                let place = if from_end { line.len() - 1 - k } else { k };
                let terms = [before, line[place]].into_iter().filter(|&name| name != NOTHING);
                let terms = terms.map(|name| (name, Coefficient::Number(1.0))).collect();
                let one = self.computed(&[terms], &[])?;
                before = one.map_or(NOTHING, |one| at(&one, 0));
                line[place] = before;
            }
        }
        Ok(Some(permuted(&named(flat, turned.shape())?, &inverse(&order))?))
    }

    fn contracted(
        &mut self,
        graph: &Graph,
        id: NodeId,
        read: &[NodeId],
        labels: &Labels,
    ) -> Done<Option<Names>> {
        let shape = graph.shape(id).to_vec();
        let mut edges = vec![Vec::new(); shape.iter().product()];
        let sides = [
            (read[0], &labels.left, read[1], &labels.right),
            (read[1], &labels.right, read[0], &labels.left),
        ];
        for (own, own_labels, other, other_labels) in sides {
            let Some(names) = self.of(own) else { continue };
            let summed: Vec<u8> =
                own_labels.iter().copied().filter(|label| !labels.out.contains(label)).collect();
            let length =
                |label: &u8| own_labels.iter().position(|l| l == label).map_or(1, |k| names.shape()[k]);
            let terms: usize = summed.iter().map(length).product();
            let all: Vec<u8> = labels.out.iter().chain(&summed).copied().collect();
            let full: Vec<usize> = shape.iter().copied().chain(summed.iter().map(length)).collect();
            let names = in_order(&aligned(&names, own_labels, &all, &full)?);
            let count: i64 = graph.shape(other).iter().product::<usize>() as i64;
            let places = named((0..count).collect(), graph.shape(other))?;
            let places = in_order(&aligned(&places, other_labels, &all, &full)?);
            for (k, (name, place)) in names.into_iter().zip(places).enumerate() {
                if name != NOTHING {
                    edges[k / terms].push((name, Coefficient::Entry(other, place as usize)));
                }
            }
        }
        self.computed(&edges, &shape)
    }

    /// Any other node: its local Jacobian by unit tangents.
    fn general(
        &mut self,
        graph: &mut Graph,
        id: NodeId,
        read: &[NodeId],
        rules: &dyn ForeignRules,
    ) -> Done<Option<Names>> {
        let shape = graph.shape(id).to_vec();
        let rows: usize = shape.iter().product();
        let mut edges = vec![Vec::new(); rows];
        let groups = groups(graph, id, read[0])?;
        for (k, &operand) in read.iter().enumerate() {
            let Some(names) = self.of(operand) else { continue };
            let Some(local) = local_jacobian(graph, id, read, k, rules)? else { continue };
            let names = in_order(&names);
            for (row, edges) in edges.iter_mut().enumerate() {
                let mut push = |column: usize| {
                    if names[column] != NOTHING {
                        edges.push((names[column], Coefficient::Entry(local, column * rows + row)));
                    }
                };
                match &groups {
                    Some(groups) => groups[row].iter().for_each(|&column| push(column as usize)),
                    None => (0..names.len()).for_each(push),
                }
            }
        }
        self.computed(&edges, &shape)
    }

    /// Vertices of their own for outputs that are inputs, that others are computed from, or that
    /// stand twice.
    fn finish(mut self, graph: &Graph, outputs: &[NodeId]) -> Done<Linearised> {
        let mut taken = vec![false; self.made.vertices];
        taken[..self.made.inputs].fill(true);
        for edge in &self.made.edges {
            taken[edge.from as usize] = true;
        }
        let mut every = Vec::new();
        for &output in outputs {
            match self.of(output) {
                Some(names) => every.extend(in_order(&names)),
                None => every.extend(vec![NOTHING; graph.shape(output).iter().product()]),
            }
        }
        let mut met = vec![false; taken.len()];
        for &name in every.iter().filter(|&&name| name != NOTHING) {
            let vertex = name as usize - 1;
            taken[vertex] |= std::mem::replace(&mut met[vertex], true);
        }
        for name in every {
            let vertex = match name {
                NOTHING => None,
                name if !taken[name as usize - 1] => Some(name as u32 - 1),
                name => {
                    let own = self.vertex()?;
                    self.edge(name, own, Coefficient::Number(1.0))?;
                    Some(own as u32 - 1)
                }
            };
            self.made.outputs.push(vertex);
        }
        Ok(self.made)
    }
}

/// The partial derivatives of an elementwise node with respect to one operand, in its shape.
fn partial(graph: &mut Graph, id: NodeId, read: &[NodeId], k: usize) -> Done<Option<NodeId>> {
    let ty = graph.ty(read[k]).clone();
    let one = graph.number(ty.dtype, 1.0)?;
    let ones = graph.broadcast(one, &ty.shape)?;
    let Some(found) = tangent(graph, id, read, k, ones)? else { return Ok(None) };
    let shape = graph.shape(id).to_vec();
    Ok(Some(graph.broadcast(found, &shape)?))
}

/// The derivatives of a node along the unit tangents of one operand, stacked in front.
fn local_jacobian(
    graph: &mut Graph,
    id: NodeId,
    read: &[NodeId],
    k: usize,
    rules: &dyn ForeignRules,
) -> Done<Option<NodeId>> {
    let ty = graph.ty(read[k]).clone();
    let seed = zeros(graph, &ty)?;
    // The seed must be a node of its own, and not one that other values are computed from.
    let seed = graph.unary(Unary::Copy, seed)?;
    let found = if graph.primitive(id) == Primitive::Foreign {
        let seeds: Vec<Option<NodeId>> = (0..read.len()).map(|place| (place == k).then_some(seed)).collect();
        forward_call(graph, id, &seeds, rules)?
    } else {
        tangent(graph, id, read, k, seed)?
    };
    let Some(found) = found else { return Ok(None) };
    let count: usize = ty.shape.iter().product();
    let mut units = vec![0.0; count * count];
    units.iter_mut().step_by(count + 1).for_each(|unit| *unit = 1.0);
    let shape: Vec<usize> = std::iter::once(count).chain(ty.shape.iter().copied()).collect();
    let units = graph.constant(Array::new(units, shape.as_slice())?)?;
    let units = graph.convert(units, ty.dtype)?;
    Ok(batch(graph, &[(seed, units)], &[found])?[0])
}

fn tangent(graph: &mut Graph, id: NodeId, read: &[NodeId], k: usize, seed: NodeId) -> Done<Option<NodeId>> {
    let active: Vec<bool> = (0..read.len()).map(|place| place == k).collect();
    let seeds: Vec<Option<NodeId>> = active.iter().map(|&active| active.then_some(seed)).collect();
    let steps = Steps::new(graph);
    let result = differential(&steps, id, read, &active)?;
    let program = steps.take();
    Ok(result.map(|result| apply(graph, &program, result, &seeds)).transpose()?)
}

/// For a reduction, the elements that each of its elements is made of.
fn groups(graph: &Graph, id: NodeId, x: NodeId) -> Done<Option<Vec<Vec<i64>>>> {
    let (Primitive::Reduce(_), Attribute::Axes(axes)) = (graph.primitive(id), graph.attribute(id)) else {
        return Ok(None);
    };
    let ty: &Type = graph.ty(x);
    let count: i64 = ty.shape.iter().product::<usize>() as i64;
    let order: Vec<usize> = others(ty.shape.len(), axes).into_iter().chain(axes.iter().copied()).collect();
    let flat = in_order(&permuted(&named((0..count).collect(), &ty.shape)?, &order)?);
    let run: usize = axes.iter().map(|&axis| ty.shape[axis]).product();
    let rows: usize = graph.shape(id).iter().product();
    Ok(Some((0..rows).map(|row| flat[row * run..(row + 1) * run].to_vec()).collect()))
}
