"""Derivatives of any order as arrays: their contractions as one compiled program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pyframe.errors import OutOfMemory
from pyframe.matcalc.binding import Argument, Array, length
from pyframe.matcalc.programs import KEPT, Programs


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
        self._layouts: dict[Any, _Layout] = {}

    def array(self, values: Mapping[str, Any], sizes: Sequence[str], check: bool = True) -> Array:
        """The array, whose axes have these sizes, for an array-like for each symbol."""
        bound, found = self.evaluated(values, check)
        if not self.formulas:
            found = [np.asarray(sum(c for c, _, _ in own.terms)) for own in self._sums]
        if len(found) == 1 and self._sums[0].is_whole:
            return found[0]
        key = (bound.single, *bound.sizes.items())
        layout = self._layouts.get(key)
        if layout is None:
            shape = tuple(length(size, bound.sizes) for size in sizes)
            layout = _Layout.of(shape, np.float32 if bound.single else np.float64, self._sums)
            if len(self._layouts) >= KEPT:
                self._layouts.clear()
            self._layouts[key] = layout
        return layout.filled(found)

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


@dataclass(frozen=True)
class _Layout:
    """Where the sums stand in an array of one shape.

    Parameters
    ----------
    shape : tuple of int
        Of the array.
    dtype : dtype
        Of its elements.
    places : list of (list of int, list of int, list of int)
        For each sum the lengths and strides of the diagonals that it stands on, and the shape in
        which it spreads over them.
    """

    shape: tuple[int, ...]
    dtype: Any
    places: list[tuple[list[int], list[int], list[int]]]

    @classmethod
    def of(cls, shape: tuple[int, ...], dtype: Any, sums: Sequence[_Sum]) -> _Layout:
        steps = np.cumprod([np.dtype(dtype).itemsize, *shape[:0:-1]])[::-1].tolist()
        places: list[tuple[list[int], list[int], list[int]]] = []
        for own in sums:
            lengths = [shape[axes[0]] for axes, _ in own.axes]
            strides = [sum(steps[axis] for axis in axes) for axes, _ in own.axes]
            spread = [n if held else 1 for n, (_, held) in zip(lengths, own.axes, strict=True)]
            places.append((lengths, strides, spread))
        return cls(shape, dtype, places)

    def filled(self, parts: Sequence[Array]) -> Array:
        """The array with these sums."""
        try:
            result = np.zeros(self.shape, self.dtype)
        except (MemoryError, ValueError) as error:
            raise OutOfMemory(f"an array of shape {self.shape}: {error}") from error
        for k, (part, (lengths, strides, spread)) in enumerate(
            zip(parts, self.places, strict=True)
        ):
            # The diagonals of the result, as a view to write to.
            diagonal = np.ndarray(lengths, self.dtype, result.data, 0, strides)
            if k:
                diagonal += part.reshape(spread)
            else:
                diagonal[...] = part.reshape(spread)
        return result
