"""FAULTS.md, group E: one-dimensional minimisation.  One test a row, named by it."""

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from counting import Counting

import pyframe as pf

NAN, INF = math.nan, math.inf
METHODS = ["dichotomy", "golden", "fibonacci", "parabolic", "brent", "chandrupatla", "random"]
SLOPE_METHODS = ["slope-bisection", "secant", "cubic", "newton-1d"]
every_method = pytest.mark.parametrize("method", METHODS)


@every_method
def test_e01_nan_everywhere(method):
    # DESIGN.md names the status "non-finite" where the row says "nan".
    f = Counting(lambda x: NAN)
    r = pf.minimize_scalar(f, (0, 1), method=method)
    assert (r.status, r.success) == ("non-finite", False)
    assert r.nfev == f.calls <= 4


@every_method
@pytest.mark.parametrize("edge", [1.0, 2.9, 3.5])
def test_e02_nan_on_part_of_the_interval(method, edge):
    f = Counting(lambda x: (x - 3.0) ** 2 if x > edge else NAN)
    r = pf.minimize_scalar(f, (0, 6), method=method)
    assert math.isfinite(r.fun)
    assert r.fun == min(v for v in f.values if not math.isnan(v))
    assert abs(r.x - max(3.0, edge)) < 1e-6


@every_method
def test_e03_infinite_barrier(method):
    r = pf.minimize_scalar(lambda x: x - math.log(x) if x > 0 else INF, (-2, 5), method=method)
    assert r.success
    assert abs(r.x - 1) < 1e-6


@every_method
def test_e04_minus_infinity(method):
    f = Counting(lambda x: -INF if x > 2 else x)
    r = pf.minimize_scalar(f, (0, 6), method=method)
    assert (r.status, r.success, r.fun) == ("unbounded", False, -INF)
    assert r.nfev <= 4


def test_e05_bounds_out_of_order():
    with pytest.raises(
        pf.errors.ParameterError, match=r"bounds must satisfy a <= b, got \(2.0, 1.0\)"
    ):
        pf.minimize_scalar(abs, (2, 1))


@every_method
def test_e06_equal_bounds(method):
    r = pf.minimize_scalar(abs, (1.5, 1.5), method=method)
    assert (r.x, r.nfev, r.success, r.bracket) == (1.5, 1, True, (1.5, 1.5))


@pytest.mark.parametrize("bounds", [(NAN, 1), (0, NAN), (-INF, 1), (0, INF)])
def test_e07_bounds_not_finite(bounds):
    with pytest.raises(pf.errors.ParameterError, match="finite a and b"):
        pf.minimize_scalar(abs, bounds)


@every_method
def test_e08_width_overflows(method):
    r = pf.minimize_scalar(
        lambda x: abs(x / 1e300 - 7.0), (-1.7e308, 1.7e308), method=method, max_evaluations=3000
    )
    assert math.isfinite(r.x)
    assert abs(r.x / 1e300 - 7.0) < 1e-5


@every_method
def test_e09_adjacent_floats(method):
    r = pf.minimize_scalar(abs, (1.0, math.nextafter(1.0, 2.0)), method=method)
    assert r.nfev <= 2
    assert r.success


@every_method
def test_e10_tolerance_zero(method):
    r = pf.minimize_scalar(lambda x: math.cosh(x - 2.3), (0, 6), method=method, xtol=0)
    assert r.status == "precision"
    assert r.nfev <= 100
    assert abs(r.x - 2.3) < 1e-7


@pytest.mark.parametrize("name", ["xtol", "xrtol"])
@pytest.mark.parametrize(
    ("bad", "error"), [(-1.0, ValueError), (NAN, ValueError), (INF, ValueError), ("1", TypeError)]
)
def test_e11_tolerance_out_of_range(name, bad, error):
    with pytest.raises(error) as refusal:
        pf.minimize_scalar(abs, (0, 1), **{name: bad})
    assert isinstance(refusal.value, pf.PyframeError)
    assert name in str(refusal.value)


@every_method
def test_e12_tolerance_below_rounding(method):
    r = pf.minimize_scalar(lambda x: 1e6 + (x - 1) ** 2, (0, 6), method=method, xtol=1e-12)
    assert r.status == "precision"
    assert abs(r.x - 1) < 4 * math.sqrt(1e6 * np.finfo(float).eps)


def test_e13_tiny_budgets():
    with pytest.raises(pf.errors.ParameterError, match="max_evaluations must be at least 1, got 0"):
        pf.minimize_scalar(abs, (0, 1), max_evaluations=0)
    for budget in (1, 2):
        f = Counting(lambda x: (x - 2) ** 2)
        r = pf.minimize_scalar(f, (0, 6), max_evaluations=budget)
        assert (r.success, r.status, r.nfev) == (False, "budget", budget)
        assert r.fun == min(f.values)


