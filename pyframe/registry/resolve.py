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
from pyframe.registry.records import (
    Configured,
    CriterionRecord,
    Record,
    StrategyRecord,
    _LineRecord,
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
    """
    if type(given) is str:
        ready = _handles.get((kind, given))
        if ready is not None and not manager.snapshot().local:
            return ready
        known = manager.find(kind, given)
        made = build(kind, known.record())
        if known.distribution == manager.HOST:
            _handles[kind, given] = made
        return made
    return build(kind, given)


def build(kind: str, given: object) -> Any:
    """The compiled handle of a parameter object, a record or a configured record."""
    if isinstance(given, Parameters):
        if given.kind == "scalar-method" and kind == "strategy":
            return _core.Strategy.exact(given._handle, 0.0, 1e-8)  # pyright: ignore[reportPrivateUsage]
        _expect(kind, given.kind, given)
        return given._handle  # pyright: ignore[reportPrivateUsage]
    if isinstance(given, Record):
        given = given()
    if isinstance(given, Configured):
        _expect(kind, given.record.kind, given.record)
        built = given.build()
        if isinstance(built, Parameters):
            return build(kind, built)
        return _FOREIGN[kind](given.record, built)
    raise ParameterTypeError(
        f"{kind} must be a name, a parameter object or a record, got {type(given).__name__} {given!r:.60}"
    )


def _expect(wanted: str, seen: str, given: object) -> None:
    if wanted != seen:
        raise ParameterTypeError(f"expected a {wanted}, got a {seen}: {given!r:.80}")


def _function(record: Record, built: Any, method: str) -> Any:
    """The method of an object, or the function itself."""
    function = getattr(built, method, built)
    if not callable(function):
        raise PluginError(
            f"{record.kind} {record.name!r} must be a function or have a method {method!r}, "
            f"got {type(built).__name__}"
        )
    return function


def _criterion(record: CriterionRecord, built: Any) -> _core.Criterion:
    return _core.Criterion.foreign(
        _function(record, built, "judge"),
        record.needs,
        record.can_lengthen,
        record.name,
        getattr(built, "reset", None),
        getattr(built, "begin", None),
        getattr(built, "accepted", None),
    )


def _strategy(record: StrategyRecord, built: Any) -> _core.Strategy:
    steps = _function(record, built, "steps")
    return _core.Strategy.foreign(steps, record.needs, record.can_grow, record.name)


def _scalar_method(record: _LineRecord, built: Any) -> _core.ScalarMethod:
    search = _function(record, built, "search")
    return _core.ScalarMethod.foreign(search, record.needs, record.name)


def _initial_step(record: Record, built: Any) -> _core.InitialStep:
    return _core.InitialStep.foreign(_function(record, built, "first"), record.name)


def _direction(record: Record, built: Any) -> _core.Direction:
    return _core.Direction.foreign(_function(record, built, "directions"), record.name)


_FOREIGN: dict[str, Any] = {
    "criterion": _criterion,
    "strategy": _strategy,
    "scalar-method": _scalar_method,
    "initial-step": _initial_step,
    "direction": _direction,
}
