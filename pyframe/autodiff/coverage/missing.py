"""NumPy's functions that leave NaN out: ``nansum`` and its kin."""

from __future__ import annotations

from typing import Any

import numpy as np

from pyframe import _core
from pyframe.autodiff.coverage import reductions, statistics
from pyframe.autodiff.coverage.options import NoValue, delivered, given, kind
from pyframe.autodiff.coverage.statistics import peek, warn
from pyframe.autodiff.dispatch import function
from pyframe.errors import ParameterError


def filled(x: Any, value: Any) -> Any:
    """An array with a number in the place of each NaN; the derivative there is 0 (K1)."""
    return x if kind(x).kind != "f" else _core.select(np.isnan(x), np.asarray(value, kind(x)), x)


def numbers(x: Any, where: Any = True) -> Any:
    """Where there are numbers, besides where the caller looks."""
    if kind(x).kind != "f":
        return where
    found = np.logical_not(np.isnan(x))
    return found if where is True or not given(where) else np.logical_and(found, where)


@function(np.nansum)
def nansum(
    x: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = NoValue,
    where: Any = True,
) -> Any:
    """Sum, NaN as 0."""
    return reductions.sum(filled(x, 0), axis, dtype, out, keepdims, initial, where)


@function(np.nanprod)
def nanprod(
    x: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = NoValue,
    where: Any = True,
) -> Any:
    """Product, NaN as 1."""
    return reductions.prod(filled(x, 1), axis, dtype, out, keepdims, initial, where)


@function(np.nancumsum)
def nancumsum(x: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    """Running sums, NaN as 0."""
    return reductions.cumsum(filled(x, 0), axis, dtype, out)


@function(np.nancumprod)
def nancumprod(x: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    """Running products, NaN as 1."""
    return reductions.cumprod(filled(x, 1), axis, dtype, out)


@function(np.nanmax)
def nanmax(
    x: Any,
    axis: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = NoValue,
    where: Any = True,
) -> Any:
    """Largest number; NaN where there is none."""
    return _nanextreme("max", x, axis, out, keepdims, initial, where)


@function(np.nanmin)
def nanmin(
    x: Any,
    axis: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = NoValue,
    where: Any = True,
) -> Any:
    """Smallest number; NaN where there is none."""
    return _nanextreme("min", x, axis, out, keepdims, initial, where)


def _nanextreme(
    name: str, x: Any, axis: Any, out: Any, keepdims: Any, initial: Any, where: Any
) -> Any:
    extreme = reductions.max if name == "max" else reductions.min
    made = extreme(
        filled(x, reductions.never_chosen(name, kind(x))), axis, None, keepdims, initial, where
    )
    if kind(x).kind != "f":
        return delivered(made, out)
    none = reductions.all(np.isnan(x), axis, None, keepdims, where=where)
    if not given(initial):
        made = _core.select(none, np.asarray(np.nan, kind(x)), made)
    if np.any(np.isnan(peek(made))):
        warn("All-NaN slice encountered")
    return delivered(made, out)


@function(np.nanmean)
def nanmean(
    x: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    *,
    where: Any = True,
) -> Any:
    """Mean of the numbers."""
    return statistics.mean(x, axis, dtype, out, keepdims, where=numbers(x, where))


@function(np.nanvar)
def nanvar(
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
    """Variance of the numbers."""
    options = {"where": numbers(x, where), "mean": mean, "correction": correction}
    return delivered(
        _nan_without_freedom(statistics.var(x, axis, dtype, None, ddof, keepdims, **options)), out
    )


@function(np.nanstd)
def nanstd(
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
    """Standard deviation of the numbers."""
    options = {"where": numbers(x, where), "mean": mean, "correction": correction}
    return delivered(
        _nan_without_freedom(statistics.std(x, axis, dtype, None, ddof, keepdims, **options)), out
    )


def _nan_without_freedom(x: Any) -> Any:
    """NaN rather than infinity where there are no degrees of freedom."""
    return _core.select(np.isinf(x), np.asarray(np.nan, kind(x)), x)


@function(np.nanargmax)
def nanargmax(x: Any, axis: Any = None, out: Any = None, *, keepdims: Any = False) -> Any:
    """The place of the largest number."""
    return _nanplace("max", x, axis, out, keepdims)


@function(np.nanargmin)
def nanargmin(x: Any, axis: Any = None, out: Any = None, *, keepdims: Any = False) -> Any:
    """The place of the smallest number."""
    return _nanplace("min", x, axis, out, keepdims)


def _nanplace(name: str, x: Any, axis: Any, out: Any, keepdims: Any) -> Any:
    if kind(x).kind == "f" and np.any(np.all(np.isnan(peek(x)), axis=axis)):
        raise ParameterError(f"np.nanarg{name}: all-NaN slice encountered")
    found = filled(x, reductions.never_chosen(name, kind(x)))
    return reductions.place_of(f"arg{name}", found, axis, out, keepdims)
