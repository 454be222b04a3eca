//! The nonmonotone decrease of Grippo, Lampariello and Lucidi (1986, eq. 3):
//! `phi(alpha) <= max of the last M starting values + c1 alpha phi'(0)`.

use std::collections::VecDeque;

use super::{Boxed, Criterion, Start, decreases};
use crate::{Needs, ParameterError, Sample, Verdict};

/// Decrease relative to the worst of the last values.
#[derive(Clone, Debug)]
pub struct Nonmonotone {
    c1: f64,
    memory: usize,
    recent: VecDeque<f64>,
}

impl Nonmonotone {
    /// The condition with 0 < c1 < 1 over at least one value.
    pub fn new(c1: f64, memory: usize) -> Result<Self, ParameterError> {
        let c1 = ParameterError::check(0.0 < c1 && c1 < 1.0, "c1", "0 < c1 < 1", c1)?;
        let memory = ParameterError::check(memory >= 1, "memory", "memory >= 1", memory)?;
        Ok(Self { c1, memory, recent: VecDeque::new() })
    }
}

impl Criterion for Nonmonotone {
    fn needs(&self) -> Needs {
        Needs::Value
    }
    fn can_lengthen(&self) -> bool {
        false
    }
    fn reset(&mut self) {
        self.recent.clear();
    }
    fn begin(&mut self, start: &Start) {
        if self.recent.len() == self.memory {
            self.recent.pop_front();
        }
        self.recent.push_back(start.value);
    }
    fn judge(&mut self, start: &Start, trial: &Sample) -> Verdict {
        let reference = self.recent.iter().copied().fold(start.value, f64::max);
        if decreases(reference, self.c1, start, trial) { Verdict::Accept } else { Verdict::TooLong }
    }
    fn sufficient_decrease(&self) -> f64 {
        self.c1
    }
    fn boxed(&self) -> Boxed {
        Box::new(self.clone())
    }
}
