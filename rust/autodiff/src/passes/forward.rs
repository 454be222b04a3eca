//! Forward mode: tangents flow with the values.

use pyframe_graph::{Graph, NodeId, Primitive};
use smallvec::SmallVec;

use super::apply::apply;
use super::foreign::{ForeignRules, forward_call};
use super::node::{differential, sources};
use super::steps::Steps;
use crate::error::DerivativeError;

/// Add the tangents of `outputs`, given the tangents of some nodes; an absent one is zero.
pub fn forward(
    graph: &mut Graph,
    seeds: &[(NodeId, NodeId)],
    outputs: &[NodeId],
    rules: &dyn ForeignRules,
) -> Result<Vec<Option<NodeId>>, DerivativeError> {
    let count = graph.len();
    let needed = graph.needed_for(outputs);
    let mut tangents: Vec<Option<NodeId>> = vec![None; count];
    for &(node, tangent) in seeds {
        tangents[node.index()] = Some(tangent);
    }
    let mut memory = Vec::new();
    let first = seeds.iter().map(|(node, _)| node.index()).min().unwrap_or(count);
    for id in (first as u32..count as u32).map(NodeId) {
        if !needed[id.index()] || tangents[id.index()].is_some() || !graph.dtype(id).is_float() {
            continue;
        }
        let read = sources(graph, id);
        let own: SmallVec<[Option<NodeId>; 2]> = read.iter().map(|x| tangents[x.index()]).collect();
        let active: SmallVec<[bool; 4]> = own.iter().map(Option::is_some).collect();
        if !active.contains(&true) || matches!(graph.primitive(id), Primitive::Factor(_)) {
            continue;
        }
        if graph.primitive(id) == Primitive::Foreign {
            tangents[id.index()] = forward_call(graph, id, &own, rules)?;
            continue;
        }
        let steps = Steps::in_memory(graph, memory);
        let result = differential(&steps, id, &read, &active)?;
        memory = steps.take();
        if let Some(result) = result {
            tangents[id.index()] = Some(apply(graph, &memory, result, &own)?);
        }
    }
    Ok(outputs.iter().map(|id| tangents[id.index()]).collect())
}
