//! The same first step every time.

use super::{Boxed, InitialStep, Situation, positive};
use crate::ParameterError;

/// A constant first step.
#[derive(Clone, Copy, Debug)]
pub struct Constant {
    step: f64,
}

impl Constant {
    /// A first step > 0.
    pub fn new(step: f64) -> Result<Self, ParameterError> {
        Ok(Self { step: positive("step", step)? })
    }
}

impl InitialStep for Constant {
    fn first(&mut self, _at: &Situation, _probe: Option<f64>) -> f64 {
        self.step
    }
    fn boxed(&self) -> Boxed {
        Box::new(*self)
    }
}
