//! Patterns of small graphs written out, and the properties of colourings.

use proptest::prelude::*;
use pyframe_autodiff::sparsity::{Adjacency, Pattern, columns, jacobian_pattern, star};
use pyframe_graph::{Binary, DType, Graph, NodeId, Reduction, Sliced, Type, Unary};

type Tested = Result<(), Box<dyn std::error::Error>>;

fn vector(graph: &mut Graph, n: usize) -> Result<NodeId, pyframe_graph::GraphError> {
    graph.input(Type::new(DType::Float64, &[n]))
}

fn rows(graph: &Graph, x: NodeId, y: NodeId) -> Result<Vec<Vec<u32>>, Box<dyn std::error::Error>> {
    let pattern = jacobian_pattern(graph, x, y, &|id| graph.constant_value(id), &|| Ok(()))?;
    Ok((0..pattern.rows()).map(|row| pattern.row(row).to_vec()).collect())
}

#[test]
fn products_of_neighbours_depend_on_both() -> Tested {
    let mut graph = Graph::new();
    let x = vector(&mut graph, 4)?;
    let left = graph.slice(x, &[Sliced { start: 0, step: 1 }], &[3])?;
    let right = graph.slice(x, &[Sliced { start: 1, step: 1 }], &[3])?;
    let y = graph.binary(Binary::Mul, left, right)?;
    assert_eq!(rows(&graph, x, y)?, [[0, 1], [1, 2], [2, 3]]);
    let back = graph.slice(y, &[Sliced { start: 2, step: -2 }], &[2])?;
    assert_eq!(rows(&graph, x, back)?, [[2, 3], [0, 1]]);
    let sum = graph.reduce(Reduction::Sum, back, &[0])?;
    assert_eq!(rows(&graph, x, sum)?, [[0, 1, 2, 3]]);
    Ok(())
}

#[test]
fn what_is_constant_between_jumps_depends_on_nothing() -> Tested {
    let mut graph = Graph::new();
    let x = vector(&mut graph, 2)?;
    let floor = graph.unary(Unary::Floor, x)?;
    let y = graph.binary(Binary::Add, floor, floor)?;
    assert_eq!(rows(&graph, x, y)?, [[0_u32; 0]; 2]);
    Ok(())
}

fn pattern(n: usize) -> impl Strategy<Value = Pattern> {
    let row = proptest::collection::btree_set(0..n as u32, 0..=n / 2);
    proptest::collection::vec(row, n).prop_map(move |rows| {
        let mut made = Pattern { columns: n, starts: vec![0], indices: Vec::new() };
        for row in rows {
            made.indices.extend(row);
            made.starts.push(made.indices.len());
        }
        made
    })
}

proptest! {
    #[test]
    fn columns_of_one_colour_share_no_row(pattern in (1_usize..20).prop_flat_map(pattern)) {
        let (colours, count) = columns(&Adjacency::new(pattern.clone()), &|| Ok(())).unwrap();
        for row in 0..pattern.rows() {
            let mut seen: Vec<u32> = pattern.row(row).iter().map(|&j| colours[j as usize]).collect();
            seen.sort_unstable();
            prop_assert!(seen.is_sorted_by(|a, b| a < b));
            prop_assert!(seen.len() <= count);
        }
    }

    #[test]
    fn every_entry_stands_alone_in_one_of_two_places(pattern in (1_usize..20).prop_flat_map(pattern)) {
        let pattern = pattern.symmetrised();
        let (colours, _) = star(&pattern, &|| Ok(())).unwrap();
        let alone = |i: usize, j: usize| {
            let same = pattern.row(i).iter().filter(|&&k| colours[k as usize] == colours[j]);
            same.count() == 1
        };
        for i in 0..pattern.rows() {
            for &j in pattern.row(i) {
                prop_assert!(alone(i, j as usize) || alone(j as usize, i));
            }
        }
    }
}
