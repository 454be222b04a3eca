//! The matrix exponential by scaling and squaring, e^A = (r(A/2^s))^(2^s).
//!
//! r is the diagonal Padé approximant of order 3, 5, 7, 9 or 13, the lowest whose bound holds (Higham
//! 2005, Table 2.3 and Algorithm 2.3); s comes from norms of powers, ‖A^p‖^(1/p), which are smaller than
//! ‖A‖ for non-normal matrices and so avoid overscaling (Al-Mohy and Higham 2009, Algorithm 5.1).
//! The norms are computed, not estimated.  f32 runs with the bounds of f64, which are on the safe side.
//!
//! The derivative L(A, E) is the upper right block of exp([[A, E], [0, A]]) (Higham 2008, (3.16)).

use faer::traits::num_traits::Float;

use super::lu::Lu;
use super::matmul::matmul;
use super::memory::try_vec;
use super::norm::norm1;
use super::scaling::scale_by;
use super::{DenseError, MatrixView, Real};

/// (m, theta_m) of Higham 2005, Table 2.3; the last holds for m = 13.
const THETA: [(usize, f64); 4] = [
    (3, 1.495_585_217_958_292e-2),
    (5, 2.539_398_330_063_23e-1),
    (7, 9.504_178_996_162_932e-1),
    (9, 2.097_847_961_257_068),
];
/// theta_13 of Al-Mohy and Higham 2009, Algorithm 5.1, smaller than Higham's 5.37 for accuracy.
const THETA_13: f64 = 4.25;

/// e^A, row-major; a NaN or an infinity in A gives NaN.
///
/// ```
/// use pyframe_tape::dense::{expm, MatrixView};
///
/// let t = 0.5_f64;
/// let e = expm(MatrixView::row_major(&[0.0, -t, t, 0.0], 2, 2)?)?;
/// assert!((e[0] - t.cos()).abs() < 1e-15 && (e[2] - t.sin()).abs() < 1e-15);
/// # Ok::<(), pyframe_tape::dense::DenseError>(())
/// ```
pub fn expm<T: Real>(a: MatrixView<'_, T>) -> Result<Vec<T>, DenseError> {
    let n = a.order("expm")?;
    if !a.all_finite() {
        return try_vec(n, n, T::nan());
    }
    exponential(Square { n, entries: a.to_row_major(T::one())? })
}

/// (e^A, L(A, E)), both row-major: e^(A + hE) = e^A + h·L(A, E) + O(h²).
pub fn expm_frechet<T: Real>(
    a: MatrixView<'_, T>,
    e: MatrixView<'_, T>,
) -> Result<(Vec<T>, Vec<T>), DenseError> {
    let n = a.order("expm_frechet")?;
    DenseError::check("expm_frechet (rows of the direction)", n, e.rows())?;
    DenseError::check("expm_frechet (columns of the direction)", n, e.cols())?;
    let (mut value, mut derivative) = (try_vec(n, n, T::nan())?, try_vec(n, n, T::nan())?);
    if !a.all_finite() || !e.all_finite() {
        return Ok((value, derivative));
    }
    // L is linear in E: a power of two brings E to the size of A, or to 1 where A is smaller, so that
    // it does not decide about the scaling.
    let exponent = |x: T| if x == T::zero() { 0 } else { Float::log2(x).wide().round() as i32 };
    let shift = exponent(norm1(a)).min(0) - exponent(norm1(e));
    let mut scaled = Square { n, entries: e.to_row_major(T::one())? };
    scaled.scale(shift);
    let order = n.saturating_mul(2);
    let mut block = try_vec(order, order, T::zero())?;
    for i in 0..n {
        for j in 0..n {
            block[i * order + j] = a.at(i, j);
            block[(n + i) * order + n + j] = a.at(i, j);
            block[i * order + n + j] = scaled.entries[i * n + j];
        }
    }
    let block = exponential(Square { n: order, entries: block })?;
    for i in 0..n {
        for j in 0..n {
            value[i * n + j] = block[i * order + j];
            derivative[i * n + j] = block[i * order + n + j];
        }
    }
    let mut derivative = Square { n, entries: derivative };
    derivative.scale(-shift);
    Ok((value, derivative.entries))
}

/// A square matrix that is a term of a polynomial.
struct Square<T> {
    n: usize,
    entries: Vec<T>,
}

