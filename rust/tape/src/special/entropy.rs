//! Products with a logarithm that are zero where the factor is: the terms of entropies.
//!
//! `xlogy(x, y) = x ln y`, `xlog1py(x, y) = x ln(1 + y)`, `entr(x) = -x ln x`, each continued
//! by its limit 0 at `x = 0`. Conventions: SciPy's.

/// `x ln y`, and 0 at `x = 0` for every `y` that is not NaN.
///
/// ```
/// use pyframe_tape::special::xlogy;
/// assert_eq!(xlogy(0.0, 0.0), 0.0);
/// assert!(xlogy(0.0, f64::NAN).is_nan());
/// ```
pub fn xlogy(x: f64, y: f64) -> f64 {
    if x == 0.0 && !y.is_nan() { 0.0 } else { x * y.ln() }
}

/// `x ln(1 + y)`, and 0 at `x = 0` for every `y` that is not NaN.
///
/// ```
/// use pyframe_tape::special::xlog1py;
/// assert_eq!(xlog1py(0.0, -1.0), 0.0);
/// assert_eq!(xlog1py(2.0, 1e-20), 2e-20);
/// ```
pub fn xlog1py(x: f64, y: f64) -> f64 {
    if x == 0.0 && !y.is_nan() { 0.0 } else { x * y.ln_1p() }
}

/// `-x ln x` for `x > 0`, 0 at 0, `-inf` below: the concave extension.
///
/// ```
/// use pyframe_tape::special::entr;
/// assert_eq!(entr(1.0), 0.0);
/// assert_eq!(entr(-1.0), f64::NEG_INFINITY);
/// ```
pub fn entr(x: f64) -> f64 {
    if x > 0.0 {
        -x * x.ln()
    } else if x == 0.0 {
        0.0
    } else if x < 0.0 {
        f64::NEG_INFINITY
    } else {
        x
    }
}
