"""Views: arrays that show the elements of another one, as NumPy's do.

A view knows how it is made of the array that it shows (again when that array is assigned to)
and what that array becomes when the view itself is assigned to.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pyframe import _core
from pyframe.autodiff.dispatch import is_traced
from pyframe.errors import IndexOutOfBounds, ParameterError


class View:
    """How a view is made; called with an array, it makes the view of it."""

    def __call__(self, x: Any) -> Any:
        """The view of an array, traced or plain."""
        raise NotImplementedError

    def back(self, base: Any, view: Any) -> Any:
        """What `base` is when its view has become `view`."""
        raise NotImplementedError


class Reshaped(View):
    """The elements in order under another shape."""

    def __init__(self, lengths: list[int]) -> None:
        self.lengths = lengths

    def __call__(self, x: Any) -> Any:
        """The elements of `x` under the shape."""
        return _core.reshape(x, self.lengths) if is_traced(x) else np.reshape(x, self.lengths)

    def back(self, base: Any, view: Any) -> Any:
        """The elements of the view under the shape of `base`."""
        return _core.reshape(view, base.shape)


class Permuted(View):
    """The axes in another order."""

    def __init__(self, order: list[int]) -> None:
        self.order = order

    def __call__(self, x: Any) -> Any:
        """`x` with its axes in the order."""
        return _core.transpose(x, self.order) if is_traced(x) else np.transpose(x, self.order)

    def back(self, base: Any, view: Any) -> Any:  # noqa: ARG002
        """The view with its axes in their first order."""
        return _core.transpose(view, sorted(range(len(self.order)), key=self.order.__getitem__))


class Sliced(View):
    """What integers, slices and new axes pick; one key for each axis."""

    def __init__(self, keys: tuple[Any, ...]) -> None:
        self.keys = keys

    def __call__(self, x: Any) -> Any:
        """The part of `x` that the keys pick."""
        return sliced(x, self.keys) if is_traced(x) else x[self.keys]

    def back(self, base: Any, view: Any) -> Any:
        """`base` with the part replaced."""
        return assigned(base, self.keys, view)


class ReadOnly(View):
    """Elements at places that may repeat: not to be assigned to.

    Parameters
    ----------
    select : callable
        Makes the view of an array, traced or plain.
    """

    def __init__(self, select: Any) -> None:
        self.select = select

    def __call__(self, x: Any) -> Any:
        """The view of `x`."""
        return self.select(x)

    def back(self, base: Any, view: Any) -> Any:  # noqa: ARG002
        """Refused.

        Raises
        ------
        ParameterError
            Always.
        """
        raise ParameterError("assignment destination is read-only: assign to a copy, x.copy()")


def viewed(x: Any, view: View) -> Any:
    """The view of x; it shows x when x is an array that can be assigned to."""
    made = view(x)
    if isinstance(x, _core.Array) and isinstance(made, _core.Array):
        if made.node == x.node:
            made = made.recording.alias(made)
        made.show(x, view)
    return made


def flattened(x: Any) -> Any:
    """``x.flat``: all elements along one axis, which show x whatever its layout."""
    return viewed(x, Reshaped([math.prod(x.shape)]))


def become(x: Any, new: Any) -> None:
    """Give an array's object a new value; the array that it shows follows."""
    base = x.base
    if base is None:
        x.become_(new)
        return
    became = x.again.back(base, new)
    x.become_(new)
    become(base, became)
    x.agree()


def layout(x: Any, memory: dict[int, Any] | None = None) -> Any:
    """An array without meaning that lies in memory as NumPy's would: in C order, or a view.

    With `memory` the views of one array lie in one array.
    """
    if not is_traced(x):
        return x
    if isinstance(x, _core.Array) and x.base is not None and x.again is not None:
        return x.again(layout(x.base, memory))
    laid = np.empty(x.shape, bool)
    return laid if memory is None else memory.setdefault(id(x), laid)


def place(key: int, length: int, axis: int) -> int:
    """A place along an axis, counted from the start.

    Raises
    ------
    IndexOutOfBounds
        When the axis has no such place.
    """
    if not -length <= key < length:
        raise IndexOutOfBounds(f"index {key} is out of bounds for axis {axis} with size {length}")
    return key % length


def sliced(x: Any, keys: tuple[Any, ...]) -> Any:
    """What integers, slices and new axes pick of a traced array."""
    starts, steps, lengths, shape = [], [], [], []
    whole = True
    axis = 0
    own = x.shape
    for key in keys:
        if key is None:
            shape.append(1)
            continue
        length = own[axis]
        if type(key) is int:
            start, step, count = place(key, length, axis), 1, 1
        else:
            start, stop, step = key.indices(length)
            count = len(range(start, stop, step))
            shape.append(count)
        whole = whole and count == length and (step == 1 or count == 0)
        starts.append(start if count else 0)
        steps.append(step)
        lengths.append(count)
        axis += 1
    if not whole:
        x = _core.slice(x, starts, steps, lengths)
    return x if shape == (list(own) if whole else lengths) else _core.reshape(x, shape)


def places(shape: tuple[int, ...], keys: tuple[Any, ...]) -> Any:
    """The places, in row-major order, that integers, slices and new axes pick."""
    if len(keys) == 1 and type(keys[0]) is slice:
        return np.arange(*keys[0].indices(shape[0]), dtype=np.int64)
    grid: Any = np.zeros((), np.int64)
    axis = 0
    for key in keys:
        if key is None:
            grid = grid[..., np.newaxis]
            continue
        stride = math.prod(shape[axis + 1 :])
        if isinstance(key, int):
            grid = grid + place(key, shape[axis], axis) * stride
        else:
            line = np.arange(*key.indices(shape[axis]), dtype=np.int64)
            grid = grid[..., np.newaxis] + line * stride
        axis += 1
    return grid


def assigned(x: Any, keys: tuple[Any, ...], value: Any) -> Any:
    """`x` with the part that the keys pick replaced by a value of its shape."""
    if all(key is None or key == slice(None) for key in keys):
        return _core.convert(_core.reshape(value, x.shape), x.kind)
    return _core.put(x, places(x.shape, keys), value)
