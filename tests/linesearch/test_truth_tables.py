"""Each criterion in a search, exactly at its boundaries: equality holds, one float more not.

The numbers are small binary fractions, so the boundaries themselves are exact.
"""

import math

import pytest
from hypothesis import strategies as st
from valleys import random_runs

import pyframe as pf

UP, DOWN = math.inf, -math.inf


def fractions(low, high):
    return st.integers(low, high).map(lambda i: i / 64)


@st.composite
def situations(draw):
    """(phi(0), phi'(0), step, c1, c2) with 0 < c1 < 1/2 and c1 <= c2 < 1."""
    c1 = draw(fractions(1, 31))
    c2 = draw(fractions(int(64 * c1), 63))
    value, slope, step = (
        draw(fractions(-640, 640)),
        -draw(fractions(1, 640)),
        draw(fractions(1, 640)),
    )
    return value, slope, step, c1, c2


def verdict(criterion, situation, value, slope):
    """What a search says of its first trial."""
    value0, slope0, step, *_ = situation
    search = pf.Stepper(value0, slope0, step, criterion, "bisection", max_evaluations=1)
    search.tell(value, slope)
    return search.trace[0].verdict


def low_enough(s, c=None):
    """The highest value that Armijo's condition allows."""
    value, slope, step, c1, _ = s
    return value + (c or c1) * step * slope


def high_enough(s):
    """The lowest value that Goldstein's condition allows."""
    value, slope, step, c1, _ = s
    return value + (1 - c1) * step * slope


def steep(s):
    """The steepest slope that the curvature condition allows."""
    return s[4] * s[1]


# Name: (criterion, value and slope on the boundary, direction out in value and in slope,
# what is said outside).
BOUNDARIES = {
    "armijo": (lambda s: pf.criteria.Armijo(s[3]), low_enough, steep, UP, None, "too-long"),
    "nonmonotone": (
        lambda s: pf.criteria.Nonmonotone(s[3]),
        low_enough,
        steep,
        UP,
        None,
        "too-long",
    ),
    "averaged": (lambda s: pf.criteria.Averaged(s[3]), low_enough, steep, UP, None, "too-long"),
    "goldstein, above": (
        lambda s: pf.criteria.Goldstein(s[3]),
        low_enough,
        steep,
        UP,
        None,
        "too-long",
    ),
    "goldstein, below": (
        lambda s: pf.criteria.Goldstein(s[3]),
        high_enough,
        steep,
        DOWN,
        None,
        "too-short",
    ),
    "curvature": (
        lambda s: pf.criteria.Curvature(s[4]),
        low_enough,
        steep,
        None,
        DOWN,
        "too-short",
    ),
    "wolfe, above": (
        lambda s: pf.criteria.Wolfe(s[3], s[4]),
        low_enough,
        steep,
        UP,
        None,
        "too-long",
    ),
    "wolfe, steep": (
        lambda s: pf.criteria.Wolfe(s[3], s[4]),
        low_enough,
        steep,
        None,
        DOWN,
        "too-short",
    ),
    "strong-wolfe, above": (
        lambda s: pf.criteria.StrongWolfe(s[3], s[4]),
        low_enough,
        steep,
        UP,
        None,
        "too-long",
    ),
    "strong-wolfe, falling": (
        lambda s: pf.criteria.StrongWolfe(s[3], s[4]),
        low_enough,
        steep,
        None,
        DOWN,
        "too-short",
    ),
    "strong-wolfe, rising": (
        lambda s: pf.criteria.StrongWolfe(s[3], s[4]),
        low_enough,
        lambda s: -steep(s),
        None,
        UP,
        "too-long",
    ),
    "approximate-wolfe, steep": (
        lambda s: pf.criteria.ApproximateWolfe(s[3], s[4]),
        low_enough,
        steep,
        None,
        DOWN,
        "too-short",
    ),
    "approximate-wolfe, above": (
        # Above Armijo's line the slope must have fallen by (1 - 2 delta).
        lambda s: pf.criteria.ApproximateWolfe(s[3], s[4], 0.0),
        low_enough,
        lambda s: math.nextafter((2 * s[3] - 1) * s[1], UP),
        UP,
        None,
        "too-long",
    ),
    "approximate-wolfe, rising": (
        lambda s: pf.criteria.ApproximateWolfe(s[3], s[4], 0.0),
        lambda s: low_enough(s, s[3] / 2),
        lambda s: (2 * s[3] - 1) * s[1],
        None,
        UP,
        "too-long",
    ),
    "filter, value": (
        lambda s: pf.criteria.Filter(s[3]),
        low_enough,
        lambda s: s[1],
        UP,
        None,
        "too-long",
    ),
    "filter, slope": (
        lambda s: pf.criteria.Filter(s[3]),
        lambda s: low_enough(s, s[3] / 2),
        lambda s: (1 - s[3]) * s[1],
        None,
        DOWN,
        "too-long",
    ),
}


@pytest.mark.parametrize("name", BOUNDARIES)
@random_runs(60, situation=situations())
def test_boundary(name, situation):
    make, value_at, slope_at, up, along, outside = BOUNDARIES[name]
    criterion, value, slope = make(situation), value_at(situation), slope_at(situation)
    assert verdict(criterion, situation, value, slope) == "accept"
    value = value if up is None else math.nextafter(value, up)
    slope = slope if along is None else math.nextafter(slope, along)
    assert verdict(criterion, situation, value, slope) == outside


@pytest.mark.parametrize("value", [math.nan, math.inf])
@pytest.mark.parametrize("name", BOUNDARIES)
def test_a_value_that_is_not_finite_is_too_long(name, value):
    situation = (1.0, -2.0, 1.0, 0.25, 0.5)
    assert verdict(BOUNDARIES[name][0](situation), situation, value, 0.0) == "too-long"


@pytest.mark.parametrize("slope", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("name", [name for name in BOUNDARIES if "wolfe" in name])
def test_a_slope_that_is_not_finite_is_too_long(name, slope):
    f = lambda x: -float(x[0])  # noqa: E731
    g = lambda x: [-1.0 if x[0] < 1 else slope]  # noqa: E731
    criterion = BOUNDARIES[name][0]((0.0, -1.0, 1.0, 0.25, 0.5))
    r = pf.line_search(f, [0.0], [1.0], g, criterion, "bisection", trace=True, max_evaluations=1)
    assert r.trace[0].verdict == "too-long"
    assert not r.success
