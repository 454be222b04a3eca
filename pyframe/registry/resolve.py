"""From what the user wrote to the compiled handle, once, at the border.

Wherever a part is asked for, the user may give a name (``"strong-wolfe"``), a parameter
object (``pf.criteria.StrongWolfe(c2=0.1)``), a record from a decorator, or a record called
with parameters.
"""

from __future__ import annotations

from typing import Any

from pyframe import _core
from pyframe._parameters import Parameters
from pyframe.errors import ParameterTypeError, PluginError
from pyframe.registry import manager
from pyframe.registry.along_the_line import along_the_line
from pyframe.registry.records import (
    Configured,
    CriterionRecord,
    Record,
    ScalarMethodRecord,
    StrategyRecord,
)

_handles: dict[tuple[str, str], Any] = {}
"""Handles of built-in names with their defaults; these never change."""


def handle(kind: str, given: object) -> Any:
    """The compiled handle of `given`, which should be of this `kind`.

    Raises
    ------
    UnknownNameError, ConflictError
        When a name is not known or not unambiguous.
    ParameterTypeError
        When `given` is of another kind or no part at all.
    PluginError
        When the implementation cannot be loaded, or is nothing that can be used.
    """
    if isinstance(given, str):
        ready = _handles.get((kind, given))
        if ready is not None and not manager.snapshot().local:
            return ready
        known = manager.find(kind, str(given))
        made = build(kind, known.record())
        if known.distribution == manager.HOST:
            _handles[kind, known.name] = made
        return made
    return build(kind, given)


def build(kind: str, given: object) -> Any:
    """The compiled handle of a parameter object, a record or a configured record."""
    if isinstance(given, Parameters):
        if given.kind == "scalar-method" and kind == "strategy":
            return _core.Strategy.exact(given.compiled, 0.0, 1e-8)
        _expect(kind, given.kind, given)
        return given.compiled
    if isinstance(given, ScalarMethodRecord) and kind == "strategy":
        given = along_the_line(given)
    if isinstance(given, Record):
        given = given()
    if isinstance(given, Configured):
        _expect(kind, given.record.kind, given.record)
        built = given.build()
        if isinstance(built, Parameters):
            return build(kind, built)
        if isinstance(built, _core.Strategy):
            return built
        return _FOREIGN[kind](given.record, built, _title(given.record))
    raise ParameterTypeError(
        f"{kind} must be a name, a parameter object or a record, got {type(given).__name__} {given!r:.60}"
    )


def _expect(wanted: str, seen: str, given: object) -> None:
    if wanted != seen:
        raise ParameterTypeError(f"expected a {wanted}, got a {seen}: {given!r:.80}")


def _title(record: Record) -> str:
    """The name by which errors and notes speak of a plugin's part."""
    origin = manager.snapshot().origin(record)
    return f"{record.name} ({origin})" if origin else record.name


def _function(record: Record, built: Any, method: str) -> Any:
    """The method of an object, or the function itself."""
    function = getattr(built, method, built)
    if not callable(function):
        raise PluginError(
            f"{record.kind} {_title(record)} must be a function or have a method {method!r}, "
            f"got {type(built).__name__}"
        )
    return function


def _criterion(record: CriterionRecord, built: Any, title: str) -> _core.Criterion:
    return _core.Criterion.foreign(
        _function(record, built, "judge"),
        record.needs,
        record.can_lengthen,
        title,
        getattr(built, "reset", None),
        getattr(built, "begin", None),
        getattr(built, "accepted", None),
    )


def _strategy(record: StrategyRecord, built: Any, title: str) -> _core.Strategy:
    steps = _function(record, built, "steps")
    return _core.Strategy.foreign(steps, record.needs, record.can_grow, title)


def _scalar_method(record: ScalarMethodRecord, built: Any, title: str) -> _core.ScalarMethod:
    return _core.ScalarMethod.foreign(_function(record, built, "search"), record.needs, title)


def _initial_step(record: Record, built: Any, title: str) -> _core.InitialStep:
    return _core.InitialStep.foreign(_function(record, built, "first"), title)


def _direction(record: Record, built: Any, title: str) -> _core.Direction:
    return _core.Direction.foreign(_function(record, built, "directions"), title)


_FOREIGN: dict[str, Any] = {
    "criterion": _criterion,
    "strategy": _strategy,
    "scalar-method": _scalar_method,
    "initial-step": _initial_step,
    "direction": _direction,
}
