//! What the special functions answer at NaN, infinities, zeros, poles and the ends of domains.

use pyframe_tape::special as sp;

const INF: f64 = f64::INFINITY;
const NAN: f64 = f64::NAN;

/// Equal bit for bit, so that zeros have signs; any NaN is as good as another.
fn same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
}

type Unary = (&'static str, fn(f64) -> f64, &'static [(f64, f64)]);

const UNARY: &[Unary] = &[
    ("erf", sp::erf, &[(NAN, NAN), (INF, 1.0), (-INF, -1.0), (0.0, 0.0), (-0.0, -0.0)]),
    ("erfc", sp::erfc, &[(NAN, NAN), (INF, 0.0), (-INF, 2.0), (0.0, 1.0), (-0.0, 1.0)]),
    (
        "erfinv",
        sp::erfinv,
        &[(NAN, NAN), (1.0, INF), (-1.0, -INF), (1.5, NAN), (-INF, NAN), (0.0, 0.0), (-0.0, -0.0)],
    ),
    (
        "erfcinv",
        sp::erfcinv,
        &[(NAN, NAN), (0.0, INF), (-0.0, INF), (2.0, -INF), (2.5, NAN), (-1.0, NAN), (1.0, 0.0), (INF, NAN)],
    ),
    (
        "gamma",
        sp::gamma,
        &[
            (NAN, NAN),
            (INF, INF),
            (-INF, NAN),
            (0.0, INF),
            (-0.0, -INF),
            (-1.0, NAN),
            (-1e300, NAN),
            (1e-320, INF),
            (-1e-320, -INF),
            (6.0, 120.0),
            (172.0, INF),
            (-200.5, -0.0),
        ],
    ),
    (
        "gammaln",
        sp::gammaln,
        &[(NAN, NAN), (INF, INF), (-INF, INF), (0.0, INF), (-0.0, INF), (-1.0, INF), (1.0, 0.0), (2.0, 0.0)],
    ),
    (
        "gammasgn",
        sp::gammasgn,
        &[
            (NAN, NAN),
            (INF, 1.0),
            (-INF, NAN),
            (0.0, 1.0),
            (-0.0, -1.0),
            (-1.0, NAN),
            (-0.5, -1.0),
            (-1.5, 1.0),
        ],
    ),
    (
        "digamma",
        sp::digamma,
        &[
            (NAN, NAN),
            (INF, INF),
            (-INF, NAN),
            (0.0, -INF),
            (-0.0, INF),
            (-1.0, NAN),
            (f64::MAX, 709.782_712_893_384),
        ],
    ),
    (
        "trigamma",
        sp::trigamma,
        &[
            (NAN, NAN),
            (INF, 0.0),
            (-INF, NAN),
            (0.0, INF),
            (-0.0, INF),
            (-1.0, INF),
            (1e-300, INF),
            (1e300, 1e-300),
        ],
    ),
    ("expit", sp::expit, &[(NAN, NAN), (INF, 1.0), (-INF, 0.0), (0.0, 0.5), (-1e30, 0.0), (1e30, 1.0)]),
    ("log_expit", sp::log_expit, &[(NAN, NAN), (INF, -0.0), (-INF, -INF), (-1e30, -1e30)]),
    ("softplus", sp::softplus, &[(NAN, NAN), (INF, INF), (-INF, 0.0), (1e30, 1e30)]),
    (
        "logit",
        sp::logit,
        &[(NAN, NAN), (0.0, -INF), (-0.0, -INF), (1.0, INF), (2.0, NAN), (-1.0, NAN), (INF, NAN)],
    ),
    ("exp2", sp::exp2, &[(NAN, NAN), (INF, INF), (-INF, 0.0), (10.0, 1024.0), (1024.0, INF)]),
    ("entr", sp::entr, &[(NAN, NAN), (INF, -INF), (-INF, -INF), (0.0, 0.0), (-0.0, 0.0), (-1e-300, -INF)]),
    ("i0", sp::i0, &[(NAN, NAN), (INF, INF), (-INF, INF), (0.0, 1.0), (1e3, INF)]),
    ("i1", sp::i1, &[(NAN, NAN), (INF, INF), (-INF, -INF), (0.0, 0.0), (-0.0, -0.0), (-1e3, -INF)]),
    ("i0e", sp::i0e, &[(NAN, NAN), (INF, 0.0), (-INF, 0.0), (0.0, 1.0), (-0.0, 1.0)]),
    ("i1e", sp::i1e, &[(NAN, NAN), (INF, 0.0), (-INF, -0.0), (0.0, 0.0), (-0.0, -0.0)]),
    ("j0", sp::j0, &[(NAN, NAN), (INF, 0.0), (-INF, 0.0), (0.0, 1.0)]),
    ("j1", sp::j1, &[(NAN, NAN), (INF, 0.0), (-INF, -0.0), (0.0, 0.0), (-0.0, -0.0)]),
    ("ndtr", sp::ndtr, &[(NAN, NAN), (INF, 1.0), (-INF, 0.0), (0.0, 0.5), (-39.0, 0.0)]),
    ("log_ndtr", sp::log_ndtr, &[(NAN, NAN), (INF, -0.0), (-INF, -INF), (f64::MIN, -INF), (-1e10, -5e19)]),
    (
        "ndtri",
        sp::ndtri,
        &[(NAN, NAN), (0.0, -INF), (1.0, INF), (-0.1, NAN), (1.1, NAN), (0.5, 0.0), (INF, NAN)],
    ),
    (
        "rint",
        sp::rint,
        &[(NAN, NAN), (INF, INF), (0.5, 0.0), (-0.5, -0.0), (1.5, 2.0), (2.5, 2.0), (-2.5, -2.0)],
    ),
    ("sign", sp::sign, &[(NAN, NAN), (INF, 1.0), (-INF, -1.0), (0.0, 0.0), (-0.0, 0.0), (-5e-324, -1.0)]),
    (
        "spacing",
        sp::spacing,
        &[
            (NAN, NAN),
            (INF, NAN),
            (-INF, NAN),
            (0.0, 5e-324),
            (-0.0, 5e-324),
            (f64::MAX, INF),
            (-2.5, -4.440_892_098_500_626e-16),
        ],
    ),
];

