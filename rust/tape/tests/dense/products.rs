//! matmul, dot and norms: any strides, both types, the special shapes.

use proptest::prelude::*;
use pyframe_tape::dense::{DenseError, MatrixView, dot, frobenius, matmul, norm1, norm2, symmetric_matmul};

use crate::tools::{Lcg, close, product, transpose, view};

#[test]
fn every_small_shape_in_every_layout() {
    let mut random = Lcg(1);
    let sizes = [0, 1, 2, 3, 5, 8, 17, 33];
    for &m in &sizes {
        for &k in &sizes {
            for &n in &sizes {
                let (a, b) = (random.matrix::<f64>(m, k), random.matrix::<f64>(k, n));
                let want = product(&a, &b, m, k, n);
                let (at, bt) = (transpose(&a, m, k), transpose(&b, k, n));
                let lefts = [view(&a, m, k), view(&at, k, m).transposed()];
                let rights = [view(&b, k, n), view(&bt, n, k).transposed()];
                for left in lefts {
                    for right in rights {
                        let mut out = vec![f64::NAN; m * n];
                        matmul(&mut out, 1.0, left, right, false).unwrap();
                        close(&out, &want, 1e-14);
                        matmul(&mut out, -2.0, left, right, true).unwrap();
                        let negated: Vec<f64> = want.iter().map(|w| -w).collect();
                        close(&out, &negated, 1e-14);
                    }
                }
            }
        }
    }
}

#[test]
fn large_shapes_in_both_types() {
    let mut random = Lcg(2);
    let skinny = [(1000, 3, 1000), (2, 2000, 2), (101, 700, 5), (3, 600, 101), (99, 8, 77)];
    for (m, k, n) in [(130, 257, 70), (1, 3000, 50), (600, 500, 1)].into_iter().chain(skinny) {
        let (a, b) = (random.matrix::<f64>(m, k), random.matrix::<f64>(k, n));
        let mut out = vec![f64::NAN; m * n];
        matmul(&mut out, 1.0, view(&a, m, k), view(&b, k, n), false).unwrap();
        close(&out, &product(&a, &b, m, k, n), 1e-13);
        let (a, b) = (random.matrix::<f32>(m, k), random.matrix::<f32>(k, n));
        let mut out = vec![f32::NAN; m * n];
        matmul(&mut out, 1.0, view(&a, m, k), view(&b, k, n), false).unwrap();
        close(&out, &product(&a, &b, m, k, n), 2e-5);
    }
}

#[test]
fn short_sizes_in_every_layout() {
    let mut random = Lcg(9);
    for (m, k, n) in [(21, 300, 4), (6, 270, 30), (22, 7, 19), (5, 300, 7), (13, 2, 2)] {
        let (a, b) = (random.matrix::<f64>(m, k), random.matrix::<f64>(k, n));
        let want = product(&a, &b, m, k, n);
        let (at, bt) = (transpose(&a, m, k), transpose(&b, k, n));
        // Every other number of a wider matrix.
        let apart: Vec<f64> = a.iter().flat_map(|&x| [x, f64::NAN]).collect();
        let apart = MatrixView::new(&apart, 0, m, k, 2 * k as isize, 2).unwrap();
        for left in [view(&a, m, k), view(&at, k, m).transposed(), apart] {
            for right in [view(&b, k, n), view(&bt, n, k).transposed()] {
                let mut out = vec![f64::NAN; m * n];
                matmul(&mut out, 0.5, left, right, false).unwrap();
                matmul(&mut out, 0.5, left, right, true).unwrap();
                close(&out, &want, 1e-14);
            }
        }
    }
}

