//! Shapes: lengths along each axis, and how two of them broadcast.

use smallvec::SmallVec;

use crate::error::GraphError;

/// Lengths along each axis; up to four without an allocation.
pub type Shape = SmallVec<[usize; 4]>;

/// The largest number of axes.
pub const MAX_RANK: usize = 32;

/// How many elements an array of this shape has; an error when they cannot be counted, or
/// their bytes cannot.
pub fn element_count(shape: &[usize]) -> Result<usize, GraphError> {
    let too_large = || GraphError::TooLarge { shape: shape.into() };
    if shape.contains(&0) {
        return Ok(0);
    }
    let count = shape.iter().try_fold(1_usize, |n, &length| n.checked_mul(length));
    count.filter(|&n| n <= isize::MAX as usize / 8).ok_or_else(too_large)
}

/// Strides, in elements, of a contiguous array whose last axis runs fastest.
pub fn row_major_strides(shape: &[usize]) -> SmallVec<[isize; 4]> {
    let mut strides: SmallVec<[isize; 4]> = smallvec::smallvec![0; shape.len()];
    let mut step = 1_isize;
    for (stride, &length) in strides.iter_mut().zip(shape).rev() {
        *stride = step;
        step = step.wrapping_mul(length.max(1) as isize);
    }
    strides
}

/// Whether an array of one shape stretches to another.
pub fn stretches(from: &[usize], to: &[usize]) -> bool {
    from.len() <= to.len() && from.iter().rev().zip(to.iter().rev()).all(|(n, m)| n == m || *n == 1)
}

/// The shape of an elementwise result: axes are aligned at the end, length one stretches.
pub fn broadcast_shapes(a: &[usize], b: &[usize]) -> Result<Shape, GraphError> {
    if a == b {
        return Ok(Shape::from_slice(a));
    }
    let rank = a.len().max(b.len());
    let mut shape: Shape = smallvec::smallvec![1; rank];
    for (k, length) in shape.iter_mut().enumerate() {
        let at = |s: &[usize]| (k + s.len()).checked_sub(rank).map_or(1, |i| s[i]);
        *length = match (at(a), at(b)) {
            (n, m) if n == m => n,
            (1, n) | (n, 1) => n,
            _ => return Err(GraphError::Broadcast { left: a.into(), right: b.into() }),
        };
    }
    Ok(shape)
}
