//! Functions of one number: y = f(x), dy = f'(x) dx.

#![allow(clippy::enum_glob_use, reason = "a table of formulas")]

use std::f64::consts::{FRAC_2_SQRT_PI, LN_2, LN_10, PI};

use pyframe_graph::{Compare, Order, Unary};

use crate::algebra::{Slope, Values};

/// 1 / sqrt(2 pi)
const NORMAL: f64 = 0.398_942_280_401_432_7;

/// f'(x), given x and y = f(x).
#[inline(always)]
pub fn unary<A: Values>(a: &A, f: Unary, x: A::Value, y: A::Value) -> Slope<A::Value> {
    use Slope::{By, ByBoth, MinusOne, One, Zero};
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
        Reciprocal => return ByBoth(y, a.neg(y)),
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
        LogNdtr => {
            let ratio = a.times(NORMAL, a.unary(Exp, a.sub(a.times(-0.5, a.unary(Square, x)), y)));
            let far = a.compare(Compare::Less, x, a.number(x, FAR));
            a.select(far, mills_ratio(a, x), ratio)
        }
        Ndtri => a.times((2.0 * PI).sqrt(), a.unary(Exp, a.times(0.5, a.unary(Square, y)))),
        Entr => a.neg(a.plus(1.0, a.unary(Log, x))),
        I0 => a.unary(I1, x),
        I1 => near_zero(a, x, bessel_slope(a, x, 1.0), a.sub(a.unary(I0, x), a.div(y, x))),
        I0e => a.sub(a.unary(I1e, x), a.mul(a.unary(Sign, x), y)),
        I1e => {
            let ratio = a.add(a.unary(Sign, x), a.unary(Reciprocal, x));
            let scaled = a.mul(a.unary(Exp, a.neg(a.unary(Abs, x))), bessel_slope(a, x, 1.0));
            let near = a.sub(scaled, a.mul(a.unary(Sign, x), y));
            near_zero(a, x, near, a.sub(a.unary(I0e, x), a.mul(y, ratio)))
        }
        J0 => a.neg(a.unary(J1, x)),
        J1 => near_zero(a, x, bessel_slope(a, x, -1.0), a.sub(a.unary(J0, x), a.div(y, x))),
    })
}

/// One value where |x| < 1, another elsewhere.
fn near_zero<A: Values>(a: &A, x: A::Value, near: A::Value, usual: A::Value) -> A::Value {
    let within = a.compare(Compare::Less, a.unary(Unary::Abs, x), a.number(x, 1.0));
    a.select(within, near, usual)
}

/// I1'(x), or J1'(x) with the sign -1, for |x| < 1: the sum of (2k + 1)/(2 k! (k + 1)!)
/// (sign x^2/4)^k, where I0 - I1/x would lose the digits of higher derivatives.
fn bessel_slope<A: Values>(a: &A, x: A::Value, sign: f64) -> A::Value {
    const TERMS: [f64; 11] = [
        0.5,
        3.0 / 4.0,
        5.0 / 24.0,
        7.0 / 288.0,
        9.0 / 5_760.0,
        11.0 / 172_800.0,
        13.0 / 7_257_600.0,
        15.0 / 406_425_600.0,
        17.0 / 29_262_643_200.0,
        19.0 / 2_633_637_888_000.0,
        21.0 / 289_700_167_680_000.0,
    ];
    let square = a.times(0.25 * sign, a.unary(Unary::Square, x));
    TERMS.iter().rev().fold(a.number(x, 0.0), |sum, &term| a.plus(term, a.mul(square, sum)))
}

/// Below here the normal density over its integral is read off its asymptotic series.
const FAR: f64 = -20.0;

/// The normal density over its integral up to x, for x < -20 (DLMF 7.12.1):
/// -x / (1 - 1/x^2 + 3/x^4 - 15/x^6 + ...).
fn mills_ratio<A: Values>(a: &A, x: A::Value) -> A::Value {
    let u = a.unary(Unary::Reciprocal, a.unary(Unary::Square, x));
    let series = (1..=10u8)
        .rev()
        .fold(a.number(x, 1.0), |sum, k| a.plus(1.0, a.mul(a.times(-(2.0 * f64::from(k) - 1.0), u), sum)));
    a.neg(a.div(x, series))
}

/// The derivative of a function with an order is the next order.
#[inline(always)]
pub fn order<A: Values>(a: &A, f: Order, n: u32, x: A::Value) -> Slope<A::Value> {
    Slope::By(a.order(f, n + 1, x))
}
