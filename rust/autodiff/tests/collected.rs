//! Adjoints of many parts of one array: nodes as long as the array are few.

use pyframe_autodiff::{DerivativeError, NoForeign, batch, forward, reverse};
use pyframe_graph::{Binary, DType, Graph, GraphError, NodeId, Primitive, Sliced, Type, Unary};

/// How many nodes from `start` on are as long as x.
fn long(graph: &Graph, start: usize, n: usize) -> usize {
    let count = |id: &NodeId| graph.shape(*id).iter().product::<usize>();
    graph.ids().skip(start).filter(|id| graph.dtype(*id).is_float() && count(id) == n).count()
}

fn total(graph: &mut Graph, terms: Vec<NodeId>) -> Result<NodeId, GraphError> {
    let mut terms = terms.into_iter();
    let first = terms.next().expect("terms");
    terms.try_fold(first, |sum, term| graph.binary(Binary::Add, sum, term))
}

/// sum x_i x_(i+1), element by element.
fn products(graph: &mut Graph, x: NodeId, n: usize) -> Result<NodeId, GraphError> {
    let mut terms = Vec::new();
    for i in 0..n - 1 {
        let (a, b) = (graph.element(x, i)?, graph.element(x, i + 1)?);
        terms.push(graph.binary(Binary::Mul, a, b)?);
    }
    total(graph, terms)
}

#[test]
fn elements_make_one_sum() -> Result<(), DerivativeError> {
    let mut added = Vec::new();
    for n in [50, 100, 200] {
        let mut graph = Graph::append_only();
        let x = graph.input(Type::new(DType::Float64, &[n]))?;
        let y = products(&mut graph, x, n)?;
        let seed = graph.scalar(1.0)?;
        let start = graph.len();
        let adjoint = reverse(&mut graph, &[(y, seed)], &[x], &NoForeign)?[0].expect("an adjoint");
        assert_eq!(graph.primitive(adjoint), Primitive::ScatterAdd);
        assert_eq!(long(&graph, start, n), 1);
        added.push((graph.len() - start) as f64 / n as f64);
        // Second order, and in many directions at once.
        let direction = graph.input(Type::new(DType::Float64, &[n]))?;
        let start = graph.len();
        let curved = forward(&mut graph, &[(x, direction)], &[adjoint], &NoForeign)?[0].expect("a tangent");
        assert!(long(&graph, start, n) <= 2);
        let stacked = graph.input(Type::new(DType::Float64, &[3, n]))?;
        let rows = batch(&mut graph, &[(direction, stacked)], &[curved])?[0].expect("rows");
        assert_eq!(graph.shape(rows), [3, n]);
    }
    assert!(added.iter().all(|each| *each < 8.0), "{added:?}");
    Ok(())
}

#[test]
fn windows_are_added_as_often_as_they_fill_the_array() -> Result<(), DerivativeError> {
    let (n, width) = (100, 10);
    let mut graph = Graph::append_only();
    let x = graph.input(Type::new(DType::Float64, &[n]))?;
    let mut terms = Vec::new();
    for start in 0..=n - width {
        let window = graph.slice(x, &[Sliced { start, step: 1 }], &[width])?;
        let window = graph.unary(Unary::Sin, window)?;
        terms.push(graph.sum(window, &[0])?);
    }
    let windows = terms.len();
    let y = total(&mut graph, terms)?;
    let seed = graph.scalar(1.0)?;
    let start = graph.len();
    reverse(&mut graph, &[(y, seed)], &[x], &NoForeign)?;
    let fillings = windows * width / n + 1;
    // What is put together, what is scattered, and what is added.
    assert!(long(&graph, start, n) <= 3 * fillings);
    Ok(())
}

#[test]
fn a_few_parts_are_spread_out_one_by_one() -> Result<(), DerivativeError> {
    let mut graph = Graph::append_only();
    let x = graph.input(Type::new(DType::Float64, &[100]))?;
    let y = products(&mut graph, x, 3)?;
    let seed = graph.scalar(1.0)?;
    reverse(&mut graph, &[(y, seed)], &[x], &NoForeign)?;
    assert!(graph.ids().all(|id| graph.primitive(id) != Primitive::ScatterAdd));
    Ok(())
}
