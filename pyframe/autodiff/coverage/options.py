"""The options that NumPy's reductions share: out, keepdims, dtype, initial and where."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pyframe import _core
from pyframe.autodiff.coverage import axes as of
from pyframe.autodiff.dispatch import is_traced
from pyframe.errors import ConcretizationError, DTypeError, ShapeError

NoValue = np._NoValue  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
"""What NumPy's signatures say for "not given"."""


def shape_of(x: Any) -> tuple[int, ...]:
    """The shape of a traced or plain operand."""
    return x.shape if hasattr(x, "shape") else np.shape(x)


def given(option: Any) -> bool:
    """Whether an option was given at all."""
    return option is not None and option is not NoValue


def is_array(x: Any) -> bool:
    """Whether an object is a traced array, which can be assigned to."""
    return isinstance(x, _core.Array)


def into(target: Any, value: Any) -> None:
    """Assign a value to the array named by ``out=``.

    Raises
    ------
    ConcretizationError
        When it is a plain array.
    """
    if not is_array(target):
        raise ConcretizationError(
            "out= is a plain array, which cannot hold a traced value: make it with "
            "np.zeros_like(x), or use the returned value"
        )
    if target.shape != shape_of(value):
        raise ShapeError(f"out= has shape {target.shape}, the result has {shape_of(value)}")
    target[...] = value


def delivered(value: Any, out: Any) -> Any:
    """The result, in the array named by ``out=`` where one is."""
    target: Any = out[0] if isinstance(out, tuple) else out
    if not given(target):
        return value
    into(target, value)
    return target


def kind(x: Any) -> np.dtype[Any]:
    """The dtype of a traced or plain operand."""
    return x.dtype if is_traced(x) else np.asarray(x).dtype


def as_kind(x: Any, dtype: Any) -> Any:
    """An operand of another dtype; itself when it has it."""
    wanted = np.dtype(dtype)
    if kind(x) == wanted:
        return x
    return _core.convert(x, wanted.name) if is_traced(x) else np.asarray(x).astype(wanted)


def counting(x: Any, dtype: Any) -> Any:
    """An operand as it is added and multiplied: of `dtype`, or truth values as integers."""
    if given(dtype):
        return as_kind(x, dtype)
    return as_kind(x, np.int64) if kind(x).kind == "b" else x


def mask_of(where: Any, shape: tuple[int, ...]) -> Any:
    """The option ``where`` stretched to a shape, or None when it leaves nothing out.

    Raises
    ------
    DTypeError
        When it holds no truth values.
    ShapeError
        When it does not fit.
    """
    if where is True or not given(where):
        return None
    if kind(where).kind not in "biu":
        raise DTypeError(f"where= takes truth values, got {kind(where)}")
    where = as_kind(where, np.bool_)
    try:
        return np.broadcast_to(where, shape)
    except ValueError:
        raise ShapeError(
            f"where= of shape {shape_of(where)} does not fit an array of shape {shape}"
        ) from None


def masked(x: Any, where: Any, otherwise: Any) -> Any:
    """The elements where a mask holds, and a number elsewhere."""
    mask = mask_of(where, shape_of(x))
    return x if mask is None else _core.select(mask, x, np.asarray(otherwise, kind(x)))


def axes_of(axis: Any, shape: tuple[int, ...]) -> list[int]:
    """The axes of a reduction; a number may be reduced along axis 0."""
    if not shape and type(axis) is int and axis in {0, -1}:
        return []
    return of.several(axis, len(shape))


def kept(x: Any, shape: tuple[int, ...], axes: list[int], keepdims: Any) -> Any:
    """A reduced array with its axes kept where that is asked for."""
    if not given(keepdims) or not keepdims:
        return x
    return _core.reshape(x, of.kept(shape, axes))


def extent(shape: tuple[int, ...], axes: list[int]) -> int:
    """How many elements are reduced to one."""
    return math.prod(shape[k] for k in axes)
