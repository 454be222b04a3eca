"""``minimize_scalar`` and ``line_search``."""

from __future__ import annotations

import numbers
from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any

from numpy.typing import ArrayLike

from pyframe import _core
from pyframe.autodiff.objectives import WithGradient
from pyframe.errors import ParameterError, ParameterTypeError
from pyframe.linesearch.initial_steps import Constant
from pyframe.registry.resolve import handle, ready
from pyframe.results import LineSearchResult, ScalarResult

_minimize_scalar, _line_search = _core.minimize_scalar, _core.line_search
_usual_methods = ready("scalar-method")

Part = Any
"""A name, a parameter object or a record."""


def minimize_scalar(
    f: Callable[..., Any],
    bounds: tuple[float, float] | None = None,
    bracket: Sequence[float] | float | None = None,
    method: Part = "brent",
    *,
    xtol: float | None = None,
    xrtol: float | None = None,
    max_evaluations: int = 500,
    max_seconds: float | None = None,
    derivative: Callable[..., Any] | bool | None = None,
    second_derivative: Callable[..., Any] | None = None,
    args: tuple[Any, ...] = (),
    trace: bool = False,
) -> ScalarResult:
    """Minimise a function of one variable.

    Parameters
    ----------
    f : callable
        ``f(x, *args)``, a real number for a float `x`.  NaN and +inf mark points outside
        the domain.
    bounds : (a, b), optional
        Search inside ``[a, b]``; no point outside is evaluated, nor are the ends.
    bracket : x1, (x1, x2) or (x1, x2, x3), optional
        One or two points to go downhill from, or three of which the middle one is lowest.
        With neither `bounds` nor `bracket`: ``(0, 1)``.
    method : str or parameter object
        ``"brent"``, ``"golden"``, ``"dichotomy"``, ``"fibonacci"``, ``"parabolic"``,
        ``"chandrupatla"``, ``"random"``; with `derivative`: ``"slope-bisection"``,
        ``"secant"``, ``"cubic"``, ``"newton-1d"``; or the name of a plugin's method.
    xtol, xrtol : float, optional
        Absolute and relative accuracy of x: the run ends when the minimiser is known to
        lie within ``xtol + xrtol * abs(x)`` of the result.  One that is not given is 0
        beside one that is; the default is 2e-11 and 3e-8 (values alone cannot place a
        minimum better than about ``sqrt(eps)``).
    max_evaluations : int
        Evaluations of f at most.
    max_seconds : float, optional
        Wall-clock limit in seconds, looked at before each evaluation.
    derivative : callable or True, optional
        ``derivative(x, *args)``, or True when f returns the pair (value, derivative).
        Without it f is recorded and differentiated where slopes are looked at (see
        ``pf.derivative``); False forbids that.
    second_derivative : callable, optional
        For ``"newton-1d"``; a difference of derivatives when it is not given.
    args : tuple
        Further arguments of the functions.
    trace : bool
        Keep every evaluation in the result.

    Returns
    -------
    ScalarResult
        With ``x, fun, nfev, nit, bracket, success, status, message, trace``: the lowest
        point evaluated, counts as a wrapper would find them, and why the run ended.
        ``status`` is ``"converged"``, ``"precision"`` (rounding of f hides more), or one
        of the failures ``"flat"``, ``"budget"``, ``"unbounded"``, ``"non-finite"``,
        ``"stopped"``.

    Raises
    ------
    ParameterError
        For bounds out of order, tolerances below 0, and the like.
    BracketError
        When three points do not bracket a minimum.
    MissingDerivative
        When the method looks at slopes, `derivative` is not given and f cannot be recorded.
    ReturnTypeError
        When f returns something that is not a real number.

    Notes
    -----
    For a function with several minima the result is one of the local ones, never higher
    than any point evaluated.

    References
    ----------
    Lecture, section 1; Brent (1973).

    Examples
    --------
    >>> import pyframe as pf
    >>> r = pf.minimize_scalar(lambda x: (x - 2) ** 2, bounds=(0, 6))
    >>> round(r.x, 6), r.status.value
    (2.0, 'converged')
    >>> pf.minimize_scalar(lambda x: (x - 2) ** 2, bounds=(0, 6), method="golden", xtol=1e-3).nfev
    19
    """
    own = declared(f)
    if own is not None:
        f, derivative = own, own.gradient if derivative is None else derivative
    return _minimize_scalar(
        f,
        (type(method) is str and _usual_methods.get(method)) or handle("scalar-method", method),
        bounds,
        bracket,
        xtol,
        xrtol,
        max_evaluations,
        max_seconds,
        trace,
        args,
        derivative,
        second_derivative,
        WithGradient,
    )


