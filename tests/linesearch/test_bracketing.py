"""Bracketing by itself, from one point or two."""

from fractions import Fraction

import numpy as np
import pytest
from counting import Counting

import pyframe as pf
from pyframe.errors import ParameterError, ParameterTypeError

STARTS = [0.0, -3.0, 1.5, 40.0, -1e6, 1e-300]


@pytest.mark.parametrize("x", STARTS)
@pytest.mark.parametrize("method", ["brent", "golden", "dichotomy", "parabolic", "chandrupatla"])
def test_one_point_is_enough(method, x):
    f = Counting(lambda x: (x - 1.5) ** 2)
    r = pf.minimize_scalar(f, bracket=x, method=method)
    assert r.success
    assert r.x == pytest.approx(1.5, abs=1e-6)
    assert r.nfev == f.calls


@pytest.mark.parametrize("x", STARTS)
def test_two_points_in_either_order(x):
    ends = (x, x + 0.3 * max(abs(x), 1.0))
    for bracket in (ends, ends[::-1]):
        r = pf.minimize_scalar(lambda x: (x - 1.5) ** 2, bracket=bracket)
        assert r.success
        assert r.x == pytest.approx(1.5, abs=1e-6)


@pytest.mark.parametrize(
    "one", [2, 2.0, np.float64(2), np.float32(2), np.array(2.0), Fraction(2), (2,), [2.0]]
)
def test_ways_to_write_one_point(one):
    found = pf.minimize_scalar(lambda x: (x - 1.5) ** 2, bracket=one)
    assert found.x == pf.minimize_scalar(lambda x: (x - 1.5) ** 2, bracket=2.0).x


@pytest.mark.parametrize(
    ("bracket", "error", "said"),
    [
        (
            (),
            ParameterError,
            r"bracket must be \(x1,\), \(x1, x2\) or \(x1, x2, x3\), got 0 numbers",
        ),
        ((1, 2, 3, 4), ParameterError, "got 4 numbers"),
        (np.inf, ParameterError, "finite"),
        (np.nan, ParameterError, "finite"),
        (True, ParameterTypeError, "bracket must be"),
        ("x", ParameterTypeError, "bracket must be"),
        (1j, ParameterTypeError, "bracket must be"),
        (object(), ParameterTypeError, "bracket must be"),
    ],
    ids=repr,
)
def test_what_is_no_bracket(bracket, error, said):
    with pytest.raises(error, match=said):
        pf.minimize_scalar(lambda x: x * x, bracket=bracket)
