//! Vertex elimination: Jacobians by removing the vertices between inputs and outputs.
//!
//! The graph is taken apart into scalars.  Removing a vertex multiplies each edge into it with
//! each edge out of it and adds the products to the edges around it; when only inputs and
//! outputs are left, the edges are the Jacobian's entries.  The order decides how many
//! multiplications that takes; forward and reverse mode are only two of the orders.
//!
//! References: Griewank and Reese 1991 (Markowitz degree); Griewank and Walther 2008,
//! chapter 9; Naumann 2004 (the best order is hard to find); lecture, section 3, figure 34.

mod arithmetic;
mod linearise;
mod order;

pub use arithmetic::{Arithmetic, Nodes, Numbers, eliminate};
pub use linearise::linearise;
pub use order::{Counts, Order, counts};

use pyframe_graph::{GraphError, NodeId};
use thiserror::Error;

use crate::error::DerivativeError;

/// The factor of an edge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Coefficient {
    /// A number that is always the same.
    Number(f64),
    /// An element of a node, by its place in row-major order.
    Entry(NodeId, usize),
}

/// The edge from one scalar to another that is computed from it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Edge {
    /// The vertex read.
    pub from: u32,
    /// The vertex computed, which has the larger number.
    pub to: u32,
    /// The local partial derivative.
    pub coefficient: Coefficient,
}

/// A graph taken apart into scalars that depend on the inputs.
#[derive(Clone, Debug, Default)]
pub struct Linearised {
    /// How many vertices there are; they are numbered from 0 in the order of computation.
    pub vertices: usize,
    /// The vertex of each element of the inputs: 0, 1, 2 and so on.
    pub inputs: usize,
    /// The vertex of each element of the outputs, if it depends on anything; all differ, none is
    /// an input and nothing is computed from them.
    pub outputs: Vec<Option<u32>>,
    /// All edges; there may be several between two vertices, to be added.
    pub edges: Vec<Edge>,
}

/// Why a graph is not taken apart.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum EliminationError {
    /// It has too many scalars.
    #[error("the function has more than {limit} scalar {what} between its arguments and results")]
    TooLarge {
        /// How many are allowed.
        limit: usize,
        /// Of what.
        what: &'static str,
    },
    /// A derivative that cannot be taken.
    #[error(transparent)]
    Derivative(#[from] DerivativeError),
}

impl From<GraphError> for EliminationError {
    fn from(error: GraphError) -> Self {
        Self::Derivative(error.into())
    }
}
