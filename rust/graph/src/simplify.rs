//! A graph made anew with what its outputs need: equal nodes become one, and identities that
//! change no bit are used.

use crate::attribute::Attribute;
use crate::error::GraphError;
use crate::graph::Graph;
use crate::node::NodeId;
use crate::primitive::{Binary, Primitive, Unary};

impl Graph {
    /// The graph that its outputs need, without repetition and detours.  The inputs stay, used
    /// or not.
    pub fn simplified(&self) -> Result<Self, GraphError> {
        self.simplified_to(self.outputs())
    }

    /// The same with other outputs.
    pub fn simplified_to(&self, outputs: &[NodeId]) -> Result<Self, GraphError> {
        self.rebuilt(outputs, Self::new(), true)
    }

    /// The nodes that its outputs need, each as it is: what is differentiated, since adjoints
    /// are added in the order in which values were used, and merging nodes would change it.
    pub fn pruned(&self) -> Result<Self, GraphError> {
        self.pruned_to(self.outputs())
    }

    /// The same with other outputs.
    pub fn pruned_to(&self, outputs: &[NodeId]) -> Result<Self, GraphError> {
        self.rebuilt(outputs, Self::append_only(), false)
    }

    fn rebuilt(&self, outputs: &[NodeId], mut made: Self, shorten: bool) -> Result<Self, GraphError> {
        made.set_limit(self.limit);
        let needed = self.needed_for(outputs);
        let nodes = needed.iter().filter(|&&needed| needed).count();
        made.nodes.try_reserve(nodes).map_err(|_| GraphError::OutOfMemory { nodes })?;
        let mut here = vec![NodeId(0); self.len()];
        let mut types = vec![None; self.types.len()];
        let mut operands = Vec::new();
        for id in self.ids() {
            let primitive = self.primitive(id);
            if primitive == Primitive::Input {
                here[id.index()] = made.input(self.ty(id).clone())?;
                continue;
            }
            if !needed[id.index()] {
                continue;
            }
            if let Some(number) = self.nodes()[id.index()].scalar_constant() {
                here[id.index()] = made.scalar(number)?;
                continue;
            }
            operands.clear();
            operands.extend(self.operands(id).iter().map(|operand| here[operand.index()]));
            let same = if shorten { made.identity(primitive, &operands) } else { None };
            here[id.index()] = match (same, primitive) {
                (Some(same), _) => same,
                (None, Primitive::Element) => made.element(operands[0], self.place(id))?,
                (None, Primitive::Reshape) if shorten => {
                    let whole = made.under(operands[0], Primitive::Reshape);
                    made.reshape(whole, self.shape(id))?
                }
                (None, Primitive::Transpose) if shorten => made.turned(operands[0], self.attribute(id))?,
                _ => {
                    let own = self.nodes()[id.index()].ty as usize;
                    let ty = *types[own].get_or_insert_with(|| made.type_id(&self.types[own]));
                    made.insert(primitive, &operands, self.attribute(id).clone(), ty)?
                }
            };
        }
        let outputs: Vec<NodeId> = outputs.iter().map(|id| here[id.index()]).collect();
        made.set_outputs(&outputs);
        Ok(made)
    }

    /// An operand that the whole node is equal to, bit for bit.
    fn identity(&self, primitive: Primitive, operands: &[NodeId]) -> Option<NodeId> {
        let whole = |x: NodeId, other: NodeId| {
            let shape = crate::shape::broadcast_shapes(self.shape(x), self.shape(other));
            (shape.as_deref() == Ok(self.shape(x))).then_some(x)
        };
        match (primitive, operands) {
            (Primitive::Unary(Unary::Copy), &[x]) => Some(x),
            (Primitive::Unary(Unary::Neg), &[x]) if self.primitive(x) == Primitive::Unary(Unary::Neg) => {
                Some(self.operands(x)[0])
            }
            (Primitive::Binary(Binary::Mul), &[x, one]) if self.is_constantly(one, 1.0) => whole(x, one),
            (Primitive::Binary(Binary::Mul), &[one, x]) if self.is_constantly(one, 1.0) => whole(x, one),
            (Primitive::Binary(Binary::Div), &[x, one]) if self.is_constantly(one, 1.0) => whole(x, one),
            _ => None,
        }
    }

    /// What a chain of one primitive starts from.
    fn under(&self, mut x: NodeId, primitive: Primitive) -> NodeId {
        while self.primitive(x) == primitive {
            x = self.operands(x)[0];
        }
        x
    }

    /// A transposition, joined with one below it.
    fn turned(&mut self, x: NodeId, attribute: &Attribute) -> Result<NodeId, GraphError> {
        let Attribute::Axes(outer) = attribute else { return Ok(x) };
        match self.attribute(x) {
            Attribute::Axes(inner) if self.primitive(x) == Primitive::Transpose => {
                let both: Vec<usize> = outer.iter().map(|&axis| inner[axis]).collect();
                let from = self.operands(x)[0];
                self.transpose(from, &both)
            }
            _ => self.transpose(x, outer),
        }
    }
}
