//! The matrix of cofactors, which is the gradient of the determinant, d det A = <C, dA>, and its
//! derivatives.
//!
//! C = det(A)·A⁻ᵀ for a regular A, but C is a polynomial in the entries and exists for every A: with
//! A = U·diag(s)·Vᵀ, C = det(U)·det(V)·U·diag(prod_{j≠i} s_j)·Vᵀ (Stewart 1998, "On the adjugate
//! matrix", Theorem 1).  Nothing is divided by a singular value, so rank n - 1 (C of rank one) and
//! below (C = 0) need no case of their own.
//!
//! The determinant of diag(s) + E is the sum over sets I of places of det(E_II)·prod_{l∉I} s_l, so the
//! derivative of C along E_1 to E_k is c·U·M·Vᵀ, where M is the sum over the sets I of k + 1 places
//! of prod_{l∉I} s_l times the mixed cofactors of the (Uᵀ·E·V)_II.  For k = 1,
//! M_ij = -(UᵀEV)_ji·prod_{l≠i,j} s_l and M_ii = sum_{k≠i} (UᵀEV)_kk·prod_{l≠i,k} s_l.
//!
//! Up to three rows the minors are written out: they keep the digits of small entries beside large
//! ones, which the singular vectors do not.

use std::cell::OnceCell;

use smallvec::SmallVec;

use super::lu::Lu;
use super::matmul::matmul;
use super::memory::try_vec;
use super::product::{Product, shift};
use super::svd::{Svd, SvdMode, svd};
use super::{DenseError, MatrixView, Real};

/// More products than these are refused.
const MOST_PRODUCTS: f64 = 1e9;

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
    Cofactors::at(a)?.along(&[])
}

/// A matrix, prepared for its cofactors and their derivatives.
#[derive(Debug)]
pub struct Cofactors<'a, T> {
    a: MatrixView<'a, T>,
    turned: Option<Turned<T>>,
}

/// A = U·diag(s)·Vᵀ, s, the products of what is left of s from each place on, and det(U)·det(V);
/// the products of s without each pair of places, when they were asked for.
#[derive(Debug)]
struct Turned<T> {
    svd: Svd<T>,
    factors: Vec<Product>,
    rest: Vec<Product>,
    sign: T,
    pairs: OnceCell<Vec<T>>,
}

impl<'a, T: Real> Cofactors<'a, T> {
    /// Those of a matrix.
    pub fn at(a: MatrixView<'a, T>) -> Result<Self, DenseError> {
        let n = a.rows();
        if n != a.cols() {
            return Err(DenseError::NotSquare { operation: "cofactor", rows: n, cols: a.cols() });
        }
        if n <= 3 {
            return Ok(Self { a, turned: None });
        }
        let svd = svd(a, SvdMode::Thin)?;
        let [u, vt] = [&svd.u, &svd.vt].map(|x| Lu::factor(MatrixView::row_major(x, n, n)?));
        let sign = u?.slogdet().sign * vt?.slogdet().sign;
        let factors: Vec<_> = svd.s.iter().map(|&s| Product::of(s)).collect();
        let mut rest = vec![Product::ONE; n + 1];
        for (place, &s) in factors.iter().enumerate().rev() {
            rest[place] = rest[place + 1].times(s);
        }
        Ok(Self { a, turned: Some(Turned { svd, factors, rest, sign, pairs: OnceCell::new() }) })
    }

