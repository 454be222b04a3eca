"""Names: what resolves to what, and what a name that is not known is told."""

import numpy as np
import pytest

import pyframe as pf
from pyframe.errors import ParameterTypeError, RecordError, UnknownNameError
from pyframe.registry import manager
from pyframe.registry.resolve import handle


@pf.criterion("downwards", can_lengthen=False)
def downwards(start, trial):
    """Take any step that goes down."""
    return pf.ACCEPT if trial.value < start.value else pf.TOO_LONG


@pf.scalar_method("middle")
def middle(bracket, tolerance):
    """Halve the bracket, blindly."""
    low, high = bracket[0].x, bracket[2].x
    while True:
        yield (low + high) / 2


@pytest.mark.parametrize(
    ("kind", "written", "meant"),
    [
        ("criterion", "strong-wolf", "strong-wolfe"),
        ("criterion", "strong_wolfe", "strong-wolfe"),
        ("criterion", "StrongWolfe", "strong-wolfe"),
        ("criterion", "armijjo", "armijo"),
        ("strategy", "backtrack", "backtracking"),
        ("strategy", "more-thuante", "more-thuente"),
        ("scalar-method", "goldn", "golden"),
        ("initial-step", "polyack", "polyak"),
        ("direction", "l-bfgs", "lbfgs"),
    ],
)
def test_a_name_that_is_nearly_one(kind, written, meant):
    with pytest.raises(UnknownNameError, match=f"'{written}'; did you mean '{meant}'"):
        manager.find(kind, written)


def test_a_name_of_another_kind():
    with pytest.raises(UnknownNameError, match="'armijo' is the name of a criterion; known:"):
        manager.find("strategy", "armijo")


def test_a_name_that_is_nothing_like_one():
    with pytest.raises(UnknownNameError, match="unknown direction 'zzz'; known: bfgs, cg,"):
        manager.find("direction", "zzz")


def test_a_very_long_name_is_cut():
    with pytest.raises(UnknownNameError) as caught:
        manager.find("criterion", "wolfe\n" * 10**5)
    assert len(str(caught.value)) < 1000
    assert str(caught.value).isprintable()


def test_kinds_are_suggested_too():
    with pytest.raises(
        UnknownNameError, match=r"unknown kind 'criteria'; did you mean 'criterion'\?"
    ):
        pf.plugins("criteria")


@pytest.mark.parametrize("written", ["armijo", "pyframe:armijo", np.str_("armijo")])
def test_ways_to_write_a_name(written):
    assert handle("criterion", written).needs == "value"


@pytest.mark.parametrize("given", [None, 3, b"armijo", downwards.impl, object()])
def test_what_is_no_part(given):
    with pytest.raises(ParameterTypeError, match="criterion must be a name, a parameter ob"):
        handle("criterion", given)


def test_a_part_of_another_kind():
    with pytest.raises(ParameterTypeError, match="expected a strategy, got a criterion"):
        handle("strategy", downwards)


def test_registering_and_taking_back():
    before = manager.snapshot()
    with pf.register(downwards) as known:
        assert known.id == "local:downwards"
        assert handle("criterion", "downwards").can_lengthen is False
        assert handle("criterion", "local:downwards")
    assert manager.snapshot().local == before.local


def test_registrations_are_taken_back_in_any_order():
    def needs(name):
        return handle("criterion", name).needs

    other = pf.criterion("downwards", needs="slope", can_lengthen=False)(downwards.impl)
    first, second = pf.register(downwards), pf.register(other)
    assert needs("downwards") == "slope"
    first.undo()
    assert needs("downwards") == "slope"
    first.undo()
    second.undo()
    with pytest.raises(UnknownNameError):
        needs("downwards")


def test_an_overridden_name_comes_back():
    assert handle("criterion", "armijo").can_lengthen is False
    mine = pf.criterion("armijo", needs="slope")(downwards.impl)
    with pf.register(mine, override=True):
        assert handle("criterion", "armijo").needs == "slope"
    assert handle("criterion", "armijo").needs == "value"


def test_a_scalar_method_is_a_strategy_too():
    f, g = (lambda x: float(x @ x)), (lambda x: 2 * x)
    with pf.register(middle):
        result = pf.line_search(f, [4.0], [-8.0], g, "wolfe", "middle", 1e-3)
        assert result.success
        assert pf.line_search(f, [4.0], [-8.0], g, "wolfe", middle, 1e-3).step == result.step
        assert "middle" in {known.name for known in pf.plugins("strategy")}
    assert "middle" not in {known.name for known in pf.plugins("strategy")}


def test_what_register_refuses():
    with pytest.raises(RecordError, match=r"register takes a record .* got function"):
        pf.register(downwards.impl)


def raising(*_):
    raise LookupError("out of luck")


def yields(value):
    def generator(*_):
        yield value

    return generator


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (pf.criterion("p")(raising), "criterion 'p' fails its check: LookupError: out of luck"),
        (pf.criterion("p")(lambda start: pf.ACCEPT), "criterion 'p' fails its check: TypeError"),
        (pf.criterion("p")(lambda s, t: 1), "must return ACCEPT, TOO_LONG, TOO_SHORT or STALL"),
        (pf.criterion("p")(lambda s, t: t.slope), "declare needs='slope'"),
        (
            pf.criterion("p", can_lengthen=False)(lambda s, t: pf.TOO_SHORT),
            "answered TOO_SHORT: declare can_lengthen=True",
        ),
        (pf.strategy("p")(yields("far")), "strategy p must return a real number, got str 'far'"),
        (pf.strategy("p")(raising), "strategy 'p' fails its check: LookupError: out of luck"),
        (pf.scalar_method("p")(yields(None)), "scalar method p must return a real number"),
        (pf.initial_step("p")(lambda s: "one"), "initial step p must return a real number"),
        (pf.direction("p")(lambda: 3), "direction 'p' fails its check"),
    ],
)
def test_registration_tries_the_implementation(record, said):
    with pytest.raises(RecordError, match=said):
        pf.register(record)
    with pytest.raises(UnknownNameError):
        manager.find(record.kind, "p")
