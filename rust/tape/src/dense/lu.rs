//! LU with partial pivoting, P·A = L·U, and what follows from it: systems, inverse, determinant.
//!
//! det A = sign(P)·prod u_kk; log|det A| = sum log|u_kk|, never through the product.  The condition
//! number is estimated from the factors by Hager's method with Higham's additions (Higham 1988,
//! "FORTRAN codes for estimating the one-norm", Algorithm 4.1; LAPACK xGECON).
//!
//! Large matrices are factored by faer.  Small ones, and those where a pivot is zero or so small
//! that its reciprocal overflows (faer multiplies by the reciprocal), by the textbook loop here.

use faer::dyn_stack::MemStack;
use faer::linalg::lu::partial_pivoting::factor::{lu_in_place, lu_in_place_scratch};
use faer::traits::num_traits::Float;
use faer::{MatMut, Par, Spec};

use super::memory::{scratch, try_vec};
use super::norm::norm1;
use super::product::Product;
use super::scaling::{Scale, scale_by, scale_of};
use super::triangular::substitute;
use super::{DenseError, MatrixView, Real};

/// Up to this order the textbook loop is faster than the blocked algorithm.
const SMALL: usize = 16;

/// The factors of one square matrix, to be used any number of times.
///
/// ```
/// use pyframe_tape::dense::{Lu, MatrixView};
///
/// let a = MatrixView::row_major(&[0.0, 2.0, 3.0, 4.0], 2, 2)?;
/// let lu = Lu::factor(a)?;
/// assert_eq!(lu.determinant(), -6.0);
/// let b = MatrixView::row_major(&[2.0, 7.0], 2, 1)?;
/// assert_eq!(lu.solve(b)?, [1.0, 1.0]);
/// assert!(lu.rcond()? > 0.1);
/// # Ok::<(), pyframe_tape::dense::DenseError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Lu<T> {
    n: usize,
    /// L below the diagonal (its own is 1) and U, column-major, of s·A.
    factors: Vec<T>,
    /// Row i of P·A is row `rows[i]` of A.
    rows: Vec<usize>,
    odd: bool,
    scale: Scale<T>,
    /// ‖s·A‖₁.
    norm: T,
    finite: bool,
}

/// A determinant as `sign`·exp(`logabs`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SignLogDet<T> {
    /// -1, 0, 1 or NaN.
    pub sign: T,
    /// log|det|; minus infinity where the determinant is 0.
    pub logabs: T,
}

impl<T: Real> Lu<T> {
    /// Factors A; a singular matrix has factors as well, with a zero among its pivots.
    pub fn factor(a: MatrixView<'_, T>) -> Result<Self, DenseError> {
        let n = a.order("lu")?;
        let finite = a.all_finite();
        let scale = scale_of(a);
        let mut factors = a.to_col_major(scale.to)?;
        let norm = norm1(MatrixView::col_major(&factors, n, n)?);
        let mut rows = try_vec(1, n, 0)?;
        let mut odd = false;
        if finite {
            let by_faer = n > SMALL && {
                odd = eliminate_blocked(&mut factors, &mut rows, n)?;
                let smallest = <T as Float>::min_positive_value();
                let usable = (0..n).all(|k| Float::abs(factors[k * n + k]) >= smallest);
                if !usable {
                    a.transposed().copy_into(&mut factors, scale.to);
                }
                usable
            };
            if !by_faer {
                odd = eliminate(&mut factors, &mut rows, n);
            }
        }
        Ok(Self { n, factors, rows, odd, scale, norm, finite })
    }

    /// Order of the matrix.
    pub fn order(&self) -> usize {
        self.n
    }

    /// Index of the first pivot that is exactly zero, if there is one.
    pub fn singular_pivot(&self) -> Option<usize> {
        if self.finite { self.pivots().position(|u| u == T::zero()) } else { None }
    }

    /// Whether the pivots differ by so much that the condition is worth an estimate.
    pub fn has_small_pivots(&self) -> bool {
        let (mut least, mut most) = (T::infinity(), T::zero());
        for u in self.pivots().map(Float::abs) {
            (least, most) = (least.min(u), most.max(u));
        }
        self.finite && least > T::zero() && least < Float::sqrt(T::epsilon()) * most
    }

    /// X, row-major, with A·X = B for B of n x k.
    pub fn solve(&self, b: MatrixView<'_, T>) -> Result<Vec<T>, DenseError> {
        let mut x = self.right_side(b)?;
        let k = b.cols();
        if self.finite {
            for (i, &row) in self.rows.iter().enumerate() {
                for j in 0..k {
                    x[i * k + j] = b.at(row, j);
                }
            }
            substitute(self.view(), &mut x, k, true, true)?;
            substitute(self.view(), &mut x, k, false, false)?;
            self.unscale(&mut x);
        }
        Ok(x)
    }

