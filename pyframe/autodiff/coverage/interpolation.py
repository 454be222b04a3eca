"""Numbers read off between given points, and angles without jumps."""

from __future__ import annotations

from typing import Any

import numpy as np

from pyframe import _core
from pyframe.autodiff.coverage import axes as of
from pyframe.autodiff.coverage.kinds import double
from pyframe.autodiff.dispatch import function, is_traced
from pyframe.errors import DTypeError, ParameterError, ShapeError


@function(np.interp)
def interp(
    x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None
) -> Any:
    """The piecewise linear function through (xp, fp).

    At a point of `xp` the derivative is the slope on its right, at the last one that on its left.
    """
    if np.iscomplexobj(fp):
        raise DTypeError("np.interp of complex values cannot be traced")
    x, xp, fp = double(x), double(xp), double(fp)
    if len(np.shape(xp)) != 1 or np.shape(xp) != np.shape(fp):
        raise ShapeError(
            f"np.interp takes points along one axis, got {np.shape(xp)} and {np.shape(fp)}"
        )
    if np.shape(xp)[0] == 0:
        raise ParameterError("np.interp takes at least one point, got none")
    if period is not None:
        x, xp, fp = _periodic(x, xp, fp, period)
        left = right = None
    left = fp[0] if left is None else left
    right = fp[-1] if right is None else right
    made = _between(x, xp, fp) if np.shape(xp)[0] > 1 else fp[0] * np.ones(np.shape(x))
    made = np.where(x < xp[0], left, made)
    return np.where(x > xp[-1], right, made)


def _periodic(x: Any, xp: Any, fp: Any, period: Any) -> tuple[Any, Any, Any]:
    if period == 0:
        raise ParameterError("np.interp: period must be a non-zero value")
    period = np.abs(period)
    x, xp = x % period, xp % period
    order = np.argsort(xp)
    xp, fp = xp[order], fp[order]
    xp = np.concatenate((xp[-1:] - period, xp, xp[:1] + period))
    return x, xp, np.concatenate((fp[-1:], fp, fp[:1]))


def _between(x: Any, xp: Any, fp: Any) -> Any:
    place = np.clip(_places(x, xp) - 1, 0, np.shape(xp)[0] - 2)
    start, stop = (_taken(xp, place + k) for k in (0, 1))
    low, high = (_taken(fp, place + k) for k in (0, 1))
    width = stop - start
    width = np.where(width == 0, 1.0, width)
    # From the nearer side, so that both ends are met exactly.
    slope = (high - low) / width
    return np.where(x == stop, slope * (x - stop) + high, slope * (x - start) + low)


def _places(x: Any, xp: Any) -> Any:
    """How many points lie at or below each x."""
    if not is_traced(x) and not is_traced(xp):
        return np.searchsorted(xp, x, side="right")
    # The place in the common order, less the place among the x alone; ties keep the points first.
    recording = (x if is_traced(x) else xp).recording
    flat = np.reshape(
        x if is_traced(x) else recording.constant(np.asarray(x)), (-1,) if np.size(x) else (0,)
    )
    both = _core.argsort(_core.argsort(_core.concatenate([xp, flat], 0), 0), 0)
    alone = _core.argsort(_core.argsort(flat, 0), 0)
    return np.reshape(both[np.shape(xp)[0] :] - alone, np.shape(x))


def _taken(values: Any, place: Any) -> Any:
    return (
        _core.gather(values, place, 0) if is_traced(values) or is_traced(place) else values[place]
    )


@function(np.unwrap)
def unwrap(p: Any, discont: Any = None, axis: int = -1, *, period: Any = 2 * np.pi) -> Any:
    """Angles without jumps: whole periods are added, which have no derivative."""
    axis = of.one(axis, len(p.shape))
    dtype = np.result_type(
        p.dtype, period if isinstance(period, int | float) else np.asarray(period).dtype
    )
    p = np.moveaxis(p, axis, -1)
    steps = np.not_equal if p.dtype == bool else np.subtract  # as np.diff has it
    steps = steps(p[..., 1:], p[..., :-1]).astype(dtype)
    p = p.astype(dtype)
    whole = dtype.kind == "i"
    high, rest = divmod(period, 2) if whole else (period / 2, 0)
    wrapped = (steps - -high) % period + -high
    jumps = wrapped - steps
    if rest == 0:
        jumps = np.where((wrapped == -high) & (steps > 0), jumps + period, jumps)
    jumps = np.where(np.abs(steps) < (period / 2 if discont is None else discont), 0, jumps)
    rest_of = p[..., 1:] + np.cumsum(jumps, axis=-1)
    return np.moveaxis(np.concatenate((p[..., :1], rest_of), axis=-1), -1, axis)
