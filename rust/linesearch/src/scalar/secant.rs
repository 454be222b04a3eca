//! Secant method on the slope, kept inside the bracket.
//!
//! `u = x - f'(x) (x - w) / (f'(x) - f'(w))` through the last two points, order 1.618;
//! bisection when the bracket does not halve in two steps.

use super::slope_bisection::Halving;
use super::{Bracket, Minimizer};
use crate::interpolate::secant;
use crate::{Needs, Sample};

/// Secant method on f'.
#[derive(Clone, Copy, Debug, Default)]
pub struct Secant {
    previous: Option<Sample>,
    halving: Halving,
}

impl Minimizer for Secant {
    type Point = Sample;

    fn needs(&self) -> Needs {
        Needs::Slope
    }

    fn propose(&mut self, bracket: &Bracket, tolerance: f64) -> Option<f64> {
        let u = self.previous.and_then(|w| secant(&w, &bracket.best));
        Some(self.halving.guard(bracket, u, 0.5 * tolerance))
    }

    fn observe(&mut self, bracket: &Bracket, sample: &Sample, improves: bool) -> bool {
        self.previous = Some(if improves { bracket.best } else { *sample });
        true
    }
}
