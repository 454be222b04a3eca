"""Which function of NumPy is recorded how: two tables and the decorators that fill them.

A handler takes what the function takes and returns traced values.  The tables are filled by
the modules of :mod:`pyframe.autodiff.coverage` when the first derivative is taken.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pyframe import _core
from pyframe.errors import UnsupportedOperation

Handler = Callable[..., Any]

UFUNCS: dict[np.ufunc, Handler] = {}
"""Calls of ufuncs: the handler takes the inputs."""

FUNCTIONS: dict[Callable[..., Any], Handler] = {}
"""Array functions: the handler takes all arguments."""

is_traced = _core.is_traced


def ufunc(*functions: np.ufunc) -> Callable[[Handler], Handler]:
    """Make a function the handler of ufuncs."""

    def register(handler: Handler) -> Handler:
        UFUNCS.update(dict.fromkeys(functions, handler))
        return handler

    return register


def function(*functions: Callable[..., Any]) -> Callable[[Handler], Handler]:
    """Make a function the handler of array functions."""

    def register(handler: Handler) -> Handler:
        FUNCTIONS.update(dict.fromkeys(functions, handler))
        return handler

    return register


def name_of(called: Any) -> str:
    """A function's name as users write it."""
    module = getattr(called, "__module__", None) or (
        "scipy.special"
        if isinstance(called, np.ufunc) and called not in _numpy_ufuncs()
        else "numpy"
    )
    name = getattr(called, "__qualname__", None) or getattr(called, "__name__", repr(called))
    return f"{module.replace('numpy._core', 'numpy')}.{name}"


def _numpy_ufuncs() -> set[np.ufunc]:
    return {member for member in vars(np).values() if isinstance(member, np.ufunc)}


COMPLEX = {"numpy.linalg.eig", "numpy.linalg.eigvals", "numpy.roots"}
"""Functions whose results are complex."""


def unsupported(called: Any, why: str = "") -> UnsupportedOperation:
    """The refusal of a function, with the nearest ones that are recorded."""
    from difflib import get_close_matches  # noqa: PLC0415  (wanted where something is refused)

    name = name_of(called)
    if not why and (name.startswith("numpy.fft.") or name in COMPLEX):
        why = "since it works with complex numbers, and traced values are real"
    known = {name_of(each): each for each in (*UFUNCS, *FUNCTIONS)}
    near = get_close_matches(name, known.keys() - {name}, n=3, cutoff=0.7)
    hint = f"; supported and close: {', '.join(near)}" if near else ""
    return UnsupportedOperation(
        f"{name} cannot be recorded{f' {why}' if why else ''}{hint}. For a function of your own, "
        "see pf.primitive"
    )


def concrete(value: Any) -> Any:
    """A value as it leaves the trace: a replay checks that it is the same."""
    if not is_traced(value):
        return value
    if isinstance(value, _core.Scalar):
        return np.float64(_core.leave_scalar(value))
    return value.leave()


def call_concrete(called: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call a function whose result is constant between jumps with concrete arguments."""
    from pyframe.autodiff.pytree import tree_map  # noqa: PLC0415  (the tree of arguments is rarely needed)

    args, kwargs = tree_map(concrete, (args, kwargs))
    return called(*args, **kwargs)
