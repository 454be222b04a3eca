"""Axes as users give them: None, one or several, negative ones from the end."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from operator import index
from typing import Any

import numpy as np

from pyframe._checks import shown
from pyframe.errors import (
    DTypeError,
    IndexOutOfBounds,
    ParameterError,
    ParameterTypeError,
    ShapeError,
)


def one(axis: Any, rank: int, what: str = "axis") -> int:
    """One axis, counted from the start.

    Raises
    ------
    ShapeError
        When the array has no such axis.
    DTypeError
        When it is no integer.
    """
    try:
        if isinstance(axis, bool):
            raise TypeError  # noqa: TRY301
        number = index(axis)
    except TypeError:
        raise DTypeError(f"{what} must be an int, got {shown(axis)}") from None
    if not -rank <= number < rank:
        raise ShapeError(f"{what} {number} is out of bounds for an array of {rank} axes")
    return number % rank


def several(axis: Any, rank: int) -> list[int]:
    """The axes meant: all for None; each once.

    Raises
    ------
    ShapeError
        When the array has no such axis, or one is named twice.
    """
    if axis is None:
        return list(range(rank))
    axes = [one(each, rank) for each in (axis if isinstance(axis, tuple | list) else (axis,))]
    if len(set(axes)) != len(axes):
        raise ShapeError(f"axis {axis} names an axis twice")
    return axes


def kept(shape: tuple[int, ...], axes: list[int]) -> list[int]:
    """The shape with reduced axes of length one."""
    return [1 if k in axes else n for k, n in enumerate(shape)]


def no_options(where: str, **options: Any) -> None:
    """Refuse options that traced values do not have.

    Raises
    ------
    ParameterError
        When one is given.
    """
    given = [name for name, value in options.items() if value is not None]
    if given:
        raise ParameterError(f"{where} of a traced array has no option {', '.join(given)}")


@contextmanager
def refused(where: str) -> Generator[None]:
    """Where NumPy itself works on the places of elements, its refusals become pyframe's."""
    try:
        yield
    except np.exceptions.AxisError as error:
        raise ShapeError(f"{where}: {error}") from None
    except IndexError as error:
        raise IndexOutOfBounds(f"{where}: {error}") from None
    except ValueError as error:
        raise ParameterError(f"{where}: {error}") from None
    except TypeError as error:
        raise ParameterTypeError(f"{where}: {error}") from None


def places(given: Any, count: int) -> Any:
    """Places in a flattened array, counted from the start.

    Raises
    ------
    IndexOutOfBounds
        When there is no such place.
    """
    outside = given[(given < -count) | (given >= count)]
    if outside.size:
        raise IndexOutOfBounds(f"index {outside[0]} is out of bounds for size {count}")
    return np.where(given < 0, given + count, given)
