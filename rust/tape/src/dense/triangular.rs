//! Systems with a triangular matrix, T·X = B or Tᵀ·X = B, by substitution.
//!
//! Large systems go to faer's blocked recursion; small ones, and those with a diagonal entry so small
//! that its reciprocal overflows (faer multiplies by the reciprocal), through the loop that divides.

use faer::linalg::triangular_solve as faer_solve;
use faer::traits::num_traits::Float;
use faer::{MatMut, Par};

use super::memory::product_workspace;
use super::{DenseError, MatrixView, Real};

/// Up to this order the plain loop is faster than the blocked recursion.
const SMALL: usize = 8;

/// Which triangle of the matrix is meant; the other is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Triangle {
    /// On and below the diagonal.
    Lower,
    /// On and above the diagonal.
    Upper,
}

/// X, row-major, with T·X = B, or Tᵀ·X = B where `transposed`.
///
/// With `unit` the diagonal is taken as 1 and not read; without, a zero on it is
/// [`DenseError::Singular`].
///
/// ```
/// use pyframe_tape::dense::{triangular_solve, MatrixView, Triangle};
///
/// let t = MatrixView::row_major(&[2.0, f64::NAN, 1.0, 4.0], 2, 2)?;
/// let b = MatrixView::row_major(&[2.0, 9.0], 2, 1)?;
/// assert_eq!(triangular_solve(t, b, Triangle::Lower, false, false)?, [1.0, 2.0]);
/// # Ok::<(), pyframe_tape::dense::DenseError>(())
/// ```
pub fn triangular_solve<T: Real>(
    t: MatrixView<'_, T>,
    b: MatrixView<'_, T>,
    triangle: Triangle,
    transposed: bool,
    unit: bool,
) -> Result<Vec<T>, DenseError> {
    let n = t.order("triangular_solve")?;
    DenseError::check("triangular_solve (rows of the right side)", n, b.rows())?;
    if !unit && let Some(pivot) = (0..n).find(|&k| t.at(k, k) == T::zero()) {
        return Err(DenseError::Singular { pivot });
    }
    let lower = (triangle == Triangle::Lower) != transposed;
    let t = if transposed { t.transposed() } else { t };
    let mut x = b.to_row_major(T::one())?;
    substitute(t, &mut x, b.cols(), lower, unit)?;
    Ok(x)
}

/// Overwrites the row-major right side `x` (n x `cols`) with the solution.
pub(super) fn substitute<T: Real>(
    t: MatrixView<'_, T>,
    x: &mut [T],
    cols: usize,
    lower: bool,
    unit: bool,
) -> Result<(), DenseError> {
    if x.is_empty() {
        return Ok(());
    }
    let n = t.rows();
    let smallest = <T as Float>::min_positive_value();
    if n <= SMALL || (!unit && (0..n).any(|k| Float::abs(t.at(k, k)) < smallest)) {
        substitute_plainly(t, x, cols, lower, unit);
        return Ok(());
    }
    product_workspace()?;
    let (t, x) = (t.faer(), MatMut::from_row_major_slice_mut(x, t.rows(), cols));
    match (lower, unit) {
        (true, true) => faer_solve::solve_unit_lower_triangular_in_place(t, x, Par::Seq),
        (true, false) => faer_solve::solve_lower_triangular_in_place(t, x, Par::Seq),
        (false, true) => faer_solve::solve_unit_upper_triangular_in_place(t, x, Par::Seq),
        (false, false) => faer_solve::solve_upper_triangular_in_place(t, x, Par::Seq),
    }
    Ok(())
}

/// x_i = (b_i - sum_j t_ij·x_j)/t_ii, downwards or upwards.
fn substitute_plainly<T: Real>(t: MatrixView<'_, T>, x: &mut [T], cols: usize, lower: bool, unit: bool) {
    let n = t.rows();
    for step in 0..n {
        let i = if lower { step } else { n - 1 - step };
        // The rows that are solved lie before row i or after it.
        let (before, rest) = x.split_at_mut(i * cols);
        let (row, after) = rest.split_at_mut(cols);
        let (solved, first) = if lower { (&*before, 0) } else { (&*after, i + 1) };
        for (offset, other) in solved.chunks_exact(cols).enumerate() {
            let factor = t.at(i, first + offset);
            for (r, &o) in row.iter_mut().zip(other) {
                *r -= factor * o;
            }
        }
        if !unit {
            let pivot = t.at(i, i);
            for r in row {
                *r /= pivot;
            }
        }
    }
}
