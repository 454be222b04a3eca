//! Rounding, remainders, signs and neighbours, as NumPy has them.
//!
//! `remainder(x, y) = x - y floor_divide(x, y)` has the sign of the divisor, as Python's `%`.
//!
//! Source: `npy_divmod` and its neighbours in NumPy's `npymath` (NumPy 2), whose order of
//! operations is kept, since it fixes what becomes of infinities, zeros and rounding.

/// The nearest integer, ties to even; the sign of zero is kept.
///
/// ```
/// use pyframe_tape::special::rint;
/// assert_eq!((rint(2.5), rint(3.5)), (2.0, 4.0));
/// ```
pub fn rint(x: f64) -> f64 {
    x.round_ties_even()
}

/// -1, 0 or 1; 0 for both zeros, NaN for NaN.
///
/// ```
/// use pyframe_tape::special::sign;
/// assert_eq!((sign(-3.0), sign(-0.0)), (-1.0, 0.0));
/// ```
pub fn sign(x: f64) -> f64 {
    if x > 0.0 {
        1.0
    } else if x < 0.0 {
        -1.0
    } else if x == 0.0 {
        0.0
    } else {
        x
    }
}

/// 0 for `x < 0`, `h` at 0, 1 for `x > 0`, NaN for NaN.
///
/// ```
/// assert_eq!(pyframe_tape::special::heaviside(0.0, 0.5), 0.5);
/// ```
pub fn heaviside(x: f64, h: f64) -> f64 {
    if x == 0.0 {
        h
    } else if x < 0.0 {
        0.0
    } else if x > 0.0 {
        1.0
    } else {
        x
    }
}

/// The remainder of the quotient cut towards zero: C's `fmod`, with the sign of `x`.
///
/// ```
/// assert_eq!(pyframe_tape::special::fmod(-5.0, 3.0), -2.0);
/// ```
pub fn fmod(x: f64, y: f64) -> f64 {
    x % y
}

/// The remainder of [`floor_divide`], with the sign of `y`; NaN for `y = 0`.
///
/// ```
/// use pyframe_tape::special::remainder;
/// assert_eq!(remainder(-5.0, 3.0), 1.0);
/// assert_eq!(remainder(-5.0, f64::INFINITY), f64::INFINITY);
/// ```
pub fn remainder(x: f64, y: f64) -> f64 {
    if y == 0.0 { f64::NAN } else { divmod(x, y).1 }
}

/// The largest integer not above `x / y`; `x / y` itself for `y = 0`.
///
/// ```
/// use pyframe_tape::special::floor_divide;
/// assert_eq!(floor_divide(-5.0, 3.0), -2.0);
/// assert_eq!(floor_divide(-5.0, 0.0), f64::NEG_INFINITY);
/// ```
pub fn floor_divide(x: f64, y: f64) -> f64 {
    if y == 0.0 { x / y } else { divmod(x, y).0 }
}

/// Quotient and remainder for `y != 0`.
fn divmod(x: f64, y: f64) -> (f64, f64) {
    let mut rem = x % y;
    // x - rem is very nearly a multiple of y.
    let mut quotient = (x - rem) / y;
    if rem == 0.0 {
        rem = 0.0_f64.copysign(y);
    } else if (y < 0.0) != (rem < 0.0) {
        rem += y;
        quotient -= 1.0;
    }
    if quotient == 0.0 {
        return (0.0_f64.copysign(x / y), rem);
    }
    let floor = quotient.floor();
    (if quotient - floor > 0.5 { floor + 1.0 } else { floor }, rem)
}

/// The next double after `x` towards `y`; `y` where they are equal.
///
/// ```
/// assert_eq!(pyframe_tape::special::nextafter(1.0, 2.0), 1.0 + f64::EPSILON);
/// ```
pub fn nextafter(x: f64, y: f64) -> f64 {
    if x.is_nan() || y.is_nan() {
        f64::NAN
    } else if x < y {
        x.next_up()
    } else if x > y {
        x.next_down()
    } else {
        y
    }
}

/// The distance from `x` to the next double away from zero, with the sign of `x`; NaN for
/// infinities, `5e-324` at both zeros, `+-inf` at the largest double.
///
/// ```
/// use pyframe_tape::special::spacing;
/// assert_eq!(spacing(1.0), f64::EPSILON);
/// assert_eq!(spacing(-1.0), -f64::EPSILON);
/// ```
pub fn spacing(x: f64) -> f64 {
    if x.is_infinite() {
        f64::NAN
    } else if x < 0.0 {
        x.next_down() - x
    } else {
        x.next_up() - x
    }
}

/// The size of `x` with the sign of `y`, also of a zero or NaN `y`.
///
/// ```
/// assert_eq!(pyframe_tape::special::copysign(1.0, -0.0), -1.0);
/// ```
pub fn copysign(x: f64, y: f64) -> f64 {
    x.copysign(y)
}

/// `sqrt(x^2 + y^2)` without overflow on the way; `inf` if either is infinite, even beside NaN.
///
/// ```
/// assert_eq!(pyframe_tape::special::hypot(3.0, 4.0), 5.0);
/// ```
pub fn hypot(x: f64, y: f64) -> f64 {
    x.hypot(y)
}

/// Finite and without a fraction.
pub(super) fn is_integer(x: f64) -> bool {
    x.is_finite() && x.trunc() == x
}
