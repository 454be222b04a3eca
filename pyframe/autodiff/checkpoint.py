"""``pf.checkpoint``: a function whose intermediate values are computed again, not kept."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from pyframe import _core
from pyframe._checks import shown
from pyframe.autodiff.pytree import flatten
from pyframe.errors import ParameterTypeError


def checkpoint(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function whose intermediate values are not kept for its derivatives.

    They are let go when it returns and computed again when a derivative reads them, those of
    one call at a time.  What is computed again is the recording, not the Python function:
    random numbers are the same, and nothing is printed twice.

    Parameters
    ----------
    function : callable
        Any function; it may name traced values of the function around it, and checkpointed
        functions may call one another.

    Returns
    -------
    callable
        Called like `function`; derivatives of any order and in any mode have the same bits.

    Notes
    -----
    Arrays are let go, single numbers stay.  With ``mode="checkpointed"`` and in ``pf.compile``
    nothing more than usual is let go.

    Examples
    --------
    >>> import numpy as np, pyframe as pf
    >>> layer = pf.checkpoint(lambda x: np.tanh(np.exp(np.sin(x))))
    >>> def f(x):
    ...     for _ in range(3):
    ...         x = layer(x)
    ...     return np.sum(x)
    >>> pf.grad(f)(np.zeros(2))
    array([0.00233364, 0.00233364])
    """
    if not callable(function):
        raise ParameterTypeError(f"pf.checkpoint takes a function, got {shown(function)}")

    @functools.wraps(function, assigned=("__name__", "__doc__"), updated=())
    def forgetful(*args: Any, **kwargs: Any) -> Any:
        recording = _core.Recording.current()
        if recording is None or _core.is_lean(recording):
            return function(*args, **kwargs)
        start = len(recording)
        result = function(*args, **kwargs)
        recording.let_go(start, [leaf for leaf in flatten(result)[0] if _core.is_traced(leaf)])
        return result

    return forgetful


__all__ = ["checkpoint"]
