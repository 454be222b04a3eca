//! A graph as code: every element of every array becomes a number in a table.
//!
//! Only for graphs of double precision and truth values whose arrays are small.  What moves
//! elements becomes nothing at all; sums keep the order of the kernels, so the bits are theirs.

mod contraction;
mod elementwise;
mod kernel;
mod movement;
mod reduction;
mod writer;

use pyframe_graph::{Array, Attribute, Binary, DType, Data, Graph, NodeId, Primitive};

use self::elementwise::Element;
use self::writer::{Places, Writer};
use super::code::{Code, Opcode};
use super::run::Work;
use crate::eager::Guard;
use crate::kernels::wide;

/// Code of arrays is worth while up to this many operations for each node.
const OPERATIONS_A_NODE: usize = 48;
/// And up to this many in all; code of scalars may be of any length.
const OPERATIONS: usize = 1 << 14;

/// And for arguments of up to this many elements.
const ARGUMENTS: usize = 1 << 20;

/// And for arrays of up to this many elements in all, moved or computed, for each node.
const ELEMENTS_A_NODE: usize = 512;
/// And up to this many in all.
const ELEMENTS: usize = 1 << 16;

/// The code of a graph, when it has one.
pub fn unroll(graph: &Graph, guards: &[Guard]) -> Option<Code> {
    // Arrays may be given, but neither computed nor given back.
    let is_given = |id| graph.primitive(id) == Primitive::Input && !graph.outputs().contains(&id);
    let scalars = graph.ids().all(|id| graph.nodes()[id.index()].is_scalar() || is_given(id));
    let elements = |id| graph.shape(id).iter().fold(1, |n: usize, &m| n.saturating_mul(m));
    let arrays = graph.ids().filter(|&id| !graph.nodes()[id.index()].is_scalar());
    let bound = ELEMENTS.min(ELEMENTS_A_NODE * graph.len());
    if !scalars && arrays.map(elements).fold(0, usize::saturating_add) > bound {
        return None;
    }
    let limit = if scalars { usize::MAX } else { OPERATIONS.min(OPERATIONS_A_NODE * graph.len()) };
    let mut writer = Writer::new(graph, limit, !scalars);
    for &id in graph.inputs() {
        let count = elements(id);
        if graph.dtype(id) != DType::Float64 || count > ARGUMENTS {
            return None;
        }
        writer.argument(count);
    }
    for id in graph.ids() {
        let places = node(&mut writer, id)?;
        writer.places.push(places);
    }
    writer.finish(guards, scalars)
}

/// The places of a node's elements.
fn node(w: &mut Writer<'_>, id: NodeId) -> Option<Places> {
    use Primitive as P;
    let graph = w.graph;
    let operands = graph.operands(id);
    let is_scalar = graph.nodes()[id.index()].is_scalar();
    if graph.dtype(id) == DType::Float32 {
        return None;
    }
    if graph.dtype(id) == DType::Int64 {
        // Constant places are read where they are used.
        return (graph.primitive(id) == P::Constant).then(|| [].into());
    }
    match (graph.primitive(id), graph.attribute(id)) {
        (P::Input, _) => {
            let which = graph.inputs().iter().position(|&input| input == id)?;
            w.arguments.get(which).cloned()
        }
        (P::Constant, _) => {
            let numbers: Vec<f64> = numbers(&graph.constant_value(id)?)?.collect();
            Some(w.constants(&numbers))
        }
        (P::Unary(f), _) if wide::has(f) && !is_scalar => {
            w.each(id, Element::One(Opcode::Wide(f)), Work::Wide(f))
        }
        (P::Unary(f), _) => w.each(id, Element::One(f.into()), Work::Unary(f)),
        (P::Order(f), &Attribute::Integer(n)) => {
            let n = u32::try_from(n).ok()?;
            w.each(id, Element::Order(f, n), Work::Order(f, n))
        }
        (P::Binary(Binary::Logaddexp), _) if !is_scalar => {
            w.each(id, Element::Two(Opcode::WideLogaddexp), Work::WideLogaddexp)
        }
        (P::Binary(f), _) => w.each(id, Element::Two(f.into()), Work::Binary(f)),
        (P::Compare(f), _) => w.each(id, Element::Two(Opcode::Compare(f)), Work::Compare(f)),
        (P::Logical(f), _) => w.each(id, Element::Two(Opcode::Logical(f)), Work::Logical(f)),
        (P::Test(f), _) => w.each(id, Element::One(Opcode::Test(f)), Work::Test(f)),
        (P::Select, _) => w.each(id, Element::Select, Work::Select),
        (P::Convert, _) => {
            // As truth value, a number is whether it differs from zero.
            let from = graph.dtype(operands[0]);
            let truth = graph.dtype(id) == DType::Bool && from != DType::Bool;
            (from != DType::Int64 && !truth).then(|| w.of(operands[0]))
        }
        (P::Reduce(f), Attribute::Axes(axes)) => w.reduce(f, operands[0], axes, graph.shape(id)),
        (P::Cumsum, &Attribute::Axis(axis)) => w.running(id, axis, false),
        (P::CumsumReverse, &Attribute::Axis(axis)) => w.running(id, axis, true),
        (primitive @ (P::Contract | P::StrongContract), Attribute::Contraction(labels)) => {
            let strong = primitive == P::StrongContract;
            w.contract(strong, operands[0], operands[1], labels, graph.shape(id))
        }
        (primitive, _) if kernel::is_kernel(primitive) => w.kernel(id),
        _ => w.moved(id),
    }
}

/// The elements of an array of floats or truth values, as numbers.
fn numbers(array: &Array) -> Option<impl Iterator<Item = f64> + '_> {
    if matches!(array.data(), Data::Int64(_) | Data::Float32(_)) {
        return None;
    }
    Some(array.places().map(|place| match array.data() {
        Data::Float64(v) => v[place],
        Data::Bool(v) => f64::from(u8::from(v[place])),
        Data::Int64(_) | Data::Float32(_) => f64::NAN,
    }))
}

/// The places that strides reach from a start, in row-major order of the shape.
fn walk(shape: &[usize], strides: &[isize], start: isize) -> Vec<usize> {
    let mut places = vec![start];
    for (&length, &stride) in shape.iter().zip(strides) {
        places = places.iter().flat_map(|&p| (0..length as isize).map(move |k| p + k * stride)).collect();
    }
    places.into_iter().map(|place| place as usize).collect()
}
