"""Functions of each element: NumPy's ufuncs."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

import numpy as np
from numpy._core import umath

from pyframe import _core
from pyframe.autodiff.coverage.kinds import double, floating
from pyframe.autodiff.dispatch import UFUNCS, function, ufunc

UNARY: dict[np.ufunc, str] = {
    np.positive: "copy", np.negative: "negative", np.absolute: "abs", np.sign: "sign",
    np.square: "square", np.reciprocal: "reciprocal", np.sqrt: "sqrt", np.cbrt: "cbrt",
    np.exp: "exp", np.exp2: "exp2", np.expm1: "expm1",
    np.log: "log", np.log2: "log2", np.log10: "log10", np.log1p: "log1p",
    np.sin: "sin", np.cos: "cos", np.tan: "tan",
    np.arcsin: "arcsin", np.arccos: "arccos", np.arctan: "arctan",
    np.sinh: "sinh", np.cosh: "cosh", np.tanh: "tanh",
    np.arcsinh: "arcsinh", np.arccosh: "arccosh", np.arctanh: "arctanh",
    np.floor: "floor", np.ceil: "ceil", np.rint: "rint", np.trunc: "trunc",
}  # fmt: skip
"""Ufuncs of one argument, and the primitives that they are."""

BINARY = {
    np.add: "add", np.subtract: "subtract", np.multiply: "multiply", np.divide: "divide",
    np.power: "power",
    np.maximum: "maximum", np.minimum: "minimum", np.fmax: "fmax", np.fmin: "fmin",
    np.arctan2: "arctan2", np.hypot: "hypot",
    np.logaddexp: "logaddexp", np.logaddexp2: "logaddexp2",
    np.fmod: "fmod", np.remainder: "remainder", np.floor_divide: "floor_divide",
    np.copysign: "copysign", np.heaviside: "heaviside", np.nextafter: "nextafter",
}  # fmt: skip
"""Ufuncs of two arguments."""

COMPARISONS = (np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal)

LOGICAL = (np.logical_and, np.logical_or, np.logical_xor)
TESTS = (np.isnan, np.isinf, np.isfinite, np.signbit, np.logical_not)

PRIMITIVES: dict[np.ufunc, tuple[str, str]] = {
    **{ufunc: ("unary", name) for ufunc, name in UNARY.items()},
    **{ufunc: ("binary", name) for ufunc, name in BINARY.items()},
    **{ufunc: ("compare", ufunc.__name__) for ufunc in COMPARISONS},
    **{ufunc: ("logical", ufunc.__name__) for ufunc in LOGICAL},
    **{ufunc: ("test", ufunc.__name__) for ufunc in TESTS},
}
"""Ufuncs that are one primitive each: its family and its name."""

for _ufunc, (_family, _name) in PRIMITIVES.items():
    UFUNCS[_ufunc] = partial(getattr(_core, _family), _name)


@ufunc(np.conjugate)
def conjugate(x: Any) -> Any:
    """Real numbers are their own conjugates."""
    return _core.convert(x, "int64") if x.kind == "bool" else _core.unary("copy", x)


@ufunc(np.fabs)
def fabs(x: Any) -> Any:
    """The absolute value, as a float."""
    return _core.unary("abs", floating(x))


@ufunc(np.float_power)
def float_power(x: Any, y: Any) -> Any:
    """A power in double precision."""
    return _core.binary("power", double(x), double(y))


@ufunc(np.degrees, np.rad2deg)
def degrees(x: Any) -> Any:
    """180/pi x."""
    return x * (180.0 / np.pi)


@ufunc(np.radians, np.deg2rad)
def radians(x: Any) -> Any:
    """pi/180 x."""
    return x * (np.pi / 180.0)


@ufunc(cast("Any", umath)._ones_like)  # noqa: SLF001
def ones(x: Any) -> Any:
    """Ones of the same kind."""
    return x.recording.constant(np.ones(x.shape, x.dtype))


@function(np.sinc)
def sinc(x: Any) -> Any:
    """sin(pi x)/(pi x), with the series around 0."""
    return _core.order("sinc", 0, x)


@function(np.i0)
def i0(x: Any) -> Any:
    """The modified Bessel function of the first kind of order 0."""
    return _core.unary("i0", x)
