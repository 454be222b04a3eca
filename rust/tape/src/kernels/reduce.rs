//! Reductions over axes, and running sums.
//!
//! Sums are pairwise over eight lanes: the error grows with log n, and the order is fixed.

use pyframe_graph::{Array, DType, Element, Reduction};

use super::elementwise::number;
use super::memory::{contiguous, filled, room};
use super::number::{Float, Number};
use crate::dense::norm2;
use crate::error::TapeError;
use crate::special;

type Made = Result<Array, TapeError>;

const LANES: usize = 8;
/// How many numbers, or rows, are added one after another.
pub const BLOCK: usize = 128;

/// The sum of some numbers.
pub fn sum<T: Number>(x: &[T]) -> T {
    if x.len() > BLOCK {
        // Halves of whole blocks, so that the lanes stay full.
        let middle = (x.len() / 2).next_multiple_of(BLOCK);
        return sum(&x[..middle]).plus(sum(&x[middle..]));
    }
    let mut lanes = [T::ZERO; LANES];
    let mut chunks = x.chunks_exact(LANES);
    for chunk in &mut chunks {
        for (lane, &v) in lanes.iter_mut().zip(chunk) {
            *lane = lane.plus(v);
        }
    }
    let [a, b, c, d, e, f, g, h] = lanes;
    let whole = (a.plus(b)).plus(c.plus(d)).plus((e.plus(f)).plus(g.plus(h)));
    chunks.remainder().iter().fold(whole, |total, &v| total.plus(v))
}

/// The reduction over some axes, which vanish.
pub fn reduce(f: Reduction, x: &Array, axes: &[usize], shape: &[usize]) -> Made {
    match f {
        Reduction::Any => lines(x, axes, shape, |line: &[bool]| line.contains(&true)),
        Reduction::All => lines(x, axes, shape, |line: &[bool]| !line.contains(&false)),
        Reduction::Logsumexp => match x.dtype() {
            DType::Float32 => lines(x, axes, shape, logsumexp::<f32>),
            _ => lines(x, axes, shape, logsumexp::<f64>),
        },
        Reduction::Norm => match x.dtype() {
            DType::Float32 => lines(x, axes, shape, norm2::<f32>),
            _ => lines(x, axes, shape, norm2::<f64>),
        },
        Reduction::Sum => number!(x, T => sum_axes::<T>(x, axes, shape)),
        Reduction::Max => number!(x, T => lines(x, axes, shape, largest::<T>)),
        Reduction::Min => number!(x, T => lines(x, axes, shape, smallest::<T>)),
        Reduction::Argmax => {
            number!(x, T => lines(x, axes, shape, |l: &[T]| extreme(l, |a, b| a > b) as i64))
        }
        Reduction::Argmin => {
            number!(x, T => lines(x, axes, shape, |l: &[T]| extreme(l, |a, b| a < b) as i64))
        }
    }
}

/// The first place of the best number, or of the first that is none.
fn extreme<T: Number>(line: &[T], better: impl Fn(T, T) -> bool) -> usize {
    let mut best = 0;
    for (k, &v) in line.iter().enumerate() {
        if v.is_nan() {
            return k;
        }
        if better(v, line[best]) {
            best = k;
        }
    }
    best
}

/// The largest number, or NaN.
pub fn largest<T: Number>(line: &[T]) -> T {
    line[extreme(line, |a, b| a > b)]
}

/// The smallest number, or NaN.
pub fn smallest<T: Number>(line: &[T]) -> T {
    line[extreme(line, |a, b| a < b)]
}

/// log sum exp, from the largest number on.
pub fn logsumexp<T: Float>(line: &[T]) -> T {
    let wide = |v: T| v.wide();
    let top = line.iter().copied().map(wide).fold(f64::NEG_INFINITY, special::maximum);
    if !top.is_finite() {
        return T::of(top);
    }
    let powers: f64 = line.iter().map(|&v| (wide(v) - top).exp()).sum();
    T::of(top + powers.ln())
}

