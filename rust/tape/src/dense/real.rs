//! The two element types, and what the algorithms need to know of them.

use std::fmt::{Debug, Display};
use std::iter::Sum;

use faer::traits::RealField;
use faer::traits::num_traits::Float;

use super::dot::Lanes;

/// `f64` or `f32`: arithmetic from `num_traits::Float`, factorisations from faer.
pub trait Real: RealField + Float + Sum + Debug + Display + Send + Sync + 'static + Lanes {
    /// Twice the unit roundoff: the distance from 1 to the next number.
    const EPSILON: Self;
    /// Exponents of two between which squares neither overflow nor lose bits: 2^±`SAFE_EXPONENT`.
    const SAFE_EXPONENT: i32;
    /// An e for which 2^e and 2^-e are both normal, and with them all that is near.
    const LARGEST_SHIFT: i32;

    /// The nearest number of this type.
    fn of(x: f64) -> Self;
    /// The same number as `f64`.
    fn wide(self) -> f64;
    /// 2^e, exactly, for every e of a normal number.
    fn exp2i(e: i32) -> Self;
}

impl Real for f64 {
    const EPSILON: f64 = f64::EPSILON;
    const SAFE_EXPONENT: i32 = 400;
    const LARGEST_SHIFT: i32 = 1000;

    #[inline]
    fn of(x: f64) -> f64 {
        x
    }
    #[inline]
    fn wide(self) -> f64 {
        self
    }
    #[inline]
    fn exp2i(e: i32) -> f64 {
        debug_assert!((-1022..=1023).contains(&e));
        f64::from_bits(((e + 1023) as u64) << 52)
    }
}

impl Real for f32 {
    const EPSILON: f32 = f32::EPSILON;
    const SAFE_EXPONENT: i32 = 48;
    const LARGEST_SHIFT: i32 = 120;

    #[inline]
    fn of(x: f64) -> f32 {
        x as f32
    }
    #[inline]
    fn wide(self) -> f64 {
        f64::from(self)
    }
    #[inline]
    fn exp2i(e: i32) -> f32 {
        debug_assert!((-126..=127).contains(&e));
        f32::from_bits(((e + 127) as u32) << 23)
    }
}
