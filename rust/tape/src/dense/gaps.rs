//! Quotients by the gaps of a spectrum, as the derivatives of eigenvectors and singular vectors
//! have them (convention K7).
//!
//! A gap is nothing where it is below what rounding leaves of the largest value: 8·n·eps·max|w|.
//! There a numerator that is itself nothing beside its row and column gives 0: the function does
//! not depend on the choice of vectors among equals.  Any other has no quotient, and neither has
//! one in a column of which it is known that values and vectors are both looked at.

use faer::traits::num_traits::Float;
use pyframe_graph::Gap;

use super::memory::try_vec;
use super::{DenseError, MatrixView, Real};

/// Appends the quotient of a matrix of n columns by the gaps of w_1 to w_n, row-major; the columns
/// named must have gaps.
///
/// ```
/// use pyframe_graph::Gap;
/// use pyframe_tape::dense::{DenseError, MatrixView, over_gaps};
///
/// let e = MatrixView::row_major(&[7.0, 1.0, 3.0, 7.0], 2, 2)?;
/// let mut out = Vec::new();
/// over_gaps(Gap::Symmetric, e, &[1.0, 5.0], &[0], &mut out)?;
/// assert_eq!(out, [0.0, 0.5, -0.5, 0.0]);
/// let equal = over_gaps(Gap::Skew, e, &[1.0, 1.0], &[], &mut out);
/// assert_eq!(equal, Err(DenseError::Degenerate { first: 0, second: 1 }));
/// # Ok::<(), DenseError>(())
/// ```
pub fn over_gaps<T: Real>(
    gap: Gap,
    e: MatrixView<'_, T>,
    w: &[T],
    columns: &[usize],
    out: &mut Vec<T>,
) -> Result<(), DenseError> {
    let (rows, n) = (e.rows(), e.cols());
    DenseError::check("over_gaps (values of the spectrum)", n, w.len())?;
    let largest = w.iter().fold(T::zero(), |max, &w| max.max(Float::abs(w)));
    let eps = <T as Float>::epsilon();
    let order = T::of(rows.max(n) as f64);
    let least = T::of(8.0) * order * eps * largest;
    // The largest of each row and, beyond them, of each column.
    let mut sizes = try_vec(1, rows + n, T::zero())?;
    for i in 0..rows {
        for j in 0..n {
            let size = Float::abs(e.at(i, j));
            sizes[i] = sizes[i].max(size);
            sizes[rows + j] = sizes[rows + j].max(size);
        }
    }
    let square = gap != Gap::Column;
    let beside = |i: usize, j: usize| {
        let own = sizes[i].max(sizes[rows + j]);
        if square { own.max(sizes[j]).max(sizes[rows + i]) } else { own }
    };
    let half = T::of(0.5);
    for i in 0..rows {
        for j in 0..n {
            if square && i == j {
                out.push(T::zero());
                continue;
            }
            let (numerator, denominator) = match gap {
                Gap::Symmetric => ((e.at(i, j) + e.at(j, i)) * half, w[j] - w[i]),
                Gap::Skew => ((e.at(i, j) - e.at(j, i)) * half, w[j] - w[i]),
                Gap::SkewSum => ((e.at(i, j) - e.at(j, i)) * half, w[j] + w[i]),
                Gap::Column => (e.at(i, j), w[j]),
            };
            let nothing = Float::abs(denominator) <= least;
            let named = columns.contains(&j) || (square && columns.contains(&i));
            if nothing && (named || Float::abs(numerator) > T::of(64.0) * order * eps * beside(i, j)) {
                let (first, second) = if square { (i, j) } else { (j, j) };
                return Err(DenseError::Degenerate { first, second });
            }
            out.push(if nothing && !numerator.is_nan() { T::zero() } else { numerator / denominator });
        }
    }
    Ok(())
}
