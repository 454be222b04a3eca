//! Products of many numbers that may leave the range of one number on the way.

use super::Real;

/// A significand from 1 up to 2 in size (or 0, or no finite number), times a power of two.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Product {
    significand: f64,
    exponent: i64,
}

impl Product {
    pub(super) const ONE: Self = Self { significand: 1.0, exponent: 0 };

    pub(super) fn of<T: Real>(x: T) -> Self {
        const EXPONENT: u64 = 0x7ff << 52;
        const TO_NORMAL: i32 = 100;
        let x = x.wide();
        if x == 0.0 || !x.is_finite() {
            return Self { significand: x, exponent: 0 };
        }
        let shift = if x.is_normal() { 0 } else { TO_NORMAL };
        let bits = (x * f64::exp2i(shift)).to_bits();
        let exponent = ((bits & EXPONENT) >> 52) as i64 - 1023 - i64::from(shift);
        Self { significand: f64::from_bits((bits & !EXPONENT) | 1.0_f64.to_bits()), exponent }
    }

    pub(super) fn times(self, other: Self) -> Self {
        let significand = self.significand * other.significand;
        let exponent = self.exponent + other.exponent;
        if significand.abs() >= 2.0 && significand.is_finite() {
            return Self { significand: 0.5 * significand, exponent: exponent + 1 };
        }
        Self { significand, exponent }
    }

    pub(super) fn exponent(self) -> i64 {
        self.exponent
    }

    /// The number divided by 2^`exponent`.
    pub(super) fn over<T: Real>(self, exponent: i64) -> T {
        let mut number = [T::of(self.significand)];
        shift(&mut number, self.exponent - exponent);
        number[0]
    }
}

/// x *= 2^`exponent`, whatever its size.
pub(super) fn shift<T: Real>(x: &mut [T], exponent: i64) {
    let step = i64::from(T::LARGEST_SHIFT);
    // Four steps lead from any number to 0 or to infinity.
    let mut left = exponent.clamp(-4 * step, 4 * step);
    while left != 0 {
        let now = left.clamp(-step, step);
        let factor = T::exp2i(now as i32);
        for x in &mut *x {
            *x *= factor;
        }
        left -= now;
    }
}
