//! The rule of one node, read as steps.

use pyframe_graph::{Attribute, Binary, Graph, NodeId, Primitive, Reduction, Unary};
use smallvec::SmallVec;

use super::steps::{Steps, Tangent};
use crate::algebra::{Linear, Slope, Values};
use crate::error::DerivativeError;
use crate::rules::{Operands, Side, binary, order, structural, unary};

/// The operands whose tangents a node's rule reads: its own, but a part of a factorisation
/// looks through to the matrix.
pub fn sources(graph: &Graph, id: NodeId) -> SmallVec<[NodeId; 2]> {
    let operands = graph.operands(id);
    if let Primitive::Part(_) = graph.primitive(id) {
        let matrix = graph.operands(operands[0])[0];
        return std::iter::once(matrix).chain(operands[1..].iter().copied()).collect();
    }
    operands.into()
}

/// Read the rule of a node; `active` says which sources have a tangent.
pub fn differential(
    a: &Steps<'_>,
    id: NodeId,
    sources: &[NodeId],
    active: &[bool],
) -> Result<Option<Tangent>, DerivativeError> {
    let (primitive, attribute) = a.read(|graph| (graph.primitive(id), graph.attribute(id).clone()));
    let t: SmallVec<[Option<Tangent>; 2]> = sources
        .iter()
        .zip(active)
        .enumerate()
        .map(|(k, (&source, &active))| active.then(|| a.operand(k, source)))
        .collect();
    let whole = |t| a.broadcast(t, &a.shape(id));
    let tangent = match (primitive, &attribute) {
        (Primitive::Unary(f), _) => t[0].and_then(|t| a.along(t, unary_slope(a, f, sources[0], id))),
        (Primitive::Order(f), Attribute::Integer(n)) => {
            t[0].and_then(|t| a.along(t, order(a, f, *n as u32, sources[0])))
        }
        (Primitive::Binary(f), _) => {
            let values = [sources[0], sources[1], id];
            let side = |t: Option<Tangent>, side| {
                t.and_then(|t| a.along(t, binary_slope(a, f, side, values))).map(whole)
            };
            let left = side(t[0], Side::Left);
            let right = side(t[1], Side::Right);
            match (f, left, right) {
                (Binary::Sub, None, Some(right)) => Some(right),
                (_, left, right) => a.total(left, right),
            }
        }
        (Primitive::Convert, _) => {
            let dtype = a.read(|graph| graph.dtype(id));
            t[0].filter(|_| dtype.is_float()).map(|t| a.convert(t, dtype))
        }
        (primitive, _) if primitive.is_flat() => None,
        _ => {
            let factor =
                matches!(primitive, Primitive::Part(_)).then(|| a.read(|graph| graph.operands(id)[0]));
            let node = Operands {
                primitive,
                attribute: &attribute,
                place: a.read(|graph| graph.place(id)),
                values: sources,
                factor,
                result: id,
                tangents: &t,
            };
            structural(a, &node)?
        }
    };
    a.check()?;
    Ok(tangent)
}

/// The slope of a function of one number.
pub fn unary_slope(a: &Steps<'_>, f: Unary, x: NodeId, y: NodeId) -> Slope<NodeId> {
    // A norm that is spelled out has the derivative of one at 0 (K4).
    if f == Unary::Sqrt && a.read(|graph| is_sum_of_squares(graph, x, 0)) {
        return Slope::By(a.at(y, 0.0, 0.0, a.over(0.5, y)));
    }
    unary(a, f, x, y)
}

/// The slope of a function of two numbers on one side, given x, y and its value.
pub fn binary_slope(a: &Steps<'_>, f: Binary, side: Side, values: [NodeId; 3]) -> Slope<NodeId> {
    let other = if side == Side::Left { values[1] } else { values[0] };
    let tie = if is_constant(a, other) { 0.0 } else { 0.5 };
    binary(a, f, side, values, tie)
}

/// Whether a value is a sum of squares, as it is spelled out.
fn is_sum_of_squares(graph: &Graph, id: NodeId, depth: u32) -> bool {
    /// Sums of more parts are not looked into.
    const DEEPEST: u32 = 8;
    let within = |x: NodeId| depth < DEEPEST && is_sum_of_squares(graph, x, depth + 1);
    match (graph.primitive(id), graph.operands(id), graph.attribute(id)) {
        (Primitive::Unary(Unary::Square), ..) => true,
        (Primitive::Binary(Binary::Mul), &[x, y], _) => x == y,
        (Primitive::Contract, &[x, y], Attribute::Contraction(labels)) => {
            x == y && labels.left == labels.right
        }
        (Primitive::Binary(Binary::Add), &[x, y], _) => within(x) && within(y),
        (Primitive::Reduce(Reduction::Sum) | Primitive::Reshape | Primitive::Convert, &[x], _) => within(x),
        _ => false,
    }
}

/// Whether a value is known when the graph is made, perhaps stretched or converted.
fn is_constant(a: &Steps<'_>, mut id: NodeId) -> bool {
    a.read(|graph| {
        loop {
            match graph.primitive(id) {
                Primitive::Constant => return true,
                Primitive::Broadcast | Primitive::Reshape | Primitive::Convert => id = graph.operands(id)[0],
                _ => return false,
            }
        }
    })
}
