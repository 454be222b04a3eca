"""Derivatives of NumPy's ufuncs and functions of each element, against fifty digits."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.special as sp
from autodiff import mp_numpy
from autodiff.mp_numpy import mp
from autodiff.pointwise import check

import pyframe as pf

# Open intervals where the function is analytic; derivatives there against fifty digits.
UNARY = {
    "positive": (lambda x: x, [-1.5, 0.0, 2.0]),
    "negative": (lambda x: -x, [-1.5, 0.0, 2.0]),
    "absolute": (abs, [-1.5, -1e-8, 2.0]),
    "fabs": (abs, [-1.5, -1e-8, 2.0]),
    "square": (lambda x: x * x, [-1.5, 0.0, 2.0]),
    "reciprocal": (lambda x: 1 / x, [-1.5, 1e-8, 20.0]),
    "sqrt": (mp.sqrt, [1e-8, 0.5, 100.0]),
    "cbrt": (mp_numpy.ONE["cbrt"], [-8.0, -1e-6, 0.3, 20.0]),
    "exp": (mp.exp, [-30.0, -0.1, 0.0, 1.0, 20.0]),
    "exp2": (lambda x: mp.mpf(2) ** x, [-30.0, 0.0, 1.5, 20.0]),
    "expm1": (mp.expm1, [-30.0, -1e-9, 0.0, 1.0, 20.0]),
    "log": (mp.log, [1e-8, 0.999, 1.0, 1e8]),
    "log2": (lambda x: mp.log(x, 2), [1e-8, 0.999, 1.0, 1e8]),
    "log10": (mp.log10, [1e-8, 0.999, 1.0, 1e8]),
    "log1p": (mp_numpy.ONE["log1p"], [-0.99, -1e-9, 0.0, 1e8]),
    "sin": (mp.sin, [-3.0, 0.0, 1.0, 10.0]),
    "cos": (mp.cos, [-3.0, 0.0, 1.0, 10.0]),
    "tan": (mp.tan, [-1.2, 0.0, 1.0, 10.0]),
    "arcsin": (mp.asin, [-0.99, 0.0, 0.5, 0.9]),
    "arccos": (mp.acos, [-0.99, 0.0, 0.5, 0.9]),
    "arctan": (mp.atan, [-20.0, 0.0, 0.5, 3.0]),
    "sinh": (mp.sinh, [-3.0, 0.0, 1.0, 10.0]),
    "cosh": (mp.cosh, [-3.0, 0.0, 1.0, 10.0]),
    "tanh": (mp.tanh, [-3.0, 0.0, 1.0]),
    "arcsinh": (mp.asinh, [-30.0, 0.0, 1.0, 1e4]),
    "arccosh": (mp.acosh, [1.01, 2.0, 50.0]),
    "arctanh": (mp.atanh, [-0.9, 0.0, 0.5, 0.9]),
    "conjugate": (lambda x: x, [-1.0, 2.0]),
    "degrees": (mp.degrees, [-1.0, 2.0]),
    "rad2deg": (mp.degrees, [-1.0, 2.0]),
    "radians": (mp.radians, [-1.0, 2.0]),
    "deg2rad": (mp.radians, [-1.0, 2.0]),
    "sinc": (mp_numpy.ONE["sinc"], [-3.3, -0.5, 1e-5, 0.3, 2.4]),
    "i0": (lambda x: mp.besseli(0, x), [-3.0, 0.0, 0.5, 20.0]),
    "sign": (mp.sign, [-1.5, 2.5]),
    "floor": (mp.floor, [-1.5, 2.4]),
    "ceil": (mp.ceil, [-1.5, 2.4]),
    "rint": (mp.nint, [-1.4, 2.4]),
    "trunc": (mp_numpy.ONE["trunc"], [-1.5, 2.4]),
    "fix": (mp_numpy.ONE["trunc"], [-1.5, 2.4]),
    "round": (mp.nint, [-1.4, 2.4]),
    "spacing": (lambda _: mp.mpf(2) ** -51, [2.5, 3.0]),
}


@pytest.mark.parametrize("name", UNARY)
def test_derivatives_of_one_argument(name):
    exact, points = UNARY[name]
    if name == "spacing":
        assert pf.grad(lambda x: np.sum(x * np.spacing(x)))(np.array(points)) == pytest.approx(
            2.0**-51
        )
        return
    check(getattr(np, name), exact, points)


BINARY = {
    "add": (lambda x, y: x + y, [-1.0, 2.0], [3.0, -4.0]),
    "subtract": (lambda x, y: x - y, [-1.0, 2.0], [3.0, -4.0]),
    "multiply": (lambda x, y: x * y, [-1.0, 0.0], [3.0, -4.0]),
    "divide": (lambda x, y: x / y, [-1.0, 0.0, 2.0], [3.0, -4.0, 1e-3]),
    "power": (lambda x, y: x**y, [0.5, 2.0, 1e-3, 20.0], [3.0, -4.0, 0.5, 1.25]),
    "float_power": (lambda x, y: x**y, [0.5, 2.0, 1e-3, 20.0], [3.0, -4.0, 0.5, 1.25]),
    "maximum": (max, [1.0, -2.0], [2.0, -3.0]),
    "minimum": (min, [1.0, -2.0], [2.0, -3.0]),
    "fmax": (max, [1.0, -2.0], [2.0, -3.0]),
    "fmin": (min, [1.0, -2.0], [2.0, -3.0]),
    "arctan2": (mp.atan2, [1.0, -2.0, 1e-5, 0.3], [2.0, -3.0, 1.0, -1e-4]),
    "hypot": (mp.hypot, [3.0, -2.0, 1e-5], [4.0, 1e-3, 1.0]),
    "logaddexp": (mp_numpy._logaddexp(mp.e), [0.0, 1.0, -20.0, 3.0], [0.0, -30.0, 2.0, 3.5]),
    "logaddexp2": (mp_numpy._logaddexp(mp.mpf(2)), [0.0, 1.0, -20.0, 3.0], [0.0, -30.0, 2.0, 3.5]),
    "fmod": (mp_numpy.TWO["fmod"], [5.3, -5.3, 2.0], [2.0, 2.5, 3.5]),
    "remainder": (mp_numpy.TWO["remainder"], [5.3, -5.3, 2.0], [2.0, 2.5, -3.5]),
    "floor_divide": (lambda x, y: mp.floor(x / y), [5.3, -5.3, 2.0], [2.0, 2.5, -3.5]),
    "copysign": (mp_numpy.TWO["copysign"], [5.3, -5.3, 2.0], [2.0, 2.5, -3.5]),
    "heaviside": (lambda x, _: mp.mpf(int(x > 0)), [5.3, -5.3, 2.0], [2.0, 2.5, -3.5]),
    "divmod": (
        lambda x, y: mp.floor(x / y) + mp_numpy.TWO["remainder"](x, y),
        [5.3, -5.3, 2.0],
        [2.0, 2.5, -3.5],
    ),
}


@pytest.mark.parametrize("name", BINARY)
def test_derivatives_of_two_arguments(name):
    exact, *points = BINARY[name]
    called = (lambda x, y: sum(np.divmod(x, y))) if name == "divmod" else getattr(np, name)
    check(called, exact, *points, float32=2e-5)


OTHERS = {
    "modf": (
        lambda x: np.modf(x)[0] * 3 + np.modf(x)[1],
        lambda x: 3 * x - 2 * mp_numpy._trunc(x),
        [-1.5, 2.25],
    ),
    "ldexp": (lambda x: np.ldexp(x, 3) ** 2, lambda x: 64 * x * x, [-1.5, 2.0]),
    "frexp": (
        lambda x: np.frexp(x)[0] ** 2 + np.frexp(x)[1],
        lambda x: (x / 4) ** 2 + 2,
        [2.5, 3.5],
    ),
    "nextafter": (lambda x: np.nextafter(x, np.inf) ** 2, lambda x: x * x, [1.5, -2.0]),
    "clip": (lambda x: np.clip(x, -1, 1) * x, lambda x: max(min(x, 1), -1) * x, [-2.0, 0.5, 3.0]),
    "clip method": (
        lambda x: x.clip(-1, 1) * x,
        lambda x: max(min(x, 1), -1) * x,
        [-2.0, 0.5, 3.0],
    ),
    "nan_to_num": (lambda x: np.nan_to_num(x) ** 2, lambda x: x * x, [-2.0, 0.5]),
    "real": (lambda x: np.real(x) ** 2 + np.imag(x), lambda x: x * x, [-2.0, 0.5]),
    "real_if_close": (lambda x: np.real_if_close(x) ** 2, lambda x: x * x, [-2.0, 0.5]),
    "angle": (lambda x: x * np.angle(x), lambda x: x * mp.pi * (x < 0), [-2.0, 0.5]),
    "where": (
        lambda x: np.where(x > 0, x**3, np.exp(x)),
        lambda x: x**3 if x > 0 else mp.exp(x),
        [-2.0, 0.5],
    ),
    "select": (
        lambda x: np.select([x > 1, x > 0], [x**3, np.sin(x)], np.exp(x)),
        lambda x: x**3 if x > 1 else mp.sin(x) if x > 0 else mp.exp(x),
        [-2.0, 0.5, 3.0],
    ),
    "choose": (
        lambda x: np.choose(np.greater(x, 0) * 1, [x**3, np.exp(x)]),
        lambda x: mp.exp(x) if x > 0 else x**3,
        [-2.0, 0.5, 3.0],
    ),
    "piecewise": (
        lambda x: np.piecewise(x, [x > 0], [np.log, lambda t: t**2]),
        lambda x: mp.log(x) if x > 0 else x**2,
        [-2.0, 0.5, 3.0],
    ),
    "interp": (
        lambda x: np.interp(x, [-1.0, 0.0, 2.0], [1.0, 5.0, 2.0]) * x,
        lambda x: (5 - 1.5 * x if x > 0 else 5 + 4 * x) * x,
        [-0.5, 0.5, 1.5],
    ),
    "unwrap": (lambda x: np.unwrap(x) ** 2, lambda x: x * x, [0.5, 1.5, 2.5]),
}


@pytest.mark.parametrize("name", OTHERS)
def test_derivatives_of_other_functions(name):
    f, exact, points = OTHERS[name]
    if name == "interp":  # always in double precision
        check(f, exact, points, float32=0)
    else:
        check(f, exact, points, shapes=name != "unwrap")


def test_interpolation_differentiates_the_points_too():
    xp, fp = np.array([-1.0, 0.25, 2.0]), np.array([1.0, 5.0, 2.0])
    x = np.array([-3.0, -0.5, 0.5, 1.5, 7.0])

    def f(x, xp, fp):
        return np.sum(np.interp(x, xp, fp) ** 2 * np.array([1.0, 2.0, 3.0, 4.0, 5.0]))

    for k, got in enumerate(pf.grad(f, argnums=(0, 1, 2))(x, xp, fp)):
        at = (x, xp, fp)
        for i in range(len(at[k])):
            step = np.zeros(len(at[k]))
            step[i] = 1e-6
            above, below = ([*at[:k], at[k] + s, *at[k + 1 :]] for s in (step, -step))
            assert got[i] == pytest.approx((f(*above) - f(*below)) / 2e-6, rel=1e-6, abs=1e-8)


def test_interpolation_is_replayed_without_recording_again():
    compiled = pf.compile(
        lambda x: np.sum(np.interp(x, [0.0, 1.0, 2.0, 4.0], [0.0, 3.0, 1.0, 5.0]))
    )
    rng = np.random.default_rng(0)
    for _ in range(5):
        x = rng.uniform(-1, 5, 7)
        assert compiled(x) == pytest.approx(
            np.sum(np.interp(x, [0, 1, 2, 4], [0, 3, 1, 5])), rel=1e-14
        )
    assert compiled.recordings == 1


def test_powers_of_two_reach_every_number():
    x = np.array([2.0**-1074, 2.0**1000, 3.7e-310, 1.1, -5e300, 2.0**-600])
    n = np.array([2000, -2060, 1500, -1073, 40, 1400])
    with np.errstate(all="ignore"):
        want = np.ldexp(x, n)
        value, tangent = pf.jvp(lambda x: np.ldexp(x, n), (x,), (np.zeros(6),))
    np.testing.assert_array_equal(value, want)
    np.testing.assert_array_equal(tangent, np.zeros(6))


def test_integer_powers_are_exact_and_refuse_negative_exponents():
    def f(x, n):
        return (x.astype(int) ** n.astype(int)).astype(float)

    x, n = np.array([3.0, -7.0, 2.0]), np.array([39.0, 21.0, 62.0])
    compiled = pf.compile(f)
    np.testing.assert_array_equal(compiled(x, n), (x.astype(int) ** n.astype(int)).astype(float))
    for _ in range(2):
        with pytest.raises(ValueError, match="negative integer powers"):
            compiled(x, -n)
    np.testing.assert_array_equal(compiled(x, n), (x.astype(int) ** n.astype(int)).astype(float))


@pytest.mark.parametrize(
    ("f", "x", "y", "mixed"),
    [
        (np.power, 0.5, 0.0, 2.0),
        (sp.xlogy, 0.0, 2.0, 0.5),
        (sp.xlog1py, 0.0, 3.0, 0.25),
    ],
)
def test_mixed_derivatives_where_a_first_one_is_zero_by_convention(f, x, y, mixed):
    for first, second in ((0, 1), (1, 0)):
        partial = pf.grad(f, argnums=first)
        assert pf.grad(partial, argnums=second)(x, y) == mixed
        along = (float(second == 0), float(second == 1))
        assert pf.jvp(partial, (x, y), along)[1] == mixed


@pytest.mark.parametrize("at", [0.0, 400.0, 700.0])
@pytest.mark.parametrize(
    "ratio",
    [
        lambda np, s, r: np.log(s),
        lambda np, s, r: r / s,
        lambda np, s, r: r * (1 / s),
        lambda np, s, r: np.sqrt(r / s),
    ],
)
def test_second_derivatives_where_the_square_of_a_divisor_leaves_the_range(ratio, at):
    """s''/s - (s'/s)^2 for s beyond 1e154."""

    def f(library, t):
        powers = [library.exp(at + t), library.exp(at - 2 * t)]
        return ratio(library, powers[0] + powers[1], powers[0] + 3 * powers[1])

    wanted = float(mp.diff(lambda t: f(mp, t), 0.3, 2))

    def along(t):
        return pf.jvp(lambda t: f(np, t), (t,), (1.0,))[1]

    np.testing.assert_allclose(pf.jvp(along, (0.3,), (1.0,))[1], wanted, rtol=1e-10)
    np.testing.assert_allclose(pf.hvp(lambda t: f(np, t), (0.3,), (1.0,)), wanted, rtol=1e-10)
    np.testing.assert_allclose(pf.hessian(lambda t: f(np, t))(0.3), wanted, rtol=1e-10)
    compiled = pf.compile(along)
    np.testing.assert_allclose(pf.grad(compiled)(0.3), wanted, rtol=1e-10)
