//! Refusals of the tape as exceptions.

use pyframe_tape::TapeError;
use pyo3::prelude::*;

use super::foreign::refused_rule;
use crate::errors;

/// A refusal of the tape as an exception.
pub fn refused(error: TapeError) -> PyErr {
    use pyframe_autodiff::DerivativeError;
    use pyframe_graph::GraphError;
    use pyframe_tape::dense::DenseError;
    let text = error.to_string();
    match error {
        TapeError::Dense(DenseError::Singular { .. }) => errors::singular_matrix(text),
        TapeError::Dense(DenseError::NotPositiveDefinite { .. }) => errors::not_positive_definite(text),
        TapeError::Dense(DenseError::Degenerate { .. }) => errors::degenerate(text),
        TapeError::Dense(DenseError::NoConvergence { .. }) => errors::no_convergence(text),
        TapeError::Graph(GraphError::DType { .. }) => errors::dtype(text),
        TapeError::Graph(GraphError::Full { .. }) => errors::tape_limit(text),
        TapeError::Graph(GraphError::TooLarge { .. }) => errors::too_many_elements(text),
        TapeError::Graph(GraphError::OutOfMemory { .. })
        | TapeError::OutOfMemory { .. }
        | TapeError::Dense(DenseError::OutOfMemory { .. }) => errors::out_of_memory(text),
        TapeError::Graph(GraphError::Malformed { .. }) | TapeError::Internal(_) => errors::internal(text),
        TapeError::Graph(_) | TapeError::Dense(_) => errors::shape(text),
        TapeError::Derivative(DerivativeError::MissingRule(_)) => errors::missing_rule(text),
        TapeError::Derivative(DerivativeError::Graph(error)) => refused(error.into()),
        TapeError::Derivative(error) => refused_rule(error),
        TapeError::Index { .. } => errors::index(text),
        TapeError::Budget { .. } => errors::parameter(text),
        TapeError::Foreign(error) => match error.downcast::<PyErr>() {
            Ok(error) => *error,
            Err(error) => errors::internal(error.to_string()),
        },
    }
}
