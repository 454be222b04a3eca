//! The values of nodes that were added to a recording without one.

use pyframe_graph::{Array, Node, NodeId, Primitive};
use smallvec::SmallVec;

use crate::eager::Recording;
use crate::error::TapeError;
use crate::evaluate::{Host, evaluate};
use crate::scalar::numeric;
use crate::value::Value;

impl Recording {
    /// Compute the nodes that were added without values.
    pub fn catch_up(&mut self, host: &dyn Host) -> Result<(), TapeError> {
        self.compute(host, |_, _| {})
    }

    /// The same, and do something after each that is no plain scalar.
    pub(crate) fn compute(
        &mut self,
        host: &dyn Host,
        after: impl Fn(&mut Self, NodeId),
    ) -> Result<(), TapeError> {
        for place in self.scalars.len()..self.graph.len() {
            let id = NodeId(place as u32);
            if let Some(value) = self.scalar_value(id) {
                self.push_value(value)?;
                continue;
            }
            if !self.regions.is_empty() {
                let read: SmallVec<[NodeId; 4]> = self.graph.operands(id).into();
                self.restore(&read, host)?;
            }
            let value = self.evaluated(id, host)?;
            self.keep(value)?;
            after(self, id);
        }
        Ok(())
    }

    /// The value of a node whose operands are known.
    fn evaluated(&self, id: NodeId, host: &dyn Host) -> Result<Value, TapeError> {
        let operands = self.graph.operands(id);
        let is_scalar = |x: NodeId| self.graph.nodes()[x.index()].is_scalar();
        let place = |x: NodeId| self.scalars[x.index()].to_bits() as usize;
        match *operands {
            [a] if !is_scalar(a) => return evaluate(&self.graph, id, &[&self.values[place(a)]], host),
            [a, b] if !is_scalar(a) && !is_scalar(b) => {
                let both = [&self.values[place(a)], &self.values[place(b)]];
                return evaluate(&self.graph, id, &both, host);
            }
            _ => {}
        }
        let numbers: SmallVec<[Value; 4]> = operands
            .iter()
            .filter(|&&x| is_scalar(x))
            .map(|x| Value::Array(Array::scalar(self.scalars[x.index()])))
            .collect();
        let mut number = numbers.iter();
        let known = |&x: &NodeId| {
            let number = if is_scalar(x) { number.next() } else { None };
            number.unwrap_or_else(|| &self.values[place(x)])
        };
        let values: SmallVec<[&Value; 4]> = operands.iter().map(known).collect();
        evaluate(&self.graph, id, &values, host)
    }

    /// The value of a node whose operands are scalars too, without arrays.
    fn scalar_value(&self, id: NodeId) -> Option<f64> {
        let node: &Node = &self.graph.nodes()[id.index()];
        if !node.is_scalar() || !node.is_plain() {
            return None;
        }
        if let Some(number) = node.scalar_constant() {
            return Some(number);
        }
        let [a, b] = node.words();
        let scalar = |x: NodeId| self.graph.nodes()[x.index()].is_scalar().then(|| self.scalars[x.index()]);
        match node.primitive {
            Primitive::Unary(f) => Some(numeric::unary(f, scalar(a)?)),
            Primitive::Binary(f) => Some(numeric::binary(f, scalar(a)?, scalar(b)?)),
            _ => None,
        }
    }
}
