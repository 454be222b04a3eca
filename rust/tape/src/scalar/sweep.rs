//! The reverse sweep over a tape of scalars, in numbers.
//!
//! The partial derivatives are those of the rules, read with numbers for values; no node is
//! added.  An adjoint of exactly 0 is not followed (K1).

use pyframe_autodiff::algebra::{Slope, Values};
use pyframe_autodiff::rules::{self, Side};
use pyframe_graph::{Attribute, Binary, Compare, Graph, Logical, NodeId, Order, Primitive, Test, Unary};

use super::memory;
use super::numeric::{self, truth};

/// Numbers as the values of a rule; truth is 1 and falsehood 0.
pub(super) struct Plain;

impl Values for Plain {
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
        truth(numeric::logical(f, a != 0.0, b != 0.0))
    }
    #[inline(always)]
    fn test(&self, f: Test, x: f64) -> f64 {
        truth(numeric::test(f, x))
    }
    #[inline(always)]
    fn select(&self, condition: f64, a: f64, b: f64) -> f64 {
        if condition == 0.0 { b } else { a }
    }
}

/// An adjoint under a slope.
#[inline(always)]
pub(super) fn along(adjoint: f64, slope: Slope<f64>) -> f64 {
    match slope {
        Slope::Zero => 0.0,
        Slope::One => adjoint,
        Slope::MinusOne => -adjoint,
        Slope::By(c) => adjoint * c,
        Slope::ByBoth(c, d) => adjoint * c * d,
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
    /// Of each node up to the result; what lies at constants and before the first node asked
    /// for means nothing.
    scalars: Vec<f64>,
    /// (array node, place, adjoint), in the order met.
    elements: Vec<(NodeId, usize, f64)>,
}

impl Adjoints {
    /// The adjoint of a scalar that is no constant.
    pub fn scalar(&self, id: NodeId) -> f64 {
        self.scalars.get(id.index()).copied().unwrap_or(0.0)
    }

    /// Add the adjoints of an array's elements, in row-major order.
    pub fn add_to(&self, id: NodeId, adjoint: &mut [f64]) {
        for &(_, place, number) in self.elements.iter().filter(|(array, ..)| *array == id) {
            adjoint[place] += number;
        }
    }
}

impl Drop for Adjoints {
    fn drop(&mut self) {
        memory::keep_numbers(std::mem::take(&mut self.scalars));
    }
}

/// Sweep from a scalar back to the node `first`, given the values of all scalars; nothing when
/// something other than elementwise functions of scalars and elements of `arrays` is met.
#[expect(unsafe_code, reason = "places are compared once, not at each use")]
pub fn sweep(
    graph: &Graph,
    values: &[f64],
    from: NodeId,
    first: NodeId,
    arrays: &[NodeId],
) -> Option<Adjoints> {
    let count = from.index() + 1;
    let (nodes, values) = (graph.nodes().get(..count)?, values.get(..count)?);
    let mut adjoints = Adjoints { scalars: memory::numbers(), elements: Vec::new() };
    adjoints.scalars.try_reserve_exact(count).ok()?;
    adjoints.scalars.resize(count, 0.0);
    let scalars = &mut adjoints.scalars[..count];
    scalars[from.index()] = 1.0;
    for place in (first.index()..count).rev() {
        let adjoint = scalars[place];
        if adjoint == 0.0 {
            continue;
        }
        let node = &nodes[place];
        let [a, b] = node.words().map(NodeId::index);
        // Operands come before what is made of them; a node of one operand has 0 for the other.
        if node.is_scalar() && a < place && b < place {
            // SAFETY: both lie before `place`, which is below the length of both slices.
            let (x, y, z) = unsafe { (*values.get_unchecked(a), *values.get_unchecked(b), values[place]) };
            let mut flow = |to: usize, slope: Slope<f64>| {
                // SAFETY: as above.
                unsafe { *scalars.get_unchecked_mut(to) += along(adjoint, slope) }
            };
            // The compiler makes one straight piece of code of each; a constant that an adjoint
            // flows to does not pass it on.
            macro_rules! pass {
                ($($usual:ident),*; $($single:ident),*) => {
                    match node.primitive {
                        $(Primitive::Binary(Binary::$usual) => {
                            flow(a, rules::binary(&Plain, Binary::$usual, Side::Left, [x, y, z], 0.0));
                            flow(b, rules::binary(&Plain, Binary::$usual, Side::Right, [x, y, z], 0.0));
                            continue;
                        })*
                        $(Primitive::Unary(Unary::$single) => {
                            flow(a, rules::unary(&Plain, Unary::$single, x, z));
                            continue;
                        })*
                        _ => {}
                    }
                };
            }
            pass!(Add, Sub, Mul, Div; Copy, Neg, Square, Reciprocal, Sqrt);
        }
        pass_unusual(graph, values, place, arrays, scalars, &mut adjoints.elements)?;
    }
    Some(adjoints)
}

/// Pass an adjoint on through a function that costs more than a call, or to an element.
#[inline(never)]
fn pass_unusual(
    graph: &Graph,
    values: &[f64],
    place: usize,
    arrays: &[NodeId],
    scalars: &mut [f64],
    elements: &mut Vec<(NodeId, usize, f64)>,
) -> Option<()> {
    let (nodes, id, adjoint) = (graph.nodes(), NodeId(place as u32), scalars[place]);
    let node = &nodes[place];
    let [a, b] = node.words().map(NodeId::index);
    match node.primitive {
        Primitive::Binary(f) if node.is_scalar() => {
            let triple = [values[a], values[b], values[place]];
            let constant = |x: usize| nodes[x].scalar_constant().is_some();
            // At a tie a constant leaves nothing to the other side.
            let tie = |other: usize| if constant(other) { 0.0 } else { 0.5 };
            if !constant(a) {
                scalars[a] += along(adjoint, rules::binary(&Plain, f, Side::Left, triple, tie(b)));
            }
            if !constant(b) {
                scalars[b] += along(adjoint, rules::binary(&Plain, f, Side::Right, triple, tie(a)));
            }
        }
        Primitive::Unary(f) if node.is_scalar() => {
            scalars[a] += along(adjoint, rules::unary(&Plain, f, values[a], values[place]));
        }
        Primitive::Order(f) if node.is_scalar() => {
            let (&[x], &Attribute::Integer(n)) = (graph.operands(id), graph.attribute(id)) else {
                return None;
            };
            scalars[x.index()] += along(adjoint, rules::order(&Plain, f, n as u32, values[x.index()]));
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
    Some(())
}