impl<T: Real> Square<T> {
    fn view(&self) -> Result<MatrixView<'_, T>, DenseError> {
        MatrixView::row_major(&self.entries, self.n, self.n)
    }

    fn times(&self, other: &Self) -> Result<Self, DenseError> {
        let mut entries = try_vec(self.n, self.n, T::zero())?;
        matmul(&mut entries, T::one(), self.view()?, other.view()?, false)?;
        Ok(Self { n: self.n, entries })
    }

    /// Times 2^`exponent`, in steps whose factors are normal numbers.
    fn scale(&mut self, mut exponent: i32) {
        while exponent != 0 {
            let part = exponent.clamp(-100, 100);
            scale_by(&mut self.entries, T::exp2i(part));
            exponent -= part;
        }
    }

    /// c_0·I + sum of c_k·P_k.
    fn polynomial(n: usize, c0: f64, terms: &[(f64, &Self)]) -> Result<Self, DenseError> {
        let mut entries = try_vec(n, n, T::zero())?;
        for (c, power) in terms {
            for (x, &p) in entries.iter_mut().zip(&power.entries) {
                *x += T::of(*c) * p;
            }
        }
        for x in entries.iter_mut().step_by(n + 1) {
            *x += T::of(c0);
        }
        Ok(Self { n, entries })
    }

    /// log2 ‖ |A|^p ‖₁, by p products with a vector that is kept near 1.
    fn log2_norm_of_abs_power(&self, p: usize) -> Result<f64, DenseError> {
        let mut v = try_vec(1, self.n, 1.0)?;
        let mut next = try_vec(1, self.n, 0.0)?;
        let mut log = 0.0;
        for _ in 0..p {
            next.fill(0.0);
            for (row, &vi) in self.entries.chunks_exact(self.n).zip(&v) {
                for (y, &a) in next.iter_mut().zip(row) {
                    *y += vi * Float::abs(a).wide();
                }
            }
            let max = next.iter().fold(0.0, |m: f64, &x| m.max(x));
            if max == 0.0 {
                return Ok(f64::NEG_INFINITY);
            }
            log += max.log2();
            for (v, &x) in v.iter_mut().zip(&next) {
                *v = x / max;
            }
        }
        Ok(log)
    }
}

/// A², A⁴ and A⁶.
struct Powers<T> {
    second: Square<T>,
    fourth: Square<T>,
    sixth: Square<T>,
}

impl<T: Real> Powers<T> {
    fn of(a: &Square<T>) -> Result<Self, DenseError> {
        let second = a.times(a)?;
        let fourth = second.times(&second)?;
        let sixth = fourth.times(&second)?;
        Ok(Self { second, fourth, sixth })
    }
}

fn exponential<T: Real>(mut a: Square<T>) -> Result<Vec<T>, DenseError> {
    if a.n == 0 {
        return Ok(a.entries);
    }
    // B = A/2^e has a norm of at most 1, so that its powers cannot overflow.
    let mut e = 0;
    while norm1(a.view()?) > T::one() {
        let norm = norm1(a.view()?);
        let step = if norm.is_finite() { norm.wide().log2().ceil().max(1.0) as i32 } else { 20 };
        a.scale(-step);
        e += step;
    }
    let mut powers = Powers::of(&a)?;
    let (order, squarings) = plan(&a, &powers, e)?;
    if e != squarings {
        a.scale(e - squarings);
        powers = Powers::of(&a)?;
    }
    let mut x = pade(&a, &powers, order)?;
    for _ in 0..squarings {
        x = x.times(&x)?;
    }
    Ok(x.entries)
}

/// The order of the approximant and the number of squarings for A = 2^e·B.
fn plan<T: Real>(b: &Square<T>, powers: &Powers<T>, e: i32) -> Result<(usize, i32), DenseError> {
    // Below this a tenth power may have vanished though B is not nilpotent.
    let floor = <T as Float>::min_positive_value().wide().powf(0.1) * 10.0;
    let size = f64::from(e).exp2();
    let root = |m: &Square<T>, p: f64| -> Result<f64, DenseError> {
        let root = norm1(m.view()?).wide().powf(1.0 / p);
        Ok(if e > 0 { root.max(floor) * size } else { root })
    };
    let (d4, d6) = (root(&powers.fourth, 4.0)?, root(&powers.sixth, 6.0)?);
    let eta = d4.max(d6);
    for (order, theta) in &THETA[..2] {
        if eta <= *theta && extra(b, e, *order)? == 0 {
            return Ok((*order, 0));
        }
    }
    let eighth = powers.fourth.times(&powers.fourth)?;
    let d8 = root(&eighth, 8.0)?;
    let eta = d6.max(d8);
    for (order, theta) in &THETA[2..] {
        if eta <= *theta && extra(b, e, *order)? == 0 {
            return Ok((*order, 0));
        }
    }
    let d10 = root(&powers.fourth.times(&powers.sixth)?, 10.0)?;
    let eta = eta.min(d8.max(d10));
    let squarings = (eta / THETA_13).log2().ceil().max(0.0) as i32;
    Ok((13, squarings + extra(b, e - squarings, 13)?))
}

