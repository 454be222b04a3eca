//! QR, eigenvalues, singular values: reconstruction, orthogonality, order, gauge.

use pyframe_tape::dense::{QrMode, Real, SvdMode, eigh, eigvalsh, qr, singular_values, svd};

use crate::tools::{Lcg, close, orthonormal, product, transpose, view};

const SHAPES: [(usize, usize); 20] = [
    (0, 0),
    (0, 3),
    (3, 0),
    (1, 1),
    (1, 7),
    (7, 1),
    (2, 2),
    (3, 5),
    (5, 3),
    (16, 16),
    (31, 33),
    (40, 7),
    (7, 40),
    (64, 64),
    (65, 64),
    (100, 30),
    (30, 100),
    (150, 150),
    (300, 40),
    (200, 129),
];

fn qr_of<T: Real>(tolerance: f64) {
    let mut random = Lcg(21);
    for (m, n) in SHAPES {
        let a = random.matrix::<T>(m, n);
        for mode in [QrMode::Reduced, QrMode::Complete, QrMode::R] {
            let f = qr(view(&a, m, n), mode).unwrap();
            let k = f.inner;
            assert_eq!(k, if mode == QrMode::Complete { m } else { m.min(n) });
            assert!((0..k).all(|i| f.r[i * n..i * n + n.min(i)].iter().all(|&x| x == T::zero())));
            if mode == QrMode::R {
                assert!(f.q.is_empty());
                continue;
            }
            close(&product(&f.q, &f.r, m, k, n), &a, tolerance);
            orthonormal(&f.q, m, k, tolerance);
        }
    }
}

#[test]
fn qr_reconstructs() {
    qr_of::<f64>(1e-14);
    qr_of::<f32>(1e-5);
}

#[test]
fn qr_has_the_signs_of_lapack() {
    // numpy.linalg.qr([[3, 1], [4, 2]]) and of the wide [[0, 2, 1], [-1, 1, 0]].
    let f = qr(view(&[3.0, 1.0, 4.0, 2.0], 2, 2), QrMode::Reduced).unwrap();
    close(&f.r, &[-5.0, -2.2, 0.0, 0.4], 1e-15);
    close(&f.q, &[-0.6, -0.8, -0.8, 0.6], 1e-15);
    let f = qr(view(&[0.0, 2.0, 1.0, -1.0, 1.0, 0.0], 2, 3), QrMode::Reduced).unwrap();
    close(&f.r, &[-1.0, 1.0, 0.0, 0.0, 2.0, 1.0], 1e-15);
    // Nothing to reflect: Q = I and R = A, negative diagonal or not.
    let f = qr(view(&[-2.0, 1.0, 0.0, -3.0], 2, 2), QrMode::Reduced).unwrap();
    assert_eq!(f.r, [-2.0, 1.0, 0.0, -3.0]);
    assert_eq!(f.q, [1.0, 0.0, 0.0, 1.0]);
}

#[test]
fn qr_of_a_deficient_matrix_stays_a_triangle() {
    let mut random = Lcg(22);
    let (m, n, rank) = (50, 40, 12);
    let a = product(&random.matrix::<f64>(m, rank), &random.matrix::<f64>(rank, n), m, rank, n);
    let f = qr(view(&a, m, n), QrMode::Reduced).unwrap();
    close(&product(&f.q, &f.r, m, n, n), &a, 1e-14);
    orthonormal(&f.q, m, n, 1e-13);
    let zero = qr(view(&[0.0; 6], 3, 2), QrMode::Reduced).unwrap();
    assert_eq!((zero.r, zero.q), (vec![0.0; 4], vec![1.0, 0.0, 0.0, 1.0, 0.0, 0.0]));
}

#[test]
fn scaling_by_a_power_of_two_scales_the_values_only() {
    let mut random = Lcg(23);
    let n = 20;
    let a = random.symmetric::<f64>(n);
    for exponent in [-1000, 1015] {
        let scale = f64::exp2i(exponent);
        let scaled: Vec<f64> = a.iter().map(|x| x * scale).collect();
        let times = |x: &[f64]| -> Vec<f64> { x.iter().map(|x| x * scale).collect() };
        let (f, g) =
            (svd(view(&a, n, n), SvdMode::Thin).unwrap(), svd(view(&scaled, n, n), SvdMode::Thin).unwrap());
        close(&g.s, &times(&f.s), 1e-13);
        let (f, g) = (eigh(view(&a, n, n)).unwrap(), eigh(view(&scaled, n, n)).unwrap());
        close(&g.values, &times(&f.values), 1e-13);
        let mode = QrMode::Reduced;
        let (f, g) = (qr(view(&a, n, n), mode).unwrap(), qr(view(&scaled, n, n), mode).unwrap());
        close(&g.r, &times(&f.r), 1e-13);
        close(&g.q, &f.q, 1e-13);
    }
}

