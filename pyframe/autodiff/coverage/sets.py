"""Sets of numbers.

Which elements are equal is checked by a replay; the derivative goes to the first of the equal ones.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pyframe.autodiff.coverage import axes as of
from pyframe.autodiff.coverage.sorting import held
from pyframe.autodiff.dispatch import function, is_traced


def _flat(arrays: tuple[Any, ...]) -> Any:
    parts = [np.ravel(a if is_traced(a) else np.asarray(a)) for a in arrays]
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _values(x: Any) -> Any:
    return x.concrete if is_traced(x) else np.asarray(x)


def _distinct(arrays: tuple[Any, ...]) -> tuple[Any, Any, Any]:
    """All elements; the distinct ones, plain and sorted; the place of the first of each.

    A replay checks that they are sorted and equal in the same way.
    """
    flat = _flat(arrays)
    distinct, first, inverse = np.unique(_values(flat), return_index=True, return_inverse=True)
    traced = np.take(flat, first)
    held(
        tuple(a for a in arrays if is_traced(a)),
        np.equal(flat, np.take(traced, np.ravel(inverse))),
        np.less(traced[:-1], traced[1:]),
    )
    return flat, distinct, first


def _traced_as(found: Any, arrays: tuple[Any, ...]) -> Any:
    """Elements that a function found in some arrays, gathered from them."""
    flat, distinct, first = _distinct(arrays)
    if not found.size:
        return np.take(flat, np.zeros(found.shape, int)) if flat.shape[0] else flat
    return np.take(flat, first[np.searchsorted(distinct, found)])


@function(np.unique)
def unique(ar: Any, return_index: bool = False, return_inverse: bool = False,
           return_counts: bool = False, axis: Any = None, *, equal_nan: bool = True,
           **options: Any) -> Any:  # fmt: skip
    """The distinct elements, sorted."""
    if axis is not None:
        of.no_options("np.unique", axis=axis)
    made = np.unique(_values(ar), return_index, return_inverse, return_counts,
                     equal_nan=equal_nan, **options)  # fmt: skip
    if not isinstance(made, tuple):
        return _traced_as(made, (ar,))
    return (_traced_as(made[0], (ar,)), *made[1:])


@function(np.unique_values)
def unique_values(x: Any, /) -> Any:
    """The distinct elements."""
    return _traced_as(np.unique(_values(x), equal_nan=False), (x,))


@function(np.unique_counts)
def unique_counts(x: Any, /) -> Any:
    """The distinct elements, and how often each occurs."""
    made = np.unique_counts(_values(x))
    return type(made)(_traced_as(made[0], (x,)), *made[1:])


@function(np.unique_inverse)
def unique_inverse(x: Any, /) -> Any:
    """The distinct elements, and which of them each element is."""
    made = np.unique_inverse(_values(x))
    return type(made)(_traced_as(made[0], (x,)), *made[1:])


@function(np.unique_all)
def unique_all(x: Any, /) -> Any:
    """The distinct elements, their first places, which each element is, and how often."""
    made = np.unique_all(_values(x))
    return type(made)(_traced_as(made[0], (x,)), *made[1:])


@function(np.union1d)
def union1d(ar1: Any, ar2: Any) -> Any:
    """The distinct elements of two arrays."""
    return _traced_as(np.union1d(_values(ar1), _values(ar2)), (ar1, ar2))


@function(np.intersect1d)
def intersect1d(ar1: Any, ar2: Any, assume_unique: bool = False,
                return_indices: bool = False) -> Any:  # fmt: skip
    """The distinct elements that two arrays have in common."""
    made = np.intersect1d(_values(ar1), _values(ar2), assume_unique, return_indices)
    if not return_indices:
        return _traced_as(made, (ar1, ar2))
    return (_traced_as(made[0], (ar1, ar2)), *made[1:])


@function(np.setdiff1d)
def setdiff1d(ar1: Any, ar2: Any, assume_unique: bool = False) -> Any:
    """The distinct elements of one array that another has not."""
    return _traced_as(np.setdiff1d(_values(ar1), _values(ar2), assume_unique), (ar1, ar2))


@function(np.setxor1d)
def setxor1d(ar1: Any, ar2: Any, assume_unique: bool = False) -> Any:
    """The distinct elements that only one of two arrays has."""
    return _traced_as(np.setxor1d(_values(ar1), _values(ar2), assume_unique), (ar1, ar2))


@function(np.isin)
def isin(element: Any, test_elements: Any, assume_unique: bool = False, invert: bool = False, *,
         kind: Any = None) -> Any:  # fmt: skip
    """Whether each element is among others."""
    _distinct((element, test_elements))
    return np.isin(_values(element), _values(test_elements), assume_unique, invert, kind=kind)
