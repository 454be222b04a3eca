"""The functions of np.emath where their values are real; complex ones are refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pyframe.autodiff.dispatch import FUNCTIONS, function
from pyframe.errors import DTypeError


def _real(name: str, inside: Any) -> None:
    if not np.all(inside):
        raise DTypeError(f"np.emath.{name} would be complex here; traced values are real")


def _within(name: str, called: Callable[..., Any], domain: Callable[[Any], Any]) -> Any:
    """A function of np.emath that equals a real one on the real one's domain."""

    def handler(x: Any) -> Any:
        _real(name, domain(x))
        return called(x)

    return handler


for _name in ("sqrt", "log", "log2", "log10"):
    FUNCTIONS[getattr(np.emath, _name)] = _within(
        _name, getattr(np, _name), lambda x: np.logical_not(np.less(x, 0))
    )
for _name in ("arccos", "arcsin", "arctanh"):
    FUNCTIONS[getattr(np.emath, _name)] = _within(
        _name, getattr(np, _name), lambda x: np.logical_not(np.greater(np.abs(x), 1))
    )


@function(np.emath.logn)
def logn(n: Any, x: Any) -> Any:
    """The logarithm to the base n."""
    for number in (n, x):
        _real("logn", np.logical_not(np.less(number, 0)))
    return np.log(x) / np.log(n)


@function(np.emath.power)
def power(x: Any, p: Any) -> Any:
    """Powers of numbers that are not negative."""
    _real("power", np.logical_not(np.less(x, 0)))
    return np.power(x, p)
