"""Domains that end: the interior minimum is found past NaN and inf trials.

No success ever has a value or slope that is not finite.
"""

import math
from dataclasses import dataclass

import numpy as np
import pytest
from counting import Counting
from valleys import SLOPE_METHODS, STRATEGIES, VALUE_METHODS

import pyframe as pf


@dataclass(frozen=True)
class Domain:
    """f, f', f'' with an interior minimum, where a line starts, and bounds that reach outside."""

    f: object
    df: object
    d2f: object
    minimum: float
    start: float
    bounds: tuple


def log(x):
    return math.log(x) if x > 0 else math.nan


def root(x):
    return math.sqrt(x) if x >= 0 else math.nan


def over(p, q):
    return p / q if q else math.inf


def wall(x):
    """1/x where x > 0, inf beyond."""
    return over(1.0, x) if x > 0 else math.inf


DOMAINS = {
    "x - log x": Domain(
        lambda x: x - log(x),
        lambda x: 1 - over(1, x),
        lambda x: over(1, x * x),
        1.0,
        4.0,
        (-9.0, 6.0),
    ),
    "-log x - log(1 - x)": Domain(
        lambda x: -log(x) - log(1 - x),
        lambda x: over(1, 1 - x) - over(1, x),
        lambda x: over(1, x * x) + over(1, (1 - x) ** 2),
        0.5,
        0.9,
        (-3.1, 1.6),
    ),
    "x - 2 sqrt x": Domain(
        lambda x: x - 2 * root(x),
        lambda x: 1 - over(1, root(x)),
        lambda x: over(0.5, root(x) ** 3),
        1.0,
        3.0,
        (-9.0, 5.0),
    ),
    "x + 1/x, inf left of 0": Domain(
        lambda x: x + wall(x),
        lambda x: 1 - wall(x) ** 2,
        lambda x: 2 * wall(x) ** 3,
        1.0,
        5.0,
        (-9.0, 7.0),
    ),
    "1/(1 - x^2), NaN outside": Domain(
        lambda x: over(1, 1 - x * x) if abs(x) < 1 else math.nan,
        lambda x: 2 * x / (1 - x * x) ** 2 if abs(x) < 1 else math.nan,
        lambda x: (2 + 6 * x * x) / (1 - x * x) ** 3 if abs(x) < 1 else math.nan,
        0.0,
        0.8,
        (-1.5, 9.0),
    ),
}
every_domain = pytest.mark.parametrize("name", DOMAINS)


@every_domain
@pytest.mark.parametrize("method", VALUE_METHODS + SLOPE_METHODS)
@pytest.mark.parametrize("way", ["bounds", "bracket"])
def test_every_scalar_method_finds_the_minimum(name, method, way):
    p = DOMAINS[name]
    f = Counting(p.f)
    where = {"bounds": p.bounds} if way == "bounds" else {"bracket": (p.start, p.start - 0.05)}
    r = pf.minimize_scalar(
        f, method=method, derivative=p.df, second_derivative=p.d2f, trace=True, **where
    )
    assert r.success
    assert r.x == pytest.approx(p.minimum, abs=1e-6)
    assert math.isfinite(r.fun) and r.fun == p.f(r.x)
    # The bounds are chosen so that the first points are outside; the random one need not be.
    assert way == "bracket" or method == "random" or not math.isfinite(f.values[0])


@every_domain
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_search_stays_in_the_domain(name, strategy):
    p = DOMAINS[name]
    outside = 0
    for criterion in STRATEGIES[strategy]:
        for first in (1e-3, 0.3, 2.0, 10.0, 1e4):
            f = Counting(lambda x: p.f(float(x[0])))
            r = pf.line_search(
                f,
                [p.start],
                [-1.0],
                lambda x: np.array([p.df(float(x[0]))]),
                criterion,
                strategy,
                first,
                hessp=lambda x, v: p.d2f(float(x[0])) * v,
                trace=True,
            )
            case = (criterion, first, r)
            seen = [v for v in f.values if not math.isfinite(v)]
            outside += len(seen)
            assert math.isfinite(r.fun) and math.isfinite(r.x[0]), case
            assert r.fun == p.f(r.x[0]) and r.fun <= p.f(p.start), case
            assert all(t.verdict == "too-long" for t in r.trace if not math.isfinite(t.value)), case
            assert r.success or (strategy == "static" and first > 2) or criterion == "goldstein", (
                case
            )
            if r.success and criterion == "exact" and strategy not in ("static", "backtracking"):
                assert r.x[0] == pytest.approx(p.minimum, abs=1e-4), case
    assert outside
