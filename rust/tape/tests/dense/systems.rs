//! LU and what follows from it, triangular systems, Cholesky.

use pyframe_tape::dense::{
    Cofactors, DenseError, Lu, MatrixView, Triangle, cholesky, cofactor, determinant, inverse, slogdet,
    solve, triangular_solve,
};

use crate::tools::{Lcg, close, identity, product, transpose, view};

const ORDERS: [usize; 12] = [0, 1, 2, 3, 5, 8, 16, 17, 31, 64, 100, 150];

#[test]
fn solutions_solve() {
    let mut random = Lcg(11);
    for n in ORDERS {
        for k in [0, 1, 3, n] {
            let (a, x) = (random.matrix::<f64>(n, n), random.matrix::<f64>(n, k));
            let lu = Lu::factor(view(&a, n, n)).unwrap();
            let b = product(&a, &x, n, n, k);
            close(&lu.solve(view(&b, n, k)).unwrap(), &x, 1e-10);
            let b = product(&transpose(&a, n, n), &x, n, n, k);
            close(&lu.solve_transposed(view(&b, n, k)).unwrap(), &x, 1e-10);
        }
        let a = random.matrix::<f32>(n, n);
        let product = product(&a, &inverse(view(&a, n, n)).unwrap(), n, n, n);
        close(&product, &identity::<f32>(n), 2e-2);
    }
}

#[test]
fn determinants_in_closed_form() {
    assert_eq!(determinant(view::<f64>(&[], 0, 0)).unwrap(), 1.0);
    assert_eq!(determinant(view(&[-3.0], 1, 1)).unwrap(), -3.0);
    assert_eq!(determinant(view(&[1.0, 2.0, 3.0, 4.0], 2, 2)).unwrap(), -2.0);
    // A cyclic shift of n rows is a permutation of sign (-1)^(n-1).
    for n in [2, 5, 16, 17, 40] {
        let mut a = vec![0.0; n * n];
        (0..n).for_each(|k| a[k * n + (k + 1) % n] = 1.0);
        assert_eq!(determinant(view(&a, n, n)).unwrap(), if n % 2 == 0 { -1.0 } else { 1.0 });
    }
    // det and log det of diag(x): neither overflows on the way.
    let diagonal = |n: usize, x: &dyn Fn(usize) -> f64| {
        let mut a = vec![0.0; n * n];
        (0..n).for_each(|k| a[k * n + k] = x(k));
        a
    };
    let a = diagonal(40, &|k| if k < 20 { 1e100 } else { 1e-100 });
    assert!((determinant(view(&a, 40, 40)).unwrap() - 1.0).abs() < 1e-13);
    let a = diagonal(40, &|_| -1e-100);
    assert_eq!(determinant(view(&a, 40, 40)).unwrap(), 0.0);
    let log = slogdet(view(&a, 40, 40)).unwrap();
    assert!(log.sign == 1.0 && (log.logabs / (-4000.0 * std::f64::consts::LN_10) - 1.0).abs() < 1e-14);
    let a = diagonal(3, &|_| -1e-308);
    let log = slogdet(view(&a, 3, 3)).unwrap();
    assert!(log.sign == -1.0 && (log.logabs / (3.0 * 1e-308_f64.ln()) - 1.0).abs() < 1e-14);
}

#[test]
fn random_determinants_agree_with_the_product_rule() {
    let mut random = Lcg(12);
    for n in ORDERS {
        let (a, b) = (random.matrix::<f64>(n, n), random.matrix::<f64>(n, n));
        let of = |m: &[f64]| slogdet(view(m, n, n)).unwrap();
        let (da, db, dab) = (of(&a), of(&b), of(&product(&a, &b, n, n, n)));
        assert_eq!(da.sign * db.sign, dab.sign);
        assert!((da.logabs + db.logabs - dab.logabs).abs() < 1e-9);
        if n < 64 {
            let det = determinant(view(&a, n, n)).unwrap();
            assert!((det / (da.sign * da.logabs.exp()) - 1.0).abs() < 1e-12);
        }
    }
}

#[test]
fn a_singular_matrix_names_its_pivot() {
    for n in [2, 3, 10, 16, 17, 50, 130] {
        for pivot in [0, n / 2, n - 1] {
            // Row `pivot` of a unit upper triangle is emptied: its pivot is the first that is zero.
            let mut a = vec![0.0; n * n];
            for i in 0..n {
                for j in i..n {
                    a[i * n + j] = if i == pivot { 0.0 } else { 1.0 };
                }
            }
            let lu = Lu::factor(view(&a, n, n)).unwrap();
            let error = lu.solve(view(&vec![1.0; n], n, 1)).unwrap_err();
            assert_eq!(error, DenseError::Singular { pivot });
            assert_eq!(lu.inverse().unwrap_err(), error);
            assert_eq!((lu.determinant(), lu.rcond().unwrap()), (0.0, 0.0));
            assert_eq!(lu.slogdet().logabs, f64::NEG_INFINITY);
        }
    }
    assert_eq!(
        solve(view(&[0.0], 1, 1), view(&[1.0], 1, 1)).unwrap_err().to_string(),
        "The matrix is singular: pivot 0 (counted from 0) is exactly zero."
    );
}

