//! The adjoint of a program of steps: the reverse reading.

use pyframe_graph::{
    Attribute, Binary, Gap, Graph, GraphError, Labels, NodeId, Primitive, Shape, Sliced, Type, Unary,
};

use smallvec::SmallVec;

use super::apply::{cofactor_frechet, halve, over_gaps, solve, triangular_solve, zeros};
use super::elementwise::Adjoints;
use super::steps::{Step, Tangent};

/// Add the nodes of the adjoint, given the adjoint of the program's result; the adjoints of
/// the operands, absent where nothing flows back.
pub fn adjoint(
    graph: &mut Graph,
    program: &[(Step, Type)],
    result: Tangent,
    seed: NodeId,
    operands: usize,
) -> Result<Adjoints, GraphError> {
    let mut back: SmallVec<[Option<NodeId>; 8]> = smallvec::smallvec![None; program.len()];
    let mut found: Adjoints = smallvec::smallvec![None; operands];
    back[result.0 as usize] = Some(seed);
    for (line, (step, ty)) in program.iter().enumerate().rev() {
        let Some(y) = back[line] else { continue };
        let shape_of = |t: &Tangent| program[t.0 as usize].1.shape.clone();
        // What flows back to at most two earlier lines.
        let (first, second) = match step {
            Step::Operand(k) => {
                found[*k] = Some(plus(graph, found[*k], y)?);
                continue;
            }
            Step::Times(product, t, c) => {
                let scaled = graph.binary(*product, y, *c)?;
                (Some((*t, unbroadcast(graph, scaled, &shape_of(t))?)), None)
            }
            Step::Negate(t) => (Some((*t, graph.unary(Unary::Neg, y)?)), None),
            Step::Halve(t) => (Some((*t, halve(graph, y)?)), None),
            Step::Join(t, u) => (Some((*t, y)), Some((*u, y))),
            Step::Choose(condition, t, u) => {
                let nothing = graph.number(ty.dtype, 0.0)?;
                let t = match t {
                    Some(t) => Some((*t, graph.select(*condition, y, nothing)?)),
                    None => None,
                };
                let u = match u {
                    Some(u) => Some((*u, graph.select(*condition, nothing, y)?)),
                    None => None,
                };
                (t, u)
            }
            Step::Contract { t, c, labels, t_is_left } => {
                (Some((*t, contract_back(graph, y, *c, labels, *t_is_left)?)), None)
            }
            Step::Sum(t, axes) => {
                let shape = shape_of(t);
                let mut kept = shape.clone();
                for &axis in axes {
                    kept[axis] = 1;
                }
                // Axes in front need not be there to be stretched.
                let in_front = axes.iter().copied().eq(0..axes.len());
                let beside = if in_front { y } else { graph.reshape(y, &kept)? };
                (Some((*t, graph.broadcast(beside, &shape)?)), None)
            }
            Step::Broadcast(t) => (Some((*t, unbroadcast(graph, y, &shape_of(t))?)), None),
            Step::Reshape(t) => (Some((*t, graph.reshape(y, &shape_of(t))?)), None),
            Step::Transpose(t, axes) => {
                let mut inverse: Shape = smallvec::smallvec![0; axes.len()];
                for (k, &axis) in axes.iter().enumerate() {
                    inverse[axis] = k;
                }
                (Some((*t, graph.transpose(y, &inverse)?)), None)
            }
            Step::Slice(t, slices) => (Some((*t, graph.unslice(y, slices, &shape_of(t))?)), None),
            Step::Unslice(t, slices) => (Some((*t, graph.slice(y, slices, &shape_of(t))?)), None),
            Step::Concatenate(parts, axis) => {
                let mut start = 0;
                for (t, length) in parts {
                    if let Some(t) = t {
                        let mut slices = vec![Sliced { start: 0, step: 1 }; ty.shape.len()];
                        slices[*axis].start = start;
                        let part = graph.slice(y, &slices, &shape_of(t))?;
                        add(graph, &mut back, *t, part)?;
                    }
                    start += length;
                }
                continue;
            }
            Step::Element(t, place) => (Some((*t, at_place(graph, y, *place, &shape_of(t))?)), None),
            Step::Stack(rows) => {
                for (k, t) in rows.iter().enumerate() {
                    if let Some(t) = t {
                        let row = row(graph, y, k)?;
                        add(graph, &mut back, *t, row)?;
                    }
                }
                continue;
            }
            Step::Gather(t, places, axis) => {
                (Some((*t, graph.scatter_add(y, *places, *axis, &shape_of(t))?)), None)
            }
            Step::ScatterAdd(t, places, axis) => (Some((*t, graph.gather(y, *places, *axis)?)), None),
            Step::Put(t, places, u) => {
                let kept = match t {
                    Some(t) => {
                        let places_type = Type::new(ty.dtype, graph.shape(*places));
                        let nothing = zeros(graph, &places_type)?;
                        Some((*t, graph.put(y, *places, nothing)?))
                    }
                    None => None,
                };
                let taken = match u {
                    Some(u) => {
                        let count = ty.shape.iter().product();
                        let flat = graph.reshape(y, &[count])?;
                        Some((*u, graph.gather(flat, *places, 0)?))
                    }
                    None => None,
                };
                (kept, taken)
            }
            Step::Cumsum(t, axis, reverse) => (Some((*t, graph.cumsum(y, *axis, !reverse)?)), None),
            Step::Convert(t) => (Some((*t, graph.convert(y, program[t.0 as usize].1.dtype)?)), None),
            Step::Solve(lu, t, transposed) => (Some((*t, solve(graph, *lu, y, !transposed)?)), None),
            Step::TriangularSolve(l, t, transposed) => {
                (Some((*t, triangular_solve(graph, *l, y, !transposed)?)), None)
            }
            Step::OverGaps(gap, t, w, columns) => {
                let back = match gap {
                    Gap::Symmetric => Gap::Skew,
                    Gap::Skew => Gap::Symmetric,
                    own => *own,
                };
                (Some((*t, over_gaps(graph, back, y, *w, columns)?)), None)
            }
            Step::CofactorFrechet(a, others, t) => {
                (Some((*t, cofactor_frechet(graph, *a, others, y)?)), None)
            }
            Step::ExpmFrechet(a, t) => {
                let turned = graph.transpose(*a, &crate::algebra::flipped(ty.shape.len()))?;
                let back = graph.add(Primitive::ExpmFrechet, &[turned, y], Attribute::None, None)?;
                (Some((*t, back)), None)
            }
        };
        for (t, node) in [first, second].into_iter().flatten() {
            add(graph, &mut back, t, node)?;
        }
    }
    Ok(found)
}

