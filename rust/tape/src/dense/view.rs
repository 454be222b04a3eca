//! A borrowed matrix with any strides: entry (i, j) is `data[offset + i·row_stride + j·col_stride]`.
//!
//! Strides may be 0 (a broadcast) or negative (a reversal); what they reach is checked once, in
//! the constructor, so the kernels need not.

use faer::MatRef;
use faer::traits::num_traits::Float;

use super::memory::try_vec;
use super::{DenseError, Real};

/// A read-only matrix somewhere in a slice.
///
/// ```
/// use pyframe_tape::dense::MatrixView;
///
/// let data = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
/// let a = MatrixView::row_major(&data, 2, 3)?;
/// assert_eq!(a.get(1, 0), 4.0);
/// assert_eq!(a.transposed().get(0, 1), 4.0);
/// assert!(MatrixView::new(&data, 0, 2, 3, 4, 1).is_err());
/// # Ok::<(), pyframe_tape::dense::DenseError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct MatrixView<'a, T> {
    data: &'a [T],
    offset: usize,
    rows: usize,
    cols: usize,
    row_stride: isize,
    col_stride: isize,
}

impl<'a, T: Real> MatrixView<'a, T> {
    /// The view whose entry (0, 0) is `data[offset]`; refused if any entry lies outside `data`.
    ///
    /// Strides count values, not bytes.
    pub fn new(
        data: &'a [T],
        offset: usize,
        rows: usize,
        cols: usize,
        row_stride: isize,
        col_stride: isize,
    ) -> Result<Self, DenseError> {
        let outside = DenseError::OutOfBounds { rows, cols, len: data.len() };
        if rows == 0 || cols == 0 {
            return Ok(Self { data: &[], offset: 0, rows, cols, row_stride: 1, col_stride: 1 });
        }
        // In i128 each product is at most 2^127 - 1 in size; a sum that is more is out of bounds anyway.
        let reach = |n: usize, stride: isize| (n as i128 - 1) * stride as i128;
        let (down, right) = (reach(rows, row_stride), reach(cols, col_stride));
        let first = (offset as i128).saturating_add(down.min(0)).saturating_add(right.min(0));
        let last = (offset as i128).saturating_add(down.max(0)).saturating_add(right.max(0));
        if first < 0 || last >= data.len() as i128 {
            return Err(outside);
        }
        Ok(Self { data, offset, rows, cols, row_stride, col_stride })
    }

    /// A C-contiguous matrix.
    pub fn row_major(data: &'a [T], rows: usize, cols: usize) -> Result<Self, DenseError> {
        Self::contiguous(data, rows, cols, cols as isize, 1)
    }

    /// A Fortran-contiguous matrix.
    pub fn col_major(data: &'a [T], rows: usize, cols: usize) -> Result<Self, DenseError> {
        Self::contiguous(data, rows, cols, 1, rows as isize)
    }

    fn contiguous(
        data: &'a [T],
        rows: usize,
        cols: usize,
        row_stride: isize,
        col_stride: isize,
    ) -> Result<Self, DenseError> {
        if rows.checked_mul(cols) != Some(data.len()) {
            return Err(DenseError::OutOfBounds { rows, cols, len: data.len() });
        }
        Self::new(data, 0, rows, cols, row_stride, col_stride)
    }

    /// Number of rows.
    #[inline]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns.
    #[inline]
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// Number of rows and of columns; an error that names `operation` where those differ.
    pub(super) fn order(&self, operation: &'static str) -> Result<usize, DenseError> {
        let Self { rows, cols, .. } = *self;
        if rows == cols { Ok(rows) } else { Err(DenseError::NotSquare { operation, rows, cols }) }
    }

    /// Step from one row to the next, in values.
    #[inline]
    pub fn row_stride(&self) -> isize {
        self.row_stride
    }

    /// Step from one column to the next, in values.
    #[inline]
    pub fn col_stride(&self) -> isize {
        self.col_stride
    }

    /// The same data with rows and columns exchanged.
    #[inline]
    #[must_use]
    pub fn transposed(self) -> Self {
        Self {
            rows: self.cols,
            cols: self.rows,
            row_stride: self.col_stride,
            col_stride: self.row_stride,
            ..self
        }
    }

    /// Entry (i, j).
    ///
    /// # Panics
    ///
    /// If i or j is out of range.
    #[inline]
    pub fn get(&self, i: usize, j: usize) -> T {
        assert!(i < self.rows && j < self.cols, "Entry ({i}, {j}) of a {} x {} view.", self.rows, self.cols);
        self.at(i, j)
    }

