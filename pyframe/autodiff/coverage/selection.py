"""Elements chosen by conditions; what is not chosen counts 0 in derivatives (K1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from pyframe import _core
from pyframe.autodiff.coverage import axes as of
from pyframe.autodiff.coverage.kinds import kind
from pyframe.autodiff.dispatch import concrete, function, is_traced
from pyframe.errors import DTypeError, IndexOutOfBounds, ParameterError


@function(np.where)
def where(condition: Any, *choices: Any) -> Any:
    """Elements of the first choice where the condition holds, else of the second."""
    if not choices:
        return np.nonzero(condition)
    if len(choices) == 1:
        raise ParameterError("np.where takes both x and y or neither")
    return _core.select(condition, *choices)


@function(np.select)
def select(condlist: Sequence[Any], choicelist: Sequence[Any], default: Any = 0) -> Any:
    """Elements of the first choice whose condition holds."""
    if len(condlist) != len(choicelist):
        raise ParameterError("np.select takes as many conditions as choices")
    if not condlist:
        raise ParameterError("np.select takes at least one condition")
    for place, condition in enumerate(condlist):
        if kind(condition) != "bool":
            raise DTypeError(
                f"np.select: condition {place} must hold truth values, got {kind(condition)}"
            )
    made = default
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        made = _core.select(condition, choice, made)
    dtype = np.result_type(*(_typed(choice) for choice in (*choicelist, default)))
    return made if made.dtype == dtype else made.astype(dtype)


def _typed(choice: Any) -> Any:
    if type(choice) in {int, float}:
        return choice
    if is_traced(choice):
        return 1.0 if getattr(choice, "weak", False) else choice.dtype
    return np.asarray(choice).dtype


@function(np.choose)
def choose(a: Any, choices: Any, out: Any = None, mode: str = "raise") -> Any:
    """Elements of the choice with that number."""
    of.no_options("np.choose", out=out)
    choices = list(choices)
    number = len(choices)
    if kind(a) not in {"int64", "bool"} and np.asarray(concrete(a)).dtype.kind not in "iu":
        raise DTypeError(f"np.choose takes integers, got {kind(a)}")
    if mode == "raise":
        if bool(np.any((a < 0) | (a >= number))):
            raise IndexOutOfBounds(f"invalid entry in choice array: there are {number} choices")
    elif mode == "wrap":
        a = a % number
    elif mode == "clip":
        a = np.clip(a, 0, number - 1)
    else:
        raise ParameterError(f"np.choose knows the modes 'raise', 'wrap' and 'clip', got {mode!r}")
    made = choices[-1]
    for place in reversed(range(number - 1)):
        made = _core.select(a == place, choices[place], made)
    shape = np.broadcast_shapes(np.shape(a), *map(np.shape, choices))
    return made if np.shape(made) == shape else np.broadcast_to(made, shape)


@function(np.piecewise)
def piecewise(x: Any, condlist: Any, funclist: Sequence[Any], *args: Any, **kw: Any) -> Any:
    """Functions evaluated where their conditions hold, the last one where none does."""
    shape = np.shape(x)
    if not shape:
        conditions = condlist if isinstance(condlist, list | tuple) else [condlist]
        flat = [np.reshape(condition, (1,)) for condition in conditions]
        return np.reshape(piecewise(np.reshape(x, (1,)), flat, funclist, *args, **kw), ())
    if not isinstance(condlist, list | tuple) and len(np.shape(condlist)) == len(shape):
        condlist = [condlist]
    conditions = [np.asarray(concrete(condition), bool) for condition in condlist]
    if len(conditions) == len(funclist) - 1:
        conditions.append(~np.any(conditions, axis=0))
    if len(conditions) != len(funclist):
        n = len(conditions)
        raise ParameterError(
            f"with {n} conditions np.piecewise takes {n} or {n + 1} functions, got {len(funclist)}"
        )
    made = np.zeros_like(x)
    for condition, part in zip(conditions, funclist, strict=True):
        if not np.any(condition):
            continue
        made[condition] = part(x[condition], *args, **kw) if isinstance(part, Callable) else part
    return made
