"""NumPy for the complex step: the functions that are analytic away from their kinks.

Most of NumPy carries a tiny imaginary part through as it is. Here are those that take a modulus,
refuse complex numbers or lose the imaginary part.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import scipy.special
from autodiff import composed


def _abs(x):
    return np.where(np.real(x) < 0, -x, x) + 0.0


def _flat(f):
    """Locally constant: the imaginary part goes."""
    return lambda x: f(np.real(x)) + 0j


def _logaddexp(a, b):
    above = np.where(np.real(a) > np.real(b), a, b)
    below = a + b - above
    return above + _log1p(np.exp(below - above))


def _mod(rounding):
    return lambda a, b: a - b * rounding(np.real(a) / np.real(b))


def _var(x, axis=None, ddof=0, keepdims=False):
    d = x - np.mean(x, axis=axis, keepdims=True)
    kept = np.mean(x, axis=axis, keepdims=True).size
    return np.sum(d * d, axis=axis, keepdims=keepdims) / (x.size / max(kept, 1) - ddof)


def _norm(x, ord=None, axis=None, keepdims=False):  # noqa: A002 - NumPy's name
    if ord == 1:
        return np.sum(_abs(x), axis=axis, keepdims=keepdims)
    if ord == np.inf:
        return np.max(_abs(x), axis=axis, keepdims=keepdims, initial=0.0)
    return np.sqrt(np.sum(x * x, axis=axis, keepdims=keepdims))


def _slogdet(x):
    sign, size = np.linalg.slogdet(x)
    real = np.sign(np.real(sign))
    return real, size + 1j * np.imag(sign) * real


def _cholesky(x):
    n = len(x)
    factor = np.zeros((n, n), dtype=complex)
    for j in range(n):
        rest = x[j:, j] - factor[j:, :j] @ factor[j, :j]
        factor[j:, j] = rest / np.sqrt(rest[0])
    return factor


def _logsumexp(x, axis=None, keepdims=False):
    top = np.max(np.real(x), axis=axis, keepdims=True, initial=-np.inf)
    total = np.log(np.sum(np.exp(x - top), axis=axis, keepdims=True)) + top
    return total if keepdims else np.sum(total, axis=axis)


def _gammaln(x):
    """By log|gamma(x)| = log|gamma(x + 1)| - log|x| to where the logarithm has one branch."""
    below = 0.0
    for _ in range(64):
        negative = np.real(x) < 0
        if not np.any(negative):
            return scipy.special.loggamma(x) - below
        below = below + np.where(negative, np.log(_abs(np.where(negative, x, 1.0))), 0.0)
        x = np.where(negative, x + 1, x)
    raise ArithmeticError("the logarithm has another branch there")


def _cbrt(x):
    return np.where(np.real(x) < 0, -((-x + 0j) ** (1 / 3)), (x + 0j) ** (1 / 3))


def _sinc(x):
    """With the series about 0, where NumPy's loses the imaginary part's digits."""
    y = np.pi * np.where(np.abs(x) < 1e-2, 1.0, x)
    z = (np.pi * x) ** 2
    return np.where(np.abs(x) < 1e-2, 1 - z / 6 * (1 - z / 20 * (1 - z / 42)), np.sin(y) / y)


def _log1p(x):
    """With the series about 0, where NumPy's complex one loses digits."""
    z = np.where(np.abs(x) < 1e-3, x, 0.0)
    series = z * (1 - z * (1 / 2 - z * (1 / 3 - z * (1 / 4 - z * (1 / 5 - z * (1 / 6 - z / 7))))))
    return np.where(np.abs(x) < 1e-3, series, np.log(1 + x))


def _times(factor):
    return lambda x: x * factor


def _float_power(a, b):
    return np.power(a + 0j, b)


OWN = {
    "abs": _abs,
    "absolute": _abs,
    "fabs": _abs,
    "cbrt": _cbrt,
    "logaddexp": _logaddexp,
    "logaddexp2": lambda a, b: _logaddexp(a * np.log(2), b * np.log(2)) / np.log(2),
    "hypot": lambda a, b: np.sqrt(a * a + b * b),
    "copysign": lambda a, b: _abs(a) * np.copysign(1.0, np.real(b)),
    "fmod": _mod(np.trunc),
    "mod": _mod(np.floor),
    "remainder": _mod(np.floor),
    "floor": _flat(np.floor),
    "ceil": _flat(np.ceil),
    "rint": _flat(np.rint),
    "trunc": _flat(np.trunc),
    "sign": _flat(np.sign),
    "deg2rad": _times(np.pi / 180),
    "radians": _times(np.pi / 180),
    "rad2deg": _times(180 / np.pi),
    "degrees": _times(180 / np.pi),
    "var": _var,
    "std": lambda x, **options: np.sqrt(_var(x, **options)),
    "sinc": _sinc,
    "log1p": _log1p,
    "vdot": lambda a, b: np.dot(np.ravel(a), np.ravel(b)),
    "float_power": _float_power,
    "median": composed.median,
    "quantile": composed.quantile,
    "percentile": composed.percentile,
    "linalg": SimpleNamespace(
        norm=_norm,
        slogdet=_slogdet,
        cholesky=_cholesky,
        inv=np.linalg.inv,
        det=np.linalg.det,
        solve=np.linalg.solve,
        matrix_power=np.linalg.matrix_power,
    ),
}
LACKS = {"np.arctan2", "operator.mod", "np.linalg.eigvalsh", "np.linalg.pinv"}  # no form here
MODULUS = (".var(", ".std(", "abs(")  # methods and a built-in that take a modulus themselves


class ComplexNumPy:
    """``np`` with the functions above in the place of NumPy's."""

    def __getattr__(self, name):
        return OWN[name] if name in OWN else getattr(np, name)


def _expit(x):
    """Without the overflow of exp(-x) far below 0."""
    small = np.exp(np.where(np.real(x) < 0, x, -x))
    return np.where(np.real(x) < 0, small, 1.0) / (1 + small)


SPECIAL = SimpleNamespace(
    erf=scipy.special.erf,
    erfc=scipy.special.erfc,
    expit=_expit,
    gammaln=_gammaln,
    logsumexp=_logsumexp,
    ndtr=scipy.special.ndtr,
    digamma=scipy.special.digamma,
    entr=lambda x: -x * np.log(x),
    logit=lambda x: np.log(x / (1 - x)),
    xlogy=scipy.special.xlogy,
)
