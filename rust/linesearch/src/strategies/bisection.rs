//! Bracketing by verdicts alone (the existence proof of the Wolfe conditions turned into
//! an algorithm; Burke, Lewis and Overton 2005, algorithm 2.6).
//!
//! `too-short` moves the left end, `too-long` the right one; without a right end the step
//! grows, with both it is halved.  Needs neither values nor slopes, so it works with every
//! criterion.

use super::{Boxed, Opening, Strategy};
use crate::rounding::middle;
use crate::{ParameterError, Sample, Verdict};

/// Bisection on the verdict.
#[derive(Clone, Copy, Debug)]
pub struct Bisection {
    grow: f64,
    low: f64,
    high: Option<f64>,
    next: f64,
    max_step: f64,
}

impl Bisection {
    /// Bisection that grows by a factor `grow > 1` while no step was too long.
    pub fn new(grow: f64) -> Result<Self, ParameterError> {
        let grow = ParameterError::check(grow > 1.0 && grow.is_finite(), "grow", "1 < grow < inf", grow)?;
        Ok(Self { grow, low: 0.0, high: None, next: f64::NAN, max_step: f64::INFINITY })
    }
}

impl Strategy for Bisection {
    fn follows_verdicts(&self) -> bool {
        true
    }
    fn begin(&mut self, opening: &Opening) {
        *self = Self { low: 0.0, high: None, next: opening.first, max_step: opening.max_step, ..*self };
    }
    fn propose(&mut self) -> Option<f64> {
        let inside = self.low < self.next && self.high.is_none_or(|high| self.next < high);
        (inside && self.next.is_finite()).then_some(self.next)
    }
    fn observe(&mut self, trial: &Sample, verdict: Verdict) {
        if verdict == Verdict::TooShort {
            self.low = trial.x;
        } else {
            self.high = Some(trial.x);
        }
        self.next = match self.high {
            Some(high) => middle(self.low, high),
            None => (self.grow * trial.x).min(self.max_step),
        };
    }
    fn phase(&self) -> &'static str {
        if self.high.is_none() { "grow" } else { "bisect" }
    }
    fn boxed(&self) -> Boxed {
        Box::new(*self)
    }
}
