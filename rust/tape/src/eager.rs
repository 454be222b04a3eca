//! The eager tape: a graph that grows while a function runs, with the value of every node.

use pyframe_graph::{Array, Attribute, Compare, Graph, GraphError, NodeId, Primitive, Type};
use smallvec::SmallVec;

use crate::checkpointing::{Regions, is_same, same_bits};
use crate::error::TapeError;
use crate::evaluate::Host;
use crate::scalar::memory;
use crate::value::Value;

/// A comparison of two scalars that a branch was taken on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// The comparison.
    pub compare: Compare,
    /// What is compared.
    pub left: NodeId,
    /// With what.
    pub right: NodeId,
}

/// Something the function looked at that decides what it does next: a replay is only right
/// while it turns out the same.
#[derive(Clone, Debug)]
pub enum Guard {
    /// A comparison, and how it turned out.
    Branch(Comparison, bool),
    /// A value that left the trace.
    Concrete(NodeId, Array),
}

/// How many constants the recording remembers.
const REMEMBERED: usize = 64;
const REMEMBERED_ARRAYS: usize = 4;
const NONE: (u64, NodeId) = (0, NodeId(u32::MAX));

/// A function being recorded.
#[derive(Debug)]
pub struct Recording {
    pub(crate) graph: Graph,
    /// The value of a scalar node; the bits of a place in `values` for any other.
    pub(crate) scalars: Vec<f64>,
    pub(crate) values: Vec<Value>,
    /// Stretches whose values are let go.
    pub(crate) regions: Regions,
    /// Constants met lately, by a hash of their bits.
    constants: [(u64, NodeId); REMEMBERED],
    /// Arrays met lately.
    arrays: SmallVec<[NodeId; REMEMBERED_ARRAYS]>,
    guards: Option<Vec<Guard>>,
}

impl Recording {
    /// An empty recording; with `guarded` it keeps what a replay has to check.
    pub fn new(guarded: bool) -> Self {
        Self {
            graph: Graph::append_only_in(memory::nodes()),
            scalars: memory::numbers(),
            values: memory::values(),
            regions: Regions::default(),
            constants: [NONE; REMEMBERED],
            arrays: SmallVec::new(),
            guards: guarded.then(Vec::new),
        }
    }

    /// The graph so far.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// Mutable access for the passes; [`Self::catch_up`] computes what they add.
    pub fn graph_mut(&mut self) -> &mut Graph {
        &mut self.graph
    }

    /// The values of scalar nodes, by node.
    pub fn scalars(&self) -> &[f64] {
        &self.scalars
    }

    /// Bytes kept for nodes and scalar values, used or not.
    pub fn memory(&self) -> usize {
        self.graph.memory() + self.scalars.capacity() * size_of::<f64>()
    }

    /// What a replay has to check.
    pub fn guards(&self) -> &[Guard] {
        self.guards.as_deref().unwrap_or(&[])
    }

    /// Whether it keeps what a replay has to check.
    #[inline]
    pub fn is_guarded(&self) -> bool {
        self.guards.is_some()
    }

    /// Keep something that a replay has to check.
    pub fn guard(&mut self, guard: impl FnOnce(&Self) -> Guard) {
        if self.guards.is_some() {
            let guard = guard(self);
            self.guards.get_or_insert_default().push(guard);
        }
    }

    #[inline]
    pub(crate) fn push_value(&mut self, value: f64) -> Result<(), TapeError> {
        if self.scalars.len() == self.scalars.capacity() {
            self.more_values()?;
        }
        self.scalars.push(value);
        Ok(())
    }

    #[cold]
    fn more_values(&mut self) -> Result<(), TapeError> {
        let nodes = self.scalars.len();
        let more = (nodes / 2).max(256);
        self.scalars.try_reserve_exact(more).map_err(|_| GraphError::OutOfMemory { nodes })?;
        Ok(())
    }

    /// A scalar argument.
    pub fn input_scalar(&mut self, value: f64) -> Result<NodeId, TapeError> {
        let id = self.graph.input(Type::SCALAR)?;
        self.push_value(value)?;
        Ok(id)
    }

    /// An argument.
    pub fn input(&mut self, array: Array) -> Result<NodeId, TapeError> {
        let ty = Type::of(&array);
        if let (true, Some(number)) = (ty == Type::SCALAR, array.item()) {
            return self.input_scalar(number);
        }
        let id = self.graph.input(ty)?;
        self.keep(Value::Array(array))?;
        Ok(id)
    }

    /// A number the function uses, if it was met lately.
    #[inline(always)]
    pub fn known_constant(&self, number: f64) -> Option<NodeId> {
        let bits = number.to_bits();
        let (known, id) = self.constants[place_of(bits)];
        (known == bits && id != NONE.1).then_some(id)
    }

    /// A number the function uses.
    pub fn constant(&mut self, number: f64) -> Result<NodeId, TapeError> {
        self.known_constant(number).map_or_else(|| self.other_constant(number), Ok)
    }

    /// A number that is not where it is looked for first: beside it, or nowhere.
    fn other_constant(&mut self, number: f64) -> Result<NodeId, TapeError> {
        let bits = number.to_bits();
        let (place, beside) = (place_of(bits), place_of(bits) ^ 1);
        let (known, id) = self.constants[beside];
        if known == bits && id != NONE.1 {
            return Ok(id);
        }
        let id = self.graph.scalar(number)?;
        self.push_value(number)?;
        self.constants[beside] = self.constants[place];
        self.constants[place] = (bits, id);
        Ok(id)
    }

