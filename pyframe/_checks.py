"""Arguments at the border: flags, whole numbers, texts and choices."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from pyframe.errors import ParameterError, ParameterOverflow, ParameterTypeError

LONGEST = 1000
"""The longest text that is a name, a shape or the like."""


def is_whole(value: Any) -> bool:
    """Whether something is a whole number: an int, or one of NumPy's."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def whole(value: Any, name: str, least: int, most: int | None = None) -> int:
    """A whole number within bounds.

    Raises
    ------
    ParameterTypeError, ParameterError
        When it is none, or out of bounds.
    """
    bounds = f">= {least}" if most is None else f"from {least} to {most}"
    wanted = f"{name} must be an int {bounds}, got {shown(value)}"
    if not is_whole(value):
        raise ParameterTypeError(wanted)
    if value < least or (most is not None and value > most):
        raise ParameterError(wanted)
    return operator.index(value)


def number(value: Any, name: str) -> float:
    """A real number, which may be infinite or none."""
    real: Any = value
    if not isinstance(value, int | float | np.integer | np.floating) or isinstance(value, bool):
        raise ParameterTypeError(f"{name} must be a real number, got {shown(value)}")
    try:
        return float(real)
    except OverflowError:
        raise ParameterOverflow(f"{name} must be at most 1.8e308, got {shown(value)}") from None


def flag(value: Any, name: str) -> bool:
    """True or False."""
    if value is True or value is False:
        return value
    other: Any = value
    if not isinstance(value, np.bool_):
        raise ParameterTypeError(f"{name} must be True or False, got {shown(value)}")
    return bool(other)


def text(value: Any, name: str) -> str:
    """A text that can be written down."""
    if not isinstance(value, str):
        raise ParameterTypeError(f"{name} must be a text, got {shown(value)}")
    if len(value) > LONGEST:
        raise ParameterError(
            f"{name} must be a text of at most {LONGEST} signs, got {len(value)}: {shown(value)}"
        )
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise ParameterError(f"{name} must be a text, got {shown(value)}: {error}") from None
    return value


def choice(value: Any, name: str, choices: Sequence[Any]) -> Any:
    """One of a few texts or whole numbers."""
    if isinstance(value, str) or is_whole(value):
        for own in choices:
            if own == value:
                return own
    listed = ", ".join(str(own) for own in choices)
    refusal = ParameterError if isinstance(value, type(choices[0])) else ParameterTypeError
    raise refusal(f"{name} must be one of {listed}, got {shown(value)}")


def function(value: Any, name: str) -> Any:
    """Something that can be called."""
    if not callable(value):
        raise ParameterTypeError(f"{name} must be a function, got {shown(value)}")
    return value


def shown(value: Any) -> str:
    """An object on one line, cut off where it is long."""
    try:
        line = " ".join(repr(value).split())
    except Exception:  # noqa: BLE001  an int of too many digits, or a class that cannot be shown
        kind = type(value).__name__
        return f"a very large {kind}" if isinstance(value, int) else f"an object of type {kind}"
    return line if len(line) <= 60 else f"{line[:57]}..."
