"""SciPy's functions of expressions: those that are functions of the language as well."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from pyframe.errors import UnsupportedOperation
from pyframe.matcalc.expression import Expression


def _whole(name: str, x: Any, axis: Any) -> None:
    """Refuse what is not taken over all elements."""
    if not (axis is None or (x.ndim == 1 and axis in (0, -1))):
        raise UnsupportedOperation(f"{name} along an axis of an expression is not known")


def _logsumexp(a: Any, axis: Any = None) -> Any:
    _whole("scipy.special.logsumexp", a, axis)
    return a.function("logsumexp", a.ravel("F"))


def _softmax(x: Any, axis: Any = None) -> Any:
    _whole("scipy.special.softmax", x, axis)
    return x.function("softmax")


def _log_softmax(x: Any, axis: Any = None) -> Any:
    return x - _logsumexp(x, axis)


BY_MODULE: dict[str, dict[str, Callable[..., Any]]] = {
    "scipy.special": {
        "logsumexp": _logsumexp,
        "softmax": _softmax,
        "log_softmax": _log_softmax,
    },
    "scipy.linalg": {
        "expm": lambda A: A.function("expm"),
        "inv": np.linalg.inv,
        "det": np.linalg.det,
        "pinv": np.linalg.pinv,
        "solve": np.linalg.solve,
    },
}
"""What answers for expressions, by SciPy's module and name."""


def answering(
    original: Callable[..., Any], name: str, handler: Callable[..., Any]
) -> Callable[..., Any]:
    """A function of SciPy that asks the handler where an argument is an expression."""

    @functools.wraps(original)
    def answer(*args: Any, **options: Any) -> Any:
        if not any(isinstance(x, Expression) for x in (*args, *options.values())):
            return original(*args, **options)
        try:
            return handler(*args, **options)
        except TypeError as error:
            if "unexpected keyword" in str(error) or "positional argument" in str(error):
                raise UnsupportedOperation(f"{name} of an expression: {error}") from error
            raise

    return answer
