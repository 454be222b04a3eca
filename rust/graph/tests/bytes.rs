//! The byte form: what is written is read again bit for bit, and nothing else is read at all.

use proptest::prelude::*;
use pyframe_graph::{
    Array, Attribute, Binary, Compare, DType, Factor, Graph, GraphError, Labels, NodeId, Order, Part,
    Primitive, Reader, Reduction, Sliced, Test, Type, Unary, Writer,
};

/// A graph with a node of each form, and random ones of the choices.
fn graph(choices: &[(u8, u8, u8, f64)]) -> Graph {
    let mut graph = Graph::append_only();
    let (x, a) =
        (graph.input(Type::SCALAR).unwrap(), graph.input(Type::new(DType::Float64, &[3, 3])).unwrap());
    let mut nodes: Vec<NodeId> = vec![x, a];
    for &(kind, first, second, number) in choices {
        let at = |k: u8| nodes[usize::from(k) % nodes.len()];
        let (p, q) = (at(first), at(second));
        let rank = graph.shape(p).len();
        let made = match kind % 18 {
            0 => graph.scalar(number),
            1 => graph.constant(Array::new(vec![number as f32; 3], [3].as_slice()).unwrap()),
            2 => graph.constant(Array::new(vec![number as i64, -1], [2].as_slice()).unwrap()),
            3 => graph.constant(Array::new(vec![number > 0.0, true], [2, 1].as_slice()).unwrap()),
            4 => graph.unary(Unary::ALL[usize::from(second) % Unary::ALL.len()], p),
            5 => graph.binary(Binary::ALL[usize::from(first) % Binary::ALL.len()], p, q),
            6 => graph.compare(Compare::Less, p, q),
            7 => graph.order(Order::Polygamma, u32::from(second % 5), p),
            8 => graph.sum(p, &[0]),
            9 => graph.element(p, usize::from(second)),
            10 => graph.transpose(p, &(0..rank).rev().collect::<Vec<_>>()),
            11 => graph.broadcast(p, &[&[2], graph.shape(p)].concat().clone()),
            12 => graph.contract(p, q, Labels::new("ij", "jk", "ik")),
            13 => graph.slice(p, &[Sliced { start: 2, step: -1 }, Sliced { start: 0, step: 2 }], &[3, 2]),
            14 => graph
                .add(Primitive::Factor(Factor::Svd), &[p], Attribute::None, None)
                .and_then(|f| graph.part(Part::SingularValues, &[f])),
            15 => graph.stack(&[p, p, p]),
            16 => graph.cumsum(p, usize::from(second % 3), second > 100),
            _ => graph.test(Test::IsNan, p),
        };
        nodes.extend(made);
    }
    graph.set_outputs(&[nodes[nodes.len() - 1], x]);
    graph
}

fn choices() -> impl Strategy<Value = Vec<(u8, u8, u8, f64)>> {
    prop::collection::vec(any::<(u8, u8, u8, f64)>(), 0..40)
}

fn same(a: &Graph, b: &Graph) {
    assert_eq!(a.to_string(), b.to_string());
    assert_eq!((a.inputs(), a.outputs()), (b.inputs(), b.outputs()));
    for id in a.ids() {
        assert_eq!(a.attribute(id), b.attribute(id));
        let bits = |graph: &Graph| graph.nodes()[id.index()].scalar_constant().map(f64::to_bits);
        assert_eq!(bits(a), bits(b));
    }
}

/// The file with another checksum in the header: what a forger would write.
fn forged(file: &[u8]) -> Vec<u8> {
    let content = &file[32..];
    let mut to = Writer::default();
    for &byte in content {
        to.u8(byte);
    }
    to.sealed()
}

proptest! {
    #[test]
    fn a_graph_comes_back_bit_for_bit(choices in choices()) {
        let graph = graph(&choices);
        let bytes = graph.to_bytes().unwrap();
        let again = Graph::from_bytes(&bytes).unwrap();
        same(&graph, &again);
        prop_assert_eq!(again.to_bytes().unwrap(), bytes);
    }

    #[test]
    fn a_damaged_file_is_refused(choices in choices(), place in any::<prop::sample::Index>(), bit in 0..8_u8) {
        let mut bytes = graph(&choices).to_bytes().unwrap();
        let place = place.index(bytes.len());
        prop_assert!(Graph::from_bytes(&bytes[..place]).is_err());
        bytes[place] ^= 1 << bit;
        prop_assert!(Graph::from_bytes(&bytes).is_err());
    }

    #[test]
    fn a_forged_file_is_refused_or_a_graph(
        choices in choices(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = graph(&choices).to_bytes().unwrap();
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if let Ok(graph) = Graph::from_bytes(&forged(&bytes)) {
            prop_assert_eq!(graph.verify(), Ok(()));
        }
    }

    #[test]
    fn any_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(Graph::from_bytes(&bytes).is_err());
        let mut to = Writer::default();
        for &byte in &bytes {
            to.u8(byte);
        }
        if let Ok(graph) = Graph::from_bytes(&to.sealed()) {
            prop_assert_eq!(graph.verify(), Ok(()));
        }
    }
}

