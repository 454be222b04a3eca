"""Operations of two arguments folded along an axis: by halves where the order is free.

A product of n factors by halves is ``log2 n`` deep and its derivative never divides: it is right
with zeros among the factors, too.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from pyframe import _core
from pyframe.autodiff.coverage.options import shape_of

Operation = Callable[[Any, Any], Any]


def part(x: Any, axis: int, start: int, count: int, step: int = 1) -> Any:
    """Some of the places of an axis."""
    shape = list(shape_of(x))
    starts, steps = [0] * len(shape), [1] * len(shape)
    starts[axis], steps[axis], shape[axis] = start if count else 0, step, count
    return _core.slice(x, starts, steps, shape)


def without(x: Any, axis: int) -> Any:
    """An array without one of its axes, which is of length one."""
    shape = list(shape_of(x))
    del shape[axis]
    return _core.reshape(x, shape)


def flat_last(x: Any, axes: list[int]) -> Any:
    """Some axes moved to the end and made one."""
    shape = shape_of(x)
    rest = [k for k in range(len(shape)) if k not in axes]
    order = rest + axes
    if order != list(range(len(shape))):
        x = _core.transpose(x, order)
    length = math.prod(shape[k] for k in axes)
    return _core.reshape(x, [*(shape[k] for k in rest), length])


def by_halves(operation: Operation, x: Any, axis: int) -> Any:
    """The fold of an associative operation along an axis, which keeps one place."""
    count = shape_of(x)[axis]
    odd = None
    while count > 1:
        half = count // 2
        if count % 2:
            last = part(x, axis, count - 1, 1)
            odd = last if odd is None else operation(last, odd)
        x = operation(part(x, axis, 0, half), part(x, axis, half, half))
        count = half
    return x if odd is None else operation(x, odd)


def from_left(operation: Operation, x: Any, axis: int) -> Any:
    """The fold of any operation along an axis, which keeps one place."""
    total = part(x, axis, 0, 1)
    for place in range(1, shape_of(x)[axis]):
        total = operation(total, part(x, axis, place, 1))
    return total


def running_by_doubling(operation: Operation, x: Any, axis: int) -> Any:
    """The running fold of an associative operation, in log2 n steps (Hillis and Steele)."""
    count, step = shape_of(x)[axis], 1
    while step < count:
        rest = count - step
        joined = operation(part(x, axis, 0, rest), part(x, axis, step, rest))
        x = _core.concatenate([part(x, axis, 0, step), joined], axis)
        step *= 2
    return x


def running_from_left(operation: Operation, x: Any, axis: int) -> Any:
    """The running fold of any operation along an axis."""
    if not shape_of(x)[axis]:
        return x
    totals = [part(x, axis, 0, 1)]
    for place in range(1, shape_of(x)[axis]):
        totals.append(operation(totals[-1], part(x, axis, place, 1)))
    return _core.concatenate(totals, axis)
