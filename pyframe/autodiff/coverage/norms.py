"""Norms of vectors and matrices, and condition numbers.

At the tip of a norm the derivative is 0 (K4); among equal elements it is shared (K3).
"""

from __future__ import annotations

from math import inf, prod
from typing import Any

import numpy as np

from pyframe import _core
from pyframe._checks import shown
from pyframe.autodiff.coverage import axes as of
from pyframe.autodiff.coverage.linalg import floats, matrices, singular_values
from pyframe.autodiff.dispatch import function
from pyframe.errors import ParameterError, ShapeError


def power_norm(x: Any, p: float, axis: int) -> Any:
    """(sum |x|^p)^(1/p) along an axis; elements that are 0 have no part in the derivative."""
    size = np.abs(x)
    zero = size == 0
    with np.errstate(divide="ignore"):
        at_zero = float(np.float64(0.0) ** p)
    total = np.sum(np.where(zero, at_zero, np.where(zero, 1.0, size) ** p), axis=axis)
    tip = (total == 0) | (total == inf)
    with np.errstate(divide="ignore"):
        return (
            np.where(tip, total ** (1 / p), np.where(tip, 1.0, total) ** (1 / p))
            if np.any(tip)
            else total ** (1 / p)
        )


def _largest(x: Any, axis: int) -> Any:
    """The largest of numbers that are not negative: of none of them, 0."""
    return np.max(x, axis=axis) if x.shape[axis] else np.sum(x, axis=axis)


def _of_vector(x: Any, ord: Any, axis: int) -> Any:
    """A vector norm along one axis."""
    if ord is None or ord == 2:
        return _core.reduce("norm", x, [axis])
    if ord in {inf, -inf}:
        return _largest(np.abs(x), axis) if ord > 0 else np.min(np.abs(x), axis=axis)
    if ord == 0:
        return np.sum(x != 0, axis=axis).astype(x.dtype)
    if ord == 1:
        return np.sum(np.abs(x), axis=axis)
    if isinstance(ord, str):
        raise ParameterError(f"a vector has no norm of the order {shown(ord)}")
    return power_norm(x, float(ord), axis)


def _of_matrix(x: Any, ord: Any) -> Any:
    """A matrix norm over the last two axes."""
    rank = len(x.shape)
    if ord is None or ord in {"fro", "f"}:
        return _core.reduce("norm", x, [rank - 2, rank - 1])
    if ord in {1, -1, inf, -inf}:
        sums = np.sum(np.abs(x), axis=-2 if abs(ord) == 1 else -1)
        return _largest(sums, -1) if ord > 0 else np.min(sums, axis=-1)
    if ord in {2, -2, "nuc"}:
        s = singular_values(x)
        if ord == -2:
            return np.min(s, axis=-1)
        if s.shape[-1] == 0:
            return np.sum(s, axis=-1)
        # Singular values that are 0 to rounding have no part in the derivative.
        least = max(x.shape[-2:]) * float(np.finfo(x.dtype).eps) * s[..., :1]
        s = np.where(s <= least, 0.0, s)
        return np.max(s, axis=-1) if ord == 2 else np.sum(s, axis=-1)
    raise ParameterError(f"a matrix has no norm of the order {shown(ord)}")


def _last(x: Any, axes: list[int]) -> Any:
    """An array with these axes moved to the end, in their order."""
    return np.moveaxis(x, axes, list(range(-len(axes), 0))) if axes else x


def _kept(made: Any, shape: tuple[int, ...], axes: list[int], keepdims: bool) -> Any:
    return np.reshape(made, tuple(of.kept(shape, axes))) if keepdims else made


@function(np.linalg.norm)
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """Norms of vectors (one axis, or all elements) or of matrices (two axes)."""
    (x,) = floats(x)
    rank = len(x.shape)
    axes = of.several(axis, rank)
    if axis is None and ord is None:
        return _kept(_core.reduce("norm", x, axes), x.shape, axes, keepdims)
    if len(axes) == 1:
        return _kept(_of_vector(x, ord, axes[0]), x.shape, axes, keepdims)
    if len(axes) != 2:
        raise ShapeError(f"a norm is taken of vectors or matrices, not over {len(axes)} axes")
    return _kept(_of_matrix(_last(x, axes), ord), x.shape, axes, keepdims)


@function(np.linalg.vector_norm)
def vector_norm(x: Any, /, *, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Any:
    """Vector norms over any axes together."""
    (x,) = floats(x)
    axes = of.several(axis, len(x.shape))
    rest = tuple(n for k, n in enumerate(x.shape) if k not in axes)
    flat = np.reshape(_last(x, axes), (*rest, prod(x.shape[k] for k in axes)))
    return _kept(_of_vector(flat, ord, len(rest)), x.shape, axes, keepdims)


@function(np.linalg.matrix_norm)
def matrix_norm(x: Any, /, *, keepdims: bool = False, ord: Any = "fro") -> Any:
    """Matrix norms over the last two axes."""
    (x,) = matrices("matrix_norm", x)
    rank = len(x.shape)
    return _kept(_of_matrix(x, ord), x.shape, [rank - 2, rank - 1], keepdims)


@function(np.linalg.cond)
def cond(x: Any, p: Any = None) -> Any:
    """Condition numbers: infinite for singular matrices."""
    (x,) = matrices("cond", x)
    if p is None or p in {2, -2}:
        s = singular_values(x)
        return s[..., -1] / s[..., 0] if p == -2 else s[..., 0] / s[..., -1]
    return matrix_norm(x, ord=p) * matrix_norm(np.linalg.inv(x), ord=p)
