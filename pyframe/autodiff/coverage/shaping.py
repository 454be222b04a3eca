"""The same elements under other shapes and in another order of axes."""

from __future__ import annotations

import math
from operator import index
from typing import Any

import numpy as np

from pyframe import _core
from pyframe._checks import shown
from pyframe.autodiff.coverage import axes as of
from pyframe.autodiff.coverage.views import Permuted, ReadOnly, Reshaped, layout, viewed
from pyframe.autodiff.dispatch import function, is_traced
from pyframe.errors import ParameterError, ShapeError


@function(np.shape)
def shape(a: Any) -> tuple[int, ...]:
    """Lengths along each axis."""
    return a.shape


@function(np.ndim)
def ndim(a: Any) -> int:
    """How many axes."""
    return len(a.shape)


@function(np.size)
def size(a: Any, axis: Any = None) -> int:
    """How many elements."""
    return math.prod(a.shape[k] for k in of.several(axis, len(a.shape)))


def as_shape(given: Any, count: int | None = None) -> list[int]:
    """A shape as NumPy takes it: an int or several; with a count of elements one may be -1.

    Raises
    ------
    ShapeError
        When it is no shape, or -1 stands for no length.
    """
    try:
        lengths = [index(n) for n in given] if np.iterable(given) else [index(given)]
    except TypeError:
        raise ShapeError(f"a shape is made of integers, got {shown(given)}") from None
    if count is not None and lengths.count(-1) == 1:
        rest = math.prod(n for n in lengths if n != -1)
        if rest == 0 or count % rest:
            raise ShapeError(f"cannot reshape an array of {count} elements into shape {given}")
        lengths[lengths.index(-1)] = count // rest
    if any(n < 0 for n in lengths):
        raise ShapeError(f"a shape has no negative lengths, got {given}")
    return lengths


@function(np.reshape)
def reshape(a: Any, /, shape: Any = None, order: str = "C", *, newshape: Any = None,
            copy: bool | None = None) -> Any:  # fmt: skip
    """The same elements in order under another shape: a view where NumPy makes one."""
    lengths = as_shape(newshape if shape is None else shape, math.prod(a.shape))
    if _order(a, order) == "F":
        return np.transpose(reshape(np.transpose(a), lengths[::-1], copy=copy))
    if copy is True or not _lies_in_order(a, lengths):
        if copy is False:
            raise ParameterError("copy=False, but this shape cannot be had without a copy")
        return _core.reshape(a, lengths)
    return viewed(a, Reshaped(lengths))


def _order(a: Any, order: str) -> str:
    if order not in {"C", "F", "A"}:
        raise ParameterError(f"order must be one of 'C', 'F' and 'A', got {shown(order)}")
    if order != "A":
        return order
    flags = layout(a).flags
    return "F" if flags.f_contiguous and not flags.c_contiguous else "C"


def _lies_in_order(a: Any, lengths: list[int]) -> bool:
    """Whether NumPy would need no copy for a shape."""
    if not isinstance(a, _core.Array) or a.base is None or math.prod(lengths) != math.prod(a.shape):
        return True
    laid = layout(a)
    return np.may_share_memory(np.reshape(laid, lengths), laid) or laid.size == 0


@function(np.ravel)
def ravel(a: Any, order: str = "C") -> Any:
    """All elements along one axis."""
    if order == "K":
        strides = layout(a).strides
        a = np.transpose(a, sorted(range(len(strides)), key=lambda k: -abs(strides[k])))
        order = "C"
    return reshape(a, (math.prod(a.shape),), order)


@function(np.transpose, np.permute_dims)
def transpose(a: Any, axes: Any = None) -> Any:
    """Permuted axes; reversed without `axes`."""
    rank = len(a.shape)
    order = list(range(rank))[::-1] if axes is None else of.several(tuple(axes), rank)
    if len(order) != rank:
        raise ShapeError(f"axes {axes} do not match an array of {rank} axes")
    return viewed(a, Permuted(order))


