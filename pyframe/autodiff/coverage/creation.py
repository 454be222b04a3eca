"""Arrays made after traced ones, of traced parts and between traced numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from operator import index
from typing import Any

import numpy as np

from pyframe import _core
from pyframe._checks import shown
from pyframe.autodiff import intercept
from pyframe.autodiff.coverage.joining import plain
from pyframe.autodiff.coverage.shaping import as_shape
from pyframe.autodiff.coverage.views import layout
from pyframe.autodiff.dispatch import FUNCTIONS, function, is_traced
from pyframe.errors import DTypeError, ParameterError, ShapeError


def constant_like(x: Any, value: Any) -> Any:
    """A plain array as a traced constant, which can be assigned to."""
    return x.recording.constant(value)


def _lengths(x: Any, shape: Any) -> Any:
    return x.shape if shape is None else as_shape(shape)


@function(np.zeros_like)
def zeros_like(a: Any, dtype: Any = None, order: str = "K", subok: bool = True, shape: Any = None,
               *, device: Any = None) -> Any:  # fmt: skip
    """Zeros that can be assigned to."""
    return constant_like(a, np.zeros(_lengths(a, shape), dtype or a.dtype))


@function(np.ones_like)
def ones_like(a: Any, dtype: Any = None, order: str = "K", subok: bool = True, shape: Any = None,
              *, device: Any = None) -> Any:  # fmt: skip
    """Ones that can be assigned to."""
    return constant_like(a, np.ones(_lengths(a, shape), dtype or a.dtype))


@function(np.empty_like)
def empty_like(prototype: Any, /, dtype: Any = None, order: str = "K", subok: bool = True,
               shape: Any = None, *, device: Any = None) -> Any:  # fmt: skip
    """Zeros that can be assigned to: nothing is left to chance."""
    return zeros_like(prototype, dtype, shape=shape)


def _filled(lengths: Any, fill_value: Any, dtype: Any) -> Any:
    made = fill_value if is_traced(fill_value) else np.asarray(fill_value)
    if dtype is not None and made.dtype != dtype:
        made = made.astype(dtype)
    return _core.broadcast(made, as_shape(lengths))


def _kept(a: Any) -> Any:
    return np.dtype(a.kind) if is_traced(a) else np.asarray(a).dtype


@function(np.full_like)
def full_like(a: Any, fill_value: Any, dtype: Any = None, order: str = "K", subok: bool = True,
              shape: Any = None, *, device: Any = None) -> Any:  # fmt: skip
    """One value, which may be traced, in the shape of an array."""
    lengths = np.shape(a) if shape is None else shape
    if dtype is None and is_traced(fill_value) and _kept(a).kind != "f":
        raise DTypeError(f"a float that fills an array of {_kept(a)} loses its derivative")
    return _filled(lengths, fill_value, dtype or _kept(a))


def full(shape: Any, fill_value: Any, dtype: Any = None, order: str = "C", *,
         device: Any = None, like: Any = None) -> Any:  # fmt: skip
    """One value, which may be traced, everywhere."""
    return _filled(shape, fill_value, dtype)


@function(np.copy)
def copy(a: Any, order: str = "K", subok: bool = False) -> Any:
    """A copy."""
    return a.copy()


@function(np.astype)
def astype(x: Any, dtype: Any, /, *, copy: bool = True, device: Any = None) -> Any:
    """The same numbers as another kind."""
    return x.astype(dtype)


def array(object: Any, dtype: Any = None, **options: Any) -> Any:
    """What np.array makes of a traced value, or of lists of them."""
    made = _joined(object)
    if dtype is not None:
        made = made.astype(dtype)
    elif made is object and options.get("copy", True):
        made = made.copy()
    least = options.get("ndmin", 0)
    shape = np.shape(made)
    return made if len(shape) >= least else np.reshape(made, (1,) * (least - len(shape)) + shape)


def _joined(given: Any) -> Any:
    if is_traced(given) or not isinstance(given, list | tuple):
        return given
    parts = [_joined(part) for part in given]
    shapes = {np.shape(part) for part in parts}
    if len(shapes) > 1:
        raise ShapeError(f"the parts of an array must have one shape, got {sorted(shapes)}")
    if not any(map(intercept.holds_traced, parts)):
        return np.array(parts)
    return _core.stack([part if is_traced(part) else np.asarray(part) for part in parts])


def asarray(a: Any, dtype: Any = None, *args: Any, **options: Any) -> Any:
    """What np.asarray makes of a traced value, or of lists of them."""
    made = _joined(a)
    if options.get("copy"):
        made = made.copy()
    return made if dtype is None or made.dtype == dtype else made.astype(dtype)


def contiguous(a: Any, dtype: Any = None, *, order: str = "C", like: Any = None) -> Any:
    """What np.ascontiguousarray makes: an array that lies in order, of at least one axis."""
    made = np.atleast_1d(asarray(a, dtype))
    lies = layout(made).flags
    return made if (lies.c_contiguous if order == "C" else lies.f_contiguous) else made.copy()


def require(a: Any, dtype: Any = None, requirements: Any = None, *, like: Any = None) -> Any:
    """What np.require makes: of what can be required, traced arrays lack the order alone."""
    wanted = {each[0].upper() for each in requirements or ()}
    if wanted & {"C", "F"}:
        return contiguous(a, dtype, order="C" if "C" in wanted else "F")
    return asarray(a, dtype)


def arange(*limits: Any, dtype: Any = None, device: Any = None, like: Any = None,
           **named: Any) -> Any:  # fmt: skip
    """Numbers a step apart between traced limits; a replay checks how many they are."""
    limits = (*limits, *named.values())
    if not 1 <= len(limits) <= 3 or set(named) - {"start", "stop", "step"}:
        raise ParameterError("np.arange takes start, stop and step")
    start, stop, step = (0, limits[0], 1) if len(limits) == 1 else (*limits, 1)[:3]
    count = max(0, int(plain(np.ceil((stop - start) / step))))
    # NumPy fills in the difference of the first two.
    made = start + ((start + step) - start) * np.arange(count)
    made = made if is_traced(made) else _core.broadcast(made, [count])
    return made if dtype is None else made.astype(dtype)


@function(np.linspace)
def linspace(start: Any, stop: Any, num: Any = 50, endpoint: bool = True, retstep: bool = False,
             dtype: Any = None, axis: Any = 0, *, device: Any = None) -> Any:  # fmt: skip
    """Evenly spaced numbers between two."""
    count = index(num)
    if count < 0:
        raise ParameterError(f"the number of samples must not be negative, got {num}")
    kind = np.result_type(*map(_kind, (start, stop)), 1.0)
    start, stop = _as_kind(start, kind), _as_kind(stop, kind)
    parts = count - 1 if endpoint else count
    width = stop - start
    step = width / parts if parts > 0 else math.nan
    places = np.arange(count, dtype=float).reshape((-1,) + (1,) * np.ndim(width))
    made = places.astype(kind) * (step if parts > 0 else width) + start
    if endpoint and count > 1:
        made = np.concatenate([made[:-1], np.broadcast_to(stop, (1, *np.shape(width)))])
    if axis != 0:
        made = np.moveaxis(made, 0, axis)
    if dtype is not None:
        made = (np.floor(made) if np.dtype(dtype).kind in "iu" else made).astype(dtype)
    return (made, step) if retstep else made


def _kind(x: Any) -> Any:
    """What says which kind of number results: a Python number takes the other's."""
    if is_traced(x):
        weak = isinstance(x, _core.Scalar) and x.weak
        return 1.0 if weak else _kept(x)
    return x if isinstance(x, int | float) else np.asarray(x).dtype


