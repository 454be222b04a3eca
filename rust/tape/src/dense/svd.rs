//! Singular values and vectors, A = U·diag(s)·Vᵀ (faer).
//!
//! Values descend.  Gauge: in each column of U the entry of largest absolute value (the first of
//! them) is positive and the column of V has followed; columns beyond min(m, n) of a full U or V obey
//! the same rule on their own.  Where a value is repeated or zero the bases are whatever the
//! algorithm gives, the same for the same bits.
//!
//! A tall matrix is first brought to its R (Chan 1982), by the reflections of `qr.rs`, and a wide one
//! is treated as its transpose.

use faer::diag::DiagMut;
use faer::dyn_stack::MemStack;
use faer::linalg::svd::{ComputeSvdVectors, SvdParams, svd as faer_svd, svd_scratch};
use faer::{Auto, MatMut, Par, Spec};

use super::eigh::{largest_is_negative, negate, sweeps};
use super::matmul::matmul;
use super::memory::{scratch, try_vec};
use super::qr::Reflections;
use super::scaling::{scale_by, scale_of};
use super::{DenseError, MatrixView, Real};

/// Rows per column from which the reduction to R pays (LAPACK's 1.6 and faer's 11/6 are near).
const TALL: f64 = 11.0 / 6.0;

/// How much of U and V is wanted; k = min(m, n).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SvdMode {
    /// U of m x k and Vᵀ of k x n.
    #[default]
    Thin,
    /// U of m x m and Vᵀ of n x n.
    Full,
}

/// What [`svd`] finds, row-major.
#[derive(Clone, Debug, PartialEq)]
pub struct Svd<T> {
    /// U with orthonormal columns.
    pub u: Vec<T>,
    /// s, descending, min(m, n) of them.
    pub s: Vec<T>,
    /// Vᵀ with orthonormal rows.
    pub vt: Vec<T>,
}

impl<T: Real> Svd<T> {
    /// V·diag(1/s)·Uᵀ, row-major, without the values up to `cut` times the largest.
    ///
    /// ```
    /// use pyframe_tape::dense::{MatrixView, SvdMode, svd};
    ///
    /// let f = svd(MatrixView::row_major(&[2.0, 0.0, 0.0, 0.0, 1e-20, 0.0], 2, 3)?, SvdMode::Thin)?;
    /// assert_eq!(f.pseudo_inverse(1e-15)?, [0.5, 0.0, 0.0, 0.0, 0.0, 0.0]);
    /// # Ok::<(), pyframe_tape::dense::DenseError>(())
    /// ```
    pub fn pseudo_inverse(&self, cut: T) -> Result<Vec<T>, DenseError> {
        let k = self.s.len();
        let (m, n) = (self.u.len().checked_div(k).unwrap_or(0), self.vt.len().checked_div(k).unwrap_or(0));
        let mut out = try_vec(n, m, T::zero())?;
        let mut scaled = self.vt.clone();
        let least = cut * self.s.first().copied().unwrap_or_else(T::zero);
        for (row, &s) in scaled.chunks_exact_mut(n.max(1)).zip(&self.s) {
            for v in row {
                *v = if s <= least { T::zero() } else { *v / s };
            }
        }
        if k > 0 {
            let v = MatrixView::row_major(&scaled, k, n)?.transposed();
            let ut = MatrixView::row_major(&self.u, m, k)?.transposed();
            matmul(&mut out, T::one(), v, ut, false)?;
        }
        Ok(out)
    }
}