#[test]
fn tiny_and_huge_entries_are_no_singularity() {
    let mut random = Lcg(13);
    for scale in [1e-308, 1e-200, 1e200, 1e307] {
        for n in [3, 40] {
            let a = random.matrix::<f64>(n, n);
            let scaled: Vec<f64> = a.iter().map(|x| x * scale).collect();
            let x = random.matrix::<f64>(n, 1);
            let b: Vec<f64> = product(&a, &x, n, n, 1).iter().map(|b| b * (scale * 0.01)).collect();
            let got = solve(view(&scaled, n, n), view(&b, n, 1)).unwrap();
            let want: Vec<f64> = x.iter().map(|x| x * 0.01).collect();
            close(&got, &want, 1e-11);
        }
    }
    // One pivot whose reciprocal overflows, in a matrix large enough for the blocked algorithm.
    let n = 20;
    let mut a = identity::<f64>(n);
    a[5 * n + 5] = 1e-310;
    let lu = Lu::factor(view(&a, n, n)).unwrap();
    assert_eq!(lu.determinant(), 1e-310);
    assert!(lu.slogdet().sign == 1.0 && lu.rcond().unwrap() < 1e-300);
}

#[test]
fn the_condition_estimate_is_near_the_truth() {
    let mut random = Lcg(14);
    for n in [1, 2, 5, 20, 60] {
        let a = random.matrix::<f64>(n, n);
        let lu = Lu::factor(view(&a, n, n)).unwrap();
        let norm = |m: &[f64]| pyframe_tape::dense::norm1(view(m, n, n));
        let truth = 1.0 / (norm(&a) * norm(&lu.inverse().unwrap()));
        let estimate = lu.rcond().unwrap();
        assert!(estimate >= truth * 0.999_999 && estimate <= 4.0 * truth, "{n}: {estimate} {truth}");
    }
    // Hilbert's matrix of order 10 has a 1-norm condition number of 3.53e13.
    let hilbert: Vec<f64> = (0..100).map(|k| 1.0 / f64::from(k / 10 + k % 10 + 1)).collect();
    let rcond = Lu::factor(view(&hilbert, 10, 10)).unwrap().rcond().unwrap();
    assert!((rcond * 3.5353e13 - 1.0).abs() < 0.01);
    assert_eq!(Lu::factor(view::<f64>(&[], 0, 0)).unwrap().rcond().unwrap(), 1.0);
    let tiny: Vec<f64> = identity::<f64>(4).iter().map(|x| x * 1e-305).collect();
    assert_eq!(Lu::factor(view(&tiny, 4, 4)).unwrap().rcond().unwrap(), 1.0);
}

#[test]
fn cholesky_reconstructs_and_reads_the_lower_triangle() {
    let mut random = Lcg(15);
    for n in ORDERS {
        for scale in [1.0, 1e300, 1e-300] {
            let a: Vec<f64> = random.positive::<f64>(n).iter().map(|x| x * scale).collect();
            let mut lower = a.clone();
            for i in 0..n {
                lower[i * n + i + 1..(i + 1) * n].fill(f64::NAN);
            }
            let l = cholesky(view(&lower, n, n)).unwrap();
            close(&product(&l, &transpose(&l, n, n), n, n, n), &a, 1e-14);
            for i in 0..n {
                assert!(l[i * n + i] > 0.0 && l[i * n + i + 1..(i + 1) * n].iter().all(|&x| x == 0.0));
            }
        }
        let a = random.positive::<f32>(n);
        let l = cholesky(view(&a, n, n)).unwrap();
        close(&product(&l, &transpose(&l, n, n), n, n, n), &a, 1e-5);
    }
}

#[test]
fn cholesky_names_the_minor() {
    for n in [1, 2, 7, 33, 140] {
        for minor in [1, n / 2 + 1, n] {
            for bad in [-1.0, 0.0] {
                let mut a = identity::<f64>(n);
                a[(minor - 1) * (n + 1)] = bad;
                let error = cholesky(view(&a, n, n)).unwrap_err();
                assert_eq!(error, DenseError::NotPositiveDefinite { minor });
            }
        }
    }
}

