"""Functions that cost nothing: the values of a first run, given again in the same order.

A search asks for the same points every time.  Its second run can therefore be fed from a
list, and what is timed is the search alone, not the user's functions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


class Recording:
    """Wraps functions, keeps what they return, and plays it back."""

    def __init__(self, *functions: Callable[..., Any] | None) -> None:
        self._functions = functions
        self._values: list[list[Any]] = [[] for _ in functions]

    def record(self) -> list[Callable[..., Any] | None]:
        """The functions, each of which also notes its values."""
        return [
            None if function is None else self._noting(function, values)
            for function, values in zip(self._functions, self._values, strict=True)
        ]

    @staticmethod
    def _noting(function: Callable[..., Any], values: list[Any]) -> Callable[..., Any]:
        def noting(*args: Any) -> Any:
            value = function(*args)
            values.append(value)
            return value

        return noting

    def play(self) -> list[Callable[..., Any] | None]:
        """Functions that return the noted values, one after the other."""
        return [
            None if function is None else self._playing(values)
            for function, values in zip(self._functions, self._values, strict=True)
        ]

    @staticmethod
    def _playing(values: list[Any]) -> Callable[..., Any]:
        following = iter(values).__next__
        return lambda *_: following()
