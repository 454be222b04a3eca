//! The exact line search (lecture, section 1): alpha = argmin phi(alpha).
//!
//! No trial is accepted before the strategy has converged by itself, or before the slope
//! is exactly zero; then the best trial is taken if it lies below the start.

use super::{Boxed, Criterion, Start};
use crate::{Needs, Sample, Verdict};

/// Run the strategy to its own tolerance.
#[derive(Clone, Copy, Debug, Default)]
pub struct Exact;

impl Criterion for Exact {
    fn needs(&self) -> Needs {
        Needs::Value
    }
    /// A value below phi(0) does not tell on which side the minimiser is.
    fn leading_needs(&self) -> Needs {
        Needs::Slope
    }
    fn needs_first_slope(&self) -> bool {
        false
    }
    fn can_lengthen(&self) -> bool {
        true
    }
    fn judge(&mut self, start: &Start, trial: &Sample) -> Verdict {
        if trial.value >= start.value || trial.slope > 0.0 {
            Verdict::TooLong
        } else if trial.slope == 0.0 {
            Verdict::Accept
        } else {
            Verdict::TooShort
        }
    }
    fn judge_final(&mut self, start: &Start, best: &Sample) -> Verdict {
        if best.value < start.value { Verdict::Accept } else { Verdict::Stall }
    }
    fn boxed(&self) -> Boxed {
        Box::new(*self)
    }
}
