"""Polynomials given by their coefficients, the highest power first."""

from __future__ import annotations

import warnings
from operator import index
from typing import Any

import numpy as np

from pyframe.autodiff.dispatch import function, is_traced, unsupported
from pyframe.errors import ParameterError, ShapeError


def _array(x: Any) -> Any:
    return x if is_traced(x) else np.asarray(x)


def _coefficients(p: Any) -> Any:
    return np.atleast_1d(_array(p))


@function(np.polyval)
def polyval(p: Any, x: Any) -> Any:
    """The value of a polynomial, by Horner's rule."""
    x = _array(x)
    y = np.zeros(np.shape(x), x.dtype)
    for coefficient in _coefficients(p):
        y = y * x + coefficient
    return y


@function(np.polyadd)
def polyadd(a1: Any, a2: Any) -> Any:
    """The sum of two polynomials."""
    return np.add(*_equally_long(a1, a2))


@function(np.polysub)
def polysub(a1: Any, a2: Any) -> Any:
    """The difference of two polynomials."""
    return np.subtract(*_equally_long(a1, a2))


def _equally_long(*given: Any) -> list[Any]:
    parts = [_coefficients(p) for p in given]
    length = max(np.shape(p)[0] for p in parts)
    return [
        np.concatenate([np.zeros(length - np.shape(p)[0], p.dtype), p])
        if np.shape(p)[0] < length
        else p
        for p in parts
    ]


@function(np.polymul)
def polymul(a1: Any, a2: Any) -> Any:
    """The product of two polynomials, whose leading zeros are dropped first."""
    return np.convolve(_trimmed(a1), _trimmed(a2))


def _trimmed(p: Any) -> Any:
    made = np.trim_zeros(_coefficients(p), "f")
    return made if np.size(made) else np.zeros(1, made.dtype)


@function(np.polyder)
def polyder(p: Any, m: Any = 1) -> Any:
    """The derivative of a polynomial."""
    if index(m) < 0:
        raise ParameterError(f"the order of a derivative must not be negative, got {m}")
    p = _array(p)
    for _ in range(min(index(m), np.shape(p)[0])):
        p = p[:-1] * np.arange(max(np.shape(p)[0] - 1, 0), 0, -1)
    return p


@function(np.polyint)
def polyint(p: Any, m: Any = 1, k: Any = None) -> Any:
    """An antiderivative of a polynomial, with the constants of integration `k`."""
    m = index(m)
    if m < 0:
        raise ParameterError(f"the order of an antiderivative must not be negative, got {m}")
    constants = np.atleast_1d(_array(0.0 if k is None else k))
    if np.shape(constants) == (1,):
        constants = np.broadcast_to(constants, (m,)) if m else constants
    if np.shape(constants)[0] < m:
        raise ParameterError("k must be a scalar or of length m at least")
    p = _array(p)
    for step in range(m):
        powers = np.arange(np.shape(p)[0], 0, -1)
        p = np.concatenate([p / powers, constants[step : step + 1]])
    return p


@function(np.polydiv)
def polydiv(u: Any, v: Any) -> Any:
    """Quotient and remainder of two polynomials."""
    u, v = _coefficients(u) + 0.0, _coefficients(v) + 0.0
    m, n = np.shape(u)[0] - 1, np.shape(v)[0] - 1
    scale = 1.0 / v[0]
    quotient = []
    rest = list(u)
    for k in range(m - n + 1):
        quotient.append(scale * rest[k])
        for j in range(n + 1):
            rest[k + j] = rest[k + j] - quotient[-1] * v[j]
    while len(rest) > 1 and abs(rest[0]) <= 1e-8:
        rest = rest[1:]
    return np.array(quotient or [0.0]), np.array(rest)


@function(np.poly)
def poly(seq_of_zeros: Any) -> Any:
    """The coefficients of the polynomial with the given zeros."""
    if np.ndim(seq_of_zeros) > 1:
        raise unsupported(np.poly, "of a matrix, whose eigenvalues may be complex")
    made = np.ones(1)
    for zero in np.atleast_1d(seq_of_zeros):
        made = np.concatenate([made, [0.0]]) - np.concatenate([[0.0], made * zero])
    return made


@function(np.polyfit)
def polyfit(x: Any, y: Any, deg: Any, rcond: Any = None, full: bool = False, w: Any = None,
            cov: Any = False) -> Any:  # fmt: skip
    """The polynomial that fits points best, by least squares."""
    order = index(deg) + 1
    x, y = _array(x) + 0.0, _array(y) + 0.0
    if np.ndim(x) != 1 or np.ndim(y) not in {1, 2} or np.shape(x)[0] != np.shape(y)[0]:
        raise ShapeError("np.polyfit takes a vector x and as many y")
    if order < 1 or not np.size(x):
        raise ParameterError("np.polyfit takes a degree of at least 0 and at least one point")
    rcond = np.shape(x)[0] * np.finfo(x.dtype).eps if rcond is None else rcond
    left, right = np.vander(x, order), y
    if w is not None:
        w = _array(w) + 0.0
        if np.shape(w) != np.shape(x):
            raise ShapeError("w must be a vector of the length of y")
        left = left * w[:, np.newaxis]
        right = right * (w[:, np.newaxis] if np.ndim(y) == 2 else w)
    scale = np.sqrt(np.sum(left * left, axis=0))
    left = left / scale
    found, residuals, rank, singular = np.linalg.lstsq(left, right, rcond)
    found = np.transpose(np.transpose(found) / scale)
    if rank != order and not full:
        warnings.warn("Polyfit may be poorly conditioned", np.exceptions.RankWarning, stacklevel=3)
    if full:
        return found, residuals, rank, singular, rcond
    if not cov:
        return found
    base = np.linalg.inv(np.matmul(np.transpose(left), left)) / np.outer(scale, scale)
    if cov == "unscaled":
        return found, base
    if np.shape(x)[0] <= order:
        raise ParameterError("the number of points must exceed the order to scale the covariance")
    factor = residuals / (np.shape(x)[0] - order)
    return found, base * factor if np.ndim(y) == 1 else base[:, :, np.newaxis] * factor
