"""Searches on values alone: phi'(0) comes from grad0=, and what needs it says so.

They used to end with "precision" after 50 trials, because phi'(0) was taken as unknown.
"""

import math

import pytest
from counting import Counting
from valleys import STRATEGIES, on_values

import pyframe as pf

PAIRS = [
    (criterion, strategy)
    for strategy, criteria in STRATEGIES.items()
    for criterion in criteria
    if on_values(criterion, strategy)
]


def cosh(x):
    return math.cosh(x[0])


@pytest.mark.parametrize(("criterion", "strategy"), PAIRS)
def test_the_slope_at_the_start_is_enough(criterion, strategy):
    f = Counting(cosh)
    r = pf.line_search(f, [2.0], [-1.0], None, criterion, strategy, grad0=[math.sinh(2.0)])
    assert r.success
    assert (r.nfev, r.njev, r.grad) == (f.calls, 0, None)
    # A step of 1 is accepted at once by all but the exact search.
    assert r.nfev == 2 or criterion == "exact"


@pytest.mark.parametrize(("criterion", "strategy"), PAIRS)
def test_a_slope_that_is_missing_is_asked_for(criterion, strategy):
    f = Counting(cosh)
    if criterion in ("any", "exact"):
        r = pf.line_search(f, [2.0], [-1.0], False, criterion, strategy)
        assert r.fun == min(f.values)
        return
    with pytest.raises(
        pf.errors.MissingDerivative, match=rf"criterion {criterion} looks at phi'\(0\): give grad="
    ):
        pf.line_search(f, [2.0], [-1.0], False, criterion, strategy)
    assert f.calls == 0


def test_grad0_uphill_is_no_descent():
    r = pf.line_search(cosh, [2.0], [1.0], None, "armijo", "backtracking", grad0=[math.sinh(2.0)])
    assert (r.status, r.step, r.nfev) == ("not-descent", 0.0, 1)


def test_a_criterion_written_in_python_may_do_without():
    def looks_at_values(start, trial):
        return pf.ACCEPT if trial.value < start.value else pf.TOO_LONG

    def looks_at_slopes(start, trial):
        return pf.ACCEPT if trial.value < start.value + start.slope else pf.TOO_LONG

    values = pf.criterion("values", can_lengthen=False)(looks_at_values)
    slopes = pf.criterion("slopes", can_lengthen=False)(looks_at_slopes)
    assert pf.line_search(cosh, [2.0], [-1.0], None, values, "backtracking").success
    with pytest.raises(pf.errors.MissingDerivative, match="the criterion looks at phi"):
        pf.line_search(cosh, [2.0], [-1.0], False, slopes, "backtracking")


@pytest.mark.parametrize(("criterion", "strategy"), PAIRS)
def test_a_stepper_told_values_alone_ends_where_rounding_hides_them(criterion, strategy):
    phi = lambda a: 1e6 + (a - 1e-7) ** 2  # noqa: E731
    search = pf.Stepper(phi(0.0), -2e-7, 1e-7, criterion, strategy)
    while (a := search.ask()) is not None:
        search.tell(phi(a))
    assert search.status == "precision"


def test_a_static_step_that_is_too_long_is_not_hidden_by_rounding():
    r = pf.line_search(
        lambda x: float(x @ x), [1.0], [-2.0], lambda x: 2 * x, "armijo", "static", 5.0
    )
    assert (r.status, r.nfev) == ("stopped", 4)
