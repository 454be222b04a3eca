//! A copy of one graph inside another.

use crate::error::GraphError;
use crate::graph::Graph;
use crate::node::NodeId;
use crate::primitive::Primitive;

impl Graph {
    /// Add the nodes that another graph's outputs need, with `arguments` for its inputs; the
    /// nodes of its outputs here.
    pub fn inline(&mut self, other: &Self, arguments: &[NodeId]) -> Result<Vec<NodeId>, GraphError> {
        let needed = other.needed_for(other.outputs());
        let mut here = vec![NodeId(0); other.len()];
        let mut arguments = arguments.iter();
        let mut operands = Vec::new();
        for id in other.ids() {
            if other.primitive(id) == Primitive::Input {
                let argument = arguments.next().ok_or_else(|| GraphError::Malformed {
                    node: id.0,
                    what: "an argument is missing".into(),
                })?;
                here[id.index()] = *argument;
                continue;
            }
            if !needed[id.index()] {
                continue;
            }
            if let Some(number) = other.nodes()[id.index()].scalar_constant() {
                here[id.index()] = self.scalar(number)?;
                continue;
            }
            if other.primitive(id) == Primitive::Element {
                let from = here[other.operands(id)[0].index()];
                here[id.index()] = self.element(from, other.place(id))?;
                continue;
            }
            operands.clear();
            operands.extend(other.operands(id).iter().map(|operand| here[operand.index()]));
            let attribute = other.attribute(id).clone();
            here[id.index()] = self.add(other.primitive(id), &operands, attribute, Some(other.ty(id)))?;
        }
        Ok(other.outputs().iter().map(|id| here[id.index()]).collect())
    }
}
