//! Cubic interpolation of values and slopes, kept inside the bracket.
//!
//! The minimiser of the cubic through the best point and the point before it (Nocedal and
//! Wright 2006, eq. 3.59; Davidon 1959), order 2; bisection when the bracket does not halve
//! in two steps.

use super::slope_bisection::Halving;
use super::{Bracket, Minimizer};
use crate::interpolate::{cubic, secant};
use crate::rounding::noise;
use crate::{Needs, Sample};

/// Cubic interpolation.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cubic {
    previous: Option<Sample>,
    halving: Halving,
}

impl Minimizer for Cubic {
    type Point = Sample;

    fn needs(&self) -> Needs {
        Needs::Slope
    }

    fn propose(&mut self, bracket: &Bracket, tolerance: f64) -> Option<f64> {
        let best = &bracket.best;
        let u = self.previous.filter(|w| w.slope.is_finite()).and_then(|w| {
            // Values that differ by rounding only would spoil the cubic: use the slopes.
            if (w.value - best.value).abs() <= noise(f64::EPSILON, w.value, best.value) {
                secant(&w, best)
            } else {
                cubic(&w, best)
            }
        });
        Some(self.halving.guard(bracket, u, 0.5 * tolerance))
    }

    fn observe(&mut self, bracket: &Bracket, sample: &Sample, improves: bool) -> bool {
        self.previous = Some(if improves { bracket.best } else { *sample });
        true
    }
}
