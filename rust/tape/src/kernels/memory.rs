//! Room for results: what does not fit is an error.

use pyframe_graph::{Array, Element, element_count};

use crate::error::TapeError;

/// An empty vector with room for an array of this shape.
pub fn room<T>(shape: &[usize]) -> Result<Vec<T>, TapeError> {
    let elements = element_count(shape)?;
    let mut numbers = Vec::new();
    if !is_there(elements.saturating_mul(size_of::<T>())) || numbers.try_reserve_exact(elements).is_err() {
        return Err(TapeError::OutOfMemory { elements });
    }
    Ok(numbers)
}

/// Whether the machine has so many bytes left.  Small amounts are not looked at.
///
/// An allocation says little about large ones: Linux promises more than it has, and ends the
/// process that uses it.
pub fn is_there(bytes: usize) -> bool {
    const LARGE: usize = 1 << 30;
    bytes < LARGE || available().is_none_or(|left| bytes <= left)
}

/// Bytes that the machine and the group of this process have left, where they can be read.
fn available() -> Option<usize> {
    let number = |path| std::fs::read_to_string(path).ok()?.trim().parse::<usize>().ok();
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let machine = line.split_whitespace().next()?.parse::<usize>().ok()? * 1024;
    let group = number("/sys/fs/cgroup/memory.max").zip(number("/sys/fs/cgroup/memory.current"));
    Some(group.map_or(machine, |(most, now)| machine.min(most.saturating_sub(now))))
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
    if stands_on_end(x) {
        return by_tiles(x, numbers);
    }
    let mut copy = room(x.shape())?;
    super::walk::rows(x.shape(), [x.strides()], [x.offset()], |[start], [stride], count| match stride {
        1 => copy.extend_from_slice(&numbers[start as usize..start as usize + count]),
        _ => copy.extend((0..count as isize).map(|k| numbers[(start + k * stride) as usize])),
    });
    Ok(Array::new(copy, x.shape())?)
}

/// Whether it is a matrix whose columns lie together, and so large that each of its rows would
/// fetch all of it.
pub fn stands_on_end(x: &Array) -> bool {
    const MANY: usize = 64;
    matches!((x.shape(), x.strides()), (&[m, n], &[1, step]) if m >= MANY && n >= MANY && step != 1)
}

/// Such a matrix copied by tiles, whose rows and columns the cache holds.
fn by_tiles<T: Element>(x: &Array, numbers: &[T]) -> Result<Array, TapeError> {
    const TILE: usize = 16;
    let (rows, columns) = (x.shape()[0], x.shape()[1]);
    let (step, start) = (x.strides()[1], x.offset() as isize);
    let mut copy = filled(x.shape(), T::ZERO)?;
    for top in (0..rows).step_by(TILE) {
        let height = TILE.min(rows - top);
        for left in (0..columns).step_by(TILE) {
            for j in left..(left + TILE).min(columns) {
                let from = (start + j as isize * step) as usize + top;
                for (i, &number) in numbers[from..from + height].iter().enumerate() {
                    copy[(top + i) * columns + j] = number;
                }
            }
        }
    }
    Ok(Array::new(copy, x.shape())?)
}

/// Write the elements in row-major order into room for as many.
pub fn copy_into<T: Element + Copy>(x: &Array, room: &mut [T]) -> Result<(), TapeError> {
    let numbers = x.numbers::<T>().ok_or(TapeError::Internal("dtype"))?;
    let mut elements = room.iter_mut();
    super::walk::rows(x.shape(), [x.strides()], [x.offset()], |[start], [stride], count| {
        let mut place = start;
        for element in elements.by_ref().take(count) {
            *element = numbers[place as usize];
            place += stride;
        }
    });
    Ok(())
}
