"""Sums, products, extremes and truth values along axes, and running sums and products."""

from __future__ import annotations

from operator import mul
from typing import Any

import numpy as np

from pyframe import _core
from pyframe.autodiff.coverage import axes as of
from pyframe.autodiff.coverage import folding
from pyframe.autodiff.coverage.options import (
    NoValue,
    as_kind,
    axes_of,
    counting,
    delivered,
    extent,
    given,
    kept,
    kind,
    masked,
    shape_of,
)
from pyframe.autodiff.dispatch import function
from pyframe.errors import DTypeError, ParameterError


@function(np.sum)
def sum(
    x: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = NoValue,
    where: Any = True,
) -> Any:
    """Sum along axes."""
    x = counting(masked(x, where, 0), dtype)
    shape = shape_of(x)
    axes = axes_of(axis, shape)
    made = kept(_core.reduce("sum", x, sorted(axes)), shape, axes, keepdims)
    return delivered(made + as_kind(initial, kind(x)) if given(initial) else made, out)


@function(np.prod)
def prod(
    x: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = NoValue,
    where: Any = True,
) -> Any:
    """Product along axes; its derivative is exact with zeros among the factors."""
    x = counting(masked(x, where, 1), dtype)
    shape = shape_of(x)
    axes = axes_of(axis, shape)
    made = kept(_product(x, axes), shape, axes, keepdims)
    return delivered(made * as_kind(initial, kind(x)) if given(initial) else made, out)


def _product(x: Any, axes: list[int]) -> Any:
    if not axes:
        return x
    if extent(shape_of(x), axes) == 0:
        return _core.reduce("sum", x, sorted(axes)) + np.ones((), kind(x))
    flat = folding.flat_last(x, axes)
    last = len(shape_of(flat)) - 1
    return folding.without(folding.by_halves(mul, flat, last), last)


@function(np.max, np.amax)
def max(
    x: Any,
    axis: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = NoValue,
    where: Any = True,
) -> Any:
    """Largest along axes; ties share the derivative equally (K3)."""
    return delivered(_extreme("max", x, axis, keepdims, initial, where), out)


@function(np.min, np.amin)
def min(
    x: Any,
    axis: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = NoValue,
    where: Any = True,
) -> Any:
    """Smallest along axes; ties share the derivative equally (K3)."""
    return delivered(_extreme("min", x, axis, keepdims, initial, where), out)


EXTREMES = {"max": (np.maximum, "any", -1), "min": (np.minimum, "all", 1)}
"""Of each: the ufunc, what it is of truth values, and the sign of what never is chosen."""


def never_chosen(name: str, dtype: np.dtype[Any]) -> Any:
    """The number that any other is chosen over."""
    sign = EXTREMES[name][2]
    if dtype.kind == "f":
        return sign * np.inf
    if dtype.kind == "b":
        return sign > 0
    return np.iinfo(dtype).max if sign > 0 else np.iinfo(dtype).min


def _extreme(name: str, x: Any, axis: Any, keepdims: Any, initial: Any, where: Any) -> Any:
    ufunc, of_truth, _ = EXTREMES[name]
    dtype = kind(x)
    masks = where is not True and given(where)
    if masks and not given(initial):
        raise ParameterError(
            f"np.{name} has no identity: with where= it takes initial=, "
            "the value where nothing is chosen"
        )
    x = masked(x, where, never_chosen(name, dtype)) if masks else x
    shape = shape_of(x)
    axes = axes_of(axis, shape)
    if given(initial) and extent(shape, axes) == 0:
        kept_shape = [n for k, n in enumerate(shape) if k not in axes]
        made = np.broadcast_to(as_kind(initial, dtype), kept_shape) + 0 * _core.reduce(
            "sum", x, sorted(axes)
        )
        return kept(as_kind(made, dtype), shape, axes, keepdims)
    made = _core.reduce(of_truth if dtype.kind == "b" else name, x, sorted(axes))
    made = kept(made, shape, axes, keepdims)
    return ufunc(made, as_kind(initial, dtype)) if given(initial) else made


@function(np.ptp)
def ptp(x: Any, axis: Any = None, out: Any = None, keepdims: Any = False) -> Any:
    """Largest less smallest along axes."""
    return delivered(np.subtract(max(x, axis, None, keepdims), min(x, axis, None, keepdims)), out)


