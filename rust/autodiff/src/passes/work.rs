//! What the passes would do, counted on the graph without running anything.

use pyframe_graph::{Graph, NodeId};

use super::foreign::ForeignRules;
use super::forward::forward;
use super::reverse::reverse;
use crate::error::DerivativeError;

/// Operations of a pass over several directions (or adjoints) at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PassWork {
    /// Of what does not depend on the direction: partial derivatives.
    pub once: usize,
    /// Of what is done for each direction.
    pub each: usize,
}

/// The work of the pass forward from `inputs` and of the pass back from `outputs`, for the graph
/// of a recording, which compares no nodes: what both passes need is counted for both.
pub fn pass_work(
    graph: &Graph,
    inputs: &[NodeId],
    outputs: &[NodeId],
    rules: &dyn ForeignRules,
) -> Result<(PassWork, PassWork), DerivativeError> {
    let mut graph = graph.clone();
    let start = graph.len();
    let seeds = seeded(&mut graph, inputs)?;
    let found = forward(&mut graph, &seeds, outputs, rules)?;
    let ahead = counted(&graph, start, start + inputs.len(), &found);
    let start = graph.len();
    let seeds = seeded(&mut graph, outputs)?;
    let found = reverse(&mut graph, &seeds, inputs, rules)?;
    Ok((ahead, counted(&graph, start, start + outputs.len(), &found)))
}

/// Each node with an input of its type, which stands for its direction.
fn seeded(graph: &mut Graph, nodes: &[NodeId]) -> Result<Vec<(NodeId, NodeId)>, DerivativeError> {
    let seed = |&node: &NodeId| Ok((node, graph.input(graph.ty(node).clone())?));
    nodes.iter().map(seed).collect()
}

/// The work of the nodes from `start` on, of which those before `first` are the directions.
fn counted(graph: &Graph, start: usize, first: usize, found: &[Option<NodeId>]) -> PassWork {
    let results: Vec<NodeId> = found.iter().flatten().copied().collect();
    let needed = graph.needed_for(&results);
    let mut depends = vec![false; graph.len()];
    depends[start..first].fill(true);
    let mut work = PassWork::default();
    for id in (first as u32..graph.len() as u32).map(NodeId).filter(|id| needed[id.index()]) {
        depends[id.index()] = graph.operands(id).iter().any(|x| depends[x.index()]);
        let kind = if depends[id.index()] { &mut work.each } else { &mut work.once };
        *kind = kind.saturating_add(graph.work(id));
    }
    work
}

#[cfg(test)]
mod tests {
    use pyframe_graph::{DType, Labels, Type, Unary};

    use super::*;
    use crate::NoForeign;

    #[test]
    fn a_product_with_a_matrix_costs_the_same_both_ways() {
        let mut graph = Graph::append_only();
        let a = graph.input(Type::new(DType::Float64, &[3, 5])).unwrap();
        let x = graph.input(Type::new(DType::Float64, &[5])).unwrap();

        let y = graph.contract(a, x, Labels::new("ij", "j", "i")).unwrap();
        let (ahead, back) = pass_work(&graph, &[x], &[y], &NoForeign).unwrap();
        assert_eq!((ahead, back), (PassWork { once: 0, each: 15 }, PassWork { once: 0, each: 15 }));
    }

    #[test]
    fn partial_derivatives_are_computed_once() {
        let mut graph = Graph::append_only();
        let x = graph.input(Type::new(DType::Float64, &[4])).unwrap();
        let y = graph.unary(Unary::Sin, x).unwrap();
        let (ahead, back) = pass_work(&graph, &[x], &[y], &NoForeign).unwrap();
        assert_eq!((ahead, back), (PassWork { once: 4, each: 4 }, PassWork { once: 4, each: 4 }));
    }
}
