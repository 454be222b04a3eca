"""Functions of scipy.special that are formulas of primitives.

Where a formula is not meant it is computed at a harmless argument, so that no derivative of it
is infinite.
"""

from __future__ import annotations

import math
from operator import index
from typing import Any

import numpy as np

from pyframe import _core
from pyframe._checks import shown
from pyframe.autodiff.coverage.kinds import alike, double, floating
from pyframe.errors import DTypeError, ParameterError


def exprel(x: Any) -> Any:
    """(exp(x) - 1) / x, by its series for |x| < 1."""
    x = floating(x)
    near = np.abs(x) < 1
    small = np.where(near, x, 0)
    series = 0.0
    for k in reversed(range(18)):
        series = series * small + 1 / math.factorial(k + 1)
    # At an infinity the quotient of infinities is none.
    bounded = np.where(near | np.isposinf(x), 1, x)
    usual = np.where(np.isposinf(x), np.exp(x), np.expm1(bounded) / bounded)
    return np.where(near, series, usual)


def cosm1(x: Any) -> Any:
    """cos(x) - 1."""
    return -2.0 * np.square(np.sin(0.5 * floating(x)))


def exp10(x: Any) -> Any:
    """10^x."""
    return np.power(10.0, floating(x))


def boxcox(x: Any, lmbda: Any) -> Any:
    """(x^lambda - 1) / lambda, and log(x) for lambda = 0."""
    x, lmbda = alike(x, lmbda)
    log = np.log(x)
    return log * exprel(lmbda * log)


def boxcox1p(x: Any, lmbda: Any) -> Any:
    """((1 + x)^lambda - 1) / lambda, and log(1 + x) for lambda = 0."""
    x, lmbda = alike(x, lmbda)
    log = np.log1p(x)
    return log * exprel(lmbda * log)


def loggamma(x: Any) -> Any:
    """The logarithm of the gamma function; no real number below 0."""
    return np.where(x < 0, np.nan, _core.unary("gammaln", x))


LARGEST_GAMMA = 171.0
"""Beyond, the gamma function overflows soon."""


def rgamma(x: Any) -> Any:
    """1 / gamma(x), which has no poles: by reflection below 1/2."""
    x = floating(x)
    low, far = x < 0.5, x > LARGEST_GAMMA
    reflected = _core.unary("gamma", np.where(low, 1 - x, 1))
    below = _core.binary("strong", reflected, x * np.sinc(x))
    usual = 1 / _core.unary("gamma", np.where(low | far, 1, x))
    above = np.exp(-_core.unary("gammaln", np.where(far, x, 1)))
    return np.where(low, below, np.where(far, above, usual))


def polygamma(n: Any, x: Any) -> Any:
    """The derivative of order n of digamma."""
    try:
        order = index(n)
    except TypeError:
        raise DTypeError(
            f"scipy.special.polygamma takes one order, an int, of a traced value, got {shown(n)}"
        ) from None
    if order < 0:
        raise ParameterError(f"scipy.special.polygamma takes an order of at least 0, got {order}")
    return _core.order("polygamma", order, x)


def factorial(n: Any, exact: bool = False, extend: str = "zero") -> Any:
    """gamma(n + 1), and 0 for negative n."""
    if exact or extend != "zero":
        raise ParameterError(
            "scipy.special.factorial of a traced value takes exact=False and extend='zero' only"
        )
    n = double(n)
    return np.where(n < 0, 0, _core.unary("gamma", np.where(n < 0, 0, n) + 1))


def multigammaln(a: Any, d: Any) -> Any:
    """The logarithm of the multivariate gamma function of dimension d."""
    d = index(d)
    if bool(np.any(a <= 0.5 * (d - 1))):
        raise ParameterError(
            f"scipy.special.multigammaln: a must be above {0.5 * (d - 1)} for d = {d}"
        )
    made = d * (d - 1) / 4 * math.log(math.pi)
    for j in range(d):
        made = made + _core.unary("gammaln", a - 0.5 * j)
    return made


def rel_entr(x: Any, y: Any) -> Any:
    """The product x log(x / y) of positive numbers, 0 at x = 0, else infinite."""
    x, y = alike(x, y)
    inside = (x > 0) & (y > 0)
    edge = (x == 0) & (y >= 0)
    a, b = np.where(inside, x, 1.0), np.where(inside, y, 1.0)
    ratio = a / b
    near = (ratio > 0.5) & (ratio < 2)
    # The quotient may overflow or lose digits where its logarithm does not.
    plain = (ratio > np.finfo(a.dtype).tiny) & np.isfinite(ratio)
    relative = np.log1p(np.where(near, (a - b) / b, 0))
    usual = np.log(np.where(plain, ratio, 1))
    log = np.where(near, relative, np.where(plain, usual, np.log(a) - np.log(b)))
    at_edge = -_core.unary("entr", np.where(edge, x, 1.0)) - _core.binary(
        "xlogy", np.where(edge, x, 0.0), np.where(edge & (y > 0), y, 1.0)
    )
    return np.where(inside, a * log, np.where(edge, at_edge, np.inf))


def kl_div(x: Any, y: Any) -> Any:
    """The divergence x log(x / y) - x + y."""
    x, y = alike(x, y)
    return rel_entr(x, y) - x + y


def huber(delta: Any, r: Any) -> Any:
    """r^2 / 2 up to |r| = delta, linear beyond."""
    delta, r = alike(delta, r)
    size = np.abs(r)
    made = np.where(size <= delta, 0.5 * np.square(r), delta * (size - 0.5 * delta))
    return np.where(delta < 0, np.inf, made)


def pseudo_huber(delta: Any, r: Any) -> Any:
    """delta^2 (sqrt(1 + (r / delta)^2) - 1), without its cancellation."""
    delta, r = alike(delta, r)
    width = np.where(delta == 0, 1.0, delta)
    made = r * (r / (1 + np.hypot(1.0, r / width)))
    return np.where(delta < 0, np.inf, np.where(delta == 0, 0.0, made))