type Binary = (&'static str, fn(f64, f64) -> f64, &'static [(f64, f64, f64)]);

const BINARY: &[Binary] = &[
    (
        "zeta",
        sp::zeta,
        &[
            (NAN, 1.0, NAN),
            (2.0, NAN, NAN),
            (1.0, 3.0, INF),
            (0.5, 1.0, NAN),
            (2.0, 0.0, INF),
            (2.0, -3.0, INF),
            (2.5, -1.5, NAN),
            (2.0, INF, 0.0),
            (INF, 0.5, INF),
            (INF, 1.0, 1.0),
            (INF, 2.0, 0.0),
        ],
    ),
    (
        "beta",
        sp::beta,
        &[
            (NAN, 1.0, NAN),
            (0.0, 1.0, INF),
            (1.0, 2.0, 0.5),
            (INF, 1.0, 0.0),
            (-0.5, INF, -INF),
            (-INF, 1.0, NAN),
            (-1.0, 2.0, INF),
            (-3.0, 2.0, 1.0 / 6.0),
            (1e-320, 1.0, INF),
            (1e300, 1e300, 0.0),
            (1e300, 9.332_636_185_032_189e-302, 1.071_508_607_186_267_3e301),
        ],
    ),
    (
        "betaln",
        sp::betaln,
        &[(NAN, 1.0, NAN), (0.0, 1.0, INF), (1.0, 1.0, 0.0), (INF, 1.0, -INF), (-1.0, 2.0, INF)],
    ),
    (
        "xlogy",
        sp::xlogy,
        &[
            (0.0, 0.0, 0.0),
            (0.0, NAN, NAN),
            (0.0, -1.0, 0.0),
            (0.0, INF, 0.0),
            (1.0, 0.0, -INF),
            (1.0, -1.0, NAN),
        ],
    ),
    (
        "xlog1py",
        sp::xlog1py,
        &[(0.0, -1.0, 0.0), (0.0, NAN, NAN), (0.0, -2.0, 0.0), (1.0, -1.0, -INF), (1.0, -2.0, NAN)],
    ),
    (
        "logaddexp",
        sp::logaddexp,
        &[
            (INF, INF, INF),
            (-INF, -INF, -INF),
            (INF, -INF, INF),
            (NAN, INF, NAN),
            (-INF, NAN, NAN),
            (-INF, 2.0, 2.0),
        ],
    ),
    (
        "logaddexp2",
        sp::logaddexp2,
        &[(INF, INF, INF), (-INF, -INF, -INF), (INF, -INF, INF), (NAN, INF, NAN), (3.0, 3.0, 4.0)],
    ),
    (
        "heaviside",
        sp::heaviside,
        &[(0.0, 0.5, 0.5), (-0.0, NAN, NAN), (-1.0, 0.5, 0.0), (INF, NAN, 1.0), (NAN, 0.5, NAN)],
    ),
    (
        "fmod",
        sp::fmod,
        &[(5.0, INF, 5.0), (-5.0, 3.0, -2.0), (5.0, 0.0, NAN), (INF, 2.0, NAN), (-6.0, 3.0, -0.0)],
    ),
    // NumPy 2.4, float64 scalars.
    (
        "remainder",
        sp::remainder,
        &[
            (5.0, INF, 5.0),
            (-5.0, INF, INF),
            (5.0, -INF, -INF),
            (-0.0, INF, 0.0),
            (-0.0, 5.0, 0.0),
            (0.0, -5.0, -0.0),
            (6.0, -3.0, -0.0),
            (INF, 5.0, NAN),
            (5.0, 0.0, NAN),
            (-1.0, NAN, NAN),
            (1e300, 1e-300, 4.891_554_850_853_602e-301),
            (-1e-300, 1e300, 1e300),
        ],
    ),
    (
        "floor_divide",
        sp::floor_divide,
        &[
            (5.0, INF, 0.0),
            (-5.0, INF, -1.0),
            (5.0, -INF, -1.0),
            (-0.0, INF, -0.0),
            (0.0, -5.0, -0.0),
            (6.0, -3.0, -2.0),
            (INF, 5.0, NAN),
            (5.0, -0.0, -INF),
            (0.0, 0.0, NAN),
            (INF, 0.0, INF),
            (1e300, 1e-300, INF),
            (-1e-300, 1e300, -1.0),
        ],
    ),
    (
        "nextafter",
        sp::nextafter,
        &[(0.0, -0.0, -0.0), (0.0, 1.0, 5e-324), (NAN, 1.0, NAN), (1.0, NAN, NAN), (f64::MAX, INF, INF)],
    ),
    ("copysign", sp::copysign, &[(1.0, -0.0, -1.0), (-2.0, NAN, 2.0)]),
    ("hypot", sp::hypot, &[(INF, NAN, INF), (NAN, -INF, INF), (NAN, 1.0, NAN), (-3.0, 4.0, 5.0)]),
    ("fmax", sp::fmax, &[(NAN, 1.0, 1.0), (1.0, NAN, 1.0), (NAN, NAN, NAN), (1.0, 2.0, 2.0)]),
    ("fmin", sp::fmin, &[(NAN, 1.0, 1.0), (1.0, NAN, 1.0), (NAN, NAN, NAN), (1.0, 2.0, 1.0)]),
    ("maximum", sp::maximum, &[(NAN, 1.0, NAN), (1.0, NAN, NAN), (1.0, 2.0, 2.0), (-INF, 1.0, 1.0)]),
    ("minimum", sp::minimum, &[(NAN, 1.0, NAN), (1.0, NAN, NAN), (1.0, 2.0, 1.0), (-INF, 1.0, -INF)]),
];

