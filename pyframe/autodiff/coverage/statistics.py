"""Means, variances and covariances."""

from __future__ import annotations

import sys
import warnings
from typing import Any

import numpy as np

from pyframe import _core
from pyframe.autodiff.coverage import axes as of
from pyframe.autodiff.coverage import reductions
from pyframe.autodiff.coverage.options import (
    NoValue,
    as_kind,
    axes_of,
    delivered,
    extent,
    given,
    kept,
    kind,
    mask_of,
    masked,
    shape_of,
)
from pyframe.autodiff.dispatch import function, is_traced
from pyframe.errors import DTypeError, ParameterError, ShapeError


def warn(text: str) -> None:
    """Warn as NumPy does, at the user's line."""
    frame, level = sys._getframe(), 1  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    while frame.f_back and frame.f_globals.get("__name__", "").startswith(("pyframe.", "numpy.")):
        frame, level = frame.f_back, level + 1
    warnings.warn(text, RuntimeWarning, stacklevel=level)


def averaged_kind(x: Any, dtype: Any) -> Any:
    """The operand of a mean: integers become float64."""
    if given(dtype):
        return as_kind(x, dtype)
    return x if kind(x).kind == "f" else as_kind(x, np.float64)


def count(x: Any, axis: Any, where: Any, keepdims: Any) -> Any:
    """How many elements are averaged: a number, or with ``where`` an array of integers."""
    shape = shape_of(x)
    mask = mask_of(where, shape)
    if mask is None:
        return extent(shape, axes_of(axis, shape))
    return np.sum(
        mask, axis=None if axis is None else tuple(axes_of(axis, shape)), keepdims=keepdims is True
    )


def over(x: Any, n: Any) -> Any:
    """A sum over its count, in the sum's own precision."""
    if kind(x).kind != "f":
        return as_kind(np.true_divide(x, n), kind(x))
    return x / (as_kind(n, kind(x)) if is_traced(n) or shape_of(n) else float(n))


def peek(x: Any) -> Any:
    """The present value, on which nothing but a warning or a refusal may depend."""
    return x.concrete if is_traced(x) else x


def has_zero(n: Any) -> bool:
    """Whether a count is 0 anywhere."""
    return n <= 0 if isinstance(n, int) else bool(np.less_equal(peek(n), 0).any())


def beside(value: Any, x: Any, axis: Any, keepdims: Any) -> Any:
    """A constant as the result of the reduction of an empty array."""
    shape = shape_of(x)
    axes = axes_of(axis, shape)
    rest = [n for k, n in enumerate(shape) if k not in axes]
    made = of.kept(shape, axes) if given(keepdims) and keepdims else rest
    constant = np.full(made, value, kind(x) if kind(x).kind == "f" else np.float64)
    return x.recording.constant(constant) if is_traced(x) else constant


@function(np.mean)
def mean(
    x: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    *,
    where: Any = True,
) -> Any:
    """Mean along axes; NaN with a warning when there is nothing to average."""
    keepdims = given(keepdims) and bool(keepdims)
    x = averaged_kind(x, dtype)
    n = count(x, axis, where, keepdims)
    if has_zero(n):
        warn("Mean of empty slice.")
    return delivered(over(reductions.sum(x, axis, keepdims=keepdims, where=where), n), out)


@function(np.average)
def average(
    x: Any, axis: Any = None, weights: Any = None, returned: bool = False, *, keepdims: Any = False
) -> Any:
    """Weighted mean along axes, with the sum of the weights on request."""
    keepdims = given(keepdims) and bool(keepdims)
    shape = shape_of(x)
    axes = axes_of(axis, shape)
    if weights is None:
        found = mean(x, axis, keepdims=keepdims)
        total = np.full(shape_of(found), extent(shape, axes), kind(found))
        return (found, total) if returned else found
    x = _array(x)
    weights = _weights(_array(weights), shape, axis)
    dtype = np.result_type(kind(x), kind(weights), *(() if kind(x).kind == "f" else (np.float64,)))
    total = reductions.sum(
        np.broadcast_to(as_kind(weights, dtype), shape), tuple(axes), keepdims=keepdims
    )
    if has_zero(np.abs(peek(total))):
        raise ZeroDivisionError("the weights sum to zero, they cannot be normalized")
    product = np.multiply(as_kind(x, dtype), as_kind(weights, dtype))
    found = reductions.sum(product, tuple(axes), keepdims=keepdims) / total
    return (found, total) if returned else found


def _array(x: Any) -> Any:
    return x if is_traced(x) else np.asarray(x)


def _weights(weights: Any, shape: tuple[int, ...], axis: Any) -> Any:
    """Weights beside the array: of its shape, or along the axes named."""
    if shape_of(weights) == shape:
        return weights
    if axis is None:
        raise DTypeError(
            f"weights of shape {shape_of(weights)} and an array of shape {shape} need axis="
        )
    axes = axes_of(axis, shape)
    if shape_of(weights) != tuple(shape[k] for k in axes):
        raise ShapeError(
            f"weights of shape {shape_of(weights)} do not fit axis {axis} "
            f"of an array of shape {shape}"
        )
    order = sorted(range(len(axes)), key=axes.__getitem__)
    return np.reshape(
        np.transpose(weights, order), [n if k in axes else 1 for k, n in enumerate(shape)]
    )


# -- variances --------------------------------------------------------------------------------


