//! Brent's method (Brent 1973, chapter 5): parabola where it helps, golden section where not.
//!
//! The parabola goes through the three best points; its vertex is taken when it falls
//! inside the bracket and moves less than half the step before last.  Points closer than
//! half the tolerance to one another are never evaluated.

use super::runners_up::{RunnersUp, keep_apart};
use super::{Bracket, Height, Minimizer, golden};

/// Brent's method.
#[derive(Clone, Copy, Debug, Default)]
pub struct Brent {
    known: RunnersUp,
    /// The last step, and the one before: a golden step counts with the length of its part.
    last: f64,
    before: f64,
}

impl Minimizer for Brent {
    type Point = Height;

    fn start(&mut self, bracket: &Bracket<Height>) {
        self.known = RunnersUp::from(bracket);
    }

    #[inline]
    fn propose(&mut self, bracket: &Bracket<Height>, tolerance: f64) -> Option<f64> {
        let (a, m, b) = (bracket.low.x, bracket.best.x, bracket.high.x);
        let gap = 0.5 * tolerance;
        let allowed = 0.5 * self.before.abs();
        if self.before.abs() > gap
            && let Some(u) = self.known.vertex(bracket)
            && a < u
            && u < b
            && (u - m).abs() < allowed
        {
            self.before = self.last;
            self.last = u - m;
            return Some(keep_apart(bracket, u, gap));
        }
        let end = if m < 0.5 * a + 0.5 * b { b } else { a };
        self.before = end - m;
        self.last = golden::LOWER * self.before;
        let u = m + self.last;
        Some(if self.last.abs() < gap { m + gap.copysign(self.last) } else { u })
    }

    #[inline]
    fn observe(&mut self, bracket: &Bracket<Height>, sample: &Height, improves: bool) -> bool {
        self.known.observe(bracket, sample, improves);
        true
    }
}