    /// Their derivative along some matrices, row-major; along none the cofactors themselves.
    ///
    /// ```
    /// use pyframe_tape::dense::{Cofactors, MatrixView};
    ///
    /// let a = MatrixView::row_major(&[0.0; 4], 2, 2)?;
    /// let e = MatrixView::row_major(&[1.0, 2.0, 3.0, 4.0], 2, 2)?;
    /// assert_eq!(Cofactors::at(a)?.along(&[e])?, [4.0, -3.0, -2.0, 1.0]);
    /// # Ok::<(), pyframe_tape::dense::DenseError>(())
    /// ```
    pub fn along(&self, along: &[MatrixView<'_, T>]) -> Result<Vec<T>, DenseError> {
        let n = self.a.rows();
        for e in along {
            DenseError::check("cofactor (rows of a direction)", n, e.rows())?;
            DenseError::check("cofactor (columns of a direction)", n, e.cols())?;
        }
        if along.len() >= n {
            return try_vec(n, n, T::zero());
        }
        match &self.turned {
            Some(turned) => turned.along(along),
            None => minors(self.a, along),
        }
    }
}

/// The derivatives of the cofactors of one, two or three rows, where the cyclic order of rows and
/// columns gives the signs; fewer directions than rows.
fn minors<T: Real>(a: MatrixView<'_, T>, along: &[MatrixView<'_, T>]) -> Result<Vec<T>, DenseError> {
    let n = a.rows();
    let first = along.first().copied().unwrap_or(a);
    let mut out = try_vec(n, n, T::one())?;
    for (place, c) in out.iter_mut().enumerate() {
        let (i, j) = (place / n, place % n);
        let (k, l) = ((i + 1) % n, (j + 1) % n);
        if n == 2 {
            *c = if i == j { first.at(k, l) } else { -first.at(k, l) };
        } else if n == 3 {
            let (p, q) = ((i + 2) % n, (j + 2) % n);
            let of = |x: MatrixView<'_, T>, y: MatrixView<'_, T>| {
                x.at(k, l) * y.at(p, q) - x.at(k, q) * y.at(p, l)
            };
            *c = match *along {
                [] => of(a, a),
                [e] => of(a, e) + of(e, a),
                [e, f, ..] => of(e, f) + of(f, e),
            };
        }
    }
    Ok(out)
}

impl<T: Real> Turned<T> {
    fn along(&self, along: &[MatrixView<'_, T>]) -> Result<Vec<T>, DenseError> {
        let (n, order) = (self.factors.len(), along.len());
        check_work(n, order)?;
        let u = MatrixView::row_major(&self.svd.u, n, n)?;
        let vt = MatrixView::row_major(&self.svd.vt, n, n)?;
        // a E b
        let between = |a, e, b| -> Result<Vec<T>, DenseError> {
            let [mut half, mut out] = [try_vec(n, n, T::zero())?, try_vec(n, n, T::zero())?];
            matmul(&mut half, T::one(), a, e, false)?;
            matmul(&mut out, T::one(), MatrixView::row_major(&half, n, n)?, b, false)?;
            Ok(out)
        };
        let turned = along.iter().map(|&e| between(u.transposed(), e, vt.transposed()));
        let turned = turned.collect::<Result<Vec<_>, _>>()?;
        // The products of the others are largest where the least singular values are left out.
        let largest = self.factors[..n - 1 - order].iter().fold(Product::ONE, |p, &s| p.times(s));
        let held = i64::from(T::LARGEST_SHIFT);
        let exponent = largest.exponent() - largest.exponent().clamp(-held, held);
        let sum = if let [e] = turned.as_slice() {
            self.along_one(e, exponent)?
        } else {
            let mut sum = Sum {
                factors: &self.factors,
                rest: &self.rest,
                along: &turned,
                exponent,
                chosen: Vec::with_capacity(order + 1),
                out: try_vec(n, n, T::zero())?,
            };
            sum.over_sets(0, Product::ONE);
            sum.out
        };
        let mut out = between(u, MatrixView::row_major(&sum, n, n)?, vt)?;
        for c in &mut out {
            *c *= self.sign;
        }
        shift(&mut out, exponent);
        Ok(out)
    }

    /// M along one E, divided by a power of two.
    fn along_one(&self, e: &[T], exponent: i64) -> Result<Vec<T>, DenseError> {
        let n = self.factors.len();
        let mut out = try_vec(n, n, T::zero())?;
        let weights = if let Some(known) = self.pairs.get() {
            known
        } else {
            let made = self.without_pairs(exponent)?;
            self.pairs.get_or_init(|| made)
        };
        for (i, (row, weights)) in out.chunks_exact_mut(n).zip(weights.chunks_exact(n)).enumerate() {
            let mut diagonal = T::zero();
            for (j, (m, &weight)) in row.iter_mut().zip(weights).enumerate() {
                *m = -weight * e[j * n + i];
                diagonal += weight * e[j * n + j];
            }
            row[i] = diagonal;
        }
        Ok(out)
    }

    /// The products of s without each pair of places, divided by a power of two; 0 on the diagonal.
    fn without_pairs(&self, exponent: i64) -> Result<Vec<T>, DenseError> {
        let n = self.factors.len();
        let mut weights = try_vec(n, n, T::zero())?;
        let mut before = Product::ONE;
        for i in 0..n {
            let mut passed = before;
            for j in i + 1..n {
                let weight = passed.times(self.rest[j + 1]).over(exponent);
                (weights[i * n + j], weights[j * n + i]) = (weight, weight);
                passed = passed.times(self.factors[j]);
            }
            before = before.times(self.factors[i]);
        }
        Ok(weights)
    }
}

/// The number of sets, times what each takes.
fn check_work(n: usize, order: usize) -> Result<(), DenseError> {
    let mut products = 1.0;
    for k in 0..=order {
        products *= (n - k) as f64 / (k + 1) as f64;
        products *= if k > 0 { (k * k) as f64 } else { 1.0 };
    }
    products *= ((order + 1) * (order + 1)) as f64;
    if products > MOST_PRODUCTS { Err(DenseError::TooManyMinors { order, n }) } else { Ok(()) }
}

/// The sum M over sets of places, divided by a power of two.
struct Sum<'a, T> {
    factors: &'a [Product],
    rest: &'a [Product],
    along: &'a [Vec<T>],
    exponent: i64,
    chosen: Vec<usize>,
    out: Vec<T>,
}

