//! The other primitives: how each acts on the tangents of its operands.

use pyframe_graph::{Attribute, Binary, Compare, Primitive, Reduction, Unary};

use super::linear_algebra;
use crate::algebra::Linear;
use crate::error::DerivativeError;

/// What a rule is given of one node.
#[derive(Debug)]
pub struct Operands<'a, A: Linear> {
    /// What the node computes.
    pub primitive: Primitive,
    /// Its attribute.
    pub attribute: &'a Attribute,
    /// The place that an `Element` reads.
    pub place: usize,
    /// The values of its operands; for a part of a factorisation the factored matrix stands
    /// first.
    pub values: &'a [A::Value],
    /// The factorisation that a part reads.
    pub factor: Option<A::Value>,
    /// Its own value.
    pub result: A::Value,
    /// The tangents of its operands; absent ones are zero.
    pub tangents: &'a [Option<A::Tangent>],
}

/// What a rule gives: the tangent of the node, absent when it is zero.
pub type Ruled<T> = Result<Option<T>, DerivativeError>;

/// The differential of a primitive that is not elementwise.
pub fn structural<A: Linear>(a: &A, node: &Operands<'_, A>) -> Ruled<A::Tangent> {
    use Primitive as P;
    let (x, y) = (node.values, node.result);
    let t = node.tangents;
    let shape = || a.shape(y);
    Ok(match (node.primitive, node.attribute) {
        (P::Select, _) => match (t[1], t[2]) {
            (None, None) => None,
            (t, u) => {
                let wide = |t| a.broadcast(t, &shape());
                Some(a.choose(x[0], t.map(wide), u.map(wide)))
            }
        },
        (P::Reduce(f), Attribute::Axes(axes)) => t[0].and_then(|t| reduction(a, f, axes, x[0], y, t)),
        (P::Cumsum, Attribute::Axis(axis)) => t[0].map(|t| a.cumsum(t, *axis, false)),
        (P::CumsumReverse, Attribute::Axis(axis)) => t[0].map(|t| a.cumsum(t, *axis, true)),
        (P::Reshape, _) => t[0].map(|t| a.reshape(t, &shape())),
        (P::Transpose, Attribute::Axes(axes)) => t[0].map(|t| a.transpose(t, axes)),
        (P::Broadcast, _) => t[0].map(|t| a.broadcast(t, &shape())),
        (P::Slice, Attribute::Slices(slices)) => t[0].map(|t| a.slice(t, slices, &shape())),
        (P::Unslice, Attribute::Slices(slices)) => t[0].map(|t| a.unslice(t, slices, &shape())),
        (P::Concatenate, Attribute::Axis(axis)) => {
            let lengths = x.iter().map(|&part| a.shape(part)[*axis]);
            let parts: Vec<_> = t.iter().copied().zip(lengths).collect();
            t.iter().any(Option::is_some).then(|| a.concatenate(&parts, *axis))
        }
        (P::Element, _) => t[0].map(|t| a.element(t, node.place)),
        (P::Stack, _) => t.iter().any(Option::is_some).then(|| a.stack(t)),
        (P::Gather, Attribute::Axis(axis)) => t[0].map(|t| a.gather(t, x[1], *axis)),
        (P::ScatterAdd, Attribute::Axis(axis)) => t[0].map(|t| a.scatter_add(t, x[1], *axis, &shape())),
        (P::Put, _) => match (t[0], t[2]) {
            (None, None) => None,
            (t, u) => Some(a.put(t, x[1], u, &shape())),
        },
        (P::Contract | P::StrongContract, Attribute::Contraction(labels)) => {
            let left = t[0].map(|t| a.contract(t, x[1], labels, true));
            let right = t[1].map(|t| a.contract(t, x[0], labels, false));
            a.total(left, right)
        }
        _ => return linear_algebra::rule(a, node),
    })
}

fn reduction<A: Linear>(
    a: &A,
    f: Reduction,
    axes: &[usize],
    x: A::Value,
    y: A::Value,
    t: A::Tangent,
) -> Option<A::Tangent> {
    // The result with the reduced axes kept as axes of length one, to stand beside x.
    let kept: Vec<usize> = a
        .shape(x)
        .iter()
        .enumerate()
        .map(|(axis, &length)| if axes.contains(&axis) { 1 } else { length })
        .collect();
    let beside = |v| a.reshape_value(v, &kept);
    let weighted = |weights| Some(a.sum(a.scale(t, weights), axes));
    match f {
        Reduction::Sum => Some(a.sum(t, axes)),
        // K3: ties share equally.
        Reduction::Max | Reduction::Min => {
            let largest = a.compare(Compare::Equal, x, beside(y));
            let ones = a.select(largest, a.number(x, 1.0), a.number(x, 0.0));
            let ties = beside(a.reduce(Reduction::Sum, ones, axes));
            weighted(a.div(ones, ties))
        }
        // The softmax, which is to sum to 1 also where the logarithm has few digits behind the
        // point; 0 where all exponents are -inf.
        Reduction::Logsumexp => {
            let powers = a.unary(Unary::Exp, a.sub(x, beside(y)));
            let softmax = a.div(powers, beside(a.reduce(Reduction::Sum, powers, axes)));
            weighted(a.at(beside(y), f64::NEG_INFINITY, 0.0, softmax))
        }
        // K4: 0 at the tip.
        Reduction::Norm => weighted(a.at(beside(y), 0.0, 0.0, a.binary(Binary::Div, x, beside(y)))),
        Reduction::Any | Reduction::All | Reduction::Argmax | Reduction::Argmin => None,
    }
}
