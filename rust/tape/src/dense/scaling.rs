//! A power of two that brings a matrix to where squares neither overflow nor vanish.
//!
//! Multiplying by it is exact (but for entries that are negligible beside the largest), so a
//! factorisation of s·A is one of A: the orthogonal factors are the same and the values are
//! divided by s.  LAPACK's drivers do the same (xLASCL in xGESVD and xSYEV).

use super::{MatrixView, Real};

/// s = 1 where the largest |a_ij| lies in 2^±`SAFE_EXPONENT` (or is 0), else what brings it to about 1.
pub(super) fn scale_of<T: Real>(a: MatrixView<'_, T>) -> Scale<T> {
    scale_of_max(a.max_abs())
}

/// The same from the largest absolute value.
pub(super) fn scale_of_max<T: Real>(max: T) -> Scale<T> {
    let (low, high) = (T::exp2i(-T::SAFE_EXPONENT), T::exp2i(T::SAFE_EXPONENT));
    if max == T::zero() || !max.is_finite() || (low..=high).contains(&max) {
        return Scale { exponent: 0, to: T::one(), from: T::one() };
    }
    let exponent = (max.wide().log2().round() as i32).clamp(-T::LARGEST_SHIFT, T::LARGEST_SHIFT);
    Scale { exponent, to: T::exp2i(-exponent), from: T::exp2i(exponent) }
}

/// x *= s, with nothing done for s = 1.
pub(super) fn scale_by<T: Real>(x: &mut [T], s: T) {
    if s != T::one() {
        for x in x {
            *x *= s;
        }
    }
}

/// s and 1/s.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale<T> {
    /// log2(1/s).
    pub exponent: i32,
    /// s, by which the matrix is multiplied before.
    pub to: T,
    /// 1/s, by which values are multiplied after.
    pub from: T,
}
