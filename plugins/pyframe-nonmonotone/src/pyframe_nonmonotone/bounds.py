"""What the parameters may be, checked when a criterion is made."""

from __future__ import annotations

from pyframe.errors import ParameterError, ParameterTypeError


def require(condition: bool, inequality: str, **seen: object) -> None:
    """Refuse parameters that break an inequality.

    Raises
    ------
    ParameterError
        When `condition` does not hold.
    """
    if not condition:
        shown = ", ".join(f"{name} = {value!r:.40}" for name, value in seen.items())
        raise ParameterError(f"{inequality} is needed, got {shown}")


def require_numbers(**given: object) -> None:
    """Refuse parameters that are not real numbers.

    Raises
    ------
    ParameterTypeError
        For anything but int and float.
    """
    for name, value in given.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ParameterTypeError(f"{name} must be a number, got {type(value).__name__}")
