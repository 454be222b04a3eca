"""NumPy in fifty digits: object arrays of mpmath numbers, and the functions they lack.

Arithmetic, comparisons, sums, products, moves and matrix products are NumPy's own on objects.
"""

from __future__ import annotations

from types import SimpleNamespace

import mpmath
import numpy as np
from autodiff import composed

mp = mpmath.MPContext()
mp.dps = 50


def number(x):
    x = x.item() if isinstance(x, np.ndarray) else x  # as np.where of numbers leaves it
    return x if isinstance(x, mp.mpf) else mp.mpf(float(x))


def elementwise(f, arity=1):
    """f over object arrays; what leaves the real line is refused."""

    def real(*arguments):
        y = f(*(number(a) for a in arguments))
        if isinstance(y, mp.mpc):
            raise ArithmeticError("not real")  # noqa: TRY004 - of the value, not of its type
        return y

    return np.frompyfunc(real, arity, 1)


def _logaddexp(base):
    def f(a, b):
        top = max(a, b)
        return top + mp.log(base ** (a - top) + base ** (b - top)) / mp.log(base)

    return f


def _cbrt(x):
    return -mp.cbrt(-x) if x < 0 else mp.cbrt(x)


def _var(x, axis=None, ddof=0, keepdims=False):
    d = x - np.mean(x, axis=axis, keepdims=True)
    kept = np.size(np.sum(x, axis=axis, keepdims=True))
    return np.sum(d * d, axis=axis, keepdims=keepdims) / (x.size // max(kept, 1) - ddof)


def _norm(x, ord=None, axis=None, keepdims=False):  # noqa: A002 - NumPy's name
    if ord == 1:
        return np.sum(np.abs(x), axis=axis, keepdims=keepdims)
    if ord == np.inf:
        return np.max(np.abs(x), axis=axis, keepdims=keepdims, initial=0.0)
    return _sqrt(np.sum(x * x, axis=axis, keepdims=keepdims))


def _solve(a, b):
    """Gauss with partial pivots; also the determinant's way."""
    a, b = np.array(a, dtype=object), np.array(b, dtype=object)
    n, sign = len(a), 1
    for j in range(n):
        p = j + int(np.argmax(np.abs(a[j:, j])))
        if p != j:
            a[[j, p]], b[[j, p]], sign = a[[p, j]], b[[p, j]], -sign
        for i in range(j + 1, n):
            factor = a[i, j] / a[j, j]
            a[i] = a[i] - factor * a[j]
            b[i] = b[i] - factor * b[j]
    for j in reversed(range(n)):
        for k in range(j + 1, n):
            b[j] = b[j] - a[j, k] * b[k]
        b[j] = b[j] / a[j, j]
    return b, sign * np.prod(np.diag(a))


def _eye(n):
    rows = [[mp.mpf(int(i == j)) for j in range(n)] for i in range(n)]
    return np.array(rows, dtype=object).reshape(n, n)


def _det(a):
    return _solve(a, _eye(len(a)))[1]


def _slogdet(a):
    value = _det(a)
    return mp.sign(value), mp.log(abs(value))


def _cholesky(a):
    n = len(a)
    factor = 0 * _eye(n)
    for j in range(n):
        for i in range(j, n):
            rest = a[i, j] - sum((factor[i, k] * factor[j, k] for k in range(j)), mp.mpf(0))
            factor[i, j] = mp.sqrt(rest) if i == j else rest / factor[j, j]
    return factor


def _eigvalsh(a):
    return np.array(list(mp.eigsy(mp.matrix(a.tolist()), eigvals_only=True)), dtype=object)


def _logsumexp(x, axis=None, keepdims=False):
    return OWN["log"](np.sum(OWN["exp"](x), axis=axis, keepdims=keepdims))


def _mod(rounding):
    return lambda a, b: a - b * rounding(a / b)


def _trunc(x):
    return mp.floor(x) if x > 0 else mp.ceil(x)


def _sinc(x):
    return mp.sinc(mp.pi * x)


ONE = {
    "sin": mp.sin,
    "cos": mp.cos,
    "tan": mp.tan,
    "arcsin": mp.asin,
    "arccos": mp.acos,
    "arctan": mp.atan,
    "sinh": mp.sinh,
    "cosh": mp.cosh,
    "tanh": mp.tanh,
    "arcsinh": mp.asinh,
    "arccosh": mp.acosh,
    "arctanh": mp.atanh,
    "exp": mp.exp,
    "exp2": lambda x: mp.mpf(2) ** x,
    "expm1": mp.expm1,
    "log": mp.log,
    "log2": lambda x: mp.log(x, 2),
    "log10": mp.log10,
    "log1p": lambda x: mp.log(1 + x),
    "sqrt": mp.sqrt,
    "cbrt": _cbrt,
    "sign": mp.sign,
    "floor": mp.floor,
    "ceil": mp.ceil,
    "rint": mp.nint,
    "trunc": _trunc,
    "fabs": abs,
    "deg2rad": mp.radians,
    "radians": mp.radians,
    "rad2deg": mp.degrees,
    "degrees": mp.degrees,
    "reciprocal": lambda x: 1 / x,
    "sinc": _sinc,
    "square": lambda x: x * x,
}
TWO = {
    "hypot": mp.hypot,
    "arctan2": mp.atan2,
    "logaddexp": _logaddexp(mp.e),
    "logaddexp2": _logaddexp(mp.mpf(2)),
    "power": lambda a, b: a**b,
    "float_power": lambda a, b: a**b,
    "fmod": _mod(_trunc),
    "remainder": _mod(mp.floor),
    "copysign": lambda a, b: abs(a) if b >= 0 else -abs(a),
    "fmax": max,
    "fmin": min,
}
OWN = {
    **{name: elementwise(f) for name, f in ONE.items()},
    **{name: elementwise(f, 2) for name, f in TWO.items()},
    "var": _var,
    "logsumexp": _logsumexp,
    **{
        name: getattr(composed, name)
        for name in ["median", "quantile", "percentile", "ptp", "average", "cross", "select"]
    },
    "linalg": SimpleNamespace(
        norm=_norm,
        det=_det,
        slogdet=_slogdet,
        cholesky=_cholesky,
        inv=lambda a: _solve(a, _eye(len(a)))[0],
        solve=lambda a, b: _solve(a, b)[0],
        pinv=composed.pinv(lambda a: _solve(a, _eye(len(a)))[0]),
        eigvalsh=_eigvalsh,
        matrix_power=composed.matrix_power,
    ),
}
_sqrt = OWN["sqrt"]
OWN["std"] = lambda x, **options: _sqrt(_var(x, **options))
METHODS = (".std(", ".var(")  # NumPy's own do not work on objects


class FiftyDigits:
    """``np`` with the functions above in the place of NumPy's."""

    def __getattr__(self, name):
        return OWN[name] if name in OWN else getattr(np, name)


SPECIAL = SimpleNamespace(
    erf=elementwise(mp.erf),
    erfc=elementwise(mp.erfc),
    logsumexp=_logsumexp,
    expit=elementwise(lambda x: 1 / (1 + mp.exp(-x))),
    gammaln=elementwise(lambda x: mp.log(abs(mp.gamma(x)))),
    ndtr=elementwise(mp.ncdf),
    digamma=elementwise(mp.digamma),
    entr=elementwise(lambda x: -x * mp.log(x)),
    logit=elementwise(lambda x: mp.log(x / (1 - x))),
    xlogy=elementwise(lambda a, b: a * mp.log(b) if a else mp.mpf(0), 2),
)


def lifted(x):
    """The input as an object array, or one number for a float or no dimensions."""
    if np.ndim(x) == 0:
        return mp.mpf(float(x))
    return np.array([mp.mpf(float(e)) for e in np.ravel(x)], dtype=object).reshape(np.shape(x))
