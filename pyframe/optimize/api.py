"""``minimize``: line-search methods for functions of several variables."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any

from numpy.typing import ArrayLike

from pyframe import _core
from pyframe._checks import shown
from pyframe._parameters import Parameters
from pyframe.autodiff.objectives import WithGradient
from pyframe.errors import ParameterTypeError, ShapeError
from pyframe.linesearch.api import Part, declared, first_step
from pyframe.registry import manager
from pyframe.registry.records import Configured, DirectionRecord, Record, StrategyRecord
from pyframe.registry.resolve import handle
from pyframe.results import OptimizeResult


def minimize(
    f: Callable[..., Any],
    x0: ArrayLike,
    grad: Callable[..., Any] | bool | None = None,
    direction: Part = "lbfgs",
    criterion: Part | None = None,
    strategy: Part = "interpolation",
    initial_step: Part | float | None = None,
    *,
    gtol: float = 1e-5,
    max_iterations: int = 10_000,
    max_evaluations: int = 100_000,
    max_seconds: float | None = None,
    max_step: float | None = None,
    hess: Callable[..., Any] | None = None,
    hessp: Callable[..., Any] | None = None,
    args: tuple[Any, ...] = (),
    noise: float | None = None,
    callback: Callable[..., Any] | None = None,
    trace: bool = False,
) -> OptimizeResult:
    """Minimise a smooth function of several variables.

    Parameters
    ----------
    f : callable
        ``f(x, *args)``, a real number for an array of the shape and dtype of `x0`.
    x0 : array_like
        Where to start; finite; float64 or float32 (integers count as float64).
    grad : callable or True, optional
        ``grad(x, *args)``, an array of the shape of `x0`; True when f returns the pair
        (value, gradient).  Without it f is recorded and differentiated (see ``pf.grad``).
    direction : str or parameter object
        ``"lbfgs"``, ``"bfgs"``, ``"cg"``, ``"gradient-descent"``, ``"momentum"``,
        ``"newton"`` (with `hess`), ``"newton-cg"``, or a plugin's; parameter objects are
        in ``pf.directions``.
    criterion, strategy, initial_step : str or parameter object, optional
        The line search, as for ``line_search``.  What is not given is chosen to suit the
        direction and the strategy.
    gtol : float
        Converged when no entry of the gradient is larger in absolute value.
    max_iterations, max_evaluations : int
        Iterations, and evaluations of f in all searches together, at most.
    max_seconds : float, optional
        Wall-clock limit in seconds, looked at before each evaluation.
    max_step : float, optional
        No longer step is tried in any search.
    hess, hessp : callable, optional
        ``hess(x, *args)`` of shape (n, n); ``hessp(x, v, *args)`` of shape (n,).  Without
        `grad` they come from f, too.  A Hessian that keeps its structure (what
        ``pf.matrix(...).hessian("x").structured`` gives) is never made whole; the Hessian of a
        formula itself, given as `hess`, is taken in this form, and so is a ``partial`` of it.
    args : tuple
        Further arguments of the functions.
    noise : float, optional
        Relative error of f's values when it is larger than rounding.
    callback : callable, optional
        Called after each iteration with a :class:`pyframe.results.Iteration`; stops the
        run by returning True or raising ``StopIteration``.
    trace : bool
        Keep every iteration in the result.

    Returns
    -------
    OptimizeResult
        With SciPy's attribute names: ``x, fun, jac, nfev, njev, nhev, nit, success,
        status, message``, and ``trace``.  A run that did not converge returns the lowest
        point evaluated.

    Raises
    ------
    MissingDerivative
        When `grad` is not given and f cannot be recorded, or `hess` is not given for
        ``"newton"`` beside a `grad`.
    PairError, ShapeError, DTypeError, ParameterError, ReturnTypeError
        For arguments and return values that do not fit.

    References
    ----------
    Nocedal and Wright (2006), chapters 3 to 7.

    Examples
    --------
    >>> import numpy as np, pyframe as pf
    >>> f = lambda x: 100 * (x[1] - x[0]**2)**2 + (1 - x[0])**2
    >>> r = pf.minimize(f, [-1.2, 1.0])
    >>> r.success, r.x.round(4)
    (True, array([1., 1.]))
    """
    if callback is not None and not callable(callback):
        raise ParameterTypeError(f"callback must be callable, got {type(callback).__name__}")
    defaults = _defaults(direction)
    hess = _structured(hess)
    own = declared(f)
    if own is not None:
        f = own.starting()
        if grad is None and own.gradient is not None:
            grad = own.gradient
            if (
                hess is None
                and hessp is None
                and handle("direction", direction).wants != "gradient"
            ):
                hess = own.hessian
    if grad is None and callable(f):
        f = WithGradient(f)
        grad = True
        wants = handle("direction", direction).wants
        if hess is None and wants == "hessian":
            hess = f.hessian
        if hessp is None and hess is None and wants == "product":
            hessp = f.hessian_product
    try:
        return _core.minimize(
            f,
            x0,
            grad,
            hess,
            hessp,
            args,
            handle("direction", direction),
            handle("criterion", _criterion(criterion, strategy, defaults)),
            handle("strategy", strategy),
            first_step(_default(defaults.initial_step) if initial_step is None else initial_step),
            max_step,
            gtol,
            max_iterations,
            max_evaluations,
            max_seconds,
            noise,
            callback,
            trace,
        )
    except ShapeError as error:
        if not str(error).startswith("hess must return"):
            raise
        raise ShapeError(
            f"{error}; the Hessian h of a formula is given as hess=h or hess=h.structured"
        ) from None


def _structured(hess: Any) -> Any:
    """A Hessian of a formula, perhaps with values of its symbols, as one with structure."""
    given: Any = hess
    if isinstance(hess, partial) and hasattr(given.func, "structured"):
        return partial(given.func.structured, *given.args, **given.keywords)
    return getattr(given, "structured", given)


def _defaults(direction: Part) -> DirectionRecord:
    record = _found("direction", direction)
    if not isinstance(record, DirectionRecord):
        raise ParameterTypeError(f"expected a direction, got {shown(record)}")
    return record


def _found(kind: str, given: Part) -> Record:
    if isinstance(given, Configured):
        return given.record
    if isinstance(given, Record):
        return given
    name = given.name if isinstance(given, Parameters) else given
    if not isinstance(name, str):
        raise ParameterTypeError(
            f"{kind} must be a name, a parameter object or a record, got {type(given).__name__}"
        )
    return manager.find(kind, name).record


def _criterion(criterion: Part | None, strategy: Part, defaults: DirectionRecord) -> Part:
    """The criterion given, or the strategy's, or the direction's."""
    if criterion is not None:
        return criterion
    if isinstance(strategy, Parameters) and strategy.name == "exact":
        return _default(defaults.criterion)
    record = _found("strategy", strategy)
    own = record.criterion if isinstance(record, StrategyRecord) else None
    return _default(own or defaults.criterion)


def _default(text: str) -> Part:
    """A default: a name, or an object given as ``module:attribute``."""
    module, colon, attribute = text.partition(":")
    if colon and "." in module:
        return getattr(import_module(module), attribute)
    return text