    /// A function of one or two scalars, whose value the caller has computed.
    pub fn scalar(
        &mut self,
        f: Primitive,
        a: NodeId,
        b: Option<NodeId>,
        value: f64,
    ) -> Result<NodeId, TapeError> {
        if self.scalars.len() == self.scalars.capacity() {
            self.more_values()?;
        }
        let id = self.graph.push_scalar(f, a, b)?;
        self.scalars.push(value);
        Ok(id)
    }

    /// The same when there is memory for it already; else nothing is done.
    #[inline(always)]
    #[expect(unsafe_code, reason = "the slots of Python's scalars want no call here")]
    pub fn scalar_in_room(
        &mut self,
        f: Primitive,
        a: NodeId,
        b: Option<NodeId>,
        value: f64,
    ) -> Option<NodeId> {
        if self.scalars.len() == self.scalars.capacity() {
            return None;
        }
        let id = self.graph.push_scalar_in_room(f, a, b)?;
        // SAFETY: looked at above.
        unsafe { std::hint::assert_unchecked(self.scalars.len() < self.scalars.capacity()) };
        self.scalars.push(value);
        Some(id)
    }

    /// Let something add nodes to the graph, and compute them; the graph is as before when
    /// that fails.
    pub fn record<T>(
        &mut self,
        host: &dyn Host,
        add: impl FnOnce(&mut Graph) -> Result<T, TapeError>,
    ) -> Result<T, TapeError> {
        let before = self.scalars.len();
        let made = add(&mut self.graph).and_then(|made| self.catch_up(host).map(|()| made));
        if made.is_err() {
            self.forget_nodes(before);
        }
        made
    }

    /// Forget the nodes from a place on.
    pub(crate) fn forget_nodes(&mut self, count: usize) {
        self.scalars.truncate(count);
        self.graph.truncate(count);
        self.regions.truncate(count);
        self.arrays.retain(|id| id.index() < count);
        self.constants = [NONE; REMEMBERED];
    }

    /// Add a node whose value is known.
    pub(crate) fn place(
        &mut self,
        value: Value,
        add: impl FnOnce(&mut Graph) -> Result<NodeId, GraphError>,
    ) -> Result<NodeId, TapeError> {
        let id = add(&mut self.graph)?;
        self.keep(value)?;
        Ok(id)
    }

    pub(crate) fn keep(&mut self, value: Value) -> Result<(), TapeError> {
        let id = NodeId(self.scalars.len() as u32);
        if let (true, Some(number)) =
            (self.graph.nodes()[id.index()].is_scalar(), value.array().and_then(Array::item))
        {
            return self.push_value(number);
        }
        let nodes = self.values.len();
        self.values.try_reserve(1).map_err(|_| GraphError::OutOfMemory { nodes })?;
        self.push_value(f64::from_bits(self.values.len() as u64))?;
        self.values.push(value);
        Ok(())
    }

    /// The value of a node.
    pub fn value(&self, id: NodeId) -> Value {
        let number = self.scalars[id.index()];
        if self.graph.nodes()[id.index()].is_scalar() {
            Value::Array(Array::scalar(number))
        } else {
            self.values[number.to_bits() as usize].clone()
        }
    }

    /// Whether a node's value is at hand.
    pub fn is_known(&self, id: NodeId) -> bool {
        !self.regions.is_gone(id)
    }

    /// The value of a node that is an array.
    pub fn array(&self, id: NodeId) -> Result<Array, TapeError> {
        if !self.is_known(id) {
            return Err(TapeError::Internal("a value that was let go"));
        }
        match self.value(id) {
            Value::Array(array) => Ok(array),
            Value::Factored(_) => Err(TapeError::Internal("a factorisation where an array is wanted")),
        }
    }

    /// A constant that no other use of the same number or array shares: a seed, which may be
    /// replaced by others.
    pub fn own_constant(&mut self, array: Array) -> Result<NodeId, TapeError> {
        if let (true, Some(number)) = (Type::of(&array) == Type::SCALAR, array.item()) {
            let id = self.graph.scalar(number)?;
            self.push_value(number)?;
            return Ok(id);
        }
        let ty = Type::of(&array);
        let id = self.graph.add(Primitive::Constant, &[], Attribute::Value(array.clone()), Some(&ty))?;
        self.keep(Value::Array(array))?;
        Ok(id)
    }

    /// The node of an array in order that was met lately.
    pub fn met(&self, numbers: &[f64], shape: &[usize]) -> Option<NodeId> {
        let same = |id: &NodeId| match self.graph.attribute(*id) {
            Attribute::Value(known) if known.shape() == shape => {
                known.as_slice().is_some_and(|known| same_bits(known, numbers))
            }
            _ => false,
        };
        self.arrays.iter().copied().find(same)
    }

    /// A constant array.
    pub fn constant_array(&mut self, array: Array) -> Result<NodeId, TapeError> {
        if let (true, Some(number)) = (Type::of(&array) == Type::SCALAR, array.item()) {
            return self.constant(number);
        }
        let same = |id: &NodeId| match self.graph.attribute(*id) {
            Attribute::Value(known) => is_same(known, &array),
            _ => false,
        };
        if let Some(&known) = self.arrays.iter().find(|id| same(id)) {
            return Ok(known);
        }
        let id = self.own_constant(array)?;
        self.arrays.truncate(REMEMBERED_ARRAYS - 1);
        self.arrays.insert(0, id);
        Ok(id)
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        memory::keep_nodes(self.graph.take_memory());
        memory::keep_numbers(std::mem::take(&mut self.scalars));
        memory::keep_values(std::mem::take(&mut self.values));
    }
}

/// Where a constant is looked for first.
#[inline(always)]
fn place_of(bits: u64) -> usize {
    (bits.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 58) as usize
}
