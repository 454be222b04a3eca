"""Functions of scipy.special: values are SciPy's, derivatives those of fifty digits."""

from __future__ import annotations

import inspect
import subprocess
import sys

import numpy as np
import pytest
import scipy.special as sp
from autodiff.mp_numpy import mp
from autodiff.pointwise import check
from scipy.special import factorial, log_softmax, logsumexp, multigammaln, polygamma, softmax

import pyframe as pf
from pyframe.errors import DTypeError, ParameterError

TINY = 1e-6


def mp_erfcinv(x):
    return mp.erfinv(1 - x)


def mp_ndtr(x):
    return mp.ncdf(x)


def mp_log_ndtr(x):
    return mp.log(mp.erfc(-x / mp.sqrt(2)) / 2)


def mp_ndtri(x):
    return mp.sqrt(2) * mp.erfinv(2 * x - 1)


def scaled(order):
    return lambda x: mp.exp(-abs(x)) * mp.besseli(order, x)


def mp_exprel(x):
    return mp.expm1(x) / x if x else mp.mpf(1)


def mp_boxcox(x, lmbda):
    return (x**lmbda - 1) / lmbda if lmbda else mp.log(x)


ONE = {
    "erf": (mp.erf, [-3.0, -TINY, 0.0, 0.5, 2.0]),
    "erfc": (mp.erfc, [-3.0, 0.0, 0.5, 2.0, 8.0]),
    "erfinv": (mp.erfinv, [-0.999, -TINY, 0.0, 0.5]),
    "erfcinv": (mp_erfcinv, [1e-9, 0.5, 1.0, 1.9]),
    "gamma": (mp.gamma, [-2.5, -0.1, TINY, 0.5, 3.0, 20.0]),
    "gammaln": (lambda x: mp.log(abs(mp.gamma(x))), [-2.5, -0.1, TINY, 0.5, 3.0, 1e5]),
    "loggamma": (mp.loggamma, [TINY, 0.5, 3.0, 1e5]),
    "digamma": (mp.digamma, [-2.5, -0.1, TINY, 0.5, 3.0, 1e5]),
    "psi": (mp.digamma, [-2.5, 3.0]),
    "rgamma": (mp.rgamma, [-3.5, -2.0, -TINY, 0.0, 0.3, 0.5, 3.0, 20.0, 171.5]),
    "expit": (lambda x: 1 / (1 + mp.exp(-x)), [-30.0, -TINY, 0.0, 2.0]),
    "log_expit": (lambda x: -mp.log(1 + mp.exp(-x)), [-30.0, -TINY, 0.0, 2.0, 30.0]),
    "logit": (lambda x: mp.log(x / (1 - x)), [1e-9, 0.3, 0.5, 0.99]),
    "entr": (lambda x: -x * mp.log(x), [1e-9, 0.3, 1.0, 50.0]),
    "ndtr": (mp_ndtr, [-8.0, -1.0, 0.0, 2.0]),
    "log_ndtr": (mp_log_ndtr, [-300.0, -21.0, -19.0, -1.0, 0.0, 2.0]),
    "ndtri": (mp_ndtri, [1e-9, 0.3, 0.5, 0.99]),
    "i0": (lambda x: mp.besseli(0, x), [-3.0, TINY, 0.5, 20.0]),
    "i1": (lambda x: mp.besseli(1, x), [-3.0, -TINY, 0.0, 0.5, 0.999, 1.001, 20.0]),
    "i0e": (scaled(0), [-3.0, TINY, 0.5, 20.0]),
    "i1e": (scaled(1), [-3.0, -TINY, TINY, 0.5, 1.5, 20.0]),
    "j0": (lambda x: mp.besselj(0, x), [-3.0, 0.0, 0.5, 20.0]),
    "j1": (lambda x: mp.besselj(1, x), [-3.0, -TINY, 0.0, 0.5, 0.999, 1.001, 20.0]),
    "expm1": (mp.expm1, [-3.0, -1e-9, 0.0, 2.0]),
    "log1p": (lambda x: mp.log(1 + x), [-0.9, -1e-9, 0.0, 2.0]),
    "cbrt": (mp.cbrt, [1e-3, 2.0]),
    "exp2": (lambda x: mp.mpf(2) ** x, [-3.0, 0.0, 2.5]),
    "exp10": (lambda x: mp.mpf(10) ** x, [-3.0, 0.0, 2.5]),
    "exprel": (mp_exprel, [-30.0, -1.0, -0.999, -TINY, 0.0, TINY, 0.9, 1.0, 1.5, 20.0]),
    "cosm1": (lambda x: mp.cos(x) - 1, [-3.0, -TINY, 0.0, 2.5]),
    "sinc": (lambda x: mp.sinc(mp.pi * x), [-2.5, -TINY, 0.0, 0.3]),
    "softplus": (lambda x: mp.log(1 + mp.exp(x)), [-20.0, 0.0, 3.0, 40.0]),
    "factorial": (lambda x: mp.gamma(x + 1), [0.0, 0.5, 3.0]),
}

