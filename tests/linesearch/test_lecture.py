"""The compiled methods against the lecture: closed counts, bounds and orders."""

import math

import numpy as np
import pytest
from counting import Counting
from reference import lecture

import pyframe as pf


def unimodal(rng):
    """A random function that is strictly unimodal on the bounds returned with it."""
    m, scale, power = rng.uniform(-3, 3), 10 ** rng.uniform(-3, 3), rng.choice([1.0, 1.5, 2.0, 4.0])
    left, right = rng.uniform(0.5, 2.0, size=2)

    def f(x):
        return scale * (left * (m - x) ** power if x < m else right * (x - m) ** power)

    return f, (m - rng.uniform(0.1, 5), m + rng.uniform(0.1, 5)), m


def test_dichotomy_takes_at_most_two_evaluations_an_iteration_on_a_thousand_functions():
    rng = np.random.default_rng(1)
    for _ in range(1000):
        f, (a, b), minimizer = unimodal(rng)
        eps = (b - a) * 10 ** rng.uniform(-6, -1)
        counted = Counting(f)
        result = pf.minimize_scalar(counted, (a, b), method="dichotomy", xtol=eps)
        k = max(0, math.ceil(math.log2((b - a) / eps) - 1))
        assert result.nit == k
        assert result.nfev == counted.calls <= 2 * k + 1
        assert abs(result.x - minimizer) <= (b - a) / 2 ** (k + 1) * (1 + 1e-12)


def test_golden_section_takes_one_evaluation_an_iteration_on_a_thousand_functions():
    rng = np.random.default_rng(2)
    tau = (1 + math.sqrt(5)) / 2
    for _ in range(1000):
        f, (a, b), minimizer = unimodal(rng)
        eps = (b - a) * 10 ** rng.uniform(-6, -1)
        counted = Counting(f)
        result = pf.minimize_scalar(counted, (a, b), method="golden", xtol=eps)
        assert result.nfev == counted.calls == result.nit + 1
        low, high = result.bracket
        assert high - low == pytest.approx((b - a) * tau**-result.nit, rel=1e-6)
        assert low <= minimizer <= high
        assert abs(result.x - minimizer) <= eps


@pytest.mark.parametrize(
    ("method", "oracle"), [("dichotomy", lecture.dichotomy), ("golden", lecture.golden)]
)
def test_the_points_are_those_of_the_lecture(method, oracle):
    f = lambda x: -x * math.exp(-x * x / 16)  # noqa: E731
    counted = Counting(f)
    pf.minimize_scalar(counted, (0.0, 6.0), method=method, xtol=1e-4)
    points = oracle(f, 0.0, 6.0, 12).points
    assert len(points) >= 13
    np.testing.assert_allclose(counted.points[: len(points)], points, rtol=1e-12)


@pytest.mark.parametrize("evaluations", range(1, 25))
def test_fibonacci_places_the_minimum_within_the_closed_bound(evaluations):
    fibonacci = [1, 1]
    while len(fibonacci) < evaluations + 3:
        fibonacci.append(fibonacci[-1] + fibonacci[-2])
    bound = 1.0 / fibonacci[evaluations + 1]
    for minimizer in (0.123, 0.5, 0.777):
        result = pf.minimize_scalar(
            lambda x, m=minimizer: abs(x - m),
            (0.0, 1.0),
            method="fibonacci",
            xtol=bound * (1 + 1e-9),
        )
        assert result.nfev == evaluations
        assert abs(result.x - minimizer) <= bound * (1 + 1e-8)


def test_parabolic_interpolation_converges_with_order_1_3247():
    # The minimum 0 at 0 lets errors be followed far below the rounding of 1, as long as a
    # step gains less than eight digits: values cannot give more.
    result = pf.minimize_scalar(
        lambda x: x * x * (1 + x / 3), (-0.9, 0.7), method="parabolic", xtol=1e-150, trace=True
    )
    errors = []
    for evaluation in result.trace:
        if not errors or abs(evaluation.x) < errors[-1]:
            errors.append(abs(evaluation.x))
    logs = [math.log(e) for e in errors if 1e-24 < e < 1e-4]
    # log e_k grows like order**k: the slope of log|log e| against k.
    slope = np.polyfit(range(len(logs)), np.log(-np.array(logs)), 1)[0]
    assert len(logs) >= 6
    assert math.exp(slope) == pytest.approx(1.3247, abs=0.05)


def test_random_is_reproducible_by_its_seed():
    runs = [
        pf.minimize_scalar(
            math.cosh, (-1.0, 2.0), method=pf.scalar_methods.Random(seed), trace=True
        )
        for seed in (1, 1, 2)
    ]
    assert runs[0].trace == runs[1].trace
    assert runs[0].trace != runs[2].trace
