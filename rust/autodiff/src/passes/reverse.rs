//! Reverse mode: adjoints flow against the values.

use pyframe_graph::{Graph, NodeId, Primitive};
use smallvec::SmallVec;

use super::adjoint::{adjoint, plus};
use super::collected::Collected;
use super::elementwise::elementwise;
use super::foreign::{ForeignRules, reverse_call};
use super::node::{differential, sources};
use super::spectrum::used_columns;
use super::steps::Steps;
use crate::error::DerivativeError;

/// Add the adjoints of the nodes `wrt`, given the adjoints of some nodes; an absent one is
/// zero.  What the nodes `wrt` were computed from is not looked at.
pub fn reverse(
    graph: &mut Graph,
    seeds: &[(NodeId, NodeId)],
    wrt: &[NodeId],
    rules: &dyn ForeignRules,
) -> Result<Vec<Option<NodeId>>, DerivativeError> {
    let Some(last) = seeds.iter().map(|(node, _)| node.index()).max() else {
        return Ok(vec![None; wrt.len()]);
    };
    let varies = varying(graph, wrt, last);
    let mut adjoints: Vec<Option<NodeId>> = vec![None; last + 1];
    for &(node, seed) in seeds {
        adjoints[node.index()] = Some(plus(graph, adjoints[node.index()], seed)?);
    }
    let mut cut = vec![false; last + 1];
    for id in wrt.iter().filter(|id| id.index() <= last) {
        cut[id.index()] = true;
    }
    let roots: Vec<NodeId> = seeds.iter().map(|(node, _)| *node).collect();
    let needed = graph.needed_for(&roots);
    let read = (0..=last as u32).map(NodeId).filter(|id| needed[id.index()] && varies[id.index()]);
    let mut collected = Collected::new(graph, read);
    let mut memory = Vec::new();
    for id in (0..=last as u32).rev().map(NodeId) {
        collected.add_to(graph, id, &mut adjoints)?;
        let (Some(seed), true, false) = (adjoints[id.index()], varies[id.index()], cut[id.index()]) else {
            continue;
        };
        if collected.keep(graph, id, seed, &mut adjoints)? {
            adjoints[id.index()] = None;
            continue;
        }
        let read = sources(graph, id);
        let active: SmallVec<[bool; 4]> = read.iter().map(|x| varies[x.index()]).collect();
        let found = if graph.primitive(id) == Primitive::Foreign {
            reverse_call(graph, id, seed, &active, rules)?
        } else if let Some(found) = elementwise(graph, id, seed, &read, &active)? {
            found
        } else {
            let used = used_columns(graph, id, seed, seeds);
            let steps = Steps::in_memory(graph, memory).with_columns(used);
            let result = differential(&steps, id, &read, &active)?;
            memory = steps.take();
            match result {
                Some(result) => adjoint(graph, &memory, result, seed, read.len())?,
                None => continue,
            }
        };
        for (operand, back) in read.iter().zip(found) {
            if let Some(back) = back {
                let place = operand.index();
                adjoints[place] = Some(plus(graph, adjoints[place], back)?);
            }
        }
        // Most adjoints are not needed again.
        adjoints[id.index()] = None;
    }
    Ok(wrt.iter().map(|id| adjoints.get(id.index()).copied().flatten()).collect())
}

/// Which nodes up to `last` are computed from the nodes `wrt`, as numbers that vary.
fn varying(graph: &Graph, wrt: &[NodeId], last: usize) -> Vec<bool> {
    let mut varies = vec![false; last + 1];
    for id in wrt.iter().filter(|id| id.index() <= last) {
        varies[id.index()] = true;
    }
    let first = wrt.iter().map(|id| id.index()).min().unwrap_or(last);
    for id in (first as u32..=last as u32).map(NodeId) {
        if !varies[id.index()] && graph.dtype(id).is_float() {
            varies[id.index()] = graph.operands(id).iter().any(|x| varies[x.index()]);
        }
    }
    varies
}
