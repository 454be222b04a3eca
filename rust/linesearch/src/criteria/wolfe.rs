//! The (weak) Wolfe conditions (Wolfe 1969; lecture, section 1), 0 < c1 <= c2 < 1:
//! Armijo's decrease and the curvature condition together.

use super::{Boxed, Criterion, Start, decreases};
use crate::{Needs, ParameterError, Sample, Verdict};

/// The Wolfe conditions.
#[derive(Clone, Copy, Debug)]
pub struct Wolfe {
    c1: f64,
    c2: f64,
}

/// Both parameters of a Wolfe condition, if `0 < c1 <= c2 < 1`.
pub(super) fn checked(c1: f64, c2: f64) -> Result<(f64, f64), ParameterError> {
    let holds = 0.0 < c1 && c1 <= c2 && c2 < 1.0;
    ParameterError::check(holds, "(c1, c2)", "0 < c1 <= c2 < 1", (c1, c2))
}

impl Wolfe {
    /// The conditions with 0 < c1 <= c2 < 1.
    pub fn new(c1: f64, c2: f64) -> Result<Self, ParameterError> {
        let (c1, c2) = checked(c1, c2)?;
        Ok(Self { c1, c2 })
    }
}

impl Criterion for Wolfe {
    fn needs(&self) -> Needs {
        Needs::Slope
    }
    fn can_lengthen(&self) -> bool {
        true
    }
    fn judge(&mut self, start: &Start, trial: &Sample) -> Verdict {
        if !decreases(start.value, self.c1, start, trial) {
            Verdict::TooLong
        } else if trial.slope < self.c2 * start.slope {
            Verdict::TooShort
        } else {
            Verdict::Accept
        }
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
