"""Coefficients against mpmath and nested derivatives; the mode in pyframe's operators."""

from __future__ import annotations

import math
from importlib import metadata

import mpmath
import numpy as np
import pytest
from pyframe_taylor import Taylor, taylor
from pyframe_taylor.plugin import pyframe_ad_modes

import pyframe as pf
from pyframe import testing
from pyframe.errors import ParameterError, ShapeError, UnsupportedOperation

scipy_special = pytest.importorskip("scipy.special")
mpmath.mp.dps = 30


def by_mpmath(f, x, order):
    return np.array([float(c) for c in mpmath.taylor(f, mpmath.mpf(x), order)])


def close(got, want, rtol=1e-12):
    scale = np.maximum(np.abs(want), 1e-14 * np.max(np.abs(want)))
    np.testing.assert_array_less(np.abs(got - want), rtol * scale + 1e-300)


ONE = {
    "exp": (np.exp, mpmath.exp, 0.3),
    "exp2": (np.exp2, lambda x: mpmath.mpf(2) ** x, 0.3),
    "expm1": (np.expm1, mpmath.expm1, 0.3),
    "log": (np.log, mpmath.log, 0.7),
    "log2": (np.log2, lambda x: mpmath.log(x, 2), 0.7),
    "log10": (np.log10, mpmath.log10, 0.7),
    "log1p": (np.log1p, mpmath.log1p, 0.7),
    "sqrt": (np.sqrt, mpmath.sqrt, 0.7),
    "cbrt": (np.cbrt, mpmath.cbrt, 0.7),
    "square": (np.square, lambda x: x * x, 0.7),
    "reciprocal": (np.reciprocal, lambda x: 1 / x, 0.7),
    "sin": (np.sin, mpmath.sin, 0.7),
    "cos": (np.cos, mpmath.cos, 0.7),
    "tan": (np.tan, mpmath.tan, 0.7),
    "arcsin": (np.arcsin, mpmath.asin, 0.3),
    "arccos": (np.arccos, mpmath.acos, 0.3),
    "arctan": (np.arctan, mpmath.atan, 0.3),
    "sinh": (np.sinh, mpmath.sinh, 0.7),
    "cosh": (np.cosh, mpmath.cosh, 0.7),
    "tanh": (np.tanh, mpmath.tanh, 0.7),
    "arcsinh": (np.arcsinh, mpmath.asinh, 0.7),
    "arccosh": (np.arccosh, mpmath.acosh, 1.7),
    "arctanh": (np.arctanh, mpmath.atanh, 0.3),
    "abs": (np.abs, lambda x: -x, -0.7),
    "power": (lambda x: x**2.5, lambda x: x ** mpmath.mpf("2.5"), 0.7),
    "power, negative": (lambda x: x**-3, lambda x: x**-3, 0.7),
    "power, whole": (lambda x: x**5, lambda x: x**5, -0.7),
    "power of itself": (lambda x: x**x, lambda x: x**x, 0.7),
    "base": (lambda x: 3.0**x, lambda x: mpmath.mpf(3) ** x, 0.7),
    "arctan2": (lambda x: np.arctan2(x, 1 + x * x), lambda x: mpmath.atan2(x, 1 + x * x), 0.4),
    "hypot": (lambda x: np.hypot(x, 2.0), lambda x: mpmath.sqrt(x * x + 4), 0.7),
    "logaddexp": (
        lambda x: np.logaddexp(x, 2 * x),
        lambda x: mpmath.log(mpmath.exp(x) + mpmath.exp(2 * x)),
        0.7,
    ),
    "rational": (lambda x: (1 + x) / (2 + x * x), lambda x: (1 + x) / (2 + x * x), 0.4),
    "exp of sin": (lambda x: np.exp(np.sin(x)), lambda x: mpmath.exp(mpmath.sin(x)), 0.7),
    "deep": (
        lambda x: np.log(2 + np.tanh(np.sqrt(1 + x**2)) * np.cos(3 * x)),
        lambda x: mpmath.log(2 + mpmath.tanh(mpmath.sqrt(1 + x**2)) * mpmath.cos(3 * x)),
        0.4,
    ),
    "remainder": (lambda x: (x * x) % 0.3, lambda x: x * x - mpmath.mpf("0.3") * 1, 0.6),
    "erf": (scipy_special.erf, mpmath.erf, 0.4),
    "erfc": (scipy_special.erfc, mpmath.erfc, 0.4),
    "expit": (scipy_special.expit, lambda x: 1 / (1 + mpmath.exp(-x)), 0.4),
    "logit": (scipy_special.logit, lambda x: mpmath.log(x / (1 - x)), 0.3),
    "ndtr": (scipy_special.ndtr, mpmath.ncdf, 0.4),
    "entr": (scipy_special.entr, lambda x: -x * mpmath.log(x), 0.4),
}


