//! Rules from outside as linear maps: what is linear, restricted, transposed, and called.

use std::sync::Arc;

use pyframe_autodiff::{Call, DerivativeError, ForeignRules, LinearMap, NoForeign, batch, forward, reverse};
use pyframe_graph::{Attribute, Binary, DType, Graph, GraphError, NodeId, Primitive, Type, Unary};

type Made = Result<(), DerivativeError>;

fn vector() -> Type {
    Type::new(DType::Float64, &[3])
}

/// A map with the parameter x and the arguments s and t, made by `add`.
fn map(
    add: impl FnOnce(&mut Graph, NodeId, NodeId, NodeId) -> Result<NodeId, GraphError>,
) -> Result<LinearMap, DerivativeError> {
    let mut graph = Graph::append_only();
    let [x, s, t] = [graph.input(vector())?, graph.input(vector())?, graph.input(vector())?];
    let output = add(&mut graph, x, s, t)?;
    graph.set_outputs(&[output]);
    LinearMap::new(graph, 1)
}

#[test]
fn sums_and_products_with_parameters_are_linear() -> Made {
    map(|g, x, s, t| {
        let scaled = g.binary(Binary::Mul, x, s)?;
        let halved = g.binary(Binary::Div, t, x)?;
        g.binary(Binary::Sub, scaled, halved)
    })?;
    map(|g, x, s, _| {
        let zero = g.number(DType::Float64, 0.0)?;
        let positive = g.compare(pyframe_graph::Compare::Greater, x, zero)?;
        g.select(positive, s, zero)
    })?;
    map(|g, _, _, _| g.number(DType::Float64, 0.0))?;
    Ok(())
}

#[test]
fn what_is_not_linear_is_named() {
    let text = |made: Result<LinearMap, DerivativeError>| match made {
        Err(DerivativeError::NonLinear(text)) => text,
        other => panic!("expected a refusal, got {other:?}"),
    };
    assert!(text(map(|g, _, s, t| g.binary(Binary::Mul, s, t))).starts_with("multiply"));
    assert!(text(map(|g, _, s, _| g.unary(Unary::Abs, s))).starts_with("abs"));
    assert!(text(map(|g, x, s, _| g.binary(Binary::Div, x, s))).starts_with("divide"));
    assert!(text(map(|g, x, s, _| g.binary(Binary::Add, x, s))).contains("does not vanish"));
    assert!(text(map(|_, x, _, _| Ok(x))).contains("does not vanish"));
}

#[test]
fn arguments_that_are_left_out_leave_no_trace() -> Made {
    let both = map(|g, x, s, t| {
        let first = g.binary(Binary::Mul, x, s)?;
        let exp = g.unary(Unary::Exp, x)?;
        let second = g.binary(Binary::Mul, exp, t)?;
        g.binary(Binary::Add, first, second)
    })?;
    let mut graph = Graph::append_only();
    let [x, s] = [graph.input(vector())?, graph.input(vector())?];
    let found = both.restricted(&[true, false], &NoForeign)?.apply(&mut graph, &[x], &[s])?;
    let used: Vec<_> = graph.nodes().iter().map(|node| node.primitive).collect();
    assert!(!used.contains(&Primitive::Unary(Unary::Exp)));
    // A product that keeps zeros (K1) stands for the plain one.
    assert_eq!(graph.primitive(found[0].expect("a result")), Primitive::Binary(Binary::Strong));
    let mut graph = Graph::append_only();
    let x = graph.input(vector())?;
    let none = both.restricted(&[false, false], &NoForeign)?.apply(&mut graph, &[x], &[])?;
    assert_eq!(none, [None]);
    Ok(())
}

#[test]
fn the_adjoint_of_the_adjoint_is_the_map() -> Made {
    let sum = map(|g, x, s, t| {
        let scaled = g.binary(Binary::Mul, x, s)?;
        let turned = g.unary(Unary::Neg, t)?;
        g.binary(Binary::Add, scaled, turned)
    })?;
    let back = sum.transposed(&NoForeign)?;
    let mut graph = Graph::append_only();
    let [x, y] = [graph.input(vector())?, graph.input(vector())?];
    let found = back.apply(&mut graph, &[x], &[y])?;
    let names: Vec<_> = found.iter().map(|id| id.map(|id| graph.primitive(id).name())).collect();
    assert_eq!(names, [Some("scale"), Some("negative")]);
    let again = back.transposed(&NoForeign)?;
    let [s, t] = [graph.input(vector())?, graph.input(vector())?];
    let found = again.apply(&mut graph, &[x], &[s, t])?;
    assert_eq!(found[0].map(|id| graph.primitive(id).name()), Some("add"));
    Ok(())
}

/// dy = y dx for whatever is called.
struct Exponential;

