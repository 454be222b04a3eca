//! Products of small matrices, where the order of a sum depends on its length alone.
//!
//! s_l = sum_q x_{4q+l}·y_{4q+l} for four partial sums, then (s_0 + s_2) + (s_1 + s_3), then the
//! last up to three products one after another.  How the matrices lie changes the way there,
//! not the bits, so that a product can be done again on numbers kept in another place.  Error at
//! most (k/4 + 4)·eps·sum |x_k·y_k|.

use faer::traits::pulp::{Arch, Simd, WithSimd};

use super::number::Number;

/// Where a matrix lies among some numbers: its begin, and the length and stride of both axes.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub offset: usize,
    pub rows: (usize, isize),
    pub columns: (usize, isize),
}

impl Place {
    pub fn transposed(self) -> Self {
        Self { rows: self.columns, columns: self.rows, ..self }
    }

    /// Its rows from this one on.
    fn rows_from(self, i: usize) -> Self {
        Self { offset: self.offset.wrapping_add_signed(i as isize * self.rows.1), ..self }
    }
}

/// A matrix: numbers, and where it lies among them.
#[derive(Clone, Copy, Debug)]
pub struct Matrix<'a, T> {
    pub numbers: &'a [T],
    pub place: Place,
}

impl<T: Copy> Matrix<'_, T> {
    fn at(&self, i: usize, j: usize) -> T {
        let Place { offset, rows, columns } = self.place;
        self.numbers[offset.wrapping_add_signed(i as isize * rows.1 + j as isize * columns.1)]
    }

    fn transposed(self) -> Self {
        Self { place: self.place.transposed(), ..self }
    }

    fn rows_from(self, i: usize) -> Self {
        Self { place: self.place.rows_from(i), ..self }
    }
}

/// Whether a product of an m x k and a k x n matrix counts as small.
pub const fn is_small(m: usize, k: usize, n: usize) -> bool {
    const PRODUCTS: usize = 1024;
    const LENGTH: usize = 256;
    k <= LENGTH && m.saturating_mul(k).saturating_mul(n) <= PRODUCTS
}

/// out = A·B, row by row.
pub fn product<T: Number>(out: &mut [T], a: Matrix<'_, T>, b: Matrix<'_, T>) {
    struct Rows<'a, T>(&'a mut [T], Matrix<'a, T>, Matrix<'a, T>);
    impl<T: Number> WithSimd for Rows<'_, T> {
        type Output = ();
        #[inline(always)]
        fn with_simd<S: Simd>(self, _: S) {
            let Self(out, a, b) = self;
            rows(out, a, b);
        }
    }
    /// From this many multiplications on it pays to choose the instructions.
    const WIDE: usize = 48;
    if out.len() * a.place.columns.0 < WIDE {
        rows(out, a, b);
    } else {
        Arch::new().dispatch(Rows(out, a, b));
    }
}

/// Add up the elements of a product that are NaN once more, leaving out what 0 multiplies.
pub fn leave_out_zeros<T: Number>(out: &mut [T], a: Matrix<'_, T>, b: Matrix<'_, T>) {
    let (rows, summed, columns) = (a.place.rows.0, a.place.columns.0, b.place.columns.0);
    // Of a product of a column and a row the factors are sooner looked through than the result.
    let finite = |x: T| !x.times(T::ZERO).is_nan();
    if summed == 1 && (0..rows).all(|i| finite(a.at(i, 0))) && (0..columns).all(|j| finite(b.at(0, j))) {
        return;
    }
    for (i, row) in out.chunks_exact_mut(columns.max(1)).enumerate() {
        for (j, o) in row.iter_mut().enumerate().filter(|(_, o)| o.is_nan()) {
            let mut total = T::ZERO;
            for k in 0..summed {
                let (x, y) = (a.at(i, k), b.at(k, j));
                if x != T::ZERO && y != T::ZERO {
                    total = total.plus(x.times(y));
                }
                if total.is_nan() {
                    break;
                }
            }
            *o = total;
        }
    }
}

