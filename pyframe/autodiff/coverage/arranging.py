"""Elements in another order, repeated, or surrounded by others."""

from __future__ import annotations

import math
from operator import index
from typing import Any

import numpy as np

from pyframe import _core
from pyframe._checks import shown
from pyframe.autodiff.coverage import axes as of
from pyframe.autodiff.coverage.joining import plain, rearranged
from pyframe.autodiff.coverage.shaping import as_shape
from pyframe.autodiff.coverage.views import ReadOnly, viewed
from pyframe.autodiff.dispatch import function, is_traced
from pyframe.errors import ParameterError, ShapeError


@function(np.flip)
def flip(m: Any, axis: Any = None) -> Any:
    """In reversed order along axes."""
    flipped = of.several(axis, len(m.shape))
    if not flipped:
        return m
    return m[tuple(slice(None, None, -1 if k in flipped else None) for k in range(len(m.shape)))]


@function(np.fliplr)
def fliplr(m: Any) -> Any:
    """In reversed order along the second axis."""
    return flip(m, 1)


@function(np.flipud)
def flipud(m: Any) -> Any:
    """In reversed order along the first axis."""
    return flip(m, 0)


@function(np.rot90)
def rot90(m: Any, k: Any = 1, axes: Any = (0, 1)) -> Any:
    """Turned by quarter turns in the plane of two axes."""
    first, second = of.several(tuple(axes), len(m.shape))
    turns = index(k) % 4
    if turns == 0:
        return m[...]
    if turns == 2:
        return flip(m, (first, second))
    if turns == 1:
        return np.swapaxes(flip(m, second), first, second)
    return flip(np.swapaxes(m, first, second), second)


@function(np.roll)
def roll(a: Any, shift: Any, axis: Any = None) -> Any:
    """Shifted along axes; what leaves at the end comes in at the start."""
    if axis is None:
        return np.reshape(roll(np.ravel(a), shift, 0), a.shape)
    made = a.copy()
    for amount, along in np.broadcast(plain(shift), axis):
        along = of.one(int(along), len(a.shape))  # noqa: PLW2901
        length = a.shape[along]
        by = int(amount) % length if length else 0
        if by:
            before = (slice(None),) * along
            parts = [made[(*before, slice(-by, None))], made[(*before, slice(None, -by))]]
            made = np.concatenate(parts, along)
    return made


@function(np.tile)
def tile(A: Any, reps: Any) -> Any:
    """Repeated as a whole along axes."""
    reps = as_shape(reps)
    rank = max(len(reps), len(A.shape))
    lengths = [1] * (rank - len(A.shape)) + list(A.shape)
    reps = [1] * (rank - len(reps)) + reps
    single = _core.reshape(A, [n for length in lengths for n in (1, length)])
    pairs = [n for pair in zip(reps, lengths, strict=True) for n in pair]
    return _core.reshape(
        _core.broadcast(single, pairs), [r * n for r, n in zip(reps, lengths, strict=True)]
    )


@function(np.repeat)
def repeat(a: Any, repeats: Any, axis: Any = None) -> Any:
    """Each element repeated along an axis."""
    a, axis = (np.ravel(a), 0) if axis is None else (a, of.one(axis, len(a.shape)))
    with of.refused("np.repeat"):
        places = np.repeat(np.arange(a.shape[axis]), plain(repeats))
    return _core.gather(a, places, axis)


@function(np.resize)
def resize(a: Any, new_shape: Any) -> Any:
    """As many elements as a shape has, repeated when there are too few."""
    lengths = as_shape(new_shape)
    if not math.prod(a.shape):
        return np.zeros_like(a, shape=lengths)
    return rearranged(lambda places: np.resize(places, lengths), a)


def sliding_window_view(x: Any, window_shape: Any, axis: Any = None, *, subok: bool = False,
                        writeable: bool = False) -> Any:  # fmt: skip
    """All windows of a shape, along new axes at the end; not to be assigned to."""
    if writeable:
        raise ParameterError("sliding_window_view of a traced array has no option writeable")
    window = tuple(as_shape(window_shape))
    with of.refused("np.lib.stride_tricks.sliding_window_view"):
        return viewed(x, ReadOnly(_Windows(window, axis)))


