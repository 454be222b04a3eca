//! Products with one short size, which panels of a general product would leave mostly empty.
//!
//! Few columns: the entries of a row of the result are added up side by side, four rows at once,
//! or, when the columns of A are adjacent, a block of rows at once; after each `CHUNK` products a
//! partial sum goes to the total, which keeps the error at (CHUNK + k/CHUNK)·eps.  A short inner
//! size: each row of the result is a combination of the few rows of B.

#![expect(
    clippy::inline_always,
    reason = "only what is inlined into a dispatched function is compiled for its instructions"
)]

use faer::traits::num_traits::Float;
use faer::traits::pulp::{Arch, Simd, WithSimd};

use super::memory::try_vec;
use super::{DenseError, MatrixView, Real};

/// The longest size that counts as short.
pub(super) const SHORT: usize = 8;
/// Products that are added up before they go to the total.
const CHUNK: usize = 256;
/// Rows that are worked on together.
const ROWS: usize = 4;
/// Numbers side by side that are worked on together.
const BLOCK: usize = 8;

/// out (+)= alpha·A·B, its entry (i, j) at i·down + j·across, where B has at most `SHORT` columns.
///
/// False, and nothing done, when the entries of A lie together neither along rows nor along columns.
pub(super) fn few_columns<T: Real>(
    out: &mut [T],
    apart: [usize; 2],
    alpha: T,
    a: MatrixView<'_, T>,
    b: MatrixView<'_, T>,
    accumulate: bool,
) -> Result<bool, DenseError> {
    let (by_rows, n) = (a.row(0).is_some(), b.cols());
    if !by_rows && a.col(0).is_none() {
        return Ok(false);
    }
    // The rows of B, filled up with zeros.
    let width = if n <= 4 { 4 } else { SHORT };
    let mut right = try_vec(b.rows(), width, T::zero())?;
    for (k, row) in right.chunks_exact_mut(width).enumerate() {
        for (j, entry) in row[..n].iter_mut().enumerate() {
            *entry = alpha * b.at(k, j);
        }
    }
    let to = Target { out, apart, n, accumulate };
    let arch = Arch::new();
    match (by_rows, width) {
        (true, 4) => arch.dispatch(ByRows::<T, 4> { a, right: &right, to }),
        (true, _) => arch.dispatch(ByRows::<T, SHORT> { a, right: &right, to }),
        // As many rows at once as the registers hold sums of.
        (false, 4) => arch.dispatch(ByColumns::<T, 4, 8> { a, right: &right, to }),
        (false, _) => arch.dispatch(ByColumns::<T, SHORT, 4> { a, right: &right, to }),
    }
    Ok(true)
}

/// Where the entries go.
struct Target<'a, T> {
    out: &'a mut [T],
    apart: [usize; 2],
    n: usize,
    accumulate: bool,
}

impl<T: Real> Target<'_, T> {
    #[inline(always)]
    fn put(&mut self, i: usize, j: usize, value: T) {
        let entry = &mut self.out[i * self.apart[0] + j * self.apart[1]];
        *entry = if self.accumulate { *entry + value } else { value };
    }
}

struct ByRows<'a, T, const W: usize> {
    a: MatrixView<'a, T>,
    right: &'a [T],
    to: Target<'a, T>,
}

impl<T: Real, const W: usize> WithSimd for ByRows<'_, T, W> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { a, right, mut to } = self;
        let right = right.as_chunks::<W>().0;
        for first in (0..a.rows()).step_by(ROWS) {
            // The last row stands for those that are missing.
            let rows: [&[T]; ROWS] =
                std::array::from_fn(|r| a.row((first + r).min(a.rows() - 1)).unwrap_or_default());
            let mut total = [[T::zero(); W]; ROWS];
            for start in (0..right.len()).step_by(CHUNK) {
                let end = right.len().min(start + CHUNK);
                let [p, q, r, s] = rows.map(|row| row[start..end].iter());
                let mut sums = [[T::zero(); W]; ROWS];
                for ((((b, &p), &q), &r), &s) in right[start..end].iter().zip(p).zip(q).zip(r).zip(s) {
                    for (sums, x) in sums.iter_mut().zip([p, q, r, s]) {
                        add_scaled::<S, T, W>(sums, x, b);
                    }
                }
                add(&mut total, &sums);
            }
            for (r, sums) in total.iter().enumerate().take(a.rows() - first) {
                for (j, &sum) in sums[..to.n].iter().enumerate() {
                    to.put(first + r, j, sum);
                }
            }
        }
    }
}

struct ByColumns<'a, T, const W: usize, const TOGETHER: usize> {
    a: MatrixView<'a, T>,
    right: &'a [T],
    to: Target<'a, T>,
}

