"""From what the user wrote to the compiled handle, once, at the border.

Wherever a part is asked for, the user may give a name (``"strong-wolfe"``), a parameter
object (``pf.criteria.StrongWolfe(c2=0.1)``), a record from a decorator, or a record called
with parameters.
"""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from types import FunctionType
from typing import Any

from pyframe import _core
from pyframe._checks import shown
from pyframe._parameters import Parameters
from pyframe.errors import ParameterTypeError, PluginError
from pyframe.linesearch.paths import recorder
from pyframe.registry import manager
from pyframe.registry.along_the_line import along_the_line
from pyframe.registry.records import (
    Configured,
    CriterionRecord,
    Record,
    ScalarMethodRecord,
    StrategyRecord,
)

_ready: defaultdict[str, dict[str, Any]] = defaultdict(dict)
"""Handles of built-in names with their defaults, which never change, for each kind."""

_KEPT = 64


def ready(kind: str) -> dict[str, Any]:
    """The handles known so far of built-in names with their defaults; others are not there."""
    return _ready[kind]


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
    # The usual ways first: every call of a search comes through here for each of its parts.
    if type(given) is str:
        return _ready[kind].get(given) or _named(kind, given)
    if type(given) is CriterionRecord and kind == "criterion":
        made = given.recorded
        if made is not None and made.is_current:
            return made
    if isinstance(given, Parameters) and given.kind == kind:
        return given.compiled
    return _named(kind, str(given)) if isinstance(given, str) else build(kind, given)


def _named(kind: str, name: str) -> Any:
    known = manager.find(kind, name)
    made = build(kind, known.record(), known.origin)
    if known.distribution == manager.HOST and (kind, name) not in manager.snapshot().local:
        _ready[kind][name] = made
    return made


def forget(kind: str, name: str) -> None:
    """A name may stand for something else from now on."""
    _ready[kind].pop(name, None)


def build(kind: str, given: object, origin: str = "") -> Any:
    """The compiled handle of a parameter object, a record or a configured record.

    `origin` is the plugin it comes from, for the notes of exceptions.
    """
    if isinstance(given, Parameters):
        if given.kind == "scalar-method" and kind == "strategy":
            return _core.Strategy.exact(given.compiled, 0.0, 1e-8)
        _expect(kind, given.kind, given)
        return given.compiled
    if isinstance(given, ScalarMethodRecord) and kind == "strategy":
        given = along_the_line(given)
    if isinstance(given, CriterionRecord) and kind == "criterion":
        made = build(kind, given(), origin)
        if made.is_recorded:
            object.__setattr__(given, "recorded", made)
        return made
    if isinstance(given, Record):
        given = given()
    if isinstance(given, Configured):
        _expect(kind, given.record.kind, given.record)
        built = given.build()
        if isinstance(built, Parameters):
            return build(kind, built)
        if isinstance(built, _core.Strategy):
            return built
        record = given.record
        origin = origin or manager.snapshot().origin(record)
        label = f"{record.name} of {origin}" if origin else record.name
        return _FOREIGN[kind](record, built, label)
    seen = f"{type(given).__name__} {shown(given)}"
    raise ParameterTypeError(f"{kind} must be a name, a parameter object or a record, got {seen}")


def _expect(wanted: str, seen: str, given: object) -> None:
    if wanted != seen:
        raise ParameterTypeError(f"expected a {wanted}, got a {seen}: {shown(given)}")


def _function(record: Record, built: Any, method: str) -> Any:
    """The method of an object, or the function itself."""
    function = getattr(built, method, built)
    if not callable(function):
        raise PluginError(
            f"{record.kind} {record.name!r} must be a function or have a method {method!r}, "
            f"got {type(built).__name__}"
        )
    return function


def _criterion(record: CriterionRecord, built: Any, label: str) -> _core.Criterion:
    judge = _function(record, built, "judge")
    hooks = [getattr(built, name, None) for name in ("reset", "begin", "accepted")]
    options = (record.needs, record.can_lengthen, label)
    if hooks != [None, None, None]:
        return _core.Criterion.foreign(judge, *options, *hooks)
    function, chosen = _taken_apart(judge)
    if not isinstance(function, FunctionType):
        return _core.Criterion.foreign(judge, *options)
    # What it learnt serves the next call, and goes with the function.
    learnt: dict[Any, _core.Criterion] = vars(function).setdefault("_pyframe_criteria", {})
    try:
        known = learnt.get((chosen, options))
    except TypeError:  # a parameter that has no hash
        return _core.Criterion.foreign(judge, *options)
    if known is not None and known.is_current:
        return known
    paths = recorder(judge, record.needs)
    made = _core.Criterion.foreign(judge, *options, *hooks, *(paths or ()))
    if len(learnt) >= _KEPT:
        learnt.clear()
    learnt[chosen, options] = made
    return made


def _taken_apart(judge: Any) -> tuple[Any, tuple[Any, ...]]:
    """A function and the parameters bound to it."""
    if isinstance(judge, partial):
        bound: Any = judge  # pyright: ignore[reportUnknownVariableType]
        return bound.func, (bound.args, *bound.keywords.items())
    return judge, ()


def _strategy(record: StrategyRecord, built: Any, label: str) -> _core.Strategy:
    steps = _function(record, built, "steps")
    return _core.Strategy.foreign(steps, record.needs, record.can_grow, label)


def _scalar_method(record: ScalarMethodRecord, built: Any, label: str) -> _core.ScalarMethod:
    search = _function(record, built, "search")
    return _core.ScalarMethod.foreign(search, record.needs, label)


def _initial_step(record: Record, built: Any, label: str) -> _core.InitialStep:
    return _core.InitialStep.foreign(_function(record, built, "first"), label)


def _direction(record: Record, built: Any, label: str) -> _core.Direction:
    return _core.Direction.foreign(_function(record, built, "directions"), label)


def _ad_mode(_: Record, built: Any, label: str) -> Any:
    if not any(callable(getattr(built, method, None)) for method in ("push", "pull", "jacobian")):
        raise PluginError(
            f"ad-mode {label} must have a method push, pull or jacobian, got {type(built).__name__}"
        )
    return built


_FOREIGN: dict[str, Any] = {
    "ad-mode": _ad_mode,
    "criterion": _criterion,
    "strategy": _strategy,
    "scalar-method": _scalar_method,
    "initial-step": _initial_step,
    "direction": _direction,
}
