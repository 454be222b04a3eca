//! The function that is minimised.

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

    /// The Hessian at x, row by row, into `h`; `false` when it cannot be had.
    fn hessian(&mut self, x: &[f64], h: &mut [f64]) -> Result<bool, Fault> {
        let _ = (x, h);
        Ok(false)
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