TWO = {
    "xlogy": (lambda x, y: x * mp.log(y), [-1.0, 0.5, 3.0], [2.0, 1e-6, 1.0]),
    "xlog1py": (lambda x, y: x * mp.log(1 + y), [-1.0, 0.5, 3.0], [2.0, 1e-6, -0.9]),
    "beta": (mp.beta, [0.5, 3.0, 0.05, 20.0], [2.0, 4.5, 1.0, 30.0]),
    "betaln": (lambda x, y: mp.log(mp.beta(x, y)), [0.5, 3.0, 1e-3, 1e3], [2.0, 4.5, 1.0, 1e3]),
    "rel_entr": (lambda x, y: x * mp.log(x / y), [0.5, 3.0, 1e-3, 2.0], [0.5, 4.5, 1.0, 1.999]),
    "kl_div": (
        lambda x, y: x * mp.log(x / y) - x + y,
        [0.25, 3.0, 1e-3, 2.0],
        [0.5, 4.5, 1.0, 1.0],
    ),
    "huber": (
        lambda d, r: r * r / 2 if abs(r) <= d else d * (abs(r) - d / 2),
        [1.0, 1.0, 2.0],
        [0.5, -3.0, 2.5],
    ),
    "pseudo_huber": (
        lambda d, r: d * d * (mp.sqrt(1 + (r / d) ** 2) - 1),
        [1.0, 1.0, 2.0, 1e3],
        [0.5, -3.0, 1e4, 1e-3],
    ),
    "boxcox": (mp_boxcox, [0.5, 3.0, 1.5], [2.0, -1.5, 0.25]),
    "boxcox1p": (lambda x, m: mp_boxcox(1 + x, m), [0.5, 3.0, -0.5], [2.0, -1.5, 0.25]),
}

LESS_EXACT = {"gamma": 1e-11, "betaln": 1e-10, "beta": 1e-9, "kl_div": 1e-11, "huber": 1e-11}


@pytest.mark.parametrize("name", ONE)
def test_derivatives_of_one_argument(name):
    exact, points = ONE[name]
    check(
        getattr(sp, name),
        exact,
        points,
        rtol=2e-13,
        second=LESS_EXACT.get(name, 1e-11),
        float32=3e-5,
    )


@pytest.mark.parametrize("name", TWO)
def test_derivatives_of_two_arguments(name):
    exact, *points = TWO[name]
    check(
        getattr(sp, name),
        exact,
        *points,
        rtol=1e-12,
        second=LESS_EXACT.get(name, 1e-11),
        float32=3e-5,
    )


@pytest.mark.parametrize("order", range(5))
def test_polygamma(order):
    check(
        lambda x: polygamma(order, x),
        lambda x: mp.polygamma(order, x),
        [-0.5, 0.25, 3.0, 40.0],
        float32=3e-5,
    )
    with pytest.raises(DTypeError, match="polygamma"):
        pf.grad(lambda x: np.sum(polygamma(np.arange(2), x)))(np.ones(2))


def test_multigammaln():
    exact = lambda a: mp.log(mp.pi) * 1.5 + sum(mp.loggamma(a - mp.mpf(j) / 2) for j in range(3))  # noqa: E731
    check(lambda a: multigammaln(a, 3), exact, [1.5, 4.0], float32=3e-5)
    with pytest.raises(ParameterError, match="multigammaln"):
        pf.grad(lambda a: multigammaln(a, 3))(0.5)


ORDERS = {
    "i1": (sp.i1, lambda x: mp.besseli(1, x)),
    "j1": (sp.j1, lambda x: mp.besselj(1, x)),
    "sinc": (np.sinc, lambda x: mp.sinc(mp.pi * x)),
    "exprel": (sp.exprel, mp_exprel),
    "rgamma": (sp.rgamma, mp.rgamma),
}


