"""Sorting and searching: the order is computed in the trace, the elements are gathered by it.

Sorting is stable: among equals the derivative follows the order in which they stood.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pyframe import _core
from pyframe._checks import shown
from pyframe.autodiff import intercept
from pyframe.autodiff.coverage import axes as of
from pyframe.autodiff.coverage.joining import plain
from pyframe.autodiff.coverage.selecting import take_along_axis
from pyframe.autodiff.dispatch import concrete, function, is_traced, unsupported
from pyframe.errors import ParameterError, ShapeError

KINDS = {None, "quicksort", "mergesort", "heapsort", "stable", "q", "m", "h", "s"}


@function(np.argsort)
def argsort(a: Any, axis: Any = -1, kind: Any = None, order: Any = None, *,
            stable: Any = None) -> Any:  # fmt: skip
    """The stable order that sorts along an axis; NaN goes last."""
    of.no_options("np.argsort", order=order)
    if kind not in KINDS:
        raise ParameterError(f"np.argsort has no kind {shown(kind)}")
    a, axis = _along(a, axis)
    return _core.argsort(a, axis)


@function(np.sort)
def sort(a: Any, axis: Any = -1, kind: Any = None, order: Any = None, *,
         stable: Any = None) -> Any:  # fmt: skip
    """Sorted along an axis; NaN goes last."""
    a, axis = _along(a, axis)
    return take_along_axis(a, argsort(a, axis, kind, order), axis)


def _along(a: Any, axis: Any) -> tuple[Any, int]:
    """An array and the axis to sort along; flattened for None."""
    if axis is None:
        return np.ravel(a), 0
    if not a.shape:
        raise ShapeError("an array without axes cannot be sorted")
    return a, of.one(axis, len(a.shape))


def _checked_ranks(kth: Any, length: int, name: str) -> None:
    for rank in np.ravel(plain(kth)):
        if not -length <= rank < length:
            raise ParameterError(f"{name}: kth={rank} is out of bounds for length {length}")


@function(np.argpartition)
def argpartition(a: Any, kth: Any, axis: Any = -1, kind: str = "introselect",
                 order: Any = None) -> Any:  # fmt: skip
    """The order of a sort, which is a partition by every rank."""
    a, axis = _along(a, axis)
    _checked_ranks(kth, a.shape[axis], "np.argpartition")
    return argsort(a, axis, order=order)


@function(np.partition)
def partition(a: Any, kth: Any, axis: Any = -1, kind: str = "introselect",
              order: Any = None) -> Any:  # fmt: skip
    """Sorted, which is a partition by every rank."""
    a, axis = _along(a, axis)
    _checked_ranks(kth, a.shape[axis], "np.partition")
    return sort(a, axis, order=order)


@function(np.lexsort)
def lexsort(keys: Any, axis: Any = -1) -> Any:
    """The order that sorts by several keys, the last one first."""
    keys = list(keys)
    if not keys:
        raise ParameterError("np.lexsort takes at least one key")
    order = None
    for key in keys:
        key = key if is_traced(key) else np.asarray(key)  # noqa: PLW2901
        along = of.one(axis, np.ndim(key))
        if order is None:
            order = np.argsort(key, along, kind="stable")
        else:
            next_ = np.argsort(np.take_along_axis(key, order, along), along, kind="stable")
            order = np.take_along_axis(order, next_, along)
    return order


def held(arrays: tuple[Any, ...], *conditions: Any) -> None:
    """Have a replay check what a result rests upon.

    When a condition fails already now, the arrays themselves must stay the same.
    """
    met = [bool(np.all(condition)) for condition in conditions]
    if not all(met):
        for array in arrays:
            concrete(array)


def _without_guard(x: Any) -> Any:
    return x.concrete if is_traced(x) else np.asarray(x)


@function(np.searchsorted)
def searchsorted(a: Any, v: Any, side: Any = "left", sorter: Any = None) -> Any:
    """The places at which elements go into a sorted array.

    A replay checks that the elements still lie between the same neighbours.
    """
    if sorter is not None:
        a = np.take(a, sorter)
    if side not in {"left", "right"}:
        raise ParameterError(f"side must be 'left' or 'right', got {shown(side)}")
    found = np.searchsorted(_without_guard(a), _without_guard(v), side)
    count = np.shape(a)[0]
    has_before, has_after = found > 0, found < count
    if count:
        before, after = (
            np.take(a, np.maximum(found - 1, 0)),
            np.take(a, np.minimum(found, count - 1)),
        )
        if side == "left":
            low, high = np.less(before, v), np.less_equal(v, after)
        else:
            low, high = np.less_equal(before, v), np.less(v, after)
        held((a, v), np.where(has_before, low, True), np.where(has_after, high, True))
    return found


@function(np.digitize)
def digitize(x: Any, bins: Any, right: bool = False) -> Any:
    """The bin of each element."""
    values = _without_guard(bins)
    if np.all(values[1:] >= values[:-1]):
        held((bins,), bins[1:] >= bins[:-1])
        return searchsorted(bins, x, "left" if right else "right")
    if np.all(values[1:] <= values[:-1]):
        held((bins,), bins[1:] <= bins[:-1])
        return len(values) - searchsorted(bins[::-1], x, "left" if right else "right")
    raise ParameterError("bins must be monotonically increasing or decreasing")


intercept.replace(np, "lexsort", lexsort)  # a list of keys is not looked into by NumPy


@function(np.sort_complex)
def sort_complex(a: Any) -> Any:
    """Refused: its result is complex."""
    raise unsupported(np.sort_complex, "since its result is complex")
