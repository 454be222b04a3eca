//! Backtracking (lecture, section 1; Nocedal and Wright 2006, section 3.5): shorten the
//! step until the criterion holds.
//!
//! By a constant factor, or to the minimiser of the parabola through phi(0), phi'(0) and
//! the trial, or of the cubic that also meets the trial before; the last two are kept
//! between `low` and `high` times the step.  It cannot lengthen a step.

use super::{Boxed, Opening, Strategy};
use crate::interpolate::{cubic_by_values, quadratic};
use crate::{ParameterError, Sample, Verdict};

/// How the shorter step is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shortening {
    /// `factor` times the step.
    Constant,
    /// Minimiser of the interpolating parabola.
    Quadratic,
    /// Minimiser of the interpolating cubic.
    Cubic,
}

/// Backtracking.
#[derive(Clone, Copy, Debug)]
pub struct Backtracking {
    shortening: Shortening,
    factor: f64,
    low: f64,
    high: f64,
    origin: Sample,
    trial: Option<Sample>,
    next: f64,
}

impl Backtracking {
    /// Backtracking with 0 < factor < 1 and 0 < low <= high < 1.
    pub fn new(shortening: Shortening, factor: f64, low: f64, high: f64) -> Result<Self, ParameterError> {
        ParameterError::check(0.0 < factor && factor < 1.0, "factor", "0 < factor < 1", factor)?;
        let ordered = 0.0 < low && low <= high && high < 1.0;
        ParameterError::check(ordered, "(low, high)", "0 < low <= high < 1", (low, high))?;
        let origin = Sample::value(0.0, f64::NAN);
        Ok(Self { shortening, factor, low, high, origin, trial: None, next: f64::NAN })
    }
}

impl Strategy for Backtracking {
    fn can_grow(&self) -> bool {
        false
    }
    fn begin(&mut self, opening: &Opening) {
        self.origin = opening.origin();
        self.trial = None;
        self.next = opening.first;
    }
    fn propose(&mut self) -> Option<f64> {
        (self.next > 0.0).then_some(self.next)
    }
    fn observe(&mut self, trial: &Sample, _verdict: Verdict) {
        let (origin, before) = (self.origin, self.trial.replace(*trial));
        let fitted = match (self.shortening, before) {
            (Shortening::Constant, _) => None,
            (Shortening::Cubic, Some(before)) => cubic_by_values(&origin, &before, trial),
            _ => quadratic(&origin, trial),
        };
        self.next = match fitted {
            Some(x) => x.clamp(self.low * trial.x, self.high * trial.x),
            None => self.factor * trial.x,
        };
    }
    fn phase(&self) -> &'static str {
        if self.trial.is_none() { "first" } else { "shorten" }
    }
    fn boxed(&self) -> Boxed {
        Box::new(*self)
    }
}