type Order = (&'static str, fn(u32, f64) -> f64, &'static [(u32, f64, f64)]);

const ORDER: &[Order] = &[
    (
        "polygamma",
        sp::polygamma,
        &[
            (2, NAN, NAN),
            (2, 0.0, -INF),
            (2, -0.0, INF),
            (3, -0.0, INF),
            (2, -1.0, NAN),
            (3, -1.0, INF),
            (2, INF, -0.0),
            (3, INF, 0.0),
            (2, -INF, NAN),
            (u32::MAX, 0.5, INF),
            (u32::MAX, -0.5, INF),
            (u32::MAX, INF, 0.0),
        ],
    ),
    (
        "sinc_derivative",
        sp::sinc_derivative,
        &[
            (0, NAN, NAN),
            (0, 0.0, 1.0),
            (0, -3.0, 0.0),
            (1, 1.0, -1.0),
            (1, -1.0, 1.0),
            (0, INF, 0.0),
            (3, -INF, 0.0),
            (u32::MAX, 1.0, NAN),
        ],
    ),
];

#[test]
fn ends_and_poles() {
    for (name, f, table) in UNARY {
        for &(x, expected) in *table {
            assert!(same(f(x), expected), "{name}({x:?}) is {:?}, not {expected:?}", f(x));
        }
    }
    for (name, f, table) in BINARY {
        for &(x, y, expected) in *table {
            assert!(same(f(x, y), expected), "{name}({x:?}, {y:?}) is {:?}, not {expected:?}", f(x, y));
        }
    }
    for (name, f, table) in ORDER {
        for &(n, x, expected) in *table {
            assert!(same(f(n, x), expected), "{name}({n}, {x:?}) is {:?}, not {expected:?}", f(n, x));
        }
    }
}

/// The crate's kernels take `x` for `|x|` in their tiny branch.
#[test]
fn scaled_bessel_functions_of_tiny_arguments_keep_their_symmetry() {
    for x in [1e-300, 7.9e-17, 2.1e-16, 1e-12] {
        assert_eq!(sp::i1e(-x), -sp::i1e(x));
        assert_eq!(sp::i0e(-x), sp::i0e(x));
        assert!(sp::i0e(-x) <= 1.0);
    }
}

#[test]
fn orders_whose_factorial_or_power_is_out_of_range() {
    // 60-digit values; the logarithms of factorial and power cost up to 2e3 ulp.
    for (n, x, expected) in [
        (200, 100.0, -9.125_424_691_096_223e-28),
        (170, 1e3, -4.642_275_481_885_541e-206),
        (1000, 450.0, -6.148_610_502_448_009e-89),
    ] {
        let got = sp::polygamma(n, x);
        assert!((got / expected - 1.0).abs() < 1e-12, "polygamma({n}, {x}) is {got:e}, not {expected:e}");
    }
}