@function(np.any)
def any(
    x: Any, axis: Any = None, out: Any = None, keepdims: Any = False, *, where: Any = True
) -> Any:
    """Whether any element is true."""
    return delivered(_truth("any", x, axis, keepdims, where), out)


@function(np.all)
def all(
    x: Any, axis: Any = None, out: Any = None, keepdims: Any = False, *, where: Any = True
) -> Any:
    """Whether all elements are true."""
    return delivered(_truth("all", x, axis, keepdims, where), out)


def _truth(name: str, x: Any, axis: Any, keepdims: Any, where: Any) -> Any:
    x = masked(x, where, name == "all")
    shape = shape_of(x)
    axes = axes_of(axis, shape)
    return kept(_core.reduce(name, x, sorted(axes)), shape, axes, keepdims)


@function(np.count_nonzero)
def count_nonzero(x: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    """How many elements are not zero."""
    return sum(np.not_equal(x, 0), axis, keepdims=keepdims)


# -- running ----------------------------------------------------------------------------------


@function(np.cumsum)
def cumsum(x: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    """Running sums."""
    x, axis = along(counting(x, dtype), axis)
    return delivered(_core.cumsum(x, axis, reverse=False), out)


@function(np.cumprod)
def cumprod(x: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    """Running products; the derivative is exact with zeros among the factors."""
    x, axis = along(counting(x, dtype), axis)
    return delivered(folding.running_by_doubling(mul, x, axis), out)


def along(x: Any, axis: Any) -> tuple[Any, int]:
    """An array and one of its axes; flattened when none is named."""
    if axis is None or not shape_of(x):
        if axis is not None:
            of.one(axis, 1)
        return _core.reshape(x, [int(np.size(x))]), 0
    return x, of.one(axis, len(shape_of(x)))


def _cumulative(
    running: Any, first: int, x: Any, axis: Any, dtype: Any, out: Any, include_initial: bool
) -> Any:
    if axis is None:
        if len(shape_of(x)) > 1:
            name = "prod" if first else "sum"
            raise ParameterError(
                f"np.cumulative_{name} takes axis= for an array of {len(shape_of(x))} axes"
            )
        axis = 0
    x, axis = along(x, axis)
    made = running(x, axis, dtype)
    if include_initial:
        shape = list(shape_of(made))
        shape[axis] = 1
        made = _core.concatenate([np.full(shape, first, made.dtype), made], axis)
    return delivered(made, out)


@function(np.cumulative_sum)
def cumulative_sum(
    x: Any,
    /,
    *,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    include_initial: bool = False,
) -> Any:
    """Running sums, on request from 0."""
    return _cumulative(cumsum, 0, x, axis, dtype, out, include_initial)


@function(np.cumulative_prod)
def cumulative_prod(
    x: Any,
    /,
    *,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    include_initial: bool = False,
) -> Any:
    """Running products, on request from 1."""
    return _cumulative(cumprod, 1, x, axis, dtype, out, include_initial)


# -- places -----------------------------------------------------------------------------------


def place_of(name: str, x: Any, axis: Any, out: Any, keepdims: Any) -> Any:
    """The first place of the largest or smallest element along an axis; an integer."""
    shape = shape_of(x)
    if kind(x).kind == "b":
        x = as_kind(x, np.int64)
    if axis is None:
        flat = _core.reshape(x, [int(np.size(x))])
        return delivered(
            kept(_core.reduce(name, flat, [0]), shape, list(range(len(shape))), keepdims), out
        )
    if isinstance(axis, tuple):
        raise DTypeError(f"np.{name} takes one axis, got {axis}")
    axes = axes_of(axis, shape)
    return delivered(kept(_core.reduce(name, x, axes), shape, axes, keepdims), out)


@function(np.argmax)
def argmax(x: Any, axis: Any = None, out: Any = None, *, keepdims: Any = False) -> Any:
    """The place of the largest element."""
    return place_of("argmax", x, axis, out, keepdims)


@function(np.argmin)
def argmin(x: Any, axis: Any = None, out: Any = None, *, keepdims: Any = False) -> Any:
    """The place of the smallest element."""
    return place_of("argmin", x, axis, out, keepdims)
