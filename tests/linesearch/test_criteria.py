"""Truth tables of the criteria at their boundaries: equality is accepted, one ulp more is not."""

import math
from dataclasses import dataclass

import pytest

import pyframe as pf
from pyframe.registry.resolve import handle

UP, DOWN = math.inf, -math.inf
next_to = math.nextafter

# phi(0) = 1, phi'(0) = -2, step 1 unless said otherwise.
TABLE = [
    (pf.criteria.Armijo(0.25), 0.5, -9.0, "accept"),
    (pf.criteria.Armijo(0.25), next_to(0.5, UP), -9.0, "too-long"),
    (pf.criteria.Goldstein(0.25), 0.5, 0.0, "accept"),
    (pf.criteria.Goldstein(0.25), next_to(0.5, UP), 0.0, "too-long"),
    (pf.criteria.Goldstein(0.25), -0.5, 0.0, "accept"),
    (pf.criteria.Goldstein(0.25), next_to(-0.5, DOWN), 0.0, "too-short"),
    (pf.criteria.Curvature(0.5), 9.0, -1.0, "accept"),
    (pf.criteria.Curvature(0.5), 9.0, next_to(-1.0, DOWN), "too-short"),
    (pf.criteria.Wolfe(0.25, 0.5), 0.5, -1.0, "accept"),
    (pf.criteria.Wolfe(0.25, 0.5), 0.5, 7.0, "accept"),
    (pf.criteria.Wolfe(0.25, 0.5), next_to(0.5, UP), -1.0, "too-long"),
    (pf.criteria.Wolfe(0.25, 0.5), 0.5, next_to(-1.0, DOWN), "too-short"),
    (pf.criteria.StrongWolfe(0.25, 0.5), 0.5, 1.0, "accept"),
    (pf.criteria.StrongWolfe(0.25, 0.5), 0.5, -1.0, "accept"),
    (pf.criteria.StrongWolfe(0.25, 0.5), 0.5, next_to(1.0, UP), "too-long"),
    (pf.criteria.StrongWolfe(0.25, 0.5), 0.5, next_to(-1.0, DOWN), "too-short"),
    (pf.criteria.StrongWolfe(0.25, 0.5), next_to(0.5, UP), 0.0, "too-long"),
    (pf.criteria.ApproximateWolfe(0.25, 0.5, 0.5), 1.5, 1.0, "accept"),
    (pf.criteria.ApproximateWolfe(0.25, 0.5, 0.5), next_to(1.5, UP), 1.0, "too-long"),
    (pf.criteria.ApproximateWolfe(0.25, 0.5, 0.5), 1.5, next_to(1.0, UP), "too-long"),
    (pf.criteria.ApproximateWolfe(0.25, 0.5, 0.5), 0.5, 1.0, "accept"),
    (pf.criteria.ApproximateWolfe(0.25, 0.5, 0.5), 0.5, next_to(-1.0, DOWN), "too-short"),
    (pf.criteria.Nonmonotone(0.25), 0.5, 0.0, "accept"),
    (pf.criteria.Nonmonotone(0.25), next_to(0.5, UP), 0.0, "too-long"),
    (pf.criteria.Averaged(0.25), 0.5, 0.0, "accept"),
    (pf.criteria.Averaged(0.25), next_to(0.5, UP), 0.0, "too-long"),
    (pf.criteria.Filter(0.25), 0.5, 9.0, "accept"),
    (pf.criteria.Filter(0.25), 1.0, 1.5, "accept"),
    (pf.criteria.Filter(0.25), 1.0, next_to(1.5, UP), "too-long"),
    (pf.criteria.Filter(0.25), next_to(1.0, UP), 0.0, "too-long"),
    (pf.criteria.Exact(), 0.5, -0.1, "too-short"),
    (pf.criteria.Exact(), 0.5, 0.1, "too-long"),
    (pf.criteria.Exact(), 0.5, 0.0, "accept"),
    (pf.criteria.Any(), 99.0, 99.0, "accept"),
    (pf.criteria.Armijo(0.25) & pf.criteria.Curvature(0.5), 0.5, -1.0, "accept"),
    (pf.criteria.Armijo(0.25) & pf.criteria.Curvature(0.5), 0.5, -1.5, "too-short"),
    (pf.criteria.Armijo(0.25) & pf.criteria.Curvature(0.5), 0.6, -1.5, "too-long"),
    (pf.criteria.Armijo(0.25) | pf.criteria.Curvature(0.5), 0.6, -1.0, "accept"),
    (pf.criteria.Armijo(0.25) | pf.criteria.Curvature(0.5), 0.6, -1.5, "too-long"),
]


@pytest.mark.parametrize(("criterion", "value", "slope", "verdict"), TABLE)
def test_verdict(criterion, value, slope, verdict):
    assert handle("criterion", criterion).judge(1.0, -2.0, 1.0, value, slope) == verdict


REFUSED = [
    (pf.criteria.Armijo, {"c1": 0.0}, "0 < c1 < 1"),
    (pf.criteria.Armijo, {"c1": math.nan}, "0 < c1 < 1"),
    (pf.criteria.Goldstein, {"c": 0.5}, "0 < c < 1/2"),
    (pf.criteria.Curvature, {"c2": 1.0}, "0 < c2 < 1"),
    (pf.criteria.Wolfe, {"c1": 0.5, "c2": 0.1}, "0 < c1 <= c2 < 1"),
    (pf.criteria.StrongWolfe, {"c1": 0.5, "c2": 0.1}, "0 < c1 <= c2 < 1"),
    (pf.criteria.StrongWolfe, {"c2": 1.0}, "0 < c1 <= c2 < 1"),
    (pf.criteria.ApproximateWolfe, {"delta": 0.5}, "0 < delta < 1/2"),
    (pf.criteria.ApproximateWolfe, {"epsilon": -1.0}, "0 <= epsilon"),
    (pf.criteria.Nonmonotone, {"memory": 0}, "memory >= 1"),
    (pf.criteria.Nonmonotone, {"memory": -1}, "got c1=0.0001, memory=-1"),
    (pf.criteria.Averaged, {"eta": 1.5}, "0 <= eta <= 1"),
    (pf.criteria.Filter, {"gamma": 0.0}, "0 < gamma < 1"),
]


@pytest.mark.parametrize(("make", "parameters", "text"), REFUSED)
def test_parameters_out_of_range_are_refused_with_the_inequality(make, parameters, text):
    with pytest.raises(pf.errors.ParameterError) as refusal:
        make(**parameters)
    assert text in str(refusal.value)


def test_c1_may_equal_c2():
    assert pf.criteria.Wolfe(0.5, 0.5) == pf.criteria.Wolfe(c1=0.5, c2=0.5)


def test_parameters_of_the_wrong_type_are_type_errors():
    with pytest.raises(pf.errors.ParameterTypeError, match="Armijo"):
        pf.criteria.Armijo(c1="much")


def test_a_parameter_object_that_builds_nothing_is_refused():
    @dataclass(frozen=True)
    class Nothing(pf.criteria.Criterion):
        """A subclass that leaves out the one method that it needs."""

    with pytest.raises(pf.errors.PluginError, match=r"Nothing has no _build .* the criterion as a"):
        Nothing()
