//! Products of small matrices, where the order of a sum depends on its length alone.
//!
//! s_l = sum_q x_{4q+l}·y_{4q+l} for four partial sums, then (s_0 + s_2) + (s_1 + s_3), then the
//! last up to three products one after another.  How the matrices lie changes the way there,
//! not the bits, so that a product can be done again on numbers kept in another place.  Error at
//! most (k/4 + 4)·eps·sum |x_k·y_k|.

use faer::traits::pulp::{Arch, Simd, WithSimd};

use super::number::Number;

/// A matrix among some numbers: where it begins, and the length and stride of both axes.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub offset: usize,
    pub rows: (usize, isize),
    pub columns: (usize, isize),
}

impl Place {
    fn transposed(self) -> Self {
        Self { rows: self.columns, columns: self.rows, ..self }
    }
}

/// Whether a product of an m x k and a k x n matrix counts as small.
pub const fn is_small(m: usize, k: usize, n: usize) -> bool {
    const PRODUCTS: usize = 1024;
    const LENGTH: usize = 256;
    k <= LENGTH && m.saturating_mul(k).saturating_mul(n) <= PRODUCTS
}

/// out = A·B, row by row.
pub fn product<T: Number>(out: &mut [T], a: &[T], left: Place, b: &[T], right: Place) {
    struct Rows<'a, T>(&'a mut [T], &'a [T], Place, &'a [T], Place);
    impl<T: Number> WithSimd for Rows<'_, T> {
        type Output = ();
        #[inline(always)]
        fn with_simd<S: Simd>(self, _: S) {
            let Self(out, a, left, b, right) = self;
            rows(out, a, left, b, right);
        }
    }
    /// From this many multiplications on it pays to choose the instructions.
    const WIDE: usize = 48;
    if out.len() * left.columns.0 < WIDE {
        rows(out, a, left, b, right);
    } else {
        Arch::new().dispatch(Rows(out, a, left, b, right));
    }
}

#[inline(always)]
fn rows<T: Number>(out: &mut [T], a: &[T], left: Place, b: &[T], right: Place) {
    if out.is_empty() {
        return;
    }
    if right.columns.0 == 1 {
        // The vector stands at the left: the outputs are those of one row.
        row(out, b, right.transposed(), a, left.transposed());
        return;
    }
    for (i, out) in out.chunks_exact_mut(right.columns.0).enumerate() {
        let offset = left.offset.wrapping_add_signed(i as isize * left.rows.1);
        row(out, a, Place { offset, ..left }, b, right);
    }
}

/// out = x·B, for the first row x of a matrix.
#[inline(always)]
fn row<T: Number>(out: &mut [T], x: &[T], vector: Place, b: &[T], matrix: Place) {
    let (count, step) = vector.columns;
    if count == 0 {
        out.fill(T::ZERO);
        return;
    }
    let (down, across) = (matrix.rows.1, matrix.columns.1);
    if down == 1 && step == 1 {
        let x = &x[vector.offset..][..count];
        for (j, o) in out.iter_mut().enumerate() {
            let start = matrix.offset.wrapping_add_signed(j as isize * across);
            *o = dot(x, &b[start..][..count]);
        }
        return;
    }
    let x = |k: usize| x[vector.offset.wrapping_add_signed(k as isize * step)];
    let at = |k: usize, j: usize| matrix.offset.wrapping_add_signed(k as isize * down + j as isize * across);
    let mut first = 0;
    if across == 1 {
        let rest = tiles::<T, 8>(out, first, count, x, |k, j| &b[at(k, j)..]);
        first = tiles::<T, 4>(out, rest, count, x, |k, j| &b[at(k, j)..]);
    }
    for (j, o) in out.iter_mut().enumerate().skip(first) {
        [*o] = sums(count, x, |k| [b[at(k, j)]]);
    }
}

/// Outputs side by side from the first one on, W at a time; how many are done.
#[inline(always)]
fn tiles<'b, T: Number, const W: usize>(
    out: &mut [T],
    mut first: usize,
    count: usize,
    x: impl Fn(usize) -> T + Copy,
    from: impl Fn(usize, usize) -> &'b [T],
) -> usize {
    while first + W <= out.len() {
        let made: [T; W] = sums(count, x, |k| *from(k, first).first_chunk().unwrap_or(&[T::ZERO; W]));
        out[first..first + W].copy_from_slice(&made);
        first += W;
    }
    first
}

/// sum_k x_k·y_k of two slices of one length.
#[inline(always)]
fn dot<T: Number>(x: &[T], y: &[T]) -> T {
    let (x_fours, x_rest) = x.as_chunks::<4>();
    let (y_fours, y_rest) = y.as_chunks::<4>();
    let mut parts = [T::ZERO; 4];
    for (x, y) in x_fours.iter().zip(y_fours) {
        for l in 0..4 {
            parts[l] = parts[l].plus(x[l].times(y[l]));
        }
    }
    let [a, b, c, d] = parts;
    let whole = (a.plus(c)).plus(b.plus(d));
    x_rest.iter().zip(y_rest).fold(whole, |total, (&x, &y)| total.plus(x.times(y)))
}

