//! Newton's method on the slope, kept inside the bracket.
//!
//! `u = x - f'(x) / f''(x)` where f'' > 0; bisection where not, or when the bracket does
//! not halve in two steps.

use super::slope_bisection::Halving;
use super::{Bracket, Minimizer};
use crate::{Needs, Sample};

/// Newton's method in one dimension.
#[derive(Clone, Copy, Debug, Default)]
pub struct Newton {
    halving: Halving,
}

impl Minimizer for Newton {
    type Point = Sample;

    fn needs(&self) -> Needs {
        Needs::Curvature
    }

    fn propose(&mut self, bracket: &Bracket, tolerance: f64) -> Option<f64> {
        let m = &bracket.best;
        let u = (m.curvature > 0.0).then(|| m.x - m.slope / m.curvature);
        Some(self.halving.guard(bracket, u, 0.5 * tolerance))
    }
}
