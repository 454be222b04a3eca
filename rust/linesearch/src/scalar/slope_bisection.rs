//! Bisection on the sign of the slope.
//!
//! f'(best) < 0 puts the minimum to the right of the best point, f'(best) > 0 to the left;
//! the middle of what remains halves it.  Slopes vanish to first order, so unlike methods
//! that compare values it reaches full precision.

use super::{Bracket, Minimizer};
use crate::rounding::middle;
use crate::{Needs, Sample};

/// Bisection on f'.
#[derive(Clone, Copy, Debug, Default)]
pub struct SlopeBisection;

impl Minimizer for SlopeBisection {
    type Point = Sample;

    fn needs(&self) -> Needs {
        Needs::Slope
    }

    fn first(&mut self, a: f64, b: f64, _tolerance: f64) -> f64 {
        middle(a, b)
    }

    fn propose(&mut self, bracket: &Bracket, _tolerance: f64) -> Option<f64> {
        Some(middle(bracket.low.x, bracket.high.x))
    }
}

/// Two-step safeguard of the methods that interpolate slopes: when the bracket did not
/// halve in two steps, bisect; otherwise keep the interpolated point at least `gap` from
/// the ends, so that the end beyond the root comes in as well.
#[derive(Clone, Copy, Debug)]
pub(super) struct Halving {
    widths: [f64; 2],
}

impl Default for Halving {
    fn default() -> Self {
        Self { widths: [f64::INFINITY; 2] }
    }
}

impl Halving {
    pub(super) fn guard(&mut self, bracket: &Bracket, u: Option<f64>, gap: f64) -> f64 {
        let width = bracket.width();
        let slow = width > 0.5 * self.widths[0];
        self.widths = [self.widths[1], width];
        let (a, b) = (bracket.low.x, bracket.high.x);
        match u {
            Some(u) if !slow && a <= u && u <= b && 2.0 * gap < width => u.clamp(a + gap, b - gap),
            _ => middle(a, b),
        }
    }
}
