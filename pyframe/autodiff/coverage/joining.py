"""Arrays put together and taken apart."""

from __future__ import annotations

import itertools
import math
from operator import index
from typing import Any

import numpy as np

from pyframe import _core
from pyframe.autodiff import intercept
from pyframe.autodiff.coverage import axes as of
from pyframe.autodiff.dispatch import concrete, function, is_traced
from pyframe.autodiff.pytree import tree_map
from pyframe.errors import DTypeError, ParameterError, ParameterTypeError, ShapeError


@function(np.concatenate)
def concatenate(arrays: Any, /, axis: Any = 0, out: Any = None, *, dtype: Any = None,
                casting: Any = "same_kind") -> Any:  # fmt: skip
    """Arrays one after another along an axis."""
    of.no_options("np.concatenate", out=out)
    arrays = [_array(part) for part in arrays]
    if axis is None:
        arrays, axis = [np.ravel(part) for part in arrays], 0
    made = _core.concatenate(arrays, of.one(axis, np.ndim(arrays[0])))
    return made if dtype is None else made.astype(dtype)


@function(np.stack)
def stack(arrays: Any, axis: Any = 0, out: Any = None, *, dtype: Any = None,
          casting: Any = "same_kind") -> Any:  # fmt: skip
    """Arrays along a new axis."""
    of.no_options("np.stack", out=out)
    made = _core.stack([_array(part) for part in arrays])
    place = of.one(axis, len(made.shape))
    made = made if place == 0 else np.moveaxis(made, 0, place)
    return made if dtype is None else made.astype(dtype)


@function(np.vstack)
def vstack(tup: Any, *, dtype: Any = None, casting: Any = "same_kind") -> Any:
    """Arrays one below the other; vectors are rows."""
    return np.concatenate([np.atleast_2d(part) for part in tup], 0, dtype=dtype, casting=casting)


@function(np.hstack)
def hstack(tup: Any, *, dtype: Any = None, casting: Any = "same_kind") -> Any:
    """Arrays side by side."""
    parts = [np.atleast_1d(part) for part in tup]
    axis = 0 if parts and np.ndim(parts[0]) == 1 else 1
    return np.concatenate(parts, axis, dtype=dtype, casting=casting)


@function(np.dstack)
def dstack(tup: Any) -> Any:
    """Arrays one behind the other along the third axis."""
    return np.concatenate([np.atleast_3d(part) for part in tup], 2)


@function(np.column_stack)
def column_stack(tup: Any) -> Any:
    """Arrays side by side; vectors are columns."""
    parts = [np.reshape(part, (-1, 1)) if np.ndim(part) < 2 else part for part in map(_array, tup)]
    return np.concatenate(parts, 1)


def _array(part: Any) -> Any:
    return part if is_traced(part) else np.asarray(part)


@function(np.block)
def block(arrays: Any) -> Any:
    """Arrays put together from nested lists of blocks: the innermost along the last axis."""
    depth = _depth(arrays)
    rank = max(depth, *(np.ndim(leaf) for leaf in _leaves(arrays)))

    def joined(part: Any, level: int) -> Any:
        if level:
            return np.concatenate([joined(each, level - 1) for each in part], -level)
        part = _array(part)
        return np.reshape(part, (1,) * (rank - np.ndim(part)) + np.shape(part))

    made = joined(arrays, depth)
    return made if depth else made.copy()


def _depth(arrays: Any) -> int:
    if isinstance(arrays, tuple):
        raise ParameterTypeError("np.block takes lists of blocks, not tuples")
    if not isinstance(arrays, list):
        return 0
    depths = {_depth(part) for part in arrays}
    if len(depths) != 1:
        raise ShapeError("np.block takes lists that are equally deep and not empty")
    return 1 + depths.pop()


def _leaves(arrays: Any) -> list[Any]:
    if not isinstance(arrays, list):
        return [arrays]
    return [leaf for part in arrays for leaf in _leaves(part)]


def rearranged(how: Any, *arrays: Any) -> Any:
    """What a function makes of arrays whose elements it only moves.

    It is called with arrays of the elements' places, and the elements are gathered from there.
    """
    counts = [0, *itertools.accumulate(math.prod(np.shape(part)) for part in arrays)]
    numbered = [
        np.arange(start, start + math.prod(np.shape(part))).reshape(np.shape(part))
        for start, part in zip(counts, arrays, strict=False)
    ]
    flat = [np.reshape(part, (-1 if math.prod(np.shape(part)) else 0,)) for part in arrays]
    from_ = flat[0] if len(flat) == 1 else np.concatenate(flat)
    return _core.gather(from_, how(*numbered), 0)