@pytest.mark.parametrize("name", ORDERS)
@pytest.mark.parametrize("x", [0.0, 1e-8, 1e-3, -0.5])
def test_third_derivatives_near_removable_singularities(name, x):
    f, exact = ORDERS[name]
    for n in range(1, 4):
        f = pf.grad(f)
        assert f(x) == pytest.approx(float(mp.diff(exact, x, n)), rel=1e-11, abs=1e-14)


KINDS = ("float64", "float32", "int64")
GRID = np.array([-2.0, -0.5, 0.0, 0.25, 1.0, 3.0])


@pytest.mark.parametrize("name", [*ONE, "gammasgn"])
@pytest.mark.parametrize("kind", KINDS)
def test_values_and_kinds_of_one_argument_are_scipys(name, kind):
    if name in {"sinc", "softplus"}:
        pytest.skip("numpy's")
    x = GRID.astype(kind)
    if name == "factorial" and kind == "int64":
        x = np.abs(x)
    compare(getattr(sp, name), x)


@pytest.mark.parametrize("name", TWO)
@pytest.mark.parametrize("kind", KINDS)
def test_values_and_kinds_of_two_arguments_are_scipys(name, kind):
    a, b = (part.ravel().astype(kind) for part in np.meshgrid(GRID, GRID))
    if name == "boxcox":
        a, b = a[a > 0], b[a > 0]
    if name == "boxcox1p":
        a, b = a[a > -1], b[a > -1]
    compare(getattr(sp, name), a, b)
    # Beside a Python float, SciPy takes float32 to its first loop.
    first = getattr(sp, name).types[0] == "dd->d" and kind == "float32"
    compare(lambda x: getattr(sp, name)(x, 0.75), a, any_kind=first)
    compare(lambda x: getattr(sp, name)(0.75, x), b, any_kind=first)


def compare(f, *x, any_kind=False):
    with np.errstate(all="ignore"):
        want = np.asarray(f(*x))
        kept = []

        def traced(*floats):
            made = f(*(part.astype(each.dtype) for part, each in zip(floats, x, strict=True)))
            kept[:] = [getattr(made, "concrete", made)]
            return np.sum(floats[0])

        pf.jvp(
            traced,
            tuple(part.astype(float) for part in x),
            tuple(np.ones(part.shape) for part in x),
        )
    got = kept[0]
    assert got.dtype == want.dtype or any_kind
    tolerance = 2e-6 if x[0].dtype == np.float32 else 1e-13
    np.testing.assert_allclose(got, want, rtol=tolerance, atol=tolerance)


MATRIX = np.array([[0.3, -1.2, 2.0], [4.0, 0.0, -3.0]])
WEIGHTS = np.array([[1.0, 0.5, 2.0], [0.25, 0.0, 3.0]])


def exact_logsumexp(a, axis, b=1.0):
    return np.log(np.sum(b * np.exp(a), axis=axis))


@pytest.mark.parametrize("axis", [None, 0, 1, (0, 1), -1])
@pytest.mark.parametrize("keepdims", [False, True])
def test_logsumexp(axis, keepdims):
    for weights in (None, WEIGHTS, 2.0):

        def f(a, axis=axis, weights=weights):
            return logsumexp(a, axis=axis, b=weights, keepdims=keepdims)

        value, pull = pf.vjp(f, MATRIX)
        np.testing.assert_allclose(value, f(MATRIX), rtol=1e-14)
        assert np.shape(value) == np.shape(f(MATRIX))
        terms = np.exp(MATRIX) * (1.0 if weights is None else weights)
        shares = terms / np.sum(terms, axis=axis, keepdims=True)
        np.testing.assert_allclose(pull(np.ones(np.shape(value)))[0], shares, rtol=1e-13)
        along = np.cos(MATRIX)
        tangent = pf.jvp(f, (MATRIX,), (along,))[1]
        np.testing.assert_allclose(
            tangent, np.sum(shares * along, axis=axis, keepdims=keepdims), rtol=1e-13
        )
    by_weights = pf.grad(lambda b: np.sum(logsumexp(MATRIX, axis=axis, b=b)))(WEIGHTS)
    terms = np.sum(WEIGHTS * np.exp(MATRIX), axis=axis, keepdims=True)
    np.testing.assert_allclose(by_weights, np.exp(MATRIX) / terms, rtol=1e-13)