#[test]
fn a_symmetric_product_is_symmetric_to_the_last_bit() {
    let mut random = Lcg(10);
    for (m, n) in [(5, 3), (80, 40), (30, 64), (9, 101), (4, 70)] {
        let a = random.matrix::<f64>(m, n);
        let weights = random.matrix::<f64>(m, 1);
        let weighted: Vec<f64> = a.iter().enumerate().map(|(k, x)| x * weights[k / n]).collect();
        for b in [&a, &weighted] {
            let mut out = vec![f64::NAN; n * n];
            symmetric_matmul(&mut out, 2.0, view(&a, m, n).transposed(), view(b, m, n)).unwrap();
            let double: Vec<f64> = a.iter().map(|x| 2.0 * x).collect();
            close(&out, &product(&transpose(&double, m, n), b, n, m, n), 1e-14);
            if n > 48 && m > 8 {
                assert!((0..n * n).all(|k| out[k].to_bits() == out[k % n * n + k / n].to_bits()));
            }
        }
        let mut out = vec![f64::NAN; n * n];
        matmul(&mut out, 1.0, view(&a, m, n).transposed(), view(&a, m, n), false).unwrap();
        close(&out, &product(&transpose(&a, m, n), &a, n, m, n), 1e-14);
    }
    let a = [0.0; 6];
    assert!(symmetric_matmul(&mut [0.0; 4], 1.0, view(&a, 2, 3), view(&a, 2, 3)).is_err());
    assert!(symmetric_matmul(&mut [0.0; 3], 1.0, view(&a, 2, 3), view(&a, 3, 2)).is_err());
}

#[test]
fn an_inner_size_of_zero_gives_zeros() {
    let empty: [f64; 0] = [];
    let mut out = [f64::NAN; 6];
    matmul(&mut out, 1.0, view(&empty, 2, 0), view(&empty, 0, 3), false).unwrap();
    assert_eq!(out, [0.0; 6]);
    let mut out = [1.0; 6];
    matmul(&mut out, 1.0, view(&empty, 2, 0), view(&empty, 0, 3), true).unwrap();
    assert_eq!(out, [1.0; 6]);
}

#[test]
fn the_bits_of_a_matrix_vector_product_do_not_depend_on_alignment_or_neighbours() {
    let mut random = Lcg(3);
    let (m, k) = (37, 301);
    let (a, x) = (random.matrix::<f64>(m, k), random.matrix::<f64>(k, 1));
    let mut all = vec![0.0; m];
    matmul(&mut all, 1.0, view(&a, m, k), view(&x, k, 1), false).unwrap();
    for i in 0..m {
        let mut shifted = vec![0.0; k + 1];
        shifted[1..].copy_from_slice(&a[i * k..(i + 1) * k]);
        let row = MatrixView::new(&shifted, 1, 1, k, k as isize, 1).unwrap();
        let mut one = [0.0];
        matmul(&mut one, 1.0, row, view(&x, k, 1), false).unwrap();
        assert_eq!(one[0].to_bits(), all[i].to_bits());
        assert_eq!(dot(&shifted[1..], &x).unwrap().to_bits(), all[i].to_bits());
    }
}

#[test]
fn sizes_that_do_not_fit_are_named() {
    let a = [0.0; 6];
    let error = matmul(&mut [0.0; 4], 1.0, view(&a, 2, 3), view(&a, 2, 3), false).unwrap_err();
    assert_eq!(
        error.to_string(),
        "The sizes of matmul (rows of the right operand) do not fit: 3 was expected and 2 was got."
    );
    let error = matmul(&mut [0.0; 3], 1.0, view(&a, 2, 3), view(&a, 3, 2), false).unwrap_err();
    assert!(matches!(error, DenseError::Shape { expected: 4, got: 3, .. }));
    assert!(dot(&[1.0], &[1.0, 2.0]).is_err());
}

#[test]
fn views_are_checked_when_they_are_made() {
    let data = [0.0; 12];
    assert!(MatrixView::new(&data, 0, 3, 4, 4, 1).is_ok());
    assert!(MatrixView::new(&data, 1, 3, 4, 4, 1).is_err());
    assert!(MatrixView::new(&data, 11, 3, 4, -4, -1).is_ok());
    assert!(MatrixView::new(&data, 10, 3, 4, -4, -1).is_err());
    assert!(MatrixView::new(&data, 3, 1000, 4, 0, 2).is_ok());
    assert!(MatrixView::new(&data, 0, usize::MAX, usize::MAX, isize::MAX, isize::MAX).is_err());
    assert!(MatrixView::new(&data, usize::MAX, 0, 4, 1, 1).is_ok());
    assert!(MatrixView::row_major(&data, 3, 3).is_err());
    assert!(MatrixView::row_major(&data, usize::MAX, 2).is_err());
}

