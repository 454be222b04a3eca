"""SciPy's functions of expressions: those that are functions of the language as well.

They are written in Python and do not ask their arguments, so their bodies are exchanged.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from pyframe._checks import shown
from pyframe.autodiff import intercept
from pyframe.errors import UnsupportedOperation
from pyframe.matcalc.expression import Expression
from pyframe.matcalc.numpy_functions import axis_of, kept


def _logsumexp(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    which = axis_of("scipy.special.logsumexp", a, axis)
    if which is None:
        return kept(a, None, a.function("logsumexp", a.ravel("F")), keepdims)
    rows = a.formula if which == 1 else a.formula.transpose()
    return kept(a, which, a.like(rows.apply("rowlogsumexp")), keepdims)


def _softmax(x: Any, axis: Any = None) -> Any:
    which = axis_of("scipy.special.softmax", x, axis)
    if which is None:
        return x.mapped(x.formula.apply("softmax"))
    if which == 1:
        return x.mapped(x.formula.apply("rowsoftmax"))
    return x.mapped(x.formula.transpose().apply("rowsoftmax").transpose())


def _log_softmax(x: Any, axis: Any = None) -> Any:
    return np.log(_softmax(x, axis))


OF_MEMORY_AND_CHECKS = {"overwrite_a", "overwrite_b", "check_finite", "lower"}
"""Options that change no value (``lower`` is the triangle that is read of a symmetric matrix)."""

ASSUMED = frozenset(
    {None, "general", "gen", "symmetric", "sym", "hermitian", "her", "positive definite", "pos"}
)
"""What SciPy may be told of a matrix that a formula need not know."""


def _assumed(name: str, assume_a: Any) -> None:
    if assume_a not in ASSUMED:
        raise UnsupportedOperation(f"{name} of an expression with assume_a={shown(assume_a)}")


def _inv(a: Any, *, assume_a: Any = None) -> Any:
    _assumed("scipy.linalg.inv", assume_a)
    return np.linalg.inv(a)


def _solve(a: Any, b: Any, *, assume_a: Any = None) -> Any:
    _assumed("scipy.linalg.solve", assume_a)
    return np.linalg.solve(a, b)


BY_MODULE: dict[str, dict[str, Callable[..., Any]]] = {
    "scipy.special": {
        "logsumexp": _logsumexp,
        "softmax": _softmax,
        "log_softmax": _log_softmax,
    },
    "scipy.linalg": {
        "expm": lambda A: A.function("expm"),
        "inv": _inv,
        "det": np.linalg.det,
        "norm": np.linalg.norm,
        "pinv": np.linalg.pinv,
        "solve": _solve,
    },
}
"""What answers for expressions, by SciPy's module and name."""


def _answering(name: str, handler: Callable[..., Any]) -> Callable[..., Any]:
    """A handler that says which of SciPy's options it does not take."""

    @functools.wraps(handler)
    def answer(*args: Any, **options: Any) -> Any:
        told = {key: x for key, x in options.items() if key not in OF_MEMORY_AND_CHECKS}
        try:
            return handler(*args, **told)
        except TypeError as error:
            if "unexpected keyword" in str(error) or "positional argument" in str(error):
                said = str(error).rpartition("() ")[2]
                raise UnsupportedOperation(f"{name} of an expression {said}") from error
            raise

    return answer


def _adopt(module: Any) -> None:
    for name, handler in BY_MODULE[module.__name__].items():
        answer = _answering(f"{module.__name__}.{name}", handler)
        intercept.replace_body(getattr(module, name), answer, _is_expression)


def _is_expression(value: Any) -> bool:
    return isinstance(value, Expression)


def adopt_imported() -> None:
    """Have those of SciPy's modules that have been imported answer for expressions."""
    intercept.prepare_imported()


for _place in BY_MODULE:
    intercept.when_imported(_place, _adopt)
