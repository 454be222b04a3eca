//! Polyak's step (Polyak 1969) for a known least value: `(f - f_min) / |phi'(0)|`, which for
//! the direction -g is `(f - f_min) / |g|^2`.

use super::{Boxed, InitialStep, Situation};
use crate::ParameterError;

/// Polyak's step.
#[derive(Clone, Copy, Debug)]
pub struct Polyak {
    minimum: f64,
}

impl Polyak {
    /// The step towards a least value `minimum`.
    pub fn new(minimum: f64) -> Result<Self, ParameterError> {
        ParameterError::check(minimum.is_finite(), "minimum", "a finite number", minimum)?;
        Ok(Self { minimum })
    }
}

impl InitialStep for Polyak {
    fn first(&mut self, at: &Situation, _probe: Option<f64>) -> f64 {
        let alpha = (at.value - self.minimum) / at.slope.abs();
        if alpha > 0.0 && alpha.is_finite() { alpha } else { at.unit_length() }
    }
    fn boxed(&self) -> Boxed {
        Box::new(*self)
    }
}