#[test]
fn norms_neither_overflow_nor_vanish() {
    for scale in [1.0_f64, 1e200, 1e-200, 1e-320, 1e307] {
        let x = [3.0 * scale, -4.0 * scale];
        assert!((norm2(&x) / (5.0 * scale) - 1.0).abs() < 1e-3 * f64::from(scale < 1e-300) + 1e-15);
    }
    for scale in [1.0_f32, 1e30, 1e-30, 1e37] {
        assert!((norm2(&[3.0 * scale, -4.0 * scale]) / (5.0 * scale) - 1.0).abs() < 1e-6);
    }
    assert_eq!(norm2::<f64>(&[]), 0.0);
    assert_eq!(norm2(&[0.0; 100]), 0.0);
    assert_eq!(norm2(&[1.0, f64::NEG_INFINITY]), f64::INFINITY);
    assert!(norm2(&[f64::NAN, f64::INFINITY]).is_nan());
    assert!(norm2(&[f64::NAN, 1e200]).is_nan());
    let many = vec![1e200_f64; 10_000];
    assert!((norm2(&many) / 1e202 - 1.0).abs() < 1e-14);
    let a = [3e200_f64, 0.0, 0.0, 4e200];
    assert!((frobenius(view(&a, 2, 2)).unwrap() / 5e200 - 1.0).abs() < 1e-15);
    let nine = MatrixView::new(&a, 0, 3, 3, 0, 0).unwrap();
    assert!((frobenius(nine).unwrap() / 9e200 - 1.0).abs() < 1e-15);
    assert_eq!(frobenius(view::<f64>(&[], 0, 3)).unwrap(), 0.0);
    assert_eq!(norm1(view(&[1.0, -5.0, -2.0, 1.0], 2, 2)), 6.0);
}

proptest! {
    #[test]
    fn any_strides(
        m in 1_usize..40, k in 1_usize..40, n in 1_usize..40,
        left in (-3_isize..4, -3_isize..4), right in (-3_isize..4, -3_isize..4), seed: u64,
    ) {
        let mut random = Lcg(seed);
        // Each stride is a multiple of another axis' extent, so all layouts from broadcast to reversed occur.
        let build = |rows: usize, cols: usize, (r, c): (isize, isize), random: &mut Lcg| {
            let (rs, cs) = (r * cols as isize, c);
            let low = ((rows - 1) as isize * rs).min(0) + ((cols - 1) as isize * cs).min(0);
            let high = ((rows - 1) as isize * rs).max(0) + ((cols - 1) as isize * cs).max(0);
            let data: Vec<f64> = random.matrix(1, (high - low + 1) as usize);
            (data, low.unsigned_abs(), rs, cs)
        };
        let (da, oa, ra, ca) = build(m, k, left, &mut random);
        let (db, ob, rb, cb) = build(k, n, right, &mut random);
        let a = MatrixView::new(&da, oa, m, k, ra, ca).unwrap();
        let b = MatrixView::new(&db, ob, k, n, rb, cb).unwrap();
        let dense = |v: MatrixView<'_, f64>| -> Vec<f64> {
            (0..v.rows()).flat_map(|i| (0..v.cols()).map(move |j| v.get(i, j))).collect()
        };
        let want = product(&dense(a), &dense(b), m, k, n);
        let mut out = vec![f64::NAN; m * n];
        matmul(&mut out, 1.0, a, b, false).unwrap();
        for (g, w) in out.iter().zip(&want) {
            prop_assert!((g - w).abs() <= 1e-13 * k as f64);
        }
    }
}