@pytest.mark.parametrize("name", ONE)
@pytest.mark.parametrize("order", [1, 30])
def test_functions_of_one_number(name, order):
    f, exact, x = ONE[name]
    want = by_mpmath(exact, x, order)
    got = taylor(f, x, 1.0, order)
    assert got.shape == (order + 1,)
    # Each coefficient relative to the size that its neighbours lead one to expect.
    size = np.maximum(
        np.abs(want),
        np.max(np.abs(want) * 0.5 ** np.arange(order + 1)) * 0.5 ** -np.arange(order + 1.0) * 1e-3,
    )
    assert np.all(np.abs(got - want) <= 1e-11 * np.maximum(size, 1e-16))


def test_inverse_error_function_by_its_inverse():
    got = taylor(lambda x: scipy_special.erf(scipy_special.erfinv(x)), 0.3, 1.0, 12)
    np.testing.assert_allclose(got, [0.3, 1.0] + [0.0] * 11, atol=1e-12)


NESTED = {
    "gammaln": (scipy_special.gammaln, 1.7),
    "digamma": (scipy_special.digamma, 1.7),
    "gamma": (scipy_special.gamma, 1.7),
    "j0": (scipy_special.j0, 0.7),
    "i1": (scipy_special.i1, 0.7),
    "sinc": (np.sinc, 0.4),
}


def nested(f, x, order):
    found = [f(x)]
    for k in range(1, order + 1):
        f = pf.derivative(f)
        found.append(f(x) / math.factorial(k))
    return np.array(found)


@pytest.mark.parametrize("name", NESTED)
def test_functions_without_a_recurrence_up_to_order_five(name):
    f, x = NESTED[name]
    np.testing.assert_allclose(
        taylor(lambda t: f(np.sin(t) + x), 0.0, 1.0, 5),
        nested(lambda t: f(np.sin(t) + x), 0.0, 5),
        rtol=1e-10,
    )
    with pytest.raises(UnsupportedOperation, match=r"has no recurrence .* up to 8 .* got order 9"):
        taylor(f, x, 1.0, 9)


RNG = np.random.default_rng(3)
A = RNG.standard_normal((4, 4)) / 4 + np.eye(4) * 2
X = RNG.uniform(0.4, 1.2, 4)
V = RNG.standard_normal(4)


def written(x):
    y = np.zeros(6) * x[0]
    y[1:5] = x * x
    y[0] = np.sin(y[2])
    return y


ARRAYS = {
    "sum": lambda x: np.sum(np.sin(x) * x),
    "matrix": lambda x: A @ x * x,
    "product": lambda x: np.outer(x, x) @ np.exp(x),
    "einsum": lambda x: np.einsum("i,ij,j->", np.sin(x), A, x),
    "norm": np.linalg.norm,
    "logsumexp": lambda x: np.log(np.sum(np.exp(x))),
    "softmax": lambda x: scipy_special.softmax(x * 3),
    "max": lambda x: np.max(x * x) * x,
    "maximum": lambda x: np.maximum(x, x[::-1]) ** 2,
    "relu": lambda x: np.maximum(np.sin(4 * x), 0.0),
    "where": lambda x: np.where(x > 0.8, x**3, np.cos(x)),
    "mean and var": lambda x: np.mean(x) * np.var(x),
    "cumsum": lambda x: np.cumsum(x**2) * x,
    "index": lambda x: x[np.array([3, 0, 3])] * x[1:],
    "written": written,
    "stack": lambda x: np.stack([x, np.exp(x)]).T * x[:, None],
    "solve": lambda x: np.linalg.solve(A + np.outer(x, x), x),
    "inverse": lambda x: np.linalg.inv(A + np.outer(x, x)),
    "shifted": lambda x: np.linalg.solve(A + np.sum(x), x) + np.linalg.inv(A * x[0])[0],
    "determinant": lambda x: np.linalg.det(A + np.outer(x, x)),
    "logdet": lambda x: np.linalg.slogdet(A + np.outer(x, x))[1],
    "cholesky": lambda x: np.linalg.cholesky(A @ A.T + np.outer(x, x)),
    "eigenvalues": lambda x: np.linalg.eigvalsh(A @ A.T + np.outer(x, x)),
    "broadcast": lambda x: x[:, None] / (1 + x[None, :] ** 2),
    "prod": np.prod,
    "powers": lambda x: x ** np.array([0.0, 1.0, 2.0, 3.0]),
    "loop": lambda x: sum(x[i] * x[(i + 1) % 4] for i in range(4)),
    "constant": lambda x: np.ones(3),
    "integers": lambda x: x > 0.5,
}


@pytest.mark.parametrize("name", ARRAYS)
def test_functions_of_arrays_against_nested_derivatives(name):
    f = ARRAYS[name]
    got = taylor(f, X, V, 4)
    want = nested(lambda t: np.asarray(f(X + t * V)) if not pf_traced(t) else f(X + t * V), 0.0, 4)
    assert got.shape == want.shape
    np.testing.assert_allclose(got, want, rtol=1e-9, atol=1e-11)