/// The singular value decomposition of an m x n matrix of any shape.
///
/// ```
/// use pyframe_tape::dense::{svd, MatrixView, SvdMode};
///
/// let a = MatrixView::row_major(&[0.0, 2.0, -1.0, 0.0], 2, 2)?;
/// let f = svd(a, SvdMode::Thin)?;
/// assert!((f.s[0] - 2.0_f64).abs() < 1e-15 && (f.s[1] - 1.0).abs() < 1e-15);
/// # Ok::<(), pyframe_tape::dense::DenseError>(())
/// ```
pub fn svd<T: Real>(a: MatrixView<'_, T>, mode: SvdMode) -> Result<Svd<T>, DenseError> {
    let (m, n) = (a.rows(), a.cols());
    let (large, small) = (m.max(n), m.min(n));
    let width = if mode == SvdMode::Full { large } else { small };
    let tall = if m < n { a.transposed() } else { a };
    // Column-major: `left` of large x width and `right` of small x small.
    let mut left = try_vec(large, width, T::nan())?;
    let mut right = try_vec(small, small, T::nan())?;
    let s = decompose(tall, Some((&mut left, width, &mut right)))?;
    let (u, v) = if m < n { (&mut right, &mut left) } else { (&mut left, &mut right) };
    let (m, n) = (m.max(1), n.max(1));
    let (u_cols, v_cols) = (u.len() / m, v.len() / n);
    for j in 0..u_cols.max(v_cols) {
        let negative = if j < u_cols {
            largest_is_negative(&u[j * m..(j + 1) * m])
        } else {
            largest_is_negative(&v[j * n..(j + 1) * n])
        };
        if negative {
            if j < u_cols {
                negate(&mut u[j * m..(j + 1) * m]);
            }
            if j < v_cols && (j < small || j >= u_cols) {
                negate(&mut v[j * n..(j + 1) * n]);
            }
        }
    }
    // A column-major V is a row-major Vᵀ already.
    let vt = std::mem::take(v);
    let u = MatrixView::col_major(u, a.rows(), u_cols)?.to_row_major(T::one())?;
    Ok(Svd { u, s, vt })
}

/// The singular values alone, descending.
pub fn singular_values<T: Real>(a: MatrixView<'_, T>) -> Result<Vec<T>, DenseError> {
    decompose(if a.rows() < a.cols() { a.transposed() } else { a }, None)
}

/// s of a matrix with at least as many rows as columns; the vectors go to (U, its columns, V).
fn decompose<T: Real>(
    a: MatrixView<'_, T>,
    vectors: Option<(&mut [T], usize, &mut [T])>,
) -> Result<Vec<T>, DenseError> {
    let (m, n) = (a.rows(), a.cols());
    let mut s = try_vec(1, n, T::nan())?;
    if !a.all_finite() {
        return Ok(s);
    }
    if n == 0 {
        if let Some((u, width, _)) = vectors {
            u.fill(T::zero());
            (0..width).for_each(|k| u[k * m + k] = T::one());
        }
        return Ok(s);
    }
    let scale = scale_of(a);
    let scaled = a.to_col_major(scale.to)?;
    let view = MatrixView::col_major(&scaled, m, n)?;
    if m as f64 <= TALL * n as f64 {
        square_like(view, &mut s, vectors)?;
    } else {
        let reflections = Reflections::of(view)?;
        let r = reflections.r(n)?;
        let r = MatrixView::row_major(&r, n, n)?;
        if let Some((u, width, v)) = vectors {
            // U = Q·diag(U_R, I).
            let mut u_r = try_vec(n, n, T::zero())?;
            square_like(r, &mut s, Some((&mut u_r, n, v)))?;
            u.fill(T::zero());
            for (j, column) in u.chunks_exact_mut(m).enumerate() {
                if j < n {
                    column[..n].copy_from_slice(&u_r[j * n..(j + 1) * n]);
                } else {
                    column[j] = T::one();
                }
            }
            reflections.apply(u, width, false)?;
        } else {
            square_like(r, &mut s, None)?;
        }
    }
    scale_by(&mut s, scale.from);
    Ok(s)
}

/// faer's decomposition.
fn square_like<T: Real>(
    a: MatrixView<'_, T>,
    s: &mut [T],
    vectors: Option<(&mut [T], usize, &mut [T])>,
) -> Result<(), DenseError> {
    let (m, n) = (a.rows(), a.cols());
    // The reduction to R is done above, more accurately than faer's.
    let params: SvdParams = SvdParams { qr_ratio_threshold: f64::INFINITY, ..<SvdParams as Auto<T>>::auto() };
    let params = Spec::new(params);
    let compute = |cols: usize| if cols > n { ComputeSvdVectors::Full } else { ComputeSvdVectors::Thin };
    let (u, v, of_u, of_v) = match vectors {
        None => (None, None, ComputeSvdVectors::No, ComputeSvdVectors::No),
        Some((u, width, v)) => (
            Some(MatMut::from_column_major_slice_mut(u, m, width)),
            Some(MatMut::from_column_major_slice_mut(v, n, n)),
            compute(width),
            ComputeSvdVectors::Thin,
        ),
    };
    let mut memory = scratch(svd_scratch::<T>(m, n, of_u, of_v, Par::Seq, params))?;
    faer_svd(a.faer(), DiagMut::from_slice_mut(s), u, v, Par::Seq, MemStack::new(&mut memory), params)
        .map_err(|_| DenseError::NoConvergence {
            what: "singular values",
            rows: m,
            cols: n,
            iterations: sweeps::<T>(n),
        })
}
