"""Criteria written in Python: recorded when they only compute, called each time when not."""

import math
from dataclasses import dataclass

import numpy as np
import pytest

import pyframe as pf
from pyframe.linesearch.paths import computes_only

CALLS = []


@pf.criterion("own-armijo", needs="slope", can_lengthen=False)
def own_armijo(start, trial, c1=1e-4):
    return pf.ACCEPT if trial.value <= start.value + c1 * trial.step * start.slope else pf.TOO_LONG


@pf.criterion("own-wolfe", needs="slope")
def own_wolfe(start, trial, c1=1e-4, c2=0.9):
    if trial.value > start.value + c1 * trial.step * start.slope:
        return pf.TOO_LONG
    if abs(trial.slope) > -c2 * start.slope:
        return pf.TOO_LONG if trial.slope > 0 else pf.TOO_SHORT
    return pf.ACCEPT


@pf.criterion("own-counting", can_lengthen=False)
def counting(start, trial):
    CALLS.append(trial.step)
    return pf.ACCEPT if trial.value < start.value else pf.TOO_LONG


def rosenbrock(x):
    return 100.0 * (x[1] - x[0] ** 2) ** 2 + (1.0 - x[0]) ** 2


def test_the_verdicts_are_those_of_the_function():
    rng = np.random.default_rng(0)
    handle = (
        pf.line_search
    )  # the same searches with a criterion that is recorded and one that is not

    def wolfe_with_a_side_effect(start, trial):
        CALLS.append(1)
        return own_wolfe.impl(start, trial)

    plain = pf.criterion("plain-wolfe", needs="slope")(wolfe_with_a_side_effect)
    f = pf.compile(rosenbrock)
    for _ in range(200):
        x = rng.normal(size=2) * 2
        d = -pf.grad(rosenbrock)(x) * rng.exponential(0.01)
        found = handle(f, x, d, criterion=own_wolfe, trace=True)
        wanted = handle(f, x, d, criterion=plain, trace=True)
        assert (found.step, found.nfev, found.status) == (wanted.step, wanted.nfev, wanted.status)
        assert [t.verdict for t in found.trace] == [t.verdict for t in wanted.trace]


def test_a_criterion_that_stores_something_is_called_each_time():
    calls = []
    for _ in range(3):
        CALLS.clear()
        pf.line_search(
            rosenbrock, [-1.0, 1.0], [4.0, 0.0], criterion=counting, strategy="backtracking"
        )
        calls.append(len(CALLS))
    assert calls == [calls[0]] * 3
    assert calls[0] > 1


LIMIT = 3.0


def test_a_name_that_is_bound_to_something_else_is_noticed(monkeypatch):
    @pf.criterion("below-limit", can_lengthen=False)
    def below(start, trial):
        return pf.ACCEPT if trial.value < LIMIT else pf.TOO_LONG

    def step():
        parts = {"criterion": below, "strategy": "backtracking", "initial_step": 3.5}
        return pf.line_search(lambda x: (x * x)[0], [2.0], [-1.0], **parts).x

    first = step()
    monkeypatch.setitem(globals(), "LIMIT", 0.07)
    second = step()
    assert 0.07 <= first[0] ** 2 < 3.0
    assert second[0] ** 2 < 0.07


def test_a_recorded_criterion_is_no_strategy():
    parts = {"criterion": own_armijo, "strategy": "backtracking"}
    assert pf.line_search(rosenbrock, [-1.0, 1.0], [4.0, 0.0], **parts).nfev > 0
    with pytest.raises(pf.errors.ParameterTypeError, match="expected a strategy, got a criterion"):
        pf.line_search(rosenbrock, [-1.0, 1.0], [4.0, 0.0], strategy=own_armijo)


@dataclass(frozen=True)
class Margin:
    margin: float = 0.1

    def judge(self, start, trial):
        return pf.ACCEPT if trial.value < start.value - self.margin else pf.TOO_LONG


def helper(x):
    return math.sqrt(abs(x)) + np.exp(-x)


@pytest.mark.parametrize(
    ("judge", "computes"),
    [
        (
            lambda start, trial: pf.ACCEPT if trial.value < min(start.value, 3) else pf.TOO_LONG,
            True,
        ),
        (lambda start, trial: helper(trial.value) > 1, True),
        (Margin().judge, True),
        (lambda start, trial: print(trial), False),
        (lambda start, trial: np.random.rand() < 0.5, False),  # noqa: NPY002  what must be noticed
        (lambda start, trial: CALLS.append(trial), False),
        (lambda start, trial: list(CALLS), False),
        (lambda start, trial: setattr(trial, "x", 1), False),
        (len, False),
    ],
)
def test_what_only_computes(judge, computes):
    assert computes_only(judge) is computes
