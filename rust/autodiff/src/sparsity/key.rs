//! What a pattern hangs on, as a number: two recordings with one key have one pattern.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use pyframe_graph::{Array, Attribute, Data, Graph, NodeId, Primitive};

/// The structure between an input and an output: primitives, shapes, which constants are zero,
/// and the places that are read or written.
pub fn structure_key(
    graph: &Graph,
    input: NodeId,
    output: NodeId,
    values: &dyn Fn(NodeId) -> Option<Array>,
) -> u128 {
    let needed = graph.needed_for(&[output]);
    let touched = touched(graph);
    let mut hashers = [DefaultHasher::new(), DefaultHasher::new()];
    for (salt, hasher) in hashers.iter_mut().enumerate() {
        salt.hash(hasher);
        (input, output).hash(hasher);
        for id in graph.ids().filter(|id| needed[id.index()]) {
            id.hash(hasher);
            graph.ty(id).hash(hasher);
            if touched[id.index()] {
                graph.primitive(id).hash(hasher);
                graph.operands(id).hash(hasher);
                hash_attribute(graph, id, hasher);
                if let Some(&places) = places(graph, id) {
                    hash_values(values(places).as_ref(), hasher);
                }
            } else {
                hash_values(values(id).as_ref(), hasher);
            }
        }
    }
    let [low, high] = hashers.map(|hasher| u128::from(hasher.finish()));
    high << 64 | low
}

/// Which nodes are computed from an argument, whatever it is made of.
pub fn touched(graph: &Graph) -> Vec<bool> {
    let mut touched = vec![false; graph.len()];
    for id in graph.ids() {
        touched[id.index()] = graph.primitive(id) == Primitive::Input
            || graph.operands(id).iter().any(|operand| touched[operand.index()]);
    }
    touched
}

/// The operand that says where elements are read or written.
fn places(graph: &Graph, id: NodeId) -> Option<&NodeId> {
    matches!(graph.primitive(id), Primitive::Gather | Primitive::ScatterAdd | Primitive::Put)
        .then(|| &graph.operands(id)[1])
}

fn hash_attribute(graph: &Graph, id: NodeId, hasher: &mut impl Hasher) {
    if graph.primitive(id) == Primitive::Element {
        graph.place(id).hash(hasher);
    }
    match graph.attribute(id) {
        Attribute::None | Attribute::Value(_) => {}
        Attribute::Axis(axis) => axis.hash(hasher),
        Attribute::Axes(axes) => axes.hash(hasher),
        Attribute::Slices(slices) => slices.hash(hasher),
        Attribute::Contraction(labels) => labels.hash(hasher),
        Attribute::Integer(integer) => integer.hash(hasher),
        Attribute::Foreign { function, result } => (function, result).hash(hasher),
    }
}

fn hash_values(array: Option<&Array>, hasher: &mut impl Hasher) {
    let Some(array) = array else { return };
    for place in array.places() {
        match array.data() {
            Data::Bool(v) => v[place].hash(hasher),
            Data::Int64(v) => v[place].hash(hasher),
            Data::Float32(v) => (v[place] == 0.0).hash(hasher),
            Data::Float64(v) => (v[place] == 0.0).hash(hasher),
        }
    }
}
