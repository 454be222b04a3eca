//! Every special function answers for every pair of bit patterns, and keeps the symmetries and
//! inverses of its definition.

use proptest::prelude::*;
use pyframe_tape::special as sp;

/// All 2^64 patterns; NaN, subnormals and infinities among them.
fn any_bits() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<u64>().prop_map(f64::from_bits),
        -50.0..50.0,
        (-400_i32..400).prop_map(|h| f64::from(h) / 2.0)
    ]
}

/// Within `ulp` units in the last place, or both NaN.
fn close(a: f64, b: f64, ulp: f64) -> bool {
    a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= ulp * sp::spacing(b.abs())
}

proptest! {
    #[test]
    fn no_argument_panics(x in any_bits(), y in any_bits(), n in prop_oneof![0_u32..12, any::<u32>()]) {
        for f in [
            sp::erf, sp::erfc, sp::erfinv, sp::erfcinv, sp::gamma, sp::gammaln, sp::gammasgn, sp::digamma,
            sp::trigamma, sp::expit, sp::log_expit, sp::logit, sp::softplus, sp::exp2, sp::entr, sp::i0,
            sp::i0e, sp::i1, sp::i1e, sp::j0, sp::j1, sp::ndtr, sp::log_ndtr, sp::ndtri, sp::rint, sp::sign,
            sp::spacing,
        ] {
            prop_assert!(!x.is_nan() || f(x).is_nan());
        }
        for f in [
            sp::zeta, sp::beta, sp::betaln, sp::logaddexp, sp::logaddexp2, sp::xlogy, sp::xlog1py, sp::fmod,
            sp::remainder, sp::floor_divide, sp::nextafter, sp::maximum, sp::minimum,
        ] {
            prop_assert!(!(x.is_nan() || y.is_nan()) || f(x, y).is_nan());
        }
        for f in [sp::polygamma, sp::sinc_derivative] {
            prop_assert!(!x.is_nan() || f(n, x).is_nan());
        }
    }

    #[test]
    fn ranges(x in any_bits(), y in any_bits()) {
        prop_assume!(!x.is_nan() && !y.is_nan());
        prop_assert!((-1.0..=1.0).contains(&sp::erf(x)));
        prop_assert!((0.0..=2.0).contains(&sp::erfc(x)));
        prop_assert!((0.0..=1.0).contains(&sp::expit(x)));
        prop_assert!((0.0..=1.0).contains(&sp::ndtr(x)));
        prop_assert!(sp::log_ndtr(x) <= 0.0 && sp::log_expit(x) <= 0.0 && sp::softplus(x) >= x);
        prop_assert!(sp::j0(x).abs() <= 1.0 && sp::j1(x).abs() <= 0.6 && sp::i0(x) >= 1.0);
        prop_assert!(sp::logaddexp(x, y) >= x.max(y));
        let r = sp::remainder(x, y);
        prop_assert!(r.is_nan() || (r.is_sign_negative() == y.is_sign_negative() && r.abs() <= y.abs()));
    }

    #[test]
    fn symmetries(x in any_bits(), y in any_bits()) {
        for f in [sp::erf, sp::i1, sp::i1e, sp::j1, sp::erfinv] {
            prop_assert!(close(f(-x), -f(x), 0.0));
        }
        for f in [sp::i0, sp::i0e, sp::j0] {
            prop_assert!(close(f(-x), f(x), 0.0));
        }
        for f in [sp::beta, sp::betaln, sp::logaddexp, sp::logaddexp2, sp::hypot] {
            prop_assert!(close(f(x, y), f(y, x), 0.0));
        }
        for n in 0..9 {
            let sign = if n % 2 == 0 { 1.0 } else { -1.0 };
            prop_assert!(close(sp::sinc_derivative(n, -x), sign * sp::sinc_derivative(n, x), 0.0));
        }
    }

    #[test]
    fn recurrences(x in 0.01..100.0) {
        // Gamma multiplies the rounding of x + 1 by x ln x.
        prop_assert!(close(sp::gamma(x + 1.0), x * sp::gamma(x), 1e3));
        let psi = sp::digamma(x + 1.0) - 1.0 / x;
        prop_assert!((sp::digamma(x) - psi).abs() <= 1e-14 * (1.0 / x + 10.0));
        for n in 2..9 {
            let step = sp::gamma(f64::from(n) + 1.0) * x.powi(-(n + 1)) * if n % 2 == 0 { 1.0 } else { -1.0 };
            let n = n as u32;
            let (here, next) = (sp::polygamma(n, x), sp::polygamma(n, x + 1.0));
            prop_assert!((next - here - step).abs() <= 1e-13 * here.abs());
        }
    }
}
