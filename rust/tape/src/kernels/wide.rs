//! exp, log, tanh and the logistic function of many numbers at once.
//!
//! Without branches, tables or fused operations, so that the compiler makes vector code of them
//! for every instruction set, with the same bits on each; pulp picks the widest at run time.
//! Largest errors found: exp 0.9 ulp, log 0.9, tanh 2.5, expit 2.

#![expect(
    clippy::inline_always,
    reason = "only what is inlined into a dispatched function is compiled for its instructions"
)]

use faer::traits::pulp::{Arch, Simd, WithSimd};
use pyframe_graph::Unary;

/// Adding and subtracting it rounds to an integer, which stands in its last bits meanwhile.
const ROUNDER: f64 = 6_755_399_441_055_744.0; // 1.5 * 2^52
const LN2_HI: f64 = 6.931_471_803_691_238e-1; // the last 32 bits are zero
const LN2_LO: f64 = 1.908_214_929_270_587_7e-10;

/// Whether there is vector code for a function.
pub const fn has(f: Unary) -> bool {
    matches!(f, Unary::Exp | Unary::Log | Unary::Tanh | Unary::Expit)
}

/// The function of one number, as [`map`] has it.
#[inline]
pub fn one(f: Unary, x: f64) -> f64 {
    match f {
        Unary::Exp => exp(x),
        Unary::Log => log(x),
        Unary::Tanh => tanh(x),
        Unary::Expit => expit(x),
        other => crate::scalar::numeric::unary(other, x),
    }
}

/// The function of each number, added to a list with room for them.
pub fn map(f: Unary, x: &[f64], out: &mut Vec<f64>) {
    let count = x.len();
    out.reserve(count);
    over(f, x, &mut out.spare_capacity_mut()[..count], |o, value| {
        o.write(value);
    });
    // SAFETY: `over` has written all of the room, which is `count` long.
    #[expect(unsafe_code, reason = "the numbers have just been written")]
    unsafe {
        out.set_len(out.len() + count);
    }
}

/// The function of each number, written over as many others.
pub fn fill(f: Unary, x: &[f64], out: &mut [f64]) {
    over(f, x, out, |o, value| *o = value);
}

#[inline(always)]
fn over<O>(f: Unary, x: &[f64], out: &mut [O], put: impl Fn(&mut O, f64)) {
    match f {
        Unary::Exp => each(x, out, |o, x| put(o, exp(x))),
        Unary::Log => each(x, out, |o, x| put(o, log(x))),
        Unary::Tanh => each(x, out, |o, x| put(o, tanh(x))),
        Unary::Expit => each(x, out, |o, x| put(o, expit(x))),
        other => each(x, out, |o, x| put(o, crate::scalar::numeric::unary(other, x))),
    }
}

#[inline(always)]
fn each<O>(x: &[f64], out: &mut [O], f: impl Fn(&mut O, f64)) {
    struct Each<'a, O, F>(&'a [f64], &'a mut [O], F);
    impl<O, F: Fn(&mut O, f64)> WithSimd for Each<'_, O, F> {
        type Output = ();
        #[inline(always)]
        fn with_simd<S: Simd>(self, _: S) {
            for (o, &x) in self.1.iter_mut().zip(self.0) {
                (self.2)(o, x);
            }
        }
    }
    Arch::new().dispatch(Each(x, out, f));
}

/// log(e^x + e^y); the larger argument's last place is the unit of its error.
#[inline(always)]
pub fn logaddexp(x: f64, y: f64) -> f64 {
    let larger = if x > y { x } else { y };
    // Equal infinities differ by nothing.
    let apart = if x == y { 0.0 } else { x - y };
    let e = exp(-apart.abs());
    // log(1 + e), with what the sum loses.
    let sum = 1.0 + e;
    larger + (log(sum) + (e - (sum - 1.0)) / sum)
}

