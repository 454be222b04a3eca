//! The dot product and its neighbours, with partial sums in a fixed order.
//!
//! s_l = sum_k x_{kL+l}·y_{kL+l} for L lanes (16 of f64, 32 of f32), then the lanes are folded by halves
//! down to four, those take the rest four by four, are folded to one, and the last three are added.
//! The order depends on the length alone, and products are rounded before they are added (no FMA), so
//! every instruction set gives the same bits; pulp picks the widest at run time.  Error at most
//! (n/L + log2 L + 6)·eps·sum |x_k·y_k|.

#![expect(
    clippy::inline_always,
    reason = "only what is inlined into a dispatched function is compiled for its instructions"
)]

use faer::traits::pulp::bytemuck::cast_slice;
use faer::traits::pulp::{Arch, Simd, WithSimd};

use super::{DenseError, Real};

/// sum_k x_k·y_k; an error if the lengths differ.
///
/// ```
/// # use pyframe_tape::dense::dot;
/// assert_eq!(dot(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0])?, 32.0);
/// # Ok::<(), pyframe_tape::dense::DenseError>(())
/// ```
pub fn dot<T: Real>(x: &[T], y: &[T]) -> Result<T, DenseError> {
    DenseError::check("dot", x.len(), y.len())?;
    Ok(inner(x, y))
}

/// [`dot`] of two slices known to be of one length.
pub(super) fn inner<T: Real>(x: &[T], y: &[T]) -> T {
    struct Inner<'a, T>(&'a [T], &'a [T]);
    impl<T: Real> WithSimd for Inner<'_, T> {
        type Output = T;
        #[inline(always)]
        fn with_simd<S: Simd>(self, simd: S) -> T {
            T::rows(simd, [self.0], self.1)[0]
        }
    }
    if x.len() < T::LANES { finish([], x, y) } else { Arch::new().dispatch(Inner(x, y)) }
}

/// y += alpha·x.
pub(super) fn add_scaled<T: Real>(y: &mut [T], alpha: T, x: &[T]) {
    struct AddScaled<'a, T>(&'a mut [T], T, &'a [T]);
    impl<T: Real> WithSimd for AddScaled<'_, T> {
        type Output = ();
        #[inline(always)]
        fn with_simd<S: Simd>(self, _: S) {
            for (y, &x) in self.0.iter_mut().zip(self.2) {
                *y += self.1 * x;
            }
        }
    }
    Arch::new().dispatch(AddScaled(y, alpha, x));
}

/// The lane sums of each type, for callers that are inside a dispatched function.
pub trait Lanes: Sized {
    /// How many partial sums are kept: 128 bytes of them.
    const LANES: usize;

    /// R dot products with one vector y, each in the order of the file's head.
    fn rows<S: Simd, const R: usize>(simd: S, x: [&[Self]; R], y: &[Self]) -> [Self; R];
}

macro_rules! lanes {
    ($type:ty, $count:literal, $width:ident, $vector:ident, $split:ident, $zero:ident, $add:ident, $mul:ident) => {
        impl Lanes for $type {
            const LANES: usize = $count;

            #[inline(always)]
            fn rows<S: Simd, const R: usize>(simd: S, x: [&[Self]; R], y: &[Self]) -> [Self; R] {
                /// With C registers for the lanes.
                #[inline(always)]
                fn registers<S: Simd, const R: usize, const C: usize>(
                    simd: S,
                    x: [&[$type]; R],
                    y: &[$type],
                ) -> [$type; R] {
                    let body = y.len() - y.len() % $count;
                    let groups = |v| S::$split(v).0.as_chunks::<C>().0;
                    let rows = x.map(|x| groups(&x[..body]));
                    let mut sums = [[simd.$zero(0.0); C]; R];
                    for (k, b) in groups(&y[..body]).iter().enumerate() {
                        for r in 0..R {
                            let a = &rows[r][k];
                            for c in 0..C {
                                sums[r][c] = simd.$add(sums[r][c], simd.$mul(a[c], b[c]));
                            }
                        }
                    }
                    let mut totals = [0.0; R];
                    for r in 0..R {
                        let lanes: &[$type] = cast_slice::<S::$vector, $type>(&sums[r]);
                        let lanes: [$type; $count] = std::array::from_fn(|l| lanes[l]);
                        totals[r] = finish(lanes, &x[r][body..], &y[body..]);
                    }
                    totals
                }
                // Each arm is chosen when the kernel is compiled.
                match $count / S::$width {
                    2 => registers::<S, R, 2>(simd, x, y),
                    4 => registers::<S, R, 4>(simd, x, y),
                    8 => registers::<S, R, 8>(simd, x, y),
                    16 => registers::<S, R, 16>(simd, x, y),
                    _ => registers::<S, R, 32>(simd, x, y),
                }
            }
        }
    };
}

lanes!(f64, 16, F64_LANES, f64s, as_simd_f64s, splat_f64s, add_f64s, mul_f64s);
lanes!(f32, 32, F32_LANES, f32s, as_simd_f32s, splat_f32s, add_f32s, mul_f32s);

/// Folds the lanes (none for zeros) and adds the rest, which is shorter than they are.
#[inline(always)]
fn finish<T: Real, const L: usize>(mut lanes: [T; L], x: &[T], y: &[T]) -> T {
    let mut sums = [T::zero(); 4];
    if L >= 8 {
        let mut half = L / 2;
        while half >= 4 {
            let (low, high) = lanes.split_at_mut(half);
            for (l, &h) in low.iter_mut().zip(high.iter()) {
                *l += h;
            }
            half /= 2;
        }
        sums.copy_from_slice(&lanes[..4]);
    }
    let (a, a_rest) = x.as_chunks::<4>();
    let (b, b_rest) = y.as_chunks::<4>();
    for (a, b) in a.iter().zip(b) {
        for l in 0..4 {
            sums[l] += a[l] * b[l];
        }
    }
    let mut total = (sums[0] + sums[2]) + (sums[1] + sums[3]);
    for (&a, &b) in a_rest.iter().zip(b_rest) {
        total += a * b;
    }
    total
}

#[cfg(test)]
mod tests {
    use faer::traits::pulp::{Arch, Scalar};

    use super::*;

    #[test]
    fn every_instruction_set_gives_the_same_bits() {
        struct Rows<'a, T>([&'a [T]; 2], &'a [T]);
        impl<T: Real> WithSimd for Rows<'_, T> {
            type Output = [T; 2];
            #[inline(always)]
            fn with_simd<S: Simd>(self, simd: S) -> [T; 2] {
                T::rows(simd, self.0, self.1)
            }
        }
        fn check<T: Real>() {
            let value = |k: usize| T::of((k as f64 * 0.7).sin() * 10_f64.powi((k % 7) as i32));
            for n in 0..300 {
                let [x, z, y] = [0, 1000, 2000].map(|s| (s..s + n).map(value).collect::<Vec<T>>());
                let plain = T::rows(Scalar::new(), [&x, &z], &y);
                assert_eq!(plain, Arch::new().dispatch(Rows([&x, &z], &y)));
                assert_eq!(plain, [inner(&x, &y), inner(&z, &y)]);
            }
        }
        check::<f64>();
        check::<f32>();
    }
}
