//! A program of steps applied to tangents: the forward reading.

use pyframe_graph::{Attribute, Binary, Gap, Graph, GraphError, NodeId, Part, Primitive, Type, Unary};

use super::steps::{Step, Tangent};

/// Add the nodes of a program, given the tangents of the operands; the node of its last line.
pub fn apply(
    graph: &mut Graph,
    program: &[(Step, Type)],
    result: Tangent,
    tangents: &[Option<NodeId>],
) -> Result<NodeId, GraphError> {
    let mut nodes: Vec<NodeId> = Vec::with_capacity(program.len());
    for (step, ty) in program {
        let at = |t: &Tangent| nodes[t.0 as usize];
        let zero = |graph: &mut Graph, shape: &[usize]| zeros(graph, &Type::new(ty.dtype, shape));
        let node = match step {
            Step::Operand(k) => match tangents[*k] {
                Some(tangent) => tangent,
                None => zeros(graph, ty)?,
            },
            // A coefficient of 0 lets nothing pass, not even an infinite tangent (K1).
            Step::Times(Binary::Scale | Binary::Strong, t, c) => graph.binary(Binary::Strong, at(t), *c)?,
            Step::Times(product, t, c) => graph.binary(*product, at(t), *c)?,
            Step::Negate(t) => graph.unary(Unary::Neg, at(t))?,
            Step::Halve(t) => halve(graph, at(t))?,
            Step::Join(t, u) => graph.binary(Binary::Add, at(t), at(u))?,
            Step::Choose(condition, t, u) => {
                let nothing = graph.number(ty.dtype, 0.0)?;
                let [t, u] = [t, u].map(|t| t.as_ref().map_or(nothing, at));
                let chosen = graph.select(*condition, t, u)?;
                graph.broadcast(chosen, &ty.shape)?
            }
            Step::Contract { t, c, labels, t_is_left: true } => {
                graph.strong_contract(at(t), *c, labels.clone())?
            }
            Step::Contract { t, c, labels, t_is_left: false } => {
                graph.strong_contract(*c, at(t), labels.clone())?
            }
            Step::Sum(t, axes) => graph.sum(at(t), axes)?,
            Step::Broadcast(t) => graph.broadcast(at(t), &ty.shape)?,
            Step::Reshape(t) => graph.reshape(at(t), &ty.shape)?,
            Step::Transpose(t, axes) => graph.transpose(at(t), axes)?,
            Step::Slice(t, slices) => graph.slice(at(t), slices, &ty.shape)?,
            Step::Unslice(t, slices) => graph.unslice(at(t), slices, &ty.shape)?,
            Step::Concatenate(parts, axis) => {
                let mut nodes = Vec::with_capacity(parts.len());
                for (t, length) in parts {
                    nodes.push(if let Some(t) = t {
                        at(t)
                    } else {
                        let mut shape = ty.shape.clone();
                        shape[*axis] = *length;
                        zero(graph, &shape)?
                    });
                }
                graph.concatenate(&nodes, *axis)?
            }
            Step::Element(t, place) => graph.element(at(t), *place)?,
            Step::Stack(rows) => {
                let mut nodes = Vec::with_capacity(rows.len());
                for t in rows {
                    nodes.push(t.as_ref().map(at).map_or_else(|| zero(graph, &ty.shape[1..]), Ok)?);
                }
                graph.stack(&nodes)?
            }
            Step::Gather(t, places, axis) => graph.gather(at(t), *places, *axis)?,
            Step::ScatterAdd(t, places, axis) => graph.scatter_add(at(t), *places, *axis, &ty.shape)?,
            Step::Put(t, places, u) => {
                let t = t.as_ref().map(at).map_or_else(|| zeros(graph, ty), Ok)?;
                let shape = graph.shape(*places).to_vec();
                let u = u.as_ref().map(at).map_or_else(|| zero(graph, &shape), Ok)?;
                graph.put(t, *places, u)?
            }
            Step::Cumsum(t, axis, reverse) => graph.cumsum(at(t), *axis, *reverse)?,
            Step::Convert(t) => graph.convert(at(t), ty.dtype)?,
            Step::Solve(lu, t, transposed) => solve(graph, *lu, at(t), *transposed)?,
            Step::TriangularSolve(l, t, transposed) => triangular_solve(graph, *l, at(t), *transposed)?,
            Step::OverGaps(gap, t, w, columns) => over_gaps(graph, *gap, at(t), *w, columns)?,
            Step::CofactorFrechet(a, others, t) => cofactor_frechet(graph, *a, others, at(t))?,
            Step::ExpmFrechet(a, t) => {
                graph.add(Primitive::ExpmFrechet, &[*a, at(t)], Attribute::None, None)?
            }
        };
        nodes.push(node);
    }
    Ok(nodes[result.0 as usize])
}

/// Zeros of a type.
pub fn zeros(graph: &mut Graph, ty: &Type) -> Result<NodeId, GraphError> {
    let zero = graph.number(ty.dtype, 0.0)?;
    graph.broadcast(zero, &ty.shape)
}

/// x / 2
pub fn halve(graph: &mut Graph, x: NodeId) -> Result<NodeId, GraphError> {
    let half = graph.number(graph.dtype(x), 0.5)?;
    graph.binary(Binary::Mul, x, half)
}

/// inv(A) b or inv(A)^T b.
pub fn solve(graph: &mut Graph, lu: NodeId, b: NodeId, transposed: bool) -> Result<NodeId, GraphError> {
    graph.part(if transposed { Part::SolveTransposed } else { Part::Solve }, &[lu, b])
}

/// x divided by the gaps of a spectrum.
pub fn over_gaps(
    graph: &mut Graph,
    gap: Gap,
    x: NodeId,
    w: NodeId,
    columns: &Attribute,
) -> Result<NodeId, GraphError> {
    graph.add(Primitive::OverGaps(gap), &[x, w], columns.clone(), None)
}

/// The derivative of the cofactors at a along the others and x.
pub fn cofactor_frechet(
    graph: &mut Graph,
    a: NodeId,
    others: &[NodeId],
    x: NodeId,
) -> Result<NodeId, GraphError> {
    let operands = [&[a], others, &[x]].concat();
    graph.add(Primitive::CofactorFrechet, &operands, Attribute::None, None)
}

/// inv(L) b or inv(L)^T b.
pub fn triangular_solve(
    graph: &mut Graph,
    l: NodeId,
    b: NodeId,
    transposed: bool,
) -> Result<NodeId, GraphError> {
    let primitive =
        if transposed { Primitive::TriangularSolveTransposed } else { Primitive::TriangularSolve };
    graph.add(primitive, &[l, b], Attribute::None, None)
}
