//! The derivatives of `ln Gamma`, and the Hurwitz zeta function behind the higher ones.
//!
//! `psi_n(x) = d^(n+1)/dx^(n+1) ln Gamma(x)`, for `n >= 1` equal to
//! `(-1)^(n+1) n! zeta(n + 1, x)` (DLMF 5.15.1, 25.11.12), with
//! `zeta(s, q) = sum_{k>=0} (q + k)^-s` (DLMF 25.11.1).
//!
//! Source: `digamma` and `trigamma` are the `pxfm` crate's. `zeta` sums ten terms and closes
//! with the Euler-Maclaurin formula (DLMF 25.11.28; Cephes `zeta.c` does the same). Where we
//! deviate from Cephes: terms are relative to the first, `((q + k)/q)^-s = exp(-s ln(1 + k/q))`,
//! so that the rounding of `q + k` is not raised to the power `s`; and for negative `q` the
//! terms left of zero are two more zeta functions, where Cephes loops over all of them.
//! At the poles: `inf` where both sides agree, the side of the zero at `+-0`, else NaN.

use super::gamma::{gamma, gammaln};
use super::rounding::is_integer;

/// From here on `ln x` and `1/x` are all there is of digamma and trigamma; the crate's answer
/// NaN from 1e300 on.
const LEADING_TERM: f64 = 1e20;
/// Terms summed before the Euler-Maclaurin formula.
const SUMMED: u32 = 10;
/// The largest order whose factorial is finite.
const MAX_FACTORIAL: u32 = 170;
/// `B_2j / (2j)!`
const BERNOULLI: [f64; 9] = [
    0.083_333_333_333_333_33,
    -0.001_388_888_888_888_889,
    3.306_878_306_878_307e-5,
    -8.267_195_767_195_768e-7,
    2.087_675_698_786_81e-8,
    -5.284_190_138_687_493e-10,
    1.338_253_653_068_467_9e-11,
    -3.389_680_296_322_582_7e-13,
    8.586_062_056_277_845e-15,
];

/// The digamma function `d/dx ln Gamma(x)`: `-+inf` at `+-0`, NaN at the negative integers.
///
/// ```
/// use pyframe_tape::special::digamma;
/// assert_eq!(digamma(1.0), -0.577_215_664_901_532_9);
/// assert_eq!(digamma(0.0), f64::NEG_INFINITY);
/// ```
pub fn digamma(x: f64) -> f64 {
    if x == 0.0 {
        -f64::INFINITY.copysign(x)
    } else if x > LEADING_TERM {
        x.ln()
    } else {
        pxfm::f_digamma(x)
    }
}

/// The trigamma function `d^2/dx^2 ln Gamma(x)`: `inf` at 0 and the negative integers.
///
/// ```
/// use pyframe_tape::special::trigamma;
/// assert_eq!(trigamma(1.0), std::f64::consts::PI.powi(2) / 6.0);
/// assert_eq!(trigamma(-1.0), f64::INFINITY);
/// ```
pub fn trigamma(x: f64) -> f64 {
    if x == f64::NEG_INFINITY {
        f64::NAN
    } else if x == 0.0 {
        f64::INFINITY
    } else if x > LEADING_TERM {
        1.0 / x
    } else {
        pxfm::f_trigamma(x)
    }
}

