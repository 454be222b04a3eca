//! The strong Wolfe conditions (Nocedal and Wright 2006, eq. 3.7), 0 < c1 <= c2 < 1:
//! Armijo's decrease and `|phi'(alpha)| <= c2 |phi'(0)|`.
//!
//! The printed lecture leaves them out.

use super::wolfe::checked;
use super::{Boxed, Criterion, Start, decreases};
use crate::{Needs, ParameterError, Sample, Verdict};

/// The strong Wolfe conditions.
#[derive(Clone, Copy, Debug)]
pub struct StrongWolfe {
    c1: f64,
    c2: f64,
}

impl StrongWolfe {
    /// The conditions with 0 < c1 <= c2 < 1.
    pub fn new(c1: f64, c2: f64) -> Result<Self, ParameterError> {
        let (c1, c2) = checked(c1, c2)?;
        Ok(Self { c1, c2 })
    }

    fn slope_verdict(&self, start: &Start, trial: &Sample) -> Verdict {
        if trial.slope.abs() <= self.c2 * start.slope.abs() {
            Verdict::Accept
        } else if trial.slope < 0.0 {
            Verdict::TooShort
        } else {
            Verdict::TooLong
        }
    }
}

impl Criterion for StrongWolfe {
    fn needs(&self) -> Needs {
        Needs::Slope
    }
    fn can_lengthen(&self) -> bool {
        true
    }
    fn judge(&mut self, start: &Start, trial: &Sample) -> Verdict {
        if decreases(start.value, self.c1, start, trial) {
            self.slope_verdict(start, trial)
        } else {
            Verdict::TooLong
        }
    }
    fn judge_by_slope(&mut self, start: &Start, trial: &Sample) -> Verdict {
        self.slope_verdict(start, trial)
    }
    fn sufficient_decrease(&self) -> f64 {
        self.c1
    }
    fn curvature(&self) -> f64 {
        self.c2
    }
    fn boxed(&self) -> Boxed {
        Box::new(*self)
    }
}
