//! The function that is minimised.

use std::time::{Duration, Instant};

use crate::Fault;

/// A function of n variables and its derivatives.
///
/// An `Err` is a failure of the caller's code (an exception), not a bad value: a value
/// that is not finite is returned as such.
pub trait Objective {
    /// f(x)
    fn value(&mut self, x: &[f64]) -> Result<f64, Fault>;

    /// The gradient of f at x, into `g`.
    fn gradient(&mut self, x: &[f64], g: &mut [f64]) -> Result<(), Fault>;

    /// Value and gradient together, where that is cheaper than one after the other.
    /// `None` when the function offers no such thing.
    fn value_and_gradient(&mut self, x: &[f64], g: &mut [f64]) -> Result<Option<f64>, Fault> {
        let _ = (x, g);
        Ok(None)
    }

    /// The Hessian at x times v, into `out`; `false` when it cannot be had.
    fn hessian_product(&mut self, x: &[f64], v: &[f64], out: &mut [f64]) -> Result<bool, Fault> {
        let _ = (x, v, out);
        Ok(false)
    }

    /// The Hessian at x, row by row, into `h`, which then has n * n places; or, by a Hessian that
    /// solves by itself, Newton's direction for the gradient g, into `d`.
    fn curvature(
        &mut self,
        x: &[f64],
        g: &[f64],
        h: &mut Vec<f64>,
        d: &mut [f64],
    ) -> Result<Curvature, Fault> {
        let _ = (x, g, h, d);
        Ok(Curvature::Unknown)
    }

    /// Called about every ten milliseconds of a long computation, so that others can run; an
    /// `Err` ends the computation.
    fn breathe(&mut self) -> Result<(), Fault> {
        Ok(())
    }

    /// Whether value and gradient only come together, so that each call counts as both.
    fn fused(&self) -> bool {
        false
    }

    /// Round a point to the numbers that the function accepts (float32, say).
    fn round(&self, x: &mut [f64]) {
        let _ = x;
    }

    /// Relative rounding error of the values.
    fn unit(&self) -> f64 {
        f64::EPSILON
    }
}

/// What an objective tells of its Hessian.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Curvature {
    /// It cannot be had.
    Unknown,
    /// The matrix.
    Matrix,
    /// Newton's direction.
    Direction,
}

/// Calls of the function and its derivatives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Values.
    pub values: usize,
    /// Gradients.
    pub gradients: usize,
    /// Hessians and Hessian products.
    pub hessians: usize,
}

/// What was done since the objective last [breathed](Objective::breathe).
#[derive(Debug)]
pub(crate) struct Work {
    operations: usize,
    since: Instant,
}

impl Work {
    /// About a millisecond of multiplications and additions; then the clock is looked at.
    const ENOUGH: usize = 1 << 20;
    /// Longer than a Python thread waits before it asks for its turn (5 ms), so that it has
    /// asked when the objective breathes.
    const BREATH: Duration = Duration::from_millis(10);

    pub fn begin() -> Self {
        Self { operations: 0, since: Instant::now() }
    }

    /// So many operations were done.
    #[inline]
    pub fn add(&mut self, operations: usize, objective: &mut dyn Objective) -> Result<(), Fault> {
        self.operations += operations;
        if self.operations < Self::ENOUGH { Ok(()) } else { self.pause(objective) }
    }

    #[cold]
    fn pause(&mut self, objective: &mut dyn Objective) -> Result<(), Fault> {
        self.operations = 0;
        if self.since.elapsed() < Self::BREATH {
            return Ok(());
        }
        objective.breathe()?;
        self.since = Instant::now();
        Ok(())
    }
}
