"""Truncated power series in one variable, and the ways to make new ones.

Coefficients are numbers, arrays or traced values; None stands for one that is zero, so that
nothing is multiplied by zeros that are known.  Numbers of equations refer to Griewank and
Walther, Evaluating Derivatives (2008).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


class Series:
    """c[0] + c[1] t + ... + c[order] t^order."""

    __slots__ = ("c", "order")

    def __init__(self, c: list[Any], order: int) -> None:
        self.order = order
        self.c = [*c[: order + 1], *([None] * (order + 1 - len(c)))]

    @property
    def moves(self) -> bool:
        """Whether it depends on t."""
        return any(each is not None for each in self.c[1:])

    def cut(self, order: int) -> Series:
        """The same up to a lower order."""
        return Series(self.c, order)

    def mapped(self, f: Callable[[Any], Any]) -> Series:
        """A linear function of each coefficient."""
        return Series([None if each is None else f(each) for each in self.c], self.order)

    def __add__(self, other: Any) -> Series:
        if not isinstance(other, Series):
            return Series([plus(self.c[0], other), *self.c[1:]], self.order)
        pairs = zip(self.c, other.c, strict=False)
        return Series([plus(a, b) for a, b in pairs], min(self.order, other.order))

    __radd__ = __add__

    def __neg__(self) -> Series:
        return self.mapped(lambda each: -each)

    def __sub__(self, other: Any) -> Series:
        return self + -other

    def __rsub__(self, other: Any) -> Series:
        return -self + other

    def __mul__(self, other: Any) -> Series:
        if not isinstance(other, Series):
            return self.mapped(lambda each: each * other)
        return product(self, other)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Series:
        return quotient(self, other) if isinstance(other, Series) else self * (1.0 / other)

    def __rtruediv__(self, other: Any) -> Series:
        return quotient(Series([other], self.order), self)


def plus(a: Any, b: Any) -> Any:
    """A sum of coefficients."""
    if a is None:
        return b
    return a if b is None else a + b


def convolved(a: list[Any], b: list[Any], k: int, times: Any = None, start: int = 0) -> Any:
    """The sum of a[j] b[k - j] from j = start on; None when all terms are zero."""
    total = None
    for j in range(start, k + 1):
        if a[j] is not None and b[k - j] is not None:
            term = a[j] * b[k - j] if times is None else times(a[j], b[k - j])
            total = plus(total, term)
    return total


def product(a: Series, b: Series, times: Any = None) -> Series:
    """A product, or whatever else is linear in both."""
    order = min(a.order, b.order)
    return Series([convolved(a.c, b.c, k, times) for k in range(order + 1)], order)


def quotient(a: Series, b: Series, first: Any = None) -> Series:
    """The quotient: c[k] = (a[k] - sum of b[j] c[k - j], j >= 1) / b[0]."""
    order = min(a.order, b.order)
    c: list[Any] = [None] * (order + 1)
    for k in range(order + 1):
        rest = convolved(b.c, c, k, start=1)
        top = a.c[k] if rest is None else plus(a.c[k], -rest)
        c[k] = None if top is None else top / b.c[0]
    c[0] = c[0] if first is None else first
    return Series(c, order)


def root(a: Series, first: Any) -> Series:
    """The square root: 2 c[0] c[k] = a[k] - sum of c[j] c[k - j], 0 < j < k."""
    c: list[Any] = [first] + [None] * a.order
    for k in range(1, a.order + 1):
        inner = convolved([None, *c[1:k], None], [None, *c[1:k], None], k)
        top = a.c[k] if inner is None else plus(a.c[k], -inner)
        c[k] = None if top is None else top / (2.0 * first)
    return Series(c, a.order)


def power(a: Series, exponent: Any, first: Any) -> Series:
    """A constant power r: k a[0] c[k] = sum of (j r - (k - j)) a[j] c[k - j], j >= 1."""
    c: list[Any] = [first] + [None] * a.order
    for k in range(1, a.order + 1):
        total = None
        for j in range(1, k + 1):
            if a.c[j] is not None and c[k - j] is not None:
                total = plus(total, (j * exponent - (k - j)) * a.c[j] * c[k - j])
        c[k] = None if total is None else total / (k * a.c[0])
    return Series(c, a.order)


def integral(first: Any, slope: Series, x: Series) -> Series:
    """The y with y' = slope x': k y[k] = sum of j x[j] slope[k - j], j >= 1."""
    c = [first] + [_integrated(slope.c, x, k) for k in range(1, x.order + 1)]
    return Series(c, x.order)


def solved(first: Any, slope: Callable[[Series], Series], x: Series) -> Series:
    """The y with y' = slope(y) x': each coefficient follows from those before (eq. 13.7)."""
    c: list[Any] = [first]
    for k in range(1, x.order + 1):
        c.append(_integrated(slope(Series(c, k - 1)).c, x, k))
    return Series(c, x.order)


def _integrated(slope: list[Any], x: Series, k: int) -> Any:
    total = None
    for j in range(1, k + 1):
        if x.c[j] is not None and slope[k - j] is not None:
            total = plus(total, x.c[j] * slope[k - j] * (j / k))
    return total


def waves(x: Series, sine: Any, cosine: Any, sign: float) -> tuple[Series, Series]:
    """Sine and cosine (sign -1) or their hyperbolic kin (sign 1), which need one another."""
    s, c = [sine], [cosine]
    for k in range(1, x.order + 1):
        up, down = _integrated(c, x, k), _integrated(s, x, k)
        s.append(up)
        c.append(None if down is None else down * sign)
    return Series(s, x.order), Series(c, x.order)


def exponential(x: Series, first: Any = None) -> Series:
    """The exponential function."""
    return solved(np.exp(x.c[0]) if first is None else first, lambda y: y, x)


def logarithm(x: Series, first: Any = None) -> Series:
    """The natural logarithm."""
    start = np.log(x.c[0]) if first is None else first
    return integral(start, 1.0 / x.cut(max(x.order - 1, 0)), x)


def logistic(x: Series, first: Any = None) -> Series:
    """The logistic function 1 / (1 + e^-x)."""
    start = 0.5 + 0.5 * np.tanh(0.5 * x.c[0]) if first is None else first
    return solved(start, lambda y: y * (1.0 - y), x)