class _Windows:
    """Makes the windows of an array."""

    def __init__(self, window: tuple[int, ...], axis: Any) -> None:
        self.window, self.axis = window, axis

    def __call__(self, x: Any) -> Any:
        def windows(a: Any) -> Any:
            return np.lib.stride_tricks.sliding_window_view(a, self.window, self.axis)

        return rearranged(windows, x) if is_traced(x) else windows(x)


function(np.lib.stride_tricks.sliding_window_view)(sliding_window_view)

MOVING = ("edge", "reflect", "symmetric", "wrap")
"""Modes of np.pad that repeat elements."""

STATISTICS = {"maximum": np.max, "minimum": np.min, "mean": np.mean, "median": np.median}
"""Modes of np.pad that put one number before and one after each line."""


@function(np.pad)
def pad(array: Any, pad_width: Any, mode: Any = "constant", **options: Any) -> Any:
    """Surrounded by constants, copies of elements, ramps or statistics."""
    array = array if is_traced(array) else np.asarray(array)
    widths = _pairs(plain(pad_width), array, "pad_width")
    if any(n < 0 for pair in widths for n in pair):
        raise ParameterError("pad_width must not be negative")
    if mode in MOVING:
        if options.get("reflect_type", "even") != "even":
            raise ParameterError("np.pad of a traced array has no reflect_type 'odd'")
        with of.refused("np.pad"):
            return rearranged(lambda places: np.pad(places, widths, mode, **options), array)
    known = {"constant": "constant_values", "linear_ramp": "end_values", "empty": ""}
    known |= dict.fromkeys(STATISTICS, "stat_length")
    if mode not in known:
        raise ParameterError(f"np.pad of a traced array has no mode {shown(mode)}")
    if set(options) - {known[mode]}:
        raise ParameterError(f"np.pad has no such options in the mode {mode!r}: {set(options)}")
    given = options.get(known[mode], None if mode in STATISTICS else 0)
    values = [(None, None)] * len(widths) if given is None else _pairs(given, array, known[mode])
    made = array
    for axis, (width, pair) in enumerate(zip(widths, values, strict=True)):
        make = _statistic if mode in STATISTICS else _ramp if mode == "linear_ramp" else _constant
        before, after = (make(made, axis, width, pair, side, mode) for side in (0, 1))
        made = np.concatenate([before, made, after], axis)
    return made


def _pairs(given: Any, array: Any, name: str) -> list[tuple[Any, Any]]:
    """What stands before and after each axis."""
    rank = len(array.shape)
    if isinstance(given, dict):
        pairs: list[tuple[Any, Any]] = [(0, 0)] * rank
        for axis, pair in given.items():
            both = np.broadcast_to(pair, (2,))
            pairs[of.one(axis, rank)] = (int(both[0]), int(both[1]))
        return pairs
    try:
        both = np.broadcast_to(given if is_traced(given) else np.asarray(given), (rank, 2))
    except ValueError:
        raise ShapeError(f"{name} must be a number, a pair or a pair for each axis") from None
    if name != "pad_width":
        return [(both[k, 0], both[k, 1]) for k in range(rank)]
    if both.dtype.kind not in "iu":
        raise ParameterError("pad_width must be made of integers")
    return [(int(a), int(b)) for a, b in both]


def _constant(a: Any, axis: int, width: Any, pair: Any, side: int, mode: str) -> Any:
    lengths = [width[side] if k == axis else n for k, n in enumerate(a.shape)]
    return np.broadcast_to(np.asarray(pair[side]).astype(a.dtype), lengths)


def _line(a: Any, axis: int, part: slice) -> Any:
    return a[(slice(None),) * axis + (part,)]


def _ramp(a: Any, axis: int, width: Any, pair: Any, side: int, mode: str) -> Any:
    edge = np.squeeze(_line(a, axis, slice(-1, None) if side else slice(0, 1)), axis)
    ramp = np.linspace(pair[side], edge, width[side], endpoint=False, axis=axis).astype(a.dtype)
    return np.flip(ramp, axis) if side else ramp


def _statistic(a: Any, axis: int, width: Any, pair: Any, side: int, mode: str) -> Any:
    length = a.shape[axis]
    count = length if pair[side] is None else min(int(pair[side]), length)
    part = slice(length - count, length) if side else slice(0, count)
    found = STATISTICS[mode](_line(a, axis, part), axis=axis, keepdims=True)
    if a.dtype.kind in "iu":
        found = np.rint(found)
    return np.repeat(found.astype(a.dtype), width[side], axis)
