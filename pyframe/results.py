"""Results: what the searches return, and the two enumerations they speak in.

The result objects are frozen, compare by content, and can be copied and pickled.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NamedTuple, cast

import numpy as np

from pyframe._core import LineSearchResult, OptimizeResult, Point, ScalarResult, Start, Trial

__all__ = [
    "Evaluation",
    "Iteration",
    "LineSearchResult",
    "OptimizeResult",
    "Point",
    "ScalarResult",
    "Start",
    "Status",
    "Trial",
    "Verdict",
]


class Status(StrEnum):
    """How a run ended; members compare equal to their names."""

    CONVERGED = "converged"
    """The requested accuracy was reached."""
    PRECISION = "precision"
    """Rounding errors of the function hide any further progress."""
    FLAT = "flat"
    """The function is constant over a width that rounding does not explain."""
    BUDGET = "budget"
    """The allowed evaluations, iterations or seconds are used up."""
    NOT_DESCENT = "not-descent"
    """The direction does not descend: the slope at step 0 is positive."""
    STATIONARY = "stationary"
    """The slope at the start is zero: there is nothing to descend."""
    NON_FINITE = "non-finite"
    """The function is not finite where a finite value is needed."""
    UNBOUNDED = "unbounded"
    """The function goes on falling without bound."""
    STOPPED = "stopped"
    """Stopped before the requested accuracy was reached."""
    GRADIENT_INCONSISTENT = "gradient-inconsistent"
    """The derivative disagrees with differences of the values."""


class Verdict(StrEnum):
    """What a criterion says of a trial step.

    Never a bool: a search must know on which side of the trial to go on.
    """

    ACCEPT = "accept"
    """The step is good enough."""
    TOO_LONG = "too-long"
    """Good steps are shorter."""
    TOO_SHORT = "too-short"
    """Good steps are longer."""
    STALL = "stall"
    """Neither: end the search with the best step seen."""


class Evaluation(NamedTuple):
    """One evaluation of a scalar minimisation.

    Parameters
    ----------
    x, value : float
        The point and f there.
    slope : float or None
        f' there, if it was evaluated.
    bracket : tuple of float
        The interval known to hold a minimum, after this evaluation.
    iteration : int
        Iterations completed after it.
    """

    x: float
    value: float
    slope: float | None
    bracket: tuple[float, float]
    iteration: int


class Iteration(NamedTuple):
    """The state of ``minimize`` after an iteration, as a callback sees it.

    Parameters
    ----------
    iteration : int
        Iterations completed.
    x, jac : ndarray
        The iterate and the gradient there, in the shape of `x0`.
    fun, step : float
        f(x), and the step that led here.
    nfev, njev : int
        Evaluations so far.
    """

    iteration: int
    x: np.ndarray[Any, Any]
    fun: float
    jac: np.ndarray[Any, Any]
    step: float
    nfev: int
    njev: int


Result = ScalarResult | LineSearchResult | OptimizeResult

_FIELDS = {
    ScalarResult: "x fun slope nfev njev nit bracket status detail trace",
    LineSearchResult: "step x fun slope grad nfev njev status detail trace",
    OptimizeResult: "x fun jac nfev njev nhev nit status detail trace",
}


def _values(result: Result) -> dict[str, Any]:
    return {name: getattr(result, name) for name in _FIELDS[type(result)].split()}


# The four functions below are the methods of the compiled classes.


def describe(result: Result) -> str:
    """The result as a table, one attribute in a line, like SciPy's."""
    shown: dict[str, Any] = {"message": result.message, "success": result.success}
    shown |= _values(result)
    shown["status"] = str(shown["status"])
    del shown["detail"]
    if result.trace is None:
        del shown["trace"]
    else:
        shown["trace"] = f"{len(result.trace)} entries"
    width = max(map(len, shown)) + 1
    with np.printoptions(threshold=20, edgeitems=3):
        return "\n".join(f"{name:>{width}}: {value}" for name, value in shown.items())


def same(result: Result, other: object) -> bool:
    if type(result) is not type(other):
        return NotImplemented
    pairs = zip(_values(result).values(), _values(other).values(), strict=True)  # pyright: ignore[reportArgumentType]
    return all(_equal(a, b) for a, b in pairs)


def _equal(a: Any, b: Any) -> bool:
    if hasattr(a, "dtype") or hasattr(b, "dtype"):
        return np.array_equal(a, b, equal_nan=True)
    if isinstance(a, tuple) and isinstance(b, tuple):
        return _all_equal(cast("tuple[Any, ...]", a), cast("tuple[Any, ...]", b))
    return a == b or (a != a and b != b)  # noqa: PLR0124  NaN is the same as NaN here


def _all_equal(a: tuple[Any, ...], b: tuple[Any, ...]) -> bool:
    return len(a) == len(b) and all(map(_equal, a, b))


def digest(result: Result) -> int:
    return hash((type(result).__name__, result.fun, result.nfev, str(result.status)))


def reduce(result: Result) -> tuple[type[Result], tuple[Any, ...]]:
    values = _values(result)
    values["status"] = str(values["status"])
    return type(result), tuple(values.values())
