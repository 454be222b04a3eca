//! The pattern of a Jacobian: what each primitive's elements depend on.

use pyframe_graph::{Array, Attribute, Binary, Data, Graph, NodeId, Primitive};

use super::key::touched;
use super::layout::{
    Names, at, concatenated, counted, distinct, each, gathered, in_order, inverse, named, nothing, others,
    permuted, put, reshaped, sliced, stretched, unsliced,
};
use super::sets::{EMPTY, Sets, single};
use super::{Pattern, SparsityError};
use crate::GoOn;

/// What a rule gives: the sets of a node's elements, absent when nothing depends.
pub type Found = Result<Option<Names>, SparsityError>;

/// The pattern of the derivative of `output` with respect to `input`, elements in row-major
/// order; `values` tells the value of nodes, for the places that are read or written.
pub fn jacobian_pattern(
    graph: &Graph,
    input: NodeId,
    output: NodeId,
    values: &dyn Fn(NodeId) -> Option<Array>,
    go_on: GoOn<'_>,
) -> Result<Pattern, SparsityError> {
    let columns: usize = graph.shape(input).iter().product();
    let mut state = Propagation {
        graph,
        values,
        touched: touched(graph),
        sets: Sets::new(columns),
        names: vec![None; graph.len()],
    };
    let needed = graph.needed_for(&[output]);
    let own = (0..columns as u32).map(single).collect();
    state.names[input.index()] = Some(named(own, graph.shape(input))?);
    let last = last_uses(graph, &needed);
    for id in graph.ids().filter(|id| needed[id.index()] && *id > input) {
        if graph.dtype(id).is_float() {
            go_on().map_err(SparsityError::Raised)?;
            state.names[id.index()] = state.rule(id)?;
        }
        for operand in graph.operands(id).iter().filter(|operand| last[operand.index()] == Some(id)) {
            state.names[operand.index()] = None;
        }
    }
    let rows: usize = graph.shape(output).iter().product();
    let Some(found) = &state.names[output.index()] else {
        return Ok(Pattern { columns, starts: vec![0; rows + 1], indices: Vec::new() });
    };
    let mut pattern = Pattern { columns, starts: vec![0], indices: Vec::new() };
    for name in each(found) {
        pattern.indices.extend_from_slice(state.sets.members(name, &mut [0; 32]));
        pattern.starts.push(pattern.indices.len());
    }
    Ok(pattern)
}

/// For each node, the last of the needed ones that takes it.
fn last_uses(graph: &Graph, needed: &[bool]) -> Vec<Option<NodeId>> {
    let mut last = vec![None; graph.len()];
    for id in graph.ids().filter(|id| needed[id.index()]) {
        graph.operands(id).iter().for_each(|operand| last[operand.index()] = Some(id));
    }
    last
}

/// The sets of the nodes met so far, while others take them.
pub struct Propagation<'a> {
    pub(super) graph: &'a Graph,
    values: &'a dyn Fn(NodeId) -> Option<Array>,
    touched: Vec<bool>,
    pub(super) sets: Sets,
    names: Vec<Option<Names>>,
}

