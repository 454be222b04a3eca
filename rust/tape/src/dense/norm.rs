//! Norms without spurious overflow or underflow.
//!
//! ‖x‖₂ = sqrt(sum x_i²) where the sum lies well inside the range of numbers; else, with s a power of
//! two near max |x_i|, ‖x‖₂ = s·sqrt(sum (x_i/s)²) (Blue 1978, with one scale in place of three
//! accumulators).  A NaN gives NaN and, without one, an infinity gives infinity.

use faer::traits::num_traits::Float;

use super::dot::inner;
use super::memory::try_vec;
use super::scaling::scale_of_max;
use super::{DenseError, MatrixView, Real};

/// Entries that are copied, scaled, at a time.
const BLOCK: usize = 256;

/// ‖x‖₂.
///
/// ```
/// # use pyframe_tape::dense::norm2;
/// assert!((norm2(&[3e200_f64, 4e200]) / 5e200 - 1.0).abs() < 1e-15);
/// assert!((norm2(&[3e-200_f64, 4e-200]) / 5e-200 - 1.0).abs() < 1e-15);
/// ```
pub fn norm2<T: Real>(x: &[T]) -> T {
    let sum = inner(x, x);
    let (low, high) = (T::exp2i(-2 * T::SAFE_EXPONENT), T::exp2i(2 * T::SAFE_EXPONENT));
    if (low..=high).contains(&sum) {
        return Float::sqrt(sum);
    }
    let max = x.iter().fold(T::zero(), |m, &v| m.max(Float::abs(v)));
    if x.iter().any(|v| v.is_nan()) {
        return T::nan();
    }
    if max == T::zero() || max == T::infinity() {
        return max;
    }
    let scale = scale_of_max(max);
    let mut buffer = [T::zero(); BLOCK];
    let mut sum = T::zero();
    for chunk in x.chunks(BLOCK) {
        for (b, &v) in buffer.iter_mut().zip(chunk) {
            *b = v * scale.to;
        }
        let part = &buffer[..chunk.len()];
        sum += inner(part, part);
    }
    Float::sqrt(sum) * scale.from
}

/// ‖A‖_F, the 2-norm of all entries.
pub fn frobenius<T: Real>(a: MatrixView<'_, T>) -> Result<T, DenseError> {
    let a = if a.col_stride().unsigned_abs() <= a.row_stride().unsigned_abs() { a } else { a.transposed() };
    let mut rows = try_vec(1, a.rows(), T::zero())?;
    let mut gathered = Vec::new();
    for (i, norm) in rows.iter_mut().enumerate() {
        *norm = if let Some(row) = a.row(i) {
            norm2(row)
        } else {
            if gathered.is_empty() {
                gathered = try_vec(1, a.cols(), T::zero())?;
            }
            for (j, g) in gathered.iter_mut().enumerate() {
                *g = a.at(i, j);
            }
            norm2(&gathered)
        };
    }
    Ok(norm2(&rows))
}

/// ‖A‖₁ = max over columns of the sum of absolute values; NaN if any entry is.
pub fn norm1<T: Real>(a: MatrixView<'_, T>) -> T {
    let mut max = T::zero();
    for j in 0..a.cols() {
        let sum: T = (0..a.rows()).map(|i| Float::abs(a.at(i, j))).sum();
        if sum.is_nan() {
            return sum;
        }
        max = max.max(sum);
    }
    max
}
