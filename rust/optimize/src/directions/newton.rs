//! Newton's method: solve (H + E) d = -g with the modified Cholesky factorisation.

use super::modified_cholesky::solve;
use super::{Boxed, Direction};
use crate::vector::negate;
use crate::{Counts, Curvature, Fault, Objective};

/// Newton's method with a dense Hessian, or one that solves by itself.
#[derive(Clone, Debug, Default)]
pub struct Newton {
    h: Vec<f64>,
}

impl Direction for Newton {
    fn begin(&mut self, _n: usize) -> Result<(), Fault> {
        self.h = Vec::new();
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
        match objective.curvature(x, g, &mut self.h, d)? {
            Curvature::Matrix if self.h.iter().all(|h| h.is_finite()) => solve(&mut self.h, d, objective)?,
            Curvature::Direction if !d.iter().all(|d| d.is_finite()) => negate(g, d),
            _ => (),
        }
        Ok(())
    }

    fn boxed(&self) -> Boxed {
        Box::new(self.clone())
    }
}
