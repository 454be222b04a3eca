//! Derivatives of NumPy's `sinc(x) = sin(pi x) / (pi x)`.
//!
//! With `y = pi x` and `S_n` the n-th derivative of `sin(y)/y`, n differentiations of
//! `y S_0 = sin y` give `y S_n + n S_{n-1} = sin(y + n pi/2)`, and
//! `d^n sinc / dx^n = pi^n S_n(pi x)`.
//!
//! The recurrence is run upward for `y > n` and downward, from `S_N = 0` far enough out, for
//! `y <= n`: each direction where it damps errors (Gautschi 1967, "Computational aspects of
//! three-term recurrence relations", SIAM Review 9). No separate series near 0 is needed.
//! `sin` and `cos` of `pi x` are reduced exactly, so zeros at the integers are exact.

use std::f64::consts::PI;

/// `pi^n`, correctly rounded, since the rounding of `pi` costs `n/5` ulp otherwise.
const POWERS: [f64; 9] = [
    1.0,
    PI,
    9.869_604_401_089_358,
    31.006_276_680_299_82,
    97.409_091_034_002_44,
    306.019_684_785_281_47,
    961.389_193_575_304_5,
    3_020.293_227_776_792_3,
    9_488.531_016_070_574,
];

/// Above this order `pi^n` overflows.
const MAX_ORDER: u32 = 600;

/// The n-th derivative of `sin(pi x) / (pi x)`; order 0 is the function itself.
///
/// Few ulp away from its zeros, and near them a few ulp of the size it has around. Checked
/// up to order 8; NaN above order 600, where the factor `pi^n` overflows.
///
/// ```
/// use pyframe_tape::special::sinc_derivative;
/// assert_eq!(sinc_derivative(0, 0.0), 1.0);
/// assert_eq!(sinc_derivative(1, 1.0), -1.0);
/// assert_eq!(sinc_derivative(1, 2.0), 0.5);
/// ```
pub fn sinc_derivative(n: u32, x: f64) -> f64 {
    if x.is_nan() || n > MAX_ORDER {
        return f64::NAN;
    }
    if x.is_infinite() {
        return 0.0;
    }
    let r = x.abs();
    let y = PI * r;
    let (sin, cos) = (pxfm::f_sinpi(r), pxfm::f_cospi(r));
    // sin(y + k pi/2)
    let shifted = |k: u32| match k % 4 {
        0 => sin,
        1 => cos,
        2 => -sin,
        _ => -cos,
    };
    let s = if y > f64::from(n.max(1)) {
        (1..=n).fold(sin / y, |s, k| (shifted(k) - f64::from(k) * s) / y)
    } else {
        // Dropping S_N leaves prod_{k=n+1}^N y/k, below 1e-19 for y <= max(n, 1).
        let far = 4 * n + 20;
        (n + 1..=far).rev().fold(0.0, |s, k| (shifted(k) - y * s) / f64::from(k))
    };
    let value = match POWERS.get(n as usize) {
        Some(power) => power * s,
        None => POWERS[8] * PI.powi(n as i32 - 8) * s,
    };
    // S_n has the parity of n.
    if n % 2 == 1 && x.is_sign_negative() { -value } else { value }
}