def _as_kind(x: Any, kind: Any) -> Any:
    if not is_traced(x):
        return np.asarray(x, kind)
    return x if x.dtype == kind else x.astype(kind)


@function(np.logspace)
def logspace(start: Any, stop: Any, num: Any = 50, endpoint: bool = True, base: Any = 10.0,
             dtype: Any = None, axis: Any = 0) -> Any:  # fmt: skip
    """Powers of a base with evenly spaced exponents."""
    if np.ndim(base):
        rank = np.broadcast(np.empty(np.shape(start)), np.empty(np.shape(stop))).ndim
        base = np.expand_dims(base, axis) if np.ndim(base) == rank else base
    made = np.power(base, linspace(start, stop, num, endpoint, axis=axis))
    return made if dtype is None else made.astype(dtype)


@function(np.geomspace)
def geomspace(start: Any, stop: Any, num: Any = 50, endpoint: bool = True, dtype: Any = None,
              axis: Any = 0) -> Any:  # fmt: skip
    """Numbers in geometric progression between two of the same sign."""
    if not np.all(np.multiply(start, stop) > 0):
        raise ParameterError("np.geomspace goes between numbers of the same sign, not from 0")
    start, stop = _as_kind(start, np.dtype(float)), _as_kind(stop, np.dtype(float))
    sign = np.sign(start)
    first, last = np.log10(start * sign), np.log10(stop * sign)
    made = np.power(10.0, linspace(first, last, num, endpoint))
    if np.shape(made)[0] > 0:  # the ends are exact
        ends = [np.broadcast_to(end * sign, (1, *np.shape(made)[1:])) for end in (start, stop)]
        has_stop = endpoint and np.shape(made)[0] > 1
        inner = made[1:-1] if has_stop else made[1:]
        made = np.concatenate([ends[0], inner, *([ends[1]] if has_stop else [])])
    return np.moveaxis(made * sign, 0, axis).astype(dtype or float)


