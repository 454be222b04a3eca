"""Histograms: the counts are integers of the values; edges and weights are differentiated.

A count is constant between the jumps at which an element changes its bin.  Edges that come from
the data's extremes move with these, densities with the widths and the weights.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pyframe import _core
from pyframe.autodiff.coverage.options import as_kind, kind, shape_of
from pyframe.autodiff.coverage.statistics import peek
from pyframe.autodiff.dispatch import concrete, function, is_traced
from pyframe.errors import DTypeError, ParameterError, ShapeError


def _array(x: Any) -> Any:
    return x if is_traced(x) else np.asarray(x)


@function(np.bincount)
def bincount(x: Any, /, weights: Any = None, minlength: int = 0) -> Any:
    """How often each integer occurs, or the sum of its weights."""
    places = concrete(_array(x))
    counts = np.bincount(places, minlength=minlength)
    if weights is None:
        return counts
    weights = as_kind(_array(weights), np.float64)
    if shape_of(weights) != places.shape:
        raise ShapeError(f"weights of shape {shape_of(weights)} do not fit {places.size} integers")
    return summed(weights, places, len(counts))


def summed(weights: Any, places: Any, count: int) -> Any:
    """The sum of the weights at each place."""
    if not is_traced(weights):
        return np.bincount(places, weights, count)
    return _core.scatter_add(weights, places.astype(np.int64), 0, [count])


# -- edges ------------------------------------------------------------------------------------


def _extremes(x: Any, limits: Any) -> tuple[Any, Any]:
    if limits is not None:
        first, last = limits
        if peek(first) > peek(last):
            raise ParameterError(
                "range= is (smallest, largest), the first is larger than the second"
            )
    elif not np.size(x):
        first, last = 0, 1
    else:
        first, last = np.min(x), np.max(x)
    if not (np.isfinite(peek(first)) and np.isfinite(peek(last))):
        raise ParameterError(
            f"the range of a histogram, [{peek(first)}, {peek(last)}], is not finite"
        )
    if first == last:
        first, last = first - 0.5, last + 0.5
    return first, last


def _even(first: Any, last: Any, bins: int, dtype: Any) -> Any:
    """Edges at equal distances."""
    if not is_traced(first) and not is_traced(last):
        return np.linspace(first, last, bins + 1, dtype=dtype)
    if bins < 1:
        raise ParameterError(f"bins= must be positive, got {bins}")
    inner = np.arange(bins) * ((last - first) / bins) + first
    end = np.reshape(as_kind(_array(last), kind(inner)), (1,))
    return as_kind(np.concatenate([inner, end]), dtype)


@function(np.histogram_bin_edges)
def histogram_bin_edges(a: Any, bins: Any = 10, range: Any = None, weights: Any = None) -> Any:
    """The edges between the bins of a histogram."""
    a = np.ravel(_array(a))
    if np.ndim(bins) == 0:
        first, last = _extremes(a, range)
        kinds = [kind(part) for part in (_array(first), _array(last), a)]
        dtype = np.result_type(*kinds)
        if dtype.kind != "f":
            dtype = np.result_type(dtype, np.float64)
        if isinstance(bins, str):
            options = (None, None) if range is None else (None, (peek(first), peek(last)))
            bins = len(np.histogram_bin_edges(concrete(a), bins, options[1], peek(weights))) - 1
        return _even(first, last, bins, dtype)
    if np.ndim(bins) != 1:
        raise ShapeError(
            f"bins= is a number, a name or a sequence of edges, got shape {shape_of(bins)}"
        )
    edges = _array(bins)
    if np.any(np.diff(peek(edges)) < 0):
        raise ParameterError("bins= must increase")
    return edges


def _places(x: Any, edges: Any) -> Any:
    """The bin of each element; -1 below all, as many as there are bins above all."""
    found = np.searchsorted(edges, x, side="right") - 1
    return np.where(concrete(np.equal(x, edges[-1])), shape_of(edges)[0] - 2, found)


# -- histograms -------------------------------------------------------------------------------


@function(np.histogram)
def histogram(
    a: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None
) -> tuple[Any, Any]:
    """How many elements lie in each bin, and the edges of the bins."""
    a = _array(a)
    if weights is not None:
        weights = _array(weights)
        if shape_of(weights) != shape_of(a):
            raise ShapeError(f"weights of shape {shape_of(weights)} do not fit {shape_of(a)}")
        weights = np.ravel(weights)
    a = np.ravel(a)
    edges = histogram_bin_edges(a, bins, range, weights)
    places = _places(a, edges)
    count = shape_of(edges)[0] - 1
    inside = np.flatnonzero((places >= 0) & (places < count))
    if weights is None:
        found = np.bincount(places[inside], minlength=count)
    else:
        found = as_kind(
            summed(as_kind(weights[inside], np.float64), places[inside], count), kind(weights)
        )
    if not density:
        return found, edges
    return found / as_kind(np.diff(edges), np.float64) / np.sum(found), edges


@function(np.histogramdd)
def histogramdd(
    sample: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None
) -> tuple[Any, list[Any]]:
    """How many points lie in each box, and the edges along each axis."""
    if is_traced(sample) or isinstance(sample, np.ndarray):
        columns = [sample[:, k] for k in np.arange(shape_of(sample)[1])]
    else:
        columns = [_array(column) for column in sample]
    rank = len(columns)
    each = [bins] * rank if isinstance(bins, int | np.integer | str) else list(bins)
    limits = [None] * rank if range is None else list(range)
    if len(each) != rank or len(limits) != rank:
        raise ShapeError(f"bins= and range= need one entry for each of {rank} axes")
    if any(isinstance(part, str) for part in each):
        raise DTypeError("bins= of np.histogramdd are numbers or edges, no names")
    edges = [
        histogram_bin_edges(column, part, limit)
        if np.ndim(part)
        else _even(*_extremes(column, limit), part, None)
        for column, part, limit in zip(columns, each, limits, strict=True)
    ]
    places = [_places(column, edge) for column, edge in zip(columns, edges, strict=True)]
    shape = [shape_of(edge)[0] - 1 for edge in edges]
    inside = np.all([(p >= 0) & (p < n) for p, n in zip(places, shape, strict=True)], axis=0)
    flat = np.ravel_multi_index([p[inside] for p in places], shape)
    ones = np.ones(len(inside)) if weights is None else as_kind(_array(weights), np.float64)
    size = int(np.prod(shape))
    found = np.reshape(summed(ones[np.flatnonzero(inside)], flat, size), shape)
    if density:
        total = np.sum(found)
        for k, edge in enumerate(edges):
            found = found / np.reshape(
                np.diff(edge), [-1 if j == k else 1 for j in np.arange(rank)]
            )
        found = found / total
    return found, edges


@function(np.histogram2d)
def histogram2d(
    x: Any,
    y: Any,
    bins: Any = 10,
    range: Any = None,
    density: Any = None,
    weights: Any = None,
) -> tuple[Any, Any, Any]:
    """How many points lie in each rectangle, and the edges along both axes."""
    if shape_of(x) != shape_of(y):
        raise ShapeError(f"x and y must have one shape, got {shape_of(x)} and {shape_of(y)}")
    if not isinstance(bins, int | np.integer | str) and len(bins) not in {1, 2}:
        bins = [bins, bins]
    found, edges = histogramdd([x, y], bins, range, density, weights)
    return found, edges[0], edges[1]