fn add(graph: &mut Graph, back: &mut [Option<NodeId>], t: Tangent, node: NodeId) -> Result<(), GraphError> {
    let line = t.0 as usize;
    back[line] = Some(plus(graph, back[line], node)?);
    Ok(())
}

/// Zeros of a shape but for y at one place.
fn at_place(graph: &mut Graph, y: NodeId, place: usize, shape: &[usize]) -> Result<NodeId, GraphError> {
    let one = graph.reshape(y, &[1])?;
    let count = shape.iter().product();
    let flat = graph.unslice(one, &[Sliced { start: place, step: 1 }], &[count])?;
    graph.reshape(flat, shape)
}

/// One row along the first axis.
fn row(graph: &mut Graph, y: NodeId, k: usize) -> Result<NodeId, GraphError> {
    let shape = graph.shape(y).to_vec();
    if shape.len() == 1 {
        return graph.element(y, k);
    }
    let mut slices = vec![Sliced { start: 0, step: 1 }; shape.len()];
    slices[0].start = k;
    let kept = graph.slice(y, &slices, &[&[1], &shape[1..]].concat())?;
    graph.reshape(kept, &shape[1..])
}

/// The sum of adjoints that may be absent.
pub fn plus(graph: &mut Graph, a: Option<NodeId>, b: NodeId) -> Result<NodeId, GraphError> {
    match a {
        Some(a) => graph.binary(Binary::Add, a, b),
        None => Ok(b),
    }
}

/// The adjoint of stretching to y's shape: summed over the axes that were stretched.
pub fn unbroadcast(graph: &mut Graph, y: NodeId, shape: &[usize]) -> Result<NodeId, GraphError> {
    if graph.shape(y) == shape {
        return Ok(y);
    }
    let from = Shape::from_slice(graph.shape(y));
    let added = from.len() - shape.len();
    let stretched = |axis: &usize| *axis < added || (shape[axis - added] == 1 && from[*axis] != 1);
    let axes: Shape = (0..from.len()).filter(stretched).collect();
    let summed = graph.sum(y, &axes)?;
    graph.reshape(summed, shape)
}

/// The adjoint of contracting t with c: y contracted with c back to the axes of t.
fn contract_back(
    graph: &mut Graph,
    y: NodeId,
    c: NodeId,
    labels: &Labels,
    t_is_left: bool,
) -> Result<NodeId, GraphError> {
    let (t, c_labels) = if t_is_left { (&labels.left, &labels.right) } else { (&labels.right, &labels.left) };
    // The value that meets the adjoint stands where it stood, so that rows stay rows.
    if t_is_left {
        let back = Labels { left: labels.out.clone(), right: c_labels.clone(), out: t.clone() };
        graph.strong_contract(y, c, back)
    } else {
        let back = Labels { left: c_labels.clone(), right: labels.out.clone(), out: t.clone() };
        graph.strong_contract(c, y, back)
    }
}