/// The n-th derivative of [`digamma`]; order 0 is `digamma` itself.
///
/// ```
/// use pyframe_tape::special::polygamma;
/// assert!((polygamma(2, 1.0) + 2.404_113_806_319_188_5).abs() < 1e-15);
/// assert_eq!(polygamma(3, -1.0), f64::INFINITY);
/// ```
pub fn polygamma(n: u32, x: f64) -> f64 {
    match n {
        0 => return digamma(x),
        1 => return trigamma(x),
        _ => {}
    }
    if x == f64::NEG_INFINITY || x.is_nan() {
        return f64::NAN;
    }
    let even = n.is_multiple_of(2);
    if x == f64::INFINITY {
        return if even { -0.0 } else { 0.0 };
    }
    if x <= 0.0 && is_integer(x) {
        return match (even, x == 0.0) {
            (false, _) => f64::INFINITY,
            (true, true) => -f64::INFINITY.copysign(x),
            (true, false) => f64::NAN,
        };
    }
    let s = f64::from(n) + 1.0;
    let sum = zeta(s, x);
    let size = if n <= MAX_FACTORIAL && sum.is_normal() {
        gamma(s) * sum
    } else if x >= 1.0 {
        // Factorial and power in one exponential, since each alone is out of range.
        let (power, rest) = relative_to_first(s, x);
        (gammaln(s) + power * x.ln()).exp() * rest
    } else {
        sum * f64::INFINITY
    };
    if even { -size } else { size }
}

/// The Hurwitz zeta function for `s > 1`: `inf` at `s = 1`, NaN below.
///
/// For `q <= 0`: `inf` at the integers, the sum for integer `s`, else NaN (powers of negative
/// numbers).
///
/// ```
/// use pyframe_tape::special::zeta;
/// assert_eq!(zeta(2.0, 1.0), std::f64::consts::PI.powi(2) / 6.0);
/// assert_eq!(zeta(1.0, 1.0), f64::INFINITY);
/// ```
pub fn zeta(s: f64, q: f64) -> f64 {
    if s.is_nan() || q.is_nan() || s < 1.0 {
        return f64::NAN;
    }
    if s == 1.0 {
        return f64::INFINITY;
    }
    if q > 0.0 {
        return positive(s, q);
    }
    if is_integer(q) || q == f64::NEG_INFINITY {
        return f64::INFINITY;
    }
    if !is_integer(s) {
        return f64::NAN;
    }
    // The points q + k are -f, -f-1, ..., q left of zero and 1-f, 2-f, ... right of it. The two
    // next to zero first: for odd s they cancel, at half-integers altogether.
    let f = -q - (-q).floor();
    let parity = if s % 2.0 == 0.0 { 1.0 } else { -1.0 };
    let nearest = parity * f.powf(-s) + (1.0 - f).powf(-s);
    let left = positive(s, 1.0 + f) - positive(s, 1.0 - q);
    nearest + (parity * left + positive(s, 2.0 - f))
}

/// `zeta(s, q)` for `s > 1` and `q > 0`.
fn positive(s: f64, q: f64) -> f64 {
    if q == f64::INFINITY {
        return 0.0;
    }
    // Only the first term counts.
    if s == f64::INFINITY {
        return q.powf(-s);
    }
    // Ratios to a first term that towers over the rest would lose digits of the rest.
    if q < 1.0 {
        return q.powf(-s) + positive(s, q + 1.0);
    }
    let (power, rest) = relative_to_first(s, q);
    q.powf(power) * rest
}

/// `zeta(s, q)` for `q >= 1` as `q^power rest`. The power is `1 - s`, which is exact, and not
/// `-s`, since the integral `q^(1-s)/(s-1)` may be far above the first term.
fn relative_to_first(s: f64, q: f64) -> (f64, f64) {
    let decay = |k: u32| (-s * (f64::from(k) / q).ln_1p()).exp();
    let sum: f64 = (0..SUMMED).rev().map(decay).sum();
    let last = decay(SUMMED);
    if last == 0.0 {
        return (1.0 - s, sum / q);
    }
    let a = q + f64::from(SUMMED);
    // sum_j B_2j/(2j)! s (s+1) ... (s+2j-2) / a^(2j-1)
    let mut factor = s / a;
    let mut tail = 0.5;
    for (j, coefficient) in BERNOULLI.iter().enumerate() {
        tail += coefficient * factor;
        let m = (2 * j) as f64;
        factor *= (s + m + 1.0) / a * ((s + m + 2.0) / a);
    }
    (1.0 - s, (sum + last * tail) / q + last * (a / q) / (s - 1.0))
}