/// The axes to be reduced moved to the end, contiguous, and how many elements they hold.
fn at_the_end<T: Element>(x: &Array, axes: &[usize]) -> Result<(Array, usize), TapeError> {
    let rank = x.shape().len();
    let length = axes.iter().map(|&k| x.shape()[k]).product();
    if axes.iter().rev().zip((0..rank).rev()).all(|(&axis, last)| axis == last) {
        return Ok((contiguous::<T>(x)?, length));
    }
    let order: Vec<usize> = (0..rank).filter(|k| !axes.contains(k)).chain(axes.iter().copied()).collect();
    let shape: Vec<usize> = order.iter().map(|&k| x.shape()[k]).collect();
    let strides: Vec<isize> = order.iter().map(|&k| x.strides()[k]).collect();
    let moved = x.view(shape.as_slice(), strides.as_slice(), x.offset())?;
    Ok((contiguous::<T>(&moved)?, length))
}

fn lines<T: Element, U: Element>(x: &Array, axes: &[usize], shape: &[usize], f: impl Fn(&[T]) -> U) -> Made {
    let (moved, length) = at_the_end::<T>(x, axes)?;
    let numbers = moved.as_slice::<T>().ok_or(TapeError::Internal("dtype"))?;
    let mut out = room::<U>(shape)?;
    if length == 0 {
        out.resize(shape.iter().product(), f(&[]));
    } else {
        out.extend(numbers.chunks_exact(length).map(f));
    }
    Ok(Array::new(out, shape)?)
}

/// Whether a sum goes row by row: the order depends on the shapes, not on how the array lies.
pub fn adds_rows(axes: &[usize], shape: &[usize]) -> bool {
    axes.iter().enumerate().all(|(k, &axis)| k == axis) && shape.iter().product::<usize>() > 1
}

fn sum_axes<T: Number>(x: &Array, axes: &[usize], shape: &[usize]) -> Made {
    if adds_rows(axes, shape) && !x.is_empty() {
        let x = contiguous::<T>(x)?;
        let numbers = x.as_slice::<T>().ok_or(TapeError::Internal("dtype"))?;
        let mut out = filled(shape, T::ZERO)?;
        sum_rows(numbers, shape.iter().product(), &mut out)?;
        return Ok(Array::new(out, shape)?);
    }
    lines(x, axes, shape, sum::<T>)
}

/// The sum of rows, pairwise over blocks of rows.
fn sum_rows<T: Number>(x: &[T], width: usize, out: &mut [T]) -> Result<(), TapeError> {
    let count = x.len() / width;
    if count > BLOCK {
        let middle = count / 2 * width;
        let mut upper = filled(&[width], T::ZERO)?;
        sum_rows(&x[..middle], width, out)?;
        sum_rows(&x[middle..], width, &mut upper)?;
        out.iter_mut().zip(&upper).for_each(|(o, &v)| *o = o.plus(v));
        return Ok(());
    }
    for row in x.chunks_exact(width) {
        out.iter_mut().zip(row).for_each(|(o, &v)| *o = o.plus(v));
    }
    Ok(())
}

/// Running sums along an axis, from its start or from its end.
pub fn cumsum(x: &Array, axis: usize, reverse: bool) -> Made {
    fn with<T: Number>(x: &Array, axis: usize, reverse: bool) -> Made {
        let whole = contiguous::<T>(x)?;
        let mut out = whole.to_vec::<T>().ok_or(TapeError::Internal("dtype"))?;
        let shape = x.shape();
        let width: usize = shape[axis + 1..].iter().product();
        let length = shape[axis];
        if length * width == 0 {
            return Ok(Array::new(out, shape)?);
        }
        for block in out.chunks_exact_mut(length * width) {
            for step in 1..length {
                let (to, from) = if reverse { (length - 1 - step, length - step) } else { (step, step - 1) };
                for k in 0..width {
                    block[to * width + k] = block[to * width + k].plus(block[from * width + k]);
                }
            }
        }
        Ok(Array::new(out, shape)?)
    }
    number!(x, T => with::<T>(x, axis, reverse))
}
