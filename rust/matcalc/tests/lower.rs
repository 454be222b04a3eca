//! Expressions as graphs: what is shared, what is solved, in which order chains are multiplied.

use pyframe_graph::{DType, Graph, Type as Array};
use pyframe_matcalc::{Declaration, Dim, Facts, Function, Id, LowerError, Store, Type, lower};

/// A symbol of this type.
fn symbol(store: &mut Store, name: &str, sizes: [&str; 2]) -> Id {
    let [rows, columns] = sizes.map(|size| if size == "1" { Dim::ONE } else { store.sizes.name(size) });
    let ty = Type::new(rows, columns);
    store.symbol(Declaration { name: name.into(), ty, facts: Facts::NONE, differential: None })
}

fn size(name: &str) -> Option<usize> {
    match name {
        "n" => Some(3),
        "m" => Some(5),
        "k" => Some(2),
        _ => None,
    }
}

/// The graph of the roots as text, its inputs the symbols in order.
fn text(store: &Store, roots: &[Id]) -> String {
    let mut graph = Graph::new();
    let mut inputs = Vec::new();
    for (declaration, id) in store.symbols() {
        let long = [declaration.ty.rows, declaration.ty.columns].into_iter().filter(|&dim| dim != Dim::ONE);
        let shape: Vec<usize> = long.filter_map(|dim| store.sizes.evaluate(dim, &size)).collect();
        inputs.push((id, graph.input(Array::new(DType::Float64, &shape)).expect("an input")));
    }
    let found = lower(store, roots, &size, &inputs, DType::Float64, &mut graph).expect("a graph");
    graph.set_outputs(&found);
    graph.simplified().expect("a graph").to_string()
}

fn operations(text: &str) -> Vec<&str> {
    let lines = text.lines().filter(|line| !line.starts_with("return") && !line.contains("= input"));
    lines.filter_map(|line| line.split_whitespace().nth(2)).collect()
}

#[test]
fn one_factorisation_serves_value_and_gradient() {
    let mut store = Store::default();
    let (s, x) = (symbol(&mut store, "S", ["n", "n"]), symbol(&mut store, "X", ["n", "n"]));
    let (inner, logdet) = (store.inner(s, x), store.function(Function::LogDet, x));
    let value = store.sub(inner, logdet);
    let inverse = store.inverse(x);
    let turned = store.transpose(inverse);
    let gradient = store.sub(s, turned);
    let text = text(&store, &[value, gradient]);
    assert_eq!(text.matches("= lu ").count(), 1, "{text}");
    assert_eq!(text.matches("contract").count(), 1, "the inner product needs no matrix product: {text}");
}

#[test]
fn an_applied_inverse_is_a_solve() {
    let mut store = Store::default();
    let (x, b) = (symbol(&mut store, "X", ["n", "n"]), symbol(&mut store, "b", ["n", "1"]));
    let inverse = store.inverse(x);
    let solved = store.mul(inverse, b);
    let row = store.transpose(b);
    let other = store.mul(row, inverse);
    let text = text(&store, &[solved, other]);
    assert_eq!(
        operations(&text),
        ["lu", "reshape", "solve", "reshape", "solve_transposed", "reshape", "reshape"],
        "{text}"
    );
    assert!(!text.contains("inverse"), "{text}");
}

#[test]
fn vectors_are_multiplied_first() {
    let mut store = Store::default();
    let a = symbol(&mut store, "A", ["m", "n"]);
    let b = symbol(&mut store, "B", ["n", "k"]);
    let x = symbol(&mut store, "x", ["k", "1"]);
    let product = store.product(1.0, &[], &[(a, 1), (b, 1), (x, 1)]);
    let text = text(&store, &[product]);
    assert_eq!(operations(&text), ["contract", "contract"], "{text}");
    assert!(text.contains("= contract %1 %2") && text.contains(": f64[3]"), "{text}");
}

#[test]
fn a_quadratic_form_shares_its_product_with_the_gradient() {
    let mut store = Store::default();
    let n = store.sizes.name("n");
    let ty = Type::new(n, n);
    let a = store.symbol(Declaration { name: "A".into(), ty, facts: Facts::SYMMETRIC, differential: None });
    let x = symbol(&mut store, "x", ["n", "1"]);
    let gradient = store.mul(a, x);
    let row = store.transpose(x);
    let value = store.mul(row, gradient);
    let text = text(&store, &[value, gradient]);
    assert_eq!(operations(&text), ["contract", "contract"], "{text}");
}

#[test]
fn diagonal_matrices_scale() {
    let mut store = Store::default();
    let (v, a) = (symbol(&mut store, "v", ["n", "1"]), symbol(&mut store, "A", ["n", "m"]));
    let diagonal = store.function(Function::Diag, v);
    let scaled = store.mul(diagonal, a);
    let text = text(&store, &[scaled]);
    assert_eq!(operations(&text), ["reshape", "multiply"], "{text}");
}

#[test]
fn what_has_no_value_is_named() {
    let mut store = Store::default();
    let x = symbol(&mut store, "X", ["n", "n"]);
    let n = store.sizes.name("p");
    let count = store.size(n);
    let mut graph = Graph::new();
    let none = |roots: &[Id], graph: &mut Graph| {
        lower(&store, roots, &size, &[], DType::Float64, graph).expect_err("no value")
    };
    assert_eq!(none(&[x], &mut graph), LowerError::Unbound("X".into()));
    assert_eq!(none(&[count], &mut graph), LowerError::UnknownSize("p".into()));
}