#[test]
fn triangular_systems_of_every_kind() {
    let mut random = Lcg(16);
    for n in ORDERS {
        for k in [1, 4] {
            let mut a = random.matrix::<f64>(n, n);
            (0..n).for_each(|i| a[i * n + i] += 4.0);
            (0..n * n).filter(|e| e / n != e % n).for_each(|e| a[e] /= n as f64);
            let x = random.matrix::<f64>(n, k);
            for triangle in [Triangle::Lower, Triangle::Upper] {
                for transposed in [false, true] {
                    for unit in [false, true] {
                        let mut t = a.clone();
                        for i in 0..n {
                            for j in 0..n {
                                let outside = if triangle == Triangle::Lower { j > i } else { j < i };
                                if outside {
                                    t[i * n + j] = 0.0;
                                }
                                if unit && i == j {
                                    t[i * n + j] = 1.0;
                                }
                            }
                        }
                        let op = if transposed { transpose(&t, n, n) } else { t };
                        let b = product(&op, &x, n, n, k);
                        let got =
                            triangular_solve(view(&a, n, n), view(&b, n, k), triangle, transposed, unit)
                                .unwrap();
                        close(&got, &x, 1e-12);
                    }
                }
            }
        }
    }
    let a = [1.0, 0.0, 5.0, 0.0];
    let error = triangular_solve(view(&a, 2, 2), view(&[1.0, 1.0], 2, 1), Triangle::Lower, false, false);
    assert_eq!(error.unwrap_err(), DenseError::Singular { pivot: 1 });
}

/// det of the matrix without row i and column j, signed.
fn minor(a: &[f64], n: usize, i: usize, j: usize) -> f64 {
    let kept: Vec<f64> = (0..n * n).filter(|e| e / n != i && e % n != j).map(|e| a[e]).collect();
    let sign = if (i + j).is_multiple_of(2) { 1.0 } else { -1.0 };
    sign * determinant(view(&kept, n - 1, n - 1)).unwrap()
}

#[test]
fn cofactors_at_every_rank() {
    let mut random = Lcg(17);
    for n in 1..8 {
        for rank in 0..=n {
            let (u, v) = (random.matrix::<f64>(n, rank), random.matrix::<f64>(rank, n));
            let a = if rank == n { random.matrix(n, n) } else { product(&u, &v, n, rank, n) };
            let want: Vec<f64> = (0..n * n).map(|e| minor(&a, n, e / n, e % n)).collect();
            let got = cofactor(view(&a, n, n)).unwrap();
            for (g, w) in got.iter().zip(&want) {
                assert!((g - w).abs() < 1e-13 * 3_f64.powi(n as i32), "n {n}, rank {rank}: {g} {w}");
            }
        }
    }
    assert!(cofactor(view::<f64>(&[], 0, 0)).unwrap().is_empty());
    assert_eq!(cofactor(view(&[7.0], 1, 1)).unwrap(), [1.0]);
    assert_eq!(cofactor(view(&[0.0; 9], 3, 3)).unwrap(), [0.0; 9]);
    assert_eq!(cofactor(view(&[11.0, 7.0, 7.0, 1e32], 2, 2)).unwrap(), [1e32, -7.0, -7.0, 11.0]);
}

#[test]
fn derivatives_of_cofactors_along_the_matrix_itself() {
    // The cofactors are a polynomial of degree n - 1 whose terms all have that degree.
    let mut random = Lcg(18);
    for n in 1..8 {
        for rank in 0..=n {
            let (u, v) = (random.matrix::<f64>(n, rank), random.matrix::<f64>(rank, n));
            let a = product(&u, &v, n, rank, n);
            let a = view(&a, n, n);
            let (e, prepared) = (random.matrix(n, n), Cofactors::at(a).unwrap());
            let e = view(&e, n, n);
            let all = |along: &[MatrixView<'_, f64>]| prepared.along(along).unwrap();
            let near = |got: Vec<f64>, times: usize, want: Vec<f64>| {
                for (g, w) in got.iter().zip(&want) {
                    let w = times as f64 * w;
                    assert!((g - w).abs() < 1e-13 * 4_f64.powi(n as i32), "n {n}, rank {rank}: {g} {w}");
                }
            };
            near(all(&[a]), n - 1, all(&[]));
            near(all(&[e, a]), n.max(2) - 2, all(&[e]));
            near(all(&[a, e, a]), (n.max(2) - 2) * (n.max(3) - 3), all(&[e]));
            near(all(&[e, a, e]), n.max(3) - 3, all(&[e, e]));
        }
    }
    let large = vec![0.0; 60 * 60];
    let large = view(&large, 60, 60);
    let refused = Cofactors::at(large).unwrap().along(&[large; 4]);
    assert_eq!(refused, Err(DenseError::TooManyMinors { order: 4, n: 60 }));
}
