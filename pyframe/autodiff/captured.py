"""What a function finds outside its arguments: a trace is only right while that is the same."""

from __future__ import annotations

from types import CellType, FunctionType, MethodType
from typing import Any

DEEPEST = 3
"""How many functions that call one another are looked into."""

_ABSENT = object()


class Captured:
    """The globals and closure variables that a function names, as they are now.

    They are compared by identity: a variable that is bound to something else is noticed, an
    array or a list whose content changes is not (a trace keeps arrays as they were).
    """

    def __init__(self, function: Any) -> None:
        self._globals: list[tuple[dict[str, Any], str, Any]] = []
        self._cells: list[tuple[CellType, Any]] = []
        self._codes: list[tuple[Any, Any]] = []
        self._seen: set[int] = set()
        self._look(function, DEEPEST)

    def _look(self, function: Any, depth: int) -> None:
        if isinstance(function, MethodType):
            function = function.__func__
        if not isinstance(function, FunctionType) or id(function) in self._seen:
            return
        self._seen.add(id(function))
        self._codes.append((function, function.__code__))
        inner: list[Any] = []
        for cell in function.__closure__ or ():
            value = _content(cell)
            self._cells.append((cell, value))
            inner.append(value)
        for name in _names(function.__code__):
            if name in function.__globals__:
                value = function.__globals__[name]
                self._globals.append((function.__globals__, name, value))
                inner.append(value)
        if depth:
            for value in inner:
                self._look(value, depth - 1)

    def names(self) -> list[tuple[Any, str, Any]] | None:
        """What is compared, as (owner, name, value); None when a closure variable is unbound."""
        if any(value is _ABSENT for _, value in self._cells):
            return None
        return [
            *self._globals,
            *((cell, "cell_contents", value) for cell, value in self._cells),
            *((function, "__code__", code) for function, code in self._codes),
        ]

    def changed(self) -> bool:
        """Whether a name is bound to something else than it was."""
        return (
            any(names.get(name, _ABSENT) is not value for names, name, value in self._globals)
            or any(_content(cell) is not value for cell, value in self._cells)
            or any(function.__code__ is not code for function, code in self._codes)
        )


def _names(code: Any) -> list[str]:
    names = list(code.co_names)
    for constant in code.co_consts:
        if hasattr(constant, "co_names"):
            names += _names(constant)
    return names


def _content(cell: CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        return _ABSENT
