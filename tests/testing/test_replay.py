"""A recorded trace is a test: it passes as recorded, and fails when anything changes."""

import math

import pytest

import pyframe as pf
from pyframe.results import Trial
from pyframe.testing import ConformanceError, replay
from pyframe.testing.lines import EDGES, PARABOLAS, ripples, search

LINES = [*PARABOLAS, *EDGES, ripples(1), ripples(2)]


@pytest.mark.parametrize("strategy", ["interpolation", "more-thuente", "hager-zhang", "bisection"])
@pytest.mark.parametrize("line", LINES, ids=lambda line: line.name)
def test_a_trace_replays(line, strategy):
    for first in (1e-3, 1.0, 50.0):
        result = search(line, first, "strong-wolfe", strategy)
        compared = replay(result.trace, line.phi(0.0), line.slope(0.0), "strong-wolfe", strategy)
        assert compared == len(result.trace)


RESULT = search(LINES[-1], 50.0, "strong-wolfe", "interpolation")
START = LINES[-1].phi(0.0), LINES[-1].slope(0.0)


def test_another_criterion_is_noticed():
    with pytest.raises(ConformanceError, match=r"trial \d of \d: .* recorded"):
        replay(RESULT.trace, *START, criterion=pf.criteria.StrongWolfe(c1=1e-9, c2=1e-9))


def test_another_strategy_is_noticed():
    result = search(LINES[-1], 1e-3, "strong-wolfe", "interpolation")
    with pytest.raises(ConformanceError, match=r"trial \d of \d: step .*, recorded"):
        replay(result.trace, *START, strategy="bisection")


def test_other_values_are_noticed():
    trace = list(RESULT.trace)
    trace[0] = Trial(trace[0].step, START[0] - 1.0, 0.0)
    with pytest.raises(ConformanceError):
        replay(trace, *START)


def test_a_search_that_ends_early_is_noticed():
    with pytest.raises(ConformanceError, match="the search ended"):
        replay([*RESULT.trace, RESULT.trace[0]], *START)


def test_nothing_recorded():
    assert replay([], 1.0, -1.0) == 0


def test_a_stepper_replays_too():
    stepper = pf.Stepper(4.0, -4.0, 9.0)
    while (step := stepper.ask()) is not None:
        stepper.tell((step - 2) ** 2 if step < 5 else math.nan, 2 * (step - 2))
    assert replay(stepper.trace, 4.0, -4.0) == len(stepper.trace) > 1
