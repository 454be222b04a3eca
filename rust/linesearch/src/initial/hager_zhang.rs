//! Hager and Zhang's initial step (Hager and Zhang 2005, section 4, I0 to I2).
//!
//! First iteration: `psi0 |x|_inf / |g|_inf`, or `psi0 |f| / |g|^2` at x = 0, or 1.  Later:
//! the minimiser of the parabola through phi(0), phi'(0) and a probe at
//! `psi1 alpha_last`, when the probe is not higher than the start and the parabola is
//! convex; otherwise `psi2 alpha_last`.

use super::{Boxed, InitialStep, Situation, positive};
use crate::interpolate::quadratic;
use crate::{ParameterError, Sample};

/// Hager and Zhang's initial step.
#[derive(Clone, Copy, Debug)]
pub struct HagerZhang {
    psi0: f64,
    psi1: f64,
    psi2: f64,
}

impl HagerZhang {
    /// The rule with its three positive factors (published: 0.01, 0.1, 2).
    pub fn new(psi0: f64, psi1: f64, psi2: f64) -> Result<Self, ParameterError> {
        Ok(Self {
            psi0: positive("psi0", psi0)?,
            psi1: positive("psi1", psi1)?,
            psi2: positive("psi2", psi2)?,
        })
    }

    fn opening(&self, at: &Situation) -> f64 {
        let alpha = if at.x_max > 0.0 {
            self.psi0 * at.x_max / at.gradient_max
        } else {
            self.psi0 * at.value.abs() / at.gradient_norm.powi(2)
        };
        if alpha > 0.0 && alpha.is_finite() { alpha } else { 1.0 }
    }
}

impl InitialStep for HagerZhang {
    fn probe(&mut self, at: &Situation) -> Option<f64> {
        at.last.map(|last| self.psi1 * last.step)
    }

    fn first(&mut self, at: &Situation, probe: Option<f64>) -> f64 {
        let Some(last) = at.last else { return self.opening(at) };
        let origin = Sample::slope(0.0, at.value, at.slope);
        probe
            .filter(|&value| value <= at.value)
            .and_then(|value| quadratic(&origin, &Sample::value(self.psi1 * last.step, value)))
            .unwrap_or(self.psi2 * last.step)
    }
    fn boxed(&self) -> Boxed {
        Box::new(*self)
    }
}