@function(np.meshgrid)
def meshgrid(*xi: Any, copy: bool = True, sparse: bool = False, indexing: str = "xy") -> Any:
    """Coordinates of a grid, one array for each of its axes."""
    if indexing not in {"xy", "ij"}:
        raise ParameterError(f"indexing must be 'xy' or 'ij', got {shown(indexing)}")
    rank = len(xi)
    order = [1, 0, *range(2, rank)] if indexing == "xy" and rank > 1 else list(range(rank))
    lines = [
        np.reshape(x, [-1 if k == at else 1 for k in range(rank)])
        for x, at in zip(xi, order, strict=True)
    ]
    return tuple(lines) if sparse else tuple(part.copy() for part in np.broadcast_arrays(*lines))


def constant(called: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """What a function makes with like=: a traced constant, which can be assigned to."""
    recording: Any = _core.Recording.current()
    return recording.constant(called(*args, **kwargs))


MAKERS = (
    np.arange, np.empty, np.eye, np.frombuffer, np.fromfile, np.fromfunction, np.fromiter,
    np.fromstring, np.full, np.genfromtxt, np.identity, np.loadtxt, np.ones, np.require, np.tri,
    np.zeros,
)  # fmt: skip
"""Functions that make an array of plain arguments, and with like= a traced constant."""

for _function in MAKERS:
    FUNCTIONS[_function] = partial(constant, _function)
for _function, _handler in (
    (np.array, array),
    (np.asarray, asarray),
    (np.asanyarray, asarray),
    (np.ascontiguousarray, contiguous),
    (np.asfortranarray, partial(contiguous, order="F")),
):
    FUNCTIONS[_function] = lambda *args, make=_handler, **kwargs: constant(make, *args, **kwargs)

for _name, _instead in (
    ("array", array),
    ("asarray", asarray),
    ("asanyarray", asarray),
    ("ascontiguousarray", contiguous),
    ("asfortranarray", partial(contiguous, order="F")),
    ("asarray_chkfinite", asarray),
    ("require", require),
    ("full", full),
    ("full_like", full_like),
    ("arange", arange),
):
    intercept.replace(np, _name, _instead)
