"""pyframe's methods inside SciPy: callables for ``method=`` of ``scipy.optimize``."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from pyframe.errors import ParameterError
from pyframe.linesearch.api import minimize_scalar
from pyframe.optimize.api import minimize
from pyframe.results import Iteration, OptimizeResult, ScalarResult, Status


def as_scipy(function: Callable[..., Any], **options: Any) -> Callable[..., Any]:
    """Make ``pf.minimize`` or ``pf.minimize_scalar`` a ``method=`` of SciPy's functions.

    Parameters
    ----------
    function : callable
        ``pf.minimize`` or ``pf.minimize_scalar``.
    **options
        Its options, ``direction=``, ``method=``, ...; SciPy's ``options=`` are added, of
        which ``tol``, ``xatol``, ``maxiter`` and ``maxfev`` may have SciPy's names.  For
        ``pf.minimize_scalar``, which bounds evaluations, ``maxiter`` is a number of them.

    Returns
    -------
    callable
        With SciPy's calling convention, returning ``scipy.optimize.OptimizeResult``.

    Raises
    ------
    ParameterError
        For another function; later, for bounds or constraints given to ``minimize``.

    Examples
    --------
    >>> import pyframe as pf
    >>> from scipy import optimize
    >>> golden = pf.as_scipy(pf.minimize_scalar, method="golden")
    >>> r = optimize.minimize_scalar(lambda x: (x - 2)**2, bounds=(0, 6), method=golden)
    >>> round(float(r.x), 6)
    2.0
    >>> bfgs = pf.as_scipy(pf.minimize, direction="bfgs")
    >>> optimize.minimize(optimize.rosen, [-1.2, 1], jac=optimize.rosen_der, method=bfgs).success
    True
    """
    if function is minimize_scalar:
        return _scalar(options)
    if function is minimize:
        return _vector(options)
    raise ParameterError("as_scipy takes pf.minimize or pf.minimize_scalar")


_SCALAR_NAMES = {
    "tol": "xtol",
    "xatol": "xtol",
    "maxfev": "max_evaluations",
    "maxiter": "max_evaluations",
}
_VECTOR_NAMES = {"tol": "gtol", "maxiter": "max_iterations", "maxfev": "max_evaluations"}


def _scalar(options: dict[str, Any]) -> Callable[..., Any]:
    def method(
        fun: Callable[..., Any],
        args: tuple[Any, ...] = (),
        bracket: Any = None,
        bounds: Any = None,
        **more: Any,
    ) -> Any:
        given = {**options, **_renamed(more, _SCALAR_NAMES)}
        return _scipy_result(minimize_scalar(fun, bounds, bracket, args=args, **given))

    return method


def _vector(options: dict[str, Any]) -> Callable[..., Any]:
    def method(
        fun: Callable[..., Any],
        x0: Any,
        args: tuple[Any, ...] = (),
        jac: Any = None,
        hess: Any = None,
        hessp: Any = None,
        bounds: Any = None,
        constraints: Any = (),
        callback: Callable[..., Any] | None = None,
        **more: Any,
    ) -> Any:
        if bounds is not None or constraints:
            raise ParameterError("pyframe's methods take neither bounds nor constraints")
        given = {**options, **_renamed(more, _VECTOR_NAMES)}
        result = minimize(
            fun,
            x0,
            jac,
            hess=hess,
            hessp=hessp,
            args=args,
            callback=None if callback is None else _scipy_callback(callback),
            **given,
        )
        return _scipy_result(result)

    return method


def _renamed(options: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {names.get(key, key): value for key, value in options.items() if key != "disp"}


def _scipy_callback(callback: Callable[..., Any]) -> Callable[[Iteration], Any]:
    """Both of SciPy's forms: ``callback(xk)`` and ``callback(intermediate_result=...)``."""
    from scipy.optimize import OptimizeResult as SciPyResult  # noqa: PLC0415  optional

    def with_result(state: Iteration) -> Any:
        return callback(intermediate_result=SciPyResult(x=state.x, fun=state.fun))

    try:
        names = set(inspect.signature(callback).parameters)
    except ValueError:  # some built-in functions tell no signature
        names = set[str]()
    return with_result if names == {"intermediate_result"} else lambda state: callback(state.x)


def _scipy_result(result: ScalarResult | OptimizeResult) -> Any:
    from scipy.optimize import OptimizeResult as SciPyResult  # noqa: PLC0415  optional

    code = 0 if result.success else list(Status).index(result.status)
    fields: dict[str, Any] = {
        "x": result.x,
        "fun": result.fun,
        "success": result.success,
        "status": code,
        "message": result.message,
        "nfev": result.nfev,
        "nit": result.nit,
    }
    if isinstance(result, OptimizeResult):
        fields |= {"jac": result.jac, "njev": result.njev, "nhev": result.nhev}
    return SciPyResult(**fields)
