//! The adjoints of functions of each element: the adjoint of the result along the slopes.
//!
//! What `differential` and `adjoint` give where no operand is stretched, without a list of steps:
//! most nodes are of this kind.

use pyframe_graph::{Binary, Graph, GraphError, NodeId, Primitive, Unary};
use smallvec::SmallVec;

use super::node::{binary_slope, unary_slope};
use super::steps::Steps;
use crate::algebra::Slope;
use crate::rules::Side;

/// Adjoints of the operands, absent where nothing flows back.
pub type Adjoints = SmallVec<[Option<NodeId>; 2]>;

/// Add the adjoints of the operands of an elementwise node; nothing when it is another one, or
/// stretches an operand that has one.
pub fn elementwise(
    graph: &mut Graph,
    id: NodeId,
    seed: NodeId,
    operands: &[NodeId],
    active: &[bool],
) -> Result<Option<Adjoints>, GraphError> {
    let stretched = |(&x, &active): (&NodeId, &bool)| active && graph.shape(x) != graph.shape(id);
    if operands.iter().zip(active).any(stretched) {
        return Ok(None);
    }
    let primitive = graph.primitive(id);
    let steps = Steps::new(graph);
    let slopes: SmallVec<[Slope<NodeId>; 2]> = match (primitive, operands) {
        (Primitive::Unary(f), &[x]) => smallvec::smallvec![unary_slope(&steps, f, x, id)],
        (Primitive::Binary(f), &[x, y]) => {
            let slope = |(&side, &active): (&Side, &bool)| {
                if active { binary_slope(&steps, f, side, [x, y, id]) } else { Slope::Zero }
            };
            [Side::Left, Side::Right].iter().zip(active).map(slope).collect()
        }
        _ => return Ok(None),
    };
    steps.check()?;
    let mut along = |slope| {
        Ok(match slope {
            Slope::Zero => None,
            Slope::One => Some(seed),
            Slope::MinusOne => Some(graph.unary(Unary::Neg, seed)?),
            Slope::By(c) => Some(graph.binary(Binary::Scale, seed, c)?),
            Slope::ByBoth(c, d) => {
                let seed = graph.binary(Binary::Scale, seed, c)?;
                Some(graph.binary(Binary::Scale, seed, d)?)
            }
            Slope::Strongly(c) => Some(graph.binary(Binary::Strong, seed, c)?),
        })
    };
    slopes.into_iter().map(&mut along).collect::<Result<_, _>>().map(Some)
}