/// The further squarings that rounding asks for: ell(A, m) of Al-Mohy and Higham 2009, (5.1), A = 2^e·B.
fn extra<T: Real>(b: &Square<T>, e: i32, m: usize) -> Result<i32, DenseError> {
    let norm = norm1(b.view()?).wide();
    if norm == 0.0 {
        return Ok(0);
    }
    // |c| = (m!)²/((2m)!·(2m+1)!), the first coefficient of the backward error's series.
    let log2_factorial = |n: usize| (2..=n).map(|k| (k as f64).log2()).sum::<f64>();
    let log2_c = 2.0 * log2_factorial(m) - log2_factorial(2 * m) - log2_factorial(2 * m + 1);
    let p = 2 * m + 1;
    let log2_power = b.log2_norm_of_abs_power(p)? + p as f64 * f64::from(e);
    let log2_alpha = log2_c + log2_power - (norm.log2() + f64::from(e));
    let log2_roundoff = (T::EPSILON.wide() / 2.0).log2();
    Ok(((log2_alpha - log2_roundoff) / (2 * m) as f64).ceil().clamp(0.0, 1100.0) as i32)
}

/// r_m(A) = (V - U)⁻¹·(V + U), U the odd and V the even part of the numerator (Higham 2005, (2.6) ff.).
fn pade<T: Real>(a: &Square<T>, powers: &Powers<T>, order: usize) -> Result<Square<T>, DenseError> {
    let n = a.n;
    let (a2, a4, a6) = (&powers.second, &powers.fourth, &powers.sixth);
    let b = coefficients(order);
    let (odd, mut v) = if order == 13 {
        let high = Square::polynomial(n, 0.0, &[(b[13], a6), (b[11], a4), (b[9], a2)])?;
        let high = a6.times(&high)?;
        let odd = Square::polynomial(n, b[1], &[(1.0, &high), (b[7], a6), (b[5], a4), (b[3], a2)])?;
        let high = Square::polynomial(n, 0.0, &[(b[12], a6), (b[10], a4), (b[8], a2)])?;
        let high = a6.times(&high)?;
        (odd, Square::polynomial(n, b[0], &[(1.0, &high), (b[6], a6), (b[4], a4), (b[2], a2)])?)
    } else {
        let a8 = if order == 9 { Some(a4.times(a4)?) } else { None };
        let terms = [a2, a4, a6, a8.as_ref().unwrap_or(a6)];
        let part = |odd: usize| std::array::from_fn::<_, 4, _>(|k| (b[2 * k + 2 + odd], terms[k]));
        let count = order / 2;
        (Square::polynomial(n, b[1], &part(1)[..count])?, Square::polynomial(n, b[0], &part(0)[..count])?)
    };
    let u = a.times(&odd)?;
    let mut sum = try_vec(n, n, T::zero())?;
    for ((s, v), &u) in sum.iter_mut().zip(&mut v.entries).zip(&u.entries) {
        *s = *v + u;
        *v -= u;
    }
    let entries = Lu::factor(v.view()?)?.solve(MatrixView::row_major(&sum, n, n)?)?;
    Ok(Square { n, entries })
}

/// b_0, ..., b_m of the numerator: b_k = (2m - k)!/(k!·(m - k)!), up to a common factor.
fn coefficients(order: usize) -> [f64; 14] {
    // From the highest, b_m = 1: b_(k-1) = b_k·k·(2m - k + 1)/(m - k + 1); whole numbers, all but a
    // few exact in f64.
    let mut b = [0.0; 14];
    b[order] = 1.0;
    for k in (1..=order).rev() {
        b[k - 1] = b[k] * (k * (2 * order - k + 1)) as f64 / (order - k + 1) as f64;
    }
    b
}
