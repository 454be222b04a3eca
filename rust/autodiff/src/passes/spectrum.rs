//! Which eigenvectors or singular vectors a function looks at (convention K7).
//!
//! Where eigenvalues are equal the quotients by their gaps are 0/0.  They are 0 for a function of
//! the vectors alone that does not depend on their choice.  For a function of values and vectors
//! they may be anything (V diag(h(w)) V^T has h'), and the adjoints do not tell: there every
//! vector that is looked at must have its gap.

use pyframe_graph::{Attribute, Binary, Graph, NodeId, Part, Primitive, Sliced, Unary};
use smallvec::SmallVec;

/// The columns looked at, for a node of vectors whose values are looked at as well.
pub fn used_columns(
    graph: &Graph,
    id: NodeId,
    adjoint: NodeId,
    seeds: &[(NodeId, NodeId)],
) -> Option<SmallVec<[usize; 4]>> {
    let values = match graph.primitive(id) {
        Primitive::Part(Part::Eigenvectors) => Part::Eigenvalues,
        Primitive::Part(Part::U | Part::Vt | Part::Vectors) => Part::SingularValues,
        _ => return None,
    };
    let roots: Vec<NodeId> = seeds.iter().map(|&(node, _)| node).collect();
    let needed = graph.needed_for(&roots);
    let factor = graph.operands(id)[0];
    let of_values =
        |&k: &NodeId| graph.primitive(k) == Primitive::Part(values) && graph.operands(k)[0] == factor;
    if !graph.ids().filter(|k| needed[k.index()]).any(|k| of_values(&k)) {
        return None;
    }
    let rank = graph.shape(id).len();
    let across = graph.primitive(id) == Primitive::Part(Part::Vt);
    let used = touched(graph, adjoint, if across { rank - 2 } else { rank - 1 });
    Some(used.iter().enumerate().filter(|(_, used)| **used).map(|(k, _)| k).collect())
}

/// Where along an axis an array may be other than 0, as far as its nodes say.
fn touched(graph: &Graph, array: NodeId, axis: usize) -> Vec<bool> {
    let mut found = vec![false; graph.shape(array)[axis]];
    // A part of the array, and where its elements along an axis lie in the whole.
    let mut parts = vec![(array, axis, Sliced { start: 0, step: 1 })];
    while let Some((x, axis, at)) = parts.pop() {
        let operands = graph.operands(x);
        match (graph.primitive(x), graph.attribute(x)) {
            (Primitive::Binary(Binary::Add), _)
                if operands.iter().all(|&x_| graph.shape(x_) == graph.shape(x)) =>
            {
                parts.extend(operands.iter().map(|&operand| (operand, axis, at)));
            }
            (Primitive::Unary(Unary::Neg | Unary::Copy), _) => parts.push((operands[0], axis, at)),
            (Primitive::Transpose, Attribute::Axes(axes)) => parts.push((operands[0], axes[axis], at)),
            (Primitive::Unslice, Attribute::Slices(slices)) => {
                let own = slices[axis];
                let start = at.start as isize + at.step * own.start as isize;
                parts.push((operands[0], axis, Sliced { start: start as usize, step: at.step * own.step }));
            }
            _ => {
                if let Some(places) = places_of_reads(graph, x) {
                    let inner: usize = graph.shape(x)[axis + 1..].iter().product();
                    for place in places {
                        let place = place / inner.max(1) % graph.shape(x)[axis].max(1);
                        found[(at.start as isize + at.step * place as isize) as usize] = true;
                    }
                    continue;
                }
                for k in 0..graph.shape(x)[axis] as isize {
                    found[(at.start as isize + at.step * k) as usize] = true;
                }
            }
        }
    }
    found
}

/// The places, in row-major order, beside which an array is 0: the adjoint of reading it.
fn places_of_reads(graph: &Graph, x: NodeId) -> Option<Vec<usize>> {
    let flat = *graph.operands(x).first().filter(|_| graph.primitive(x) == Primitive::Reshape)?;
    let operands = graph.operands(flat);
    match (graph.primitive(flat), graph.attribute(flat)) {
        (Primitive::Unslice, Attribute::Slices(slices)) if graph.shape(operands[0]) == [1] => {
            Some(vec![slices.first()?.start])
        }
        (Primitive::ScatterAdd, _) if graph.shape(flat).len() == 1 => {
            let places = graph.constant_value(operands[1])?.to_vec::<i64>()?;
            places.into_iter().map(|place| usize::try_from(place).ok()).collect()
        }
        _ => None,
    }
}
