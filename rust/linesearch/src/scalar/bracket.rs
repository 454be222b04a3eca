//! Three points that hold a minimum: `low < best < high`, the middle one lowest.

use crate::rounding::noise;
use crate::{Needs, Sample};

/// The interval that holds the minimum and the best point known inside it.
///
/// An end that was never evaluated has the value plus infinity.  A method that knows
/// slopes keeps only the half the slope points into, so `best` may coincide with an end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bracket {
    /// The left end.
    pub low: Sample,
    /// The lowest point seen.
    pub best: Sample,
    /// The right end.
    pub high: Sample,
}

impl Bracket {
    /// The bracket `[a, b]` with an interior point.
    pub(crate) fn new(low: Sample, best: Sample, high: Sample, needs: Needs) -> Self {
        let mut bracket = Self { low, best, high };
        if needs >= Needs::Slope {
            bracket.drop_uphill_side();
        }
        bracket
    }

    /// Width of the interval.
    pub fn width(&self) -> f64 {
        self.high.x - self.low.x
    }

    /// How far the minimiser can be from the best point.
    pub fn radius(&self) -> f64 {
        (self.best.x - self.low.x).max(self.high.x - self.best.x)
    }

    /// How near to the best point values can still tell points apart, when they carry the
    /// relative error `unit`: a parabola through an end at distance D and height H rises
    /// above its rounding within D sqrt(unit |f| / H).  The end that sees more counts, because
    /// the other may stand as high as the best point, by symmetry or on a tie.
    pub fn hidden_radius(&self, unit: f64) -> f64 {
        let squared = |end: &Sample| {
            let (distance, height) = (end.x - self.best.x, end.value - self.best.value);
            // Nothing is known of an end that was not evaluated: take it to stand at 2 |f|.
            let height = if height == f64::INFINITY { self.best.value.abs() } else { height };
            if height > 0.0 { distance * distance / height } else { f64::INFINITY }
        };
        let nearer = squared(&self.low).min(squared(&self.high));
        if nearer.is_finite() { (unit * self.best.value.abs() * nearer).sqrt() } else { 0.0 }
    }

    /// The end farther from the best point.
    pub fn far(&self) -> &Sample {
        if self.high.x - self.best.x >= self.best.x - self.low.x { &self.high } else { &self.low }
    }

    /// Whether `x` lies strictly inside and is not the best point.
    pub fn admits(&self, x: f64) -> bool {
        self.low.x < x && x < self.high.x && x != self.best.x
    }

    /// Whether the sample is to become the best.
    ///
    /// On a tie a strictly unimodal function has its minimum between the two points, so
    /// either may go; the larger rest is kept, because on a stair of rounded values the
    /// minimum need not be there.  Where rounding hides a difference, known slopes decide.
    pub fn improves(&self, s: &Sample, needs: Needs) -> bool {
        let (new, old) = (s.height(), self.best.height());
        if needs >= Needs::Slope && (new - old).abs() <= noise(f64::EPSILON, new, old) {
            // Inside the bracket a slope of the same sign is between the best point and the root.
            return s.slope * self.best.slope > 0.0 || s.slope.abs() < self.best.slope.abs();
        }
        if new != old {
            return new < old;
        }
        if s.x < self.best.x {
            self.best.x - self.low.x >= self.high.x - s.x
        } else {
            self.high.x - self.best.x > s.x - self.low.x
        }
    }

    /// Take a sample in: it becomes the best point or an end.
    pub fn narrow(&mut self, s: Sample, improves: bool, needs: Needs) {
        let left = s.x < self.best.x;
        match (improves, left) {
            (true, true) => self.high = std::mem::replace(&mut self.best, s),
            (true, false) => self.low = std::mem::replace(&mut self.best, s),
            (false, true) => self.low = s,
            (false, false) => self.high = s,
        }
        if needs >= Needs::Slope {
            self.drop_uphill_side();
        }
    }

    fn drop_uphill_side(&mut self) {
        if self.best.slope <= 0.0 {
            self.low = self.best;
        }
        if self.best.slope >= 0.0 {
            self.high = self.best;
        }
    }
}
