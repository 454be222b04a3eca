//! Functions of one number: y = f(x), dy = f'(x) dx.

#![allow(clippy::enum_glob_use, reason = "a table of formulas")]

use std::f64::consts::{FRAC_2_SQRT_PI, LN_2, LN_10, PI};

use pyframe_graph::{Order, Unary};

use crate::algebra::{Slope, Values};

/// 1 / sqrt(2 pi)
const NORMAL: f64 = 0.398_942_280_401_432_7;

/// f'(x), given x and y = f(x).
#[inline(always)]
pub fn unary<A: Values>(a: &A, f: Unary, x: A::Value, y: A::Value) -> Slope<A::Value> {
    use Slope::{By, MinusOne, One, Zero};
    use Unary::*;
    // e^(-x^2)
    let bell = || a.unary(Exp, a.neg(a.unary(Square, x)));
    By(match f {
        Copy => return One,
        Neg => return MinusOne,
        // K2: 0 at the kinks.
        Abs => a.unary(Sign, x),
        Sign | Floor | Ceil | Rint | Trunc => return Zero,
        Square => a.times(2.0, x),
        Reciprocal => a.neg(a.unary(Square, y)),
        Sqrt => a.over(0.5, y),
        Cbrt => a.over(1.0 / 3.0, a.unary(Square, y)),
        Exp => y,
        Exp2 => a.times(LN_2, y),
        Expm1 => a.unary(Exp, x),
        Log => a.unary(Reciprocal, x),
        Log2 => a.over(1.0 / LN_2, x),
        Log10 => a.over(1.0 / LN_10, x),
        Log1p => a.over(1.0, a.plus(1.0, x)),
        Sin => a.unary(Cos, x),
        Cos => a.neg(a.unary(Sin, x)),
        Tan => a.plus(1.0, a.unary(Square, y)),
        Arcsin => a.over(1.0, a.unary(Sqrt, a.one_minus_square(x))),
        Arccos => a.over(-1.0, a.unary(Sqrt, a.one_minus_square(x))),
        Arctan => a.over(1.0, a.plus(1.0, a.unary(Square, x))),
        Sinh => a.unary(Cosh, x),
        Cosh => a.unary(Sinh, x),
        Tanh => a.one_minus_square(y),
        // hypot does not overflow where x^2 + 1 does.
        Arcsinh => a.over(1.0, a.binary(pyframe_graph::Binary::Hypot, x, a.number(x, 1.0))),
        Arccosh => a.over(1.0, a.unary(Sqrt, a.mul(a.plus(-1.0, x), a.plus(1.0, x)))),
        Arctanh => a.over(1.0, a.one_minus_square(x)),
        Erf => a.times(FRAC_2_SQRT_PI, bell()),
        Erfc => a.times(-FRAC_2_SQRT_PI, bell()),
        Erfinv => a.times(1.0 / FRAC_2_SQRT_PI, a.unary(Exp, a.unary(Square, y))),
        Erfcinv => a.times(-1.0 / FRAC_2_SQRT_PI, a.unary(Exp, a.unary(Square, y))),
        Gamma => a.mul(y, a.unary(Digamma, x)),
        Gammaln => a.unary(Digamma, x),
        Digamma => a.order(Order::Polygamma, 1, x),
        Expit => a.mul(y, a.sub(a.number(y, 1.0), y)),
        LogExpit => a.unary(Expit, a.neg(x)),
        Logit => a.over(1.0, a.mul(x, a.sub(a.number(x, 1.0), x))),
        Softplus => a.unary(Expit, x),
        Ndtr => a.times(NORMAL, a.unary(Exp, a.times(-0.5, a.unary(Square, x)))),
        LogNdtr => a.times(NORMAL, a.unary(Exp, a.sub(a.times(-0.5, a.unary(Square, x)), y))),
        Ndtri => a.times((2.0 * PI).sqrt(), a.unary(Exp, a.times(0.5, a.unary(Square, y)))),
        Entr => a.neg(a.plus(1.0, a.unary(Log, x))),
        I0 => a.unary(I1, x),
        I1 => a.at(x, 0.0, 0.5, a.sub(a.unary(I0, x), a.div(y, x))),
        I0e => a.sub(a.unary(I1e, x), a.mul(a.unary(Sign, x), y)),
        I1e => {
            let ratio = a.add(a.unary(Sign, x), a.unary(Reciprocal, x));
            a.at(x, 0.0, 0.5, a.sub(a.unary(I0e, x), a.mul(y, ratio)))
        }
        J0 => a.neg(a.unary(J1, x)),
        J1 => a.at(x, 0.0, 0.5, a.sub(a.unary(J0, x), a.div(y, x))),
    })
}

/// The derivative of a function with an order is the next order.
#[inline(always)]
pub fn order<A: Values>(a: &A, f: Order, n: u32, x: A::Value) -> Slope<A::Value> {
    Slope::By(a.order(f, n + 1, x))
}