@function(np.moveaxis)
def moveaxis(a: Any, source: Any, destination: Any) -> Any:
    """Axes moved to other places."""
    rank = len(a.shape)
    sources, targets = of.several(source, rank), of.several(destination, rank)
    if len(sources) != len(targets):
        raise ShapeError("source and destination must name equally many axes")
    order = [axis for axis in range(rank) if axis not in sources]
    for target, axis in sorted(zip(targets, sources, strict=True)):
        order.insert(target, axis)
    return np.transpose(a, order)


@function(np.rollaxis)
def rollaxis(a: Any, axis: Any, start: Any = 0) -> Any:
    """One axis moved before another."""
    rank = len(a.shape)
    axis = of.one(axis, rank)
    start = index(start) + rank * (start < 0)
    if not 0 <= start <= rank:
        raise ShapeError(f"start must lie in [-{rank}, {rank}], got {start}")
    order = [k for k in range(rank) if k != axis]
    order.insert(start - (axis < start), axis)
    return np.transpose(a, order)


@function(np.swapaxes)
def swapaxes(a: Any, axis1: Any, axis2: Any) -> Any:
    """Two axes exchanged."""
    rank = len(a.shape)
    order = list(range(rank))
    first, second = of.one(axis1, rank), of.one(axis2, rank)
    order[first], order[second] = order[second], order[first]
    return np.transpose(a, order)


@function(np.squeeze)
def squeeze(a: Any, axis: Any = None) -> Any:
    """Without axes of length one."""
    lengths = a.shape
    if axis is None:
        dropped = [k for k, n in enumerate(lengths) if n == 1]
    else:
        dropped = of.several(axis, len(lengths))
        if any(lengths[k] != 1 for k in dropped):
            raise ShapeError(f"an axis of length other than 1 cannot be squeezed: {lengths}")
    return viewed(a, Reshaped([n for k, n in enumerate(lengths) if k not in dropped]))


@function(np.expand_dims)
def expand_dims(a: Any, axis: Any) -> Any:
    """With new axes of length one."""
    count = len(axis) if isinstance(axis, tuple | list) else 1
    rank = len(a.shape) + count
    new = of.several(axis, rank)
    lengths = iter(a.shape)
    return viewed(a, Reshaped([1 if k in new else next(lengths) for k in range(rank)]))


def with_rank(a: Any, rank: int) -> Any:
    """A value as an array of at least that many axes; new ones come first."""
    if not is_traced(a):
        return np.array(a, copy=None, ndmin=rank)
    if len(a.shape) >= rank:
        return a
    return viewed(a, Reshaped([1] * (rank - len(a.shape)) + list(a.shape)))


def _as_numpy_gives(made: list[Any]) -> Any:
    return made[0] if len(made) == 1 else tuple(made)


@function(np.atleast_1d)
def atleast_1d(*arys: Any) -> Any:
    """With at least one axis."""
    return _as_numpy_gives([with_rank(a, 1) for a in arys])


@function(np.atleast_2d)
def atleast_2d(*arys: Any) -> Any:
    """With at least two axes."""
    return _as_numpy_gives([with_rank(a, 2) for a in arys])


@function(np.atleast_3d)
def atleast_3d(*arys: Any) -> Any:
    """With at least three axes: a vector lies along the second, a matrix in the first two."""

    def one(a: Any) -> Any:
        a = with_rank(a, 2)
        return np.expand_dims(a, 2) if np.ndim(a) == 2 else a

    return _as_numpy_gives([one(a) for a in arys])


@function(np.broadcast_to)
def broadcast_to(array: Any, shape: Any, subok: bool = False) -> Any:
    """Stretched to a shape; not to be assigned to."""
    lengths = as_shape(shape)

    def stretched(a: Any) -> Any:
        return _core.broadcast(a, lengths) if is_traced(a) else np.broadcast_to(a, lengths)

    return viewed(array, ReadOnly(stretched))


@function(np.broadcast_arrays)
def broadcast_arrays(*args: Any, subok: bool = False) -> Any:
    """Arrays stretched to their common shape."""
    shapes = [np.shape(a) for a in args]
    try:
        common = np.broadcast_shapes(*shapes)
    except ValueError:
        raise ShapeError(f"shapes {', '.join(map(str, shapes))} do not broadcast") from None
    return tuple(np.broadcast_to(a, common) for a in args)
