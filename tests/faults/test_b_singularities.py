"""FAULTS B1 to B23 and K1 to K8: derivatives where a formula has none, or more than one."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.special as sp
from autodiff.mp_numpy import mp
from scipy.special import logsumexp, softmax

import pyframe as pf
from pyframe.errors import DTypeError

INF, NAN = np.inf, np.nan


def by_reverse(f, x):
    return pf.grad(lambda x: np.sum(f(x)))(x)


def by_forward(f, x):
    """Along one unit vector after another."""
    if np.ndim(x) == 0:
        return pf.jvp(lambda x: np.sum(f(x)), (x,), (1.0,))[1]
    units = np.eye(x.size).reshape(x.size, *x.shape)
    tangents = [pf.jvp(lambda x: np.sum(f(x)), (x,), (unit,))[1] for unit in units]
    return np.reshape(tangents, x.shape)


def by_compiled(f, x):
    return pf.compile(lambda x: np.sum(f(x))).grad(x)


def relu(x):
    return np.maximum(x, 0)


def vector(*numbers):
    return np.array(numbers, float)


def by_contraction(x):
    return np.sqrt(x @ x)


CONVENTIONS = [
    # row, function, point, derivative of its sum
    ("B1 where sqrt", lambda x: np.where(x > 0, np.sqrt(x), 0), vector(0, 4), [0, 0.25]),
    ("B2 where log", lambda x: np.where(x > 0, np.log(x), 0), vector(-1, 0, 2), [0, 0, 0.5]),
    ("B3 norm", np.linalg.norm, np.zeros(3), [0, 0, 0]),
    ("B3 norms along an axis", lambda x: np.linalg.norm(x, axis=1), np.zeros((1, 2)), [[0, 0]]),
    ("B3 spelled out", lambda x: np.sqrt(np.sum(x * x)), np.zeros(3), [0, 0, 0]),
    ("B3 spelled out by powers", lambda x: np.sqrt(np.sum(x**2)), np.zeros(3), [0, 0, 0]),
    ("B3 spelled out by a product", by_contraction, np.zeros(3), [0, 0, 0]),
    ("B6 abs", np.abs, 0.0, 0),
    ("B6 abs of an array", np.abs, vector(0, -0.0, -2), [0, 0, -1]),
    ("B7 maximum with 0", relu, 0.0, 0),
    ("B7 maximum with 0 on the left", lambda x: np.maximum(0, x), vector(0), [0]),
    ("B7 where", lambda x: np.where(x > 0, x, 0), vector(0), [0]),
    ("B8 relu(x) - relu(-x)", lambda x: relu(x) - relu(-x), 0.0, 0),
    ("B9 max over ties", np.max, vector(1, 1, 0), [0.5, 0.5, 0]),
    ("B9 min over ties", np.min, vector(1, 0, 0), [0, 0.5, 0.5]),
    ("B9 maximum of two at a tie", lambda x: np.maximum(x, 1 * x[::-1]), vector(1, 1), [1, 1]),
    ("B10 sort", lambda x: np.sort(x) * vector(1, 10, 100), vector(1, 1, 0), [10, 100, 1]),
    ("B11 x**0", lambda x: x**0, vector(0, 2), [0, 0]),
    ("B11 x**0.0", lambda x: x**0.0, 0.0, 0),
    ("B12 x**2.0", lambda x: x**2.0, vector(0, -1), [0, -2]),
    ("B12 x**3", lambda x: x**3, vector(0, -1), [0, 3]),
    ("B13 x**y in y", lambda y: vector(0, -1) ** y, vector(2, 2), [0, NAN]),
    ("B14 prod with one zero", np.prod, vector(0, 2, 3), [6, 0, 0]),
    ("B14 prod with two zeros", np.prod, vector(0, 0, 3), [0, 0, 0]),
    ("B14 cumprod", np.cumprod, vector(0, 2, 3), [9, 0, 0]),
    ("B15 huge", logsumexp, vector(1e308, 1e308 * (1 + 1e-16)), [0.5, 0.5]),
    ("B15 all -inf", logsumexp, vector(-INF, -INF), [0, 0]),
    ("B15 all -inf, weighted", lambda x: logsumexp(x, b=vector(1, 2)), vector(-INF, -INF), [0, 0]),
    ("B15 logaddexp", lambda x: np.logaddexp(x[0], x[1]), vector(-INF, -INF), [0, 0]),
    ("B18 xlogy(x, x)", lambda x: sp.xlogy(x, x), 0.0, -INF),
    ("B18 xlogy(0, y)", lambda y: sp.xlogy(0.0, y), 0.0, 0),
    ("B18 entr", sp.entr, 0.0, INF),
    ("B19 log1p(-1)", np.log1p, -1.0, INF),
    ("B19 1/x", lambda x: 1 / x, vector(0), [-INF]),
    ("B19 arccosh(1)", np.arccosh, 1.0, INF),
    ("B19 arcsin(1)", np.arcsin, vector(1, -1), [INF, INF]),
    ("B19 arccos(1)", np.arccos, vector(1, -1), [-INF, -INF]),
    ("B19 arctanh(1)", np.arctanh, vector(1, -1), [INF, INF]),
    ("B19 sqrt(0), log(0), cbrt(0)", lambda x: np.sqrt(x) + np.log(x) + np.cbrt(x), 0.0, INF),
    ("B20 floor etc.", lambda x: np.floor(x) + np.ceil(x) + np.trunc(x), vector(0, 2), [0, 0]),
    ("B20 round etc.", lambda x: np.round(x) + np.rint(x) + np.fix(x), vector(0, 0.5), [0, 0]),
    ("B20 sign", lambda x: np.sign(x), vector(0, 0.5), [0, 0]),
    ("B20 comparisons", lambda x: (x > 0) + (x == 0) * 1.0, vector(0, 0.5), [0, 0]),
    ("B21 x % 1", lambda x: x % 1, vector(2, -1, 0.5), [1, 1, 1]),
    ("B21 x % y in y", lambda y: vector(6, 5) % y, vector(3, 2), [-2, -2]),
    ("B21 fmod in y", lambda y: np.fmod(vector(-6, 5), y), vector(3, 2), [2, -2]),
    ("B22 clip", lambda x: np.clip(x, 0, 1), vector(-1, 0, 0.5, 1, 2), [0, 1, 1, 1, 0]),
    ("B22 clip method", lambda x: x.clip(0, 1), vector(-1, 0, 0.5, 1, 2), [0, 1, 1, 1, 0]),
    ("B23 std", np.std, np.ones(4), [0, 0, 0, 0]),
    ("K2 sign", np.sign, vector(0, 1), [0, 0]),
    ("K5 0**y", lambda y: 0.0**y, vector(1.5), [0]),
]  # fmt: skip


@pytest.mark.parametrize("way", [by_reverse, by_forward, by_compiled])
@pytest.mark.parametrize(
    ("f", "x", "want"), [row[1:] for row in CONVENTIONS], ids=[row[0] for row in CONVENTIONS]
)
def test_conventions(f, x, want, way):
    with np.errstate(all="ignore"):
        got = way(f, x)
    np.testing.assert_array_equal(got, np.asarray(want, float))
    assert np.shape(got) == np.shape(x)


@pytest.mark.parametrize("name", ["hypot", "arctan2"])
def test_b4_b5_at_the_origin(name):
    f = getattr(np, name)
    assert pf.grad(f, argnums=(0, 1))(0.0, 0.0) == (0.0, 0.0)
    assert [pf.jvp(f, (0.0, 0.0), along)[1] for along in ((1.0, 0.0), (0.0, 1.0))] == [0.0, 0.0]
    for part in pf.grad(lambda x, y: np.sum(f(x, y)), argnums=(0, 1))(np.zeros(2), np.zeros(2)):
        np.testing.assert_array_equal(part, [0, 0])


def test_b8_the_value_is_exact_all_the_same():
    assert pf.value_and_grad(lambda x: relu(x) - relu(-x))(0.0) == (0.0, 0.0)
    assert pf.value_and_grad(lambda x: relu(x) - relu(-x))(-0.3) == (-0.3, 1.0)


def test_b12_no_logarithm_is_taken_of_the_base():
    text = str(pf.compile(lambda x: np.sum(x**2.0)).graph(np.ones(2)))
    assert "log" not in text


@pytest.mark.parametrize("size", [1e4, -1e4])
def test_b16_softmax_of_large_numbers(size):
    x = vector(size, size - 1, 0.5, -size)
    value, tangent = pf.jvp(softmax, (x,), (np.ones(4),))
    assert np.all(np.isfinite(value))
    assert abs(np.sum(value) - 1) <= 2 * np.spacing(1.0)
    np.testing.assert_allclose(tangent, np.zeros(4), atol=1e-15)
    logs, pull = pf.vjp(sp.log_softmax, x)
    assert np.all(np.isfinite(logs))
    np.testing.assert_allclose(pull(np.ones(4))[0], 1 - 4 * softmax(x), rtol=1e-14, atol=1e-15)


SMOOTH = {
    "sinc": (np.sinc, lambda x: mp.sinc(mp.pi * x)),
    "expm1(x)/x": (sp.exprel, lambda x: mp.expm1(x) / x if x else mp.mpf(1)),
}


@pytest.mark.parametrize("name", SMOOTH)
def test_b17_removable_singularities(name):
    f, exact = SMOOTH[name]
    for n in range(1, 4):
        f = pf.grad(f)
        assert f(0.0) == pytest.approx(float(mp.diff(exact, 0, n)), rel=1e-14, abs=1e-15)


def test_b17_a_quotient_of_zeros_has_numpys_value():
    # NumPy's value is NaN, so there is none for its derivative to belong to.
    with np.errstate(invalid="ignore"):
        value, slope = pf.value_and_grad(lambda x: np.sum(np.expm1(x) / x))(np.zeros(1))
    assert np.isnan(value)
    assert np.isnan(slope[0])


def test_b18_x_log_x():
    # In forward mode the tangent of the logarithm is infinite before it is multiplied by 0.
    assert pf.grad(lambda x: x * np.log(x))(0.0) == -INF
    assert sp.xlogy(0.0, 0.0) == 0.0
    assert pf.value_and_grad(lambda x: sp.xlogy(x, x))(0.0)[0] == 0.0


def test_b19_a_strong_zero_beats_an_infinity():
    for f in (np.arcsin, np.arccosh, lambda x: np.log1p(-x), lambda x: 1 / (x - np.ones(()))):
        with np.errstate(all="ignore"):
            assert pf.grad(lambda x, f=f: np.where(x < 1, f(x), 0.0))(1.0) == 0.0


UNTAKEN = {
    "sqrt": np.sqrt,
    "log": np.log,
    "1/x": lambda x: 1 / x,
    "x**-1.5": lambda x: x**-1.5,
    "log2": np.log2,
    "cbrt": np.cbrt,
    "norm": lambda x: np.sqrt(np.abs(x) ** 3 / x),
    "arccosh": lambda x: np.arccosh(1 + x),
    "logit": sp.logit,
    "gammaln": sp.gammaln,
    "erfinv": lambda x: sp.erfinv(1 - x),
    "digamma": sp.digamma,
}


@pytest.mark.parametrize("name", UNTAKEN)
@pytest.mark.parametrize("choose", ["where", "select", "minimum", "piecewise"])
def test_k1_untaken_branches_contribute_nothing(name, choose):
    f, x = UNTAKEN[name], vector(0, -0.0)
    made = {
        "where": lambda x: np.where(x > 0, f(x), 3 * x),
        "select": lambda x: np.select([x > 0], [f(x)], 3 * x),
        "minimum": lambda x: np.where(x <= 0, 3 * x, np.minimum(f(x), x)),
        "piecewise": lambda x: np.piecewise(x, [x > 0], [f, lambda x: 3 * x]),
    }[choose]
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(by_reverse(made, x), [3, 3])
        np.testing.assert_array_equal(by_forward(made, x), [3, 3])
        twice = pf.grad(lambda x: np.sum(pf.grad(lambda x: np.sum(made(x) ** 2))(x)))(x)
        np.testing.assert_array_equal(twice, [18, 18])
        along = pf.jvp(pf.grad(lambda x: np.sum(made(x) ** 2)), (x,), (np.ones(2),))[1]
        np.testing.assert_array_equal(along, [18, 18])


def test_k3_selection_by_a_place_takes_the_first():
    np.testing.assert_array_equal(by_reverse(lambda x: x[np.argmax(x)], vector(1, 1, 0)), [1, 0, 0])


def test_k6_a_limit_that_varies_takes_no_part_of_a_tie():
    grads = pf.grad(lambda x, low: np.sum(np.clip(x, low, None)), argnums=(0, 1))(
        vector(0, 1, 2), vector(1, 1, 1)
    )
    np.testing.assert_array_equal(grads[0], [0, 1, 1])
    np.testing.assert_array_equal(grads[1], [1, 0, 0])


@pytest.mark.parametrize("x", [np.arange(3), np.array([True, False]), 3, True, np.array(["a"])])
def test_k8_only_floats_are_differentiated(x):
    with pytest.raises(DTypeError):
        pf.grad(lambda x: np.sum(x * 1.0))(x)


def test_k8_other_kinds_are_constants():
    gradient = pf.grad(lambda x: np.sum(x * np.arange(3) * np.array([True, True, False])))
    np.testing.assert_array_equal(gradient(np.ones(3)), [0, 1, 0])


def test_b20_nothing_passes_through_integers():
    gradient = pf.grad(lambda x: np.sum(x.astype(int) * x + (x > 0)))
    np.testing.assert_array_equal(gradient(vector(2.5, -1.5)), [2, -1])
