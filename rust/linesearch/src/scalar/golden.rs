//! Golden section (lecture, section 1; Kiefer 1953).
//!
//! Interior points `y = a + (b-a)/tau^2` and `z = a + (b-a)/tau`, tau = (1 + sqrt 5)/2; the
//! one that stays after narrowing is where the next bracket wants it, so an iteration costs
//! one evaluation (k + 1 in all for k iterations) and shrinks the bracket by 1/tau.
//! The new point is computed from the bracket and not from the old points, so rounding
//! does not drift.

use super::{Bracket, Height, Minimizer, Point};
use crate::rounding::between;

/// 1/tau^2.
pub(crate) const LOWER: f64 = 0.381_966_011_250_105_1;
/// 1/tau.
pub(crate) const UPPER: f64 = 0.618_033_988_749_894_9;

/// The golden point nearer to `a`.
pub(super) fn lower_section(a: f64, b: f64) -> f64 {
    between(a, b, LOWER)
}

/// The golden point of the larger part of a bracket.
///
/// In a golden bracket that is the mirror image of the best point; when the best point
/// stands elsewhere (a triple given by the user) the larger part is cut instead.
pub(super) fn section<P: Point>(bracket: &Bracket<P>) -> f64 {
    let (a, m, b) = (bracket.low.x(), bracket.best.x(), bracket.high.x());
    let (mirror, part, far) =
        if b - m >= m - a { (UPPER, (b - m).abs(), b) } else { (LOWER, (m - a).abs(), a) };
    let u = between(a, b, mirror);
    let well_inside = (u - m).abs() > 0.25 * part && (far - u).abs() > 0.25 * part && bracket.admits(u);
    if well_inside { u } else { between(m, far, LOWER) }
}

/// Golden section.
#[derive(Clone, Copy, Debug, Default)]
pub struct Golden;

impl Minimizer for Golden {
    type Point = Height;

    fn propose(&mut self, bracket: &Bracket<Height>, _tolerance: f64) -> Option<f64> {
        Some(section(bracket))
    }

    fn keeps_left_on_ties(&self) -> bool {
        true
    }
}