/// k and r with x = k ln 2 + r, |r| <= ln(2)/2, and e^r - 1.
#[inline(always)]
fn reduced(x: f64) -> (f64, f64) {
    let k = (x * std::f64::consts::LOG2_E + ROUNDER) - ROUNDER;
    let (high, low) = (x - k * LN2_HI, k * LN2_LO);
    let r = high - low;
    let rest = (high - r) - low;
    // The series of (e^r - 1 - r)/r^2; r^14/14! is below the last bit.
    let s = r * r;
    let a = (1.0 / 2.0 + r * (1.0 / 6.0)) + s * (1.0 / 24.0 + r * (1.0 / 120.0));
    let b = (1.0 / 720.0 + r * (1.0 / 5040.0)) + s * (1.0 / 40_320.0 + r * (1.0 / 362_880.0));
    let c = (1.0 / 3_628_800.0 + r * (1.0 / 39_916_800.0))
        + s * (1.0 / 479_001_600.0 + r * (1.0 / 6_227_020_800.0));
    let q = s * s;
    (k, r + (s * (a + q * (b + q * c)) + rest))
}

/// 2^k for an integer k with a normal power.
#[inline(always)]
fn power(k: f64) -> f64 {
    f64::from_bits((k + (ROUNDER + 1023.0)).to_bits() << 52)
}

#[inline(always)]
fn exp(x: f64) -> f64 {
    // Beyond these the result is inf or 0 anyway; NaN is kept.
    let x = if x > 710.0 { 710.0 } else { x };
    let x = if x < -746.0 { -746.0 } else { x };
    let (k, p) = reduced(x);
    // In two steps: the power itself may be no normal number.
    let half = (k * 0.5 + ROUNDER) - ROUNDER;
    ((1.0 + p) * power(half)) * power(k - half)
}

#[inline(always)]
fn tanh(x: f64) -> f64 {
    let size = x.abs();
    let size = if size > 20.0 { 20.0 } else { size };
    let (k, p) = reduced(2.0 * size);
    let s = power(k);
    let e = s * p + (s - 1.0); // e^(2|x|) - 1
    (e / (e + 2.0)).copysign(x)
}

#[inline(always)]
fn expit(x: f64) -> f64 {
    let e = exp(-x.abs());
    let large = if x < 0.0 { e } else { 1.0 };
    large / (1.0 + e)
}

