"""Differences of neighbours, slopes and areas on a grid, and sliding products."""

from __future__ import annotations

from typing import Any

import numpy as np

from pyframe import _core
from pyframe.autodiff.coverage import axes as of
from pyframe.autodiff.coverage.folding import part
from pyframe.autodiff.coverage.options import NoValue, as_kind, given, kind, shape_of
from pyframe.autodiff.dispatch import function, is_traced
from pyframe.errors import DTypeError, ParameterError, ParameterTypeError, ShapeError


def _array(x: Any) -> Any:
    return x if is_traced(x) else np.asarray(x)


@function(np.diff)
def diff(a: Any, n: int = 1, axis: Any = -1, prepend: Any = NoValue, append: Any = NoValue) -> Any:
    """Differences of neighbours along an axis, n times over."""
    if n < 0:
        raise ParameterError(f"np.diff: the order must not be negative, got {n}")
    a = _array(a)
    if n == 0:
        return a
    if not shape_of(a):
        raise ShapeError("np.diff takes arrays with axes, got a number")
    axis = of.one(axis, len(shape_of(a)))
    edges = [
        edge if not given(edge) else _edge(_array(edge), shape_of(a), axis)
        for edge in (prepend, append)
    ]
    parts = [piece for piece in (edges[0], a, edges[1]) if given(piece)]
    a = np.concatenate(parts, axis) if len(parts) > 1 else a
    step = np.not_equal if kind(a).kind == "b" else np.subtract
    for _ in range(min(n, shape_of(a)[axis])):
        rest = max(shape_of(a)[axis] - 1, 0)
        a = step(part(a, axis, min(1, shape_of(a)[axis]), rest), part(a, axis, 0, rest))
    return a


def _edge(edge: Any, shape: tuple[int, ...], axis: int) -> Any:
    return (
        edge
        if shape_of(edge)
        else np.broadcast_to(edge, [1 if k == axis else m for k, m in enumerate(shape)])
    )


@function(np.ediff1d)
def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    """Differences of neighbours of the flattened array, with numbers before and after."""
    a = np.ravel(_array(ary))
    edges = [np.ravel(_array(edge)) if edge is not None else None for edge in (to_begin, to_end)]
    for name, edge in zip(("to_begin", "to_end"), edges, strict=True):
        if edge is not None and not np.can_cast(kind(edge), kind(a), casting="same_kind"):
            raise DTypeError(
                f"np.ediff1d: {name} of {kind(edge)} does not fit an array of {kind(a)}"
            )
    parts = [edges[0], diff(a), edges[1]]
    return np.concatenate([as_kind(piece, kind(a)) for piece in parts if piece is not None])


@function(np.trapezoid)
def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: Any = -1) -> Any:
    """Area under straight lines between the points."""
    y = _array(y)
    rank = len(shape_of(y))
    axis = of.one(axis, rank)
    if x is not None:
        x = _array(x)
        dx = diff(x) if len(shape_of(x)) == 1 else diff(x, axis=axis)
        if len(shape_of(x)) == 1:
            dx = np.reshape(dx, [-1 if k == axis else 1 for k in range(rank)])
    rest = max(shape_of(y)[axis] - 1, 0)
    pairs = part(y, axis, min(1, shape_of(y)[axis]), rest) + part(y, axis, 0, rest)
    return np.sum(dx * pairs / 2.0, axis=axis)


# -- slopes on a grid -------------------------------------------------------------------------


@function(np.gradient)
def gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    """Slopes along axes: central differences inside, one-sided ones of `edge_order` at the ends."""
    f = _array(f)
    f = f if kind(f).kind == "f" else as_kind(f, np.float64)
    axes = of.several(axis, len(shape_of(f)))
    if edge_order not in {1, 2}:
        raise ParameterError(f"np.gradient: edge_order must be 1 or 2, got {edge_order}")
    steps = _steps(f, axes, varargs)
    found = [_slope(f, k, step, edge_order) for k, step in zip(axes, steps, strict=True)]
    return found[0] if len(found) == 1 else tuple(found)


