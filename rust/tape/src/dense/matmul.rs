//! The matrix product out = alpha·A·B, or out += alpha·A·B.
//!
//! A product with one column or row is a matrix-vector product (`matvec.rs`), one with an inner
//! size of 1 an outer product; the rest is faer's, which packs panels of A and B, whatever their
//! strides, and chooses AVX-512, AVX2 or a plain kernel at run time.  Without `accumulate` the old
//! contents of out are never read, so a NaN in them cannot leak (BLAS's rule for beta = 0).

use faer::{Accum, MatMut, Par};

use super::matvec::matvec;
use super::memory::product_workspace;
use super::{DenseError, MatrixView, Real};

/// out = alpha·A·B for row-major `out` (m x n), or out += alpha·A·B with `accumulate`.
///
/// A is m x k and B k x n, of any strides.  For k = 0 the product is zero.
///
/// ```
/// use pyframe_tape::dense::{matmul, MatrixView};
///
/// let a = MatrixView::row_major(&[1.0, 2.0, 3.0, 4.0], 2, 2)?;
/// let mut out = [f64::NAN; 4];
/// matmul(&mut out, 1.0, a, a.transposed(), false)?;
/// assert_eq!(out, [5.0, 11.0, 11.0, 25.0]);
/// # Ok::<(), pyframe_tape::dense::DenseError>(())
/// ```
pub fn matmul<T: Real>(
    out: &mut [T],
    alpha: T,
    a: MatrixView<'_, T>,
    b: MatrixView<'_, T>,
    accumulate: bool,
) -> Result<(), DenseError> {
    let (m, k, n) = (a.rows(), a.cols(), b.cols());
    DenseError::check("matmul (rows of the right operand)", k, b.rows())?;
    let len = m.checked_mul(n).ok_or(DenseError::OutOfMemory { bytes: usize::MAX, what: "matrix" })?;
    DenseError::check("matmul (output)", len, out.len())?;
    if len == 0 {
        return Ok(());
    }
    if k == 0 {
        if !accumulate {
            out.fill(T::zero());
        }
        return Ok(());
    }
    if n == 1 {
        return matvec(out, alpha, a, b, accumulate);
    }
    if m == 1 {
        return matvec(out, alpha, b.transposed(), a.transposed(), accumulate);
    }
    if k == 1 {
        outer(out, alpha, a, b, accumulate);
        return Ok(());
    }
    product_workspace()?;
    gemm(MatMut::from_row_major_slice_mut(out, m, n), alpha, a, b, accumulate);
    Ok(())
}

/// faer's product, for an output of any layout.
pub(super) fn gemm<T: Real>(
    out: MatMut<'_, T>,
    alpha: T,
    a: MatrixView<'_, T>,
    b: MatrixView<'_, T>,
    accumulate: bool,
) {
    let accum = if accumulate { Accum::Add } else { Accum::Replace };
    faer::linalg::matmul::matmul(out, accum, a.faer(), b.faer(), alpha, Par::Seq);
}

/// out (+)= alpha·a·bᵀ, row by row.
fn outer<T: Real>(out: &mut [T], alpha: T, a: MatrixView<'_, T>, b: MatrixView<'_, T>, accumulate: bool) {
    let n = b.cols();
    for (i, row) in out.chunks_exact_mut(n).enumerate() {
        let left = alpha * a.at(i, 0);
        match b.row(0) {
            Some(right) if accumulate => {
                for (y, &r) in row.iter_mut().zip(right) {
                    *y += left * r;
                }
            }
            Some(right) => {
                for (y, &r) in row.iter_mut().zip(right) {
                    *y = left * r;
                }
            }
            None => {
                for (j, y) in row.iter_mut().enumerate() {
                    let value = left * b.at(0, j);
                    *y = if accumulate { *y + value } else { value };
                }
            }
        }
    }
}
