//! A pass over a recording as a program of its own, to be run for one seed after another.
//!
//! Values of the recording that the pass reads become constants, which share its numbers;
//! what the pass computes is let go after its last use, so that a hundred seeds take no more
//! memory than one.

use pyframe_graph::{Graph, NodeId, Primitive, Type};

use crate::eager::Recording;
use crate::error::TapeError;
use crate::program::Program;

/// The program from a seed to the node that `add` adds to the recording's graph; `None` where
/// it adds none.  The recording itself stays as it is.
pub fn pass(
    tape: &Recording,
    seed: &Type,
    add: impl FnOnce(&mut Graph, NodeId) -> Result<Option<NodeId>, TapeError>,
) -> Result<Option<Program>, TapeError> {
    let mut whole = tape.graph().clone();
    let start = whole.len();
    let from = whole.input(seed.clone())?;
    let Some(wanted) = add(&mut whole, from)? else { return Ok(None) };
    let needed = reached(tape, &whole, wanted, start);
    let mut own = Graph::append_only();
    let mut here = vec![NodeId(0); whole.len()];
    here[from.index()] = own.input(seed.clone())?;
    for id in whole.ids().filter(|id| needed[id.index()] && *id != from) {
        let added = id.index() >= start;
        here[id.index()] = if let Some(number) = whole.nodes()[id.index()].scalar_constant() {
            own.scalar(number)?
        } else if !added && !is_computed(tape, id) {
            own.constant(tape.array(id)?)?
        } else if whole.primitive(id) == Primitive::Element {
            own.element(here[whole.operands(id)[0].index()], whole.place(id))?
        } else {
            let operands: Vec<NodeId> = whole.operands(id).iter().map(|x| here[x.index()]).collect();
            own.add(whole.primitive(id), &operands, whole.attribute(id).clone(), Some(whole.ty(id)))?
        };
    }
    own.set_outputs(&[here[wanted.index()]]);
    Ok(Some(Program::new(&own, Vec::new(), false)?))
}

/// The nodes from `start` on that `wanted` needs, and those before it that they read; of a
/// factorisation, which is no constant, its matrix.
fn reached(tape: &Recording, graph: &Graph, wanted: NodeId, start: usize) -> Vec<bool> {
    let mut reached = vec![false; graph.len()];
    reached[wanted.index()] = true;
    for id in graph.ids().rev() {
        let computed = id.index() >= start || is_computed(tape, id);
        if reached[id.index()] && computed {
            graph.operands(id).iter().for_each(|operand| reached[operand.index()] = true);
        }
    }
    reached
}

/// Whether a node of the recording is computed again rather than made a constant: a
/// factorisation is none, and some values have been let go.
fn is_computed(tape: &Recording, id: NodeId) -> bool {
    matches!(tape.graph().primitive(id), Primitive::Factor(_)) || !tape.is_known(id)
}
