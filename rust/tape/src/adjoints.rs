//! Adjoints of a recording in numbers: what they are made of is let go after its last use, and
//! written over where it can be.

use pyframe_autodiff::{ForeignRules, reverse};
use pyframe_graph::{Array, NodeId, Primitive};
use smallvec::SmallVec;

use crate::eager::Recording;
use crate::error::TapeError;
use crate::evaluate::Host;
use crate::kernels::elementwise::{Other, binary_over, unary_over};
use crate::value::Value;

/// For each node from a place on, the last one that reads it.
struct Uses {
    start: usize,
    last: Vec<u32>,
}

impl Uses {
    fn new(tape: &Recording, start: usize, kept: &[Option<NodeId>]) -> Self {
        let graph = tape.graph();
        let mut last: Vec<u32> = (start as u32..graph.len() as u32).collect();
        for node in start..graph.len() {
            for operand in graph.operands(NodeId(node as u32)) {
                if operand.index() >= start {
                    last[operand.index() - start] = node as u32;
                }
            }
        }
        for id in kept.iter().flatten().filter(|id| id.index() >= start) {
            last[id.index() - start] = u32::MAX;
        }
        Self { start, last }
    }

    /// Whether nobody reads an array after this node.
    fn dies(&self, tape: &Recording, array: NodeId, id: NodeId) -> bool {
        array.index() >= self.start
            && self.last[array.index() - self.start] == id.0
            && !tape.graph().nodes()[array.index()].is_scalar()
    }
}

impl Recording {
    /// Adjoints of the nodes `wrt` in numbers, given those of some nodes; the recording is as
    /// before.
    pub fn pull(
        &mut self,
        seeds: &[(NodeId, NodeId)],
        wrt: &[NodeId],
        rules: &dyn ForeignRules,
        host: &dyn Host,
    ) -> Result<Vec<Option<Array>>, TapeError> {
        let start = self.graph.len();
        let kept = self.values.len();
        let found = self.pulled(start, seeds, wrt, rules, host);
        self.values.truncate(kept);
        self.forget_nodes(start);
        self.drop_restored();
        found
    }

    fn pulled(
        &mut self,
        start: usize,
        seeds: &[(NodeId, NodeId)],
        wrt: &[NodeId],
        rules: &dyn ForeignRules,
        host: &dyn Host,
    ) -> Result<Vec<Option<Array>>, TapeError> {
        let adjoints = reverse(&mut self.graph, seeds, wrt, rules)?;
        let uses = Uses::new(self, start, &adjoints);
        let nothing = Value::Array(Array::scalar(false));
        self.compute(
            host,
            |tape, id| tape.written_over(id, &uses, &nothing),
            |tape, id| {
                let mut dying: SmallVec<[NodeId; 4]> = tape.graph.operands(id).into();
                dying.push(id);
                for operand in dying {
                    if uses.dies(tape, operand, id) {
                        let place = tape.place_of(operand);
                        tape.values[place] = nothing.clone();
                    }
                }
            },
        )?;
        let value = |tape: &mut Self, id: &NodeId| tape.known_array(*id, host);
        adjoints.iter().map(|id| id.as_ref().map(|id| value(self, id)).transpose()).collect()
    }

    /// Where the value of a node lies that is no scalar.
    fn place_of(&self, id: NodeId) -> usize {
        self.scalars[id.index()].to_bits() as usize
    }

    /// The value of an elementwise node in the memory of an operand that is not read again.
    fn written_over(&mut self, id: NodeId, uses: &Uses, nothing: &Value) -> Option<Value> {
        let (primitive, operands) = (self.graph.primitive(id), self.graph.operands(id));
        let (operand, other) = match (primitive, operands) {
            (Primitive::Unary(_), &[x]) => (x, None),
            (Primitive::Binary(_), &[a, b]) if uses.dies(self, a, id) => (a, Some((b, true))),
            (Primitive::Binary(_), &[a, b]) => (b, Some((a, false))),
            _ => return None,
        };
        if !uses.dies(self, operand, id) || self.graph.ty(operand) != self.graph.ty(id) {
            return None;
        }
        let place = self.place_of(operand);
        let mut value = std::mem::replace(&mut self.values[place], nothing.clone());
        let done = match &mut value {
            Value::Array(array) => array.as_mut_slice().is_some_and(|numbers| match (primitive, other) {
                (Primitive::Unary(f), _) => unary_over(f, numbers),
                (Primitive::Binary(f), Some((other, is_left))) => {
                    self.beside(other, id).is_some_and(|other| binary_over(f, numbers, other, is_left))
                }
                _ => false,
            }),
            Value::Factored(_) => false,
        };
        if done {
            return Some(value);
        }
        self.values[place] = value;
        None
    }

    /// The other operand of a node, when it is a number or lies in order and is not stretched.
    fn beside(&self, x: NodeId, id: NodeId) -> Option<Other<'_>> {
        if self.graph.nodes()[x.index()].is_scalar() {
            return Some(Other::One(self.scalars[x.index()]));
        }
        let array = self.values[self.place_of(x)].array()?;
        let numbers = array.as_slice().filter(|_| array.shape() == self.graph.shape(id))?;
        Some(Other::All(numbers))
    }
}
