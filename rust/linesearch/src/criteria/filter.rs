//! A filter on value and slope, after Gould, Sainvitu and Toint (2005).
//!
//! The filter holds the pairs (phi(0), |phi'(0)|) of the last starts.  A trial is taken
//! when no entry dominates it: against each entry it must either fall by
//! `gamma alpha |phi'_j(0)|` or flatten the slope to `(1 - gamma) |phi'_j(0)|`; and its
//! value may not exceed the largest in the filter.  The source filters the components of
//! the gradient; along a line only the slope is left.

use std::collections::VecDeque;

use super::{Boxed, Criterion, Start};
use crate::{Needs, ParameterError, Sample, Verdict};

/// A filter on value and slope.
#[derive(Clone, Debug)]
pub struct Filter {
    gamma: f64,
    memory: usize,
    entries: VecDeque<Start>,
}

impl Filter {
    /// A filter with 0 < gamma < 1 over the last `memory` >= 1 starts.
    pub fn new(gamma: f64, memory: usize) -> Result<Self, ParameterError> {
        let gamma = ParameterError::check(0.0 < gamma && gamma < 1.0, "gamma", "0 < gamma < 1", gamma)?;
        let memory = ParameterError::check(memory >= 1, "memory", "memory >= 1", memory)?;
        Ok(Self { gamma, memory, entries: VecDeque::new() })
    }
}

impl Criterion for Filter {
    fn needs(&self) -> Needs {
        Needs::Slope
    }
    fn can_lengthen(&self) -> bool {
        false
    }
    fn reset(&mut self) {
        self.entries.clear();
    }
    fn begin(&mut self, start: &Start) {
        if self.entries.len() == self.memory {
            self.entries.pop_front();
        }
        self.entries.push_back(*start);
    }
    fn judge(&mut self, start: &Start, trial: &Sample) -> Verdict {
        let ceiling = self.entries.iter().map(|e| e.value).fold(start.value, f64::max);
        let passes = |e: &Start| {
            trial.value <= e.value + self.gamma * trial.x * e.slope
                || trial.slope.abs() <= (1.0 - self.gamma) * e.slope.abs()
        };
        if trial.value <= ceiling && self.entries.iter().all(passes) {
            Verdict::Accept
        } else {
            Verdict::TooLong
        }
    }
    fn sufficient_decrease(&self) -> f64 {
        self.gamma
    }
    fn boxed(&self) -> Boxed {
        Box::new(self.clone())
    }
}
