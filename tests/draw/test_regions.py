"""Acceptance regions against what algebra says of the parabola phi = (alpha - 1)^2."""

import math

import pytest

import pyframe as pf
from pyframe.draw import acceptance_regions
from pyframe.errors import ParameterError

A, L, S = "accept", "too-long", "too-short"


def phi(a):
    return (a - 1) ** 2


def slope(a):
    return 2 * (a - 1)


@pytest.mark.parametrize(
    ("criterion", "expected"),
    [
        # phi <= phi(0) + c1 alpha phi'(0)  <=>  alpha <= 2 (1 - c1)
        (pf.criteria.Armijo(c1=0.25), [(1.5, A), (3, L)]),
        # 2c <= alpha <= 2 (1 - c)
        (pf.criteria.Goldstein(c=0.25), [(0.5, S), (1.5, A), (3, L)]),
        # phi' >= c2 phi'(0)  <=>  alpha >= 1 - c2
        (pf.criteria.Curvature(c2=0.6), [(0.4, S), (3, A)]),
        (pf.criteria.Wolfe(c1=0.25, c2=0.6), [(0.4, S), (1.5, A), (3, L)]),
        # |alpha - 1| <= c2
        (pf.criteria.StrongWolfe(c1=0.1, c2=0.4), [(0.6, S), (1.4, A), (3, L)]),
        ("any", [(3, A)]),
    ],
)
def test_boundaries_on_a_parabola(criterion, expected):
    regions = acceptance_regions(criterion, phi, slope, 3.0)
    assert [region.verdict.value for region in regions] == [verdict for _, verdict in expected]
    assert [region.high for region in regions] == pytest.approx([high for high, _ in expected])


@pytest.mark.parametrize("known", pf.plugins("criterion"), ids=lambda known: known.name)
def test_regions_have_no_gaps_and_neighbours_differ(known):
    regions = acceptance_regions(known.record, phi, slope, 3.0, points=100)
    assert regions[0].low == 0.0
    assert regions[-1].high == 3.0
    for left, right in zip(regions, regions[1:], strict=False):
        assert left.high == right.low
        assert left.verdict != right.verdict


@pytest.mark.parametrize("outside", [math.nan, math.inf, -math.inf])
def test_steps_outside_the_domain_are_too_long(outside):
    regions = acceptance_regions("any", lambda a: phi(a) if a < 2 else outside, slope, 3.0)
    assert [(round(r.high, 6), r.verdict.value) for r in regions] == [(2.0, A), (3.0, L)]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"slope": lambda a: 0.0}, "fall at 0"),
        ({"phi": lambda a: math.nan}, "finite and fall at 0"),
        ({"upper": 0.0}, "upper must be positive"),
        ({"upper": math.inf}, "upper must be positive and finite"),
        ({"points": 1}, "points must be >= 2, got 1"),
    ],
)
def test_refusals(options, message):
    given = {"phi": phi, "slope": slope, "upper": 3.0} | options
    with pytest.raises(ParameterError, match=message):
        acceptance_regions("armijo", **given)
