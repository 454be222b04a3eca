"""Conformance of primitives and of rules that come from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, cast

import numpy as np

from pyframe.autodiff.foreign.primitive import Primitive
from pyframe.autodiff.foreign.proof import POINTS
from pyframe.autodiff.foreign.tracing import Rule
from pyframe.autodiff.operators import jvp, vjp
from pyframe.registry import manager
from pyframe.registry.records import Record, RuleRecord
from pyframe.testing.kit import NotApplicable, Property, require, run
from pyframe.testing.report import Report
from pyframe.testing.subject import Subject


def _primitive(subject: Subject) -> Primitive:
    made = subject.compiled
    if not isinstance(made, Primitive):
        raise NotApplicable("made of other primitives")
    return made


def _ruled(subject: Subject) -> Primitive:
    made = _primitive(subject)
    if not made.rules:
        raise NotApplicable("it has no rule of its own")
    return made


def _proved(subject: Subject) -> str:
    return f"to order {_ruled(subject).prove()} at {POINTS} points"


def _types(made: Primitive, shape: tuple[int, ...], dtype: str) -> list[Any]:
    if not made.elementwise:
        raise NotApplicable("not elementwise")
    types = tuple(
        (dtype if k in made.places else "float64", shape) for k in range(len(made.arguments))
    )
    return made.draw(np.random.default_rng(7), types)


def _derivative(made: Primitive, args: list[Any]) -> tuple[Any, Any]:
    chosen = tuple(args[k] for k in made.places)

    def function(*given: Any) -> Any:
        every = list(args)
        for place, value in zip(made.places, given, strict=True):
            every[place] = value
        return made(*every)

    y, pushed = jvp(function, chosen, chosen)
    return pushed, vjp(function, *chosen)[1](y)


def _empty(subject: Subject) -> str:
    made = _ruled(subject)
    pushed, pulled = _derivative(made, _types(made, (0,), "float64"))
    seen = {np.shape(part) for part in (pushed, *_tuple(pulled))}
    require(seen == {(0,)}, f"an empty array gave derivatives of shapes {sorted(seen)}")
    return "derivatives are empty"


def _single(subject: Subject) -> str:
    made = _ruled(subject)
    if len(made.places) < len(made.arguments):
        raise NotApplicable("with arguments that are constants")
    pushed, pulled = _derivative(made, _types(made, (4,), "float32"))
    seen = {np.asarray(part).dtype.name for part in (pushed, *_tuple(pulled))}
    require(seen == {"float32"}, f"float32 gave derivatives of {', '.join(sorted(seen))}")
    return "float32 stays"


def _tuple(pulled: Any) -> tuple[Any, ...]:
    return tuple(pulled) if isinstance(pulled, tuple) else (pulled,)  # pyright: ignore[reportUnknownArgumentType,reportUnknownVariableType]


PRIMITIVE: dict[str, Property] = {
    "its rule is right": _proved,
    "takes empty arrays": _empty,
    "keeps single precision": _single,
}


def _rule(subject: Subject) -> str:
    record = cast("RuleRecord", subject.record)
    known = manager.find("primitive", record.name).record.load()
    if not isinstance(known, Primitive):
        raise NotApplicable("made of other primitives")
    copy = replace(known, proof="on-first-use")
    copy.rules[record.reverse] = Rule(record.load(), record.reverse)
    return f"to order {copy.prove()} at {POINTS} points"


RULE: dict[str, Property] = {"it is right": _rule}


def check_rules(*, strict: bool = False, waive: Iterable[str] = ()) -> list[Report]:
    """Check every primitive and rule that is known, those of the installed plugins included.

    Parameters
    ----------
    strict : bool
        Raise at the first that fails.
    waive : iterable of str
        Properties that need not hold.

    Returns
    -------
    list of Report
        One for each.

    Raises
    ------
    ConformanceError
        When `strict` and a property fails.
    """
    reports: list[Report] = []
    for kind, properties in (("primitive", PRIMITIVE), ("rule", RULE)):
        for known in manager.plugins(kind):
            record: Record = known.record
            title = f"{kind} {known.name} ({known.origin})"
            made = Subject(kind, record, title, record.load(), record)
            report = run(title, made, properties, set(waive) & set(properties))
            reports.append(report.raise_if_failed() if strict else report)
    return reports
