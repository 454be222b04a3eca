//! Looking for the domain inside bounds: at the method's first point, then at a few others.
//!
//! Until a finite value is found, the bracket holds the bounds as its ends and the first
//! point as its best.

use super::{Bracket, Point, golden};
use crate::rounding::between;

/// Where to look when the first point is outside the domain, as fractions.
const PROBES: [f64; 3] = [golden::UPPER, 0.145_898_033_750_315_45, 0.854_101_966_249_684_5];

/// The place to look at when so many were outside the domain; `None` when it is enough.
pub(super) fn place<P: Point>(bracket: &Bracket<P>, outside: usize) -> Option<f64> {
    if outside == 0 {
        return Some(bracket.best.x());
    }
    let fraction = PROBES.get(outside - 1)?;
    Some(between(bracket.low.x(), bracket.high.x(), *fraction))
}

/// The ends that enclose a point of the domain: the bounds, or nearer places outside.
pub(super) fn ends<P: Point>(bracket: &Bracket<P>, outside: usize, x: f64) -> (f64, f64) {
    let (mut low, mut high) = (bracket.low.x(), bracket.high.x());
    for place in (0..outside).filter_map(|number| place(bracket, number)) {
        if place < x {
            low = low.max(place);
        } else {
            high = high.min(place);
        }
    }
    (low, high)
}
