//! The gamma function and its logarithm.
//!
//! `Gamma(x) = int_0^inf t^(x-1) exp(-t) dt`, continued by `Gamma(x+1) = x Gamma(x)`
//! (DLMF 5.2.1, 5.5.1).
//!
//! Source: the kernels of the `pxfm` crate. Conventions at the poles: SciPy's, that is
//! `gamma(+-0) = +-inf` and NaN at the negative integers, where the two sides differ in sign.
//! Where we deviate: the crate's `lgamma` overflows from 1e300 on, where Stirling's leading
//! term is all there is; `gammaln(-inf)` is `inf` as in C99 (SciPy: `-inf`).

use super::rounding::is_integer;

/// From here on `ln Gamma(x) = x (ln x - 1)` to rounding; the next term is `-ln(x) / 2`.
const LEADING_TERM: f64 = 1e290;

/// The gamma function; overflows to `inf` above 171.62.
///
/// ```
/// use pyframe_tape::special::gamma;
/// assert_eq!(gamma(5.0), 24.0);
/// assert_eq!(gamma(0.5), 1.772_453_850_905_516);
/// assert!(gamma(-1.0).is_nan());
/// ```
pub fn gamma(x: f64) -> f64 {
    if x == 0.0 {
        return f64::INFINITY.copysign(x);
    }
    if x < 0.0 && is_integer(x) {
        return f64::NAN;
    }
    let value = pxfm::f_tgamma(x);
    // The crate underflows to the wrong zero.
    if value == 0.0 { value.copysign(gammasgn(x)) } else { value }
}

/// `ln |Gamma(x)|`; `inf` at the poles and at both infinities.
///
/// ```
/// use pyframe_tape::special::gammaln;
/// assert_eq!(gammaln(1.0), 0.0);
/// assert_eq!(gammaln(1e3), 5_905.220_423_209_181);
/// assert_eq!(gammaln(-2.0), f64::INFINITY);
/// ```
pub fn gammaln(x: f64) -> f64 {
    if x.is_infinite() || (x <= 0.0 && is_integer(x)) {
        return f64::INFINITY;
    }
    if x > LEADING_TERM { x * (x.ln() - 1.0) } else { pxfm::f_lgamma(x) }
}

/// The sign of `Gamma(x)`: 1 or -1, the side of the pole at `+-0`, NaN at the negative integers and
/// at `-inf`.
///
/// ```
/// use pyframe_tape::special::gammasgn;
/// assert_eq!(gammasgn(-0.5), -1.0);
/// assert_eq!(gammasgn(-1.5), 1.0);
/// ```
pub fn gammasgn(x: f64) -> f64 {
    if x.is_nan() {
        return x;
    }
    if x > 0.0 {
        return 1.0;
    }
    if x == 0.0 {
        return 1.0_f64.copysign(x);
    }
    if is_integer(x) || x.is_infinite() {
        return f64::NAN;
    }
    if x.floor() % 2.0 == 0.0 { 1.0 } else { -1.0 }
}
