"""Polynomials by their coefficients and np.emath, against NumPy."""

import numpy as np
import pytest
from autodiff.against_numpy import check

import pyframe as pf
from pyframe.errors import DTypeError, ParameterError, ShapeError, UnsupportedOperation

P = np.array([2.0, -1.0, 0.5, 3.0])
Q = np.array([1.5, 0.25])
X = np.array([[0.5, -1.0], [2.0, 0.3]])
T = np.linspace(-1.0, 1.0, 7)
Y = np.sin(3 * T) + T**2

FUNCTIONS = {
    "polyval": (np.polyval, P, X),
    "polyval at a number": (np.polyval, P, np.array(0.7)),
    "polyadd": (np.polyadd, P, Q),
    "polysub": (np.polysub, Q, P),
    "polymul": (np.polymul, P, Q),
    "polymul by a number": (np.polymul, P, np.array(0.5)),
    "polyder": (np.polyder, P),
    "polyder twice": (lambda p: np.polyder(p, 2), P),
    "polyder of all": (lambda p: np.polyder(p, 6), P),
    "polyint": (np.polyint, P),
    "polyint with constants": (lambda p, k: np.polyint(p, 2, k), P, Q),
    "polydiv": (np.polydiv, P, Q),
    "polydiv by more": (np.polydiv, Q, P),
    "poly": (np.poly, P),
    "roots of nothing": (lambda p: np.polyint(p[:0], 1, 2.0) * p[0], P),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_against_numpy(name):
    f, *args = FUNCTIONS[name]
    check(f, *args, linear=False, dtypes=["float64"], rtol=1e-11)


def test_second_derivative_of_a_value():
    got = pf.hessian(lambda x: np.polyval(P, x))(0.7)
    assert got == pytest.approx(np.polyval(np.polyder(P, 2), 0.7), rel=1e-14)


@pytest.mark.parametrize("options", [{}, {"w": np.linspace(0.5, 1.0, 7)}, {"full": True}])
@pytest.mark.parametrize("y", [Y, np.stack([Y, T**3], axis=1)])
def test_polyfit(y, options):
    """The fit is linear in y; in x it is compared with central differences."""

    def f(x, y):
        found = np.polyfit(x, y, 2, **options)
        return found[0] if options.get("full") else found

    value, tangent = pf.jvp(f, (T, y), (0 * T, y * y))
    np.testing.assert_allclose(value, f(T, y), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(tangent, f(T, y * y), rtol=1e-11, atol=1e-13)
    v, h = np.cos(5 * T), 1e-5
    by_difference = (f(T + h * v, y) - f(T - h * v, y)) / (2 * h)
    tangent = pf.jvp(lambda x: f(x, y), (T,), (v,))[1]
    np.testing.assert_allclose(tangent, by_difference, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("cov", [True, "unscaled"])
def test_polyfit_with_covariance(cov):
    def f(y):
        return np.polyfit(T, y, 2, cov=cov)

    value, tangent = pf.jvp(f, (Y,), (T,))
    for a, b in zip(value, f(Y), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-11, atol=1e-14)
    h = 1e-6
    by_difference = (f(Y + h * T)[1] - f(Y - h * T)[1]) / (2 * h)
    np.testing.assert_allclose(tangent[1], by_difference, rtol=1e-6, atol=1e-9)


INSIDE = {
    "sqrt": (np.emath.sqrt, np.array([0.5, 2.0])),
    "log": (np.emath.log, np.array([0.5, 2.0])),
    "log2": (np.emath.log2, np.array([0.5, 2.0])),
    "log10": (np.emath.log10, np.array([0.5, 2.0])),
    "logn": (lambda x: np.emath.logn(3.0, x), np.array([0.5, 2.0])),
    "power": (lambda x: np.emath.power(x, 1.5), np.array([0.5, 2.0])),
    "arccos": (np.emath.arccos, np.array([0.5, -0.25])),
    "arcsin": (np.emath.arcsin, np.array([0.5, -0.25])),
    "arctanh": (np.emath.arctanh, np.array([0.5, -0.25])),
}


@pytest.mark.parametrize("name", INSIDE)
def test_emath(name):
    f, x = INSIDE[name]
    value, tangent = pf.jvp(f, (x,), (np.ones(2),))
    np.testing.assert_allclose(value, f(x), rtol=1e-15)
    np.testing.assert_allclose(tangent, np.imag(f(x + 1e-30j)) / 1e-30, rtol=1e-13)
    with pytest.raises(DTypeError, match=f"np.emath.{name} would be complex"):
        pf.jvp(f, (x - 3,), (x,))


@pytest.mark.parametrize(
    ("f", "error"),
    [
        (lambda x: np.polyder(x[0], -1), ParameterError),
        (lambda x: np.polyint(x[0], -1), ParameterError),
        (lambda x: np.polyint(x[0], 3, [1.0, 2.0]), ParameterError),
        (np.poly, UnsupportedOperation),
        (np.roots, UnsupportedOperation),
        (lambda x: np.polyfit(x, x, 1), ShapeError),
        (lambda x: np.polyfit(x[0], x[0], -1), ParameterError),
    ],
)
def test_refusals(f, error):
    with pytest.raises(error):
        pf.grad(lambda x: np.sum(f(x)))(X)