def _deviations(
    name: str,
    x: Any,
    axis: Any,
    dtype: Any,
    keepdims: Any,
    ddof: Any,
    where: Any,
    mean: Any,
    correction: Any,
) -> tuple[Any, Any, bool]:
    """The deviations from the mean, 0 where left out, and the degrees of freedom."""
    if given(correction):
        if ddof != 0:
            raise ParameterError(f"np.{name} takes ddof= or correction=, not both")
        ddof = correction
    keepdims = given(keepdims) and bool(keepdims)
    x = averaged_kind(x, dtype)
    if not given(mean):
        held = count(x, axis, where, True)
        mean = over(reductions.sum(x, axis, keepdims=True, where=where), np.maximum(held, 1))
    free = np.subtract(count(x, axis, where, keepdims), ddof)
    if has_zero(free):
        warn("Degrees of freedom <= 0 for slice")
    free = np.maximum(free, 0)
    return masked(x - as_kind(mean, kind(x)), where, 0), free, keepdims


@function(np.var)
def var(
    x: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: Any = 0,
    keepdims: Any = False,
    *,
    where: Any = True,
    mean: Any = NoValue,
    correction: Any = NoValue,
) -> Any:
    """Mean squared deviation from the mean along axes."""
    away, free, keepdims = _deviations(
        "var", x, axis, dtype, keepdims, ddof, where, mean, correction
    )
    return delivered(over(reductions.sum(np.square(away), axis, keepdims=keepdims), free), out)


@function(np.std)
def std(
    x: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: Any = 0,
    keepdims: Any = False,
    *,
    where: Any = True,
    mean: Any = NoValue,
    correction: Any = NoValue,
) -> Any:
    """Root of the variance; its derivative is 0 where all elements are equal (K4)."""
    away, free, keepdims = _deviations(
        "std", x, axis, dtype, keepdims, ddof, where, mean, correction
    )
    shape = shape_of(away)
    axes = axes_of(axis, shape)
    length = kept(_core.reduce("norm", away, sorted(axes)), shape, axes, keepdims)
    return delivered(over(length, np.sqrt(as_kind(free, np.float64))), out)


# -- covariances ------------------------------------------------------------------------------


def _rows(x: Any, rowvar: bool, dtype: Any) -> Any:
    """Variables as rows, observations as columns."""
    if len(shape_of(x)) > 2:
        raise ShapeError(f"np.cov takes arrays of one or two axes, got shape {shape_of(x)}")
    x = as_kind(x, dtype)
    if len(shape_of(x)) < 2:
        return np.reshape(x, (1, -1) if np.size(x) else (1, 0))
    return x if rowvar else np.transpose(x)


def _frequencies(fweights: Any, n: int) -> Any:
    if kind(fweights).kind not in "iu":
        raise DTypeError(f"fweights must be integers, got {kind(fweights)}")
    return _checked("fweights", fweights, n)


def _checked(name: str, weights: Any, n: int) -> Any:
    if shape_of(weights) != (n,):
        raise ShapeError(
            f"{name} must have one element for each of {n} observations, "
            f"got shape {shape_of(weights)}"
        )
    if bool(np.any(np.less(peek(weights), 0))):
        raise ParameterError(f"{name} must not be negative")
    return weights


@function(np.cov)
def cov(
    m: Any,
    y: Any = None,
    rowvar: Any = True,
    bias: Any = False,
    ddof: Any = None,
    fweights: Any = None,
    aweights: Any = None,
    *,
    dtype: Any = None,
) -> Any:
    """Covariance matrix of variables, estimated from observations."""
    if ddof is not None and ddof != int(ddof):
        raise ParameterError(f"np.cov: ddof must be an integer, got {ddof!r}")
    m = _array(m)
    y = y if y is None else _array(y)
    if dtype is None:
        dtype = np.result_type(kind(m), np.float64, *(() if y is None else (kind(y),)))
    x = _rows(m, rowvar, dtype)
    if y is not None:
        x = np.concatenate([x, _rows(y, rowvar or len(shape_of(y)) == 1, dtype)], axis=0)
    n = shape_of(x)[1]
    ddof = (0 if bias else 1) if ddof is None else ddof
    weights = None
    if fweights is not None:
        weights = as_kind(_frequencies(_array(fweights), n), np.float64)
    if aweights is not None:
        aweights = as_kind(_checked("aweights", _array(aweights), n), np.float64)
        weights = aweights if weights is None else weights * aweights
    if weights is None:
        centre, total = x.mean(axis=1, keepdims=True), n
        free = n - ddof
    else:
        total = np.sum(weights)
        centre = np.sum(x * weights, axis=1, keepdims=True) / total
        lost = (
            0
            if ddof == 0
            else ddof
            if aweights is None
            else ddof * np.sum(weights * aweights) / total
        )
        free = total - lost
    if has_zero(free):
        warn("Degrees of freedom <= 0 for slice")
    free = np.maximum(free, 0) if is_traced(free) else max(float(free), 0.0)
    away = x - centre
    other = away if weights is None else away * weights
    found = np.matmul(away, np.transpose(other)) / free
    return np.reshape(found, [n for n in shape_of(found) if n != 1])


@function(np.corrcoef)
def corrcoef(x: Any, y: Any = None, rowvar: Any = True, *, dtype: Any = None) -> Any:
    """Matrix of correlation coefficients, kept within -1 and 1."""
    found = cov(x, y, rowvar, dtype=dtype)
    if not shape_of(found):
        return found / found
    diagonal = np.arange(shape_of(found)[0])
    deviations = np.sqrt(found[diagonal, diagonal])
    found = found / deviations[:, None] / deviations[None, :]
    return np.clip(found, -1, 1)
