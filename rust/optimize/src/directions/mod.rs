//! Search directions.
//!
//! A direction sees the gradient at each iterate and, after each step, the differences
//! `s = x+ - x` and `y = g+ - g`.

mod bfgs;
mod conjugate_gradient;
mod gradient_descent;
mod lbfgs;
mod modified_cholesky;
mod momentum;
mod newton;
mod newton_cg;

pub use bfgs::Bfgs;
pub use conjugate_gradient::{ConjugateGradient, Formula};
pub use gradient_descent::GradientDescent;
pub use lbfgs::Lbfgs;
pub use momentum::Momentum;
pub use newton::Newton;
pub use newton_cg::NewtonCg;

use std::any::Any;

use crate::{Counts, Fault, Objective};

/// A rule for the search direction.
pub trait Direction: Send + Sync {
    /// A run on n variables begins.
    fn begin(&mut self, n: usize) -> Result<(), Fault>;

    /// The direction at x, where the gradient is g, into `d`.
    ///
    /// The calls of the objective that this takes are added to `counts`.
    fn direction(
        &mut self,
        x: &[f64],
        g: &[f64],
        objective: &mut dyn Objective,
        counts: &mut Counts,
        d: &mut [f64],
    ) -> Result<(), Fault>;

    /// A step was taken; `g` is the new gradient.
    fn update(
        &mut self,
        s: &[f64],
        y: &[f64],
        g: &[f64],
        objective: &mut dyn Objective,
    ) -> Result<(), Fault> {
        let _ = (s, y, g, objective);
        Ok(())
    }

    /// Forget what was learnt; answers whether there was anything to forget.
    fn restart(&mut self) -> bool {
        false
    }

    /// Show the objects of another language that the rule holds, for its garbage collector.
    fn held(&self, see: &mut dyn FnMut(&dyn Any)) {
        let _ = see;
    }

    /// A copy.
    fn boxed(&self) -> Box<dyn Direction>;
}

/// A direction chosen at run time.
pub type Boxed = Box<dyn Direction>;

impl Clone for Boxed {
    fn clone(&self) -> Self {
        self.boxed()
    }
}
