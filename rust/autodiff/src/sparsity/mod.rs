//! Which entries of a Jacobian can be other than zero, and how few passes recover them.
//!
//! The pattern is found by sending index sets through the graph: the set of an element holds
//! the inputs that it depends on.  Sets are kept once and named by number, so that moving
//! elements moves numbers, and equal unions are made once.  Colouring then puts columns (or
//! rows) that share no row (or column) into one group, to be computed by one pass.
//!
//! References: Curtis, Powell and Reid 1974 (grouping columns); Gebremedhin, Manne and Pothen
//! 2005 (distance-2 and star colouring); Gebremedhin, Tarafdar, Manne and Pothen 2007 (the
//! algorithm for star colouring).

mod colouring;
mod key;
pub(crate) mod layout;
mod products;
mod propagate;
mod sets;

pub use colouring::{Adjacency, alone, columns, star};
pub use key::structure_key;
pub use propagate::jacobian_pattern;

use thiserror::Error;

/// The places of a matrix that can be other than zero, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// How many columns there are.
    pub columns: usize,
    /// Where each row begins among the indices, and the end of the last.
    pub starts: Vec<usize>,
    /// Columns, ascending in each row.
    pub indices: Vec<u32>,
}

impl Pattern {
    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.starts.len() - 1
    }

    /// The columns of a row.
    pub fn row(&self, row: usize) -> &[u32] {
        &self.indices[self.starts[row]..self.starts[row + 1]]
    }

    /// Rows for columns.
    #[must_use]
    pub fn transposed(&self) -> Self {
        let mut starts = vec![0; self.columns + 1];
        for &column in &self.indices {
            starts[column as usize + 1] += 1;
        }
        for column in 0..self.columns {
            starts[column + 1] += starts[column];
        }
        let mut next = starts.clone();
        let mut indices = vec![0; self.indices.len()];
        for row in 0..self.rows() {
            for &column in self.row(row) {
                indices[next[column as usize]] = row as u32;
                next[column as usize] += 1;
            }
        }
        Self { columns: self.rows(), starts, indices }
    }

    /// The pattern of A + A^T.
    #[must_use]
    pub fn symmetrised(self) -> Self {
        let other = self.transposed();
        if other == self {
            return self;
        }
        let mut made = Self { columns: self.columns, starts: vec![0], indices: Vec::new() };
        for row in 0..self.rows() {
            sets::merge(self.row(row), other.row(row), &mut made.indices);
            made.starts.push(made.indices.len());
        }
        made
    }
}

/// Why no pattern is found.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SparsityError {
    /// There are more dependences than memory should hold.
    #[error(
        "the function has more than {limit} dependences of elements on inputs: its Jacobian is not sparse"
    )]
    TooDense {
        /// How many are allowed.
        limit: usize,
    },
    /// It was asked to end.
    #[error("{0}")]
    Raised(crate::Raised),
    /// Something that the graph itself refuses.
    #[error(transparent)]
    Graph(#[from] pyframe_graph::GraphError),
}
