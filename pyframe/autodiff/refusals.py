"""What Python and NumPy raise about the arguments of a recorded call, as errors of pyframe.

An exception that comes out of a function of the user, or of another package, stays what it is.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from pyframe import _core
from pyframe._checks import shown
from pyframe.errors import (
    IndexOutOfBounds,
    OutOfMemory,
    ParameterError,
    ParameterOverflow,
    ParameterTypeError,
    PyframeError,
)

RAW = (TypeError, ValueError, OverflowError, AttributeError, LookupError, MemoryError)
"""What an argument of a wrong kind leads to."""

_OURS = (
    (MemoryError, OutOfMemory),
    (IndexError, IndexOutOfBounds),
    (OverflowError, ParameterOverflow),
    (TypeError, ParameterTypeError),
    (AttributeError, ParameterTypeError),
)
"""The class for each of them; for the others, `ParameterError`."""

_PACKAGES = ("pyframe", "numpy", "scipy")


def restated(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
    """A function that raises errors of pyframe about its arguments."""

    @functools.wraps(call)
    def answered(*args: Any, **kwargs: Any) -> Any:
        try:
            return call(*args, **kwargs)
        except RAW as error:
            restate(error, name, args, kwargs)
            raise

    return answered


def restate(error: Exception, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Raise what an error of a call is to its caller, where that is something else."""
    if isinstance(error, PyframeError | np.linalg.LinAlgError) or _comes_from_outside(error):
        return
    ours = next((own for raw, own in _OURS if isinstance(error, raw)), ParameterError)
    given = [*map(_described, args), *(f"{key}={_described(x)}" for key, x in kwargs.items())]
    raise ours(f"{name}({', '.join(given)}): {error!s:.400}") from error


def _comes_from_outside(error: Exception) -> bool:
    """Whether it was raised in code that is neither ours nor NumPy's."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return False
    module = str(trace.tb_frame.f_globals.get("__name__", ""))
    return module.partition(".")[0] not in _PACKAGES


def _described(value: Any) -> str:
    """An argument as a message shows it."""
    if _core.is_traced(value):
        return f"a traced array of shape {value.shape}" if value.shape else "a traced number"
    if isinstance(value, np.ndarray):
        return f"an array of {value.dtype} of shape {value.shape}"
    if isinstance(value, list | tuple) and any(map(_core.is_traced, value)):
        return f"a {type(value).__name__} of {len(value)} with traced values"
    return shown(value)
