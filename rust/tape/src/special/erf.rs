//! The error function and its relatives.
//!
//! `erf(x) = 2/sqrt(pi) int_0^x exp(-t^2) dt`, `erfc = 1 - erf` (DLMF 7.2.1, 7.2.2).
//!
//! Source: the kernels of the `pxfm` crate (double-double polynomials). Where we deviate: its
//! `erfcinv` loses digits in the far tail, so one Newton step on `ln erfc` follows there.

use std::f64::consts::FRAC_2_SQRT_PI;

/// Below this argument the crate's `erfcinv` is polished; it is 4 ulp off at 1e-23 and
/// loses half its digits below 5e-39.
const POLISH_BELOW: f64 = 1e-20;

/// The error function, for every real `x`; odd, `erf(+-inf) = +-1`.
///
/// ```
/// assert_eq!(pyframe_tape::special::erf(0.5), 0.520_499_877_813_046_5);
/// ```
pub fn erf(x: f64) -> f64 {
    pxfm::f_erf(x)
}

/// The complementary error function `1 - erf(x)`, without cancellation for large `x`.
///
/// ```
/// assert_eq!(pyframe_tape::special::erfc(10.0), 2.088_487_583_762_545e-45);
/// ```
pub fn erfc(x: f64) -> f64 {
    pxfm::f_erfc(x)
}

/// The scaled `exp(x^2) erfc(x)`.
pub(super) fn erfcx(x: f64) -> f64 {
    pxfm::f_erfcx(x)
}

/// The inverse of [`erf`] on `[-1, 1]`: `+-inf` at the ends, NaN outside.
///
/// ```
/// use pyframe_tape::special::erfinv;
/// assert_eq!(erfinv(0.5), 0.476_936_276_204_469_9);
/// assert_eq!(erfinv(-1.0), f64::NEG_INFINITY);
/// ```
pub fn erfinv(y: f64) -> f64 {
    match y.abs() {
        // The crate drops the sign of zero.
        0.0 => y,
        1.0 => y * f64::INFINITY,
        a if a < 1.0 => pxfm::f_erfinv(y),
        _ => f64::NAN,
    }
}

/// The inverse of [`erfc`] on `[0, 2]`: `inf` at 0, `-inf` at 2, NaN outside.
///
/// ```
/// use pyframe_tape::special::erfcinv;
/// assert_eq!(erfcinv(1e-300), 26.209_469_960_516_124);
/// assert_eq!(erfcinv(0.0), f64::INFINITY);
/// ```
pub fn erfcinv(y: f64) -> f64 {
    if !(0.0..=2.0).contains(&y) {
        return f64::NAN;
    }
    if y == 0.0 {
        return f64::INFINITY;
    }
    if y == 2.0 {
        return f64::NEG_INFINITY;
    }
    let z = pxfm::f_erfcinv(y);
    if y >= POLISH_BELOW {
        return z;
    }
    // g(z) = ln erfc(z) - ln y with ln erfc(z) = ln erfcx(z) - z^2, which neither underflows
    // nor suffers where erfc(z) is subnormal; g'(z) = -2 / (sqrt(pi) erfcx(z)).
    let e = erfcx(z);
    z + (e.ln() - z * z - y.ln()) * e / FRAC_2_SQRT_PI
}
