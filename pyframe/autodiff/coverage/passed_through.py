"""Functions whose results are integers, truth values or text: called with concrete values."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from pyframe.autodiff.coverage.joining import plain
from pyframe.autodiff.coverage.views import layout
from pyframe.autodiff.dispatch import FUNCTIONS, UFUNCS, call_concrete, function, is_traced
from pyframe.autodiff.pytree import tree_map

FLAT_UFUNCS = (np.spacing, np.isnat)

FLAT = (
    np.allclose, np.isclose, np.array2string, np.array_repr, np.array_str, np.isposinf,
    np.isneginf, np.packbits, np.unpackbits, np.ix_, np.ravel_multi_index, np.unravel_index,
)  # fmt: skip
"""Functions of the values."""

TYPED = (
    np.iscomplexobj, np.isrealobj, np.result_type, np.can_cast, np.common_type, np.min_scalar_type,
    np.diag_indices_from, np.tril_indices_from, np.triu_indices_from,
)  # fmt: skip
"""Functions of the dtypes and shapes alone."""

WRITING = (np.save, np.savez, np.savez_compressed, np.savetxt)
"""Functions that write the values, as they are, to a file."""


def _shaped(value: Any) -> Any:
    """A plain array of the same dtype and shape."""
    return np.empty(value.shape, value.dtype) if is_traced(value) else value


def _seen(value: Any) -> Any:
    return value.concrete if is_traced(value) else value


def _on(seen: Any, called: Any, *args: Any, **kwargs: Any) -> Any:
    args, kwargs = tree_map(seen, (args, kwargs))
    return called(*args, **kwargs)


for _function in FLAT:
    FUNCTIONS.setdefault(_function, partial(call_concrete, _function))
for _function in TYPED:
    FUNCTIONS.setdefault(_function, partial(_on, _shaped, _function))
for _function in WRITING:
    FUNCTIONS.setdefault(_function, partial(_on, _seen, _function))
for _ufunc in FLAT_UFUNCS:
    UFUNCS.setdefault(_ufunc, partial(call_concrete, _ufunc))


@function(np.nonzero)
def nonzero(a: Any) -> Any:
    """The places of the elements that are not zero."""
    return np.nonzero(plain(a != 0))


@function(np.flatnonzero)
def flatnonzero(a: Any) -> Any:
    """The places, in the flattened array, of the elements that are not zero."""
    return np.flatnonzero(plain(a != 0))


@function(np.argwhere)
def argwhere(a: Any) -> Any:
    """The places of the elements that are not zero, one a row."""
    return np.argwhere(plain(a != 0))


@function(np.array_equal)
def array_equal(a1: Any, a2: Any, equal_nan: bool = False) -> bool:
    """Whether shapes and elements are equal."""
    if np.shape(a1) != np.shape(a2):
        return False
    same = np.equal(a1, a2)
    if equal_nan:
        same = np.logical_or(same, np.logical_and(np.not_equal(a1, a1), np.not_equal(a2, a2)))
    return bool(np.all(same))


@function(np.array_equiv)
def array_equiv(a1: Any, a2: Any) -> bool:
    """Whether elements are equal when the arrays are broadcast."""
    try:
        np.broadcast_shapes(np.shape(a1), np.shape(a2))
    except ValueError:
        return False
    return bool(np.all(np.equal(a1, a2)))


@function(np.isreal)
def isreal(x: Any) -> Any:
    """True everywhere."""
    return np.ones(x.shape, bool) if x.shape else True


@function(np.iscomplex)
def iscomplex(x: Any) -> Any:
    """False everywhere."""
    return np.zeros(x.shape, bool) if x.shape else False


def _sharing(called: Any, a: Any, b: Any, /, max_work: Any = None) -> bool:
    """Whether two arrays show elements of the same array, by where NumPy would have them."""
    memory: dict[int, Any] = {}
    return called(layout(a, memory), layout(b, memory), max_work=max_work)


for _function in (np.may_share_memory, np.shares_memory):
    FUNCTIONS[_function] = partial(_sharing, _function)
