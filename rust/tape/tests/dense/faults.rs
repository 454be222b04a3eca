//! Bad input, small stacks, the same bits twice.

use pyframe_tape::dense::{
    DenseError, Lu, MatrixView, QrMode, SvdMode, Triangle, cholesky, cofactor, determinant, eigh, eigvalsh,
    expm, expm_frechet, inverse, matmul, matmul_onto, qr, singular_values, slogdet, solve, svd,
    triangular_solve,
};

use crate::tools::{Lcg, view};

#[test]
fn nan_and_infinity_give_nan_and_end() {
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for n in [1, 2, 9, 40, 200] {
            let mut a = Lcg(41).symmetric::<f64>(n);
            a[n * n / 2] = bad;
            let corner = n * (n - 1);
            a[corner] = bad;
            let m = view(&a, n, n);
            let all_nan = |x: &[f64]| x.iter().all(|x| x.is_nan());
            assert!(all_nan(&inverse(m).unwrap()) && all_nan(&solve(m, m).unwrap()));
            assert!(determinant(m).unwrap().is_nan() && slogdet(m).unwrap().logabs.is_nan());
            assert!(Lu::factor(m).unwrap().rcond().unwrap().is_nan());
            assert!(all_nan(&cholesky(m).unwrap()));
            let f = qr(m, QrMode::Complete).unwrap();
            assert!(all_nan(&f.q) && all_nan(&f.r));
            let e = eigh(m).unwrap();
            assert!(all_nan(&e.values) && all_nan(&e.vectors) && all_nan(&eigvalsh(m).unwrap()));
            let f = svd(m, SvdMode::Full).unwrap();
            assert!(
                all_nan(&f.u) && all_nan(&f.s) && all_nan(&f.vt) && all_nan(&singular_values(m).unwrap())
            );
            assert!(all_nan(&expm(m).unwrap()));
            // Those of small matrices are written out: an entry has no part in its own cofactor.
            assert!(n < 4 || all_nan(&cofactor(m).unwrap()));
            assert!(all_nan(&expm_frechet(m, m).unwrap().1));
        }
    }
}

#[test]
fn other_shapes_than_square_are_refused() {
    let a = [0.0; 6];
    let m = view(&a, 2, 3);
    let error = determinant(m).unwrap_err();
    assert_eq!(error, DenseError::NotSquare { operation: "lu", rows: 2, cols: 3 });
    assert_eq!(
        cholesky(m).unwrap_err().to_string(),
        "A square matrix is needed for cholesky, not one of 2 x 3."
    );
    for refused in [eigvalsh(m).err(), expm(m).err(), cofactor(m).err(), inverse(m).err()] {
        assert!(matches!(refused, Some(DenseError::NotSquare { .. })));
    }
    let square = view(&a[..4], 2, 2);
    assert!(matches!(solve(square, view(&a, 3, 2)), Err(DenseError::Shape { expected: 2, got: 3, .. })));
    assert!(expm_frechet(square, m).is_err());
}

#[test]
fn a_matrix_beyond_the_address_space_is_an_error() {
    // One stored value, broadcast; 2^47 bytes when written out, and more than usize counts.
    let one = [1.0];
    for order in [1 << 22, 1 << 33] {
        let m = MatrixView::new(&one, 0, order, order, 0, 0).unwrap();
        let column = MatrixView::new(&one, 0, 3, 1 << 62, 0, 0).unwrap();
        let cube = view(&[1.0; 9], 3, 3);
        for refused in [
            cholesky(m).err(),
            eigh(m).err(),
            triangular_solve(cube, column, Triangle::Lower, false, false).err(),
            Lu::factor(view(&[2.0, 0.0, 0.0, 0.0, 2.0, 0.0, 0.0, 0.0, 2.0], 3, 3))
                .unwrap()
                .solve(column)
                .err(),
        ] {
            assert!(matches!(refused, Some(DenseError::OutOfMemory { what: "matrix", .. })), "{refused:?}");
        }
    }
}

#[test]
fn a_refused_product_says_how_much_was_asked_for() {
    let one = [1.0];
    for (order, bytes) in [(1 << 30, 1 << 63), (1 << 33, usize::MAX)] {
        let m = MatrixView::new(&one, 0, order, order, 0, 0).unwrap();
        let refused = matmul_onto(&mut Vec::new(), m, m);
        assert_eq!(refused, Err(DenseError::OutOfMemory { bytes, what: "matrix" }));
    }
}

/// Everything on one matrix.
fn all(n: usize) -> Vec<u64> {
    let a = Lcg(42).positive::<f64>(n);
    let m = view(&a, n, n);
    let mut out = vec![0.0; n * n];
    matmul(&mut out, 1.0, m, m, false).unwrap();
    out.extend(inverse(m).unwrap());
    out.extend(cholesky(m).unwrap());
    out.extend(qr(m, QrMode::Complete).unwrap().q);
    out.extend(eigh(m).unwrap().vectors);
    out.extend(svd(m, SvdMode::Full).unwrap().u);
    out.extend(expm(m).unwrap());
    out.iter().map(|x| x.to_bits()).collect()
}

#[test]
fn the_same_bits_twice_and_on_a_small_stack() {
    for n in [3, 20, 150] {
        let here = all(n);
        let small = std::thread::Builder::new().stack_size(128 << 10).spawn(move || all(n)).unwrap();
        assert_eq!(here, small.join().unwrap());
    }
}
