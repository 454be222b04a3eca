//! What can go wrong while a graph runs.

use pyframe_autodiff::DerivativeError;
use pyframe_graph::GraphError;
use thiserror::Error;

use crate::dense::DenseError;

/// A failure while a node is computed.
#[derive(Debug, Error)]
pub enum TapeError {
    /// Of a matrix.
    #[error(transparent)]
    Dense(#[from] DenseError),
    /// Of a graph.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// Of a derivative.
    #[error(transparent)]
    Derivative(#[from] DerivativeError),
    /// A place outside an array.
    #[error("index {index} is out of bounds for axis {axis} with size {length}")]
    Index {
        /// The place asked for.
        index: i64,
        /// The axis it was asked along.
        axis: usize,
        /// How long the axis is.
        length: usize,
    },
    /// No memory.
    #[error("not enough memory for an array of {elements} elements")]
    OutOfMemory {
        /// How many elements were wanted.
        elements: usize,
    },
    /// A budget that does not hold what must be held.
    #[error("a memory of {bytes} bytes is too small: about {least} are needed without any checkpoint")]
    Budget {
        /// The budget.
        bytes: usize,
        /// What is needed at least.
        least: usize,
    },
    /// Raised by a function from outside.
    #[error("{0}")]
    Foreign(Box<dyn std::error::Error + Send + Sync>),
    /// A value that is not of the kind a node asks for: only a bug makes one.
    #[error("internal: {0}")]
    Internal(&'static str),
}
