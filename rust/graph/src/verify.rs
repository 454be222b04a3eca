//! The verifier: what runs unchecked has passed here.

use crate::error::GraphError;
use crate::graph::Graph;
use crate::infer::infer;
use crate::node::NodeId;
use crate::primitive::Primitive;

impl Graph {
    /// Check that every node reads earlier nodes only, that its type follows from its
    /// operands, and that inputs and outputs exist.
    pub fn verify(&self) -> Result<(), GraphError> {
        let malformed = |id: NodeId, what: String| GraphError::Malformed { node: id.0, what };
        for id in self.ids() {
            let node = &self.nodes[id.index()];
            if node.ty as usize >= self.types.len() {
                return Err(malformed(id, "its type does not exist".into()));
            }
            if !node.is_plain() && node.words[0].index() >= self.wide.len() {
                return Err(malformed(id, "its operands do not exist".into()));
            }
            if node.scalar_constant().is_some() {
                if !node.is_scalar() {
                    return Err(malformed(id, "a scalar constant of another type".into()));
                }
                continue;
            }
            let operands = self.operands(id);
            if let Some(later) = operands.iter().find(|operand| **operand >= id) {
                return Err(malformed(id, format!("it reads node {}, which comes later", later.0)));
            }
            let factored = |x: &NodeId| matches!(self.primitive(*x), Primitive::Factor(_));
            let read = usize::from(matches!(node.primitive, Primitive::Part(_)));
            if operands.iter().skip(read).any(factored) {
                return Err(malformed(id, "it reads a factorisation where an array is wanted".into()));
            }
            let attribute = self.attribute(id);
            if self.usual_type(node.primitive, operands, attribute) == Some(node.ty) {
                continue;
            }
            match infer(self, node.primitive, operands, attribute, Some(self.ty(id))) {
                Ok(ty) if ty == *self.ty(id) => {}
                Ok(ty) => return Err(malformed(id, format!("it is a {}, not a {ty}", self.ty(id)))),
                Err(error) => return Err(malformed(id, error.to_string())),
            }
            if node.primitive == Primitive::Element {
                let count: usize = self.shape(operands[0]).iter().product();
                if self.place(id) >= count {
                    return Err(malformed(id, "its place lies outside the array".into()));
                }
            }
        }
        for (&id, what) in
            self.inputs.iter().map(|id| (id, "input")).chain(self.outputs.iter().map(|id| (id, "output")))
        {
            if id.index() >= self.len() {
                return Err(malformed(id, format!("the {what} does not exist")));
            }
        }
        let listed = |id: &NodeId| self.nodes[id.index()].primitive == Primitive::Input;
        match self.inputs.iter().find(|id| !listed(id)) {
            Some(&id) => Err(malformed(id, "it is listed as an input and is none".into())),
            None => Ok(()),
        }
    }
}
