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
    in_large_pages(&mut numbers);
    Ok(numbers)
}

/// Ask for large pages where that saves thousands of small ones, as NumPy does.
#[cfg(target_os = "linux")]
fn in_large_pages<T>(numbers: &mut Vec<T>) {
    const LARGE: usize = 1 << 22;
    const PAGE: usize = 1 << 12;
    let room = numbers.spare_capacity_mut();
    let bytes = size_of_val(room);
    if bytes < LARGE {
        return;
    }
    let first = room.as_mut_ptr().cast::<u8>();
    let skipped = first.align_offset(PAGE);
    // SAFETY: the pages lie within memory that is ours; their content stays as it is.
    #[expect(unsafe_code, reason = "advice about our own memory, which may be ignored")]
    unsafe {
        libc::madvise(first.add(skipped).cast(), bytes - skipped, libc::MADV_HUGEPAGE);
    }
}

#[cfg(not(target_os = "linux"))]
const fn in_large_pages<T>(_: &mut Vec<T>) {}

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
        let mut copy = room(x.shape())?;
        let mut bands = Bands::of(x, numbers)?;
        for top in (0..x.shape()[0]).step_by(BAND) {
            bands.take(top).for_each(|row| copy.extend_from_slice(row));
        }
        return Ok(Array::new(copy, x.shape())?);
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

/// Rows of a band.
pub const BAND: usize = 32;

/// The rows of such a matrix, some of them at a time, copied to where they lie in order: whole
/// lines of the cache are read.
pub struct Bands<'a, T> {
    from: &'a [T],
    start: isize,
    step: isize,
    shape: [usize; 2],
    rows: Vec<T>,
}

impl<'a, T: Element> Bands<'a, T> {
    /// The bands of a matrix over these numbers.
    pub fn of(x: &Array, from: &'a [T]) -> Result<Self, TapeError> {
        let shape = [x.shape()[0], x.shape()[1]];
        let (start, step) = (x.offset() as isize, x.strides()[1]);
        let rows = filled(&[BAND, Self::width(shape[1])], T::ZERO)?;
        Ok(Self { from, start, step, shape, rows })
    }

    /// Room for a row: never a power of two, so that rows do not drive one another out of the
    /// cache.
    const fn width(columns: usize) -> usize {
        columns.next_multiple_of(16) + 8
    }

    /// The rows from `top` on.
    pub fn take(&mut self, top: usize) -> impl Iterator<Item = &[T]> {
        let [m, columns] = self.shape;
        let (width, height) = (Self::width(columns), BAND.min(m - top));
        for j in 0..columns {
            let first = (self.start + j as isize * self.step) as usize + top;
            for (i, &number) in self.from[first..first + height].iter().enumerate() {
                self.rows[i * width + j] = number;
            }
        }
        self.rows.chunks_exact(width).take(height).map(move |row| &row[..columns])
    }
}

/// Write the elements in row-major order into room for as many.
pub fn copy_into<T: Element + Copy>(x: &Array, room: &mut [T]) -> Result<(), TapeError> {
    let numbers = x.numbers::<T>().ok_or(TapeError::Internal("dtype"))?;
    if stands_on_end(x) {
        let mut bands = Bands::of(x, numbers)?;
        for (top, places) in room.chunks_mut(BAND * x.shape()[1]).enumerate() {
            for (row, place) in bands.take(top * BAND).zip(places.chunks_exact_mut(x.shape()[1])) {
                place.copy_from_slice(row);
            }
        }
        return Ok(());
    }
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
