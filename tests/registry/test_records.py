"""Records: what is refused when they are registered, parameters, loading by text."""

import pytest

import pyframe as pf
from pyframe.errors import ParameterTypeError, PluginError, RecordError
from pyframe.registry.records import RECORDS, CriterionRecord, DirectionRecord, StrategyRecord


def halving(start, trial, ratio=0.5):
    """Bring phi below a fraction of its start.

    Further text.
    """
    return pf.ACCEPT if trial.value <= ratio * start.value else pf.TOO_LONG


REFUSED = {
    "name is no text": (CriterionRecord(7, halving), "name must be a str, got int 7"),
    "name in upper case": (CriterionRecord("Halving", halving), "is not of the form"),
    "no implementation": (CriterionRecord("x", None), "impl must be an object or 'module:attribu"),
    "text without attribute": (CriterionRecord("x", "math"), "impl must be an object or 'module:"),
    "text that is a path": (CriterionRecord("x", "/etc:passwd"), "impl must be an object or"),
    "summary of two lines": (CriterionRecord("x", halving, "a\nb"), "summary must be one line"),
    "reference is no text": (CriterionRecord("x", halving, "", 3), "reference must be one line"),
    "requires is text": (
        CriterionRecord("x", halving, requires="numpy"),
        "requires must be a",
    ),
    "api is text": (CriterionRecord("x", halving, api="1"), "api must be an int >= 1, got '1'"),
    "api is 0": (CriterionRecord("x", halving, api=0), "api must be an int >= 1, got 0"),
    "api is newer": (CriterionRecord("x", halving, api=2), "needs plugin interface 2"),
    "unknown needs": (
        CriterionRecord("x", halving, needs="all"),
        "needs must be one of",
    ),
    "needs of a criterion": (CriterionRecord("x", halving, needs="curvature"), "value or slope"),
    "can_lengthen is text": (
        CriterionRecord("x", halving, can_lengthen="no"),
        "can_lengthen must be True or False, got 'no'",
    ),
    "can_grow is a number": (StrategyRecord("x", halving, can_grow=1), "can_grow must be True or"),
    "default criterion": (StrategyRecord("x", halving, criterion=3), "criterion must be a name"),
    "default initial step": (
        DirectionRecord("x", halving, initial_step=1.0),
        "initial_step must be a name, got 1.0",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_malformed_records_are_refused(what):
    record, said = REFUSED[what]
    with pytest.raises(RecordError, match=said):
        record.check()


@pytest.mark.parametrize("name", ["a", "a1", "zhang-hager", "newton-1d", "a.b", "a+b", "x" * 64])
def test_names(name):
    CriterionRecord(name, halving).check()


def test_the_decorator_takes_the_summary_from_the_docstring():
    assert pf.criterion("halving")(halving).summary == "Bring phi below a fraction of its start."
    assert pf.criterion("halving", summary="Halve.")(halving).summary == "Halve."


def test_one_decorator_makes_many_records():
    make = pf.criterion("twice", summary="Both the same.")
    assert make(halving) == make(halving)


def test_a_decorator_without_its_name_says_so():
    with pytest.raises(RecordError, match=r"pf.criterion takes the name first: @pf.criterion\('na"):
        pf.criterion(halving)


def test_parameters_are_those_after_what_pyframe_gives():
    assert pf.criterion("halving")(halving).parameters() == {"ratio": 0.5}


def test_an_unknown_parameter_is_refused_by_name():
    record = pf.criterion("halving", can_lengthen=False)(halving)
    with pytest.raises(ParameterTypeError, match="has no parameter 'ration'; it has ratio"):
        pf.Stepper(1.0, -1.0, 1.0, record(ration=0.3), "backtracking")


def test_parameters_of_a_function_go_by_name():
    record = pf.criterion("halving", can_lengthen=False)(halving)
    with pytest.raises(ParameterTypeError, match="'halving' takes its parameters by name"):
        pf.Stepper(1.0, -1.0, 1.0, record(0.3), "backtracking")


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (CriterionRecord("x", "nowhere_at_all:f"), "cannot be loaded from 'nowhere_at_all:f'"),
        (CriterionRecord("x", "math:nothing"), "cannot be loaded from 'math:nothing'"),
        (
            CriterionRecord("x", "math:sin", requires=("nowhere_at_all",)),
            "needs the module 'nowhere_at_all', which cannot be imported",
        ),
    ],
)
def test_what_cannot_be_loaded_says_why(record, said):
    with pytest.raises(PluginError, match=said):
        record.load()


def test_every_kind_has_its_own_name():
    kinds = [record.kind for record in RECORDS]
    assert len(set(kinds)) == len(kinds) == 10
