//! The standard normal distribution.
//!
//! `ndtr(x) = erfc(-x / sqrt 2) / 2`, its logarithm, and its inverse.
//!
//! Where we deviate from SciPy (Cephes `ndtr.c`): the rounding of `x / sqrt 2` costs
//! `x^2` ulp in the lower tail, so its residual is carried and corrected to first order; the
//! inverse goes through `erfinv` in the middle, where `2 p - 1` is exact.

use super::erf::{erfc, erfcinv, erfcx, erfinv};
use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI, SQRT_2};

/// `1/sqrt 2` minus its nearest double.
const FRAC_1_SQRT_2_LOW: f64 = -4.833_646_656_726_457e-17;

/// Below this `x^2` leaves nothing of the other term of `log_ndtr`; `erfcx` fails near the
/// largest doubles.
const NO_TAIL: f64 = -1e20;

/// The distribution function `P(X <= x)`.
///
/// ```
/// use pyframe_tape::special::ndtr;
/// assert_eq!(ndtr(0.0), 0.5);
/// assert_eq!(ndtr(f64::NEG_INFINITY), 0.0);
/// ```
pub fn ndtr(x: f64) -> f64 {
    let t = x * FRAC_1_SQRT_2;
    let tail = 0.5 * erfc(-t);
    // Above -1/2 the correction is below an ulp; below -40 there is nothing left to correct.
    if !(-40.0..-0.5).contains(&x) {
        return tail;
    }
    // x / sqrt 2 = t + low, and d ln erfc(-t) / dt = 2 / (sqrt(pi) erfcx(-t)).
    let low = x.mul_add(FRAC_1_SQRT_2, -t) + x * FRAC_1_SQRT_2_LOW;
    // The bracket first: the tail may be subnormal.
    tail + tail * (low * FRAC_2_SQRT_PI / erfcx(-t))
}

/// `ln ndtr(x)`, accurate in both tails.
///
/// ```
/// use pyframe_tape::special::log_ndtr;
/// assert_eq!(log_ndtr(0.0), -std::f64::consts::LN_2);
/// assert_eq!(log_ndtr(-1e3), -500_007.826_694_812_16);
/// ```
pub fn log_ndtr(x: f64) -> f64 {
    if x < NO_TAIL {
        -0.5 * x * x
    } else if x > 0.0 {
        (-ndtr(-x)).ln_1p()
    } else {
        // erfc(t) = exp(-t^2) erfcx(t) and t^2 = x^2 / 2; both terms are negative.
        (0.5 * erfcx(-x * FRAC_1_SQRT_2)).ln() - 0.5 * x * x
    }
}

/// The inverse of [`ndtr`] on `[0, 1]`: `-inf` at 0, `inf` at 1, NaN outside.
///
/// ```
/// use pyframe_tape::special::ndtri;
/// assert_eq!(ndtri(0.5), 0.0);
/// assert_eq!(ndtri(0.0), f64::NEG_INFINITY);
/// ```
pub fn ndtri(p: f64) -> f64 {
    if p < 0.25 { -SQRT_2 * erfcinv(2.0 * p) } else { SQRT_2 * erfinv(2.0 * p - 1.0) }
}
