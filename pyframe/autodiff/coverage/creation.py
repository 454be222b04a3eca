"""Arrays made after traced ones, and of traced parts."""

from __future__ import annotations

from typing import Any

import numpy as np

from pyframe import _core
from pyframe.autodiff import intercept
from pyframe.autodiff.dispatch import function, is_traced
from pyframe.errors import ShapeError


def constant_like(x: Any, value: Any) -> Any:
    """A plain array as a traced constant, which can be assigned to."""
    return x.recording.constant(value)


@function(np.zeros_like)
def zeros_like(x: Any, dtype: Any = None, order: str = "K", subok: bool = True, shape: Any = None, *,
               device: Any = None) -> Any:  # fmt: skip
    """Zeros that can be assigned to."""
    made = np.zeros(x.shape if shape is None else shape, dtype or x.dtype)
    return constant_like(x, made)


@function(np.ones_like)
def ones_like(x: Any, dtype: Any = None, order: str = "K", subok: bool = True, shape: Any = None, *,
              device: Any = None) -> Any:  # fmt: skip
    """Ones that can be assigned to."""
    made = np.ones(x.shape if shape is None else shape, dtype or x.dtype)
    return constant_like(x, made)


@function(np.empty_like)
def empty_like(x: Any, dtype: Any = None, order: str = "K", subok: bool = True, shape: Any = None, *,
               device: Any = None) -> Any:  # fmt: skip
    """Zeros that can be assigned to: nothing is left to chance."""
    return zeros_like(x, dtype, shape=shape)


@function(np.copy)
def copy(x: Any, order: str = "K", subok: bool = False) -> Any:
    """A copy."""
    return x.copy()


def array(object: Any, dtype: Any = None, **options: Any) -> Any:  # noqa: A002
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
    return _core.stack(parts)


def asarray(object: Any, dtype: Any = None, *args: Any, **options: Any) -> Any:  # noqa: A002
    """What np.asarray makes of a traced value, or of lists of them."""
    made = _joined(object)
    return made if dtype is None or made.dtype == dtype else made.astype(dtype)


for _name, _instead in (
    ("array", array),
    ("asarray", asarray),
    ("asanyarray", asarray),
    ("ascontiguousarray", asarray),
    ("asarray_chkfinite", asarray),
):
    intercept.replace(np, _name, _instead)
