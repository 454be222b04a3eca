//! The modified Cholesky factorisation of Gill, Murray and Wright (1981, section 4.4.2.2):
//! L D L' = A + E with a diagonal E that is zero when A is safely positive definite.

use crate::{Fault, Objective, Work};

/// Solve (A + E) x = b in place; `a` holds A row by row and is overwritten by L and D.
///
/// The only error is that of the objective's [`breathe`](Objective::breathe).
pub(super) fn solve(a: &mut [f64], b: &mut [f64], objective: &mut dyn Objective) -> Result<(), Fault> {
    let n = b.len();
    let mut work = Work::begin();
    let mut diagonal_max = 0.0_f64;
    let mut off_diagonal_max = 0.0_f64;
    for i in 0..n {
        diagonal_max = diagonal_max.max(a[i * n + i].abs());
        for j in 0..i {
            off_diagonal_max = off_diagonal_max.max(a[i * n + j].abs());
        }
    }
    let order = ((n * n) as f64 - 1.0).sqrt().max(1.0);
    let bound = diagonal_max.max(off_diagonal_max / order).max(f64::EPSILON);
    let least = f64::EPSILON * (diagonal_max + off_diagonal_max).max(1.0);
    for j in 0..n {
        // Row i >= j of the lower triangle holds c_ij = a_ij - sum over k < j of d_k l_ik l_jk.
        let mut largest = 0.0_f64;
        for i in j..n {
            let mut c = a[i * n + j];
            for k in 0..j {
                c -= a[k * n + k] * a[i * n + k] * a[j * n + k];
            }
            a[i * n + j] = c;
            if i > j {
                largest = largest.max(c.abs());
            }
            // Whole columns apart in memory.
            work.add(4 * j, objective)?;
        }
        let d = a[j * n + j].abs().max(largest * largest / bound).max(least);
        a[j * n + j] = d;
        for i in j + 1..n {
            a[i * n + j] /= d;
        }
    }
    for i in 0..n {
        for k in 0..i {
            b[i] -= a[i * n + k] * b[k];
        }
        work.add(i, objective)?;
    }
    for i in (0..n).rev() {
        b[i] /= a[i * n + i];
        for k in i + 1..n {
            b[i] -= a[k * n + i] * b[k];
        }
        work.add(4 * (n - i), objective)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::solve;
    use crate::{Fault, Objective};

    /// An objective that allows so many breaths.
    struct Patience(usize);

    impl Objective for Patience {
        fn value(&mut self, _x: &[f64]) -> Result<f64, Fault> {
            Ok(f64::NAN)
        }
        fn gradient(&mut self, _x: &[f64], _g: &mut [f64]) -> Result<(), Fault> {
            Ok(())
        }
        fn breathe(&mut self) -> Result<(), Fault> {
            self.0 = self.0.checked_sub(1).ok_or("no patience")?;
            Ok(())
        }
    }

    #[test]
    fn a_long_solution_can_be_ended() {
        let n = 800;
        let mut identity = vec![0.0; n * n];
        for i in 0..n {
            identity[i * n + i] = 1.0;
        }
        assert!(solve(&mut identity.clone(), &mut vec![1.0; n], &mut Patience(usize::MAX)).is_ok());
        assert!(solve(&mut identity, &mut vec![1.0; n], &mut Patience(0)).is_err());
    }

    #[test]
    fn positive_definite_matrices_are_not_changed() {
        let mut b = [1.0, 2.0];
        solve(&mut [4.0, 1.0, 1.0, 3.0], &mut b, &mut Patience(0)).unwrap();
        assert!((b[0] - 1.0 / 11.0).abs() < 1e-15 && (b[1] - 7.0 / 11.0).abs() < 1e-15);
    }

    #[test]
    fn indefinite_matrices_give_descent() {
        for a in [[-1.0, 0.0, 0.0, -2.0], [0.0, 1.0, 1.0, 0.0], [1.0, 2.0, 2.0, 1.0], [0.0; 4]] {
            let g = [1.0, -3.0];
            let mut d = g;
            solve(&mut a.clone(), &mut d, &mut Patience(0)).unwrap();
            assert!(d.iter().zip(g).map(|(d, g)| d * g).sum::<f64>() > 0.0, "{a:?}");
        }
    }
}
