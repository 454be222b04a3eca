//! The beta function and its logarithm.
//!
//! `B(a, b) = Gamma(a) Gamma(b) / Gamma(a + b)` (DLMF 5.12.1).
//!
//! Three ways, with `a <= b` for positive arguments:
//! - `a + b` small: the definition, corrected for the rounding of `a + b`;
//! - `b` large and `a` small: `Gamma(b) / Gamma(a + b)` from Stirling's series, so that what is
//!   large cancels on paper;
//! - both large: Stirling's series for all three.
//!
//! Source of the last two: Didonato and Morris 1992, "Algorithm 708: significant digit
//! computation of the incomplete beta function ratios", ACM TOMS 18, procedures `ALGDIV` and
//! `BCORR`. We deviate in adding the series for each argument instead of their differences.
//! Negative arguments follow SciPy: at a pole of the numerator the value is `inf` unless the
//! pole of `Gamma(a + b)` cancels it.

use super::gamma::{gamma, gammaln, gammasgn};
use super::polygamma::digamma;
use super::rounding::is_integer;
use std::f64::consts::PI;

/// Where Stirling's series takes over; eight terms are exact to 1e-16 from here.
const LARGE: f64 = 10.0;
/// Up to here `Gamma(a + b)` is finite.
const PRODUCT: f64 = 170.0;
/// Below this `Gamma(a) = 1/a`, and `1/a` is about to overflow.
const TINY: f64 = 1e-290;
/// `ln(2 pi) / 2`
const HALF_LN_2PI: f64 = 0.918_938_533_204_672_8;
/// `B_2k / (2k (2k - 1))`
const STIRLING: [f64; 8] = [
    0.083_333_333_333_333_33,
    -0.002_777_777_777_777_778,
    0.000_793_650_793_650_793_7,
    -0.000_595_238_095_238_095_3,
    0.000_841_750_841_750_841_7,
    -0.001_917_526_917_526_917_6,
    0.006_410_256_410_256_41,
    -0.029_550_653_594_771_242,
];

/// The beta function `Gamma(a) Gamma(b) / Gamma(a + b)`.
///
/// ```
/// use pyframe_tape::special::beta;
/// assert_eq!(beta(2.0, 3.0), 1.0 / 12.0);
/// assert_eq!(beta(0.0, 1.0), f64::INFINITY);
/// ```
pub fn beta(a: f64, b: f64) -> f64 {
    let (a, b) = ordered(a, b);
    if let Some(value) = special(a, b) {
        return value;
    }
    if a <= 0.0 {
        return at_negative(a, b);
    }
    if a + b <= PRODUCT {
        let (s, low) = two_sum(a, b);
        return gamma(a) * (gamma(b) * recip_gamma(s, low));
    }
    if a < LARGE {
        let (power, rest) = quotient(a, b);
        return gamma(a) * b.powf(power) * rest.exp();
    }
    // sqrt(2 pi / b) c^(a - 1/2) (1 + h)^-b exp(corrections), with the powers corrected to
    // first order for the rounding of their bases h = a/b and c = a/(a + b).
    let h = a / b;
    let h_low = (-h).mul_add(b, a) / b;
    let (s, s_low) = two_sum(a, b);
    let c = a / s;
    let c_low = ((-c).mul_add(s, a) - c * s_low) / s;
    let powers = c.powf(a - 0.5) * pxfm::f_compound(h, -b);
    // Where nothing is left, the corrections may be large or even overflow.
    if powers == 0.0 {
        return 0.0;
    }
    let correction = (a - 0.5) * c_low / c - b * h_low / (1.0 + h) + stirling_sum(a, b);
    (2.0 * PI / b).sqrt() * powers * correction.exp()
}

/// `ln |B(a, b)|`.
///
/// ```
/// use pyframe_tape::special::betaln;
/// assert_eq!(betaln(1.0, 1.0), 0.0);
/// assert!((betaln(1e5, 1e5) + 138_633.927_061_348_08).abs() < 1e-10);
/// ```
pub fn betaln(a: f64, b: f64) -> f64 {
    let (a, b) = ordered(a, b);
    if let Some(value) = special(a, b) {
        return value.abs().ln();
    }
    if a <= 0.0 {
        let value = at_negative(a, b).abs();
        // Out of the range of B itself its logarithm still has a value.
        if value.is_normal() || is_integer(a) || (b < 0.0 && is_integer(b)) {
            return value.ln();
        }
        return log_reflected(a, b);
    }
    if a < TINY {
        // 1/a + 1/b
        return if b < TINY { (a / b).ln_1p() - a.ln() } else { -a.ln() };
    }
    if a + b <= PRODUCT {
        return beta(a, b).ln();
    }
    if a < LARGE {
        let (power, rest) = quotient(a, b);
        return gammaln(a) + (power * b.ln() + rest);
    }
    // a / (a + b) without the overflow of a + b
    let h = a / b;
    let c = h / (1.0 + h);
    let tail = stirling_sum(a, b) + HALF_LN_2PI - 0.5 * b.ln();
    ((a - 0.5) * c.ln() - b * h.ln_1p()) + tail
}

fn ordered(a: f64, b: f64) -> (f64, f64) {
    if b < a { (b, a) } else { (a, b) }
}

