//! The lecture's figure 34: three inputs, one value, five outputs.

use pyframe_autodiff::NoForeign;
use pyframe_autodiff::elimination::{Coefficient, EliminationError, Numbers, counts, eliminate, linearise};
use pyframe_graph::{DType, Graph, NodeId, Type, Unary};

fn figure(graph: &mut Graph) -> Result<(NodeId, NodeId), pyframe_graph::GraphError> {
    let x = graph.input(Type::new(DType::Float64, &[3]))?;
    let middle = graph.sum(x, &[0])?;
    let functions = [Unary::Sin, Unary::Cos, Unary::Exp, Unary::Tanh, Unary::Square];
    let outputs = functions.map(|f| graph.unary(f, middle));
    let outputs = outputs.into_iter().collect::<Result<Vec<_>, _>>()?;
    Ok((x, graph.stack(&outputs)?))
}

#[test]
fn the_middle_is_eliminated_with_fifteen_products() -> Result<(), Box<dyn std::error::Error>> {
    let mut graph = Graph::new();
    let (x, y) = figure(&mut graph)?;
    let scalars = linearise(&mut graph, &[x], &[y], 100, &NoForeign, &|| Ok(()))?;
    let found = counts(&scalars, &|| Ok(())).unwrap();
    assert_eq!((found.between, found.edges), (1, 8));
    assert_eq!((found.forward_mode, found.reverse_mode), (24, 40));
    assert!(found.orders.iter().all(|(_, count)| *count == Some(15)));
    // Unit factors into the middle: each entry is the factor out of it.
    let entries = eliminate(&scalars, &found.sequence, &mut Numbers(|_: NodeId, _| 7.0), &|| Ok(()))?;
    assert_eq!(entries.len(), 15);
    assert!(entries.iter().all(|&(_, _, factor)| factor == 7.0));
    let units = scalars.edges.iter().filter(|edge| edge.coefficient == Coefficient::Number(1.0)).count();
    assert_eq!(units, 3);
    Ok(())
}

#[test]
fn a_graph_of_too_many_scalars_is_refused() -> Result<(), Box<dyn std::error::Error>> {
    let mut graph = Graph::new();
    let (x, y) = figure(&mut graph)?;
    let refused = linearise(&mut graph, &[x], &[y], 5, &NoForeign, &|| Ok(()));
    assert!(matches!(refused, Err(EliminationError::TooLarge { limit: 5, .. })));
    Ok(())
}
