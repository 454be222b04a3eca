//! Functions of two numbers: z = f(x, y), dz = (df/dx) dx + (df/dy) dy.

use pyframe_graph::{Binary, Compare, Logical, Test, Unary};

use crate::algebra::{Slope, Values};

/// Which operand's tangent is scaled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The first.
    Left,
    /// The second.
    Right,
}

/// The partial derivative on one side, given x, y and z = f(x, y).
///
/// `tie` is the share of a side at a tie of `maximum` and its like: 0 against a constant (K2:
/// `maximum(x, 0)` at 0 is `relu` at 0), one half between two variables (K3).
#[inline(always)]
pub fn binary<A: Values>(
    a: &A,
    f: Binary,
    side: Side,
    [x, y, z]: [A::Value; 3],
    tie: f64,
) -> Slope<A::Value> {
    use Binary as B;
    use Side::{Left, Right};
    use Slope::{By, ByBoth, MinusOne, One, Strongly, Zero};
    let (this, other) = if side == Left { (x, y) } else { (y, x) };
    By(match (f, side) {
        (B::Add, _) | (B::Sub | B::Fmod | B::Remainder | B::Nextafter, Left) => return One,
        (B::Sub, Right) => return MinusOne,
        (B::Mul, _) | (B::Scale, Left) => other,
        (B::Scale, Right) | (B::Strong, _) => return Strongly(other),
        (B::Div, Left) => a.unary(Unary::Reciprocal, y),
        (B::Div, Right) => return ByBoth(a.neg(z), a.unary(Unary::Reciprocal, y)),
        // K5: x^0 is constant; by a strong product, as x^(y - 1) is what moves with y there.
        (B::Pow, Left) => a.binary(B::Strong, y, a.binary(B::Pow, x, a.plus(-1.0, y))),
        // K5: 0^y is 0 for all y > 0.
        (B::Pow, Right) => {
            let zero = a.number(x, 0.0);
            let at_zero = a.compare(Compare::Equal, x, zero);
            let positive = a.compare(Compare::Greater, y, zero);
            let flat = a.logical(Logical::And, at_zero, positive);
            a.select(flat, zero, a.mul(z, a.unary(Unary::Log, x)))
        }
        (B::Maximum, _) => larger(a, this, other, tie),
        (B::Minimum, _) => larger(a, other, this, tie),
        (B::Fmax, _) => beside_nan(a, this, other, larger(a, this, other, tie)),
        (B::Fmin, _) => beside_nan(a, this, other, larger(a, other, this, tie)),
        (B::Arctan2, Left) => over_square(a, x, y, y),
        (B::Arctan2, Right) => a.neg(over_square(a, x, y, x)),
        // K4: 0 at the tip.
        (B::Hypot, _) => a.at(z, 0.0, 0.0, a.div(this, z)),
        (B::Logaddexp, _) => share(a, this, other, z, 1.0),
        (B::Logaddexp2, _) => share(a, this, other, z, std::f64::consts::LN_2),
        (B::Fmod, Right) => a.neg(a.unary(Unary::Trunc, a.div(x, y))),
        (B::Remainder, Right) => a.neg(a.binary(B::FloorDivide, x, y)),
        (B::Copysign, Left) => {
            let sign = a.binary(B::Copysign, a.number(y, 1.0), y);
            a.mul(a.unary(Unary::Sign, x), sign)
        }
        (B::Heaviside, Right) => a.at(x, 0.0, 1.0, a.number(x, 0.0)),
        (B::FloorDivide, _) | (B::Copysign | B::Nextafter, Right) | (B::Heaviside, Left) => {
            return Zero;
        }
        (B::Xlogy, Left) => a.unary(Unary::Log, y),
        (B::Xlog1py, Left) => a.unary(Unary::Log1p, y),
        (B::Xlogy, Right) => a.binary(B::Strong, x, a.unary(Unary::Reciprocal, y)),
        (B::Beta, _) => a.mul(z, falling(a, this, other)),
        (B::Betaln, _) => falling(a, this, other),
        (B::Xlog1py, Right) => a.binary(B::Strong, x, a.over(1.0, a.plus(1.0, y))),
    })
}

/// 1 where x > y, `tie` where x = y, 0 elsewhere.
#[inline(always)]
fn larger<A: Values>(a: &A, x: A::Value, y: A::Value, tie: f64) -> A::Value {
    let [zero, tie, one] = [0.0, tie, 1.0].map(|number| a.number(x, number));
    let equal = a.select(a.compare(Compare::Equal, x, y), tie, zero);
    a.select(a.compare(Compare::Greater, x, y), one, equal)
}

/// 1 where only the other operand is NaN: fmax and fmin ignore it.
#[inline(always)]
fn beside_nan<A: Values>(a: &A, this: A::Value, other: A::Value, usual: A::Value) -> A::Value {
    let one = a.number(this, 1.0);
    let alone = a.select(a.test(Test::IsNan, this), a.number(this, 0.0), one);
    a.select(a.test(Test::IsNan, other), alone, usual)
}

/// v / (x^2 + y^2) without overflow; 0 at the origin.
#[inline(always)]
fn over_square<A: Values>(a: &A, x: A::Value, y: A::Value, v: A::Value) -> A::Value {
    let length = a.binary(Binary::Hypot, x, y);
    a.at(length, 0.0, 0.0, a.div(a.div(v, length), length))
}

/// digamma(x) - digamma(x + y): the derivative of ln |B(x, y)| in x.
#[inline(always)]
fn falling<A: Values>(a: &A, x: A::Value, y: A::Value) -> A::Value {
    a.sub(a.unary(Unary::Digamma, x), a.unary(Unary::Digamma, a.add(x, y)))
}

/// e^x / (e^x + e^y) for exponents in some base; 0 where both powers are 0 (z = -inf).
#[inline(always)]
fn share<A: Values>(a: &A, x: A::Value, y: A::Value, z: A::Value, log_base: f64) -> A::Value {
    let share = a.unary(Unary::Expit, a.times(log_base, a.sub(x, y)));
    a.at(z, f64::NEG_INFINITY, 0.0, share)
}
