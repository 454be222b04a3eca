//! Bessel functions of order zero and one, plain and modified.
//!
//! `J_n(x) = (1/pi) int_0^pi cos(n t - x sin t) dt`, `I_n(x) = (1/pi) int_0^pi exp(x cos t) cos(n t) dt`
//! (DLMF 10.9.2, 10.32.3).
//!
//! Source: the kernels of the `pxfm` crate. Where we deviate: infinities are answered here, by
//! the limits (SciPy answers NaN for most), and `i0e` and `i1e` of a tiny argument by their first
//! two terms, where the crate forgets its sign.

/// Below this the factor `1 - |x|` is right to an ulp: the next terms are `3 x^2 / 4` and
/// `5 x^2 / 8`.
const TINY: f64 = 1e-9;

/// The Bessel function `J_0`; even, 0 at `+-inf`.
///
/// ```
/// assert_eq!(pyframe_tape::special::j0(1.0), 0.765_197_686_557_966_6);
/// ```
pub fn j0(x: f64) -> f64 {
    if x.is_infinite() { 0.0 } else { pxfm::f_j0(x) }
}

/// The Bessel function `J_1`; odd, 0 at `+-inf`.
///
/// ```
/// assert_eq!(pyframe_tape::special::j1(1.0), 0.440_050_585_744_933_5);
/// ```
pub fn j1(x: f64) -> f64 {
    if x.is_infinite() { 0.0_f64.copysign(x) } else { pxfm::f_j1(x) }
}

/// The modified Bessel function `I_0`; even, `inf` beyond about 713.98.
///
/// ```
/// assert_eq!(pyframe_tape::special::i0(1.0), 1.266_065_877_752_008_4);
/// ```
pub fn i0(x: f64) -> f64 {
    if x.is_infinite() { f64::INFINITY } else { pxfm::f_i0(x) }
}

/// The modified Bessel function `I_1`; odd, `+-inf` beyond about 713.98.
///
/// ```
/// assert_eq!(pyframe_tape::special::i1(1.0), 0.565_159_103_992_485);
/// ```
pub fn i1(x: f64) -> f64 {
    if x.is_infinite() { x } else { pxfm::f_i1(x) }
}

/// `exp(-|x|) I_0(x)`, which does not overflow; 0 at `+-inf`.
///
/// ```
/// assert_eq!(pyframe_tape::special::i0e(1000.0), 0.012_617_240_455_891_257);
/// ```
pub fn i0e(x: f64) -> f64 {
    match x.abs() {
        f64::INFINITY => 0.0,
        a if a < TINY => 1.0 - a,
        _ => pxfm::f_i0e(x),
    }
}

/// `exp(-|x|) I_1(x)`, which does not overflow; 0 at `+-inf`.
///
/// ```
/// assert_eq!(pyframe_tape::special::i1e(1000.0), 0.012_610_930_256_928_629);
/// ```
pub fn i1e(x: f64) -> f64 {
    match x.abs() {
        f64::INFINITY => 0.0_f64.copysign(x),
        a if a < TINY => 0.5 * x * (1.0 - a),
        _ => pxfm::f_i1e(x),
    }
}
