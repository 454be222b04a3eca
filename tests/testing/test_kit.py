"""The conformance kit passes every built-in part, and finds each fault it is there to find."""

import math
import time

import numpy as np
import pytest

import pyframe as pf
from pyframe import testing
from pyframe.errors import ParameterTypeError, UnknownNameError
from pyframe.registry import manager
from pyframe.testing import kit

CHECKS = {
    "criterion": testing.check_criterion,
    "strategy": testing.check_strategy,
    "scalar-method": testing.check_scalar_method,
    "initial-step": testing.check_initial_step,
    "direction": testing.check_direction,
    "ad-mode": testing.check_ad_mode,
    "space": testing.check_space,
}
# The criterion `exact` reads a slope that another part asked for, without asking itself.
WAIVED = {("criterion", "exact"): ["keeps to its needs"]}

BUILTIN = sorted(manager.snapshot().builtin)


@pytest.mark.parametrize(("kind", "name"), BUILTIN, ids=lambda part: part)
def test_every_built_in_part_conforms(kind, name):
    report = CHECKS[kind](name, waive=WAIVED.get((kind, name), ()), strict=True)
    assert len(report.findings) >= 3


def test_a_waived_property_is_still_shown():
    report = testing.check_criterion("exact", waive=["keeps to its needs"])
    (finding,) = [f for f in report.findings if f.status == "waived"]
    assert finding.sentence == "keeps to its needs"
    with pytest.raises(UnknownNameError, match="no property 'keeps quiet' to waive; there are"):
        testing.check_criterion("exact", waive=["keeps quiet"])


def criterion(judge, **declared):
    return pf.criterion("suspect", **{"can_lengthen": False, **declared})(judge)


def armijo(start, trial):
    """Sufficient decrease."""
    bound = start.value + 1e-4 * trial.step * start.slope
    return pf.ACCEPT if trial.value <= bound else pf.TOO_LONG


calls = iter(range(10**9))


class Hoarder:
    """Armijo with the start in itself, where other searches write over it."""

    def __init__(self):
        self.start = math.nan

    def begin(self, state, start):
        self.start = start.value

    def judge(self, start, trial, state):
        bound = self.start + 1e-4 * trial.step * start.slope
        return pf.ACCEPT if trial.value <= bound else pf.TOO_LONG

    def accepted(self, state, trial):
        self.start = 0.0


CRITERIA = {
    # the property that fails: criteria that lack it, and what is said
    "answers with verdicts": [
        (criterion(lambda s, t: t.value < s.value), "got bool"),
        (criterion(lambda s, t: 1 / 0), "ZeroDivisionError: division by zero"),
        (criterion(lambda s, t: None if t.step > 50 else armijo(s, t)), "got NoneType"),
    ],
    "keeps to its needs": [
        (criterion(lambda s, t: armijo(s, t) if t.slope else pf.ACCEPT), "declare needs='slope'"),
    ],
    "keeps to can_lengthen": [
        (
            criterion(lambda s, t: pf.TOO_SHORT if t.step < 1e-3 else armijo(s, t)),
            "declare can_lengthen=True",
        ),
    ],
    "is deterministic": [
        (
            criterion(lambda s, t: pf.TOO_LONG if next(calls) % 7 == 0 else armijo(s, t)),
            "answered",
        ),
    ],
    "is indifferent to scale": [
        (
            criterion(lambda s, t: pf.ACCEPT if t.value < s.value - 0.01 else pf.TOO_LONG),
            "with phi in units of",
        ),
        (criterion(lambda s, t: pf.TOO_LONG if t.step > 2 else armijo(s, t)), "alpha of 2**"),
    ],
    "accepts a step on parabolas": [
        (criterion(lambda s, t: pf.TOO_LONG), "no step on a parabola"),
        (criterion(lambda s, t: pf.STALL), "no step on a parabola"),
    ],
    "keeps no state in itself": [
        (pf.criterion("suspect", can_lengthen=False)(Hoarder()), "a run with others inside it"),
    ],
}


@pytest.mark.parametrize("sentence", CRITERIA)
def test_a_criterion_without_a_property_is_found(sentence):
    for record, said in CRITERIA[sentence]:
        failures = {f.sentence: f.figure for f in testing.check_criterion(record).failures}
        assert said in failures.get(sentence, "not found"), failures


def strategy(steps, **declared):
    return pf.strategy("suspect", **declared)(steps)


def downwards(start, first, max_step):
    """Halve."""
    step = first
    while True:
        yield step
        step /= 2


def negative(start, first, max_step):
    """Change sides."""
    yield first
    yield -first


def timid(start, first, max_step):
    """Try the first step only."""
    yield first


def boasting(start, first, max_step):
    """Halve, then double."""
    yield first
    yield 2 * first


def peeping(start, first, max_step):
    """Look at what was not asked for."""
    trial = yield first
    yield first / 2 if trial.slope > 0 else first * 2


drift = iter(range(10**9))


def drifting(start, first, max_step):
    """Halve, never twice alike."""
    step = first * (1 + next(drift) * 1e-6)
    while True:
        yield step
        step /= 2


shared = []


def sharing(start, first, max_step):
    """Keep the interval where every search sees it."""
    shared[:] = [first]
    while True:
        yield shared[0]
        shared[0] /= 2


STRATEGIES = {
    "proposes positive steps": (strategy(negative), "proposed -"),
    "keeps to can_grow": (strategy(downwards), "declares can_grow=True and never tried more"),
    "finds a step on parabolas": (strategy(timid), "no step on a parabola"),
    "is deterministic": (strategy(drifting, can_grow=False), "differ"),
    "keeps no state in itself": (strategy(sharing, can_grow=False), "another search beside it"),
}


