//! Steepest descent (Cauchy 1847): d = -g.

use super::{Boxed, Direction};
use crate::vector::negate;
use crate::{Counts, Fault, Objective};

/// Steepest descent.
#[derive(Clone, Copy, Debug, Default)]
pub struct GradientDescent;

impl Direction for GradientDescent {
    fn begin(&mut self, _n: usize) -> Result<(), Fault> {
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
        Ok(())
    }

    fn boxed(&self) -> Boxed {
        Box::new(*self)
    }
}
