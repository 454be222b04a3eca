"""Medians, quantiles and percentiles, also of what is left without NaN.

The elements are sorted by a recorded order and picked at places that depend on their count
alone, so a derivative goes to the elements picked and, where a method interpolates, to q.

References
----------
R. J. Hyndman and Y. Fan, "Sample quantiles in statistical packages", The American Statistician
50 (1996): the nine methods of NumPy's list.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pyframe import _core
from pyframe.autodiff.coverage import axes as of
from pyframe.autodiff.coverage import folding
from pyframe.autodiff.coverage.options import (
    as_kind,
    axes_of,
    delivered,
    extent,
    given,
    kind,
    shape_of,
)
from pyframe.autodiff.coverage.statistics import beside, peek, warn
from pyframe.autodiff.dispatch import concrete, function, is_traced
from pyframe.errors import ParameterError, ShapeError

CONTINUOUS = {
    "linear": (1.0, 1.0), "interpolated_inverted_cdf": (0.0, 1.0), "hazen": (0.5, 0.5),
    "weibull": (0.0, 0.0), "median_unbiased": (1 / 3, 1 / 3), "normal_unbiased": (3 / 8, 3 / 8),
}  # fmt: skip
"""Methods that interpolate between places, and their plotting positions alpha, beta."""

DISCRETE = (
    "inverted_cdf",
    "averaged_inverted_cdf",
    "closest_observation",
    "lower",
    "higher",
    "midpoint",
    "nearest",
)


def ordered(x: Any, axes: list[int]) -> Any:
    """Lines of the elements along some axes, each sorted; NaN last."""
    lines = folding.flat_last(x, axes)
    length = shape_of(lines)[-1]
    count = math.prod(shape_of(lines)[:-1])
    lines = _core.reshape(lines, [count, length])
    order = _core.argsort(lines, 1) + np.arange(count)[:, None] * length
    return _core.gather(_core.reshape(lines, [count * length]), order, 0)


def picked(lines: Any, places: Any) -> Any:
    """The elements of lines at places: one row of places a quantile, one column a line."""
    count, length = shape_of(lines)
    places = places + np.arange(count) * length
    return _core.gather(_core.reshape(lines, [count * length]), places, 0)


def full(count: Any, lines: Any) -> Any:
    """The count of numbers of each line: its length unless NaN are left out."""
    return np.full(shape_of(lines)[0], shape_of(lines)[1]) if count is None else count


def counted(lines: Any) -> Any:
    """How many elements of each line are numbers."""
    return (
        concrete(np.sum(np.logical_not(np.isnan(lines)), axis=1))
        if kind(lines).kind == "f"
        else None
    )


def _shaped(
    made: Any, q: tuple[int, ...], shape: tuple[int, ...], axes: list[int], keepdims: Any
) -> Any:
    """A result for each q and line under the shape that NumPy gives it."""
    kept = (
        of.kept(shape, axes)
        if given(keepdims) and keepdims
        else [n for k, n in enumerate(shape) if k not in axes]
    )
    return _core.reshape(made, [*q, *kept])


def _with_nan(made: Any, lines: Any) -> Any:
    """NaN for lines that hold one: sorted, it is the last."""
    if kind(lines).kind != "f":
        return made
    count, length = shape_of(lines)
    last = _core.reshape(folding.part(lines, 1, length - 1, 1), [count])
    return _core.select(np.isnan(last), as_kind(last, kind(made)), made)


def _median(x: Any, axis: Any, out: Any, keepdims: Any, without_nan: bool) -> Any:
    shape = shape_of(x)
    axes = axes_of(axis, shape)
    if extent(shape, axes) == 0:
        warn("Mean of empty slice")
        return delivered(beside(np.nan, x, axis, keepdims), out)
    lines = ordered(as_kind(x, np.float64) if kind(x).kind != "f" else x, axes)
    count = full(counted(lines) if without_nan else None, lines)
    low, high = np.maximum(count - 1, 0) // 2, count // 2
    if (count == 0).any():
        warn("All-NaN slice encountered")
    made = picked(lines, low)
    if (low != high).any():
        made = np.where(low == high, made, (made + picked(lines, high)) / 2)
    made = made if without_nan else _with_nan(made, lines)
    return delivered(_shaped(made, (), shape, axes, keepdims), out)


@function(np.median)
def median(
    x: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, keepdims: Any = False
) -> Any:
    """The middle element along axes, or the mean of the two in the middle."""
    return _median(x, axis, out, keepdims, without_nan=False)


@function(np.nanmedian)
def nanmedian(
    x: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, keepdims: Any = False
) -> Any:
    """The median of what is no NaN."""
    return _median(x, axis, out, keepdims, without_nan=True)


# -- places of quantiles ----------------------------------------------------------------------


def places(method: str, n: Any, q: Any) -> tuple[Any, Any, Any]:
    """The two places that a quantile lies between, and how far it is on the way.

    Parameters
    ----------
    method : str
        One of NumPy's.
    n : array of int
        Count of elements.
    q : array
        Quantiles, beside n; traced or not.
    """
    if method in CONTINUOUS:
        alpha, beta = CONTINUOUS[method]
        virtual = (
            (n - 1) * q if method == "linear" else n * q + (alpha + q * (1 - alpha - beta)) - 1
        )
        low = concrete(np.floor(virtual))
        gamma = virtual - low
        low, high = low.astype(np.int64), low.astype(np.int64) + 1
    else:
        low, high, gamma = _discrete(method, n, concrete(q))
    last = np.maximum(n - 1, 0).astype(np.int64)
    return np.clip(low, 0, last), np.clip(high, 0, last), gamma


def _discrete(method: str, n: Any, q: Any) -> tuple[Any, Any, Any]:
    if method in {"lower", "higher", "midpoint", "nearest"}:
        virtual = (n - 1) * q
        low, high = np.floor(virtual), np.ceil(virtual)
        if method == "midpoint":
            return low.astype(int), high.astype(int), np.where(low == high, 0.0, 0.5)
        place = {"lower": low, "higher": high, "nearest": np.around(virtual)}[method]
    else:
        virtual = n * q - (1.5 if method == "closest_observation" else 1)
        place = np.floor(virtual)
        on = virtual == place
        if method == "averaged_inverted_cdf":
            return place.astype(int), place.astype(int) + 1, np.where(on, 0.5, 1.0)
        stays = on & (place % 2 == 1) if method == "closest_observation" else on
        place = np.where(stays, place, place + 1)
    return place.astype(int), place.astype(int), None


def _between(a: Any, b: Any, t: Any) -> Any:
    """On the way from a to b, exact at both ends."""
    way = b - a
    return np.where(np.greater_equal(t, 0.5), b - way * (1 - t), a + way * t)


def _quantile(
    x: Any,
    q: Any,
    axis: Any,
    out: Any,
    method: str,
    keepdims: Any,
    weights: Any,
    *,
    percent: bool = False,
    without_nan: bool = False,
) -> Any:
    weak = type(q) in {int, float}
    q = q if is_traced(q) else np.asarray(q)
    if percent:
        q = np.true_divide(q, 100)
    if method not in CONTINUOUS and method not in DISCRETE:
        raise ParameterError(
            f"{method!r} is not a method of np.quantile; use one of {[*CONTINUOUS, *DISCRETE]}"
        )
    inside = np.logical_and(np.greater_equal(peek(q), 0), np.less_equal(peek(q), 1))
    if not np.all(inside):
        raise ParameterError("quantiles must lie between 0 and 1, percentiles between 0 and 100")
    x = x if is_traced(x) else np.asarray(x)
    shape, q_shape = shape_of(x), shape_of(q)
    axes = axes_of(axis, shape)
    if without_nan and 0 in shape:
        warn("Mean of empty slice")
        return delivered(beside(np.nan, x, axis, keepdims), out)
    if extent(shape, axes) == 0:
        raise ShapeError(f"a quantile of an empty array (shape {shape}, axis {axis}) has no value")
    q = np.reshape(q, (-1, 1))
    if weights is not None:
        if method != "inverted_cdf":
            raise ParameterError(
                f"np.quantile takes weights with method='inverted_cdf' only, not {method!r}"
            )
        made, lines = _weighted(x, q, axes, weights, without_nan)
    else:
        lines = ordered(x, axes)
        made = _unweighted(lines, q, method, weak, counted(lines) if without_nan else None)
    if without_nan:
        if bool(np.any(np.all(np.isnan(peek(lines)), axis=1))) if kind(x).kind == "f" else False:
            warn("All-NaN slice encountered")
    else:
        made = _with_nan(made, lines)
    return delivered(_shaped(made, q_shape, shape, axes, keepdims), out)


def _unweighted(lines: Any, q: Any, method: str, weak: bool, count: Any) -> Any:
    n = full(count, lines)
    whole = method == "linear" and kind(q).kind in "iu"
    low, high, gamma = places(method, n if whole else as_kind(n, kind(q)), q)
    first = picked(lines, low)
    if gamma is None or whole:
        return first
    own = kind(lines) if weak else kind(q)
    gamma = as_kind(gamma, own if own.kind == "f" else np.float64)
    return _between(first, picked(lines, high), gamma)


def _weighted(x: Any, q: Any, axes: list[int], weights: Any, without_nan: bool) -> tuple[Any, Any]:
    """The first element at which the weights reach the share q; it jumps with the weights."""
    shape = shape_of(x)
    weights = weights if is_traced(weights) else np.asarray(weights)
    if shape_of(weights) != shape:
        if shape_of(weights) != tuple(shape[k] for k in axes):
            raise ShapeError(
                f"weights of shape {shape_of(weights)} do not fit an array of shape {shape}"
            )
        order = sorted(range(len(axes)), key=axes.__getitem__)
        beside_x = [n if k in axes else 1 for k, n in enumerate(shape)]
        weights = np.broadcast_to(np.reshape(np.transpose(weights, order), beside_x), shape)
    if np.any(np.less(peek(weights), 0)):
        raise ParameterError("weights must not be negative")
    if without_nan and kind(x).kind == "f":
        weights = np.where(np.isnan(x), 0, weights)
    lines = folding.flat_last(x, axes)
    length, count = shape_of(lines)[-1], math.prod(shape_of(lines)[:-1])
    lines = _core.reshape(lines, [count, length])
    order = _core.argsort(lines, 1) + np.arange(count)[:, None] * length
    lines = _core.gather(_core.reshape(lines, [count * length]), order, 0)
    flat = _core.reshape(folding.flat_last(weights, axes), [count * length])
    reached = np.cumsum(as_kind(_core.gather(flat, order, 0), np.float64), axis=1)
    reached = reached / reached[:, -1:]
    if np.isnan(peek(reached)).any():
        raise ParameterError("the weights hold NaN or infinity, or are all zero")
    before = np.logical_or(reached < np.expand_dims(q, -1), reached == 0)
    return picked(lines, np.minimum(np.sum(before, axis=-1), length - 1)), lines


@function(np.quantile)
def quantile(
    a: Any,
    q: Any,
    axis: Any = None,
    out: Any = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: Any = False,
    *,
    weights: Any = None,
) -> Any:
    """The element below which the share q of them lies."""
    return _quantile(a, q, axis, out, method, keepdims, weights)


@function(np.percentile)
def percentile(
    a: Any,
    q: Any,
    axis: Any = None,
    out: Any = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: Any = False,
    *,
    weights: Any = None,
) -> Any:
    """The element below which q percent of them lie."""
    return _quantile(a, q, axis, out, method, keepdims, weights, percent=True)


@function(np.nanquantile)
def nanquantile(
    a: Any,
    q: Any,
    axis: Any = None,
    out: Any = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: Any = False,
    *,
    weights: Any = None,
) -> Any:
    """The quantile of what is no NaN."""
    return _quantile(a, q, axis, out, method, keepdims, weights, without_nan=True)


@function(np.nanpercentile)
def nanpercentile(
    a: Any,
    q: Any,
    axis: Any = None,
    out: Any = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: Any = False,
    *,
    weights: Any = None,
) -> Any:
    """The percentile of what is no NaN."""
    return _quantile(a, q, axis, out, method, keepdims, weights, percent=True, without_nan=True)
