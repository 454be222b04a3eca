"""Scalar problems: everything they claim, checked with 30 digits.

The functions call NumPy through their module's ``np``; putting mpmath in its place
evaluates the very same source lines in high precision.
"""

from __future__ import annotations

import sys
from types import SimpleNamespace

import numpy as np
import pytest
from pyframe_problems import names, problem

from pyframe.testing.problems import ScalarProblem

mpmath = pytest.importorskip("mpmath")
mp = mpmath.mp

MP = SimpleNamespace(
    arctan=mp.atan,
    **{
        name: getattr(mp, name)
        for name in ("exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh")
    },
)
SCALAR = [name for name in names() if isinstance(problem(name), ScalarProblem)]
every_problem = pytest.mark.parametrize("name", SCALAR)


@pytest.fixture
def thirty_digits(monkeypatch):
    for name, module in list(sys.modules.items()):
        if name.startswith("pyframe_problems.scalar.") and hasattr(module, "np"):
            monkeypatch.setattr(module, "np", MP)
    with mp.workdps(30):
        yield


def test_there_are_at_least_sixty():
    assert len(SCALAR) >= 60


@every_problem
def test_bounds_hold_the_minimizer(name):
    p = problem(name)
    a, b = p.bounds
    assert a <= p.minimizer <= b
    assert all(type(v) is float for v in (a, b, p.minimizer, p.minimum))
    if name.endswith("-left-end") or name == "scalar-linear":
        assert p.minimizer == a
    elif name.endswith("-right-end"):
        assert p.minimizer == b
    else:
        assert a < p.minimizer < b


@every_problem
def test_derivative(name, thirty_digits):
    p = problem(name)
    a, b = p.bounds
    for x in np.random.default_rng(1).uniform(a, b, 8):
        x = mp.mpf(float(x))
        expected = mp.diff(p.fun, x)
        assert abs(p.derivative(x) - expected) <= 1e-12 * (abs(expected) + abs(p.fun(x)) * 1e-6)


@every_problem
def test_derivative_changes_sign_within_1e_15_of_the_minimizer(name, thirty_digits):
    p = problem(name)
    a, b = p.bounds
    width = mp.mpf("1e-15") * abs(mp.mpf(p.minimizer)) or mp.mpf("1e-30")
    if p.minimizer > a:
        assert p.derivative(p.minimizer - width) < 0
    if p.minimizer < b:
        assert p.derivative(p.minimizer + width) > 0


@every_problem
def test_minimum(name, thirty_digits):
    p = problem(name)
    assert abs(p.fun(mp.mpf(p.minimizer)) - p.minimum) <= 1e-15 * abs(p.minimum) + 1e-30


@every_problem
def test_minimum_in_float64(name):
    p = problem(name)
    assert abs(p.fun(p.minimizer) - p.minimum) <= 1e-15 * max(1.0, abs(p.minimum))
    assert np.isfinite([p.fun(x) for x in p.bounds]).all()


@every_problem
def test_unimodal(name, thirty_digits):
    # Quartic spacing: dense near the minimiser, where a second valley would hide.
    p = problem(name)
    at = mp.mpf(p.minimizer)
    for end in p.bounds:
        if end == p.minimizer:
            continue
        values = [p.fun(at + (end - at) * mp.mpf(k) ** 4 / 80**4) for k in range(81)]
        assert all(lower < upper for lower, upper in zip(values, values[1:], strict=False))


@pytest.mark.parametrize(
    ("name", "a", "b"),
    [
        ("scalar-sine", 1.0, 7.0),
        ("scalar-cosine-in-bowl", -0.25, 6.0),
        ("scalar-sinc", -1.0, 7.5),
    ],
)
def test_unimodal_can_fail(name, a, b, thirty_digits):
    """On wider bounds the same check sees that the function turns."""
    p = problem(name)
    values = [p.fun(mp.mpf(a) + (b - a) * (k + mp.mpf(0.5)) / 80) for k in range(80)]
    turns = sum(
        (v - u) * (w - v) < 0 for u, v, w in zip(values, values[1:], values[2:], strict=False)
    )
    assert turns > 1


def test_lecture_valley():
    p = problem("scalar-lecture-valley")
    assert p.bounds == (0.0, 6.0)
    assert p.minimizer == pytest.approx(2.83, abs=0.005)
