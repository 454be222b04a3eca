"""Where a function is defined: an interval or some values for each argument, and draws from it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pyframe._checks import shown
from pyframe.errors import RecordError

WIDE = 3.0
"""Half the width of what is drawn from the whole line."""
MARGIN = 0.02
"""The share of a bounded interval that is left out at either end."""


@dataclass(frozen=True)
class Interval:
    """The open interval (low, high)."""

    low: float
    high: float

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
        """Numbers that come from all of it, but not from its very ends."""
        low, high = self.low, self.high
        if math.isfinite(low) and math.isfinite(high):
            margin = MARGIN * (high - low)
            return rng.uniform(low + margin, high - margin, shape)
        if math.isfinite(low):
            return low + np.exp(rng.uniform(-WIDE, WIDE, shape))
        if math.isfinite(high):
            return high - np.exp(rng.uniform(-WIDE, WIDE, shape))
        return rng.uniform(-WIDE, WIDE, shape)

    def room(self, x: Any) -> Any:
        """The distance to the nearer end."""
        return np.minimum(x - self.low, self.high - x)

    def __str__(self) -> str:
        return f"({self.low:g}, {self.high:g})"


@dataclass(frozen=True)
class Values:
    """Some values, such as the orders of a Bessel function."""

    values: tuple[Any, ...]

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
        """Some of them."""
        return rng.choice(np.asarray(self.values), shape)

    def room(self, x: Any) -> Any:
        """No distance: there is nothing beside a value."""
        return np.zeros(np.shape(x))

    def __str__(self) -> str:
        return f"{{{', '.join(map(str, self.values))}}}"


Set = Interval | Values
Given = Any
"""A pair ``(low, high)``, a list or range of values, or one of these for each argument."""


def domains(given: Given, arguments: tuple[str, ...], name: str) -> tuple[Set, ...]:
    """The domain of each argument.

    Raises
    ------
    RecordError
        When `given` is not of one of the forms.
    """
    if isinstance(given, Mapping):
        unknown = set(given) - set(arguments)
        if unknown:
            raise RecordError(
                f"primitive {name!r}: domain names {sorted(map(str, unknown))}, "
                f"its arguments are {', '.join(arguments)}"
            )
        return tuple(_one(given.get(each, (-math.inf, math.inf)), name) for each in arguments)
    if isinstance(given, tuple) and any(isinstance(each, tuple | list | range) for each in given):
        if len(given) != len(arguments):
            raise RecordError(
                f"primitive {name!r}: domain has {len(given)} entries "
                f"for {len(arguments)} arguments"
            )
        return tuple(_one(each, name) for each in given)
    return (_one(given, name),) * len(arguments)


def _one(given: Any, name: str) -> Set:
    if isinstance(given, list | range):
        values: Sequence[Any] = given
        if len(values) and all(isinstance(v, int | float | np.number) for v in values):
            return Values(tuple(values))
    elif isinstance(given, tuple) and len(given) == 2:
        try:
            low, high = map(float, given)
        except (TypeError, ValueError):
            pass
        else:
            if low < high:
                return Interval(low, high)
    raise RecordError(
        f"primitive {name!r}: a domain is a pair (low, high) with low < high, or a list or range "
        f"of values, got {shown(given)}"
    )
