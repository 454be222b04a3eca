//! What a node's value is while a graph runs: an array, or a factorisation read by parts.

use std::sync::Arc;

use pyframe_graph::Array;

use crate::dense::{Eigh, Lu, Qr, Svd};

/// Factorisations of a stack of matrices, in double or single precision.
#[derive(Debug)]
pub enum Factored {
    /// In double precision.
    Double(Stack<f64>),
    /// In single precision.
    Single(Stack<f32>),
}

/// One factorisation a matrix of the stack.
#[derive(Debug)]
pub enum Stack<T: crate::dense::Real> {
    /// P A = L U.
    Lu(Vec<Lu<T>>),
    /// A = Q R.
    Qr(Vec<Qr<T>>),
    /// A = V diag(w) V^T.
    Eigh(Vec<Eigh<T>>),
    /// A = U diag(s) V^T.
    Svd(Vec<Svd<T>>),
}

/// A node's value.
#[derive(Clone, Debug)]
pub enum Value {
    /// Numbers.
    Array(Array),
    /// A factorisation.
    Factored(Arc<Factored>),
}

impl Value {
    /// The numbers of an array.
    pub fn array(&self) -> Option<&Array> {
        match self {
            Self::Array(array) => Some(array),
            Self::Factored(_) => None,
        }
    }
}
