"""Sums, means, norms and extremes along axes."""

from __future__ import annotations

from typing import Any

import numpy as np

from pyframe import _core
from pyframe.autodiff.coverage import axes as of
from pyframe.autodiff.dispatch import METHODS, function


def reduce(name: str, x: Any, axis: Any = None, keepdims: Any = False) -> Any:
    """A primitive reduction with NumPy's axes and keepdims."""
    shape = np.shape(x)
    axes = of.several(axis, len(shape))
    made = _core.reduce(name, x, axes)
    return _core.reshape(made, of.kept(shape, axes)) if keepdims is True else made


@function(np.sum)
def sum(x: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False,  # noqa: A001
        initial: Any = None, where: Any = True) -> Any:  # fmt: skip
    """Sum along axes."""
    of.no_options("np.sum", out=out)
    if where is not True:
        x = np.where(where, x, 0)
    if dtype is not None:
        x = x.astype(dtype)
    made = reduce("sum", x, axis, keepdims)
    return made if initial is None or initial is np._NoValue else made + initial  # noqa: SLF001


METHODS[np.add, "reduce"] = lambda x, axis=0, **kwargs: sum(x, axis=axis, **kwargs)


@function(np.mean)
def mean(x: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False) -> Any:
    """Mean along axes; NaN with a warning when there is nothing to average."""
    shape = np.shape(x)
    count = np.prod([shape[k] for k in of.several(axis, len(shape))], dtype=int)
    if count == 0:
        np.mean(np.zeros(shape), axis=axis)  # warns as NumPy does
    return sum(x, axis=axis, dtype=dtype, out=out, keepdims=keepdims) / np.float64(count)


@function(np.max, np.amax)
def max(x: Any, axis: Any = None, out: Any = None, keepdims: Any = False) -> Any:  # noqa: A001
    """Largest along axes; ties share the derivative equally (K3)."""
    of.no_options("np.max", out=out)
    return reduce("max", x, axis, keepdims)


@function(np.min, np.amin)
def min(x: Any, axis: Any = None, out: Any = None, keepdims: Any = False) -> Any:  # noqa: A001
    """Smallest along axes; ties share the derivative equally (K3)."""
    of.no_options("np.min", out=out)
    return reduce("min", x, axis, keepdims)


@function(np.any)
def any(x: Any, axis: Any = None, out: Any = None, keepdims: Any = False) -> Any:  # noqa: A001
    """Whether any element is true."""
    of.no_options("np.any", out=out)
    return reduce("any", x, axis, keepdims)


@function(np.all)
def all(x: Any, axis: Any = None, out: Any = None, keepdims: Any = False) -> Any:  # noqa: A001
    """Whether all elements are true."""
    of.no_options("np.all", out=out)
    return reduce("all", x, axis, keepdims)


@function(np.cumsum)
def cumsum(x: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    """Running sums."""
    of.no_options("np.cumsum", dtype=dtype, out=out)
    if axis is None:
        x, axis = np.ravel(x), 0
    return _core.cumsum(x, of.one(axis, len(x.shape)), reverse=False)