#[inline(always)]
fn log(x: f64) -> f64 {
    const SQRT_HALF: u64 = 0x3fe6_a09e_0000_0000;
    const ONE: u64 = 0x3ff0_0000_0000_0000;
    const FRACTION: u64 = 0x000f_ffff_ffff_ffff;
    let small = x < f64::MIN_POSITIVE;
    let y = if small { x * 18_014_398_509_481_984.0 } else { x }; // 2^54
    // x = 2^k m with m between sqrt(1/2) and sqrt(2).
    let shifted = y.to_bits().wrapping_add(ONE - SQRT_HALF);
    let m = f64::from_bits((shifted & FRACTION) + SQRT_HALF);
    let k = f64::from_bits(0x4330_0000_0000_0000 | (shifted >> 52)) - (4_503_599_627_370_496.0 + 1023.0);
    let k = if small { k - 54.0 } else { k };
    // fdlibm: log(1 + f) = f - f^2/2 + s (f^2/2 + R), s = f/(2 + f).
    let f = m - 1.0;
    let s = f / (2.0 + f);
    let z = s * s;
    let w = z * z;
    let even = w * (0.399_999_999_994_094_2 + w * (0.222_221_984_321_497_84 + w * 0.153_138_376_992_093_73));
    let odd = z
        * (0.666_666_666_666_673_5
            + w * (0.285_714_287_436_623_9 + w * (0.181_835_721_616_180_5 + w * 0.147_981_986_051_165_86)));
    let half = 0.5 * f * f;
    let value = ((s * (half + (even + odd)) + k * LN2_LO) - half + f) + k * LN2_HI;
    let value = if x == f64::INFINITY { x } else { value };
    let value = if x == 0.0 { f64::NEG_INFINITY } else { value };
    if x >= 0.0 { value } else { f64::NAN }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The distance in units in the last place.
    fn ulp(found: f64, wanted: f64) -> f64 {
        if found == wanted { 0.0 } else { (found - wanted).abs() / (wanted.abs() * f64::EPSILON).max(5e-324) }
    }

    #[test]
    fn values_are_those_of_the_library_within_their_errors() {
        for (f, range, allowed) in [
            (Unary::Exp, 700.0, 2.0),
            (Unary::Exp, 1.0, 2.0),
            (Unary::Tanh, 25.0, 5.0),
            (Unary::Tanh, 0.1, 5.0),
            (Unary::Expit, 30.0, 4.0),
        ] {
            for k in 0..200_000 {
                let x = (f64::from(k) / 100_000.0 - 1.0) * range;
                let (found, wanted) = (one(f, x), crate::scalar::numeric::unary(f, x));
                assert!(ulp(found, wanted) <= allowed, "{f:?}({x:?}) = {found:?}, not {wanted:?}");
            }
        }
        for k in 1..200_000 {
            for x in [
                f64::from(k) * 1e-4,
                f64::from(k) * 1e-300,
                2_f64.powi(k % 2000 - 1040),
                1.0 + 1e-9 * f64::from(k),
            ] {
                let (found, wanted) = (one(Unary::Log, x), x.ln());
                assert!(ulp(found, wanted) <= 2.0, "log({x:?}) = {found:?}, not {wanted:?}");
            }
        }
    }

    #[test]
    fn the_ends_are_those_of_the_library() {
        let ends = [
            0.0,
            -0.0,
            1.0,
            -1.0,
            709.78,
            709.79,
            710.0,
            1e308,
            -745.1,
            -745.2,
            -708.4,
            -740.0,
            -1e308,
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::MIN_POSITIVE,
            5e-324,
            1e-310,
            20.0,
            19.0,
            -25.0,
        ];
        for f in [Unary::Exp, Unary::Log, Unary::Tanh, Unary::Expit] {
            for x in ends {
                let (found, wanted) = (one(f, x), crate::scalar::numeric::unary(f, x));
                let near = (found - wanted).abs() <= 4.0 * (wanted.abs() * f64::EPSILON).max(5e-324);
                let same = found.to_bits() == wanted.to_bits() || (found.is_nan() && wanted.is_nan());
                assert!(
                    same || (near && found.is_sign_negative() == wanted.is_sign_negative()),
                    "{f:?}({x:?}) = {found:?}, not {wanted:?}"
                );
            }
        }
    }

    #[test]
    fn logaddexp_is_that_of_the_special_functions() {
        let infinity = f64::INFINITY;
        let ends = [0.0, -0.0, 1.0, -1.0, 37.0, -40.0, 800.0, -800.0, infinity, -infinity, f64::NAN];
        let between = (0..400).map(|k| f64::from(k) * 0.1 - 20.0);
        let all: Vec<f64> = ends.into_iter().chain(between).collect();
        for (&x, &y) in all.iter().flat_map(|x| all.iter().map(move |y| (x, y))) {
            let (found, wanted) = (logaddexp(x, y), crate::special::logaddexp(x, y));
            let unit = f64::EPSILON * x.abs().max(y.abs()).max(1.0);
            let near = (found - wanted).abs() <= 2.0 * unit;
            assert!(near || found == wanted || (found.is_nan() && wanted.is_nan()), "{x:?} {y:?} {found:?}");
        }
    }

    #[test]
    fn many_at_once_have_the_bits_of_one_at_a_time() {
        let x: Vec<f64> = (0..1003).map(|k| (f64::from(k) * 0.7).sin() * 30.0).collect();
        for f in [Unary::Exp, Unary::Log, Unary::Tanh, Unary::Expit] {
            let mut out = Vec::new();
            map(f, &x, &mut out);
            for (o, &x) in out.iter().zip(&x) {
                assert_eq!(o.to_bits(), one(f, x).to_bits());
            }
        }
    }
}
