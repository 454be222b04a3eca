//! Derivatives of expressions: differentials by one rule for each operator, gradients by
//! collecting <G, dX>, Jacobians by collecting J dx, and the Kronecker form of vec(dF) = H vec(dX).

mod adjoint;
mod differential;
mod divisors;
mod factoring;
mod formulas;
mod index;
mod jacobian;
mod kronecker;
mod names;
mod spectral;
mod steps;

pub use adjoint::{collected_gradient, gradient};
pub use differential::{differential, differential_of_node};
pub use factoring::factored;
pub use index::{Contraction, Derivative, contractions, derivative};
pub use jacobian::{jacobian, matrix_of};
pub use kronecker::kronecker;
pub use names::Rule;
pub use steps::{Line, Said, derivation, second_differential};

use thiserror::Error;

/// An operator whose derivative is not known.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("there is no rule for the derivative of {0}")]
pub struct MissingRule(pub String);
