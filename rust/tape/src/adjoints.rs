//! Adjoints of a recording in numbers: what they are made of is let go after its last use.

use pyframe_autodiff::{ForeignRules, reverse};
use pyframe_graph::{Array, NodeId};
use smallvec::SmallVec;

use crate::eager::Recording;
use crate::error::TapeError;
use crate::evaluate::Host;
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
        self.compute(host, |tape, id| {
            let mut dying: SmallVec<[NodeId; 4]> = tape.graph.operands(id).into();
            dying.push(id);
            for operand in dying {
                if uses.dies(tape, operand, id) {
                    tape.values[tape.scalars[operand.index()].to_bits() as usize] = nothing.clone();
                }
            }
        })?;
        let value = |tape: &mut Self, id: &NodeId| tape.known_array(*id, host);
        adjoints.iter().map(|id| id.as_ref().map(|id| value(self, id)).transpose()).collect()
    }
}
