"""Numbers made whole, held within limits, or replaced where they are none."""

from __future__ import annotations

from operator import index
from typing import Any, cast

import numpy as np
from numpy._core import umath

from pyframe import _core
from pyframe.autodiff.coverage import axes as of
from pyframe.autodiff.coverage.indexing import put
from pyframe.autodiff.coverage.kinds import FLOATS, floating, kind
from pyframe.autodiff.dispatch import function, is_traced, ufunc
from pyframe.errors import DTypeError


@ufunc(np.divmod)
def divmod_(x: Any, y: Any) -> Any:
    """Floor of the quotient, and the remainder."""
    return _core.binary("floor_divide", x, y), _core.binary("remainder", x, y)


@ufunc(np.modf)
def modf(x: Any) -> Any:
    """Fractional and whole part, each with the sign of x."""
    x = floating(x)
    nothing = _core.binary("copysign", 0.0, x)
    rest = _core.select(_core.test("isinf", x), nothing, _core.binary("fmod", x, 1.0))
    return rest, _core.unary("trunc", x)


@function(np.round, np.around)
def round(x: Any, decimals: Any = 0, out: Any = None) -> Any:
    """The nearest number with so many decimals, the even one of two; its derivative is 0."""
    of.no_options("np.round", out=out)
    decimals = index(decimals)
    dtype = kind(x)
    if dtype == "bool" and decimals:
        raise DTypeError("np.round of truth values takes no decimals")
    if dtype == "int64" and decimals >= 0:
        return _core.unary("copy", x)
    if decimals == 0:
        return _core.unary("rint", x)
    scale = 10.0 ** abs(decimals)
    if decimals > 0:
        return _core.unary("rint", x * scale) / scale
    made = _core.unary("rint", x / scale) * scale
    return made if dtype in FLOATS else made.astype(dtype)


@function(np.fix)
def fix(x: Any, out: Any = None) -> Any:
    """Rounded towards 0."""
    of.no_options("np.fix", out=out)
    return np.trunc(x)


@function(np.clip)
def clip(x: Any, a_min: Any = None, a_max: Any = None, out: Any = None, *,
         min: Any = None, max: Any = None, **options: Any) -> Any:  # fmt: skip
    """Limits; at a limit the derivative is 1 (K6)."""
    of.no_options("np.clip", out=out, **options)
    low, high = ((a if b is None else b) for a, b in ((a_min, min), (a_max, max)))
    if low is not None:
        x = _limited(x, "less", low)
    if high is not None:
        x = _limited(x, "greater", high)
    return x


def _limited(x: Any, beyond: str, limit: Any) -> Any:
    """The limit where x lies beyond it, or where the limit is NaN."""
    outside = _core.compare(beyond, x, limit)
    if is_traced(limit) or np.any(np.isnan(limit)):
        outside = _core.logical("logical_or", outside, np.isnan(limit))
    return _core.select(outside, limit, x)


@ufunc(cast("Any", umath).clip)
def clip_between(x: Any, low: Any, high: Any) -> Any:
    """The ufunc that np.clip calls."""
    return clip(x, low, high)


@function(np.nan_to_num)
def nan_to_num(
    x: Any, copy: bool = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None
) -> Any:
    """Numbers in the place of NaN and infinities, where the derivative is 0."""
    dtype = kind(x)
    if dtype not in FLOATS:
        return x
    largest = float(np.finfo(dtype).max)
    made = (
        np.where(np.isnan(x), np.asarray(nan, dtype), x)
        if not is_traced(nan)
        else np.where(np.isnan(x), nan, x)
    )
    made = np.where(np.isposinf(x), largest if posinf is None else posinf, made)
    made = np.where(np.isneginf(x), -largest if neginf is None else neginf, made)
    if made.dtype != x.dtype:
        made = made.astype(dtype)
    if not copy and isinstance(x, _core.Array):
        put(x, ..., made)
        return x
    return made
