//! Newton's method: solve (H + E) d = -g with the modified Cholesky factorisation.

use super::modified_cholesky::solve;
use super::{Boxed, Direction};
use crate::vector::negate;
use crate::{Counts, Fault, Objective, memory};

/// Newton's method with a dense Hessian.
#[derive(Clone, Debug, Default)]
pub struct Newton {
    h: Vec<f64>,
}

impl Direction for Newton {
    fn begin(&mut self, n: usize) -> Result<(), Fault> {
        self.h = memory::square(n)?;
        Ok(())
    }

    fn direction(
        &mut self,
        x: &[f64],
        g: &[f64],
        objective: &mut dyn Objective,
        counts: &mut Counts,
        d: &mut [f64],
    ) -> Result<(), Fault> {
        counts.hessians += 1;
        negate(g, d);
        if objective.hessian(x, &mut self.h)? && self.h.iter().all(|h| h.is_finite()) {
            solve(&mut self.h, d, objective)?;
        }
        Ok(())
    }

    fn boxed(&self) -> Boxed {
        Box::new(self.clone())
    }
}
