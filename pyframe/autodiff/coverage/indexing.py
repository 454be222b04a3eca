"""Reading and assigning elements: ``x[...]`` with NumPy's meaning.

Slices, integers, ``None`` and ``...`` make views; arrays of integers or truth values make
copies.  An assignment gives the array's object a new value, and the array that a view shows,
too.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from operator import index
from typing import Any

import numpy as np

from pyframe import _core
from pyframe.autodiff.dispatch import concrete, is_traced
from pyframe.errors import DTypeError, IndexOutOfBounds, ShapeError


def viewed(x: Any, again: Callable[[Any], Any]) -> Any:
    """The result of `again(x)`, which shows x when x is an array that can be assigned to."""
    made = again(x)
    if isinstance(x, _core.Array) and isinstance(made, _core.Array):
        if made.node == x.node:
            made = made.recording.alias(made)
        made.show(x, again)
    return made


def get(x: Any, key: Any) -> Any:
    """``x[key]``."""
    if type(key) is int and len(x.shape) == 1:
        return _core.element(x, _place(key, x.shape[0], 0))
    keys = _normal(key, x.shape)
    if all(isinstance(k, int | slice) or k is None for k in keys):
        if _picks_one(keys, x.shape):
            return _core.element(x, _flat_place(keys, x.shape))
        return viewed(x, lambda a: _basic(a, keys) if is_traced(a) else a[tuple(keys)])
    return _advanced(x, keys)


def put(x: Any, key: Any, value: Any) -> None:
    """``x[key] = value``."""
    places = np.arange(math.prod(x.shape)).reshape(x.shape)[_plain(key)]
    if not is_traced(value):
        value = np.asarray(value)
    if np.shape(value) != places.shape:
        shape = np.shape(value)
        while len(shape) > places.ndim and shape[0] == 1:
            value = np.reshape(value, shape[1:])
            shape = np.shape(value)
        try:
            value = np.broadcast_to(value, places.shape)
        except ValueError:
            raise ShapeError(f"cannot assign values of shape {shape} to elements of shape {places.shape}") from None
    if x.dtype.kind != "f" and is_traced(value) and value.dtype.kind == "f":
        raise DTypeError(f"floats cannot be assigned to an array of {x.dtype}: the derivative would be lost")
    if places.shape == x.shape and places.flags.c_contiguous and (places.ravel() == np.arange(places.size)).all():
        new = value if is_traced(value) else x.recording.constant(np.array(value, x.dtype))
        new = _core.convert(new, x.dtype.name)
    else:
        new = _core.put(x, *_last_of_each(places, value))
    _become(x, new)


def _last_of_each(places: Any, value: Any) -> tuple[Any, Any]:
    """Places without repetition; of those named twice the last value counts."""
    flat = places.ravel()
    unique, last = np.unique(flat[::-1], return_index=True)
    if unique.size == flat.size:
        return places, value
    keep = flat.size - 1 - last
    return unique, np.ravel(value)[keep]


def _become(x: Any, new: Any) -> None:
    """Give an array's object a new value; the array that it shows follows."""
    x.become_(new)
    base = x.base
    if base is not None:
        places = x.again(np.arange(math.prod(base.shape)).reshape(base.shape))
        _become(base, _core.put(base, places, x))
        x.agree()


def _plain(key: Any) -> Any:
    """A key with concrete values."""
    if isinstance(key, tuple):
        return tuple(map(_plain, key))
    if isinstance(key, list):
        return [_plain(part) for part in key]
    return concrete(key) if is_traced(key) else key


def _place(key: int, length: int, axis: int) -> int:
    if not -length <= key < length:
        raise IndexOutOfBounds(f"index {key} is out of bounds for axis {axis} with size {length}")
    return key % length


def _normal(key: Any, shape: tuple[int, ...]) -> list[Any]:
    """One key for each axis (and None for each new one); arrays are plain arrays."""
    keys = list(key) if isinstance(key, tuple) else [key]
    keys = [_single(k) for k in keys]
    used = sum(1 if not isinstance(k, np.ndarray) or k.dtype != bool else k.ndim for k in keys if k is not None and k is not ...)
    if used > len(shape):
        raise IndexOutOfBounds(f"too many indices: the array has {len(shape)} axes, but {used} were indexed")
    if keys.count(...) > 1 if not any(isinstance(k, np.ndarray) for k in keys) else sum(k is ... for k in keys) > 1:
        raise IndexOutOfBounds("an index can only have a single ellipsis ('...')")
    fill = [slice(None)] * (len(shape) - used)
    place = next((i for i, k in enumerate(keys) if k is ...), len(keys))
    return keys[:place] + fill + keys[place + 1 :]


def _single(key: Any) -> Any:
    if key is None or key is ... or isinstance(key, slice):
        if isinstance(key, slice):
            return slice(*(None if part is None else index(part) for part in (key.start, key.stop, key.step)))
        return key
    if is_traced(key):
        key = concrete(key)
    if isinstance(key, bool | np.bool_):
        return np.asarray(key)
    if isinstance(key, int | np.integer):
        return int(key)
    array = np.asarray(key)
    if array.size == 0 and isinstance(key, list):
        array = array.astype(int)
    if array.dtype.kind not in "biu":
        raise IndexOutOfBounds(
            f"an index must be an integer, a slice, None, ... or an array of integers or truth values, got {key!r:.60}"
        )
    return array if array.dtype == bool else array.astype(np.int64)


def _picks_one(keys: list[Any], shape: tuple[int, ...]) -> bool:
    return len(keys) == len(shape) and all(isinstance(k, int) for k in keys)


def _flat_place(keys: list[Any], shape: tuple[int, ...]) -> int:
    place = 0
    for axis, (key, length) in enumerate(zip(keys, shape, strict=True)):
        place = place * length + _place(key, length, axis)
    return place


def _basic(x: Any, keys: list[Any]) -> Any:
    starts, steps, lengths, shape = [], [], [], []
    axis = 0
    for key in keys:
        if key is None:
            shape.append(1)
            continue
        length = x.shape[axis]
        if isinstance(key, int):
            start, step, count = _place(key, length, axis), 1, 1
        else:
            start, stop, step = key.indices(length)
            count = len(range(start, stop, step))
            shape.append(count)
        starts.append(start if count else 0)
        steps.append(step)
        lengths.append(count)
        axis += 1
    if lengths != list(x.shape) or any(s != 1 for s in steps):
        x = _core.slice(x, starts, steps, lengths)
    return x if shape == list(x.shape) else _core.reshape(x, shape)


def _advanced(x: Any, keys: list[Any]) -> Any:
    """Arrays of integers or truth values among the keys: the elements are gathered.

    One array of integers among full slices is a gather along its axis; anything else is one
    over the flattened array, at places that NumPy works out.
    """
    arrays = [i for i, k in enumerate(keys) if isinstance(k, np.ndarray)]
    rest = [k for i, k in enumerate(keys) if i not in arrays]
    if len(arrays) == 1 and keys[arrays[0]].dtype != bool and all(k == slice(None) for k in rest):
        axis = arrays[0]
        return _core.gather(x, keys[axis], axis)
    try:
        places = np.arange(math.prod(x.shape)).reshape(x.shape)[tuple(keys)]
    except IndexError as error:
        text = str(error)
        raise (ShapeError if "boolean index" in text else IndexOutOfBounds)(text) from None
    return _core.gather(_core.reshape(x, [math.prod(x.shape)]), places, 0)
