"""The same elements under other shapes, and arrays put together."""

from __future__ import annotations

import math
from operator import index
from typing import Any

import numpy as np

from pyframe import _core
from pyframe.autodiff.coverage import axes as of
from pyframe.autodiff.coverage.indexing import viewed
from pyframe.autodiff.dispatch import function, is_traced
from pyframe.errors import ShapeError


@function(np.shape)
def shape(x: Any) -> tuple[int, ...]:
    """Lengths along each axis."""
    return x.shape


@function(np.ndim)
def ndim(x: Any) -> int:
    """How many axes."""
    return len(x.shape)


@function(np.size)
def size(x: Any, axis: Any = None) -> int:
    """How many elements."""
    return math.prod(x.shape) if axis is None else x.shape[axis]


def as_shape(given: Any, count: int) -> list[int]:
    """A shape as NumPy takes it: an int or several, one of which may be -1."""
    lengths = [index(n) for n in given] if isinstance(given, tuple | list) else [index(given)]
    if lengths.count(-1) == 1:
        rest = math.prod(n for n in lengths if n != -1)
        if rest == 0 or count % rest:
            raise ShapeError(f"cannot reshape an array of {count} elements into shape {given}")
        lengths[lengths.index(-1)] = count // rest
    if any(n < 0 for n in lengths):
        raise ShapeError(f"a shape has no negative lengths, got {given}")
    return lengths


@function(np.reshape)
def reshape(x: Any, shape: Any = None, order: str = "C", *, newshape: Any = None, copy: Any = None) -> Any:
    """The same elements in order under another shape."""
    lengths = as_shape(newshape if shape is None else shape, np.size(x))
    if order in {"C", "A", "K"}:
        return viewed(x, lambda a: _core.reshape(a, lengths) if is_traced(a) else np.reshape(a, lengths))
    return np.transpose(_core.reshape(np.transpose(x), lengths[::-1]))


@function(np.ravel)
def ravel(x: Any, order: str = "C") -> Any:
    """All elements along one axis."""
    return reshape(x, (-1,) if np.size(x) else (0,), order)


@function(np.transpose, np.permute_dims)
def transpose(x: Any, axes: Any = None) -> Any:
    """Permuted axes; reversed without `axes`."""
    rank = len(np.shape(x))
    order = list(range(rank))[::-1] if axes is None else [of.one(axis, rank) for axis in axes]
    return viewed(x, lambda a: _core.transpose(a, order) if is_traced(a) else np.transpose(a, order))


@function(np.concatenate)
def concatenate(arrays: Any, axis: Any = 0, out: Any = None, *, dtype: Any = None, casting: Any = None) -> Any:
    """Arrays one after another along an axis."""
    of.no_options("np.concatenate", out=out)
    arrays = list(arrays)
    if axis is None:
        arrays, axis = [np.ravel(part) for part in arrays], 0
    made = _core.concatenate(arrays, of.one(axis, len(np.shape(arrays[0]))))
    return made if dtype is None else made.astype(dtype)


@function(np.stack)
def stack(arrays: Any, axis: Any = 0, out: Any = None, *, dtype: Any = None, casting: Any = None) -> Any:
    """Arrays along a new axis."""
    of.no_options("np.stack", out=out)
    made = _core.stack(list(arrays))
    place = of.one(axis, len(made.shape))
    made = made if place == 0 else np.moveaxis(made, 0, place)
    return made if dtype is None else made.astype(dtype)


@function(np.moveaxis)
def moveaxis(x: Any, source: Any, destination: Any) -> Any:
    """Axes moved to other places."""
    rank = len(x.shape)
    sources, places = of.several(source, rank), of.several(destination, rank)
    order = [axis for axis in range(rank) if axis not in sources]
    for place, axis in sorted(zip(places, sources, strict=True)):
        order.insert(place, axis)
    return np.transpose(x, order)


@function(np.swapaxes)
def swapaxes(x: Any, axis1: Any, axis2: Any) -> Any:
    """Two axes exchanged."""
    rank = len(x.shape)
    order = list(range(rank))
    first, second = of.one(axis1, rank), of.one(axis2, rank)
    order[first], order[second] = order[second], order[first]
    return np.transpose(x, order)


@function(np.broadcast_to)
def broadcast_to(x: Any, shape: Any, subok: bool = False) -> Any:
    """Stretched to a shape."""
    return _core.broadcast(x, as_shape(shape, 0))