    /// Entry (i, j) without the check of each index; the slice's own check remains.
    #[inline]
    pub(super) fn at(&self, i: usize, j: usize) -> T {
        let step = i as isize * self.row_stride + j as isize * self.col_stride;
        self.data[self.offset.wrapping_add_signed(step)]
    }

    /// Row i as a slice, where its entries are adjacent.
    #[inline]
    pub(super) fn row(&self, i: usize) -> Option<&'a [T]> {
        if self.col_stride != 1 && self.cols > 1 {
            return None;
        }
        if self.cols == 0 {
            return Some(&[]);
        }
        let start = self.offset.wrapping_add_signed(i as isize * self.row_stride);
        Some(&self.data[start..start + self.cols])
    }

    /// Column j as a slice, where its entries are adjacent.
    #[inline]
    pub(super) fn col(&self, j: usize) -> Option<&'a [T]> {
        self.transposed().row(j)
    }

    /// Whether these are the same numbers with rows and columns exchanged.
    pub(super) fn is_transposed(&self, other: Self) -> bool {
        let first = |view: &Self| view.data[view.offset..].as_ptr();
        first(self) == first(&other)
            && (self.rows, self.cols) == (other.cols, other.rows)
            && (self.row_stride, self.col_stride) == (other.col_stride, other.row_stride)
    }

    /// Whether every entry is finite.
    pub(super) fn all_finite(&self) -> bool {
        // 0·x is 0 for a finite x and NaN else; sums of them vectorise where a test per entry would not.
        let by_rows = if self.col_stride.unsigned_abs() <= self.row_stride.unsigned_abs() {
            *self
        } else {
            self.transposed()
        };
        (0..by_rows.rows).all(|i| match by_rows.row(i) {
            Some(row) => row
                .chunks(64)
                .map(|c| c.iter().fold(T::zero(), |s, &x| s + x * T::zero()))
                .all(|s| s == T::zero()),
            None => (0..by_rows.cols).all(|j| by_rows.at(i, j).is_finite()),
        })
    }

    /// Largest absolute value; 0 where there is none, NaN entries passed over.
    pub(super) fn max_abs(&self) -> T {
        let mut max = T::zero();
        for i in 0..self.rows {
            for j in 0..self.cols {
                max = max.max(Float::abs(self.at(i, j)));
            }
        }
        max
    }

    /// The entries, times `scale`, in row-major order in `out`.
    pub(super) fn copy_into(&self, out: &mut [T], scale: T) {
        // Tiles that stay in the first cache whichever way the source runs.
        const TILE: usize = 16;
        debug_assert_eq!(out.len(), self.rows * self.cols);
        if self.rows == 0 || self.cols == 0 {
            return;
        }
        if self.col_stride == 1 {
            for (i, target) in out.chunks_exact_mut(self.cols).enumerate() {
                if let Some(row) = self.row(i) {
                    for (t, &s) in target.iter_mut().zip(row) {
                        *t = s * scale;
                    }
                }
            }
            return;
        }
        for i0 in (0..self.rows).step_by(TILE) {
            for j0 in (0..self.cols).step_by(TILE) {
                for i in i0..self.rows.min(i0 + TILE) {
                    for j in j0..self.cols.min(j0 + TILE) {
                        out[i * self.cols + j] = self.at(i, j) * scale;
                    }
                }
            }
        }
    }

    /// The entries, times `scale`, as a new row-major array.
    pub(super) fn to_row_major(self, scale: T) -> Result<Vec<T>, DenseError> {
        let mut out = try_vec(self.rows, self.cols, T::zero())?;
        self.copy_into(&mut out, scale);
        Ok(out)
    }

    /// The entries, times `scale`, as a new column-major array.
    pub(super) fn to_col_major(self, scale: T) -> Result<Vec<T>, DenseError> {
        self.transposed().to_row_major(scale)
    }

    /// The same matrix as faer sees it.
    pub(super) fn faer(self) -> MatRef<'a, T> {
        let start = self.data[self.offset.min(self.data.len())..].as_ptr();
        #[expect(unsafe_code, reason = "faer has no checked constructor for signed strides")]
        // SAFETY: the constructor checked that every entry (i, j) of the view lies in `data`, which
        // is borrowed for 'a; `start` is entry (0, 0), or any aligned pointer for an empty view.
        unsafe {
            MatRef::from_raw_parts(start, self.rows, self.cols, self.row_stride, self.col_stride)
        }
    }
}
