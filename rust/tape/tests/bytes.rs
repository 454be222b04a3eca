//! Programs as bytes: they give the same bits, and forged ones run without panic or not at all.

use proptest::prelude::*;
use pyframe_autodiff::NoForeign;
use pyframe_graph::{
    Array, Attribute, Binary, Compare, DType, Factor, Graph, Labels, NodeId, Part, Primitive, Reader,
    Reduction, Type, Unary, Writer,
};
use pyframe_tape::{Comparison, Datum, Guard, NoHost, Program, Stop, TapeError};

/// A program of a scalar and a matrix, with both kinds of guard.
fn program(choices: &[(u8, u8, u8)]) -> Program {
    let mut graph = Graph::append_only();
    let x = graph.input(Type::SCALAR).unwrap();
    let a = graph.input(Type::new(DType::Float64, &[3, 3])).unwrap();
    let places = graph.constant(Array::new(vec![2_i64, 0, 2], [3].as_slice()).unwrap()).unwrap();
    let mut nodes: Vec<NodeId> = vec![x, a];
    for &(kind, first, second) in choices {
        let at = |k: u8| nodes[usize::from(k) % nodes.len()];
        let (p, q) = (at(first), at(second));
        let made = match kind % 12 {
            0 => graph.scalar(f64::from(first) / 100.0),
            1 | 2 => graph.unary(Unary::ALL[usize::from(second) % Unary::ALL.len()], p),
            3 | 4 => graph.binary(Binary::ALL[usize::from(kind) % Binary::ALL.len()], p, q),
            5 => graph.reduce(Reduction::ALL[usize::from(second) % Reduction::ALL.len()], p, &[0]),
            6 => graph.element(p, usize::from(second % 9)),
            7 => graph.contract(p, q, Labels::new("ij", "jk", "ik")),
            8 => graph.gather(p, places, 0),
            9 => graph.scatter_add(p, places, 0, &[3, 3]),
            10 => graph
                .add(Primitive::Factor(Factor::Lu), &[p], Attribute::None, None)
                .and_then(|f| graph.part(Part::Solve, &[f, q])),
            _ => graph.broadcast(p, &[&[2], graph.shape(p)].concat().clone()),
        };
        nodes.extend(made);
    }
    let last = nodes[nodes.len() - 1];
    let axes: Vec<usize> = (0..graph.shape(last).len()).collect();
    let total = graph.sum(last, &axes).unwrap_or(last);
    graph.set_outputs(&[total]);
    let half = graph.scalar(0.5).unwrap();
    let comparison = Comparison { compare: Compare::Less, left: half, right: x };
    let guards = vec![Guard::Branch(comparison, true), Guard::Concrete(x, Array::scalar(0.75))];
    Program::new(&graph, guards, false).unwrap()
}

fn bytes(program: &Program) -> Vec<u8> {
    let mut to = Writer::default();
    program.write(&mut to).unwrap();
    to.sealed()
}

fn read(bytes: &[u8]) -> Option<Program> {
    let mut from = Reader::open(bytes).ok()?;
    let program = Program::read(&mut from).ok()?;
    from.finish().ok().map(|()| program)
}

/// The bits of the results; empty for a failure.
fn outcome(program: &Program) -> Vec<u64> {
    let number = |ty: &Type| {
        let numbers = |n: usize| (0..n).map(|k| 0.75 + k as f64 / 8.0).collect::<Vec<_>>();
        let count = ty.shape.iter().product();
        let shape = ty.shape.as_slice();
        Datum::Array(
            match ty.dtype {
                DType::Float64 => Array::new(numbers(count), shape),
                DType::Float32 => Array::new(numbers(count).iter().map(|&x| x as f32).collect(), shape),
                DType::Int64 => Array::new(vec![1_i64; count], shape),
                DType::Bool => Array::new(vec![true; count], shape),
            }
            .unwrap(),
        )
    };
    let graph = program.graph();
    let inputs: Vec<Datum> = graph.inputs().iter().map(|&id| number(graph.ty(id))).collect();
    let mut bits = Vec::new();
    match program.run(&inputs, &NoHost) {
        Ok(results) => {
            for result in results {
                match result {
                    Datum::Scalar(number) => bits.push(number.to_bits()),
                    Datum::Array(array) => {
                        bits.extend(array.to_vec::<f64>().unwrap_or_default().iter().map(|x| x.to_bits()));
                    }
                }
            }
        }
        Err(Stop::Guard(guard)) => bits.push(guard as u64),
        Err(Stop::Failed(_)) => {}
    }
    bits
}

fn is_small(graph: &Graph) -> bool {
    graph.ids().all(|id| graph.shape(id).iter().product::<usize>() <= 1 << 12 && graph.work(id) <= 1 << 16)
}

fn differentiated(program: &Program) -> Option<Program> {
    let graph = program.graph();
    let one = |id: NodeId| graph.dtype(id).is_float() && graph.shape(id).iter().all(|&n| n == 1);
    let floats: Vec<usize> =
        (0..graph.inputs().len()).filter(|&k| graph.dtype(graph.inputs()[k]).is_float()).collect();
    match graph.outputs() {
        &[output] if one(output) => program.with_gradient(&floats, &NoForeign).ok(),
        _ => None,
    }
}

fn choices() -> impl Strategy<Value = Vec<(u8, u8, u8)>> {
    prop::collection::vec(any::<(u8, u8, u8)>(), 0..20)
}

proptest! {
    #[test]
    fn a_program_that_is_read_again_gives_the_same_bits(choices in choices()) {
        let written = program(&choices);
        let again = read(&bytes(&written)).unwrap();
        prop_assert_eq!(outcome(&written), outcome(&again));
        prop_assert_eq!(written.guards().len(), again.guards().len());
        if let (Some(a), Some(b)) = (differentiated(&written), differentiated(&again)) {
            prop_assert_eq!(outcome(&a), outcome(&b));
        }
        prop_assert_eq!(bytes(&again), bytes(&written));
    }

    #[test]
    fn a_forged_program_never_panics(
        choices in choices(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..5),
    ) {
        let mut content = bytes(&program(&choices))[32..].to_vec();
        for (place, byte) in changes {
            let place = place.index(content.len());
            content[place] = byte;
        }
        let mut to = Writer::default();
        for &byte in &content {
            to.u8(byte);
        }
        if let Some(program) = read(&to.sealed()).filter(|program| is_small(program.graph())) {
            outcome(&program);
            if let Some(gradient) = differentiated(&program).filter(|program| is_small(program.graph())) {
                outcome(&gradient);
            }
        }
    }
}

#[test]
fn a_huge_array_is_planned_and_fails_when_it_runs() {
    let mut graph = Graph::new();
    let x = graph.input(Type::SCALAR).unwrap();
    let wide = graph.broadcast(x, &[1 << 50]).unwrap();
    let copied = graph.unary(Unary::Exp, wide).unwrap();
    let total = graph.sum(copied, &[0]).unwrap();
    graph.set_outputs(&[total]);
    let program = read(&bytes(&Program::new(&graph, Vec::new(), false).unwrap())).unwrap();
    let stopped = program.run(&[Datum::Scalar(1.0)], &NoHost).unwrap_err();
    assert!(matches!(stopped, Stop::Failed(TapeError::OutOfMemory { .. })), "{stopped:?}");
}
