//! The step taken last time, times a factor.

use super::{Boxed, InitialStep, Situation, positive};
use crate::ParameterError;

/// The previous step.
#[derive(Clone, Copy, Debug)]
pub struct Previous {
    factor: f64,
}

impl Previous {
    /// The previous step times `factor` > 0.
    pub fn new(factor: f64) -> Result<Self, ParameterError> {
        Ok(Self { factor: positive("factor", factor)? })
    }
}

impl InitialStep for Previous {
    fn first(&mut self, at: &Situation, _probe: Option<f64>) -> f64 {
        at.last.map_or_else(|| at.unit_length(), |last| self.factor * last.step)
    }
    fn boxed(&self) -> Boxed {
        Box::new(*self)
    }
}
