"""Logarithms of sums of exponentials, and the shares of their terms.

The exponents are shifted by a whole number, which has no derivative.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pyframe import _core
from pyframe.autodiff.coverage import axes as of
from pyframe.autodiff.coverage.kinds import floating

OVERFLOW = 700.0


def logsumexp(
    a: Any, axis: Any = None, b: Any = None, keepdims: bool = False, return_sign: bool = False
) -> Any:
    """log(sum(b exp(a))), or the logarithm of its absolute value and its sign."""
    a = floating(a)
    if b is None and not return_sign:
        return _unweighted(a, axis, keepdims)
    b = np.ones(()) if b is None else b
    stretched = np.broadcast_shapes(np.shape(a), np.shape(b))
    a, b = np.broadcast_to(a, stretched), np.broadcast_to(b, stretched).astype(a.dtype)
    shift = _shift(np.where(b == 0, -np.inf, a), axis)
    exponent = a - shift
    # Terms without weight must not overflow; they count in the derivative by b.
    exponent = np.where((b == 0) & (exponent > OVERFLOW), OVERFLOW, exponent)
    total = np.sum(b * np.exp(exponent), axis=axis, keepdims=True)
    size = np.abs(total) if return_sign else total
    empty = size == 0
    made = np.where(empty, -np.inf, np.log(np.where(empty, 1, size)) + shift)
    if not keepdims:
        kept = [n for k, n in enumerate(stretched) if k not in of.several(axis, len(stretched))]
        made, total = np.reshape(made, kept), np.reshape(total, kept)
    return (made, np.sign(total)) if return_sign else made


def _unweighted(a: Any, axis: Any, keepdims: bool) -> Any:
    shape = np.shape(a)
    axes = of.several(axis, len(shape))
    made = _core.reduce("logsumexp", a, axes)
    return _core.reshape(made, of.kept(shape, axes)) if keepdims else made


def _shift(x: Any, axis: Any) -> Any:
    """A whole number near the largest element; 0 where that is infinite."""
    largest = np.floor(np.max(x, axis=axis, keepdims=True))
    return np.where(np.isfinite(largest), largest, 0)


def softmax(x: Any, axis: Any = None) -> Any:
    """exp(x) / sum(exp(x))."""
    x = floating(x)
    powers = np.exp(x - _shift(x, axis))
    return powers / np.sum(powers, axis=axis, keepdims=True)


def log_softmax(x: Any, axis: Any = None) -> Any:
    """The logarithm of softmax: x - log(sum(exp(x)))."""
    x = floating(x)
    x = x - _shift(x, axis)
    return x - np.log(np.sum(np.exp(x), axis=axis, keepdims=True))