impl<T: Real, const W: usize, const TOGETHER: usize> ByColumns<'_, T, W, TOGETHER> {
    /// `N` rows of the result.
    #[inline(always)]
    fn rows<S: Simd, const N: usize>(&mut self, first: usize) {
        let right = self.right.as_chunks::<W>().0;
        let mut total = [[T::zero(); N]; W];
        for start in (0..right.len()).step_by(CHUNK) {
            let end = right.len().min(start + CHUNK);
            let mut sums = [[T::zero(); N]; W];
            for (k, b) in (start..end).zip(&right[start..end]) {
                let column = self.a.col(k).unwrap_or_default();
                let Some(x) = column[first..].first_chunk::<N>() else { continue };
                for (sums, &b) in sums.iter_mut().zip(b) {
                    add_scaled::<S, T, N>(sums, b, x);
                }
            }
            add(&mut total, &sums);
        }
        for (j, sums) in total[..self.to.n].iter().enumerate() {
            for (i, &sum) in sums.iter().enumerate() {
                self.to.put(first + i, j, sum);
            }
        }
    }
}

impl<T: Real, const W: usize, const TOGETHER: usize> WithSimd for ByColumns<'_, T, W, TOGETHER> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, _: S) {
        let rows = self.a.rows();
        let whole = rows - rows % TOGETHER;
        for first in (0..whole).step_by(TOGETHER) {
            self.rows::<S, TOGETHER>(first);
        }
        for first in whole..rows {
            self.rows::<S, 1>(first);
        }
    }
}

/// sums += x·b, fused where the instructions are there.
#[inline(always)]
fn add_scaled<S: Simd, T: Real, const N: usize>(sums: &mut [T; N], x: T, b: &[T; N]) {
    for (sum, &b) in sums.iter_mut().zip(b) {
        *sum = if S::F64_LANES > 1 { Float::mul_add(x, b, *sum) } else { *sum + x * b };
    }
}

#[inline(always)]
fn add<T: Real, const M: usize, const N: usize>(total: &mut [[T; N]; M], sums: &[[T; N]; M]) {
    for (total, sums) in total.iter_mut().zip(sums) {
        for (total, &sum) in total.iter_mut().zip(sums) {
            *total += sum;
        }
    }
}

/// alpha·A·B, where A has at most `SHORT` columns: each entry is put where `out` has its place, in
/// row-major order.
pub(super) fn short_inner<T: Real, O>(
    out: &mut [O],
    put: impl Fn(&mut O, T) + Copy,
    alpha: T,
    a: MatrixView<'_, T>,
    b: MatrixView<'_, T>,
) -> Result<(), DenseError> {
    let copied;
    let b = if b.row(0).is_some() {
        b
    } else {
        copied = b.to_row_major(T::one())?;
        MatrixView::row_major(&copied, b.rows(), b.cols())?
    };
    let arch = Arch::new();
    macro_rules! with {
        ($($k:literal),*) => {
            match a.cols() {
                $($k => arch.dispatch(Combined::<T, O, _, $k> { out, put, alpha, a, b }),)*
                _ => arch.dispatch(Combined::<T, O, _, SHORT> { out, put, alpha, a, b }),
            }
        };
    }
    with!(1, 2, 3, 4, 5, 6, 7);
    Ok(())
}

struct Combined<'a, T, O, P, const K: usize> {
    out: &'a mut [O],
    put: P,
    alpha: T,
    a: MatrixView<'a, T>,
    b: MatrixView<'a, T>,
}

impl<T: Real, O, P: Fn(&mut O, T) + Copy, const K: usize> WithSimd for Combined<'_, T, O, P, K> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { out, put, alpha, a, b } = self;
        let rows: [&[T]; K] = std::array::from_fn(|k| b.row(k).unwrap_or_default());
        let parts = rows.map(|row| row.as_chunks::<BLOCK>());
        for (i, out) in out.chunks_exact_mut(b.cols()).enumerate() {
            let left: [T; K] = std::array::from_fn(|k| alpha * a.at(i, k));
            let (blocks, rest) = out.as_chunks_mut::<BLOCK>();
            for (j, block) in blocks.iter_mut().enumerate() {
                let sums = combined::<S, T, K, BLOCK>(left, parts.map(|(blocks, _)| &blocks[j]));
                block.iter_mut().zip(sums).for_each(|(y, sum)| put(y, sum));
            }
            for (j, y) in rest.iter_mut().enumerate() {
                let [sum] =
                    combined::<S, T, K, 1>(left, parts.map(|(_, rest)| std::array::from_ref(&rest[j])));
                put(y, sum);
            }
        }
    }
}

/// The sum of the rows, each times its number.
#[inline(always)]
fn combined<S: Simd, T: Real, const K: usize, const N: usize>(left: [T; K], rows: [&[T; N]; K]) -> [T; N] {
    let mut sums = rows[0].map(|b| left[0] * b);
    for k in 1..K {
        add_scaled::<S, T, N>(&mut sums, left[k], rows[k]);
    }
    sums
}
