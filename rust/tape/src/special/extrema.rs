//! The larger and the smaller of two, with NaN propagated or ignored.
//!
//! NumPy's `maximum` and `minimum` answer NaN if either is; `fmax` and `fmin` only if both are
//! (C99). `f64::max` is the latter but leaves open which of two equal zeros it answers
//! (so does NumPy: its scalar and its vector loops differ); here it is the first.

/// The larger one; NaN if either is.
///
/// ```
/// assert!(pyframe_tape::special::maximum(1.0, f64::NAN).is_nan());
/// ```
pub fn maximum(x: f64, y: f64) -> f64 {
    if x >= y || x.is_nan() { x } else { y }
}

/// The smaller one; NaN if either is.
///
/// ```
/// assert!(pyframe_tape::special::minimum(1.0, f64::NAN).is_nan());
/// ```
pub fn minimum(x: f64, y: f64) -> f64 {
    if x <= y || x.is_nan() { x } else { y }
}

/// The larger one; the other if one is NaN.
///
/// ```
/// assert_eq!(pyframe_tape::special::fmax(1.0, f64::NAN), 1.0);
/// ```
pub fn fmax(x: f64, y: f64) -> f64 {
    if x >= y || y.is_nan() { x } else { y }
}

/// The smaller one; the other if one is NaN.
///
/// ```
/// assert_eq!(pyframe_tape::special::fmin(1.0, f64::NAN), 1.0);
/// ```
pub fn fmin(x: f64, y: f64) -> f64 {
    if x <= y || y.is_nan() { x } else { y }
}
