//! Goldstein's two-sided decrease (Goldstein 1965; lecture, section 1), 0 < c < 1/2:
//! `phi(0) + (1-c) alpha phi'(0) <= phi(alpha) <= phi(0) + c alpha phi'(0)`.
//!
//! The printed lecture has rho in (1/2, 1), which makes the set empty.

use super::{Boxed, Criterion, Start, decreases};
use crate::{Needs, ParameterError, Sample, Verdict};

/// Goldstein's conditions.
#[derive(Clone, Copy, Debug)]
pub struct Goldstein {
    c: f64,
}

impl Goldstein {
    /// The conditions with 0 < c < 1/2.
    pub fn new(c: f64) -> Result<Self, ParameterError> {
        let c = ParameterError::check(0.0 < c && c < 0.5, "c", "0 < c < 1/2", c)?;
        Ok(Self { c })
    }
}

impl Criterion for Goldstein {
    fn needs(&self) -> Needs {
        Needs::Value
    }
    fn can_lengthen(&self) -> bool {
        true
    }
    fn judge(&mut self, start: &Start, trial: &Sample) -> Verdict {
        if !decreases(start.value, self.c, start, trial) {
            Verdict::TooLong
        } else if trial.value < start.value + (1.0 - self.c) * trial.x * start.slope {
            Verdict::TooShort
        } else {
            Verdict::Accept
        }
    }
    fn sufficient_decrease(&self) -> f64 {
        self.c
    }
    fn boxed(&self) -> Boxed {
        Box::new(*self)
    }
}