impl<T: Real> Sum<'_, T> {
    /// Over the sets of those chosen and of places from `next` on; the product is that of the
    /// factors passed over.
    fn over_sets(&mut self, next: usize, passed: Product) {
        let (n, wanted) = (self.factors.len(), self.along.len() + 1);
        if self.chosen.len() == wanted {
            self.add(passed.times(self.rest[next]).over(self.exponent));
            return;
        }
        let mut passed = passed;
        for place in next..=n + self.chosen.len() - wanted {
            self.chosen.push(place);
            self.over_sets(place + 1, passed);
            self.chosen.pop();
            passed = passed.times(self.factors[place]);
        }
    }

    /// The mixed cofactors of the places chosen.
    fn add(&mut self, weight: T) {
        let (n, size) = (self.factors.len(), self.chosen.len());
        for row in 0..size {
            for column in 0..size {
                let rows = (0..size).filter(|&other| other != row).collect::<SmallVec<[_; 8]>>();
                let free = ((1_u32 << size) - 1) & !(1 << column);
                let minor = self.mixed(&rows, free, (1_u32 << self.along.len()) - 1);
                let signed = if (row + column) % 2 == 0 { minor } else { -minor };
                self.out[self.chosen[row] * n + self.chosen[column]] += weight * signed;
            }
        }
    }

    /// The sum, over the ways to give each row a matrix of its own, of the determinants of those rows
    /// and the free columns.
    fn mixed(&self, rows: &[usize], columns: u32, matrices: u32) -> T {
        let Some((&row, rest)) = rows.split_first() else { return T::one() };
        let n = self.factors.len();
        let mut total = T::zero();
        for (position, column) in places(columns).enumerate() {
            let at = self.chosen[row] * n + self.chosen[column];
            for matrix in places(matrices) {
                let inner = self.mixed(rest, columns & !(1 << column), matrices & !(1 << matrix));
                let term = self.along[matrix][at] * inner;
                total += if position % 2 == 0 { term } else { -term };
            }
        }
        total
    }
}

/// The places of the bits of a set.
fn places(set: u32) -> impl Iterator<Item = usize> {
    (0..u32::BITS as usize).filter(move |place| (set >> place) & 1 == 1)
}
