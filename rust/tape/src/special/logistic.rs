//! The logistic function, its inverse, and logarithms of sums of exponentials.
//!
//! `expit(x) = 1 / (1 + exp(-x))`, `logit(p) = ln(p / (1 - p))`, `softplus(x) = ln(1 + exp(x))`,
//! `logaddexp(x, y) = ln(exp(x) + exp(y))`.
//!
//! Source: `expit` and `logit` are the `pxfm` crate's. Where we deviate: its logistic function
//! answers 1 for large negative arguments, so `exp` takes over there. The sums factor the larger
//! exponential out, as NumPy's `logaddexp` does.

use std::f64::consts::{LN_2, LOG2_E};

/// `1 / (1 + exp(-x))`.
///
/// ```
/// use pyframe_tape::special::expit;
/// assert_eq!(expit(0.0), 0.5);
/// assert_eq!(expit(-700.0), (-700.0_f64).exp());
/// ```
pub fn expit(x: f64) -> f64 {
    // exp(-37) is below half an ulp of 1.
    if x < -37.0 { x.exp() } else { pxfm::f_logistic(x) }
}

/// `ln expit(x) = -ln(1 + exp(-x))`, accurate in both tails.
///
/// ```
/// assert_eq!(pyframe_tape::special::log_expit(-1e3), -1e3);
/// ```
pub fn log_expit(x: f64) -> f64 {
    -softplus(-x)
}

/// `ln(p / (1 - p))` on `[0, 1]`: `-inf` at 0, `inf` at 1, NaN outside.
///
/// ```
/// use pyframe_tape::special::logit;
/// assert_eq!(logit(0.5), 0.0);
/// assert_eq!(logit(1.0), f64::INFINITY);
/// ```
pub fn logit(p: f64) -> f64 {
    match p {
        0.0 => f64::NEG_INFINITY,
        1.0 => f64::INFINITY,
        _ if p > 0.0 && p < 1.0 => pxfm::f_logit(p),
        _ => f64::NAN,
    }
}

/// `ln(1 + exp(x))`, without overflow for large `x` and without loss for very negative `x`.
///
/// ```
/// use pyframe_tape::special::softplus;
/// assert_eq!(softplus(0.0), std::f64::consts::LN_2);
/// assert_eq!(softplus(1e3), 1e3);
/// ```
pub fn softplus(x: f64) -> f64 {
    if x > 0.0 { x + (-x).exp().ln_1p() } else { x.exp().ln_1p() }
}

/// `ln(exp(x) + exp(y))`; `-inf` is the neutral element.
///
/// ```
/// use pyframe_tape::special::logaddexp;
/// assert_eq!(logaddexp(1e4, 1e4), 1e4 + std::f64::consts::LN_2);
/// assert_eq!(logaddexp(f64::NEG_INFINITY, 3.0), 3.0);
/// ```
pub fn logaddexp(x: f64, y: f64) -> f64 {
    // Equal infinities have no difference.
    if x == y {
        return x + LN_2;
    }
    let d = x - y;
    if d > 0.0 { x + (-d).exp().ln_1p() } else { y + d.exp().ln_1p() }
}

/// `log2(2^x + 2^y)`; `-inf` is the neutral element.
///
/// ```
/// use pyframe_tape::special::logaddexp2;
/// assert_eq!(logaddexp2(5.0, 5.0), 6.0);
/// ```
pub fn logaddexp2(x: f64, y: f64) -> f64 {
    if x == y {
        return x + 1.0;
    }
    let d = x - y;
    if d > 0.0 { x + LOG2_E * (-d).exp2().ln_1p() } else { y + LOG2_E * d.exp2().ln_1p() }
}

/// `2^x`.
///
/// ```
/// assert_eq!(pyframe_tape::special::exp2(-1074.0), 5e-324);
/// ```
pub fn exp2(x: f64) -> f64 {
    x.exp2()
}
