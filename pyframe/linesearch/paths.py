"""A criterion written in Python as paths of scalar code.

A verdict depends on how the comparisons of a criterion turn out.  The first time they turn out
in some way, the criterion is recorded; the recording then answers wherever the same comparisons
turn out so again, inside the loop and without Python.

Only criteria that do nothing but compute are recorded: whoever counts, prints or stores is
called each time.
"""

from __future__ import annotations

import builtins
import dis
import functools
from collections.abc import Callable
from enum import Enum
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

from pyframe import _core

DEEPEST = 3
"""How many functions that call one another are looked into."""

_HARMLESS = frozenset(
    getattr(builtins, name)
    for name in ("abs", "all", "any", "bool", "divmod", "float", "int", "len", "max", "min", "pow",
                 "range", "round", "sum", "tuple")
)  # fmt: skip
_EFFECTS = (
    "STORE_GLOBAL", "STORE_DEREF", "STORE_ATTR", "STORE_SUBSCR", "STORE_NAME", "DELETE", "IMPORT",
    "YIELD", "SEND", "MAKE_FUNCTION", "BUILD_LIST", "BUILD_MAP", "BUILD_SET", "BEFORE_WITH",
    "RAISE",
)  # fmt: skip
"""Instructions that may change something, or look at what may be changed."""


def computes_only(judge: Any, depth: int = DEEPEST) -> bool:
    """Whether a function reads its arguments and constants, and does nothing but compute.

    >>> computes_only(lambda start, trial: trial.value < start.value)
    True
    >>> seen = []
    >>> computes_only(lambda start, trial: seen.append(trial))
    False
    """
    if isinstance(judge, functools.partial):
        if not all(map(_is_constant, (*judge.args, *judge.keywords.values()))):
            return False
        judge = judge.func
    if isinstance(judge, MethodType):
        parameters = getattr(type(judge.__self__), "__dataclass_params__", None)
        if parameters is None or not parameters.frozen:
            return False
        judge = judge.__func__
    if not isinstance(judge, FunctionType) or depth < 0:
        return False
    module: ModuleType | None = None
    for instruction in dis.get_instructions(judge):
        if instruction.opname.startswith(_EFFECTS):
            return False
        if module is not None:
            # What is read of a module must be a constant itself.
            if not _is_constant(getattr(module, str(instruction.argval), module)):
                return False
            module = None
        elif instruction.opname in {"LOAD_GLOBAL", "LOAD_DEREF", "LOAD_CLASSDEREF"}:
            found = _bound(judge, instruction.argval)
            if isinstance(found, ModuleType):
                module = found
            elif not (_is_constant(found) or computes_only(found, depth - 1)):
                return False
    return True


def _bound(function: FunctionType, name: str) -> Any:
    """What a name stands for in a function."""
    cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
    if name in cells:
        try:
            return cells[name].cell_contents
        except ValueError:
            return function  # not bound yet: no constant
    return function.__globals__.get(name, getattr(builtins, name, function))


def _is_constant(value: Any) -> bool:
    if value is None or isinstance(value, int | float | str | Enum | np.ufunc):
        return True
    if isinstance(value, type) and issubclass(value, Enum):
        return True
    known = isinstance(value, BuiltinFunctionType | type)
    return known and (value in _HARMLESS or value.__module__ == "math")


def _without_arguments(judge: Any) -> Any:
    """The function of a partial."""
    return judge.func if isinstance(judge, functools.partial) else judge


class _Seen:
    """What a criterion sees, with traced numbers; anything else is read of the real object."""

    __slots__ = ("_real", "_traced")

    def __init__(self, real: Any, **traced: Any) -> None:
        self._real = real
        self._traced = traced

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._real, name)  # refuses what was not declared
        return self._traced.get(name, value)


def recorder(judge: Any, needs: str) -> tuple[Callable[..., Any], list[Any]] | None:
    """What records the path of one verdict, and the names it rests upon; None without one.

    Parameters
    ----------
    judge : callable
        ``judge(start, trial)``.
    needs : {"value", "slope"}
        What it declared to look at.

    Returns
    -------
    tuple or None
        A function of (value at 0, slope at 0, step, value, slope) that returns the trace of the
        comparisons and the verdict, or None when it cannot be recorded; and the names outside of
        the criterion with what they are bound to.
    """
    if not computes_only(judge):
        return None
    from pyframe.autodiff.captured import Captured  # noqa: PLC0415  only when one is recorded
    from pyframe.autodiff.record import opened  # noqa: PLC0415

    names = Captured(_without_arguments(judge)).names()
    if names is None:
        return None

    def record(value0: float, slope0: float, step: float, value: float, slope: float) -> Any:
        start, trial = (
            _core.Start(value0, slope0),
            _core.Trial(step, value, None if needs == "value" else slope),
        )
        try:
            with opened(guarded=True) as (recording, _):
                known = 0.0 if slope0 != slope0 else slope0  # noqa: PLR0124  NaN: it is not known
                traced = [recording.input(x) for x in (value0, known, step, value, slope)]
                verdict = judge(
                    _Seen(start, value=traced[0], slope=traced[1]),
                    _Seen(trial, step=traced[2], value=traced[3], slope=traced[4]),
                )
                return recording.finish([]), verdict
        except Exception:  # noqa: BLE001  whatever is wrong shows when the criterion itself is called
            return None

    return record, names
