//! Linear maps as graphs: what a rule from outside becomes once it has been traced.
//!
//! The first inputs are parameters (the operands of a function and its result), the others are
//! what the map is linear in.  The map is read backwards by the reverse pass over its graph, and
//! restricted to some of its arguments by the forward pass, which leaves products that keep
//! zeros (K1) in place of plain ones.

use pyframe_graph::{Array, Attribute, Binary, Graph, GraphError, NodeId, Part, Primitive, Reduction, Type};
use pyframe_graph::{Data, Unary};

use super::apply::zeros;
use super::foreign::{ForeignRules, NoForeign, linear_operand};
use super::forward::forward;
use super::reverse::reverse;
use crate::error::DerivativeError;

/// A graph that is linear in its last inputs.
#[derive(Clone, Debug)]
pub struct LinearMap {
    graph: Graph,
    parameters: usize,
    /// The types of the results, and whether they are computed; the others are zero.
    results: Vec<(Type, bool)>,
}

impl LinearMap {
    /// A graph whose outputs must be linear in the inputs after the first `parameters`.
    pub fn new(graph: Graph, parameters: usize) -> Result<Self, DerivativeError> {
        Self::with_rules(graph, parameters, &NoForeign)
    }

    /// The same, where functions from outside may be linear.
    pub fn with_rules(
        graph: Graph,
        parameters: usize,
        rules: &dyn ForeignRules,
    ) -> Result<Self, DerivativeError> {
        let kinds = kinds(&graph, &graph.inputs()[parameters..], rules)?;
        if let Some(id) = graph.outputs().iter().find(|id| kinds[id.index()] == Kind::Free) {
            let what = format!("{id} does not vanish with the arguments it should be linear in");
            return Err(DerivativeError::NonLinear(what));
        }
        let result = |id: &NodeId| (graph.ty(*id).clone(), kinds[id.index()] == Kind::Linear);
        let results: Vec<_> = graph.outputs().iter().map(result).collect();
        let mut map = Self { graph, parameters, results };
        let computed = map.computed();
        map.graph.set_outputs(&computed);
        Ok(map)
    }

    fn computed(&self) -> Vec<NodeId> {
        let outputs = self.graph.outputs().iter().zip(&self.results);
        outputs.filter(|(_, (_, computed))| *computed).map(|(id, _)| *id).collect()
    }

    fn arguments(&self) -> &[NodeId] {
        &self.graph.inputs()[self.parameters..]
    }

    /// The map of some of the arguments, the others being zero.
    pub fn restricted(&self, active: &[bool], rules: &dyn ForeignRules) -> Result<Self, DerivativeError> {
        let mut graph = self.graph.clone();
        let outputs = graph.outputs().to_vec();
        let mut seeds = Vec::new();
        for (&argument, _) in self.arguments().iter().zip(active).filter(|(_, active)| **active) {
            let ty = graph.ty(argument).clone();
            seeds.push((argument, graph.input(ty)?));
        }
        let found = forward(&mut graph, &seeds, &outputs, rules)?;
        self.without_arguments(graph, self.results.clone(), found)
    }

    /// The adjoint: from as many arguments as there are results, to as many results as there
    /// are arguments.
    pub fn transposed(&self, rules: &dyn ForeignRules) -> Result<Self, DerivativeError> {
        let mut graph = self.graph.clone();
        let mut outputs = self.graph.outputs().iter();
        let mut seeds = Vec::new();
        for (ty, computed) in &self.results {
            let seed = graph.input(ty.clone())?;
            let output = if *computed { outputs.next() } else { None };
            seeds.extend(output.map(|&output| (output, seed)));
        }
        let found = reverse(&mut graph, &seeds, self.arguments(), rules)?;
        let results = self.arguments().iter().map(|&id| (self.graph.ty(id).clone(), true)).collect();
        self.without_arguments(graph, results, found)
    }

    /// Some of the results alone.
    pub fn selected(&self, wanted: &[bool]) -> Result<Self, DerivativeError> {
        let mut outputs = self.graph.outputs().iter();
        let mut kept = Vec::new();
        let mut results = Vec::new();
        for (result, &wanted) in self.results.iter().zip(wanted) {
            let output = if result.1 { outputs.next() } else { None };
            if wanted {
                kept.extend(output.copied());
                results.push(result.clone());
            }
        }
        let mut graph = self.graph.clone();
        graph.set_outputs(&kept);
        Ok(Self { graph: graph.pruned()?, parameters: self.parameters, results })
    }

    /// A graph that has new inputs in place of this map's arguments.
    fn without_arguments(
        &self,
        mut graph: Graph,
        results: Vec<(Type, bool)>,
        found: Vec<Option<NodeId>>,
    ) -> Result<Self, DerivativeError> {
        let mut found = found.into_iter();
        let mut computed = Vec::new();
        let mut present = Vec::new();
        for (ty, computed_before) in results {
            let node = if computed_before { found.next().flatten() } else { None };
            computed.extend(node);
            present.push((ty, node.is_some()));
        }
        graph.set_outputs(&computed);
        let gone = self.parameters..self.parameters + self.arguments().len();
        let mut made = Graph::append_only();
        let mut inputs = Vec::with_capacity(graph.inputs().len());
        for (k, &input) in graph.inputs().iter().enumerate() {
            let ty = graph.ty(input);
            inputs.push(if gone.contains(&k) { zeros(&mut made, ty)? } else { made.input(ty.clone())? });
        }
        let outputs = made.inline(&graph, &inputs)?;
        made.set_outputs(&outputs);
        Ok(Self { graph: made.pruned()?, parameters: self.parameters, results: present })
    }

