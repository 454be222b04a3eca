//! The curvature condition (Wolfe 1969; lecture, section 1):
//! `phi'(alpha) >= c2 phi'(0)`, 0 < c2 < 1.
//!
//! Alone it only forbids short steps; combine it with a decrease condition by `&`.

use super::{Boxed, Criterion, Start};
use crate::{Needs, ParameterError, Sample, Verdict};

/// The curvature condition.
#[derive(Clone, Copy, Debug)]
pub struct Curvature {
    c2: f64,
}

impl Curvature {
    /// The condition with 0 < c2 < 1.
    pub fn new(c2: f64) -> Result<Self, ParameterError> {
        let c2 = ParameterError::check(0.0 < c2 && c2 < 1.0, "c2", "0 < c2 < 1", c2)?;
        Ok(Self { c2 })
    }
}

impl Criterion for Curvature {
    fn needs(&self) -> Needs {
        Needs::Slope
    }
    fn can_lengthen(&self) -> bool {
        true
    }
    fn judge(&mut self, start: &Start, trial: &Sample) -> Verdict {
        if trial.slope >= self.c2 * start.slope { Verdict::Accept } else { Verdict::TooShort }
    }
    fn curvature(&self) -> f64 {
        self.c2
    }
    fn boxed(&self) -> Boxed {
        Box::new(*self)
    }
}
