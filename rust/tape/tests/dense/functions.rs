//! The matrix exponential and its derivative.

use pyframe_tape::dense::{expm, expm_frechet};

use crate::tools::{Lcg, close, identity, product, view};

#[test]
fn closed_forms() {
    assert!(expm(view::<f64>(&[], 0, 0)).unwrap().is_empty());
    for x in [0.0, 1e-9, 0.1, 0.2, 1.0, -3.0, 20.0, -700.0, 700.0] {
        let e = expm(view(&[x], 1, 1)).unwrap()[0];
        assert!((e / f64::exp(x) - 1.0).abs() < 1e-12 * (1.0 + x.abs() / 10.0), "{x}: {e}");
    }
    for t in [1e-3_f64, 0.5, 1.0, 3.0, 30.0] {
        let e = expm(view(&[0.0, -t, t, 0.0], 2, 2)).unwrap();
        close(&e, &[t.cos(), -t.sin(), t.sin(), t.cos()], 1e-13 * (1.0 + t));
    }
    // Nilpotent: 1 + N + N²/2.
    let e = expm(view(&[0.0, 1e5, 3.0, 0.0, 0.0, 1e5, 0.0, 0.0, 0.0], 3, 3)).unwrap();
    close(&e, &[1.0, 1e5, 3.0 + 5e9, 0.0, 1.0, 1e5, 0.0, 0.0, 1.0], 1e-15);
    assert_eq!(expm(view(&[0.0; 9], 3, 3)).unwrap(), identity::<f64>(3));
    assert_eq!(expm(view(&[1e4], 1, 1)).unwrap(), [f64::INFINITY]);
    assert_eq!(expm(view(&[-1e300], 1, 1)).unwrap(), [0.0]);
}

#[test]
fn a_non_normal_matrix_is_not_overscaled() {
    // exp([[1, b], [0, -1]]) = [[e, b·sinh 1], [0, 1/e]] (Al-Mohy and Higham 2009, section 1).
    for b in [1e2, 1e6, 1e9, 1e14] {
        let e = expm(view(&[1.0, b, 0.0, -1.0], 2, 2)).unwrap();
        let want = [1_f64.exp(), b * 1_f64.sinh(), 0.0, (-1_f64).exp()];
        for (g, w) in e.iter().zip(want) {
            assert!((g - w).abs() <= 1e-14 * w.abs(), "{b}: {g} {w}");
        }
    }
}

#[test]
fn inverse_of_the_exponential_is_that_of_the_negative() {
    let mut random = Lcg(31);
    for n in [2, 5, 17, 60] {
        for scale in [1e-3, 0.1, 0.5, 1.0, 3.0] {
            let a: Vec<f64> =
                random.matrix::<f64>(n, n).iter().map(|x| x * scale / (n as f64).sqrt()).collect();
            let b: Vec<f64> = a.iter().map(|x| -x).collect();
            let (p, q) = (expm(view(&a, n, n)).unwrap(), expm(view(&b, n, n)).unwrap());
            close(&product(&p, &q, n, n, n), &identity::<f64>(n), 1e-11);
            let single: Vec<f32> = a.iter().map(|&x| x as f32).collect();
            let wide: Vec<f64> = expm(view(&single, n, n)).unwrap().iter().map(|&x| f64::from(x)).collect();
            close(&wide, &p, 2e-5);
        }
    }
}

#[test]
fn the_derivative_is_a_limit_of_differences() {
    let mut random = Lcg(32);
    for n in [1, 3, 10] {
        for size in [1e-200, 1e-3, 1.0, 1e5] {
            let a = random.matrix::<f64>(n, n);
            let e: Vec<f64> = random.matrix::<f64>(n, n).iter().map(|x| x * size).collect();
            let (value, derivative) = expm_frechet(view(&a, n, n), view(&e, n, n)).unwrap();
            close(&value, &expm(view(&a, n, n)).unwrap(), 1e-13);
            let h = 1e-5 / size;
            let at = |h: f64| {
                let moved: Vec<f64> = a.iter().zip(&e).map(|(a, e)| a + h * e).collect();
                expm(view(&moved, n, n)).unwrap()
            };
            let difference: Vec<f64> = at(h).iter().zip(at(-h)).map(|(p, m)| (p - m) / (2.0 * h)).collect();
            close(&derivative, &difference, 1e-8);
        }
    }
    // L(0, E) = E.
    let e = [1.0, 2.0, 3.0, 4.0];
    close(&expm_frechet(view(&[0.0; 4], 2, 2), view(&e, 2, 2)).unwrap().1, &e, 1e-15);
}