@every_method
def test_e14_constant(method):
    r = pf.minimize_scalar(lambda x: 4.0, (0, 6), method=method)
    assert (r.status, r.success) == ("flat", False)
    assert 0 < r.x < 6


@every_method
def test_e15_plateau_then_valley(method):
    f = Counting(lambda x: min(1.0, (x - 5) ** 2))
    r = pf.minimize_scalar(f, (0, 6), method=method)
    assert r.fun == min(f.values)


@every_method
def test_e16_several_minima(method):
    f = Counting(lambda x: math.sin(5 * x) + 0.1 * x)
    r = pf.minimize_scalar(f, (0, 6), method=method)
    assert r.fun == min(f.values)
    assert abs(math.cos(5 * r.x) * 5 + 0.1) < 1e-4


@every_method
@pytest.mark.parametrize("end", [0, 6])
def test_e17_minimum_at_an_end(method, end):
    r = pf.minimize_scalar(lambda x: abs(x - end), (0, 6), method=method)
    assert r.success
    assert abs(r.x - end) < 1e-6


@every_method
def test_e18_step_function(method):
    f = Counting(lambda x: float(math.floor(3 * abs(x - 2))))
    assert pf.minimize_scalar(f, (0, 6), method=method).fun == min(f.values)


@every_method
def test_e19_noise(method):
    r = pf.minimize_scalar(
        lambda x: (x - 2) ** 2 + 1e-10 * math.sin(1e9 * x), (0, 6), method=method
    )
    assert r.nfev < 200
    assert abs(r.x - 2) < 1e-4


@pytest.mark.parametrize("method", ["parabolic", "brent", "chandrupatla"])
def test_e20_equal_values_of_the_parabola(method):
    r = pf.minimize_scalar(lambda x: abs(abs(x) - 1.0), (-4, 3.9), method=method)
    assert math.isfinite(r.x)
    assert abs(abs(r.x) - 1) < 1e-6


@pytest.mark.parametrize("scale", [1e-300, 1e300])
@pytest.mark.parametrize("method", ["parabolic", "brent", "chandrupatla"])
def test_e21_parabola_under_and_overflows(method, scale):
    r = pf.minimize_scalar(lambda x: scale * (x - 2) ** 2, (0, 6), method=method)
    assert abs(r.x - 2) < 1e-6


@every_method
@pytest.mark.parametrize("power", [0.3, 1, 8])
def test_e22_e23_never_outside_the_bounds(method, power):
    f = Counting(lambda x: abs(x - 0.01) ** power)
    pf.minimize_scalar(f, (0, 6), method=method)
    assert all(0 <= x <= 6 for x in f.points)


def test_e24_falls_for_ever():
    f = Counting(lambda x: -x)
    r = pf.minimize_scalar(f)
    assert (r.status, r.success) == ("unbounded", False)
    assert f.calls <= 60
    assert math.isfinite(r.x)


def test_e25_triple_that_brackets_nothing():
    with pytest.raises(
        pf.errors.BracketError, match=r"f\(0.0\) = 0.0, f\(1.0\) = 1.0, f\(2.0\) = 2.0"
    ):
        pf.minimize_scalar(abs, bracket=(0, 1, 2))


def test_e40_wall_clock_limit():
    import time

    began = time.monotonic()
    r = pf.minimize_scalar(
        lambda x: time.sleep(0.02) or x * x, (-1, 2), method="golden", max_seconds=0.1
    )
    assert time.monotonic() - began < 0.3
    assert (r.status, r.success) == ("budget", False)


@pytest.mark.parametrize(
    "bad",
    [
        None,
        "1.0",
        1j,
        np.complex128(1),
        np.array([1.0, 2.0]),
        [1.0],
        object(),
        float,
        10**400,
        Decimal("sNaN"),
    ],
    ids=lambda bad: type(bad).__name__,
)
def test_e44_returns_that_are_no_number(bad):
    f = Counting(lambda x: bad)
    with pytest.raises(pf.errors.ReturnTypeError, match="f must return a real number, got"):
        pf.minimize_scalar(f, (0, 1))
    assert f.calls == 1


class Tensor:
    """A number of another library, whose dtype is none of NumPy's."""

    dtype = "float64"

    def __init__(self, value):
        self.value = value

    def __float__(self):
        return self.value


@pytest.mark.parametrize(
    "wrap",
    [
        Tensor,
        np.float32,
        Decimal,
        Fraction,
        np.float64,
        np.array,
        lambda v: np.array([v]),
        lambda v: np.array([[v]]),
    ],
)
def test_e45_returns_that_can_be_read_as_a_number(wrap):
    r = pf.minimize_scalar(lambda x: wrap((x - 2) ** 2 + 1), (0, 6))
    assert r.success
    assert abs(r.x - 2) < 1e-3