/// sum_k x_k·y_k for W sequences y at once.
#[inline(always)]
fn sums<T: Number, const W: usize>(
    count: usize,
    x: impl Fn(usize) -> T,
    y: impl Fn(usize) -> [T; W],
) -> [T; W] {
    let mut parts = [[T::ZERO; W]; 4];
    let add = |sum: &mut [T; W], k: usize| {
        let (x, y) = (x(k), y(k));
        for w in 0..W {
            sum[w] = sum[w].plus(x.times(y[w]));
        }
    };
    let whole = count - count % 4;
    for k in (0..whole).step_by(4) {
        for (l, part) in parts.iter_mut().enumerate() {
            add(part, k + l);
        }
    }
    let [a, b, c, d] = parts;
    let mut total = std::array::from_fn(|w| (a[w].plus(c[w])).plus(b[w].plus(d[w])));
    for k in whole..count {
        add(&mut total, k);
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A matrix laid out with these strides among other numbers.
    fn laid_out(matrix: &[f64], rows: usize, columns: usize, strides: [isize; 2]) -> (Vec<f64>, Place) {
        let reach = |n: usize, stride: isize| (n.saturating_sub(1)) as isize * stride;
        let (down, across) = (reach(rows, strides[0]), reach(columns, strides[1]));
        let offset = (-(down.min(0) + across.min(0))) as usize + 3;
        let mut numbers = vec![f64::NAN; offset + (down.max(0) + across.max(0)) as usize + 1];
        for i in 0..rows {
            for j in 0..columns {
                let place = offset as isize + i as isize * strides[0] + j as isize * strides[1];
                numbers[place as usize] = matrix[i * columns + j];
            }
        }
        (numbers, Place { offset, rows: (rows, strides[0]), columns: (columns, strides[1]) })
    }

    #[test]
    fn the_bits_depend_on_the_sizes_alone() {
        let number = |k: usize| (k as f64 * 0.7).sin() * 10_f64.powi((k % 9) as i32);
        let ends = [0.0, -0.0, f64::INFINITY, f64::MIN_POSITIVE, 1e308, -1.0];
        for m in 0..7 {
            for k in 0..11 {
                for n in 0..10 {
                    let a: Vec<f64> = (0..m * k).map(number).collect();
                    let mut b: Vec<f64> = (100..100 + k * n).map(number).collect();
                    b.iter_mut().zip(ends).skip(m).for_each(|(b, end)| *b = end);
                    let layouts = |rows: usize, columns: usize| {
                        let (r, c) = (rows as isize, columns as isize);
                        [[c, 1], [1, r], [2 * c + 1, 2], [-c, -1], [2, 2 * r + 1]]
                    };
                    let mut wanted: Option<Vec<u64>> = None;
                    for l in layouts(m, k) {
                        for r in layouts(k, n) {
                            let (from_a, left) = laid_out(&a, m, k, l);
                            let (from_b, right) = laid_out(&b, k, n, r);
                            let mut out = vec![f64::NAN; m * n];
                            product(&mut out, &from_a, left, &from_b, right);
                            let bits: Vec<u64> =
                                out.iter().map(|v| v.to_bits() & !(1 << 63 & nan(*v))).collect();
                            assert_eq!(*wanted.get_or_insert_with(|| bits.clone()), bits);
                        }
                    }
                }
            }
        }
    }

    /// All bits of a NaN, whose sign says nothing.
    fn nan(value: f64) -> u64 {
        if value.is_nan() { u64::MAX } else { 0 }
    }

    #[test]
    fn sums_are_exact_where_the_numbers_are_small_integers() {
        let a: Vec<f64> = (0..60).map(|k| f64::from(k % 11) - 5.0).collect();
        let b: Vec<f64> = (0..60).map(|k| f64::from(k % 7) - 3.0).collect();
        for (m, k, n) in [(1, 60, 1), (6, 10, 1), (1, 10, 6), (5, 12, 5), (12, 5, 12), (60, 1, 1)] {
            let (left, right) = (
                Place { offset: 0, rows: (m, k as isize), columns: (k, 1) },
                Place { offset: 0, rows: (k, n as isize), columns: (n, 1) },
            );
            let mut out = vec![0.0; m * n];
            product(&mut out, &a, left, &b, right);
            for i in 0..m {
                for j in 0..n {
                    let wanted: f64 = (0..k).map(|l| a[i * k + l] * b[l * n + j]).sum();
                    assert_eq!(out[i * n + j], wanted);
                }
            }
        }
    }
}