def plain(value: Any) -> Any:
    """Places, counts and the like without their trace: a replay checks that they are the same."""
    return tree_map(concrete, value)


@function(np.append)
def append(arr: Any, values: Any, axis: Any = None) -> Any:
    """Values after those of an array."""
    if axis is None:
        return np.concatenate([np.ravel(arr), np.ravel(values)])
    return np.concatenate([arr, values], axis)


@function(np.insert)
def insert(arr: Any, obj: Any, values: Any, axis: Any = None) -> Any:
    """Values before the given places."""
    arr, values, obj = _array(arr), _array(values), plain(obj)
    if arr.dtype.kind != "f" and values.dtype.kind == "f" and is_traced(values):
        raise DTypeError(f"floats inserted into an array of {arr.dtype} lose their derivative")
    values = values.astype(arr.dtype)
    with of.refused("np.insert"):
        return rearranged(lambda a, v: np.insert(a, obj, v, axis), arr, values)


@function(np.delete)
def delete(arr: Any, obj: Any, axis: Any = None) -> Any:
    """Without the elements at the given places."""
    obj = plain(obj)
    with of.refused("np.delete"):
        return rearranged(lambda a: np.delete(a, obj, axis), arr)


@function(np.array_split)
def array_split(ary: Any, indices_or_sections: Any, axis: Any = 0) -> Any:
    """Parts along an axis: a number of them as equal as can be, or cut at given places."""
    axis = of.one(axis, len(ary.shape))
    length = ary.shape[axis]
    if np.iterable(indices_or_sections):
        cuts = [0, *(index(cut) for cut in indices_or_sections), length]
    else:
        count = index(indices_or_sections)
        if count <= 0:
            raise ParameterError("number of sections must be larger than 0")
        each, more = divmod(length, count)
        cuts = [0, *itertools.accumulate([each + 1] * more + [each] * (count - more))]
    before = (slice(None),) * axis
    return [ary[(*before, slice(a, b))] for a, b in itertools.pairwise(cuts)]


@function(np.split)
def split(ary: Any, indices_or_sections: Any, axis: Any = 0) -> Any:
    """Equal parts along an axis, or parts cut at given places."""
    if not np.iterable(indices_or_sections):
        count, length = index(indices_or_sections), ary.shape[of.one(axis, len(ary.shape))]
        if count > 0 and length % count:
            raise ParameterError(f"an axis of {length} is not divided equally by {count}")
    return array_split(ary, indices_or_sections, axis)


@function(np.hsplit)
def hsplit(ary: Any, indices_or_sections: Any) -> Any:
    """Parts along the second axis, or along the only one."""
    if not ary.shape:
        raise ShapeError("hsplit takes arrays of at least one axis")
    return split(ary, indices_or_sections, 1 if len(ary.shape) > 1 else 0)


@function(np.vsplit)
def vsplit(ary: Any, indices_or_sections: Any) -> Any:
    """Parts along the first axis."""
    if len(ary.shape) < 2:
        raise ShapeError("vsplit takes arrays of at least two axes")
    return split(ary, indices_or_sections, 0)


@function(np.dsplit)
def dsplit(ary: Any, indices_or_sections: Any) -> Any:
    """Parts along the third axis."""
    if len(ary.shape) < 3:
        raise ShapeError("dsplit takes arrays of at least three axes")
    return split(ary, indices_or_sections, 2)


def unstack(x: Any, /, *, axis: Any = 0) -> Any:
    """The parts along an axis, in a tuple."""
    if not x.shape:
        raise ShapeError("unstack takes arrays of at least one axis")
    return tuple(np.moveaxis(x, axis, 0))


if hasattr(np, "unstack"):
    function(np.unstack)(unstack)


def joined_by_key(self: Any, key: Any) -> Any:
    """What ``np.r_[...]`` and ``np.c_[...]`` make of traced values, arrays and slices."""
    parts, kinds = [], []
    for item in key if isinstance(key, tuple) else (key,):
        if isinstance(item, str):
            raise ParameterTypeError("np.r_ and np.c_ of traced values take no text")
        part = np.r_[item] if isinstance(item, slice) else _array(item)
        kinds.append(item if isinstance(item, int | float) else part.dtype)
        missing = self.ndmin - np.ndim(part)
        if missing > 0:
            # The axes of the part stand where trans1d says, new ones around them.
            at = self.trans1d if self.trans1d >= 0 else self.trans1d + missing + 1
            lengths = np.shape(part)
            part = np.reshape(part, (1,) * at + lengths + (1,) * (missing - at))
        parts.append(part)
    return np.concatenate(parts, self.axis).astype(np.result_type(*kinds))


intercept.replace(type(np.r_).__mro__[1], "__getitem__", joined_by_key)
