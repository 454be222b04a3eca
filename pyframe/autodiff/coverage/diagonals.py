"""Diagonals and triangles of matrices, and matrices made of vectors."""

from __future__ import annotations

import math
from operator import index
from typing import Any

import numpy as np

from pyframe import _core
from pyframe._checks import shown
from pyframe.autodiff.coverage import axes as of
from pyframe.autodiff.coverage.indexing import put_places
from pyframe.autodiff.coverage.joining import rearranged
from pyframe.autodiff.coverage.selecting import assignable
from pyframe.autodiff.coverage.views import ReadOnly, viewed
from pyframe.autodiff.dispatch import function, is_traced
from pyframe.errors import ShapeError, TooManyElements

MOST_COLUMNS = 1 << 32
"""No recording has as many nodes."""


@function(np.diagonal)
def diagonal(a: Any, offset: Any = 0, axis1: Any = 0, axis2: Any = 1) -> Any:
    """The diagonals of two axes, along a new last one; not to be assigned to."""
    rank = len(a.shape)
    pair = of.several((axis1, axis2), rank)

    def of_plain(array: Any) -> Any:
        return np.diagonal(array, index(offset), *pair)

    def made(array: Any) -> Any:
        return rearranged(of_plain, array) if is_traced(array) else of_plain(array)

    return viewed(a, ReadOnly(made))


@function(np.diag)
def diag(v: Any, k: Any = 0) -> Any:
    """The diagonal of a matrix, or the matrix with a diagonal and zeros besides."""
    if len(v.shape) == 2:
        return diagonal(v, k)
    if len(v.shape) != 1:
        raise ShapeError(f"np.diag takes arrays of one or two axes, got shape {v.shape}")
    count, k = v.shape[0], index(k)
    size = count + abs(k)
    start = k if k >= 0 else -k * size
    places = start + np.arange(count) * (size + 1)
    return _core.put(np.zeros((size, size), v.dtype), places, v)


@function(np.diagflat)
def diagflat(v: Any, k: Any = 0) -> Any:
    """The matrix with all elements on a diagonal."""
    return diag(np.ravel(v), k)


def _kept(m: Any, mask: Any) -> Any:
    return _core.select(mask, m, np.zeros((), m.dtype))


@function(np.tril)
def tril(m: Any, k: Any = 0) -> Any:
    """The lower triangle; zeros above."""
    rows, columns = (m.shape * 2 if len(m.shape) == 1 else m.shape)[-2:]
    return _kept(m, np.tri(rows, columns, index(k), dtype=bool))


@function(np.triu)
def triu(m: Any, k: Any = 0) -> Any:
    """The upper triangle; zeros below."""
    rows, columns = (m.shape * 2 if len(m.shape) == 1 else m.shape)[-2:]
    return _kept(m, ~np.tri(rows, columns, index(k) - 1, dtype=bool))


@function(np.trace)
def trace(a: Any, offset: Any = 0, axis1: Any = 0, axis2: Any = 1, dtype: Any = None,
          out: Any = None) -> Any:  # fmt: skip
    """Sum of a diagonal."""
    return np.sum(diagonal(a, offset, axis1, axis2), axis=-1, dtype=dtype, out=out)


@function(np.vander)
def vander(x: Any, N: Any = None, increasing: bool = False) -> Any:
    """Powers of a vector's elements, one a column."""
    if len(x.shape) != 1:
        raise ShapeError(f"np.vander takes a vector, got shape {x.shape}")
    count = x.shape[0] if N is None else index(N)
    if count >= MOST_COLUMNS:
        raise TooManyElements(f"np.vander: N must be below 2**32, got {shown(N)}")
    columns = [np.ones(x.shape, np.promote_types(x.dtype, np.int64))]
    while len(columns) < count:
        columns.append(columns[-1] * x)
    if count == 0:
        return np.zeros_like(x, columns[0].dtype, shape=(x.shape[0], 0))
    return np.stack(columns if increasing else columns[::-1], 1)


@function(np.fill_diagonal)
def fill_diagonal(a: Any, val: Any, wrap: bool = False) -> None:
    """Values put on the main diagonal; they are repeated when there are too few."""
    target = assignable(a, "np.fill_diagonal")
    shape = target.shape
    if len(shape) < 2:
        raise ShapeError("np.fill_diagonal takes arrays of at least two axes")
    end = None
    if len(shape) == 2:
        step = shape[1] + 1
        end = None if wrap else shape[1] * shape[1]
    else:
        if len(set(shape)) > 1:
            raise ShapeError("all lengths of the array must be equal")
        step = 1 + sum(shape[0] ** k for k in range(1, len(shape)))
    places = np.arange(math.prod(shape))[:end:step]
    if places.size and np.size(val):
        val = np.ravel(val)
        put_places(target, places, np.take(val, np.arange(places.size) % np.size(val)))
