//! Functions from outside: their differentials come as graphs and are copied in.

use std::sync::Arc;

use pyframe_graph::{Attribute, Graph, GraphError, NodeId, Type};

use super::apply::zeros;
use super::reverse::reverse;
use crate::error::DerivativeError;

/// Where the rules of functions from outside are found.
pub trait ForeignRules {
    /// The differential of one result of a function, as a graph whose inputs are the operands,
    /// then this result, then the tangents of the operands, and whose output is the result's
    /// tangent.  It must be linear in the tangents.
    fn differential(
        &self,
        function: u64,
        result: u32,
        operands: &[Type],
    ) -> Result<Arc<Graph>, DerivativeError>;
}

/// No function from outside has a rule.
#[derive(Clone, Copy, Debug)]
pub struct NoForeign;

impl ForeignRules for NoForeign {
    fn differential(&self, function: u64, _: u32, _: &[Type]) -> Result<Arc<Graph>, DerivativeError> {
        Err(DerivativeError::MissingRule(format!("foreign function #{function}")))
    }
}

struct Call {
    operands: Vec<NodeId>,
    graph: Arc<Graph>,
}

fn call(graph: &Graph, id: NodeId, rules: &dyn ForeignRules) -> Result<Call, DerivativeError> {
    let Attribute::Foreign { function, result } = *graph.attribute(id) else {
        return Err(DerivativeError::MissingRule("a foreign function without a number".into()));
    };
    let operands = graph.operands(id).to_vec();
    let types: Vec<Type> = operands.iter().map(|&x| graph.ty(x).clone()).collect();
    let differential = rules.differential(function, result, &types)?;
    let [wanted, given] = [2 * operands.len() + 1, differential.inputs().len()];
    if wanted != given {
        let what =
            format!("foreign function #{function}: its differential takes {given} arguments, not {wanted}");
        return Err(DerivativeError::MissingRule(what));
    }
    Ok(Call { operands, graph: differential })
}

/// The tangent of a foreign node.
pub fn forward_call(
    graph: &mut Graph,
    id: NodeId,
    tangents: &[Option<NodeId>],
    rules: &dyn ForeignRules,
) -> Result<NodeId, DerivativeError> {
    let Call { operands, graph: differential } = call(graph, id, rules)?;
    let mut arguments = operands.clone();
    arguments.push(id);
    for (operand, tangent) in operands.iter().zip(tangents) {
        let ty = graph.ty(*operand).clone();
        arguments.push(tangent.map_or_else(|| zeros(graph, &ty), Ok)?);
    }
    Ok(graph.inline(&differential, &arguments)?[0])
}

/// The adjoints of a foreign node's active operands: its differential is linear in the
/// tangents, so the reverse pass over it is its adjoint.
pub fn reverse_call(
    graph: &mut Graph,
    id: NodeId,
    seed: NodeId,
    active: &[bool],
    rules: &dyn ForeignRules,
) -> Result<Vec<Option<NodeId>>, DerivativeError> {
    let Call { operands, graph: differential } = call(graph, id, rules)?;
    let mut back = (*differential).clone();
    let output =
        *back.outputs().first().ok_or(GraphError::Malformed { node: 0, what: "no output".into() })?;
    let seed_type = back.ty(output).clone();
    let seed_input = back.input(seed_type)?;
    let tangents: Vec<NodeId> = back.inputs()[operands.len() + 1..2 * operands.len() + 1].to_vec();
    let wanted: Vec<NodeId> = tangents.iter().zip(active).filter(|(_, a)| **a).map(|(t, _)| *t).collect();
    let found = reverse(&mut back, &[(output, seed_input)], &wanted, rules)?;
    let present: Vec<NodeId> = found.iter().flatten().copied().collect();
    back.set_outputs(&present);
    // The tangents are gone from the adjoint of a linear function: zeros stand in for them.
    let mut arguments = operands.clone();
    arguments.push(id);
    for operand in &operands {
        let ty = graph.ty(*operand).clone();
        arguments.push(zeros(graph, &ty)?);
    }
    arguments.push(seed);
    let mut copied = graph.inline(&back, &arguments)?.into_iter();
    let mut found = found.into_iter();
    Ok(active
        .iter()
        .map(|&active| if active { found.next().flatten().and_then(|_| copied.next()) } else { None })
        .collect())
}