def line_search(
    f: Callable[..., Any],
    x: ArrayLike,
    d: ArrayLike,
    grad: Callable[..., Any] | bool | None = None,
    criterion: Part = "strong-wolfe",
    strategy: Part = "interpolation",
    initial_step: Part | float = 1.0,
    *,
    max_step: float | None = None,
    max_evaluations: int = 100,
    max_seconds: float | None = None,
    hessp: Callable[..., Any] | None = None,
    args: tuple[Any, ...] = (),
    fun0: float | None = None,
    grad0: ArrayLike | None = None,
    noise: float | None = None,
    trace: bool = False,
) -> LineSearchResult:
    """Find a step along a direction.

    Searches ``phi(alpha) = f(x + alpha d)`` for an alpha > 0 that the criterion accepts.

    Parameters
    ----------
    f : callable
        ``f(x, *args)``, a real number for an array of the shape and dtype of `x`.
    x, d : array_like
        Start and direction, finite, of one shape; float64 or float32 (integers count as
        float64).
    grad : callable or True, optional
        ``grad(x, *args)``, an array of the shape of `x`; True when f returns the pair
        (value, gradient).  Without it f is recorded and differentiated where slopes are
        looked at (see ``pf.grad``); False forbids that.
    criterion : str or parameter object
        Which steps are good enough: ``"strong-wolfe"``, ``"wolfe"``, ``"armijo"``,
        ``"goldstein"``, ``"curvature"``, ``"approximate-wolfe"``, ``"nonmonotone"``,
        ``"averaged"``, ``"filter"``, ``"exact"``, ``"any"``, or a plugin's; parameter
        objects are in ``pf.criteria``.
    strategy : str or parameter object
        Which step to try next: ``"interpolation"``, ``"more-thuente"``, ``"hager-zhang"``,
        ``"zoom"``, ``"bisection"``, ``"backtracking"``, ``"static"``, or the name of any
        scalar method; parameter objects are in ``pf.strategies``.
    initial_step : float, str or parameter object
        The first step, > 0, or a rule.
    max_step : float, optional
        No longer step is tried.
    max_evaluations : int
        Trials at most; the evaluation at `x` is not one.
    max_seconds : float, optional
        Wall-clock limit in seconds, looked at before each trial.
    hessp : callable, optional
        ``hessp(x, v, *args)`` for the strategy ``"newton-1d"``.
    args : tuple
        Further arguments of the functions.
    fun0, grad0 : float, array_like, optional
        f and its gradient at `x`, when they are known.
    noise : float, optional
        Relative error of f's values when it is larger than rounding.
    trace : bool
        Keep every trial in the result.

    Returns
    -------
    LineSearchResult
        With ``step, x, fun, slope, grad, nfev, njev, success, status, message, trace``.
        When no step is accepted, the best point seen (``step`` may be 0) and why:
        ``"precision"`` (rounding of f hides any decrease), ``"not-descent"``,
        ``"stationary"``, ``"budget"``, ``"non-finite"``, ``"unbounded"``,
        ``"gradient-inconsistent"`` or ``"stopped"``.

    Raises
    ------
    PairError
        When the strategy cannot lengthen a step and the criterion may ask for it.
    MissingDerivative
        When criterion or strategy look at slopes, `grad` is not given and f cannot be
        recorded; for a criterion that looks at phi'(0) only, `grad0` will do.
    ShapeError, DTypeError, ParameterError
        For arrays that do not fit or are not finite, and parameters out of range.

    References
    ----------
    Nocedal and Wright (2006), chapter 3; lecture, section 1.

    Examples
    --------
    >>> import numpy as np, pyframe as pf
    >>> f = lambda x: 100 * (x[1] - x[0]**2)**2 + (1 - x[0])**2
    >>> x = np.array([-1.2, 1.0])
    >>> r = pf.line_search(f, x, -pf.grad(f)(x))
    >>> r.success, bool(r.fun < f(x))
    (True, True)
    """
    own = declared(f)
    if own is not None:
        f = own.starting() if fun0 is None else own
        grad = own.gradient if grad is None else grad
    return _line_search(
        f,
        x,
        d,
        grad,
        hessp,
        args,
        handle("criterion", criterion),
        handle("strategy", strategy),
        first_step(initial_step),
        max_step,
        max_evaluations,
        max_seconds,
        fun0,
        grad0,
        noise,
        trace,
        WithGradient,
    )


def declared(f: Any) -> Any:
    """A formula of whose variable something is declared as an objective; None for others."""
    if type(f) is FunctionType:
        return None
    from pyframe.matcalc.objectives import objective  # noqa: PLC0415  seldom needed

    return objective(f)


_unit_step = Constant(1.0)


def first_step(given: Part | float) -> _core.InitialStep:
    """The handle of an initial-step rule, where a number is a constant."""
    if type(given) is float and given == 1.0:
        return _unit_step.compiled
    if isinstance(given, bool):
        raise ParameterTypeError("initial_step must be a number or a rule, got a bool")
    if isinstance(given, numbers.Real):
        try:
            step = float(given)
        except OverflowError:
            raise ParameterError("initial_step must satisfy a finite number > 0") from None
        return Constant(step).compiled
    return handle("initial-step", given)
