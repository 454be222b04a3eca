"""Derivatives of any order as arrays, by their forms along the elements of the directions.

For forms that are no contractions, such as the derivative of a matrix exponential: many elements
at a time, which share what does not depend on them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from pyframe import _core
from pyframe.errors import OutOfMemory
from pyframe.matcalc.binding import Argument, Array, Bound, length
from pyframe.matcalc.programs import Programs

TOGETHER = 1 << 18
"""How many numbers the directions or the values of those taken together have, about."""


class AlongElements:
    """The array of a form that is linear in each of its directions.

    Parameters
    ----------
    form : Expression
        Linear in the directions.
    directions : sequence of Expression
        Their symbols.
    known : mapping
        What may be given: symbols by name, without the directions.
    """

    def __init__(self, form: Any, directions: Sequence[Any], known: Mapping[str, Argument]) -> None:
        self._out: tuple[str, ...] = form.sizes
        self._directions = {str(direction): direction.sizes for direction in directions}
        self._values = Programs([], known, [form.formula])
        self._stacked = _Stacked(form, self._directions)

    def array(self, values: Mapping[str, Any], check: bool = True) -> Array:
        """The axes of the form, then those of each direction."""
        bound = self._values.bound(values, check)
        out = self._shape(self._out, bound)
        shapes = {name: self._shape(sizes, bound) for name, sizes in self._directions.items()}
        whole = (*out, *(n for shape in shapes.values() for n in shape))
        rows, columns = math.prod(out), math.prod(map(math.prod, shapes.values()))
        pieces = self._pieces(bound, shapes, rows)
        if any(_core.is_traced(value) for value in bound.arrays.values()):
            return np.concatenate(list(pieces), axis=1).reshape(whole)
        try:
            result = np.zeros((rows, columns), np.float32 if bound.single else np.float64)
        except (MemoryError, ValueError) as error:
            raise OutOfMemory(f"an array of shape {whole}: {error}") from error
        start = 0
        for piece in pieces:
            stop = start + piece.shape[1]
            result[:, start:stop], start = piece, stop
        return result.reshape(whole)

    def _pieces(
        self, bound: Bound, shapes: Mapping[str, tuple[int, ...]], rows: int
    ) -> Iterator[Array]:
        """The columns of the array, elements of the form by elements of all directions."""
        counts = [math.prod(shape) for shape in shapes.values()]
        many = self._stacked.many(counts, rows)
        for start in range(0, math.prod(counts), many):
            places = np.arange(start, min(start + many, math.prod(counts)))
            units: dict[str, Array] = {}
            for (name, shape), own in zip(
                shapes.items(), np.unravel_index(places, counts), strict=True
            ):
                unit = np.zeros((many, math.prod(shape)))
                unit[np.arange(len(places)), own] = 1.0
                units[name] = unit.reshape(many, *shape)
            along = Bound({**bound.arrays, **units}, bound.sizes, bound.single)
            yield self._stacked.run(along)[0].reshape(many, rows)[: len(places)].T

    @staticmethod
    def _shape(sizes: Sequence[str], bound: Bound) -> tuple[int, ...]:
        return tuple(length(size, bound.sizes) for size in sizes)


class _Stacked(Programs):
    """A form for many values of its directions at once, which have an axis more in front."""

    def __init__(self, form: Any, directions: Mapping[str, Sequence[str]]) -> None:
        super().__init__([form.formula], form.known)
        self._form, self._directions = form.sizes, directions
        self.needed = tuple(
            replace(own, shape=("many", *own.shape)) if own.name in directions else own
            for own in self.needed
        )

    @staticmethod
    def many(counts: Sequence[int], rows: int) -> int:
        """How many at once, of directions of so many elements and a form of so many."""
        return max(1, min(math.prod(counts), TOGETHER // max(1, rows, *counts)))

    def _planned(self, sizes: list[tuple[str, int]], single: bool) -> Any:
        known = dict(sizes)

        def count(own: Sequence[str]) -> int:
            return math.prod(length(size, known) for size in own)

        many = self.many([count(own) for own in self._directions.values()], count(self._form))
        stacked = [name for name in self.names if name in self._directions]
        return self.formulas[0].program_of_many(list(self.names), stacked, many, sizes, single)
