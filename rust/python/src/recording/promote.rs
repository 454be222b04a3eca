//! NumPy 2's promotion: which kind of number an operation on two kinds gives.

use pyframe_graph::{DType, Graph, GraphError, NodeId};

/// An operand: its node, and whether it is a Python number, which takes the other's kind.
#[derive(Clone, Copy, Debug)]
pub struct Operand {
    pub node: NodeId,
    pub weak: bool,
}

/// The kind that holds both.
pub fn promoted(a: DType, b: DType) -> DType {
    use DType::{Float32, Float64, Int64};
    match (a, b) {
        (a, b) if a == b => a,
        (Float64, _) | (_, Float64) | (Float32, Int64) | (Int64, Float32) => Float64,
        (Float32, _) | (_, Float32) => Float32,
        _ => Int64,
    }
}

/// The kind of the result of an operation on these operands.
pub fn common(graph: &Graph, operands: &[Operand]) -> DType {
    let kind = |operand: &Operand| graph.dtype(operand.node);
    let strong = operands.iter().filter(|operand| !operand.weak).map(kind).reduce(promoted);
    let weak = operands.iter().filter(|operand| operand.weak).map(kind).reduce(promoted);
    match (strong, weak) {
        (Some(strong), Some(weak)) if weak.is_float() && !strong.is_float() => DType::Float64,
        (Some(DType::Bool), Some(weak)) => weak,
        (Some(strong), _) => strong,
        (None, weak) => weak.unwrap_or(DType::Float64),
    }
}

/// The operands as one kind.
pub fn as_kind<const N: usize>(
    graph: &mut Graph,
    operands: [Operand; N],
    kind: DType,
) -> Result<[NodeId; N], GraphError> {
    let mut nodes = operands.map(|operand| operand.node);
    for node in &mut nodes {
        if graph.dtype(*node) == kind {
            continue;
        }
        // A number is converted now, so that what it is can be seen.
        *node = match graph
            .constant_value(*node)
            .and_then(|value| value.item().filter(|_| value.shape().is_empty()))
        {
            Some(number) => graph.number(kind, number)?,
            None => graph.convert(*node, kind)?,
        };
    }
    Ok(nodes)
}
