"""Derivatives of any order as arrays: their contractions as one compiled program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pyframe.errors import OutOfMemory
from pyframe.matcalc.binding import Argument, Array, length
from pyframe.matcalc.programs import Programs


class Contracted(Programs):
    """A sum of contractions, the terms with the same diagonals together.

    Parameters
    ----------
    contractions : sequence of (float, list of (Formula, str), str)
        A coefficient, factors with their labels, and the labels of the result, of which one that
        stands there twice says that elements off that diagonal are zero.
    known : mapping
        All symbols that may be given, by name.
    form : Formula
        What they are the contractions of.
    """

    def __init__(
        self, contractions: Sequence[Any], known: Mapping[str, Argument], form: Any
    ) -> None:
        factors = [factor for _, parts, _ in contractions for factor, _ in parts]
        super().__init__(factors, known, [form])
        sums: dict[str, list[Any]] = {}
        for term in contractions:
            sums.setdefault(term[2], []).append(term)
        self._sums = [_Sum.of(output, terms) for output, terms in sums.items()]

    def array(self, values: Mapping[str, Any], sizes: Sequence[str], check: bool = True) -> Array:
        """The array, whose axes have these sizes, for an array-like for each symbol."""
        bound, found = self.evaluated(values, check)
        if not self.formulas:
            found = [np.asarray(sum(c for c, _, _ in own.terms)) for own in self._sums]
        if len(found) == 1 and self._sums[0].is_whole:
            return found[0]
        shape = [length(size, bound.sizes) for size in sizes]
        try:
            result = np.zeros(shape, np.float32 if bound.single else np.float64)
        except (MemoryError, ValueError) as error:
            raise OutOfMemory(f"an array of shape {tuple(shape)}: {error}") from error
        for place, (own, part) in enumerate(zip(self._sums, found, strict=True)):
            diagonal, spread = own.placed(result, part)
            if place:
                diagonal += spread
            else:
                diagonal[...] = spread
        return result

    def _planned(self, sizes: list[tuple[str, int]], single: bool) -> Any:
        sums = [own.terms for own in self._sums]
        return self.formulas[0].contracted(sums, list(self.names), sizes, single)


@dataclass(frozen=True)
class _Sum:
    """The terms with the same diagonals.

    Parameters
    ----------
    terms : list
        Their contractions.
    axes : list of (tuple of int, bool)
        For each label of the output its places there, and whether a factor has it.
    """

    terms: list[Any]
    axes: list[tuple[tuple[int, ...], bool]]

    @classmethod
    def of(cls, output: str, terms: list[Any]) -> _Sum:
        held = {label for _, factors, _ in terms for _, own in factors for label in own}
        places = {
            label: tuple(k for k, own in enumerate(output) if own == label) for label in output
        }
        return cls(terms, [(own, label in held) for label, own in places.items()])

    @property
    def is_whole(self) -> bool:
        """Whether the sum is the array, and not only elements on its diagonals."""
        return all(held and len(places) == 1 for places, held in self.axes)

    def placed(self, result: Array, part: Array) -> tuple[Array, Array]:
        """The diagonals of a new array, to write to, and what stands on them."""
        shape = [result.shape[places[0]] for places, _ in self.axes]
        strides = [sum(result.strides[k] for k in places) for places, _ in self.axes]
        diagonal = np.ndarray(shape, result.dtype, result.data, 0, strides)
        held = [n if own else 1 for n, (_, own) in zip(shape, self.axes, strict=True)]
        return diagonal, part.reshape(held)