    /// X, row-major, with Aᵀ·X = B for B of n x k.
    pub fn solve_transposed(&self, b: MatrixView<'_, T>) -> Result<Vec<T>, DenseError> {
        let mut x = self.right_side(b)?;
        let k = b.cols();
        if self.finite {
            let mut y = b.to_row_major(T::one())?;
            substitute(self.view().transposed(), &mut y, k, true, false)?;
            substitute(self.view().transposed(), &mut y, k, false, true)?;
            for (i, &row) in self.rows.iter().enumerate() {
                x[row * k..(row + 1) * k].copy_from_slice(&y[i * k..(i + 1) * k]);
            }
            self.unscale(&mut x);
        }
        Ok(x)
    }

    /// A⁻¹, row-major.
    pub fn inverse(&self) -> Result<Vec<T>, DenseError> {
        let n = self.n;
        let mut identity = try_vec(n, n, T::zero())?;
        for k in 0..n {
            identity[k * n + k] = T::one();
        }
        self.solve(MatrixView::row_major(&identity, n, n)?)
    }

    /// det A; overflows and underflows as the number does, see [`Lu::slogdet`].
    pub fn determinant(&self) -> T {
        if !self.finite {
            return T::nan();
        }
        let mut product = Product::of(if self.odd { -1.0 } else { 1.0 });
        for u in self.pivots() {
            if u == T::zero() {
                return T::zero();
            }
            product = product.times(Product::of(u));
        }
        // In f64, so that a number of f32 is rounded once.
        T::of(product.over(-i64::from(self.scale.exponent) * self.n as i64))
    }

    /// (sign, log|det A|), right also where det A itself overflows or underflows.
    pub fn slogdet(&self) -> SignLogDet<T> {
        if !self.finite {
            return SignLogDet { sign: T::nan(), logabs: T::nan() };
        }
        let (mut sign, mut log) = (if self.odd { -T::one() } else { T::one() }, 0.0);
        for u in self.pivots() {
            if u == T::zero() {
                return SignLogDet { sign: T::zero(), logabs: T::neg_infinity() };
            }
            sign *= Float::signum(u);
            log += Float::abs(u).wide().ln();
        }
        let scale = f64::from(self.scale.exponent) * self.n as f64 * std::f64::consts::LN_2;
        SignLogDet { sign, logabs: T::of(log + scale) }
    }

    /// An estimate of 1/(‖A‖₁·‖A⁻¹‖₁): 0 for a singular matrix, NaN for one with NaN or inf.
    ///
    /// ‖A⁻¹‖₁ is estimated from below, so this is not below the true value but for rounding, and
    /// nearly always within a factor of 3 of it.
    pub fn rcond(&self) -> Result<T, DenseError> {
        if !self.finite {
            return Ok(T::nan());
        }
        if self.n == 0 {
            return Ok(T::one());
        }
        if self.singular_pivot().is_some() {
            return Ok(T::zero());
        }
        // The factors are of s·A and the estimate does not depend on s: undo what solve does.
        let inverse = self.inverse_norm1()? * self.scale.from;
        // An inverse that overflows is a condition number beyond the range: 0.  At most 1 by theory.
        let finite = inverse.is_finite() && inverse > T::zero();
        Ok(if finite { ((T::one() / inverse) / self.norm).min(T::one()) } else { T::zero() })
    }

    /// ‖A⁻¹‖₁, from below: Higham's Algorithm 4.1 with the variables' names of the paper.
    fn inverse_norm1(&self) -> Result<T, DenseError> {
        let n = self.n;
        let size = |v: &[T]| v.iter().map(|&x| Float::abs(x)).sum::<T>();
        let column = |v: &[T]| self.solve(MatrixView::col_major(v, n, 1)?);
        let mut x = try_vec(1, n, T::one() / T::of(n as f64))?;
        let mut v = column(&x)?;
        let mut gamma = size(&v);
        if n == 1 {
            return Ok(gamma);
        }
        let mut previous = usize::MAX;
        for _ in 0..5 {
            let xi: Vec<T> = {
                let mut xi = try_vec(1, n, T::one())?;
                for (s, &value) in xi.iter_mut().zip(&v) {
                    *s = if value < T::zero() { -T::one() } else { T::one() };
                }
                xi
            };
            let z = self.solve_transposed(MatrixView::col_major(&xi, n, 1)?)?;
            let mut j = 0;
            for (i, value) in z.iter().enumerate() {
                if Float::abs(*value) > Float::abs(z[j]) {
                    j = i;
                }
            }
            if j == previous {
                break;
            }
            previous = j;
            x.fill(T::zero());
            x[j] = T::one();
            v = column(&x)?;
            let new = size(&v);
            if !(new > gamma) {
                break;
            }
            gamma = new;
        }
        // The vector that catches the matrices on which the iteration is fooled.
        for (i, x) in x.iter_mut().enumerate() {
            let step = T::one() + T::of(i as f64) / T::of((n - 1) as f64);
            *x = if i % 2 == 0 { step } else { -step };
        }
        let other = T::of(2.0 / 3.0) * size(&column(&x)?) / T::of(n as f64);
        Ok(gamma.max(other))
    }

