//! The matrix product out = alpha·A·B, or out += alpha·A·B.
//!
//! A product with one column or row is a matrix-vector product (`matvec.rs`), one with another
//! short size is in `skinny.rs`; the rest is faer's, which packs panels of A and B, whatever their
//! strides, and chooses AVX-512, AVX2 or a plain kernel at run time.  Without `accumulate` the old
//! contents of out are never read, so a NaN in them cannot leak (BLAS's rule for beta = 0).

use std::mem::MaybeUninit;

use faer::linalg::matmul::triangular::{self, BlockStructure};
use faer::{Accum, MatMut, Par};

use super::matvec::matvec;
use super::memory::{entries, product_workspace, try_reserve};
use super::skinny::{SHORT, few_columns, short_inner};
use super::{DenseError, MatrixView, Real};

/// From this order on one triangle of a symmetric product takes less time than the whole.
pub const SYMMETRIC_FROM: usize = 48;

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
    DenseError::check("matmul (rows of the right operand)", a.cols(), b.rows())?;
    DenseError::check("matmul (output)", entries(a.rows(), b.cols())?, out.len())?;
    if !out.is_empty() && !accumulate && a.is_transposed(b) {
        return symmetric(out, alpha, a, b);
    }
    general(out, alpha, a, b, accumulate)
}

/// A·B in row-major order behind what a list holds already.
///
/// ```
/// use pyframe_tape::dense::{MatrixView, matmul_onto};
///
/// let a = MatrixView::row_major(&[1.0, 2.0], 1, 2)?;
/// let mut out = vec![7.0];
/// matmul_onto(&mut out, a, a.transposed())?;
/// assert_eq!(out, [7.0, 5.0]);
/// # Ok::<(), pyframe_tape::dense::DenseError>(())
/// ```
pub fn matmul_onto<T: Real>(
    out: &mut Vec<T>,
    a: MatrixView<'_, T>,
    b: MatrixView<'_, T>,
) -> Result<(), DenseError> {
    let (held, k, n) = (out.len(), a.cols(), b.cols());
    DenseError::check("matmul_onto (rows of the right operand)", k, b.rows())?;
    let len = entries(a.rows(), n)?;
    try_reserve(out, len)?;
    if !(1..=SHORT).contains(&k) || n <= SHORT {
        out.resize(held + len, T::zero());
        return matmul(&mut out[held..], T::one(), a, b, false);
    }
    let put = |y: &mut MaybeUninit<T>, value| {
        y.write(value);
    };
    short_inner(&mut out.spare_capacity_mut()[..len], put, T::one(), a, b)?;
    // SAFETY: each of the `len` places behind the list has been written.
    #[expect(unsafe_code, reason = "the numbers have just been written")]
    unsafe {
        out.set_len(held + len);
    }
    Ok(())
}

/// The product of any two matrices whose sizes fit.
fn general<T: Real>(
    out: &mut [T],
    alpha: T,
    a: MatrixView<'_, T>,
    b: MatrixView<'_, T>,
    accumulate: bool,
) -> Result<(), DenseError> {
    let (m, k, n) = (a.rows(), a.cols(), b.cols());
    if out.is_empty() {
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
    if k <= SHORT && n > SHORT {
        let put = |y: &mut T, value| *y = if accumulate { *y + value } else { value };
        return short_inner(out, put, alpha, a, b);
    }
    if n <= SHORT && few_columns(out, [n, 1], alpha, a, b, accumulate)? {
        return Ok(());
    }
    if m <= SHORT && few_columns(out, [1, n], alpha, b.transposed(), a.transposed(), accumulate)? {
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

/// out = alpha·A·B for a product known to be symmetric: half the work, and exactly symmetric.
///
/// ```
/// use pyframe_tape::dense::{MatrixView, symmetric_matmul};
///
/// let a = MatrixView::row_major(&[1.0, 2.0, 3.0, 4.0], 2, 2)?;
/// let mut out = [f64::NAN; 4];
/// symmetric_matmul(&mut out, 1.0, a, a.transposed())?;
/// assert_eq!(out, [5.0, 11.0, 11.0, 25.0]);
/// # Ok::<(), pyframe_tape::dense::DenseError>(())
/// ```
pub fn symmetric_matmul<T: Real>(
    out: &mut [T],
    alpha: T,
    a: MatrixView<'_, T>,
    b: MatrixView<'_, T>,
) -> Result<(), DenseError> {
    DenseError::check("symmetric_matmul (rows of the right operand)", a.cols(), b.rows())?;
    DenseError::check("symmetric_matmul (columns of the right operand)", a.rows(), b.cols())?;
    DenseError::check("symmetric_matmul (output)", entries(a.rows(), b.cols())?, out.len())?;
    symmetric(out, alpha, a, b)
}

/// The product of two matrices whose sizes fit, known to be symmetric.
fn symmetric<T: Real>(
    out: &mut [T],
    alpha: T,
    a: MatrixView<'_, T>,
    b: MatrixView<'_, T>,
) -> Result<(), DenseError> {
    let n = a.rows();
    if n < SYMMETRIC_FROM || a.cols() <= SHORT {
        return general(out, alpha, a, b, false);
    }
    product_workspace()?;
    triangular::matmul(
        MatMut::from_row_major_slice_mut(out, n, n),
        BlockStructure::TriangularLower,
        Accum::Replace,
        a.faer(),
        BlockStructure::Rectangular,
        b.faer(),
        BlockStructure::Rectangular,
        alpha,
        Par::Seq,
    );
    mirror(out, n);
    Ok(())
}

/// Copy the entries below the diagonal to their places above it.
fn mirror<T: Copy>(out: &mut [T], n: usize) {
    /// Tiles of which both places stay in the first cache.
    const TILE: usize = 16;
    for top in (0..n).step_by(TILE) {
        for left in (0..=top).step_by(TILE) {
            for i in top..n.min(top + TILE) {
                for j in left..i.min(left + TILE) {
                    out[j * n + i] = out[i * n + j];
                }
            }
        }
    }
}