def _steps(f: Any, axes: list[int], varargs: tuple[Any, ...]) -> list[Any]:
    """The distance of neighbours along each axis: a number, or an array of them."""
    if not varargs:
        return [1.0] * len(axes)
    if len(varargs) == 1 and not shape_of(varargs[0]):
        return list(varargs) * len(axes)
    if len(varargs) != len(axes):
        raise ParameterTypeError(
            f"np.gradient takes 0, 1 or {len(axes)} spacings, got {len(varargs)}"
        )
    steps = []
    for given_step, k in zip(varargs, axes, strict=True):
        if not shape_of(given_step):
            steps.append(given_step)
            continue
        if shape_of(given_step) != (shape_of(f)[k],):
            raise ShapeError(
                f"np.gradient: coordinates of shape {shape_of(given_step)} do not fit axis {k} "
                f"of an array of shape {shape_of(f)}"
            )
        place = _array(given_step)
        step = diff(place if kind(place).kind == "f" else as_kind(place, np.float64))
        plain = not is_traced(step) and step.size and (step == step[0]).all()
        steps.append(step[0] if plain else step)
    return steps


def _slope(f: Any, k: int, step: Any, edge_order: int) -> Any:
    shape = shape_of(f)
    if shape[k] < edge_order + 1:
        raise ShapeError(
            f"np.gradient with edge_order={edge_order} takes at least {edge_order + 1} elements "
            f"along an axis, got {shape[k]}"
        )
    at = [part(f, k, place, 1) for place in (0, 1, shape[k] - 2, shape[k] - 1)]
    count = shape[k] - 2
    before, here, after = (part(f, k, min(start, shape[k] - 1), count) for start in (0, 1, 2))
    if shape_of(step):
        along = [-1 if j == k else 1 for j in range(len(shape))]
        first, second = (np.reshape(step[s], along) for s in (slice(0, -1), slice(1, None)))
        low, high = step[0], step[-1]
        a = -second / (first * (first + second))
        b = (second - first) / (first * second)
        c = first / (second * (first + second))
        middle = a * before + b * here + c * after
    else:
        low = high = step
        middle = (after - before) / (2.0 * step)
    if edge_order == 1:
        ends = (at[1] - at[0]) / low, (at[3] - at[2]) / high
    else:
        p, q = (low, step[1]) if shape_of(step) else (step, step)
        r, s = (step[-2], high) if shape_of(step) else (step, step)
        third, third_last = part(f, k, 2, 1), part(f, k, shape[k] - 3, 1)
        ends = (
            -(2.0 * p + q) / (p * (p + q)) * at[0]
            + (p + q) / (p * q) * at[1]
            - p / (q * (p + q)) * third,
            s / (r * (r + s)) * third_last
            - (s + r) / (r * s) * at[2]
            + (2.0 * s + r) / (s * (r + s)) * at[3],
        )
    made = np.concatenate([ends[0], middle, ends[1]], k)
    return as_kind(made, kind(f))


# -- sliding products -------------------------------------------------------------------------


@function(np.convolve)
def convolve(a: Any, v: Any, mode: Any = "full") -> Any:
    """Products of one sequence with the other turned round, at each shift."""
    a, v = _sequences("np.convolve", a, v)
    longer, shorter = (a, v) if np.size(a) >= np.size(v) else (v, a)
    return _slid(longer, shorter[::-1], _mode(mode))


@function(np.correlate)
def correlate(a: Any, v: Any, mode: Any = "valid") -> Any:
    """Products of one sequence with the other, at each shift."""
    a, v = _sequences("np.correlate", a, v)
    if np.size(a) >= np.size(v):
        return _slid(a, v, _mode(mode))
    return _slid(v, a, _mode(mode))[::-1]


def _sequences(name: str, a: Any, v: Any) -> list[Any]:
    found = [_array(x) if shape_of(x) else np.reshape(_array(x), (1,)) for x in (a, v)]
    for x in found:
        if len(shape_of(x)) != 1:
            raise ShapeError(f"{name} takes sequences, got an array of shape {shape_of(x)}")
        if not np.size(x):
            raise ShapeError(f"{name} of an empty sequence has no value")
    return found


def _mode(mode: Any) -> str:
    names = ("valid", "same", "full")
    found = names[mode] if mode in {0, 1, 2} else mode
    if found not in names:
        raise ParameterError(
            f"the mode of a sliding product is one of {', '.join(names)}, got {mode!r}"
        )
    return found


def _slid(longer: Any, shorter: Any, mode: str) -> Any:
    """The products of `shorter` with each window of `longer`, which is 0 outside."""
    n, m = np.size(longer), np.size(shorter)
    before = {"valid": 0, "same": m // 2, "full": m - 1}[mode]
    count = {"valid": n - m + 1, "same": n, "full": n + m - 1}[mode]
    after = count + m - 1 - n - before
    if before or after:
        zeros = [np.zeros(k, kind(longer)) for k in (before, after)]
        longer = _core.concatenate([zeros[0], longer, zeros[1]], 0)
    windows = _core.gather(longer, np.arange(count)[:, None] + np.arange(m), 0)
    return np.matmul(windows, shorter)
