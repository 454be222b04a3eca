//! A = Q·R by Householder reflections, blocked in the compact WY form.
//!
//! H_j = I - tau_j·v_j·v_jᵀ with v_j(j) = 1 and H_j·x = beta·e_1, beta = -sign(x_1)·‖x‖₂, tau =
//! (beta - x_1)/beta; where x is zero below its first entry H_j = I.  That is LAPACK's xLARFG, so the
//! signs are those of `numpy.linalg.qr`: r_jj = -sign(x_1)·‖x‖₂, and where nothing lies below the
//! diagonal it is left as it is.  Panels of `PANEL` columns are joined to I - V·T·Vᵀ (Schreiber and
//! Van Loan 1989), so that most of the work is matrix products.
//!
//! faer's own factorisation is not used: it drops a column whose remainder is below 16·m·eps of its
//! norm and goes on in the same row, which gives a staircase R where NumPy's is a plain triangle.

use faer::linalg::matmul::matmul as product;
use faer::traits::num_traits::Float;
use faer::{Accum, MatMut, MatRef, Par};

use super::dot::{add_scaled, inner};
use super::memory::{product_workspace, try_vec};
use super::norm::norm2;
use super::scaling::{Scale, scale_of};
use super::{DenseError, MatrixView, Real};

/// Columns of a panel.
const PANEL: usize = 32;

/// How much of Q and R is wanted; k = min(m, n).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum QrMode {
    /// Q of m x k and R of k x n.
    #[default]
    Reduced,
    /// Q of m x m and R of m x n.
    Complete,
    /// R of k x n only.
    R,
}

/// The factors, row-major.
#[derive(Clone, Debug, PartialEq)]
pub struct Qr<T> {
    /// Q with orthonormal columns; empty for [`QrMode::R`].
    pub q: Vec<T>,
    /// R, upper triangular (trapezoidal).
    pub r: Vec<T>,
    /// Columns of Q and rows of R.
    pub inner: usize,
}

/// Q and R of an m x n matrix of any shape.
///
/// ```
/// use pyframe_tape::dense::{qr, MatrixView, QrMode};
///
/// let a = MatrixView::row_major(&[3.0, 1.0, 4.0, 2.0], 2, 2)?;
/// let f = qr(a, QrMode::Reduced)?;
/// assert!((f.r[0] + 5.0_f64).abs() < 1e-15 && f.r[2] == 0.0);
/// # Ok::<(), pyframe_tape::dense::DenseError>(())
/// ```
pub fn qr<T: Real>(a: MatrixView<'_, T>, mode: QrMode) -> Result<Qr<T>, DenseError> {
    let (m, n) = (a.rows(), a.cols());
    let inner = if mode == QrMode::Complete { m } else { m.min(n) };
    if !a.all_finite() {
        let q = if mode == QrMode::R { Vec::new() } else { try_vec(m, inner, T::nan())? };
        return Ok(Qr { q, r: try_vec(inner, n, T::nan())?, inner });
    }
    let reflections = Reflections::of(a)?;
    let r = reflections.r(inner)?;
    if mode == QrMode::R {
        return Ok(Qr { q: Vec::new(), r, inner });
    }
    // Q·I, from the last panel: what a panel touches of I lies below and right of its corner.
    let mut q = try_vec(m, inner, T::zero())?;
    for k in 0..inner {
        q[k * m + k] = T::one();
    }
    reflections.apply(&mut q, inner, true)?;
    Ok(Qr { q: MatrixView::col_major(&q, m, inner)?.to_row_major(T::one())?, r, inner })
}

/// The reflections H_1·H_2·... = Q and the triangle they leave.
pub(super) struct Reflections<T> {
    m: usize,
    n: usize,
    /// R on and above the diagonal, the v_j (without their leading 1) below, column-major, of s·A.
    packed: Vec<T>,
    /// The T of each panel, column-major, PANEL x PANEL each.
    factors: Vec<T>,
    scale: Scale<T>,
}

impl<T: Real> Reflections<T> {
    /// Of a matrix whose entries are finite.
    pub(super) fn of(a: MatrixView<'_, T>) -> Result<Self, DenseError> {
        let (m, n) = (a.rows(), a.cols());
        let k = m.min(n);
        let scale = scale_of(a);
        let packed = a.to_col_major(scale.to)?;
        let factors = try_vec(k.div_ceil(PANEL), PANEL * PANEL, T::zero())?;
        let mut this = Self { m, n, packed, factors, scale };
        if k > 0 {
            product_workspace()?;
        }
        let mut v = try_vec(m, PANEL.min(k), T::zero())?;
        for start in (0..k).step_by(PANEL) {
            let width = PANEL.min(k - start);
            let mut tau = [T::zero(); PANEL];
            this.factor_panel(start, width, &mut tau);
            this.fill_v(start, width, &mut v);
            this.join(start, width, &tau, &v);
            let (_, right) = this.packed.split_at_mut((start + width) * m);
            let t = &this.factors[start * PANEL..][..width * PANEL];
            reflect(&v[..(m - start) * width], t, width, right, m, start, true)?;
        }
        Ok(this)
    }

