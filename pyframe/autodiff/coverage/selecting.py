"""Elements taken and put by places, masks and conditions, as functions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pyframe import _core
from pyframe._checks import shown
from pyframe.autodiff import intercept
from pyframe.autodiff.coverage import axes as of
from pyframe.autodiff.coverage.indexing import get, put_places
from pyframe.autodiff.coverage.joining import plain
from pyframe.autodiff.dispatch import function, is_traced
from pyframe.errors import ConcretizationError, ParameterError, ParameterTypeError, ShapeError


def integers(indices: Any, name: str) -> Any:
    """Places as integers, traced or plain."""
    array = indices if is_traced(indices) else np.asarray(indices)
    if array.size == 0 and not is_traced(array):
        return array.astype(np.int64)
    if array.dtype.kind == "b":
        return array.astype(np.int64)
    if array.dtype.kind not in "iu":
        raise ParameterTypeError(f"{name} takes integers as places, got {array.dtype}")
    return array


def _within(places: Any, length: int, mode: str) -> Any:
    if mode == "wrap":
        return np.remainder(places, length)
    if mode == "clip":
        return np.minimum(np.maximum(places, 0), length - 1)
    if mode != "raise":
        raise ParameterError(f"mode must be 'raise', 'wrap' or 'clip', got {shown(mode)}")
    return places


@function(np.take)
def take(a: Any, indices: Any, axis: Any = None, out: Any = None, mode: str = "raise") -> Any:
    """Elements along an axis by their places."""
    of.no_options("np.take", out=out)
    a, axis = (np.ravel(a), 0) if axis is None else (a, of.one(axis, len(a.shape)))
    places = integers(indices, "np.take")
    before, after = a.shape[:axis], a.shape[axis + 1 :]
    if 0 in (*before, *after):  # as in NumPy, any place will do where nothing is taken
        return np.reshape(a, (*before, *places.shape, *after))
    return _core.gather(a, _within(places, a.shape[axis], mode), axis)


@function(np.take_along_axis)
def take_along_axis(arr: Any, indices: Any, axis: Any = -1) -> Any:
    """Elements by their places along an axis, for each line of its own."""
    if axis is None:
        return take(np.ravel(arr), indices)
    if not is_traced(arr):
        return np.take_along_axis(arr, plain(indices), axis)
    return get(arr, _along(arr.shape, integers(indices, "np.take_along_axis"), axis))


def _along(shape: tuple[int, ...], indices: Any, axis: Any) -> tuple[Any, ...]:
    rank = len(shape)
    axis = of.one(axis, rank)
    if len(np.shape(indices)) != rank:
        raise ShapeError(
            f"indices must have as many axes as the array, got {np.shape(indices)} and {shape}"
        )
    return tuple(
        indices if k == axis else np.arange(n).reshape([-1 if j == k else 1 for j in range(rank)])
        for k, n in enumerate(shape)
    )


@function(np.compress)
def compress(condition: Any, a: Any, axis: Any = None, out: Any = None) -> Any:
    """Slices along an axis for which a condition holds."""
    condition = np.asarray(plain(condition))
    if condition.ndim != 1:
        raise ShapeError("the condition of np.compress must have one axis")
    return take(a, condition.nonzero()[0], axis, out)


@function(np.extract)
def extract(condition: Any, arr: Any) -> Any:
    """Elements for which a condition holds."""
    return np.take(np.ravel(arr), np.ravel(plain(condition)).nonzero()[0])


def assignable(target: Any, name: str) -> Any:
    """An array that can hold traced values.

    Raises
    ------
    ConcretizationError
        When it is a plain one.
    """
    if isinstance(target, _core.Array):
        return target
    raise ConcretizationError(
        f"{name} would put traced values into a plain array, which cannot hold them: make it with "
        "np.zeros_like(x) or x.copy()"
    )


@function(np.copyto)
def copyto(dst: Any, src: Any, casting: str = "same_kind", where: Any = True) -> None:
    """Values copied into an array, where a condition holds."""
    target = assignable(dst, "np.copyto")
    target[...] = src if where is True else np.where(where, src, target)


@function(np.put)
def put(a: Any, ind: Any, v: Any, mode: str = "raise") -> None:
    """Values put at places of the flattened array; they are repeated when there are too few."""
    target = assignable(a, "np.put")
    places = _within(integers(plain(ind), "np.put"), target.size, mode).ravel()
    if np.size(v):
        put_places(target, of.places(places, target.size), _repeated(v, places.size))


def _repeated(values: Any, count: int) -> Any:
    values = np.ravel(values)
    return np.take(values, np.arange(count) % np.size(values))


@function(np.place)
def place(arr: Any, mask: Any, vals: Any) -> None:
    """The first values put where a mask is true; they are repeated when there are too few."""
    target = assignable(arr, "np.place")
    places = np.ravel(plain(mask)).nonzero()[0]
    if places.size and not np.size(vals):
        raise ParameterError("np.place cannot put values from an empty array")
    if places.size:
        put_places(target, places, _repeated(vals, places.size))


@function(np.putmask)
def putmask(a: Any, /, mask: Any, values: Any) -> None:
    """Values put where a mask is true: to each element the one of its own place."""
    target = assignable(a, "np.putmask")
    places = np.ravel(plain(mask)).nonzero()[0]
    if np.size(values):
        put_places(target, places, np.take(np.ravel(values), places % np.size(values)))


@function(np.put_along_axis)
def put_along_axis(arr: Any, indices: Any, values: Any, axis: Any) -> None:
    """Values put at places along an axis, for each line of its own."""
    target = assignable(arr, "np.put_along_axis")
    indices = integers(plain(indices), "np.put_along_axis")
    if axis is None:
        put_places(target, of.places(indices, target.size), values)
    else:
        target[_along(target.shape, indices, axis)] = values


@function(np.trim_zeros)
def trim_zeros(filt: Any, trim: str = "fb", axis: Any = None) -> Any:
    """Without the zeros at the front and the back."""
    if trim.lower() not in {"fb", "bf", "f", "b"}:
        raise ParameterError(f"trim is made of 'f' and 'b', got {shown(trim)}")
    filt = np.asarray(filt)
    inside = np.argwhere(plain(filt != 0))
    keys: list[Any] = [slice(None)] * len(filt.shape)
    for k in of.several(axis, len(filt.shape)):
        if not inside.size:
            keys[k] = slice(0, 0)
            continue
        first, last = int(inside[:, k].min()), int(inside[:, k].max()) + 1
        keys[k] = slice(
            first if "f" in trim.lower() else None, last if "b" in trim.lower() else None
        )
    return filt[tuple(keys)]


@function(np.apply_along_axis)
def apply_along_axis(func1d: Any, axis: Any, arr: Any, *args: Any, **kwargs: Any) -> Any:
    """A function of each line along an axis."""
    axis = of.one(axis, len(arr.shape))
    lines = np.moveaxis(arr, axis, -1)
    outer = lines.shape[:-1]
    if math.prod(outer) == 0:
        raise ShapeError("np.apply_along_axis takes no array without lines")
    made = np.stack([np.asarray(func1d(lines[k], *args, **kwargs)) for k in np.ndindex(*outer)])
    own = np.shape(made)[1:]
    made = np.reshape(made, outer + own)
    rank = len(outer)
    to = tuple(range(axis, axis + len(own)))
    return np.moveaxis(made, tuple(range(rank, rank + len(own))), to)


@function(np.apply_over_axes)
def apply_over_axes(func: Any, a: Any, axes: Any) -> Any:
    """A function of an array and an axis, for one axis after another."""
    made = a
    for axis in of.several(list(np.ravel(axes)), len(a.shape)):
        result = func(made, axis)
        made = result if np.ndim(result) == len(a.shape) else np.expand_dims(result, axis)
    return made


def vectorized(self: Any, *args: Any, **kwargs: Any) -> Any:
    """What np.vectorize makes of traced arrays: the function is called for each element."""
    if self.signature is not None or self.excluded or kwargs:
        raise ParameterError("np.vectorize of traced values has no signature, excluded or keywords")
    args = np.broadcast_arrays(*args)
    shape = np.shape(args[0])
    results = [self.pyfunc(*(a[k] for a in args)) for k in np.ndindex(*shape)]
    if results and isinstance(results[0], tuple):
        return tuple(np.reshape(np.stack(each), shape) for each in zip(*results, strict=True))
    return np.reshape(np.stack(results), shape)


def enumerated(arr: Any) -> Any:
    """The places and elements of an array, as np.ndenumerate gives them."""
    return ((at, arr[at]) for at in np.ndindex(*arr.shape))


intercept.replace(np, "ndenumerate", enumerated)
intercept.replace(np.vectorize, "__call__", vectorized)