def test_logsumexp_with_signs():
    signs = np.array([[1.0, -0.5, -2.0], [-1.0, 0.0, 3.0]])
    (value, sign), pull = pf.vjp(lambda a: logsumexp(a, axis=1, b=signs, return_sign=True), MATRIX)
    want, want_sign = logsumexp(MATRIX, axis=1, b=signs, return_sign=True)
    np.testing.assert_allclose(value, want, rtol=1e-14)
    np.testing.assert_array_equal(sign, want_sign)
    terms = signs * np.exp(MATRIX)
    np.testing.assert_allclose(
        pull((np.ones(2), np.ones(2)))[0], terms / np.sum(terms, axis=1, keepdims=True), rtol=1e-13
    )


@pytest.mark.parametrize("f", [softmax, log_softmax])
@pytest.mark.parametrize("axis", [None, 0, 1, (0, 1)])
@pytest.mark.parametrize("kind", ["float64", "float32"])
def test_softmax(f, axis, kind):
    x = MATRIX.astype(kind)
    value, pull = pf.vjp(lambda x: f(x, axis=axis), x)
    assert value.dtype == kind
    tolerance = 1e-14 if kind == "float64" else 2e-6
    np.testing.assert_allclose(value, f(x, axis=axis), rtol=tolerance)
    along = np.cos(x)
    share = softmax(x, axis=axis)
    if f is softmax:
        want = share * (along - np.sum(share * along, axis=axis, keepdims=True))
    else:
        want = along - share * np.sum(along, axis=axis, keepdims=True)
    np.testing.assert_allclose(pull(along)[0], want, rtol=10 * tolerance, atol=tolerance)
    tangent = pf.jvp(lambda x: f(x, axis=axis), (x,), (along,))[1]
    if f is log_softmax:
        want = along - np.sum(share * along, axis=axis, keepdims=True)
    np.testing.assert_allclose(tangent, want, rtol=10 * tolerance, atol=tolerance)
    hessian = pf.hessian(lambda x: logsumexp(x))(np.array([0.3, -1.0, 2.0]))
    p = softmax(np.array([0.3, -1.0, 2.0]))
    np.testing.assert_allclose(hessian, np.diag(p) - np.outer(p, p), rtol=1e-13, atol=1e-16)


def test_factorial_takes_floats_only():
    assert pf.grad(lambda x: factorial(x))(-2.0) == 0.0
    with pytest.raises(ParameterError, match="factorial"):
        pf.grad(lambda x: factorial(x, exact=True))(2.0)


def test_compiled_functions_see_names_bound_by_from_import():
    compiled = pf.compile(lambda x: logsumexp(x) + np.sum(softmax(x) ** 2))
    for shift in (0.0, 1.0, -3.0):
        x = np.array([0.3, -1.0, 2.0]) * (1 + shift)
        assert compiled(x) == pytest.approx(logsumexp(x) + np.sum(softmax(x) ** 2), rel=1e-14)
    assert compiled.recordings == 1


def test_plain_calls_are_scipys_own():
    seen = []

    def f(x):
        seen.append(logsumexp(np.array([1.0, 2.0])))
        return x * seen[-1]

    pf.grad(f)(1.0)
    assert seen[0] == logsumexp(np.array([1.0, 2.0]))
    assert isinstance(seen[0], float)
    assert list(inspect.signature(logsumexp).parameters) == [
        "a",
        "axis",
        "b",
        "keepdims",
        "return_sign",
    ]
    assert "logsumexp(" in inspect.getsource(logsumexp)


def run(*lines):
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_scipy_is_not_imported_and_may_come_late():
    assert run(
        "import sys, numpy as np, pyframe as pf",
        "pf.grad(lambda x: np.sin(x))(1.0)",
        "print('scipy.special' in sys.modules)",
        "from scipy.special import logsumexp, erf",
        "print(pf.grad(lambda x: logsumexp(x))(np.zeros(2)))",
        "print(pf.grad(lambda x: erf(x) * 0 + x)(0.5))",
    ).split("\n") == ["False", "[0.5 0.5]", "1.0"]
    assert (
        run(
            "import numpy as np, pyframe as pf",
            "def f(x):",
            "    import scipy.special",
            "    return scipy.special.erf(x) * 0 + scipy.special.logsumexp(x * np.ones(2))",
            "print(round(pf.grad(f)(0.5), 12))",
        )
        == "1.0"
    )


def test_unknown_functions_are_refused_by_name():
    from pyframe.errors import UnsupportedOperation

    with pytest.raises(UnsupportedOperation, match=r"scipy\.special\.mathieu_a"):
        pf.grad(lambda x: sp.mathieu_a(1, x))(1.5)
