//! The reverse sweep over a tape of scalars, in numbers.
//!
//! The partial derivatives are those of the rules, read with numbers for values; no node is
//! added.  An adjoint of exactly 0 is not followed (K1).

use pyframe_autodiff::algebra::{Slope, Values};
use pyframe_autodiff::rules::{self, Side};
use pyframe_graph::{Attribute, Binary, Compare, Graph, Logical, NodeId, Order, Primitive, Test, Unary};

use super::numeric;

/// Numbers as the values of a rule; truth is 1 and falsehood 0.
struct Numbers;

fn truth(holds: bool) -> f64 {
    f64::from(u8::from(holds))
}

impl Values for Numbers {
    type Value = f64;

    #[inline(always)]
    fn number(&self, _: f64, number: f64) -> f64 {
        number
    }
    #[inline(always)]
    fn unary(&self, f: Unary, x: f64) -> f64 {
        numeric::unary(f, x)
    }
    #[inline(always)]
    fn order(&self, f: Order, order: u32, x: f64) -> f64 {
        numeric::order(f, order, x)
    }
    #[inline(always)]
    fn binary(&self, f: Binary, a: f64, b: f64) -> f64 {
        numeric::binary(f, a, b)
    }
    #[inline(always)]
    fn compare(&self, f: Compare, a: f64, b: f64) -> f64 {
        truth(numeric::compare(f, a, b))
    }
    #[inline(always)]
    fn logical(&self, f: Logical, a: f64, b: f64) -> f64 {
        let (a, b) = (a != 0.0, b != 0.0);
        truth(match f {
            Logical::And => a && b,
            Logical::Or => a || b,
            Logical::Xor => a != b,
        })
    }
    #[inline(always)]
    fn test(&self, f: Test, x: f64) -> f64 {
        truth(match f {
            Test::IsNan => x.is_nan(),
            Test::IsInf => x.is_infinite(),
            Test::IsFinite => x.is_finite(),
            Test::SignBit => x.is_sign_negative(),
            Test::Not => x == 0.0,
        })
    }
    #[inline(always)]
    fn select(&self, condition: f64, a: f64, b: f64) -> f64 {
        if condition == 0.0 { b } else { a }
    }
}

/// An adjoint under a slope.
#[inline(always)]
fn along(adjoint: f64, slope: Slope<f64>) -> f64 {
    match slope {
        Slope::Zero => 0.0,
        Slope::One => adjoint,
        Slope::MinusOne => -adjoint,
        Slope::By(c) => adjoint * c,
        Slope::Strongly(c) => {
            if c == 0.0 {
                0.0
            } else {
                adjoint * c
            }
        }
    }
}

/// Adjoints of a tape: of its scalars by place, and of the elements of arrays that were read.
#[derive(Debug, Default)]
pub struct Adjoints {
    /// Of each node from the first one asked for.
    scalars: Vec<f64>,
    first: usize,
    /// (array node, place, adjoint), in the order met.
    elements: Vec<(NodeId, usize, f64)>,
}

impl Adjoints {
    /// The adjoint of a scalar.
    pub fn scalar(&self, id: NodeId) -> f64 {
        id.index().checked_sub(self.first).and_then(|k| self.scalars.get(k)).copied().unwrap_or(0.0)
    }

    /// Add the adjoints of an array's elements, in row-major order.
    pub fn add_to(&self, id: NodeId, adjoint: &mut [f64]) {
        for &(_, place, number) in self.elements.iter().filter(|(array, ..)| *array == id) {
            adjoint[place] += number;
        }
    }
}

/// Sweep from a scalar back to the node `first`, given the values of all scalars; nothing when
/// something other than elementwise functions of scalars and elements of `arrays` is met.
pub fn sweep(
    graph: &Graph,
    values: &[f64],
    from: NodeId,
    first: NodeId,
    arrays: &[NodeId],
) -> Option<Adjoints> {
    let nodes = &graph.nodes()[..=from.index()];
    let (first, last) = (first.index().min(from.index()), from.index());
    let mut scalars = Vec::new();
    scalars.try_reserve_exact(last - first + 1).ok()?;
    scalars.resize(last - first + 1, 0.0);
    scalars[last - first] = 1.0;
    let mut elements = Vec::new();
    for place in (first..=last).rev() {
        let adjoint: f64 = scalars[place - first];
        if adjoint == 0.0 {
            continue;
        }
        let node = &nodes[place];
        let [a, b] = node.words().map(NodeId::index);
        let mut flow = |to: usize, amount: f64| {
            if let Some(k) = to.checked_sub(first) {
                scalars[k] += amount;
            }
        };
        match node.primitive {
            Primitive::Binary(f) if node.is_scalar() => {
                let triple = [values[a], values[b], values[place]];
                // At a tie a constant leaves nothing to the other side.
                let tie = |other: usize| if nodes[other].scalar_constant().is_some() { 0.0 } else { 0.5 };
                if nodes[a].scalar_constant().is_none() {
                    flow(a, along(adjoint, rules::binary(&Numbers, f, Side::Left, triple, tie(b))));
                }
                if nodes[b].scalar_constant().is_none() {
                    flow(b, along(adjoint, rules::binary(&Numbers, f, Side::Right, triple, tie(a))));
                }
            }
            Primitive::Unary(f) if node.is_scalar() => {
                flow(a, along(adjoint, rules::unary(&Numbers, f, values[a], values[place])));
            }
            Primitive::Order(f) => {
                let (x, Attribute::Integer(n)) =
                    (graph.operands(NodeId(place as u32))[0], graph.attribute(NodeId(place as u32)))
                else {
                    return None;
                };
                if !node.is_scalar() {
                    return None;
                }
                flow(x.index(), along(adjoint, rules::order(&Numbers, f, *n as u32, values[x.index()])));
            }
            Primitive::Element => {
                let array = NodeId(a as u32);
                if arrays.contains(&array) {
                    elements.push((array, b, adjoint));
                } else if !matches!(nodes[a].primitive, Primitive::Input | Primitive::Constant) {
                    return None;
                }
            }
            Primitive::Input | Primitive::Constant => {}
            _ => return None,
        }
    }
    Some(Adjoints { scalars, first, elements })
}
