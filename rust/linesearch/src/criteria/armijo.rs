//! Armijo's sufficient decrease (Armijo 1966; lecture, section 1):
//! `phi(alpha) <= phi(0) + c1 alpha phi'(0)`, 0 < c1 < 1.
//!
//! The exact minimiser of a parabola passes only for c1 <= 1/2.

use super::{Boxed, Criterion, Start, decreases};
use crate::{Needs, ParameterError, Sample, Verdict};

/// Armijo's condition.
#[derive(Clone, Copy, Debug)]
pub struct Armijo {
    c1: f64,
}

impl Armijo {
    /// The condition with 0 < c1 < 1.
    pub fn new(c1: f64) -> Result<Self, ParameterError> {
        let c1 = ParameterError::check(0.0 < c1 && c1 < 1.0, "c1", "0 < c1 < 1", c1)?;
        Ok(Self { c1 })
    }
}

impl Criterion for Armijo {
    fn needs(&self) -> Needs {
        Needs::Value
    }
    fn can_lengthen(&self) -> bool {
        false
    }
    fn judge(&mut self, start: &Start, trial: &Sample) -> Verdict {
        if decreases(start.value, self.c1, start, trial) { Verdict::Accept } else { Verdict::TooLong }
    }
    fn sufficient_decrease(&self) -> f64 {
        self.c1
    }
    fn boxed(&self) -> Boxed {
        Box::new(*self)
    }
}
