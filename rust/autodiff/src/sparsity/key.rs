//! What a pattern hangs on, as a number: two recordings with one key have one pattern.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use pyframe_graph::{Array, Attribute, Data, Graph, NodeId, Primitive};

use super::layout::distinct;

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
    let mut hasher = Twice([DefaultHasher::new(), DefaultHasher::new()]);
    hasher.0[1].write_u8(1);
    (input, output).hash(&mut hasher);
    for id in graph.ids().filter(|id| needed[id.index()] && touched[id.index()]) {
        id.hash(&mut hasher);
        graph.ty(id).hash(&mut hasher);
        graph.primitive(id).hash(&mut hasher);
        graph.operands(id).hash(&mut hasher);
        hash_attribute(graph, id, &mut hasher);
        for &operand in graph.operands(id) {
            if !touched[operand.index()] || places(graph, id) == Some(&operand) {
                graph.ty(operand).hash(&mut hasher);
                hash_values(values(operand).as_ref(), &mut hasher);
            }
        }
    }
    let [low, high] = hasher.0.map(|hasher| u128::from(hasher.finish()));
    high << 64 | low
}

/// Two hashes of the same words.
struct Twice([DefaultHasher; 2]);

impl Hasher for Twice {
    fn write(&mut self, bytes: &[u8]) {
        self.0.iter_mut().for_each(|hasher| hasher.write(bytes));
    }

    fn finish(&self) -> u64 {
        self.0[0].finish()
    }
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
    let Some(array) = array.and_then(|array| distinct(array).ok()) else { return };
    array.shape().hash(hasher);
    let places = array.places();
    match array.data() {
        Data::Int64(v) => places.for_each(|place| v[place].hash(hasher)),
        Data::Bool(v) => hash_truth(places.map(|place| v[place]), hasher),
        Data::Float32(v) => hash_truth(places.map(|place| v[place] == 0.0), hasher),
        Data::Float64(v) => hash_truth(places.map(|place| v[place] == 0.0), hasher),
    }
}

/// Truth values, 64 at a time.
fn hash_truth(values: impl Iterator<Item = bool>, hasher: &mut impl Hasher) {
    let (mut word, mut count) = (0_u64, 0_u32);
    for value in values {
        word = word << 1 | u64::from(value);
        count += 1;
        if count % 64 == 0 {
            word.hash(hasher);
        }
    }
    (word, count).hash(hasher);
}
