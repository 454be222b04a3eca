"""What NumPy calls for expressions: ufuncs here, functions by their table."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from pyframe.errors import UnsupportedOperation
from pyframe.matcalc.broadcasting import elementwise, matmul
from pyframe.matcalc.expression import Expression
from pyframe.matcalc.numpy_functions import FUNCTIONS, OF_ANY_AXES, vecdot
from pyframe.matcalc.traced import Traced

ELEMENTWISE = {
    "absolute": "abs",
    "fabs": "abs",
    "sign": "sign",
    "exp": "exp",
    "exp2": "exp2",
    "expm1": "expm1",
    "log": "log",
    "log2": "log2",
    "log10": "log10",
    "sqrt": "sqrt",
    "square": "square",
    "reciprocal": "reciprocal",
    "sin": "sin",
    "cos": "cos",
    "tan": "tan",
    "sinh": "sinh",
    "cosh": "cosh",
    "tanh": "tanh",
    "arcsin": "arcsin",
    "arccos": "arccos",
    "arctan": "arctan",
    "arcsinh": "arcsinh",
    "arccosh": "arccosh",
    "arctanh": "arctanh",
    "expit": "sigmoid",
    "erf": "erf",
    "erfc": "erfc",
    "gammaln": "gammaln",
    "digamma": "digamma",
    "psi": "digamma",
}
"""Functions of each element, by NumPy's or SciPy's name."""

NO_VALUE: Any = inspect.signature(np.sum).parameters["initial"].default
"""NumPy's mark of an argument that is not given."""


def ufunc_of(ufunc: Any, method: str, inputs: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """A ufunc of expressions; NotImplemented when an operand is nothing of the kind."""
    name = ufunc.__name__
    if method == "reduce" and name in {"add", "maximum", "minimum"}:
        whole = {"add": np.sum, "maximum": np.max, "minimum": np.min}[name]
        return function_of(whole, inputs, {"axis": 0, **options})
    if method != "__call__" or options:
        what = f"np.{name}" + ("" if method == "__call__" else f".{method}")
        listed = f" with {', '.join(options)}" if options else ""
        raise UnsupportedOperation(f"{what}{listed} of an expression is not known")
    one = next(x for x in inputs if isinstance(x, Expression))
    taken = [one.operand(x) for x in inputs]
    if any(x is None for x in taken):
        return NotImplemented
    if name in ELEMENTWISE:
        return taken[0].mapped(taken[0].formula.apply(ELEMENTWISE[name]))
    if name in _UFUNCS:
        return _UFUNCS[name](*taken)
    place = "np" if hasattr(np, name) else "scipy.special"
    raise UnsupportedOperation(f"{place}.{name} of an expression is not known")


def function_of(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """A NumPy function of expressions."""
    handler = FUNCTIONS.get(function)
    if handler is None:
        raise UnsupportedOperation(f"{_name(function)} of an expression is not known")
    if function not in OF_ANY_AXES:
        _refuse_odd_axes(function, args)
    try:
        return handler(*args, **{key: x for key, x in kwargs.items() if x is not NO_VALUE})
    except TypeError as error:
        if "unexpected keyword" in str(error) or "positional argument" in str(error):
            said = str(error).rpartition("() ")[2]
            raise UnsupportedOperation(f"{_name(function)} of an expression {said}") from error
        raise


def _name(function: Any) -> str:
    """A function as it is called."""
    place = function.__module__.removeprefix("numpy").lstrip(".")
    return ".".join(part for part in ("np", place, function.__name__) if part)


def _refuse_odd_axes(function: Any, args: tuple[Any, ...]) -> None:
    """Refuse axes that a formula has not got, where the function does not know of them."""
    for x in args:
        if isinstance(x, Traced) and not x.is_plain:
            raise UnsupportedOperation(
                f"{_name(function)} of an expression of shape ({', '.join(x.sizes)}) is not "
                "known; x.ravel() has one axis, and x[0, 0] none"
            )


def _log1p(x: Expression) -> Any:
    # Of exp(x) it is one function, which has many digits for every x.
    is_exp = x.formula.listing()[-1].operation == "exp"
    return np.log(1.0 + x) if is_exp else x.mapped(x.formula.apply("log1p"))


def _logaddexp(a: Expression, b: Expression) -> Any:
    if a.formula.as_number() == 0.0:
        a, b = b, a
    apart = a - b
    return b + apart.mapped(apart.formula.apply("softplus"))


def _log_expit(x: Expression) -> Any:
    return -x.mapped((-x).formula.apply("softplus"))


def _pair(operation: str) -> Callable[[Expression, Expression], Any]:
    return lambda a, b: elementwise(operation, a, b)


_UFUNCS: dict[str, Callable[..., Any]] = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
    "power": lambda a, b: a**b,
    "float_power": lambda a, b: a**b,
    "negative": lambda a: -a,
    "positive": lambda a: a.copy(),
    "conjugate": lambda a: a.copy(),
    "matmul": matmul,
    "vecdot": vecdot,
    "maximum": _pair("larger"),
    "minimum": _pair("smaller"),
    "log1p": _log1p,
    "log_expit": _log_expit,
    "logaddexp": _logaddexp,
}
