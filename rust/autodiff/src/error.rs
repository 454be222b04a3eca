//! Why a derivative cannot be taken.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use pyframe_graph::GraphError;
use thiserror::Error;

/// A derivative that cannot be taken.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum DerivativeError {
    /// A primitive without a rule for this use.
    #[error("there is no rule for the derivative of {0}")]
    MissingRule(String),
    /// A rule that is not linear in what it must be linear in.
    #[error("not linear in the tangents or adjoints: {0}")]
    NonLinear(String),
    /// The derivative's own graph is refused.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// Raised by a rule from outside.
    #[error("{0}")]
    Raised(Raised),
}

/// What a rule from outside raised.
#[derive(Clone, Debug)]
pub struct Raised(pub Arc<dyn StdError + Send + Sync>);

/// Asked now and then by what may take long: an error ends it.
pub type GoOn<'a> = &'a dyn Fn() -> Result<(), Raised>;

impl Eq for Raised {}

impl PartialEq for Raised {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Display for Raised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