def pf_traced(value):
    return type(value).__module__.startswith("pyframe")


def test_derivatives_through_a_series():
    # d/da of the coefficients of exp(a sin t) at t = 0: those of sin(t) exp(a sin t).
    def coefficients(a):
        return taylor(lambda t: np.exp(a * np.sin(t)), 0.0, 1.0, 6)

    want = taylor(lambda t: np.sin(t) * np.exp(0.7 * np.sin(t)), 0.0, 1.0, 6)
    np.testing.assert_allclose(pf.derivative(coefficients)(0.7), want, rtol=1e-13, atol=1e-15)
    gradient = pf.grad(lambda a: np.sum(coefficients(a)))(0.7)
    assert gradient == pytest.approx(np.sum(want), rel=1e-13)


def test_trees_small_arrays_and_single_precision():
    got = taylor(lambda p: {"y": p[0] * p[1], "z": p[1]}, (2.0, np.ones(2)), (1.0, np.ones(2)), 2)
    np.testing.assert_allclose(got["y"], [[2, 2], [3, 3], [1, 1]])
    np.testing.assert_allclose(got["z"], [[1, 1], [1, 1], [0, 0]])
    assert taylor(np.sin, np.array([]), np.array([]), 3).shape == (4, 0)
    assert taylor(np.sin, 0.5, 1.0, 0).shape == (1,)
    x = np.array([0.5, 0.7], np.float32)
    found = taylor(lambda x: np.tanh(x) * x**1.5, x, np.ones(2, np.float32), 5)
    assert found.dtype == np.float32
    np.testing.assert_allclose(
        found, taylor(lambda x: np.tanh(x) * x**1.5, x.astype(float), np.ones(2), 5), rtol=2e-4
    )


def test_conventions_at_kinks():
    # K2 and K4 of pyframe: no derivative of abs, norm, hypot and arctan2 at their tips.
    for f in (
        np.abs,
        lambda x: np.hypot(x, x),
        lambda x: np.arctan2(x, x),
        lambda x: np.maximum(x, 0),
    ):
        np.testing.assert_array_equal(taylor(f, 0.0, 1.0, 3), [0, 0, 0, 0])
    found = taylor(np.linalg.norm, np.zeros(2), np.ones(2), 2)
    np.testing.assert_array_equal(found, [0, 0, 0])


def test_whole_powers_at_zero():
    np.testing.assert_array_equal(taylor(lambda x: x**3, 0.0, 1.0, 4), [0, 0, 0, 1, 0])
    np.testing.assert_array_equal(taylor(lambda x: x**0, 0.0, 1.0, 2), [1, 0, 0])


def test_the_mode_in_the_operators():
    mode = Taylor()
    f = ARRAYS["matrix"]
    np.testing.assert_allclose(pf.jvp(f, (X,), (V,), mode=mode)[1], pf.jvp(f, (X,), (V,))[1])
    np.testing.assert_allclose(pf.jacobian(f, mode=mode)(X), pf.jacobian(f)(X), rtol=1e-14)
    assert pf.derivative(np.tanh, mode=mode)(0.0) == 1.0
    np.testing.assert_allclose(
        pf.hessian(ARRAYS["sum"], mode=mode)(X), pf.hessian(ARRAYS["sum"])(X), rtol=1e-13
    )
    inner = pf.derivative(np.sin, mode=mode)
    assert pf.derivative(inner, mode=mode)(0.3) == pytest.approx(-math.sin(0.3), rel=1e-15)


@pytest.mark.parametrize("order", [-1, 1.0, True])
def test_orders_are_checked(order):
    with pytest.raises(ParameterError, match="order must be an int >= 0, got"):
        taylor(np.sin, 0.0, 1.0, order)


def test_directions_are_checked():
    with pytest.raises(ShapeError, match="v must have the structure and shapes"):
        taylor(np.sin, np.ones(2), np.ones(3), 2)


def test_conforms():
    testing.check_ad_mode(Taylor(), strict=True)
    (record,) = pyframe_ad_modes()
    testing.check_ad_mode(record, strict=True)


def test_the_name_works_once_installed():
    try:
        metadata.distribution("pyframe-taylor")
    except metadata.PackageNotFoundError:
        pytest.skip("pyframe-taylor is on the path but not installed")
    assert "pyframe-taylor" in {known.distribution for known in pf.plugins("ad-mode")}
    assert pf.derivative(np.exp, mode="taylor")(0.0) == 1.0
    np.testing.assert_allclose(
        pf.jacobian(ARRAYS["matrix"], mode="taylor")(X), pf.jacobian(ARRAYS["matrix"])(X)
    )