/// A file with these primitives, one scalar type, and what `nodes` writes.
fn file(names: &[&str], nodes: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut to = Writer::default();
    to.count(names.len());
    for name in names {
        to.text(name);
    }
    to.count(1);
    to.ty(&Type::SCALAR);
    nodes(&mut to);
    to.sealed()
}

#[test]
fn a_cycle_is_refused() {
    let bytes = file(&["input", "sin"], |to| {
        to.count(2);
        to.u16(0);
        to.u32(0);
        to.u16(1);
        to.u32(0);
        to.u8(0);
        to.count(1);
        to.u32(1);
        to.count(0);
    });
    let error = Graph::from_bytes(&bytes).unwrap_err();
    assert_eq!(error.to_string(), "node 1: it reads node 1, which comes later");
}

#[test]
fn primitives_that_are_not_known_here_are_named() {
    for name in ["bessel_y0", "foreign"] {
        let error = Graph::from_bytes(&file(&[name], |to| to.count(0))).unwrap_err();
        assert_eq!(error, GraphError::UnknownPrimitive(name.into()));
    }
}

#[test]
fn names_of_primitives_are_distinct() {
    let mut names: Vec<_> = Primitive::all().map(Primitive::name).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
}

#[test]
fn functions_from_outside_are_not_written() {
    let mut graph = Graph::new();
    let x = graph.input(Type::SCALAR).unwrap();
    let attribute = Attribute::Foreign { function: 7, result: 0 };
    graph.add(Primitive::Foreign, &[x], attribute, Some(&Type::SCALAR)).unwrap();
    assert_eq!(graph.to_bytes(), Err(GraphError::Foreign { function: 7 }));
}

#[test]
fn a_newer_version_is_named() {
    let mut bytes = Graph::new().to_bytes().unwrap();
    bytes[8] = 9;
    assert_eq!(Graph::from_bytes(&bytes).unwrap_err(), GraphError::Version { found: 9, known: 1 });
}

#[test]
fn lengths_are_looked_at_before_memory_is_asked_for() {
    let huge = file(&["input"], |to| to.u32(u32::MAX));
    assert!(matches!(Graph::from_bytes(&huge), Err(GraphError::Unreadable { .. })));
    let mut to = Writer::default();
    to.ty(&Type::new(DType::Float64, &[1 << 40, 1 << 40]));
    let bytes = to.sealed();
    let read = Reader::open(&bytes).and_then(|mut from| from.array().map(|_| ()));
    assert!(matches!(read, Err(GraphError::TooLarge { .. })));
}

#[test]
fn a_factorisation_is_read_by_parts_alone() {
    let mut graph = Graph::new();
    let a = graph.input(Type::new(DType::Float64, &[2, 2])).unwrap();
    let f = graph.add(Primitive::Factor(Factor::Lu), &[a], Attribute::None, None).unwrap();
    let s = graph.reduce(Reduction::Sum, f, &[0, 1]).unwrap();
    graph.set_outputs(&[s]);
    let error = Graph::from_bytes(&graph.to_bytes().unwrap()).unwrap_err();
    assert!(error.to_string().contains("a factorisation where an array is wanted"), "{error}");
}

#[test]
fn an_array_of_nothing_has_no_elements_however_long_its_other_axes() {
    let nothing = Array::new(Vec::<f64>::new(), [0, 1 << 40, 1 << 40]).unwrap();
    assert_eq!(nothing.len(), 0);
    let mut graph = Graph::new();
    let constant = graph.constant(nothing).unwrap();
    graph.set_outputs(&[constant]);
    let again = Graph::from_bytes(&graph.to_bytes().unwrap()).unwrap();
    assert_eq!(again.verify(), Ok(()));
}
