//! The averaged nonmonotone decrease of Zhang and Hager (2004, eqs. 1.4 to 1.6):
//! `phi(alpha) <= C + c1 alpha phi'(0)` with the running average
//! `Q+ = eta Q + 1`, `C+ = (eta Q C + phi+) / Q+`, 0 <= eta <= 1.
//!
//! eta = 0 is Armijo's condition, eta = 1 compares with the plain mean of all values.

use super::{Boxed, Criterion, Start, decreases};
use crate::{Needs, ParameterError, Sample, Verdict};

/// Decrease relative to an average of the values so far.
#[derive(Clone, Copy, Debug)]
pub struct Averaged {
    c1: f64,
    eta: f64,
    q: f64,
    c: f64,
}

impl Averaged {
    /// The condition with 0 < c1 < 1 and 0 <= eta <= 1.
    pub fn new(c1: f64, eta: f64) -> Result<Self, ParameterError> {
        let c1 = ParameterError::check(0.0 < c1 && c1 < 1.0, "c1", "0 < c1 < 1", c1)?;
        let eta = ParameterError::check((0.0..=1.0).contains(&eta), "eta", "0 <= eta <= 1", eta)?;
        Ok(Self { c1, eta, q: 0.0, c: 0.0 })
    }
}

impl Criterion for Averaged {
    fn needs(&self) -> Needs {
        Needs::Value
    }
    fn can_lengthen(&self) -> bool {
        false
    }
    fn reset(&mut self) {
        (self.q, self.c) = (0.0, 0.0);
    }
    fn begin(&mut self, start: &Start) {
        let weight = self.eta * self.q;
        self.q = weight + 1.0;
        self.c = (weight * self.c + start.value) / self.q;
    }
    fn judge(&mut self, start: &Start, trial: &Sample) -> Verdict {
        // C never lies below the last value in exact arithmetic; rounding may put it there.
        let reference = self.c.max(start.value);
        if decreases(reference, self.c1, start, trial) { Verdict::Accept } else { Verdict::TooLong }
    }
    fn sufficient_decrease(&self) -> f64 {
        self.c1
    }
    fn boxed(&self) -> Boxed {
        Box::new(*self)
    }
}
