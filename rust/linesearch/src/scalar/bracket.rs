//! Three points that hold a minimum: `low < best < high`, the middle one lowest.

use std::hint::select_unpredictable;

use super::Point;
use crate::rounding::noise;
use crate::{Needs, Sample};

/// The interval that holds the minimum and the best point known inside it.
///
/// An end that was never evaluated has the value plus infinity.  A method that knows
/// slopes keeps only the half the slope points into, so `best` may coincide with an end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bracket<P = Sample> {
    /// The left end.
    pub low: P,
    /// The lowest point seen.
    pub best: P,
    /// The right end.
    pub high: P,
}

impl<P: Point> Bracket<P> {
    /// The bracket `[a, b]` with an interior point.
    pub(crate) fn new(low: P, best: P, high: P, needs: Needs) -> Self {
        let mut bracket = Self { low, best, high };
        if needs >= Needs::Slope {
            bracket.drop_uphill_side();
        }
        bracket
    }

    /// Width of the interval.
    #[inline]
    pub fn width(&self) -> f64 {
        self.high.x() - self.low.x()
    }

    /// How far the minimiser can be from the best point.
    #[inline]
    pub fn radius(&self) -> f64 {
        (self.best.x() - self.low.x()).max(self.high.x() - self.best.x())
    }

    /// How near to the best point values can still tell points apart, when they carry the
    /// relative error `unit`: a parabola through an end at distance D and height H rises
    /// above its rounding within D sqrt(unit |f| / H).  The end that sees more counts, because
    /// the other may stand as high as the best point, by symmetry or on a tie.
    pub fn hidden_radius(&self, unit: f64) -> f64 {
        let squared = |end: &P| {
            let (distance, height) = self.seen_from_best(end);
            if height > 0.0 { distance * distance / height } else { f64::INFINITY }
        };
        let nearer = squared(&self.low).min(squared(&self.high));
        if nearer.is_finite() { (unit * self.best.value().abs() * nearer).sqrt() } else { 0.0 }
    }

    /// Whether [`hidden_radius`](Self::hidden_radius) may be above `tolerance`, without its
    /// divisions and root: every iteration asks, and nearly always the answer is no.
    #[inline]
    pub(crate) fn may_hide(&self, tolerance: f64, unit: f64) -> bool {
        let noise = unit * self.best.value().abs();
        let far = |end: &P| {
            let (distance, height) = self.seen_from_best(end);
            !(noise * distance * distance <= tolerance * tolerance * height)
        };
        far(&self.low) && far(&self.high)
    }

    /// Distance and height of an end above the best point.
    #[inline]
    fn seen_from_best(&self, end: &P) -> (f64, f64) {
        let height = end.value() - self.best.value();
        // Nothing is known of an end that was not evaluated: take it to stand at 2 |f|.
        let height = if height == f64::INFINITY { self.best.value().abs() } else { height };
        (end.x() - self.best.x(), height)
    }

    /// The end farther from the best point.
    #[inline]
    pub fn far(&self) -> &P {
        let (a, m, b) = (self.low.x(), self.best.x(), self.high.x());
        if b - m >= m - a { &self.high } else { &self.low }
    }

    /// Whether `x` lies strictly inside and is not the best point.
    #[inline]
    pub fn admits(&self, x: f64) -> bool {
        self.low.x() < x && x < self.high.x() && x != self.best.x()
    }

    /// Whether the sample is to become the best.
    ///
    /// On a tie a strictly unimodal function has its minimum between the two points, so
    /// either may go; the larger rest is kept, because on a stair of rounded values the
    /// minimum need not be there.  Where rounding hides a difference, known slopes decide.
    #[inline]
    pub fn improves(&self, s: &P, needs: Needs) -> bool {
        let (new, old) = (s.value(), self.best.value());
        if needs >= Needs::Slope && (new - old).abs() <= noise(f64::EPSILON, new, old) {
            // Inside the bracket a slope of the same sign is between the best point and the root.
            return s.slope() * self.best.slope() > 0.0 || s.slope().abs() < self.best.slope().abs();
        }
        if new != old {
            return new < old;
        }
        let (a, m, b) = (self.low.x(), self.best.x(), self.high.x());
        if s.x() < m { m - a >= b - s.x() } else { b - m > s.x() - a }
    }

    /// Take a sample in: it becomes the best point or an end.
    #[inline]
    pub fn narrow(&mut self, s: P, improves: bool, needs: Needs) {
        // The new best point, and the worse of the two: an end on its side of the best.
        // Both are coin tosses, which a processor cannot foresee: no branches.
        let best = select_unpredictable(improves, s, self.best);
        let worse = select_unpredictable(improves, self.best, s);
        let end = select_unpredictable(worse.x() < best.x(), &mut self.low, &mut self.high);
        *end = worse;
        self.best = best;
        if needs >= Needs::Slope {
            self.drop_uphill_side();
        }
    }

    fn drop_uphill_side(&mut self) {
        if self.best.slope() <= 0.0 {
            self.low = self.best;
        }
        if self.best.slope() >= 0.0 {
            self.high = self.best;
        }
    }
}
