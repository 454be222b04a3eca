//! Matrix times vector, out (+)= alpha·A·x, at the speed of memory.
//!
//! Rows adjacent in memory: a dot product per row, two rows at a time.  Columns adjacent: the
//! columns, times x_j, are added up over a block of rows that stays in the first cache, four
//! columns a pass; every `CHUNK` columns the block's partial sum goes to the total, which keeps the
//! error at (CHUNK + k/CHUNK)·eps instead of k·eps.  The order of the sum depends on k and on which
//! of the two layouts A has, on nothing else.

#![expect(
    clippy::inline_always,
    reason = "only what is inlined into a dispatched function is compiled for its instructions"
)]

use faer::traits::pulp::{Arch, Simd, WithSimd};

use super::dot::inner;
use super::memory::try_vec;
use super::{DenseError, MatrixView, Real};

/// Rows of a block: four kilobytes of f64 for the partial sums.
const BLOCK: usize = 512;
/// Columns whose products are added up before they go to the total.
const CHUNK: usize = 256;

/// out (+)= alpha·A·x for a vector x, the one column of `x`.
pub(super) fn matvec<T: Real>(
    out: &mut [T],
    alpha: T,
    a: MatrixView<'_, T>,
    x: MatrixView<'_, T>,
    accumulate: bool,
) -> Result<(), DenseError> {
    debug_assert!(x.cols() == 1 && x.rows() == a.cols() && out.len() == a.rows() && a.cols() > 0);
    let gathered;
    let vector = if let Some(vector) = x.col(0) {
        vector
    } else {
        gathered = x.to_row_major(T::one())?;
        &gathered
    };
    let arch = Arch::new();
    // A single row or column counts as adjacent either way; then the longer side decides.
    let by_rows = a.row(0).is_some() && (a.col(0).is_none() || a.cols() >= a.rows());
    if by_rows {
        arch.dispatch(ByRows { out, alpha, a, x: vector, accumulate });
        return Ok(());
    }
    if a.col(0).is_some() {
        arch.dispatch(ByColumns { out, alpha, a, x: vector, accumulate });
        return Ok(());
    }
    let mut row = try_vec(1, a.cols(), T::zero())?;
    for (i, y) in out.iter_mut().enumerate() {
        for (j, r) in row.iter_mut().enumerate() {
            *r = a.at(i, j);
        }
        put(y, alpha * inner(&row, vector), accumulate);
    }
    Ok(())
}

#[inline(always)]
fn put<T: Real>(y: &mut T, value: T, accumulate: bool) {
    *y = if accumulate { *y + value } else { value };
}

struct ByRows<'a, T> {
    out: &'a mut [T],
    alpha: T,
    a: MatrixView<'a, T>,
    x: &'a [T],
    accumulate: bool,
}

impl<T: Real> WithSimd for ByRows<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { out, alpha, a, x, accumulate } = self;
        let row = |i| a.row(i).unwrap_or_default();
        for (pair, ys) in out.chunks_mut(2).enumerate() {
            let i = 2 * pair;
            if let [y0, y1] = ys {
                let [s0, s1] = T::rows(simd, [row(i), row(i + 1)], x);
                put(y0, alpha * s0, accumulate);
                put(y1, alpha * s1, accumulate);
            } else {
                put(&mut ys[0], alpha * T::rows(simd, [row(i)], x)[0], accumulate);
            }
        }
    }
}

struct ByColumns<'a, T> {
    out: &'a mut [T],
    alpha: T,
    a: MatrixView<'a, T>,
    x: &'a [T],
    accumulate: bool,
}

impl<T: Real> WithSimd for ByColumns<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { out, alpha, a, x, accumulate } = self;
        let (mut total, mut part) = ([T::zero(); BLOCK], [T::zero(); BLOCK]);
        for (block, ys) in out.chunks_mut(BLOCK).enumerate() {
            let (first, height) = (block * BLOCK, ys.len());
            let column = |j| &a.col(j).unwrap_or_default()[first..first + height];
            let (total, part) = (&mut total[..height], &mut part[..height]);
            total.fill(T::zero());
            for start in (0..x.len()).step_by(CHUNK) {
                let end = x.len().min(start + CHUNK);
                part.fill(T::zero());
                let mut j = start;
                while j + 4 <= end {
                    let (a0, a1, a2, a3) = (column(j), column(j + 1), column(j + 2), column(j + 3));
                    let (x0, x1, x2, x3) = (x[j], x[j + 1], x[j + 2], x[j + 3]);
                    for i in 0..height {
                        part[i] = (((part[i] + x0 * a0[i]) + x1 * a1[i]) + x2 * a2[i]) + x3 * a3[i];
                    }
                    j += 4;
                }
                while j < end {
                    let (a0, x0) = (column(j), x[j]);
                    for i in 0..height {
                        part[i] += x0 * a0[i];
                    }
                    j += 1;
                }
                for (t, &p) in total.iter_mut().zip(part.iter()) {
                    *t += p;
                }
            }
            for (y, &t) in ys.iter_mut().zip(total.iter()) {
                put(y, alpha * t, accumulate);
            }
        }
    }
}
