//! Eigenvalues and eigenvectors of a symmetric matrix, A = Q·diag(w)·Qᵀ (faer).
//!
//! Values ascend.  Gauge: in each eigenvector the entry of largest absolute value (the first of
//! them) is positive; where an eigenvalue is repeated the basis of its space is whatever the
//! algorithm gives, the same for the same bits.  Reads the diagonal and what is below it.

use faer::diag::DiagMut;
use faer::dyn_stack::MemStack;
use faer::linalg::evd::{ComputeEigenvectors, self_adjoint_evd, self_adjoint_evd_scratch};
use faer::traits::num_traits::Float;
use faer::{MatMut, Par, Spec};

use super::cholesky::lower_triangle;
use super::memory::{scratch, try_vec};
use super::scaling::{scale_by, scale_of};
use super::{DenseError, MatrixView, Real};

/// What [`eigh`] finds.
#[derive(Clone, Debug, PartialEq)]
pub struct Eigh<T> {
    /// w, ascending.
    pub values: Vec<T>,
    /// Q, row-major: column j belongs to w_j.
    pub vectors: Vec<T>,
}

/// Eigenvalues and eigenvectors of the symmetric matrix whose lower triangle is given.
///
/// ```
/// use pyframe_tape::dense::{eigh, MatrixView};
///
/// let a = MatrixView::row_major(&[2.0, 0.0, 1.0, 2.0], 2, 2)?;
/// let e = eigh(a)?;
/// assert!((e.values[0] - 1.0_f64).abs() < 1e-15 && (e.values[1] - 3.0).abs() < 1e-15);
/// # Ok::<(), pyframe_tape::dense::DenseError>(())
/// ```
pub fn eigh<T: Real>(a: MatrixView<'_, T>) -> Result<Eigh<T>, DenseError> {
    let n = a.rows();
    let mut vectors = try_vec(n, n, T::nan())?;
    let values = decompose(a, Some(&mut vectors))?;
    for column in vectors.chunks_exact_mut(n.max(1)) {
        if largest_is_negative(column) {
            negate(column);
        }
    }
    Ok(Eigh { values, vectors: MatrixView::col_major(&vectors, n, n)?.to_row_major(T::one())? })
}

/// The eigenvalues alone, ascending.
pub fn eigvalsh<T: Real>(a: MatrixView<'_, T>) -> Result<Vec<T>, DenseError> {
    decompose(a, None)
}

/// x = -x.
pub(super) fn negate<T: Real>(x: &mut [T]) {
    for x in x {
        *x = -*x;
    }
}

/// Whether the entry of largest absolute value, the first of them, is negative.
pub(super) fn largest_is_negative<T: Real>(x: &[T]) -> bool {
    let mut largest = T::zero();
    for &x in x {
        if Float::abs(x) > Float::abs(largest) {
            largest = x;
        }
    }
    largest < T::zero()
}

/// The values; the vectors, column-major, go to `vectors`.
fn decompose<T: Real>(a: MatrixView<'_, T>, vectors: Option<&mut [T]>) -> Result<Vec<T>, DenseError> {
    let n = a.order("eigh")?;
    let mut values = try_vec(1, n, T::nan())?;
    let mut lower = lower_triangle(a, T::one())?;
    let triangle = MatrixView::col_major(&lower, n, n)?;
    if n == 0 || !triangle.all_finite() {
        return Ok(values);
    }
    let scale = scale_of(triangle);
    scale_by(&mut lower, scale.to);
    let wanted = if vectors.is_some() { ComputeEigenvectors::Yes } else { ComputeEigenvectors::No };
    let mut memory = scratch(self_adjoint_evd_scratch::<T>(n, wanted, Par::Seq, Spec::default()))?;
    self_adjoint_evd(
        MatrixView::col_major(&lower, n, n)?.faer(),
        DiagMut::from_slice_mut(&mut values),
        vectors.map(|v| MatMut::from_column_major_slice_mut(v, n, n)),
        Par::Seq,
        MemStack::new(&mut memory),
        Spec::default(),
    )
    .map_err(|_| DenseError::NoConvergence {
        what: "eigenvalues",
        rows: n,
        cols: n,
        iterations: sweeps::<T>(n),
    })?;
    scale_by(&mut values, scale.from);
    Ok(values)
}

/// The bound faer's QR iterations keep: max(30, bits/2)·n².
pub(super) fn sweeps<T: Real>(n: usize) -> usize {
    let bits = 8 * std::mem::size_of::<T>();
    30.max(bits / 2).saturating_mul(n).saturating_mul(n)
}
