//! The Cholesky factor, A = L·Lᵀ with L lower triangular and a positive diagonal.
//!
//! Reads the diagonal and what is below it, as `numpy.linalg.cholesky` does; whether A is symmetric
//! is the caller's to check.

use faer::dyn_stack::MemStack;
use faer::linalg::cholesky::llt::factor::{
    LltError, LltRegularization, cholesky_in_place, cholesky_in_place_scratch,
};
use faer::{MatMut, Par, Spec};

use super::memory::{scratch, try_vec};
use super::scaling::scale_of;
use super::{DenseError, MatrixView, Real};

/// L, row-major, with zeros above the diagonal.
///
/// The error names the order of the first leading minor that is not positive.
///
/// ```
/// use pyframe_tape::dense::{cholesky, DenseError, MatrixView};
///
/// let a = MatrixView::row_major(&[4.0, 9.9, 2.0, 5.0], 2, 2)?;
/// assert_eq!(cholesky(a)?, [2.0, 0.0, 1.0, 2.0]);
/// let a = MatrixView::row_major(&[1.0, 2.0, 2.0, 1.0], 2, 2)?;
/// assert_eq!(cholesky(a), Err(DenseError::NotPositiveDefinite { minor: 2 }));
/// # Ok::<(), DenseError>(())
/// ```
pub fn cholesky<T: Real>(a: MatrixView<'_, T>) -> Result<Vec<T>, DenseError> {
    let n = a.order("cholesky")?;
    let mut l = lower_triangle(a, T::one())?;
    if n == 0 {
        return Ok(l);
    }
    let triangle = MatrixView::col_major(&l, n, n)?;
    if !triangle.all_finite() {
        l.fill(T::nan());
        return Ok(l);
    }
    // An even power, so that its root is a power of two as well: A = s·B gives L = sqrt(s)·L_B.
    let scale = scale_of(triangle);
    let half = scale.exponent / 2;
    if half != 0 {
        let factor = T::exp2i(-half);
        for v in &mut l {
            *v = *v * factor * factor;
        }
    }
    let mut memory = scratch(cholesky_in_place_scratch::<T>(n, Par::Seq, Spec::default()))?;
    let outcome = cholesky_in_place(
        MatMut::from_column_major_slice_mut(&mut l, n, n),
        LltRegularization::default(),
        Par::Seq,
        MemStack::new(&mut memory),
        Spec::default(),
    );
    if let Err(LltError::NonPositivePivot { index }) = outcome {
        return Err(DenseError::NotPositiveDefinite { minor: index + 1 });
    }
    // The factorisation may leave work above the diagonal.
    for j in 1..n {
        l[j * n..j * n + j].fill(T::zero());
    }
    MatrixView::col_major(&l, n, n)?.to_row_major(T::exp2i(half))
}

/// The lower triangle of A, times `scale`, column-major with zeros above the diagonal.
pub(super) fn lower_triangle<T: Real>(a: MatrixView<'_, T>, scale: T) -> Result<Vec<T>, DenseError> {
    let n = a.rows();
    let mut l = try_vec(n, n, T::zero())?;
    for j in 0..n {
        for i in j..n {
            l[j * n + i] = a.at(i, j) * scale;
        }
    }
    Ok(l)
}
