//! Elements moved, not changed: views where strides can say it, copies elsewhere.

use pyframe_graph::{Array, DType, Element, Sliced, row_major_strides};
use smallvec::SmallVec;

use super::elementwise::number;
use super::memory::{contiguous, filled, room};
use super::number::Number;
use super::walk::{rows, stretched};
use crate::error::TapeError;

type Made = Result<Array, TapeError>;

/// Run a generic expression with the element type of an array.
macro_rules! any {
    ($x:expr, $T:ident => $body:expr) => {
        match $x.dtype() {
            DType::Bool => {
                type $T = bool;
                $body
            }
            DType::Int64 => {
                type $T = i64;
                $body
            }
            DType::Float32 => {
                type $T = f32;
                $body
            }
            DType::Float64 => {
                type $T = f64;
                $body
            }
        }
    };
}

fn slice_of<T: Element>(x: &Array) -> Result<&[T], TapeError> {
    x.as_slice::<T>().ok_or(TapeError::Internal("dtype or layout"))
}

/// A contiguous array with the same elements.
pub fn in_order(x: &Array) -> Made {
    any!(x, T => contiguous::<T>(x))
}

/// The same elements in order under another shape.
pub fn reshape(x: &Array, shape: &[usize]) -> Made {
    if let Some(same) = x.reshaped(shape) {
        return Ok(same);
    }
    let x = in_order(x)?;
    Ok(x.view(shape, row_major_strides(shape), x.offset())?)
}

/// Permuted axes.
pub fn transpose(x: &Array, axes: &[usize]) -> Made {
    let shape: SmallVec<[usize; 4]> = axes.iter().map(|&k| x.shape()[k]).collect();
    let strides: SmallVec<[isize; 4]> = axes.iter().map(|&k| x.strides()[k]).collect();
    Ok(x.view(shape, strides, x.offset())?)
}

/// Stretched to a shape.
pub fn broadcast(x: &Array, shape: &[usize]) -> Made {
    Ok(x.view(shape, stretched(x.shape(), x.strides(), shape), x.offset())?)
}

/// Some elements along each axis.
pub fn slice(x: &Array, slices: &[Sliced], shape: &[usize]) -> Made {
    let mut offset = x.offset() as isize;
    let mut strides: SmallVec<[isize; 4]> = SmallVec::new();
    for (slice, &stride) in slices.iter().zip(x.strides()) {
        offset += slice.start as isize * stride;
        strides.push(stride.wrapping_mul(slice.step));
    }
    Ok(x.view(shape, strides, if shape.contains(&0) { 0 } else { offset as usize })?)
}

/// Zeros of a shape, with x where the slices would read.
pub fn unslice(x: &Array, slices: &[Sliced], shape: &[usize]) -> Made {
    fn with<T: Element>(x: &Array, slices: &[Sliced], shape: &[usize]) -> Made {
        let mut out = filled(shape, T::ZERO)?;
        let from = x.numbers::<T>().ok_or(TapeError::Internal("dtype"))?;
        let mut offset = 0_isize;
        let mut strides: SmallVec<[isize; 4]> = SmallVec::new();
        for (slice, &stride) in slices.iter().zip(&row_major_strides(shape)) {
            offset += slice.start as isize * stride;
            strides.push(stride.wrapping_mul(slice.step));
        }
        let starts = [x.offset(), offset as usize];
        rows(x.shape(), [x.strides(), &strides], starts, |[i, o], [s, t], count| {
            for k in 0..count as isize {
                out[(o + k * t) as usize] = from[(i + k * s) as usize];
            }
        });
        Ok(Array::new(out, shape)?)
    }
    any!(x, T => with::<T>(x, slices, shape))
}

/// Arrays one after another along an axis.
pub fn concatenate(parts: &[&Array], axis: usize, shape: &[usize]) -> Made {
    fn with<T: Element>(parts: &[&Array], axis: usize, shape: &[usize]) -> Made {
        let parts: Vec<Array> = parts.iter().map(|x| contiguous::<T>(x)).collect::<Result<_, _>>()?;
        let width: usize = shape[axis + 1..].iter().product();
        let outer: usize = shape[..axis].iter().product();
        let mut out = room::<T>(shape)?;
        for k in 0..outer {
            for part in &parts {
                let block = part.shape()[axis] * width;
                out.extend_from_slice(&slice_of::<T>(part)?[k * block..(k + 1) * block]);
            }
        }
        Ok(Array::new(out, shape)?)
    }
    any!(parts[0], T => with::<T>(parts, axis, shape))
}

/// One element in row-major order.
pub fn element(x: &Array, place: usize) -> Made {
    let (mut rest, mut offset) = (place, x.offset() as isize);
    for (&length, &stride) in x.shape().iter().zip(x.strides()).rev() {
        offset += (rest % length) as isize * stride;
        rest /= length;
    }
    let at = offset as usize;
    any!(x, T => {
        let numbers = x.numbers::<T>().ok_or(TapeError::Internal("dtype"))?;
        Ok(Array::scalar(numbers[at]))
    })
}

