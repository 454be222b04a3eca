//! The step for which the first-order change is that of the last iteration (Nocedal and
//! Wright 2006, section 3.5): `alpha = alpha_last phi'_last(0) / phi'(0)`.

use super::{Boxed, InitialStep, Situation, positive};
use crate::ParameterError;

/// Equal first-order change.
#[derive(Clone, Copy, Debug)]
pub struct FirstOrderChange {
    longest: f64,
}

impl FirstOrderChange {
    /// At most `longest` times the previous step.
    pub fn new(longest: f64) -> Result<Self, ParameterError> {
        Ok(Self { longest: positive("longest", longest)? })
    }
}

impl InitialStep for FirstOrderChange {
    fn first(&mut self, at: &Situation, _probe: Option<f64>) -> f64 {
        match at.last {
            Some(last) if at.slope < 0.0 && last.slope < 0.0 => {
                last.step * (last.slope / at.slope).min(self.longest)
            }
            _ => at.unit_length(),
        }
    }
    fn boxed(&self) -> Boxed {
        Box::new(*self)
    }
}
