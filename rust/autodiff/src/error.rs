//! Why a derivative cannot be taken.

use pyframe_graph::GraphError;
use thiserror::Error;

/// A derivative that cannot be taken.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum DerivativeError {
    /// A primitive without a rule for this use.
    #[error("there is no rule for the derivative of {0}")]
    MissingRule(String),
    /// The derivative's own graph is refused.
    #[error(transparent)]
    Graph(#[from] GraphError),
}