/// NaN, infinite and zero arguments; here `a <= b`.
fn special(a: f64, b: f64) -> Option<f64> {
    if a.is_nan() || b.is_nan() || a == f64::NEG_INFINITY {
        return Some(f64::NAN);
    }
    if a == 0.0 || b == 0.0 {
        return Some(f64::INFINITY);
    }
    if b < f64::INFINITY {
        return None;
    }
    // Gamma(a) b^-a
    Some(if a > 0.0 {
        0.0
    } else if is_integer(a) {
        f64::INFINITY
    } else {
        gammasgn(a) * f64::INFINITY
    })
}

/// `B(a, b)` for `a < 0`, `a <= b`, both finite.
fn at_negative(a: f64, b: f64) -> f64 {
    // With two poles above, the one of Gamma(a + b) below cancels only one of them.
    if b < 0.0 && is_integer(b) {
        return f64::INFINITY;
    }
    if is_integer(a) {
        // Gamma(a)/Gamma(a + b) has a finite limit: (-1)^b Gamma(1 - a - b)/Gamma(1 - a).
        let cancelled = is_integer(b) && a + b <= 0.0;
        let sign = if b % 2.0 == 0.0 { 1.0 } else { -1.0 };
        return if cancelled { sign * beta(1.0 - a - b, b) } else { f64::INFINITY };
    }
    let (s, low) = two_sum(a, b);
    if a > -PRODUCT && b < PRODUCT && s > -PRODUCT {
        return gamma(a) * (gamma(b) * recip_gamma(s, low));
    }
    // The rounding of 1 - a would count ln b times below.
    if a > -LARGE && b >= PRODUCT {
        let (power, rest) = quotient(a, b);
        return gamma(a) * b.powf(power) * rest.exp();
    }
    let (factor, p, q, above) = reflected(a, b);
    let inner = beta(p, q);
    if factor != 0.0 && !inner.is_normal() {
        return factor.signum() * log_reflected(a, b).exp();
    }
    if above { factor * inner } else { factor / inner }
}

/// `ln |B(a, b)|` by reflection, which loses digits by cancellation but no range.
fn log_reflected(a: f64, b: f64) -> f64 {
    let (factor, p, q, above) = reflected(a, b);
    let log = betaln(p, q);
    factor.abs().ln() + if above { log } else { -log }
}

/// Positive `p` and `q` with `B(a, b)` equal to `factor B(p, q)` or, if the last is false,
/// `factor / B(p, q)`, for `a < 0`, from `Gamma(x) Gamma(1 - x) = pi / sin(pi x)`.
fn reflected(a: f64, b: f64) -> (f64, f64, f64, bool) {
    let (s, low) = two_sum(a, b);
    let sine_a = pxfm::f_sinpi(a);
    if s > 0.0 {
        return (PI / b / sine_a, 1.0 - a, s, false);
    }
    let sine_s = pxfm::f_sinpi(s) + PI * low * pxfm::f_cospi(s);
    if b > 0.0 {
        return (sine_s / sine_a, b, 1.0 - s, true);
    }
    (PI / (1.0 - s) * (sine_s / sine_a) / pxfm::f_sinpi(b), 1.0 - a, 1.0 - b, false)
}

/// `Gamma(b) / Gamma(a + b)` for `|a| < LARGE` and `b`, `a + b >= LARGE`, as `b^power exp(rest)`: with `h = a/b`,
/// `b^-a exp(a - d ln(1 + h) + D(b) - D(a + b))`, `d = a + b - 1/2`, `D` being Stirling's series.
/// In `a - d ln(1 + h) = (1/2 - a) h - d (ln(1 + h) - h)` the two large terms have gone.
fn quotient(a: f64, b: f64) -> (f64, f64) {
    let d = b + (a - 0.5);
    let h = a / b;
    (-a, ((0.5 - a) * h - d * pxfm::f_log1pmx(h)) + (stirling(b) - stirling(a + b)))
}

/// `ln Gamma(x) - (x - 1/2) ln x + x - ln(2 pi)/2` for `x >= LARGE`.
fn stirling(x: f64) -> f64 {
    let r = 1.0 / x;
    let r2 = r * r;
    r * STIRLING.iter().rev().fold(0.0, |sum, c| sum * r2 + c)
}

fn stirling_sum(a: f64, b: f64) -> f64 {
    stirling(a) + stirling(b) - stirling(a + b)
}

/// `a + b` and what its rounding lost (Knuth).
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let s = a + b;
    let t = s - a;
    (s, (a - (s - t)) + (b - t))
}

/// `1 / Gamma(s + low)` to first order in `low`.
fn recip_gamma(s: f64, low: f64) -> f64 {
    if s >= 0.5 {
        let correction = if low == 0.0 { 0.0 } else { low * digamma(s) };
        return (1.0 - correction) / gamma(s);
    }
    // Reflection, so that a pole of Gamma is a zero of the sine and not a division by it.
    let (one_minus, lost) = two_sum(1.0, -s);
    let low_of_argument = lost - low;
    let correction = low_of_argument * digamma(one_minus);
    let sine = pxfm::f_sinpi(s) / PI + low * pxfm::f_cospi(s);
    gamma(one_minus) * (1.0 + correction) * sine
}
