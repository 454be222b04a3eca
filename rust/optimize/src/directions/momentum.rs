//! Heavy ball (Polyak 1964): d = -g + beta d_last.

use pyframe_linesearch::ParameterError;

use super::{Boxed, Direction};
use crate::vector::{axpy, negate};
use crate::{Counts, Fault, Objective, memory};

/// Gradient descent with momentum.
#[derive(Clone, Debug)]
pub struct Momentum {
    beta: f64,
    last: Vec<f64>,
}

impl Momentum {
    /// Momentum with 0 <= beta < 1.
    pub fn new(beta: f64) -> Result<Self, ParameterError> {
        let beta = ParameterError::check((0.0..1.0).contains(&beta), "beta", "0 <= beta < 1", beta)?;
        Ok(Self { beta, last: Vec::new() })
    }
}

impl Direction for Momentum {
    fn begin(&mut self, n: usize) -> Result<(), Fault> {
        self.last = memory::zeros(n)?;
        Ok(())
    }

    fn direction(
        &mut self,
        _x: &[f64],
        g: &[f64],
        _objective: &mut dyn Objective,
        _counts: &mut Counts,
        d: &mut [f64],
    ) -> Result<(), Fault> {
        negate(g, d);
        axpy(self.beta, &self.last, d);
        self.last.copy_from_slice(d);
        Ok(())
    }

    fn restart(&mut self) -> bool {
        let moving = self.last.iter().any(|&x| x != 0.0);
        self.last.fill(0.0);
        moving
    }

    fn boxed(&self) -> Boxed {
        Box::new(self.clone())
    }
}
