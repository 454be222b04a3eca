//! Arrays of set names: how elements move.

use pyframe_graph::{Array, GraphError, Shape, Sliced, row_major_strides};
use smallvec::SmallVec;

use super::sets::EMPTY;

/// The sets of a node's elements: an array of the node's shape.
pub type Names = Array;

type Moved = Result<Names, GraphError>;

/// Names in order under a shape.
pub fn named(names: Vec<i64>, shape: &[usize]) -> Moved {
    Array::new(names, shape)
}

/// Nothing depends on anything.
pub fn nothing(shape: &[usize]) -> Moved {
    stretched(&Array::scalar(EMPTY), shape)
}

/// The names in row-major order.
pub fn in_order(names: &Names) -> Vec<i64> {
    names.to_vec::<i64>().unwrap_or_default()
}

/// The same, one after another.
pub fn each(names: &Names) -> impl Iterator<Item = i64> + '_ {
    let numbers = names.numbers::<i64>().unwrap_or_default();
    names.places().map(|place| numbers[place])
}

/// One name by its place in row-major order.
pub fn at(names: &Names, mut place: usize) -> i64 {
    let mut from = names.offset() as isize;
    for (&length, &stride) in names.shape().iter().zip(names.strides()).rev() {
        from += (place % length) as isize * stride;
        place /= length;
    }
    names.numbers::<i64>().map_or(0, |numbers| numbers[from as usize])
}

/// Stretched to a shape as NumPy broadcasts.
pub fn stretched(names: &Names, shape: &[usize]) -> Moved {
    let added = shape.len() - names.shape().len();
    let mut strides: SmallVec<[isize; 4]> = smallvec::smallvec![0; shape.len()];
    for (k, (&length, &stride)) in names.shape().iter().zip(names.strides()).enumerate() {
        if length != 1 {
            strides[added + k] = stride;
        }
    }
    names.view(shape, strides, names.offset())
}

/// The elements without those that stretching repeats.
pub fn distinct(array: &Array) -> Result<Array, GraphError> {
    let lengths = array.shape().iter().zip(array.strides());
    let shape: Shape = lengths.map(|(&n, &stride)| if stride == 0 { n.min(1) } else { n }).collect();
    array.view(shape, array.strides(), array.offset())
}

/// Axis k of the result is axis `axes[k]`.
pub fn permuted(names: &Names, axes: &[usize]) -> Moved {
    let shape: Shape = axes.iter().map(|&axis| names.shape()[axis]).collect();
    let strides: SmallVec<[isize; 4]> = axes.iter().map(|&axis| names.strides()[axis]).collect();
    names.view(shape, strides, names.offset())
}

/// The same names in order under another shape.
pub fn reshaped(names: &Names, shape: &[usize]) -> Moved {
    if names.is_contiguous() {
        return names.view(shape, row_major_strides(shape), names.offset());
    }
    named(in_order(names), shape)
}

/// Every so many along each axis.
pub fn sliced(names: &Names, slices: &[Sliced], shape: &[usize]) -> Moved {
    if shape.contains(&0) {
        return named(Vec::new(), shape);
    }
    let mut offset = names.offset() as isize;
    let mut strides: SmallVec<[isize; 4]> = SmallVec::new();
    for (slice, &stride) in slices.iter().zip(names.strides()) {
        offset += slice.start as isize * stride;
        strides.push(slice.step * stride);
    }
    names.view(shape, strides, offset as usize)
}

/// Nothing, but for the places that a slice would read.
pub fn unsliced(names: &Names, slices: &[Sliced], shape: &[usize]) -> Moved {
    let mut made = named(vec![EMPTY; shape.iter().product()], shape)?;
    let places: Vec<usize> = sliced(&made, slices, names.shape())?.places().collect();
    if let Some(made) = made.as_mut_slice() {
        for (place, name) in places.into_iter().zip(each(names)) {
            made[place] = name;
        }
    }
    Ok(made)
}

/// One after another along an axis; nothing where a part is absent.
pub fn concatenated(parts: &[(Option<Names>, usize)], axis: usize, shape: &[usize]) -> Moved {
    let inner: usize = shape[axis + 1..].iter().product();
    let outer: usize = shape[..axis].iter().product();
    let parts: Vec<(Option<Vec<i64>>, usize)> =
        parts.iter().map(|(names, length)| (names.as_ref().map(in_order), length * inner)).collect();
    let mut made = Vec::with_capacity(shape.iter().product());
    for k in 0..outer {
        for (names, run) in &parts {
            match names {
                Some(names) => made.extend_from_slice(&names[k * run..(k + 1) * run]),
                None => made.extend(std::iter::repeat_n(EMPTY, *run)),
            }
        }
    }
    named(made, shape)
}

/// The axes of a shape that are not among some.
pub fn others(rank: usize, axes: &[usize]) -> Vec<usize> {
    (0..rank).filter(|axis| !axes.contains(axis)).collect()
}

/// A permutation that undoes another.
pub fn inverse(axes: &[usize]) -> Vec<usize> {
    let mut back = vec![0; axes.len()];
    for (k, &axis) in axes.iter().enumerate() {
        back[axis] = k;
    }
    back
}

/// Places along a length, where negative ones count from the end.
pub fn counted(places: &[i64], length: usize) -> Vec<usize> {
    let from_start = |&place: &i64| if place < 0 { place + length as i64 } else { place };
    places.iter().map(|place| from_start(place) as usize).collect()
}

/// Those at some places along an axis, whose axes take its place.
pub fn gathered(names: &Names, places: &[usize], axis: usize, shape: &[usize]) -> Moved {
    let inner: usize = names.shape()[axis + 1..].iter().product();
    let flat = in_order(names);
    let mut made = Vec::with_capacity(shape.iter().product());
    for block in flat.chunks((names.shape()[axis] * inner).max(1)) {
        for &place in places {
            made.extend_from_slice(&block[place * inner..(place + 1) * inner]);
        }
    }
    named(made, shape)
}

/// With others put at some places in row-major order; what is absent is nothing.
pub fn put(names: Option<&Names>, places: &[usize], values: Option<&Names>, shape: &[usize]) -> Moved {
    let mut made = names.map_or_else(|| vec![EMPTY; shape.iter().product()], in_order);
    let values = values.map_or_else(|| vec![EMPTY; places.len()], in_order);
    for (&place, value) in places.iter().zip(values) {
        made[place] = value;
    }
    named(made, shape)
}

/// An array whose axes have labels, stretched over those of a result.
pub fn aligned(array: &Array, labels: &[u8], out: &[u8], shape: &[usize]) -> Moved {
    let order: Vec<usize> =
        out.iter().filter_map(|label| labels.iter().position(|own| own == label)).collect();
    let mut strides = vec![0; out.len()];
    let turned = permuted(array, &order)?;
    let mut own = turned.strides().iter();
    for (stride, label) in strides.iter_mut().zip(out) {
        if labels.contains(label) {
            *stride = own.next().copied().unwrap_or(0);
        }
    }
    turned.view(shape, strides, turned.offset())
}
