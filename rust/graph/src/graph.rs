//! The graph: an arena of nodes and its side tables.

use std::mem::take;

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use crate::array::Array;
use crate::attribute::Attribute;
use crate::dtype::DType;
use crate::error::GraphError;
use crate::node::{Form, Node, NodeId};
use crate::primitive::Primitive;
use crate::shape::Shape;

/// What a node's value is: a kind of number and a shape.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Type {
    /// The kind of number.
    pub dtype: DType,
    /// Lengths along each axis.
    pub shape: Shape,
}

// The derived one copies a shape number by number.
impl Clone for Type {
    fn clone(&self) -> Self {
        Self::new(self.dtype, &self.shape)
    }
}

impl Type {
    /// One number in double precision.
    pub const SCALAR: Self = Self { dtype: DType::Float64, shape: Shape::new_const() };

    /// A kind of number and a shape.
    pub fn new(dtype: DType, shape: &[usize]) -> Self {
        Self { dtype, shape: Shape::from_slice(shape) }
    }

    /// The same shape with another kind of number.
    #[must_use]
    pub fn with_dtype(&self, dtype: DType) -> Self {
        Self::new(dtype, &self.shape)
    }

    /// The type of a constant.
    pub fn of(array: &Array) -> Self {
        Self::new(array.dtype(), array.shape())
    }
}

/// The attribute and the operands of a node that has more than two operands or an attribute.
#[derive(Clone, Debug)]
pub(crate) struct Wide {
    pub(crate) operands: SmallVec<[NodeId; 2]>,
    pub(crate) attribute: Attribute,
}

/// What a graph keeps its nodes in, for another one once it is gone.
#[derive(Debug, Default)]
pub struct Memory {
    nodes: Vec<Node>,
    wide: Vec<Wide>,
}

impl Memory {
    /// How many nodes it has room for, one with an attribute being as large as sixteen others.
    pub fn capacity(&self) -> usize {
        self.nodes.capacity().max(16 * self.wide.capacity())
    }
}

/// How many nodes a graph may have by default.
pub(crate) const NODE_LIMIT: usize = 1 << 28;

/// A function in static single assignment.
#[derive(Clone, Debug)]
pub struct Graph {
    pub(crate) nodes: Vec<Node>,
    pub(crate) wide: Vec<Wide>,
    pub(crate) types: Vec<Type>,
    pub(crate) type_ids: FxHashMap<Type, u32>,
    /// Places of equal nodes, by hash; `None` when nodes are not compared.
    pub(crate) known: Option<FxHashMap<u64, SmallVec<[NodeId; 1]>>>,
    pub(crate) inputs: Vec<NodeId>,
    pub(crate) outputs: Vec<NodeId>,
    pub(crate) limit: usize,
}

impl Default for Graph {
    fn default() -> Self {
        Self::new()
    }
}

impl Graph {
    /// An empty graph that keeps one node of each kind: adding an equal one gives the first.
    pub fn new() -> Self {
        Self { known: Some(FxHashMap::default()), ..Self::append_only() }
    }

    /// An empty graph that compares nothing: what a recording fills as fast as it can.
    pub fn append_only() -> Self {
        Self::append_only_in(Memory::default())
    }

    /// The same in memory that was used before.
    pub fn append_only_in(Memory { mut nodes, mut wide }: Memory) -> Self {
        nodes.clear();
        wide.clear();
        Self {
            nodes,
            wide,
            types: vec![Type::SCALAR],
            type_ids: std::iter::once((Type::SCALAR, 0)).collect(),
            known: None,
            inputs: Vec::new(),
            outputs: Vec::new(),
            limit: NODE_LIMIT,
        }
    }

    /// The memory of its nodes, for another graph; this one is empty from here on.
    pub fn take_memory(&mut self) -> Memory {
        self.inputs.clear();
        self.outputs.clear();
        if let Some(known) = &mut self.known {
            known.clear();
        }
        let mut memory = Memory { nodes: take(&mut self.nodes), wide: take(&mut self.wide) };
        memory.nodes.clear();
        memory.wide.clear();
        memory
    }

    /// Refuse more nodes than this.
    pub fn set_limit(&mut self, limit: usize) {
        self.limit = limit.min(u32::MAX as usize);
    }