    /// Add the map's nodes to a graph; the nodes of its results, absent where they are zero.
    pub fn apply(
        &self,
        graph: &mut Graph,
        parameters: &[NodeId],
        arguments: &[NodeId],
    ) -> Result<Vec<Option<NodeId>>, GraphError> {
        let mut made = graph.inline(&self.graph, &[parameters, arguments].concat())?.into_iter();
        let result = |(_, computed): &(Type, bool)| if *computed { made.next() } else { None };
        Ok(self.results.iter().map(result).collect())
    }
}

/// How a node depends on the arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Not at all.
    Free,
    /// Not at all, and it is zero.
    Zero,
    /// As a linear function.
    Linear,
}

/// How each node depends on the arguments; an error at the first that is not linear in them.
fn kinds(
    graph: &Graph,
    arguments: &[NodeId],
    rules: &dyn ForeignRules,
) -> Result<Vec<Kind>, DerivativeError> {
    use Kind::{Free, Linear, Zero};
    use Primitive as P;
    let mut kinds: Vec<Kind> = Vec::with_capacity(graph.len());
    for id in graph.ids() {
        let own: Vec<Kind> = graph.operands(id).iter().map(|x| kinds[x.index()]).collect();
        let refuse = || {
            let name = graph.primitive(id).name();
            DerivativeError::NonLinear(format!("{name} ({id}) of something that depends on them"))
        };
        // A sum, or parts put together: linear where each part is.
        let together = |parts: &[Kind]| match (parts.contains(&Linear), parts.contains(&Free)) {
            (true, true) => {
                let name = graph.primitive(id).name();
                Err(DerivativeError::NonLinear(format!(
                    "{name} ({id}) joins something that depends on them with something that does not vanish"
                )))
            }
            (true, false) => Ok(Linear),
            (false, true) => Ok(Free),
            (false, false) => Ok(Zero),
        };
        let product = |a: Kind, b: Kind| match (a, b) {
            (Linear, Linear) => Err(refuse()),
            (Zero, _) | (_, Zero) => Ok(Zero),
            (Linear, _) | (_, Linear) => Ok(Linear),
            (Free, Free) => Ok(Free),
        };
        kinds.push(match (graph.primitive(id), own.as_slice()) {
            (P::Input, _) => {
                if arguments.contains(&id) {
                    Linear
                } else {
                    Free
                }
            }
            (P::Constant, _) => {
                if is_zero(graph, id) {
                    Zero
                } else {
                    Free
                }
            }
            (P::Unary(Unary::Neg | Unary::Copy), &[x]) => x,
            (P::Convert, &[x]) if graph.dtype(id).is_float() => x,
            (
                P::Reduce(Reduction::Sum)
                | P::Cumsum
                | P::CumsumReverse
                | P::Reshape
                | P::Transpose
                | P::Broadcast
                | P::Slice
                | P::Unslice
                | P::Element,
                &[x],
            ) => x,
            (P::Binary(Binary::Add | Binary::Sub), parts) => together(parts)?,
            (
                P::Binary(Binary::Mul | Binary::Scale | Binary::Strong) | P::Contract | P::StrongContract,
                &[a, b],
            ) => product(a, b)?,
            (P::Binary(Binary::Div), &[a, b]) if b != Linear => {
                if a == Linear {
                    Linear
                } else {
                    Free
                }
            }
            (P::Select, &[condition, a, b]) if condition != Linear => together(&[a, b])?,
            (P::Concatenate | P::Stack, parts) => together(parts)?,
            (P::Gather | P::ScatterAdd, &[x, places]) if places != Linear => x,
            (P::Put, &[x, places, values]) if places != Linear => together(&[x, values])?,
            (
                P::Part(Part::Solve | Part::SolveTransposed)
                | P::TriangularSolve
                | P::TriangularSolveTransposed
                | P::ExpmFrechet,
                &[a, Linear],
            ) if a != Linear => Linear,
            (P::CofactorFrechet, &[a, ref along @ ..])
                if a != Linear && along.iter().filter(|kind| **kind == Linear).count() == 1 =>
            {
                Linear
            }
            (P::Foreign, own)
                if linear_operand(graph, id, rules).is_some_and(|place| {
                    own.iter().enumerate().all(|(k, kind)| (*kind == Linear) == (k == place))
                }) =>
            {
                Linear
            }
            (_, own) if own.contains(&Linear) => return Err(refuse()),
            _ => Free,
        });
    }
    Ok(kinds)
}

/// Whether a constant is zero.
fn is_zero(graph: &Graph, id: NodeId) -> bool {
    fn all(array: &Array) -> bool {
        let mut places = array.places();
        match array.data() {
            Data::Bool(_) | Data::Int64(_) => false,
            Data::Float32(v) => places.all(|k| v[k] == 0.0),
            Data::Float64(v) => places.all(|k| v[k] == 0.0),
        }
    }
    match (graph.nodes()[id.index()].scalar_constant(), graph.attribute(id)) {
        (Some(number), _) => number == 0.0,
        (None, Attribute::Value(array)) => all(array),
        _ => false,
    }
}
