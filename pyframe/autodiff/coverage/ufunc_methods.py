"""The methods of ufuncs: ``np.add.reduce``, ``accumulate``, ``outer``, ``reduceat`` and ``at``.

Every ufunc of two arguments that is recorded has them: those that NumPy's reductions are made
of by these, associative ones by halves, the rest from the left, an element at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pyframe import _core
from pyframe._checks import shown
from pyframe.autodiff.coverage import axes as of
from pyframe.autodiff.coverage import folding, reductions
from pyframe.autodiff.coverage.missing import filled
from pyframe.autodiff.coverage.options import (
    NoValue,
    as_kind,
    axes_of,
    delivered,
    extent,
    given,
    is_array,
    kept,
    kind,
    masked,
    shape_of,
)
from pyframe.autodiff.dispatch import UFUNCS, concrete, is_traced, name_of, unsupported
from pyframe.autodiff.pytree import tree_map
from pyframe.errors import (
    ConcretizationError,
    DTypeError,
    IndexOutOfBounds,
    ParameterError,
    ParameterTypeError,
    ShapeError,
)

Reduction = Callable[..., Any]

ASSOCIATIVE = {
    np.add, np.multiply, np.maximum, np.minimum, np.fmax, np.fmin, np.logaddexp, np.logaddexp2,
    np.hypot, np.logical_and, np.logical_or, np.logical_xor, np.bitwise_and, np.bitwise_or,
    np.bitwise_xor, np.gcd, np.lcm,
}  # fmt: skip
"""Ufuncs that may be folded in any order."""


def handler_of(ufunc: np.ufunc) -> Callable[[Any, Any], Any]:
    """The recorded ufunc of two arguments and one result.

    Raises
    ------
    UnsupportedOperation
        When it is not recorded.
    ParameterError
        When it has other arguments.
    """
    if ufunc.nin != 2 or ufunc.nout != 1 or ufunc.signature is not None:
        raise ParameterError(
            f"{name_of(ufunc)} is no function of two arguments with one result, it has no fold"
        )
    if ufunc not in UFUNCS:
        raise unsupported(ufunc)
    return UFUNCS[ufunc]


def in_loop(ufunc: np.ufunc, x: Any, dtype: Any) -> Any:
    """An operand of the dtype that a ufunc folds.

    Raises
    ------
    DTypeError
        When it does not fold such elements.
    """
    x = as_kind(x, dtype) if given(dtype) else x
    try:
        wanted = ufunc.resolve_dtypes((None, kind(x), None), reduction=True)[1]
    except TypeError:
        raise DTypeError(f"{name_of(ufunc)} does not fold elements of {kind(x)}") from None
    return np.not_equal(x, 0) if wanted.kind == "b" else as_kind(x, wanted)


# -- reduce -----------------------------------------------------------------------------------


def reduce(
    ufunc: np.ufunc,
    x: Any,
    axis: Any = 0,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = NoValue,
    where: Any = True,
) -> Any:
    """The fold of a ufunc along axes."""
    operation = handler_of(ufunc)
    if len(shape_of(x)) == 0:
        raise ParameterTypeError(f"{name_of(ufunc)}.reduce of a number: it takes an array")
    if ufunc in {np.add, np.multiply}:
        fold = reductions.sum if ufunc is np.add else reductions.prod
        return fold(x, axis, dtype, out, keepdims, initial, where)
    x = in_loop(ufunc, x, dtype)
    if ufunc in {np.maximum, np.minimum}:
        fold = reductions.max if ufunc is np.maximum else reductions.min
        return fold(x, axis, out, keepdims, initial, where)
    if ufunc in {np.logical_or, np.logical_and}:
        fold = reductions.any if ufunc is np.logical_or else reductions.all
        made = fold(x, axis, None, keepdims, where=where)
        return delivered(operation(made, initial) if given(initial) else made, out)
    return delivered(_folded(ufunc, operation, x, axis, keepdims, initial, where), out)


def _folded(
    ufunc: np.ufunc,
    operation: Callable[[Any, Any], Any],
    x: Any,
    axis: Any,
    keepdims: Any,
    initial: Any,
    where: Any,
) -> Any:
    name = name_of(ufunc)
    shape = shape_of(x)
    axes = axes_of(axis, shape)
    if len(axes) > 1 and ufunc not in ASSOCIATIVE:
        raise ParameterError(f"{name} depends on the order: it is reduced along one axis at a time")
    first = initial if given(initial) else ufunc.identity
    if where is not True and given(where):
        if first is None:
            raise ParameterError(f"{name} has no identity: with where= it takes initial=")
        if ufunc.identity is None and ufunc not in {np.fmax, np.fmin}:
            raise unsupported(ufunc, "by reduce with where=")
        neutral = np.nan if ufunc.identity is None else ufunc.identity
        x = masked(x, where, neutral)
    if extent(shape, axes) == 0:
        if first is None:
            raise ShapeError(f"{name}.reduce of an empty array (shape {shape}) has no value")
        rest = [n for k, n in enumerate(shape) if k not in axes]
        made = np.broadcast_to(as_kind(first, kind(x)), rest)
        made = made if is_traced(made) else x.recording.constant(np.array(made))
        return kept(made, shape, axes, keepdims)
    if not given(initial):
        return kept(_fold(ufunc, operation, x, axes), shape, axes, keepdims)
    if ufunc in ASSOCIATIVE or not axes:
        made = kept(_fold(ufunc, operation, x, axes), shape, axes, keepdims)
        return operation(as_kind(initial, kind(made)), made)
    return kept(_fold(ufunc, operation, _after(initial, x, axes[0]), axes), shape, axes, keepdims)


def _after(initial: Any, x: Any, axis: int) -> Any:
    """An array with a number before its first elements along an axis."""
    edge = [1 if k == axis else n for k, n in enumerate(shape_of(x))]
    return _core.concatenate([_core.broadcast(as_kind(initial, kind(x)), edge), x], axis)


def _fold(ufunc: np.ufunc, operation: Callable[[Any, Any], Any], x: Any, axes: list[int]) -> Any:
    if ufunc is np.logaddexp and kind(x).kind == "f":
        return _core.reduce("logsumexp", x, sorted(axes))
    if ufunc is np.hypot and kind(x).kind == "f":
        return _core.reduce("norm", x, sorted(axes))
    if ufunc in {np.fmax, np.fmin} and kind(x).kind == "f":
        return _numbers_only(ufunc, x, axes)
    if not axes:
        return x
    lines = folding.flat_last(x, axes)
    last = len(shape_of(lines)) - 1
    fold = folding.by_halves if ufunc in ASSOCIATIVE else folding.from_left
    return folding.without(fold(operation, lines, last), last)


def _numbers_only(ufunc: np.ufunc, x: Any, axes: list[int]) -> Any:
    """The extreme of what is no NaN; NaN where nothing is."""
    name = "max" if ufunc is np.fmax else "min"
    found = filled(x, reductions.never_chosen(name, kind(x)))
    none = _core.reduce("all", np.isnan(x), sorted(axes))
    made = _core.reduce(name, found, sorted(axes))
    return _core.select(none, np.asarray(np.nan, kind(x)), made)


# -- accumulate, outer, reduceat --------------------------------------------------------------


def accumulate(ufunc: np.ufunc, x: Any, axis: Any = 0, dtype: Any = None, out: Any = None) -> Any:
    """The running fold of a ufunc along an axis; among equals as the ufunc of two has it."""
    operation = handler_of(ufunc)
    if not shape_of(x):
        raise ParameterTypeError(f"{name_of(ufunc)}.accumulate of a number: it takes an array")
    axis = of.one(axis, len(shape_of(x)))
    if ufunc in {np.add, np.multiply}:
        running = reductions.cumsum if ufunc is np.add else reductions.cumprod
        return running(x, axis, dtype, out)
    x = in_loop(ufunc, x, dtype)
    doubling = ufunc in ASSOCIATIVE
    run = folding.running_by_doubling if doubling else folding.running_from_left
    return delivered(run(operation, x, axis), out)


def outer(
    ufunc: np.ufunc, a: Any, b: Any, out: Any = None, dtype: Any = None, **options: Any
) -> Any:
    """The ufunc of each pair of elements."""
    operation = handler_of(ufunc)
    given_options = [name for name, value in options.items() if given(value) and value is not True]
    if given_options:
        raise ParameterError(
            f"{name_of(ufunc)}.outer of a traced array has no option {', '.join(given_options)}"
        )
    a = np.reshape(_array(a), (*shape_of(a), *(1 for _ in shape_of(b))))
    made = operation(a, _array(b))
    return delivered(made if dtype is None else made.astype(dtype), out)


def _array(x: Any) -> Any:
    return x if is_traced(x) else np.asarray(x)


def reduceat(
    ufunc: np.ufunc, x: Any, indices: Any, axis: Any = 0, dtype: Any = None, out: Any = None
) -> Any:
    """The folds between places: from each to the next, or of one element where they fall."""
    axis = of.one(axis, len(shape_of(x)))
    length = shape_of(x)[axis]
    starts = np.asarray(concrete(indices))
    if starts.ndim != 1 or starts.dtype.kind not in "iu":
        raise ShapeError(
            f"{name_of(ufunc)}.reduceat takes a sequence of places, got {shown(indices)}"
        )
    if ((starts < 0) | (starts >= length)).any():
        raise IndexOutOfBounds(
            f"{name_of(ufunc)}.reduceat: places {starts} reach outside axis {axis} "
            f"of length {length}"
        )
    stops = np.append(starts[1:], length)
    parts = [
        reduce(
            ufunc,
            folding.part(x, axis, int(start), max(int(stop - start), 1)),
            axis,
            dtype,
            None,
            True,
        )
        for start, stop in zip(starts, stops, strict=True)
    ]
    if not parts:
        raise ShapeError(f"{name_of(ufunc)}.reduceat takes one place at least")
    return delivered(np.concatenate(parts, axis), out)


# -- at ---------------------------------------------------------------------------------------


def at(ufunc: np.ufunc, target: Any, key: Any, *operand: Any) -> None:
    """Apply a ufunc to elements of an array in place; those named twice are changed twice."""
    if not is_array(target):
        raise ConcretizationError(
            f"{name_of(ufunc)}.at changes a plain array, which cannot hold a traced value: "
            "make it with np.zeros_like(x)"
        )
    if ufunc not in UFUNCS or ufunc.nout != 1 or ufunc.nin != len(operand) + 1:
        raise unsupported(ufunc, "by its method at")
    if kind(target).kind != "f" and any(kind(value).kind == "f" for value in operand):
        raise DTypeError(
            f"{name_of(ufunc)}.at puts floats into an array of {kind(target)}: "
            "the derivative would be lost"
        )
    shape = target.shape
    places = np.arange(target.size).reshape(shape)[tree_map(concrete, key)]
    flat = places.ravel()
    values = [np.reshape(_core.broadcast(value, places.shape), (flat.size,)) for value in operand]
    whole = np.reshape(target, (target.size,))
    if ufunc in {np.add, np.subtract}:
        added = _core.scatter_add(as_kind(values[0], kind(target)), flat, 0, [target.size])
        target[...] = np.reshape(UFUNCS[ufunc](whole, added), shape)
        return
    for turn in _turns(flat):
        chosen = [value[turn] for value in values]
        changed = UFUNCS[ufunc](_core.gather(whole, flat[turn], 0), *chosen)
        whole = _core.put(whole, flat[turn], as_kind(changed, kind(target)))
    target[...] = np.reshape(whole, shape)


def _turns(places: Any) -> list[Any]:
    """Positions in which no place stands twice: all first ones, all second ones, and so on."""
    order = np.argsort(places, kind="stable")
    ranked = places[order]
    first = np.searchsorted(ranked, ranked, side="left")
    turn = np.empty(places.size, np.int64)
    turn[order] = np.arange(places.size) - first
    return [np.flatnonzero(turn == k) for k in range(turn.max(initial=-1) + 1)]


BY_METHOD: dict[str, Reduction] = {
    "reduce": reduce,
    "accumulate": accumulate,
    "outer": outer,
    "reduceat": reduceat,
    "at": at,
}
"""What the methods of a ufunc do to traced arrays; each takes the ufunc first."""