    /// How many nodes there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Every node, in order.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = NodeId> + ExactSizeIterator + use<> {
        (0..self.nodes.len() as u32).map(NodeId)
    }

    /// All nodes as they lie in memory.
    #[inline]
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// What a node computes.
    pub fn primitive(&self, id: NodeId) -> Primitive {
        self.nodes[id.index()].primitive
    }

    /// What a node's value is.
    pub fn ty(&self, id: NodeId) -> &Type {
        &self.types[self.nodes[id.index()].ty as usize]
    }

    /// The shape of a node's value.
    pub fn shape(&self, id: NodeId) -> &[usize] {
        &self.ty(id).shape
    }

    /// The kind of number of a node's value.
    pub fn dtype(&self, id: NodeId) -> DType {
        self.ty(id).dtype
    }

    /// The nodes a node reads.
    pub fn operands(&self, id: NodeId) -> &[NodeId] {
        let node = &self.nodes[id.index()];
        match node.form {
            Form::Leaf => &[],
            Form::One => &node.words[..1],
            Form::Two => &node.words,
            Form::Wide => &self.wide[node.words[0].index()].operands,
        }
    }

    /// What a node carries besides operands.
    pub fn attribute(&self, id: NodeId) -> &Attribute {
        let node = &self.nodes[id.index()];
        match node.form {
            Form::Wide => &self.wide[node.words[0].index()].attribute,
            _ => &Attribute::None,
        }
    }

    /// The place that an `Element` node reads, in row-major order.
    pub fn place(&self, id: NodeId) -> usize {
        self.nodes[id.index()].words[1].index()
    }

    /// The value of a constant.
    pub fn constant_value(&self, id: NodeId) -> Option<Array> {
        let node = &self.nodes[id.index()];
        match (node.scalar_constant(), self.attribute(id)) {
            (Some(number), _) => Some(Array::scalar(number)),
            (None, Attribute::Value(array)) if node.primitive == Primitive::Constant => Some(array.clone()),
            _ => None,
        }
    }

    /// Whether a node is a constant all of whose elements are this number.
    pub fn is_constantly(&self, id: NodeId, number: f64) -> bool {
        let node = &self.nodes[id.index()];
        match (node.scalar_constant(), self.attribute(id)) {
            (Some(value), _) => value == number,
            (None, Attribute::Value(array)) => array.len() == 1 && array.item() == Some(number),
            _ => false,
        }
    }

    /// The arguments, in order.
    pub fn inputs(&self) -> &[NodeId] {
        &self.inputs
    }

    /// The results, in order.
    pub fn outputs(&self) -> &[NodeId] {
        &self.outputs
    }

    /// Say which nodes are the results.
    pub fn set_outputs(&mut self, outputs: &[NodeId]) {
        self.outputs = outputs.to_vec();
    }

    /// Operations that a node does: elements computed, or the multiplications of a product;
    /// none where elements are only moved.
    pub fn work(&self, id: NodeId) -> usize {
        let elements = |shape: &[usize]| shape.iter().fold(1_usize, |n, &m| n.saturating_mul(m));
        let own = elements(self.shape(id));
        match (self.primitive(id), self.operands(id), self.attribute(id)) {
            (Primitive::Contract | Primitive::StrongContract, &[a, _], Attribute::Contraction(labels)) => {
                let summed = labels.left.iter().zip(self.shape(a)).filter(|(l, _)| !labels.out.contains(l));
                summed.fold(own, |n, (_, &m)| n.saturating_mul(m))
            }
            (Primitive::Reduce(_), &[x], _) => elements(self.shape(x)),
            (
                Primitive::Input
                | Primitive::Constant
                | Primitive::Reshape
                | Primitive::Transpose
                | Primitive::Broadcast
                | Primitive::Slice
                | Primitive::Element,
                ..,
            ) => 0,
            _ => own,
        }
    }

    /// Bytes held, without the numbers of constants.
    pub fn memory(&self) -> usize {
        self.nodes.capacity() * size_of::<Node>() + self.wide.capacity() * size_of::<Wide>()
    }

    /// Which nodes the given ones are computed from, themselves included.
    pub fn needed_for(&self, wanted: &[NodeId]) -> Vec<bool> {
        let mut needed = vec![false; self.len()];
        for id in wanted {
            needed[id.index()] = true;
        }
        for id in self.ids().rev() {
            if needed[id.index()] {
                for operand in self.operands(id) {
                    needed[operand.index()] = true;
                }
            }
        }
        needed
    }

    /// Forget the nodes from this place on; only for a graph that compares nothing.
    pub fn truncate(&mut self, count: usize) {
        self.nodes.truncate(count);
        let last = self.nodes.iter().rev().find(|node| node.form == Form::Wide);
        self.wide.truncate(last.map_or(0, |node| node.words[0].index() + 1));
        self.inputs.retain(|id| id.index() < count);
        if let Some(known) = &mut self.known {
            known.retain(|_, ids| {
                ids.retain(|id| id.index() < count);
                !ids.is_empty()
            });
        }
    }

    /// The number of a type met before, if it is among the first few.
    pub(crate) fn known_type(&self, dtype: DType, shape: &[usize]) -> Option<u32> {
        const FEW: usize = 8;
        let same = |known: &Type| known.dtype == dtype && known.shape[..] == *shape;
        self.types.iter().take(FEW).position(same).map(|id| id as u32)
    }

    pub(crate) fn type_id(&mut self, ty: &Type) -> u32 {
        if let Some(id) = self.known_type(ty.dtype, &ty.shape) {
            return id;
        }
        if let Some(&id) = self.type_ids.get(ty) {
            return id;
        }
        let id = self.types.len() as u32;
        self.types.push(ty.clone());
        self.type_ids.insert(ty.clone(), id);
        id
    }

    /// Whether a node may be added without asking for memory.
    #[inline]
    pub(crate) fn has_room(&self) -> bool {
        self.nodes.len() < self.nodes.capacity().min(self.limit)
    }

    /// Ask for memory for more nodes, up to the limit.
    #[cold]
    pub(crate) fn make_room(&mut self) -> Result<(), GraphError> {
        if self.nodes.len() >= self.limit {
            return Err(GraphError::Full { limit: self.limit });
        }
        if self.nodes.len() == self.nodes.capacity() {
            // Half as much again: what is reserved stays below 48 bytes a node with its value.
            let more = (self.nodes.len() / 2).max(256);
            let nodes = self.nodes.len();
            self.nodes.try_reserve_exact(more).map_err(|_| GraphError::OutOfMemory { nodes })?;
        }
        Ok(())
    }

    #[inline]
    pub(crate) fn room(&mut self) -> Result<(), GraphError> {
        if self.has_room() { Ok(()) } else { self.make_room() }
    }
}
