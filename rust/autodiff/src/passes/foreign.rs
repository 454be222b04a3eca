//! Functions from outside: their differentials and adjoints come as graphs and are copied in.

use std::sync::Arc;

use pyframe_graph::{Attribute, Graph, NodeId, Primitive, Type};

use super::elementwise::Adjoints;
use super::linear::LinearMap;
use crate::error::DerivativeError;

/// A call of a function from outside, as its derivative is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Call {
    /// The number it was registered under in this process.
    pub function: u64,
    /// Which of its results.
    pub result: u32,
    /// What it is given.
    pub operands: Vec<Type>,
    /// Which operands have a tangent, or want an adjoint.
    pub active: Vec<bool>,
}

/// Where the rules of functions from outside are found.
///
/// The parameters of the maps are the operands and the result.
pub trait ForeignRules {
    /// From the tangents of the active operands to the tangent of the result.
    fn differential(&self, call: &Call) -> Result<Arc<LinearMap>, DerivativeError>;

    /// From the adjoint of the result to the adjoints of the active operands.
    fn adjoint(&self, call: &Call) -> Result<Arc<LinearMap>, DerivativeError>;

    /// The operand in which a function is linear, when there is one: its tangent is the function
    /// itself, which no rule need tell.
    fn linear(&self, _function: u64) -> Option<usize> {
        None
    }
}

/// The operand in which a node is linear, when it is a call of a function that has one.
pub(super) fn linear_operand(graph: &Graph, id: NodeId, rules: &dyn ForeignRules) -> Option<usize> {
    match *graph.attribute(id) {
        Attribute::Foreign { function, .. } => rules.linear(function),
        _ => None,
    }
}

/// No function from outside has a rule.
#[derive(Clone, Copy, Debug)]
pub struct NoForeign;

fn missing(call: &Call) -> DerivativeError {
    DerivativeError::MissingRule(format!("foreign function #{}", call.function))
}

impl ForeignRules for NoForeign {
    fn differential(&self, call: &Call) -> Result<Arc<LinearMap>, DerivativeError> {
        Err(missing(call))
    }
    fn adjoint(&self, call: &Call) -> Result<Arc<LinearMap>, DerivativeError> {
        Err(missing(call))
    }
}

/// The call, and the parameters of its maps.
fn call(graph: &Graph, id: NodeId, active: &[bool]) -> Result<(Call, Vec<NodeId>), DerivativeError> {
    let Attribute::Foreign { function, result } = *graph.attribute(id) else {
        return Err(DerivativeError::MissingRule("a foreign function without a number".into()));
    };
    let mut parameters = graph.operands(id).to_vec();
    let operands = parameters.iter().map(|&x| graph.ty(x).clone()).collect();
    parameters.push(id);
    Ok((Call { function, result, operands, active: active.to_vec() }, parameters))
}

/// The tangent of a foreign node.
pub fn forward_call(
    graph: &mut Graph,
    id: NodeId,
    tangents: &[Option<NodeId>],
    rules: &dyn ForeignRules,
) -> Result<Option<NodeId>, DerivativeError> {
    let active: Vec<bool> = tangents.iter().map(Option::is_some).collect();
    if let Some((place, tangent)) = along_linear(graph, id, tangents, rules) {
        let mut operands = graph.operands(id).to_vec();
        operands[place] = tangent;
        let (attribute, ty) = (graph.attribute(id).clone(), graph.ty(id).clone());
        return Ok(Some(graph.add(Primitive::Foreign, &operands, attribute, Some(&ty))?));
    }
    let (call, parameters) = call(graph, id, &active)?;
    let map = rules.differential(&call)?;
    let given: Vec<NodeId> = tangents.iter().flatten().copied().collect();
    Ok(map.apply(graph, &parameters, &given)?.into_iter().next().flatten())
}

/// The only tangent, when it is that of the operand in which the function is linear.
fn along_linear(
    graph: &Graph,
    id: NodeId,
    tangents: &[Option<NodeId>],
    rules: &dyn ForeignRules,
) -> Option<(usize, NodeId)> {
    let place = linear_operand(graph, id, rules)?;
    let alone = tangents.iter().enumerate().all(|(k, tangent)| tangent.is_none() || k == place);
    tangents.get(place).copied().flatten().filter(|_| alone).map(|tangent| (place, tangent))
}

/// The adjoints of a foreign node's operands.
pub fn reverse_call(
    graph: &mut Graph,
    id: NodeId,
    seed: NodeId,
    active: &[bool],
    rules: &dyn ForeignRules,
) -> Result<Adjoints, DerivativeError> {
    let (call, parameters) = call(graph, id, active)?;
    let map = rules.adjoint(&call)?;
    let mut found = map.apply(graph, &parameters, &[seed])?.into_iter();
    Ok(active.iter().map(|&active| if active { found.next().flatten() } else { None }).collect())
}