@pytest.mark.parametrize("sentence", STRATEGIES)
def test_a_strategy_without_a_property_is_found(sentence):
    record, said = STRATEGIES[sentence]
    failures = {f.sentence: f.figure for f in testing.check_strategy(record).failures}
    assert said in failures.get(sentence, "not found"), failures


def test_a_strategy_that_lies_is_found():
    report = testing.check_strategy(strategy(peeping))
    assert any("declare needs='slope'" in failure.figure for failure in report.failures)
    report = testing.check_strategy(strategy(boasting, can_grow=False))
    (failure,) = [f for f in report.failures if f.sentence == "keeps to can_grow"]
    assert "declares can_grow=False and tried" in failure.figure


def test_what_runs_for_ever_is_found(monkeypatch):
    monkeypatch.setattr(kit, "SECONDS", 0.3)
    over = []

    def endless(start, first, max_step):
        yield first
        while not over:
            time.sleep(0.01)

    report = testing.check_strategy(strategy(endless))
    over.append(True)
    assert "still running after" in report.failures[0].figure
    assert report.findings[-1].figure == "not tried after one that hung"


def test_a_scalar_method_that_ends_at_once_is_found():
    def lazy(bracket, tolerance):
        return
        yield

    report = testing.check_scalar_method(pf.scalar_method("suspect")(lazy))
    assert "converges on unimodal functions" in {f.sentence for f in report.failures}


def test_a_scalar_method_that_fails_is_found():
    def failing(bracket, tolerance):
        yield (bracket[0].x + bracket[2].x) / 2
        raise LookupError("out of luck")

    report = testing.check_scalar_method(pf.scalar_method("suspect")(failing))
    assert any("LookupError: out of luck" in f.figure for f in report.failures)


@pytest.mark.parametrize("step", [0.0, -1.0, math.nan, math.inf, "1"])
def test_an_initial_step_that_is_none_is_found(step):
    report = testing.check_initial_step(pf.initial_step("suspect")(lambda situation: step))
    assert report.failures[0].sentence == "gives positive steps"
    assert f"gave {step!r}" in report.failures[0].figure


def test_a_direction_that_goes_up_is_found():
    @pf.direction("suspect")
    def uphill():
        _x, g = yield
        while True:
            _x, g = yield g

    assert not testing.check_direction(uphill).passed


SPACES = {
    # the property that fails: a projector that lacks it, and what is said
    "gives an expression of the shape of X": (pf.space("suspect")(lambda G, X: 1.0), "gave float"),
    "is linear in the gradient": (
        pf.space("suspect")(lambda G, X: G * G),
        "is not 2 P(G) - 3 P(H)",
    ),
    "is self-adjoint": (
        pf.space("suspect")(lambda G, X: np.triu(G + G.T) / 2),
        "is not <G, P(H)>",
    ),
    "changes nothing when applied twice": (
        pf.space("suspect")(lambda G, X: (G + G.T) / 3),
        "is not P(G)",
    ),
    "gives directions that keep what it assumes": (
        pf.space("suspect", assumes=("symmetric",))(lambda G, X: (G - G.T) / 2),
        "directions are not symmetric",
    ),
}


@pytest.mark.parametrize("sentence", SPACES)
def test_a_space_without_a_property_is_found(sentence):
    record, said = SPACES[sentence]
    failures = {f.sentence: f.figure for f in testing.check_space(record).failures}
    assert said in failures.get(sentence, "not found"), failures


def test_a_view_is_no_projection():
    (finding,) = [f for f in testing.check_space("symmetric-entries").findings if f.status == "n/a"]
    assert finding.sentence == "changes nothing when applied twice"
    unmarked = pf.space("suspect")(lambda G, X: G + G.T - np.diag(np.diag(G)))
    assert not testing.check_space(unmarked).passed


def test_strict_lists_every_failure():
    both = criterion(lambda s, t: pf.TOO_SHORT if t.step < 1e-3 else pf.TOO_LONG)
    with pytest.raises(testing.ConformanceError) as caught:
        testing.check_criterion(both, strict=True)
    text = str(caught.value)
    assert "criterion suspect does not conform" in text
    assert "keeps to can_lengthen: answered too-short" in text
    assert "accepts a step on parabolas: no step on" in text
    assert isinstance(caught.value, AssertionError)


def test_a_report_prints_as_a_table():
    report = testing.check_criterion(pf.criterion("tidy", can_lengthen=False)(armijo))
    lines = str(report).splitlines()
    assert lines[0] == "criterion tidy"
    assert len(lines) == 1 + len(report.findings)
    assert lines[1].startswith("  ok     answers with verdicts")
    assert report.line() == "criterion tidy: 9 of 9 properties hold"


@pytest.mark.parametrize("given", ["armijjo", 3, None, armijo])
def test_nothing_to_check(given):
    with pytest.raises((UnknownNameError, ParameterTypeError)):
        testing.check_criterion(given)
    with pytest.raises(ParameterTypeError, match="check takes a record of a criterion, strategy"):
        testing.check(given)


def test_parameter_objects_and_records_with_parameters_are_checked_too():
    assert testing.check_criterion(pf.criteria.StrongWolfe(c2=0.1)).passed
    assert testing.check_criterion(pf.criteria.Armijo() & pf.criteria.Curvature()).passed
    record = pf.criterion("strict", can_lengthen=False)(
        lambda s, t, c1=1e-4: pf.criteria and armijo(s, t)
    )
    assert testing.check(record(c1=0.3)).passed
