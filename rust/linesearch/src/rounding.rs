//! Arithmetic that neither overflows nor forgets how coarse floating point is.

/// The point `a + r (b - a)`, also where `b - a` overflows.
#[inline]
pub(crate) fn between(a: f64, b: f64, r: f64) -> f64 {
    let width = b - a;
    if width.is_finite() { a + r * width } else { a * (1.0 - r) + b * r }
}

/// The middle of `a` and `b`.
pub(crate) fn middle(a: f64, b: f64) -> f64 {
    between(a, b, 0.5)
}

/// How far two values of size `a` and `b` may differ by rounding alone, when the function
/// that made them carries a relative error of `unit`: a few units in the last place.
#[inline]
pub(crate) fn noise(unit: f64, a: f64, b: f64) -> f64 {
    4.0 * unit * a.abs().max(b.abs())
}