#[inline(always)]
fn rows<T: Number>(out: &mut [T], a: Matrix<'_, T>, b: Matrix<'_, T>) {
    let (left, right) = (a.place, b.place);
    let (m, k, n) = (left.rows.0, left.columns.0, right.columns.0);
    if out.is_empty() || k == 0 {
        out.fill(T::ZERO);
        return;
    }
    // Outputs side by side read numbers side by side, if there is a way.
    if n == 1 || (m > 1 && right.columns.1 != 1 && left.rows.1 == 1) {
        let (across, down) = (b.transposed(), a.transposed());
        for j in 0..n {
            row(&mut out[j..], n, across.rows_from(j), down);
        }
        return;
    }
    for (i, out) in out.chunks_exact_mut(n).enumerate() {
        row(out, 1, a.rows_from(i), b);
    }
}

/// x·B for the first row x of a matrix, put `apart` from one another.
#[inline(always)]
fn row<T: Number>(out: &mut [T], apart: usize, x: Matrix<'_, T>, b: Matrix<'_, T>) {
    let (start, (count, step)) = (x.place.offset, x.place.columns);
    let (outputs, across) = b.place.columns;
    let down = b.place.rows.1;
    let column = |j: usize| b.place.offset.wrapping_add_signed(j as isize * across);
    let (x, b) = (x.numbers, b.numbers);
    if down == 1 && step == 1 && across != 1 {
        let x = &x[start..][..count];
        for j in 0..outputs {
            out[j * apart] = dot(x, &b[column(j)..][..count]);
        }
        return;
    }
    let mut j = 0;
    macro_rules! tiles {
        ($($width:literal),*) => {$(
            while outputs - j >= $width {
                let (x, b) = (Walk { numbers: x, place: start, step }, Walk { numbers: b, place: column(j), step: down });
                let made: [T; $width] = if across == 1 { sums::<T, $width, true>(count, x, b, 1) } else { sums::<T, $width, false>(count, x, b, across) };
                made.into_iter().enumerate().for_each(|(w, made)| out[(j + w) * apart] = made);
                j += $width;
            }
        )*};
    }
    tiles!(8, 4, 2, 1);
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

/// A place among numbers, moved a step at a time.
struct Walk<'a, T> {
    numbers: &'a [T],
    place: usize,
    step: isize,
}

impl<T> Walk<'_, T> {
    #[inline(always)]
    fn go(&mut self) {
        self.place = self.place.wrapping_add_signed(self.step);
    }
}

/// sum_k x_k·y_k for W sequences y that begin one beside the other, or so far apart.
#[inline(always)]
fn sums<T: Number, const W: usize, const BESIDE: bool>(
    count: usize,
    mut x: Walk<'_, T>,
    mut y: Walk<'_, T>,
    apart: isize,
) -> [T; W] {
    let mut add = |sum: &mut [T; W]| {
        let left = x.numbers[x.place];
        let right: [T; W] = if BESIDE {
            *y.numbers[y.place..].first_chunk().unwrap_or(&[T::ZERO; W])
        } else {
            std::array::from_fn(|w| y.numbers[y.place.wrapping_add_signed(w as isize * apart)])
        };
        for w in 0..W {
            sum[w] = sum[w].plus(left.times(right[w]));
        }
        x.go();
        y.go();
    };
    let [mut a, mut b, mut c, mut d] = [[T::ZERO; W]; 4];
    for _ in 0..count / 4 {
        add(&mut a);
        add(&mut b);
        add(&mut c);
        add(&mut d);
    }
    let mut total = std::array::from_fn(|w| (a[w].plus(c[w])).plus(b[w].plus(d[w])));
    for _ in 0..count % 4 {
        add(&mut total);
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
                            product(
                                &mut out,
                                Matrix { numbers: &from_a, place: left },
                                Matrix { numbers: &from_b, place: right },
                            );
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
            product(&mut out, Matrix { numbers: &a, place: left }, Matrix { numbers: &b, place: right });
            for i in 0..m {
                for j in 0..n {
                    let wanted: f64 = (0..k).map(|l| a[i * k + l] * b[l * n + j]).sum();
                    assert_eq!(out[i * n + j], wanted);
                }
            }
        }
    }
}
