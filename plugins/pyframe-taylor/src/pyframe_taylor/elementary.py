"""Functions of one series and of two, by the names that the recorded graph has for them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from pyframe_taylor.series import (
    Series,
    exponential,
    integral,
    logarithm,
    logistic,
    power,
    quotient,
    root,
    solved,
    waves,
)

LARGEST = 32
"""Integer powers up to this one are products, which are right at zero, too."""

_NORMAL = 1.0 / math.sqrt(2.0 * math.pi)
_BELL = 2.0 / math.sqrt(math.pi)


def _root(x: Series) -> Series:
    return root(x, np.sqrt(x.c[0]))


def _along(slope: Callable[[Series], Series]) -> Callable[[Series, Any], Series]:
    """A function whose derivative is known as a function of x."""
    return lambda x, y: integral(y, slope(x), x)


def _by_itself(slope: Callable[[Series], Series]) -> Callable[[Series, Any], Series]:
    """A function whose derivative is known as a function of its value."""
    return lambda x, y: solved(y, slope, x)


UNARY: dict[str, Callable[[Series, Any], Series]] = {
    "copy": lambda x, _: x,
    "negative": lambda x, _: -x,
    "abs": lambda x, _: x * np.sign(x.c[0]),
    "square": lambda x, _: x * x,
    "reciprocal": lambda x, y: quotient(Series([1.0], x.order), x, y),
    "sqrt": root,
    "cbrt": _by_itself(lambda y: 1.0 / (3.0 * (y * y))),
    "exp": exponential,
    "exp2": _by_itself(lambda y: math.log(2.0) * y),
    "expm1": _along(exponential),
    "log": logarithm,
    "log2": _along(lambda x: 1.0 / (math.log(2.0) * x)),
    "log10": _along(lambda x: 1.0 / (math.log(10.0) * x)),
    "log1p": _along(lambda x: 1.0 / (1.0 + x)),
    "sin": lambda x, y: waves(x, y, np.cos(x.c[0]), -1.0)[0],
    "cos": lambda x, y: waves(x, np.sin(x.c[0]), y, -1.0)[1],
    "tan": _by_itself(lambda y: 1.0 + y * y),
    "arcsin": _along(lambda x: 1.0 / _root(1.0 - x * x)),
    "arccos": _along(lambda x: -1.0 / _root(1.0 - x * x)),
    "arctan": _along(lambda x: 1.0 / (1.0 + x * x)),
    "sinh": lambda x, y: waves(x, y, np.cosh(x.c[0]), 1.0)[0],
    "cosh": lambda x, y: waves(x, np.sinh(x.c[0]), y, 1.0)[1],
    "tanh": _by_itself(lambda y: (1.0 - y) * (1.0 + y)),
    "arcsinh": _along(lambda x: 1.0 / _root(1.0 + x * x)),
    "arccosh": _along(lambda x: 1.0 / (_root(x - 1.0) * _root(x + 1.0))),
    "arctanh": _along(lambda x: 1.0 / ((1.0 - x) * (1.0 + x))),
    "erf": _along(lambda x: _BELL * exponential(-(x * x))),
    "erfc": _along(lambda x: -_BELL * exponential(-(x * x))),
    "erfinv": _by_itself(lambda y: exponential(y * y) / _BELL),
    "erfcinv": _by_itself(lambda y: exponential(y * y) / -_BELL),
    "expit": logistic,
    "log_expit": _along(lambda x: logistic(-x)),
    "logit": _along(lambda x: 1.0 / (x * (1.0 - x))),
    "softplus": _along(logistic),
    "ndtr": _along(lambda x: _NORMAL * exponential(-0.5 * (x * x))),
    "log_ndtr": lambda x, y: solved(
        y, lambda z: _NORMAL * exponential((x * x * -0.5).cut(z.order) - z), x
    ),
    "ndtri": _by_itself(lambda y: exponential(0.5 * (y * y)) / _NORMAL),
    "entr": lambda x, _: -(x * logarithm(x)),
}
"""Given the series and the value of the function."""


def _larger(a: Series, b: Series, sign: float) -> Series:
    """The one whose value is larger (sign 1) or smaller (-1); ties share equally."""
    ahead = sign * (a.c[0] - b.c[0])
    share = np.where(ahead > 0.0, 1.0, np.where(ahead == 0.0, 0.5, 0.0))
    return a * share + b * (1.0 - share)


def _off_origin(found: Series, origin: Any) -> Series:
    """By convention no derivative at the origin."""
    rest = found.mapped(lambda each: np.where(origin, 0.0, each))
    return Series([found.c[0], *rest.c[1:]], found.order)


def _hypotenuse(a: Series, b: Series, y: Any) -> Series:
    origin = y == 0.0
    return _off_origin(root(a * a + b * b, np.where(origin, 1.0, y)), origin)


def _arctan2(a: Series, b: Series, y: Any) -> Series:
    """The y with (a^2 + b^2) y' = b a' - a b'."""
    square = a * a + b * b
    origin = square.c[0] == 0.0
    square = Series([np.where(origin, 1.0, square.c[0]), *square.c[1:]], square.order)
    found = integral(y, quotient(b, square), a) + integral(0.0, -quotient(a, square), b)
    return _off_origin(found, origin)


def raised(a: Series, b: Series, y: Any, exponent: Any) -> Series:
    """a^b; `exponent` is the value of a b that never changes, else None."""
    if exponent is not None:
        whole = np.asarray(exponent)
        if np.all((whole == np.floor(whole)) & (whole >= 0) & (whole <= LARGEST)):
            return Series([y, *_multiplied(a, whole).c[1:]], a.order)
    if not b.moves:
        return power(a, b.c[0], y)
    return solved(y, lambda z: z, b * logarithm(a))


def _multiplied(a: Series, exponents: Any) -> Series:
    """Powers with small whole exponents, by products."""
    found = Series([None], a.order)
    for n in np.unique(exponents):
        each = Series([np.ones(np.shape(a.c[0]), a.c[0].dtype)], a.order)
        for _ in range(int(n)):
            each = each * a
        here = exponents == n
        found = found + (each if np.all(here) else each * np.where(here, 1.0, 0.0))
    return found


BINARY: dict[str, Callable[[Series, Series, Any], Series]] = {
    "add": lambda a, b, _: a + b,
    "subtract": lambda a, b, _: a - b,
    "multiply": lambda a, b, _: a * b,
    "divide": quotient,
    "maximum": lambda a, b, _: _larger(a, b, 1.0),
    "minimum": lambda a, b, _: _larger(a, b, -1.0),
    "hypot": _hypotenuse,
    "arctan2": _arctan2,
    "logaddexp": lambda a, b, y: (
        integral(y, logistic(a - b), a) + integral(0.0, logistic(b - a), b)
    ),
    "fmod": lambda a, b, _: a - b * np.trunc(a.c[0] / b.c[0]),
    "remainder": lambda a, b, _: a - b * np.floor_divide(a.c[0], b.c[0]),
}
"""Given the two series and the value of the function."""
