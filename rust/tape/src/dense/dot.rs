//! The dot product and its neighbours, with partial sums in a fixed order.
//!
//! s_l = sum_k x_{kL+l}·y_{kL+l} for lanes l < L (L·sizeof = 128 bytes), then the lanes are folded
//! by halves and the rest of fewer than L terms is added.  The order depends on the length alone,
//! and products are rounded before they are added (no FMA), so every instruction set gives the
//! same bits; pulp picks the widest at run time.  Error at most (n/L + log2 L + 5)·eps·sum |x_k y_k|.

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
        fn with_simd<S: Simd>(self, _: S) -> T {
            lanes_of(self.0, self.1)
        }
    }
    if x.len() < 2 * T::LANES { lanes_of(x, y) } else { Arch::new().dispatch(Inner(x, y)) }
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

/// The lane sums, for callers that are inside a dispatched function already.
#[inline(always)]
pub(super) fn lanes_of<T: Real>(x: &[T], y: &[T]) -> T {
    if T::LANES == 16 { lanes::<T, 16, 1>([x], y)[0] } else { lanes::<T, 32, 1>([x], y)[0] }
}

/// R dot products with one vector y, each in the order of the file's head.
#[inline(always)]
pub(super) fn lanes_of_rows<T: Real, const R: usize>(x: [&[T]; R], y: &[T]) -> [T; R] {
    if T::LANES == 16 { lanes::<T, 16, R>(x, y) } else { lanes::<T, 32, R>(x, y) }
}

#[inline(always)]
fn lanes<T: Real, const L: usize, const R: usize>(x: [&[T]; R], y: &[T]) -> [T; R] {
    let n = y.len();
    let x = x.map(|x| &x[..n]);
    let mut sums = [[T::zero(); L]; R];
    let body = n - n % L;
    let mut k = 0;
    while k < body {
        let b = &y[k..k + L];
        for r in 0..R {
            let a = &x[r][k..k + L];
            for l in 0..L {
                sums[r][l] += a[l] * b[l];
            }
        }
        k += L;
    }
    let mut totals = [T::zero(); R];
    for r in 0..R {
        // Fold to four lanes, let them take the rest four by four, fold to one, add the last three.
        let mut half = L / 2;
        while half >= 4 {
            for l in 0..half {
                let upper = sums[r][l + half];
                sums[r][l] += upper;
            }
            half /= 2;
        }
        let mut k = body;
        while k + 4 <= n {
            let (a, b) = (&x[r][k..k + 4], &y[k..k + 4]);
            for l in 0..4 {
                sums[r][l] += a[l] * b[l];
            }
            k += 4;
        }
        let s = &sums[r];
        let mut total = (s[0] + s[2]) + (s[1] + s[3]);
        while k < n {
            total += x[r][k] * y[k];
            k += 1;
        }
        totals[r] = total;
    }
    totals
}
