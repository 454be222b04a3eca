//! Room for results: what does not fit is an error.

use pyframe_graph::{Array, Element, element_count};

use crate::error::TapeError;

/// An empty vector with room for an array of this shape.
pub fn room<T>(shape: &[usize]) -> Result<Vec<T>, TapeError> {
    let elements = element_count(shape)?;
    let mut numbers = Vec::new();
    numbers.try_reserve_exact(elements).map_err(|_| TapeError::OutOfMemory { elements })?;
    Ok(numbers)
}

/// Room filled with one number.
pub fn filled<T: Element>(shape: &[usize], number: T) -> Result<Vec<T>, TapeError> {
    let mut numbers = room(shape)?;
    numbers.resize(element_count(shape)?, number);
    Ok(numbers)
}

/// A contiguous array with the same elements: the array itself if it is one.
pub fn contiguous<T: Element>(x: &Array) -> Result<Array, TapeError> {
    if x.is_contiguous() {
        return Ok(x.clone());
    }
    let numbers = x.numbers::<T>().ok_or(TapeError::Internal("dtype"))?;
    let mut copy = room(x.shape())?;
    super::walk::rows(x.shape(), [x.strides()], [x.offset()], |[start], [stride], count| match stride {
        1 => copy.extend_from_slice(&numbers[start as usize..start as usize + count]),
        _ => copy.extend((0..count as isize).map(|k| numbers[(start + k * stride) as usize])),
    });
    Ok(Array::new(copy, x.shape())?)
}