/// Arrays of one shape as the rows of a new first axis.
pub fn stack(rows: &[&Array], shape: &[usize]) -> Made {
    fn with<T: Element>(rows: &[&Array], shape: &[usize]) -> Made {
        let mut out = room::<T>(shape)?;
        for x in rows {
            out.extend_from_slice(slice_of::<T>(&contiguous::<T>(x)?)?);
        }
        Ok(Array::new(out, shape)?)
    }
    any!(rows[0], T => with::<T>(rows, shape))
}

/// A place counted from the start, or an error when it is outside.
fn place(index: i64, axis: usize, length: usize) -> Result<usize, TapeError> {
    let from_start = if index < 0 { index + length as i64 } else { index };
    if (0..length as i64).contains(&from_start) {
        Ok(from_start as usize)
    } else {
        Err(TapeError::Index { index, axis, length })
    }
}

/// Places counted from the start.
fn places(indices: &Array, axis: usize, length: usize) -> Result<Vec<usize>, TapeError> {
    let indices = contiguous::<i64>(indices)?;
    slice_of::<i64>(&indices)?.iter().map(|&index| place(index, axis, length)).collect()
}

/// Elements along an axis by an array of places.
pub fn gather(x: &Array, indices: &Array, axis: usize, shape: &[usize]) -> Made {
    fn with<T: Element>(x: &Array, indices: &Array, axis: usize, shape: &[usize]) -> Made {
        let x = contiguous::<T>(x)?;
        let length = x.shape()[axis];
        let places = places(indices, axis, length)?;
        let width: usize = x.shape()[axis + 1..].iter().product();
        let from = slice_of::<T>(&x)?;
        let mut out = room::<T>(shape)?;
        let outer: usize = x.shape()[..axis].iter().product();
        for k in 0..outer {
            let block = &from[k * length * width..(k + 1) * length * width];
            if width == 1 {
                out.extend(places.iter().map(|&place| block[place]));
            } else {
                for &place in &places {
                    out.extend_from_slice(&block[place * width..(place + 1) * width]);
                }
            }
        }
        Ok(Array::new(out, shape)?)
    }
    any!(x, T => with::<T>(x, indices, axis, shape))
}

/// Zeros to which x is added at places along an axis, in order.
pub fn scatter_add(x: &Array, indices: &Array, axis: usize, shape: &[usize]) -> Made {
    fn with<T: Number>(x: &Array, indices: &Array, axis: usize, shape: &[usize]) -> Made {
        let x = contiguous::<T>(x)?;
        let places = places(indices, axis, shape[axis])?;
        let width: usize = shape[axis + 1..].iter().product();
        let outer: usize = shape[..axis].iter().product();
        let mut out = filled(shape, T::ZERO)?;
        let mut from = slice_of::<T>(&x)?.chunks_exact(width.max(1));
        for k in 0..outer {
            let block = &mut out[k * shape[axis] * width..(k + 1) * shape[axis] * width];
            for &place in &places {
                let Some(row) = from.next() else { break };
                for (o, &v) in block[place * width..].iter_mut().zip(row) {
                    *o = o.plus(v);
                }
            }
        }
        Ok(Array::new(out, shape)?)
    }
    number!(x, T => with::<T>(x, indices, axis, shape))
}

/// x with values put at places of its flattened form.
pub fn put(x: &Array, indices: &Array, values: &Array) -> Made {
    fn with<T: Element>(x: &Array, indices: &Array, values: &Array) -> Made {
        let mut out = contiguous::<T>(x)?.to_vec::<T>().ok_or(TapeError::Internal("dtype"))?;
        let places = places(indices, 0, out.len())?;
        let values = contiguous::<T>(values)?;
        for (place, &value) in places.into_iter().zip(slice_of::<T>(&values)?) {
            out[place] = value;
        }
        Ok(Array::new(out, x.shape())?)
    }
    any!(x, T => with::<T>(x, indices, values))
}

/// The stable order that sorts along an axis; NaN goes last.
pub fn argsort(x: &Array, axis: usize) -> Made {
    fn with<T: Element + PartialOrd>(x: &Array, axis: usize) -> Made {
        let x = contiguous::<T>(x)?;
        let from = slice_of::<T>(&x)?;
        let (length, width) = (x.shape()[axis], x.shape()[axis + 1..].iter().product::<usize>());
        let mut out = filled(x.shape(), 0_i64)?;
        let blocks =
            out.chunks_exact_mut((length * width).max(1)).zip(from.chunks_exact((length * width).max(1)));
        let mut order: Vec<usize> = Vec::with_capacity(length);
        for (to, from) in blocks {
            for k in 0..width {
                let value = |place: usize| from[place * width + k];
                let is_nan = |v: T| v.partial_cmp(&v).is_none();
                order.clear();
                order.extend(0..length);
                order.sort_by(|&i, &j| {
                    let (a, b) = (value(i), value(j));
                    a.partial_cmp(&b).unwrap_or_else(|| is_nan(a).cmp(&is_nan(b)))
                });
                for (rank, &place) in order.iter().enumerate() {
                    to[rank * width + k] = place as i64;
                }
            }
        }
        Ok(Array::new(out, x.shape())?)
    }
    any!(x, T => with::<T>(x, axis))
}