def test_e47_reentrancy():
    inner = lambda y: pf.minimize_scalar(lambda x: (x - y) ** 2 + y * y, (-5, 5)).fun  # noqa: E731
    assert abs(pf.minimize_scalar(inner, (-4, 5)).x) < 1e-6


@pytest.mark.parametrize("method", METHODS)
def test_e49_lanes_equal_single_runs(method):
    p = np.linspace(-3, 3, 201)
    batch = pf.minimize_scalar_batch(
        lambda x, p: (x - p) ** 2 * (1 + 0.1 * x * x), -5.0, 6.0, method, args=(p,)
    )
    for i in range(0, 201, 20):
        single = pf.minimize_scalar(
            lambda x, p=p[i]: float(
                (np.array([x]) - p)[0] ** 2 * (1 + 0.1 * np.array([x]) * np.array([x]))[0]
            ),
            (-5.0, 6.0),
            method=method,
        )
        assert (batch.x[i], batch.fun[i], batch.nfev[i]) == (single.x, single.fun, single.nfev)


def test_e50_one_lane_of_nan():
    p = np.array([1.0, NAN, 2.0])
    r = pf.minimize_scalar_batch(lambda x, p: (x - p) ** 2, 0.0, 6.0, args=(p,))
    assert r.success.tolist() == [True, False, True]
    assert r.status[1] == "non-finite"
    np.testing.assert_allclose(r.x[[0, 2]], [1, 2], atol=1e-6)


@every_method
def test_e51_tolerance_as_wide_as_the_interval(method):
    r = pf.minimize_scalar(abs, (1, 2), method=method, xtol=1.0)
    assert (r.x, r.nfev, r.success) == (1.5, 1, True)


# Where on [0, 1] the minimum is, and the evaluations of k iterations there.
COUNTS = {
    "dichotomy, middle kept": ("dichotomy", 0.5, lambda k: 2 * k + 1),
    "dichotomy, left half": ("dichotomy", 0.0, lambda k: k + 1),
    "golden, left": ("golden", 0.0, lambda k: k + 1),
    "golden, middle": ("golden", 0.5, lambda k: k + 1),
    "golden, right": ("golden", 1.0, lambda k: k + 1),
}
RATIOS = {"dichotomy": 0.5, "golden": (math.sqrt(5) - 1) / 2}


@pytest.mark.parametrize("case", COUNTS)
@pytest.mark.parametrize("k", [0, 1, 2, 3, 10, 20])
def test_e52_evaluations_are_those_of_the_closed_formulas(case, k):
    method, minimizer, count = COUNTS[case]
    width = RATIOS[method] ** k
    # Dichotomy returns the middle of its interval, golden section an inner point.
    far = width / 2 if method == "dichotomy" else width * RATIOS["golden"]
    f = Counting(lambda x: abs(x - minimizer))
    r = pf.minimize_scalar(f, (0, 1), method=method, xtol=far * (1 + 1e-9), xrtol=0.0)
    assert (r.nit, r.nfev, f.calls) == (k, count(k), count(k))
    assert r.bracket[1] - r.bracket[0] == pytest.approx(width, rel=1e-9)
    assert abs(r.x - minimizer) <= far * (1 + 1e-9)


def test_e53_golden_points_stay_ordered():
    f = Counting(lambda x: abs(x))
    r = pf.minimize_scalar(
        f, (-1e300, 2e300), method="golden", xtol=1e-300, max_evaluations=3000, trace=True
    )
    for before, after in zip(r.trace, r.trace[1:], strict=False):
        assert before.bracket[0] <= after.bracket[0] <= after.bracket[1] <= before.bracket[1]
    assert r.nfev > 1000


@pytest.mark.parametrize("method", METHODS + SLOPE_METHODS)
def test_counts_are_those_of_a_wrapper(method):
    f, df = Counting(lambda x: math.cosh(x - 1)), Counting(lambda x: math.sinh(x - 1))
    r = pf.minimize_scalar(f, (-2, 5), method=method, derivative=df)
    assert (r.nfev, r.njev) == (f.calls, df.calls)
    assert r.fun == math.cosh(r.x - 1)
    assert abs(r.x - 1) < 1e-6


@pytest.mark.parametrize("method", SLOPE_METHODS)
def test_slopes_find_the_minimum_to_rounding(method):
    r = pf.minimize_scalar(
        lambda x: 1e6 + (x - 1) ** 2,
        (0, 6),
        method=method,
        derivative=lambda x: 2 * (x - 1),
        xtol=1e-14,
    )
    assert r.success
    assert abs(r.x - 1) < 1e-13


@pytest.mark.parametrize("method", SLOPE_METHODS)
def test_a_slope_method_without_derivative_is_refused(method):
    with pytest.raises(pf.errors.MissingDerivative, match="derivative="):
        pf.minimize_scalar(abs, (0, 1), method=method, derivative=False)
