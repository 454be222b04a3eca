//! The lecture's worked examples: derivatives are the expressions that it gives.

use pyframe_graph::Unary;
use pyframe_matcalc::derivative::{
    Contraction, Said, contractions, derivation, derivative, gradient, jacobian,
};
use pyframe_matcalc::{Declaration, Facts, Function, Id, Map, Store, Type};

struct Names {
    store: Store,
    x: Id,
    b: Id,
    c: Id,
    a: Id,
}

fn named(store: &mut Store, name: &str, ty: Type, facts: Facts) -> Id {
    store.symbol(Declaration { name: name.into(), ty, facts, differential: None })
}

fn names(facts: Facts) -> Names {
    let mut store = Store::default();
    let n = store.sizes.name("n");
    let x = named(&mut store, "x", Type::vector(n), Facts::NONE);
    let a = named(&mut store, "A", Type::new(n, n), facts);
    let b = named(&mut store, "b", Type::vector(n), Facts::NONE);
    let c = named(&mut store, "c", Type::SCALAR, Facts::NONE);
    Names { store, x, b, c, a }
}

/// A + A'
fn symmetrised(store: &mut Store, a: Id) -> Id {
    let turned = store.transpose(a);
    store.add(a, turned)
}

#[test]
fn a_quadratic_form() {
    let Names { mut store, x, b, c, a } = names(Facts::NONE);
    let ax = store.mul(a, x);
    let (form, line) = (store.inner(x, ax), store.inner(b, x));
    let f = store.sum(&[(form, 1.0), (line, -1.0), (c, 1.0)]);
    let g = gradient(&mut store, f, x).unwrap();
    let both = symmetrised(&mut store, a);
    let wanted = store.mul(both, x);
    let wanted = store.sub(wanted, b);
    assert_eq!(g, wanted);
    assert_eq!(jacobian(&mut store, g, x), Ok(Some(both)));
}

#[test]
fn the_logarithm_of_a_quadratic_form() {
    for facts in [Facts::NONE, Facts::SYMMETRIC] {
        let Names { mut store, x, a, .. } = names(facts);
        let ax = store.mul(a, x);
        let form = store.inner(x, ax);
        let f = store.map(Map::Unary(Unary::Log), form);
        let g = gradient(&mut store, f, x).unwrap();
        let both = symmetrised(&mut store, a);
        let wanted = store.product(1.0, &[(form, -1.0)], &[(both, 1), (x, 1)]);
        assert_eq!(g, wanted);
        // (A + A')/s - g g'
        let hessian = jacobian(&mut store, g, x).unwrap().unwrap();
        let turned = store.transpose(wanted);
        let outer = store.mul(wanted, turned);
        let first = store.product(1.0, &[(form, -1.0)], &[(both, 1)]);
        let wanted = store.sub(first, outer);
        assert_eq!(hessian, wanted, "{:?} {:?}", store.node(hessian), store.node(wanted));
    }
}

#[test]
fn a_log_determinant() {
    let mut store = Store::default();
    let n = store.sizes.name("n");
    let s = named(&mut store, "S", Type::new(n, n), Facts::NONE);
    let x = named(&mut store, "X", Type::new(n, n), Facts::INVERTIBLE);
    let (inner, log) = (store.inner(s, x), store.function(Function::LogDet, x));
    let f = store.sub(inner, log);
    let inverse = store.inverse(x);
    let turned = store.transpose(inverse);
    let wanted = store.sub(s, turned);
    assert_eq!(gradient(&mut store, f, x), Ok(wanted));
}

#[test]
fn a_logistic_loss() {
    let mut store = Store::default();
    let (m, n) = (store.sizes.name("m"), store.sizes.name("n"));
    let a = named(&mut store, "A", Type::new(m, n), Facts::NONE);
    let x = named(&mut store, "x", Type::vector(n), Facts::NONE);
    let y = named(&mut store, "y", Type::vector(m), Facts::NONE);
    let ax = store.mul(a, x);
    let margin = store.hadamard(y, ax);
    let margin = store.neg(margin);
    let powers = store.map(Map::Unary(Unary::Exp), margin);
    let one = store.number(1.0);
    let both = store.add(one, powers);
    let logs = store.map(Map::Unary(Unary::Log), both);
    let f = store.function(Function::Total, logs);
    let softplus = store.map(Map::Unary(Unary::Softplus), margin);
    assert_eq!(f, store.function(Function::Total, softplus));
    // -A'(y .* sigmoid(-y .* A x))
    let g = gradient(&mut store, f, x).unwrap();
    let sigmoid = store.map(Map::Unary(Unary::Expit), margin);
    let weighted = store.hadamard(y, sigmoid);
    let turned = store.transpose(a);
    let wanted = store.mul(turned, weighted);
    let wanted = store.neg(wanted);
    assert_eq!(g, wanted);
    // A' diag(y^2 s (1 - s)) A
    let hessian = jacobian(&mut store, g, x).unwrap().unwrap();
    let rest = store.sub(one, sigmoid);
    let weights = store.hadamard_of(&[(y, 2.0), (sigmoid, 1.0), (rest, 1.0)]);
    let weights = store.function(Function::Diag, weights);
    let wanted = store.product(1.0, &[], &[(turned, 1), (weights, 1), (a, 1)]);
    assert_eq!(hessian, wanted);
}

#[test]
fn a_softmax_loss() {
    let mut store = Store::default();
    let n = store.sizes.name("n");
    let x = named(&mut store, "x", Type::vector(n), Facts::NONE);
    let y = named(&mut store, "y", Type::vector(n), Facts::NONE);
    let (log, line) = (store.function(Function::Logsumexp, x), store.inner(y, x));
    let f = store.sub(log, line);
    let g = gradient(&mut store, f, x).unwrap();
    let p = store.function(Function::Softmax, x);
    assert_eq!(g, store.sub(p, y));
    let hessian = jacobian(&mut store, g, x).unwrap().unwrap();
    let (diagonal, row) = (store.function(Function::Diag, p), store.transpose(p));
    let outer = store.mul(p, row);
    assert_eq!(hessian, store.sub(diagonal, outer));
}

#[test]
fn a_derivation_ends_with_the_gradient() {
    use Said::{Collected as C, Differential as D, Function as F, Gradient as G};
    let Names { mut store, x, a, .. } = names(Facts::NONE);
    let ax = store.mul(a, x);
    let form = store.inner(x, ax);
    let f = store.map(Map::Unary(Unary::Log), form);
    let lines = derivation(&mut store, f, x).unwrap();
    let said: Vec<_> = lines.iter().map(|line| line.said).collect();
    assert_eq!(said, [F, D, D, D, C, C, G], "{lines:?}");
    assert_eq!(lines[6].form, gradient(&mut store, f, x).unwrap());
}

#[test]
fn second_derivatives_in_index_notation() {
    let mut store = Store::default();
    let n = store.sizes.name("n");
    let x = named(&mut store, "X", Type::new(n, n), Facts::INVERTIBLE);
    let f = store.function(Function::LogDet, x);
    let second = derivative(&mut store, f, &[x, x]).unwrap();
    // d(inv(X)') = -inv(X)' dX' inv(X)'
    let inverse = store.inverse(x);
    let turned = store.transpose(inverse);
    let terms = contractions(&mut store, &second, false).unwrap();
    let wanted = Contraction {
        coefficient: -1.0,
        factors: vec![(turned, "il".into()), (turned, "kj".into())],
        output: "ijkl".into(),
    };
    assert_eq!(terms, [wanted]);
}