fn eigh_of<T: Real>(tolerance: f64) {
    let mut random = Lcg(24);
    for n in [0, 1, 2, 3, 5, 16, 33, 64, 130, 200] {
        let a = random.symmetric::<T>(n);
        let mut lower = a.clone();
        (0..n).for_each(|i| lower[i * n + i + 1..(i + 1) * n].fill(T::nan()));
        let e = eigh(view(&lower, n, n)).unwrap();
        assert!(e.values.windows(2).all(|w| w[0] <= w[1]));
        orthonormal(&e.vectors, n, n, tolerance);
        let scaled: Vec<T> = e.vectors.iter().enumerate().map(|(k, &x)| x * e.values[k % n]).collect();
        close(&product(&scaled, &transpose(&e.vectors, n, n), n, n, n), &a, tolerance);
        close(&eigvalsh(view(&lower, n, n)).unwrap(), &e.values, tolerance);
        gauge(&e.vectors, n, n);
    }
}

/// The largest entry of each column is positive.
#[track_caller]
fn gauge<T: Real>(a: &[T], rows: usize, cols: usize) {
    for j in 0..cols {
        let column = (0..rows).map(|i| a[i * cols + j].wide());
        let largest = column.fold(0.0, |m: f64, x| if x.abs() > m.abs() { x } else { m });
        assert!(largest > 0.0);
    }
}

#[test]
fn eigh_reconstructs() {
    eigh_of::<f64>(1e-13);
    eigh_of::<f32>(3e-5);
}

#[test]
fn eigenvalues_in_closed_form() {
    // The second difference matrix has 2 - 2·cos(k·pi/(n + 1)).
    let n = 50;
    let mut a = vec![0.0; n * n];
    for i in 0..n {
        a[i * n + i] = 2.0;
        if i > 0 {
            a[i * n + i - 1] = -1.0;
        }
    }
    let want: Vec<f64> =
        (1..=n).map(|k| 2.0 - 2.0 * (k as f64 * std::f64::consts::PI / (n + 1) as f64).cos()).collect();
    close(&eigvalsh(view(&a, n, n)).unwrap(), &want, 1e-14);
    // Repeated values: the projector is exact though the basis is free.
    let e = eigh(view(&[2.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 2.0], 3, 3)).unwrap();
    assert_eq!(e.values, [1.0, 2.0, 2.0]);
    let e = eigh(view(&[1.0; 100], 10, 10)).unwrap();
    close(&e.values[9..], &[10.0], 1e-14);
    orthonormal(&e.vectors, 10, 10, 1e-14);
}

fn svd_of<T: Real>(tolerance: f64) {
    let mut random = Lcg(25);
    for (m, n) in SHAPES {
        let a = random.matrix::<T>(m, n);
        let k = m.min(n);
        for mode in [SvdMode::Thin, SvdMode::Full] {
            let f = svd(view(&a, m, n), mode).unwrap();
            let (p, q) = if mode == SvdMode::Full { (m, n) } else { (k, k) };
            assert!(f.s.windows(2).all(|w| w[0] >= w[1]) && f.s.iter().all(|&s| s >= T::zero()));
            orthonormal(&f.u, m, p, tolerance);
            orthonormal(&transpose(&f.vt, q, n), n, q, tolerance);
            gauge(&f.u, m, p);
            let us: Vec<T> = (0..m * k).map(|e| f.u[e / k * p + e % k] * f.s[e % k]).collect();
            close(&product(&us, &f.vt[..k * n], m, k, n), &a, tolerance);
            close(&singular_values(view(&a, m, n)).unwrap(), &f.s, tolerance);
        }
    }
}

#[test]
fn svd_reconstructs() {
    svd_of::<f64>(2e-14);
    svd_of::<f32>(2e-5);
}

#[test]
fn svd_of_deficient_and_graded_matrices() {
    let f = svd(view(&[0.0; 12], 4, 3), SvdMode::Full).unwrap();
    assert_eq!(f.s, [0.0; 3]);
    orthonormal(&f.u, 4, 4, 1e-15);
    let f = svd(view(&[1.0; 200], 100, 2), SvdMode::Thin).unwrap();
    close(&f.s, &[200_f64.sqrt(), 0.0], 1e-15);
    let mut random = Lcg(26);
    let (m, n) = (60, 40);
    let mut a = random.matrix::<f64>(m, n);
    a.iter_mut().enumerate().for_each(|(e, x)| *x *= 10_f64.powi(-((e % n) as i32)));
    let f = svd(view(&a, m, n), SvdMode::Thin).unwrap();
    orthonormal(&f.u, m, n, 1e-13);
    let us: Vec<f64> = f.u.iter().enumerate().map(|(e, &u)| u * f.s[e % n]).collect();
    close(&product(&us, &f.vt, m, n, n), &a, 1e-14);
}
