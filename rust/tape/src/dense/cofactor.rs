//! The matrix of cofactors, which is the gradient of the determinant: d det A = <C, dA>.
//!
//! C = det(A)·A⁻ᵀ for a regular A, but C is a polynomial in the entries and exists for every A: with
//! A = U·diag(s)·Vᵀ, C = det(U)·det(V)·U·diag(prod_{j≠i} s_j)·Vᵀ (Stewart 1998, "On the adjugate
//! matrix", Theorem 1).  Nothing is divided by a singular value, so rank n - 1 (C of rank one) and
//! below (C = 0) need no case of their own.  Up to three rows the minors are written out: they
//! keep the digits of small entries beside large ones, which the singular vectors do not.

use super::lu::Lu;
use super::matmul::matmul;
use super::memory::try_vec;
use super::svd::{SvdMode, svd};
use super::{DenseError, MatrixView, Real};

/// C, row-major: c_ij = (-1)^(i+j) times the minor of A without row i and column j.
///
/// ```
/// use pyframe_tape::dense::{cofactor, MatrixView};
///
/// let a = MatrixView::row_major(&[1.0, 2.0, 2.0, 4.0], 2, 2)?;
/// for (c, want) in cofactor(a)?.iter().zip([4.0_f64, -2.0, -2.0, 1.0]) {
///     assert!((c - want).abs() < 1e-14);
/// }
/// # Ok::<(), pyframe_tape::dense::DenseError>(())
/// ```
pub fn cofactor<T: Real>(a: MatrixView<'_, T>) -> Result<Vec<T>, DenseError> {
    let n = a.rows();
    if n != a.cols() {
        return Err(DenseError::NotSquare { operation: "cofactor", rows: n, cols: a.cols() });
    }
    if n == 0 {
        return Ok(Vec::new());
    }
    if n <= 3 {
        return minors(a);
    }
    let mut f = svd(a, SvdMode::Thin)?;
    let u = MatrixView::row_major(&f.u, n, n)?;
    let vt = MatrixView::row_major(&f.vt, n, n)?;
    let sign = Lu::factor(u)?.slogdet().sign * Lu::factor(vt)?.slogdet().sign;
    // prod_{j≠i} s_j: the products from the left times those from the right.
    let mut others = try_vec(1, n, sign)?;
    let mut product = T::one();
    for (other, &s) in others.iter_mut().zip(&f.s) {
        *other *= product;
        product *= s;
    }
    product = T::one();
    for (other, &s) in others.iter_mut().zip(&f.s).rev() {
        *other *= product;
        product *= s;
    }
    for row in f.u.chunks_exact_mut(n) {
        for (u, &d) in row.iter_mut().zip(&others) {
            *u *= d;
        }
    }
    let mut out = try_vec(n, n, T::zero())?;
    matmul(&mut out, T::one(), MatrixView::row_major(&f.u, n, n)?, vt, false)?;
    Ok(out)
}

/// The same for one, two or three rows, where the cyclic order of rows and columns gives the signs.
fn minors<T: Real>(a: MatrixView<'_, T>) -> Result<Vec<T>, DenseError> {
    let n = a.rows();
    let mut out = try_vec(n, n, T::one())?;
    for (place, c) in out.iter_mut().enumerate() {
        let (i, j) = (place / n, place % n);
        let (k, l) = ((i + 1) % n, (j + 1) % n);
        if n == 2 {
            *c = if i == j { a.at(k, l) } else { -a.at(k, l) };
        } else if n == 3 {
            let (p, q) = ((i + 2) % n, (j + 2) % n);
            *c = a.at(k, l) * a.at(p, q) - a.at(k, q) * a.at(p, l);
        }
    }
    Ok(out)
}
