//! What can go wrong with a matrix, each case one sentence.

use thiserror::Error;

/// Why a dense operation gave no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DenseError {
    /// A pivot of the elimination, or a diagonal entry of a triangular matrix, is exactly zero.
    #[error("The matrix is singular: pivot {pivot} (counted from 0) is exactly zero.")]
    Singular {
        /// Index of the pivot, from 0.
        pivot: usize,
    },
    /// A leading minor is not positive, so there is no Cholesky factor.
    #[error("The matrix is not positive definite: its leading minor of order {minor} is not positive.")]
    NotPositiveDefinite {
        /// Order of the minor, from 1.
        minor: usize,
    },
    /// An iteration for eigenvalues or singular values ran out of sweeps.
    #[error("The {what} of a {rows} x {cols} matrix did not converge within {iterations} iterations.")]
    NoConvergence {
        /// What was sought: "eigenvalues" or "singular values".
        what: &'static str,
        /// Rows of the matrix.
        rows: usize,
        /// Columns of the matrix.
        cols: usize,
        /// How many iterations were allowed.
        iterations: usize,
    },
    /// A derivative divides by the difference of equal eigenvalues or singular values.
    #[error(
        "The derivative of the vectors divides by a gap in the spectrum that is zero to rounding, between \
         the values {first} and {second} (counted from 0). There only functions that do not depend on the \
         choice of vectors have a derivative, and only reverse mode can tell."
    )]
    Degenerate {
        /// The place of one value, from 0.
        first: usize,
        /// The place of the other; the same where a value itself is zero.
        second: usize,
    },
    /// A high derivative of a large determinant is a sum of too many minors.
    #[error(
        "The derivative of order {order} of the cofactors of a {n} x {n} matrix is a sum of more than 10^9 \
         products. For an invertible A, write det(A) as a product or by slogdet."
    )]
    TooManyMinors {
        /// Of which derivative.
        order: usize,
        /// Rows of the matrix.
        n: usize,
    },
    /// The allocator refused.
    #[error("There is no memory for {bytes} bytes of {what}.")]
    OutOfMemory {
        /// How many bytes were asked for (`usize::MAX` where the count itself overflows).
        bytes: usize,
        /// What they were for.
        what: &'static str,
    },
    /// An operation on square matrices was given another shape.
    #[error("A square matrix is needed for {operation}, not one of {rows} x {cols}.")]
    NotSquare {
        /// Which operation.
        operation: &'static str,
        /// Rows of the matrix.
        rows: usize,
        /// Columns of the matrix.
        cols: usize,
    },
    /// Two operands, or an operand and the output, do not fit together.
    #[error("The sizes of {operation} do not fit: {expected} was expected and {got} was got.")]
    Shape {
        /// Which operation and operand.
        operation: &'static str,
        /// The size that would fit.
        expected: usize,
        /// The size that was given.
        got: usize,
    },
    /// A view reaches outside its data.
    #[error("A view of {rows} x {cols} entries reaches outside its {len} stored values.")]
    OutOfBounds {
        /// Rows of the view.
        rows: usize,
        /// Columns of the view.
        cols: usize,
        /// Length of the data behind it.
        len: usize,
    },
}

impl DenseError {
    /// `Ok` if `got` is `expected`, else the error that names `operation`.
    pub(super) fn check(operation: &'static str, expected: usize, got: usize) -> Result<(), DenseError> {
        if expected == got { Ok(()) } else { Err(DenseError::Shape { operation, expected, got }) }
    }
}
