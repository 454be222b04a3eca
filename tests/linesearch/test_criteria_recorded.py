"""Criteria written in Python: recorded when they only compute, called each time when not."""

import copy
import gc
import math
import weakref
from dataclasses import dataclass

import numpy as np
import pytest

import pyframe as pf
from pyframe import _core
from pyframe.linesearch.paths import computes_only
from pyframe.registry.resolve import handle

CALLS = []


class Marker:
    """Something that can be seen to go."""


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

    # The same searches with a criterion that is recorded and one that is not.
    def wolfe_with_a_side_effect(start, trial):
        CALLS.append(1)
        return own_wolfe.impl(start, trial)

    plain = pf.criterion("plain-wolfe", needs="slope")(wolfe_with_a_side_effect)
    f = pf.compile(rosenbrock)
    for _ in range(200):
        x = rng.normal(size=2) * 2
        d = -pf.grad(rosenbrock)(x) * rng.exponential(0.01)
        found = pf.line_search(f, x, d, criterion=own_wolfe, trace=True)
        wanted = pf.line_search(f, x, d, criterion=plain, trace=True)
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


def test_copies_of_a_record_make_their_own_handle():
    f, x = pf.compile(rosenbrock), np.array([-1.2, 1.0])
    d = -f.grad(x)
    wanted = pf.line_search(f, x, d, criterion=own_wolfe)
    assert own_wolfe.recorded is not None
    copied = copy.copy(own_wolfe)
    assert copied == own_wolfe
    assert copied.recorded is None
    assert pf.line_search(f, x, d, criterion=copied) == wanted


def test_the_collector_takes_a_criterion_with_all_that_were_made_of_it():
    # Each combination has copies of its parts, which share the function.
    def made():
        marker = Marker()

        def judge(start, trial):
            return pf.ACCEPT if trial.value < start.value or marker is None else pf.TOO_LONG

        judge.itself = judge
        record = pf.criterion("marked", can_lengthen=False)(judge)
        first = handle("criterion", record)
        built_in = handle("criterion", "armijo")
        parts = [_core.Criterion.both(first, built_in), _core.Criterion.either(built_in, first)]
        assert all(part.judge(1.0, -1.0, 0.1, 0.5, -1.0) == pf.ACCEPT for part in parts)
        judge.parts = parts
        return parts, weakref.ref(marker)

    parts, marker = made()
    for _ in range(3):
        gc.collect()
        assert marker() is not None
        assert parts[0].judge(1.0, -1.0, 0.1, 2.0, -1.0) == pf.TOO_LONG
    del parts
    gc.collect()
    assert marker() is None


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
