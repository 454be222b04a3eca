//! The byte form of a program: its graph, then its guards.

use pyframe_graph::{Compare, Graph, GraphError, NodeId, Reader, Type, Writer};

use crate::eager::{Comparison, Guard};
use crate::error::TapeError;
use crate::program::Program;

impl Program {
    /// Write the graph and the guards; a program that calls functions from outside has no byte
    /// form.
    pub fn write(&self, to: &mut Writer) -> Result<(), GraphError> {
        self.graph().write(to)?;
        to.count(self.guards().len());
        for guard in self.guards() {
            match guard {
                Guard::Branch(comparison, holds) => {
                    to.u8(0);
                    to.text(comparison.compare.name());
                    to.u32(comparison.left.0);
                    to.u32(comparison.right.0);
                    to.u8(u8::from(*holds));
                }
                Guard::Concrete(node, array) => {
                    to.u8(1);
                    to.u32(node.0);
                    to.array(array);
                }
            }
        }
        Ok(())
    }

    /// Read a program that was written, and plan it.
    pub fn read(from: &mut Reader<'_>) -> Result<Self, TapeError> {
        let graph = Graph::read(from)?;
        let guards = (0..from.count(6)?).map(|_| read_guard(from, &graph)).collect::<Result<_, _>>()?;
        Self::new(&graph, guards, false)
    }
}

fn read_guard(from: &mut Reader<'_>, graph: &Graph) -> Result<Guard, GraphError> {
    let node = |from: &mut Reader<'_>| {
        let id = NodeId(from.u32()?);
        if id.index() < graph.len() {
            Ok(id)
        } else {
            Err(from.wrong("a guard on a node that does not exist"))
        }
    };
    let scalar = |from: &mut Reader<'_>| {
        let id = node(from)?;
        if graph.nodes()[id.index()].is_scalar() { Ok(id) } else { Err(from.wrong("a branch on an array")) }
    };
    match from.u8()? {
        0 => {
            let name = from.text()?;
            let known = Compare::ALL.iter().find(|compare| compare.name() == name);
            let compare = *known.ok_or_else(|| from.wrong("a comparison that is not known"))?;
            let (left, right) = (scalar(from)?, scalar(from)?);
            Ok(Guard::Branch(Comparison { compare, left, right }, from.truth()?))
        }
        1 => {
            let id = node(from)?;
            let array = from.array()?;
            if Type::of(&array) == *graph.ty(id) {
                Ok(Guard::Concrete(id, array))
            } else {
                Err(from.wrong("a guard on a value of another type"))
            }
        }
        other => Err(from.wrong(format!("no guard has number {other}"))),
    }
}
