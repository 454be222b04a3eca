//! Initial steps: what a line search tries first.

mod barzilai_borwein;
mod constant;
mod first_order_change;
mod hager_zhang;
mod polyak;
mod previous;
mod quadratic;
mod unit;

pub use barzilai_borwein::{BarzilaiBorwein, Formula};
pub use constant::Constant;
pub use first_order_change::FirstOrderChange;
pub use hager_zhang::HagerZhang;
pub use polyak::Polyak;
pub use previous::Previous;
pub use quadratic::Quadratic;
pub use unit::Unit;

use std::any::Any;

use crate::{Fault, ParameterError};

/// What is known where a search starts; norms are of vectors the caller keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Situation {
    /// Iterations completed.
    pub iteration: usize,
    /// f(x).
    pub value: f64,
    /// phi'(0), the slope along the direction.
    pub slope: f64,
    /// Euclidean norm of the direction.
    pub direction_norm: f64,
    /// Euclidean norm of the gradient.
    pub gradient_norm: f64,
    /// Largest entry of the gradient, in absolute value.
    pub gradient_max: f64,
    /// Largest entry of x, in absolute value.
    pub x_max: f64,
    /// The step taken before, if there was one.
    pub last: Option<Last>,
}

/// The iteration before, with the differences `s = x - x_last` and `y = g - g_last`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Last {
    /// The step taken.
    pub step: f64,
    /// f there.
    pub value: f64,
    /// phi'(0) there.
    pub slope: f64,
    /// s . s
    pub ss: f64,
    /// s . y
    pub sy: f64,
    /// y . y
    pub yy: f64,
}

impl Situation {
    /// A step of unit length, where nothing better is known.
    fn unit_length(&self) -> f64 {
        if self.direction_norm > 0.0 && self.direction_norm.is_finite() {
            1.0 / self.direction_norm
        } else {
            1.0
        }
    }
}

/// A rule for the first step.
pub trait InitialStep: Send + Sync {
    /// A step at which the rule wants phi evaluated before it answers.
    fn probe(&mut self, at: &Situation) -> Option<f64> {
        let _ = at;
        None
    }

    /// The first step; `probe` is phi at the step asked for.
    fn first(&mut self, at: &Situation, probe: Option<f64>) -> f64;

    /// The error of a foreign rule.
    fn fault(&mut self) -> Option<Fault> {
        None
    }

    /// Show the objects of another language that it holds, for their garbage collector.
    fn held(&self, see: &mut dyn FnMut(&dyn Any)) {
        let _ = see;
    }

    /// A copy.
    fn boxed(&self) -> Box<dyn InitialStep>;
}

/// A rule chosen at run time.
pub type Boxed = Box<dyn InitialStep>;

impl Clone for Boxed {
    fn clone(&self) -> Self {
        self.boxed()
    }
}

fn positive(name: &'static str, value: f64) -> Result<f64, ParameterError> {
    ParameterError::check(value > 0.0 && value.is_finite(), name, "a finite number > 0", value)
}