    fn pivots(&self) -> impl Iterator<Item = T> + '_ {
        self.factors.iter().copied().step_by(self.n + 1)
    }

    fn view(&self) -> MatrixView<'_, T> {
        MatrixView::col_major(&self.factors, self.n, self.n).expect("n·n values were stored")
    }

    /// An array for the solution, of NaN; an error where there is none.
    fn right_side(&self, b: MatrixView<'_, T>) -> Result<Vec<T>, DenseError> {
        DenseError::check("solve (rows of the right side)", self.n, b.rows())?;
        if let Some(pivot) = self.singular_pivot() {
            return Err(DenseError::Singular { pivot });
        }
        try_vec(self.n, b.cols(), T::nan())
    }

    /// (s·A)⁻¹·b to A⁻¹·b.
    fn unscale(&self, x: &mut [T]) {
        scale_by(x, self.scale.to);
    }
}

/// X, row-major, with A·X = B; a NaN in A gives NaN.
pub fn solve<T: Real>(a: MatrixView<'_, T>, b: MatrixView<'_, T>) -> Result<Vec<T>, DenseError> {
    Lu::factor(a)?.solve(b)
}

/// A⁻¹, row-major.
pub fn inverse<T: Real>(a: MatrixView<'_, T>) -> Result<Vec<T>, DenseError> {
    Lu::factor(a)?.inverse()
}

/// det A; 1 for the matrix without rows, 0 where a pivot is exactly zero.
pub fn determinant<T: Real>(a: MatrixView<'_, T>) -> Result<T, DenseError> {
    Ok(Lu::factor(a)?.determinant())
}

/// (sign, log|det A|).
pub fn slogdet<T: Real>(a: MatrixView<'_, T>) -> Result<SignLogDet<T>, DenseError> {
    Ok(Lu::factor(a)?.slogdet())
}

/// Gauss's elimination on a column-major matrix; whether the permutation is odd.
fn eliminate<T: Real>(a: &mut [T], rows: &mut [usize], n: usize) -> bool {
    for (i, row) in rows.iter_mut().enumerate() {
        *row = i;
    }
    let mut odd = false;
    for k in 0..n {
        let mut p = k;
        for i in k + 1..n {
            if Float::abs(a[k * n + i]) > Float::abs(a[k * n + p]) {
                p = i;
            }
        }
        if a[k * n + p] == T::zero() {
            continue;
        }
        if p != k {
            odd = !odd;
            rows.swap(k, p);
            for j in 0..n {
                a.swap(j * n + k, j * n + p);
            }
        }
        let (done, rest) = a.split_at_mut((k + 1) * n);
        let column = &mut done[k * n + k..];
        let (pivot, below) = (column[0], &mut column[1..]);
        for l in below.iter_mut() {
            *l /= pivot;
        }
        for target in rest.chunks_exact_mut(n) {
            let u = target[k];
            if u != T::zero() {
                for (t, &l) in target[k + 1..].iter_mut().zip(below.iter()) {
                    *t -= l * u;
                }
            }
        }
    }
    odd
}

/// The same by faer's blocked recursion.
fn eliminate_blocked<T: Real>(a: &mut [T], rows: &mut [usize], n: usize) -> Result<bool, DenseError> {
    let mut inverse = try_vec(1, n, 0_usize)?;
    let mut memory = scratch(lu_in_place_scratch::<usize, T>(n, n, Par::Seq, Spec::default()))?;
    let (info, _) = lu_in_place(
        MatMut::from_column_major_slice_mut(a, n, n),
        rows,
        &mut inverse,
        Par::Seq,
        MemStack::new(&mut memory),
        Spec::default(),
    );
    Ok(info.transposition_count % 2 == 1)
}
