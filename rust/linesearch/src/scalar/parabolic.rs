//! Successive parabolic interpolation, safeguarded (lecture, section 1).
//!
//! `u = x2 - ((x2-x1)^2 (f2-f3) - (x2-x3)^2 (f2-f1)) / (2 ((x2-x1)(f2-f3) - (x2-x3)(f2-f1)))`
//! through the three best points; order 1.3247 near a minimum with f'' > 0 (Brent 1973,
//! section 3).  Deviations from the printed method, which divides 0/0 when u meets x2 and
//! need not shrink the bracket on both sides: a vertex outside the bracket, or a bracket
//! that did not halve in three steps, gives a section of the larger part instead; a vertex
//! within half the tolerance of the best point steps across it, so the far end comes in.

use super::runners_up::{RunnersUp, keep_apart};
use super::{Bracket, Height, Minimizer, golden};

/// Successive parabolic interpolation inside a bracket.
#[derive(Clone, Copy, Debug, Default)]
pub struct Parabolic {
    known: RunnersUp,
    /// Distances between best point and vertex of the last steps that did not section.
    moved: [f64; 2],
    slow: u8,
}

impl Minimizer for Parabolic {
    type Point = Height;

    fn start(&mut self, bracket: &Bracket<Height>) {
        self.known = RunnersUp::from(bracket);
        self.moved = [f64::INFINITY; 2];
    }

    fn propose(&mut self, bracket: &Bracket<Height>, tolerance: f64) -> Option<f64> {
        let gap = 0.5 * tolerance;
        if self.slow < 3
            && let Some(u) = self.known.vertex(bracket)
            && bracket.low.x < u
            && u < bracket.high.x
        {
            let move_now = (u - bracket.best.x).abs();
            self.slow = if move_now > 0.5 * self.moved[0] { self.slow + 1 } else { 0 };
            self.moved = [self.moved[1], move_now];
            return Some(keep_apart(bracket, u, gap));
        }
        self.slow = 0;
        self.moved = [f64::INFINITY; 2];
        Some(golden::section(bracket))
    }

    fn observe(&mut self, bracket: &Bracket<Height>, sample: &Height, improves: bool) -> bool {
        self.known.observe(bracket, sample, improves);
        true
    }
}