impl ForeignRules for Exponential {
    fn differential(&self, call: &Call) -> Result<Arc<LinearMap>, DerivativeError> {
        let mut graph = Graph::append_only();
        let ty = call.operands[0].clone();
        let [_, y, dx] = [graph.input(ty.clone())?, graph.input(ty.clone())?, graph.input(ty)?];
        let dy = graph.binary(Binary::Mul, y, dx)?;
        graph.set_outputs(&[dy]);
        Ok(Arc::new(LinearMap::new(graph, 2)?.restricted(&call.active, &NoForeign)?))
    }

    fn adjoint(&self, call: &Call) -> Result<Arc<LinearMap>, DerivativeError> {
        Ok(Arc::new(self.differential(call)?.transposed(&NoForeign)?))
    }
}

/// Linear in the second operand, and its own adjoint there.
struct Symmetric;

impl ForeignRules for Symmetric {
    fn differential(&self, call: &Call) -> Result<Arc<LinearMap>, DerivativeError> {
        NoForeign.differential(call)
    }

    fn adjoint(&self, call: &Call) -> Result<Arc<LinearMap>, DerivativeError> {
        assert_eq!(call.active, [false, true]);
        let mut graph = Graph::append_only();
        let [x, _, _, v] = [(); 4].map(|()| graph.input(vector()));
        let back = applied(&mut graph, x?, v?)?;
        graph.set_outputs(&[back]);
        Ok(Arc::new(LinearMap::with_rules(graph, 3, self)?))
    }

    fn linear(&self, _: u64) -> Option<usize> {
        Some(1)
    }
}

fn applied(graph: &mut Graph, x: NodeId, t: NodeId) -> Result<NodeId, GraphError> {
    let attribute = Attribute::Foreign { function: 1, result: 0 };
    graph.add(Primitive::Foreign, &[x, t], attribute, Some(&vector()))
}

#[test]
fn a_call_may_be_linear_in_one_operand() -> Made {
    let of = |operands: fn(NodeId, NodeId) -> [NodeId; 2]| -> Result<Graph, GraphError> {
        let mut graph = Graph::append_only();
        let [x, t] = [graph.input(vector())?, graph.input(vector())?];
        let [a, b] = operands(x, t);
        let output = applied(&mut graph, a, b)?;
        graph.set_outputs(&[output]);
        Ok(graph)
    };
    let map = LinearMap::with_rules(of(|x, t| [x, t])?, 1, &Symmetric)?;
    assert!(LinearMap::new(of(|x, t| [x, t])?, 1).is_err());
    assert!(LinearMap::with_rules(of(|x, t| [t, x])?, 1, &Symmetric).is_err());
    assert!(LinearMap::with_rules(of(|_, t| [t, t])?, 1, &Symmetric).is_err());
    let back = map.transposed(&Symmetric)?;
    let mut graph = Graph::append_only();
    let [x, v] = [graph.input(vector())?, graph.input(vector())?];
    let found = back.apply(&mut graph, &[x], &[v])?[0].expect("an adjoint");
    assert_eq!(graph.operands(found), [x, v]);
    // Its tangent is the call itself, of the tangent.
    let [y, t] = [applied(&mut graph, x, v)?, graph.input(vector())?];
    let tangent = forward(&mut graph, &[(v, t)], &[y], &Symmetric)?[0].expect("a tangent");
    assert_eq!(graph.operands(tangent), [x, t]);
    // Many directions are called one by one.
    let many = graph.input(Type::new(DType::Float64, &[2, 3]))?;
    let stacked = batch(&mut graph, &[(t, many)], &[tangent])?[0].expect("many tangents");
    assert_eq!(graph.shape(stacked), [2, 3]);
    Ok(())
}

#[test]
fn calls_are_differentiated_again_and_again() -> Made {
    let mut graph = Graph::new();
    let x = graph.input(vector())?;
    let attribute = Attribute::Foreign { function: 1, result: 0 };
    let y = graph.add(Primitive::Foreign, &[x], attribute, Some(&vector()))?;
    let [one, two] = [graph.input(vector())?, graph.input(vector())?];
    let first = forward(&mut graph, &[(x, one)], &[y], &Exponential)?[0].expect("a tangent");
    assert_eq!(graph.operands(first), [one, y]);
    let second = forward(&mut graph, &[(x, two)], &[first], &Exponential)?[0].expect("a tangent");
    assert_eq!(graph.primitive(second), Primitive::Binary(Binary::Strong));
    let back = reverse(&mut graph, &[(y, one)], &[x], &Exponential)?[0].expect("an adjoint");
    assert_eq!(graph.operands(back), [one, y]);
    let missing = reverse(&mut graph, &[(y, one)], &[x], &NoForeign);
    assert_eq!(missing, Err(DerivativeError::MissingRule("foreign function #1".into())));
    Ok(())
}
