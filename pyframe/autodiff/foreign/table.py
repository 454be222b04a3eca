"""What the core asks about functions from outside: a value, or the graph of a rule."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np

from pyframe import _core
from pyframe._checks import shown
from pyframe.errors import DTypeError, ReturnTypeError, ShapeError

if TYPE_CHECKING:
    from pyframe.autodiff.foreign.primitive import Primitive

Kind = tuple[str, tuple[int, ...]]
"""The dtype and the shape of an array."""

_numbers = itertools.count(1)
_known: dict[int, Primitive] = {}


def number(primitive: Primitive) -> int:
    """Give a primitive the number by which graphs name it."""
    given = next(_numbers)
    _known[given] = primitive
    return given


def primitive(number: int) -> Primitive:
    """The primitive with a number."""
    return _known[number]


def label(number: int) -> str:
    """How the primitive with a number is called in messages."""
    return _known[number].label


def value(primitive: Primitive, operands: list[Any], dtype: str, shape: tuple[int, ...]) -> Any:
    """What the function returns, which must be of this type.

    Raises
    ------
    ReturnTypeError, ShapeError, DTypeError
        When it is not; the message names the primitive and its module.
    """
    made = primitive.impl(*map(_given, operands))
    array = np.asarray(made) if isinstance(made, np.ndarray | np.generic | float | int) else None
    who = f"primitive {primitive.label}"
    if array is None or isinstance(made, bool):
        raise ReturnTypeError(
            f"{who} must return an array, got {type(made).__name__} {shown(made)}"
        )
    if array.shape != tuple(shape):
        raise ShapeError(
            f"{who} must return an array of shape {tuple(shape)}, got {array.shape}; "
            "for a function that is not elementwise give pf.primitive(shape=...)"
        )
    wanted = np.dtype(dtype)
    if isinstance(made, int):
        return array.astype(wanted)
    if array.dtype.kind != "f" or array.dtype.itemsize < wanted.itemsize:
        raise DTypeError(f"{who} must return {wanted}, got {array.dtype}")
    return array.astype(wanted, copy=False)


def _given(operand: Any) -> Any:
    """An operand as the function gets it: a number without axes as a number, else read-only."""
    if operand.shape == ():
        return operand[()] if operand.dtype.kind == "f" else operand.item()
    operand.flags.writeable = False
    return operand


def _compute(function: int, _: int, operands: list[Any], dtype: str, shape: tuple[int, ...]) -> Any:
    return value(_known[function], operands, dtype, shape)


def _differentiate(
    function: int, _: int, types: list[Kind], active: list[bool], reverse: bool
) -> Any:
    return _known[function].differentiated(tuple(types), active, reverse)


_core._set_foreign(_compute, _differentiate)  # noqa: SLF001