    /// R of `rows` x n, row-major.
    pub(super) fn r(&self, rows: usize) -> Result<Vec<T>, DenseError> {
        let mut r = try_vec(rows, self.n, T::zero())?;
        for i in 0..rows.min(self.n) {
            for j in i..self.n {
                r[i * self.n + j] = self.packed[j * self.m + i] * self.scale.from;
            }
        }
        Ok(r)
    }

    /// C = Q·C for a column-major C of m x `cols`.
    ///
    /// With `trapezoid` the entries left of the diagonal block of a panel are known to be zero.
    pub(super) fn apply(&self, c: &mut [T], cols: usize, trapezoid: bool) -> Result<(), DenseError> {
        let (m, k) = (self.m, self.m.min(self.n));
        let mut v = try_vec(m, PANEL.min(k), T::zero())?;
        for start in (0..k).step_by(PANEL).rev() {
            let width = PANEL.min(k - start);
            self.fill_v(start, width, &mut v);
            let first = if trapezoid { start.min(cols) } else { 0 };
            let t = &self.factors[start * PANEL..][..width * PANEL];
            reflect(&v[..(m - start) * width], t, width, &mut c[first * m..], m, start, false)?;
        }
        Ok(())
    }

    /// Reflects the columns start..start + width, one after the other.
    fn factor_panel(&mut self, start: usize, width: usize, tau: &mut [T; PANEL]) {
        let m = self.m;
        for (offset, tau) in tau.iter_mut().enumerate().take(width) {
            let j = start + offset;
            let (left, right) = self.packed.split_at_mut((j + 1) * m);
            let column = &mut left[j * m + j..];
            *tau = reflector(column);
            if *tau == T::zero() {
                continue;
            }
            let beta = std::mem::replace(&mut column[0], T::one());
            for other in right.chunks_exact_mut(m).take(width - offset - 1) {
                let other = &mut other[j..];
                let w = inner(column, other);
                add_scaled(other, -(*tau * w), column);
            }
            column[0] = beta;
        }
    }

    /// V of a panel, column-major (m - start) x width: a unit lower trapezoid.
    fn fill_v(&self, start: usize, width: usize, v: &mut [T]) {
        let (m, height) = (self.m, self.m - start);
        for (offset, column) in v.chunks_exact_mut(height).take(width).enumerate() {
            let source = &self.packed[(start + offset) * m + start..(start + offset + 1) * m];
            column[..offset].fill(T::zero());
            column[offset] = T::one();
            column[offset + 1..].copy_from_slice(&source[offset + 1..]);
        }
    }

    /// T of a panel: T(j, j) = tau_j and T(..j, j) = -tau_j·T(..j, ..j)·V(.., ..j)ᵀ·v_j.
    fn join(&mut self, start: usize, width: usize, tau: &[T; PANEL], v: &[T]) {
        let height = self.m - start;
        let t = &mut self.factors[start * PANEL..][..width * PANEL];
        let column = |j: usize| &v[j * height..(j + 1) * height];
        let mut z = [T::zero(); PANEL];
        for j in 0..width {
            for (i, z) in z.iter_mut().enumerate().take(j) {
                *z = inner(&column(i)[j..], &column(j)[j..]);
            }
            for i in 0..j {
                let sum: T = (i..j).map(|l| t[l * width + i] * z[l]).sum();
                t[j * width + i] = -tau[j] * sum;
            }
            t[j * width + j] = tau[j];
        }
    }
}

/// Overwrites x by (beta, v(2..)) and returns tau, 0 for H = I.
fn reflector<T: Real>(x: &mut [T]) -> T {
    let (head, tail) = x.split_at_mut(1);
    let alpha = head[0];
    let below = norm2(tail);
    if below == T::zero() {
        return T::zero();
    }
    let beta = -Float::copysign(Float::hypot(alpha, below), alpha);
    let divisor = alpha - beta;
    for v in tail {
        *v /= divisor;
    }
    head[0] = beta;
    (beta - alpha) / beta
}

/// C = (I - V·T·Vᵀ)·C, with Tᵀ for T where `transposed`, on the rows `start`.. of the column-major C.
fn reflect<T: Real>(
    v: &[T],
    t: &[T],
    width: usize,
    c: &mut [T],
    m: usize,
    start: usize,
    transposed: bool,
) -> Result<(), DenseError> {
    let cols = c.len() / m.max(1);
    if cols == 0 || width == 0 {
        return Ok(());
    }
    let v = MatRef::from_column_major_slice(v, m - start, width);
    let t = MatRef::from_column_major_slice(&t[..width * width], width, width);
    let t = if transposed { t.transpose() } else { t };
    let mut c = MatMut::from_column_major_slice_mut(c, m, cols).subrows_mut(start, m - start);
    let (mut w, mut tw) = (try_vec(width, cols, T::zero())?, try_vec(width, cols, T::zero())?);
    let mut w = MatMut::from_column_major_slice_mut(&mut w, width, cols);
    let mut tw = MatMut::from_column_major_slice_mut(&mut tw, width, cols);
    product(w.as_mut(), Accum::Replace, v.transpose(), c.as_ref(), T::one(), Par::Seq);
    product(tw.as_mut(), Accum::Replace, t, w.as_ref(), T::one(), Par::Seq);
    product(c.as_mut(), Accum::Add, v, tw.as_ref(), -T::one(), Par::Seq);
    Ok(())
}
