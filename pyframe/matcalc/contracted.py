"""Derivatives of any order as arrays: their contractions as one compiled program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

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
    """

    def __init__(self, contractions: Sequence[Any], known: Mapping[str, Argument]) -> None:
        super().__init__([factor for _, parts, _ in contractions for factor, _ in parts], known)
        self._sums: dict[str, list[Any]] = {}
        for term in contractions:
            self._sums.setdefault(term[2], []).append(term)

    def array(self, values: Mapping[str, Any], sizes: Sequence[str], check: bool = True) -> Array:
        """The array, whose axes have these sizes, for an array-like for each symbol."""
        bound, found = self.evaluated(values, check)
        shape = [length(size, bound.sizes) for size in sizes]
        if not self.formulas:
            found = [np.asarray(sum(term[0] for term in terms)) for terms in self._sums.values()]
        if len(found) == 1 and found[0].ndim == len(shape):
            return found[0]
        result = np.zeros(shape, np.float32 if bound.single else np.float64)
        for place, ((output, terms), part) in enumerate(zip(self._sums.items(), found, strict=True)):
            labels = "".join(dict.fromkeys(output))
            # The diagonals of the result, as a view to write to.
            diagonal = np.einsum(f"{output}->{labels}", result)
            held = {label for _, factors, _ in terms for _, own in factors for label in own}
            spread = part.reshape(
                [n if label in held else 1 for label, n in zip(labels, diagonal.shape, strict=True)]
            )
            if place:
                diagonal += spread
            else:
                diagonal[...] = spread
        return result

    def _planned(self, sizes: list[tuple[str, int]], single: bool) -> Any:
        sums = list(self._sums.values())
        return self.formulas[0].contracted(sums, list(self.names), sizes, single)
