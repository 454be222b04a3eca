"""The user's functions called as a run called them, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Calls:
    """Notes which function a run calls at which point, and calls them again.

    Parameters
    ----------
    f, grad : callable
        The functions; :attr:`f` and :attr:`grad` are those that note.
    """

    def __init__(self, f: Callable[..., Any], grad: Callable[..., Any]) -> None:
        self.noted: list[tuple[Callable[..., Any], Any]] = []
        self.f, self.grad = self._noting(f), self._noting(grad)

    def _noting(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def noting(x):
            self.noted.append((function, x.copy()))
            return function(x)

        return noting

    def again(self) -> None:
        """The same calls in the same order."""
        for function, x in self.noted:
            function(x)

    def count(self) -> str:
        """How many calls of f and of grad, as ``f+grad``."""
        names = [function.__name__ for function, _ in self.noted]
        gradients = sum(name.startswith("grad") for name in names)
        return f"{len(names) - gradients}+{gradients}"