impl Propagation<'_> {
    fn rule(&mut self, id: NodeId) -> Found {
        use Primitive as P;
        let graph = self.graph;
        let operands = graph.operands(id);
        if !operands.iter().any(|x| self.of(*x).is_some()) {
            return Ok(None);
        }
        let shape = graph.shape(id);
        let first = self.of(operands[0]);
        let moved = |move_it: &dyn Fn(&Names) -> Result<Names, pyframe_graph::GraphError>| {
            first.as_ref().map(move_it).transpose().map_err(SparsityError::from)
        };
        match (graph.primitive(id), graph.attribute(id)) {
            (primitive, _) if primitive.is_flat() => Ok(None),
            (P::Unary(_) | P::Order(_) | P::Convert, _) => Ok(first),
            (P::Binary(f), _) => self.binary(f, operands, shape),
            (P::Select, _) => self.select(operands, shape),
            (P::Reduce(_), Attribute::Axes(axes)) => {
                first.map(|names| self.reduced(&names, axes)).transpose()
            }
            (P::Cumsum, Attribute::Axis(axis)) => {
                first.map(|names| self.running(&names, *axis, false)).transpose()
            }
            (P::CumsumReverse, Attribute::Axis(axis)) => {
                first.map(|names| self.running(&names, *axis, true)).transpose()
            }
            (P::Reshape, _) => moved(&|names| reshaped(names, shape)),
            (P::Transpose, Attribute::Axes(axes)) => moved(&|names| permuted(names, axes)),
            (P::Broadcast, _) => moved(&|names| stretched(names, shape)),
            (P::Slice, Attribute::Slices(slices)) => moved(&|names| sliced(names, slices, shape)),
            (P::Unslice, Attribute::Slices(slices)) => moved(&|names| unsliced(names, slices, shape)),
            (P::Concatenate, Attribute::Axis(axis)) => {
                let parts: Vec<_> = operands.iter().map(|&x| (self.of(x), graph.shape(x)[*axis])).collect();
                Ok(Some(concatenated(&parts, *axis, shape)?))
            }
            (P::Element, _) => Ok(first.map(|names| Array::scalar(at(&names, graph.place(id))))),
            (P::Stack, _) => {
                let rows: Vec<_> = operands.iter().map(|&x| (self.of(x), 1)).collect();
                Ok(Some(concatenated(&rows, 0, shape)?))
            }
            (P::Gather, Attribute::Axis(axis)) => match first {
                Some(names) => {
                    Ok(Some(gathered(&names, &self.places(operands[1], names.shape()[*axis]), *axis, shape)?))
                }
                None => Ok(None),
            },
            (P::ScatterAdd, Attribute::Axis(axis)) => match first {
                Some(names) => Ok(Some(self.scattered(&names, operands[1], *axis, shape)?)),
                None => Ok(None),
            },
            (P::Put, _) => {
                let [x, values] = [self.of(operands[0]), self.of(operands[2])];
                Ok(Some(put(
                    x.as_ref(),
                    &self.places(operands[1], shape.iter().product()),
                    values.as_ref(),
                    shape,
                )?))
            }
            (P::Contract | P::StrongContract, Attribute::Contraction(labels)) => {
                self.contract(operands, labels, shape)
            }
            (primitive, _) => self.blocks(primitive, operands, shape),
        }
    }

    /// The sets of a node, if it depends on the input.
    pub(super) fn of(&self, id: NodeId) -> Option<Names> {
        self.names[id.index()].clone()
    }

    /// The value of a node that no argument changes.
    pub(super) fn known(&self, id: NodeId) -> Option<Array> {
        if self.touched[id.index()] { None } else { (self.values)(id) }
    }

    pub(super) fn unite(&mut self, a: &Names, b: &Names, shape: &[usize]) -> Result<Names, SparsityError> {
        let mut made = Vec::with_capacity(shape.iter().product());
        for (a, b) in each(&stretched(a, shape)?).zip(each(&stretched(b, shape)?)) {
            made.push(self.sets.union(a, b)?);
        }
        Ok(named(made, shape)?)
    }

    fn binary(&mut self, f: Binary, operands: &[NodeId], shape: &[usize]) -> Found {
        use Binary as B;
        let [left_counts, right_counts] = match f {
            B::FloorDivide => [false, false],
            B::Copysign | B::Nextafter => [true, false],
            B::Heaviside => [false, true],
            _ => [true, true],
        };
        let left = self.of(operands[0]).filter(|_| left_counts);
        let right = self.of(operands[1]).filter(|_| right_counts);
        // A factor that is always zero, or a power that is, lets nothing through.
        let vanishing = matches!(f, B::Mul | B::Scale | B::Strong | B::Pow);
        let left = match self.known(operands[1]).filter(|_| vanishing) {
            Some(factor) => left.map(|names| masked(&names, &factor, shape)).transpose()?,
            None => left,
        };
        let right = match self.known(operands[0]).filter(|_| vanishing && f != B::Pow) {
            Some(factor) => right.map(|names| masked(&names, &factor, shape)).transpose()?,
            None => right,
        };
        self.both(left, right, shape)
    }

    /// The union of two that may be absent, stretched to a shape.
    pub(super) fn both(&mut self, a: Option<Names>, b: Option<Names>, shape: &[usize]) -> Found {
        Ok(match (a, b) {
            (None, None) => None,
            (Some(only), None) | (None, Some(only)) => Some(stretched(&only, shape)?),
            (Some(a), Some(b)) => Some(self.unite(&a, &b, shape)?),
        })
    }

    fn select(&mut self, operands: &[NodeId], shape: &[usize]) -> Found {
        let [a, b] = [self.of(operands[1]), self.of(operands[2])];
        let Some(condition) = self.known(operands[0]) else { return self.both(a, b, shape) };
        let full = |names: Option<Names>| {
            names
                .map_or_else(|| nothing(shape), |names| stretched(&names, shape))
                .map(|names| in_order(&names))
        };
        let (a, b, condition) = (full(a)?, full(b)?, in_order_as_truth(&stretched(&condition, shape)?));
        let made = condition.into_iter().zip(a.into_iter().zip(b)).map(|(c, (a, b))| if c { a } else { b });
        Ok(Some(named(made.collect(), shape)?))
    }

    /// Unions over some axes, which vanish.
    pub(super) fn reduced(&mut self, names: &Names, axes: &[usize]) -> Result<Names, SparsityError> {
        let kept = others(names.shape().len(), axes);
        let shape: Vec<usize> = kept.iter().map(|&axis| names.shape()[axis]).collect();
        let run: usize = axes.iter().map(|&axis| names.shape()[axis]).product();
        if run == 0 {
            return Ok(nothing(&shape)?);
        }
        let order: Vec<usize> = kept.into_iter().chain(axes.iter().copied()).collect();
        let flat = in_order(&permuted(names, &order)?);
        let mut made = Vec::with_capacity(flat.len() / run);
        for group in flat.chunks(run) {
            made.push(self.sets.union_all(&mut group.to_vec())?);
        }
        Ok(named(made, &shape)?)
    }

    /// Unions of all elements up to each one along an axis.
    fn running(&mut self, names: &Names, axis: usize, from_end: bool) -> Result<Names, SparsityError> {
        let rank = names.shape().len();
        let order: Vec<usize> = others(rank, &[axis]).into_iter().chain([axis]).collect();
        let turned = permuted(names, &order)?;
        let mut flat = in_order(&turned);
        for line in flat.chunks_mut(names.shape()[axis].max(1)) {
            if from_end {
                line.reverse();
            }
            let mut before = EMPTY;
            for name in line.iter_mut() {
                before = self.sets.union(before, *name)?;
                *name = before;
            }
            if from_end {
                line.reverse();
            }
        }
        Ok(permuted(&named(flat, turned.shape())?, &inverse(&order))?)
    }

    fn places(&self, id: NodeId, length: usize) -> Vec<usize> {
        let places = (self.values)(id).and_then(|places| places.to_vec::<i64>()).unwrap_or_default();
        counted(&places, length)
    }

    fn scattered(
        &mut self,
        names: &Names,
        places: NodeId,
        axis: usize,
        shape: &[usize],
    ) -> Result<Names, SparsityError> {
        let inner: usize = shape[axis + 1..].iter().product();
        let (flat, places) = (in_order(names), self.places(places, shape[axis]));
        let mut made = vec![EMPTY; shape.iter().product()];
        for (k, &name) in flat.iter().enumerate() {
            let (outer, rest) = (k / (places.len() * inner), k % (places.len() * inner));
            let to = (outer * shape[axis] + places[rest / inner]) * inner + rest % inner;
            made[to] = self.sets.union(made[to], name)?;
        }
        Ok(named(made, shape)?)
    }
}

/// Which elements of a known array are other than zero.
pub fn in_order_as_truth(array: &Array) -> Vec<bool> {
    let places = array.places();
    match array.data() {
        Data::Bool(v) => places.map(|place| v[place]).collect(),
        Data::Int64(v) => places.map(|place| v[place] != 0).collect(),
        Data::Float32(v) => places.map(|place| v[place] != 0.0).collect(),
        Data::Float64(v) => places.map(|place| v[place] != 0.0).collect(),
    }
}

/// Names where a known factor is not zero.
fn masked(names: &Names, factor: &Array, shape: &[usize]) -> Result<Names, SparsityError> {
    if in_order_as_truth(&distinct(factor)?).iter().all(|&passes| passes) {
        return Ok(names.clone());
    }
    let passes = in_order_as_truth(&stretched(factor, shape)?);
    let names = stretched(names, shape)?;
    let made = each(&names).zip(passes).map(|(name, passes)| if passes { name } else { EMPTY });
    Ok(named(made.collect(), shape)?)
}
