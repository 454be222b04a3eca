"""``minimize_scalar_batch``: many functions of one variable in lock step."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pyframe import _core
from pyframe._arrays import as_array, room
from pyframe.autodiff.compiled import Compiled
from pyframe.autodiff.compiled import compile as recorded
from pyframe.autodiff.objectives import REASONS
from pyframe.errors import (
    DTypeError,
    MissingDerivative,
    ParameterError,
    ParameterTypeError,
    ReturnTypeError,
    ShapeError,
)
from pyframe.registry.resolve import handle
from pyframe.results import Status

_STATUSES = tuple(Status)


@dataclass(frozen=True, eq=False)
class ScalarBatchResult:
    """Results of ``minimize_scalar_batch``, one entry for each problem.

    Parameters
    ----------
    x, fun : ndarray
        Lowest points evaluated, and the values there.
    nfev, nit : ndarray of int
        Evaluations and iterations of each problem.
    bracket : tuple of ndarray
        Lower and upper ends of the intervals known to hold a local minimum.
    code : ndarray of int8
        Index of each problem's status among the members of ``pf.Status``.
    calls : int
        Calls of f.
    """

    x: NDArray[np.float64]
    fun: NDArray[np.float64]
    nfev: NDArray[np.int64]
    nit: NDArray[np.int64]
    bracket: tuple[NDArray[np.float64], NDArray[np.float64]]
    code: NDArray[np.int8]
    calls: int

    @property
    def success(self) -> NDArray[np.bool_]:
        """Whether each problem was solved."""
        good = [_STATUSES.index(Status.CONVERGED), _STATUSES.index(Status.PRECISION)]
        return np.isin(self.code, good)

    @property
    def status(self) -> NDArray[np.object_]:
        """The status of each problem, members of ``pf.Status``."""
        return np.array(_STATUSES, dtype=object)[self.code]

    @property
    def message(self) -> str:
        """How many problems ended in which way."""
        codes, counts = np.unique(self.code, return_counts=True)
        return ", ".join(f"{n} {_STATUSES[c].value}" for c, n in zip(codes, counts, strict=True))


def minimize_scalar_batch(
    f: Callable[..., Any],
    a: ArrayLike,
    b: ArrayLike,
    method: Any = "brent",
    *,
    args: tuple[ArrayLike, ...] = (),
    derivative: Callable[..., Any] | bool | None = None,
    second_derivative: Callable[..., Any] | None = None,
    xtol: float | None = None,
    xrtol: float | None = None,
    max_evaluations: int = 500,
    max_seconds: float | None = None,
    block: int = 4096,
) -> ScalarBatchResult:
    """Minimise many functions of one variable, one vectorised call a round.

    In each round f is called once, with the points of the problems that are not finished;
    every problem gets bit for bit what ``minimize_scalar`` would give it.  More than `block`
    problems are taken a block at a time, so that a round stays in the processor's cache.

    Parameters
    ----------
    f : callable
        ``f(x, *args)`` for an array `x` of shape (k,); returns an array of shape (k,).
        NaN and +inf mark points outside the domain.
    a, b : array_like
        Bounds, broadcast against each other and `args`; finite, ``a <= b``.
    method : str or parameter object
        As for ``minimize_scalar``.
    args : tuple of array_like
        Parameters of the problems: arrays that broadcast against `a` and `b` are passed
        with the entries of the unfinished problems.
    derivative : callable or True, optional
        ``derivative(x, *args)``, or True when f returns (values, derivatives).  Without it f
        is recorded and differentiated where slopes are looked at; False forbids that.
    second_derivative : callable, optional
        For ``"newton-1d"``; a difference of derivatives when it is not given.
    xtol, xrtol, max_evaluations, max_seconds
        As for ``minimize_scalar``; `max_seconds` is for all problems together.
    block : int
        Problems in one call of f at most; larger when a call is dear whatever its size.

    Returns
    -------
    ScalarBatchResult
        With arrays ``x, fun, nfev, nit, success, status`` of the broadcast shape.

    Raises
    ------
    ParameterError, ParameterTypeError, ShapeError, DTypeError, MissingDerivative
        For arguments that do not fit.
    ReturnTypeError
        When f returns no pair although ``derivative=True``.
    OutOfMemory
        When there is no room for the problems.

    Examples
    --------
    >>> import numpy as np, pyframe as pf
    >>> p = np.array([1.0, 2.0, 3.0])
    >>> r = pf.minimize_scalar_batch(lambda x, p: (x - p) ** 2, 0.0, 10.0, args=(p,))
    >>> r.x.round(6), bool(r.success.all())
    (array([1., 2., 3.]), True)
    """
    _check_functions(f, derivative, second_derivative)
    if not isinstance(args, tuple):
        raise ParameterTypeError(f"args must be a tuple, got {type(args).__name__}")
    with room("a, b and args"):
        shape, low, high, parameters = _laid_out(a, b, args)
    chosen = handle("scalar-method", method)
    if chosen.needs != "value" and derivative is False:
        raise MissingDerivative(
            "this method looks at slopes: give derivative=, a function, or True if f returns a pair"
        )
    evaluate = _evaluator(f, derivative, second_derivative, chosen.needs, parameters)
    x, fun, nfev, nit, lower, upper, code = _core.minimize_scalar_batch(
        evaluate,
        chosen,
        math.prod(shape),
        low,
        high,
        xtol,
        xrtol,
        max_evaluations,
        max_seconds,
        block,
    )
    return ScalarBatchResult(
        x.reshape(shape),
        fun.reshape(shape),
        nfev.reshape(shape),
        nit.reshape(shape),
        (lower.reshape(shape), upper.reshape(shape)),
        code.reshape(shape),
        evaluate.calls,
    )


Vector = NDArray[np.float64]


def _laid_out(
    a: ArrayLike, b: ArrayLike, args: tuple[ArrayLike, ...]
) -> tuple[tuple[int, ...], Vector, Vector, list[NDArray[Any]]]:
    """The shape of the problems, their bounds, and their parameters in a row."""
    given = [
        _bound(a, "a"),
        _bound(b, "b"),
        *(as_array(p, f"args[{i}]") for i, p in enumerate(args)),
    ]
    try:
        low, high, *parameters = np.broadcast_arrays(*given)
    except (ValueError, RuntimeError) as error:  # NumPy broadcasts up to 32 dimensions
        raise ShapeError(f"a, b and args must broadcast: {error}") from None
    flat = [np.ascontiguousarray(p).reshape(-1) for p in parameters]
    return low.shape, _bounds(given[0], low), _bounds(given[1], high), flat


def _bounds(given: NDArray[Any], broadcast: NDArray[Any]) -> NDArray[np.float64]:
    """Bounds of each problem, or the one that all of them have."""
    chosen = given if given.size == 1 else broadcast
    return np.require(chosen, np.float64, ["C_CONTIGUOUS", "ALIGNED"]).reshape(-1)


def _bound(given: ArrayLike, name: str) -> NDArray[Any]:
    array = as_array(given, name)
    if array.dtype.kind not in "fiu" or array.dtype.itemsize > 8:
        raise DTypeError(f"{name} must be a real array, got dtype {array.dtype}")
    if not np.isfinite(array).all():
        raise ParameterError(f"{name} must be finite")
    return array


def _check_functions(f: object, derivative: object, second: object) -> None:
    if not callable(f):
        raise ParameterTypeError(f"f must be a function, got {type(f).__name__}")
    if not (derivative is None or isinstance(derivative, bool) or callable(derivative)):
        raise ParameterTypeError(
            "derivative must be a function, True (f returns a pair) or None, "
            f"got {type(derivative).__name__}"
        )
    if not (second is None or callable(second)):
        raise ParameterTypeError(
            f"second_derivative must be a function, got {type(second).__name__}"
        )


def _evaluator(
    f: Callable[..., Any],
    derivative: Callable[..., Any] | bool | None,
    second: Callable[..., Any] | None,
    needs: str,
    parameters: list[NDArray[Any]],
) -> _Evaluator:
    """What evaluates f on the lanes: itself, or its traces when it is a compiled function."""
    slopes = needs != "value" and derivative is None
    if slopes or (derivative is None and isinstance(f, Compiled)):
        compiled = f if isinstance(f, Compiled) else recorded(f)
        return _Lanes(compiled, True if slopes else None, second, needs, parameters)
    return _Evaluator(f, derivative, second, needs, parameters)


class _Evaluator:
    """f, and what the method needs of its derivatives, on the lanes that are still active."""

    def __init__(
        self,
        f: Callable[..., Any],
        derivative: Callable[..., Any] | bool | None,
        second: Callable[..., Any] | None,
        needs: str,
        parameters: list[NDArray[Any]],
    ) -> None:
        self.f: Any = f
        self.derivative = derivative
        self.second = second
        self.needs = needs
        self.parameters = parameters
        self.taken: list[NDArray[Any]] = parameters
        self.calls = 0

    def __call__(self, x: NDArray[np.float64], lanes: NDArray[np.int64] | None) -> Any:
        if lanes is not None:
            self.taken = [p.take(lanes) for p in self.parameters]
        value = self._call(x)
        if self.needs == "value":
            return _pair(value)[0] if self.derivative is True else value
        value, slope = _pair(value) if self.derivative is True else (value, self._derivative(x))
        if self.needs == "slope":
            return value, slope
        return value, slope, self._curvature(x, slope)

    def _call(self, x: NDArray[np.float64]) -> Any:
        self.calls += 1
        return self.f(x, *self.taken)

    def _derivative(self, x: NDArray[np.float64]) -> Any:
        if callable(self.derivative):
            return self.derivative(x, *self.taken)
        return _pair(self._call(x))[1]

    def _curvature(self, x: NDArray[np.float64], slope: Any) -> Any:
        """f'', or a difference of derivatives as ``minimize_scalar`` takes it."""
        if self.second is not None:
            return self.second(x, *self.taken)
        beside = x + _ROOT * np.maximum(np.abs(x), _ROOT)
        return (_numbers(self._derivative(beside)) - _numbers(slope)) / (beside - x)


class _Lanes(_Evaluator):
    """A compiled function: its traces answer lane by lane, without Python."""

    def _call(self, x: NDArray[np.float64]) -> Any:
        self.calls += 1
        columns = [x, *(np.ascontiguousarray(p, dtype=np.float64) for p in self.taken)]
        if self.derivative is not True:
            return self.f.lanes(columns, False)[0]
        try:
            return self.f.lanes(columns, True)
        except REASONS as error:
            raise MissingDerivative(
                f"f cannot be differentiated automatically ({error}): give derivative="
            ) from error


def _pair(given: Any) -> tuple[Any, Any]:
    try:
        values, slopes = given
    except (TypeError, ValueError) as error:
        seen = type(given).__name__
        raise ReturnTypeError(
            f"f must return the pair (values, derivatives), got {seen}"
        ) from error
    return values, slopes


def _numbers(slopes: Any) -> NDArray[Any]:
    array = as_array(slopes, "what derivative returns")
    if array.dtype.kind not in "fiub":
        raise DTypeError(f"derivative must return real numbers, got dtype {array.dtype}")
    return array


_ROOT = float(np.finfo(np.float64).eps) ** 0.5
