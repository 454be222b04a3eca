"""Sums of contractions, which derivatives of any order are: as arrays, and applied.

A contraction is a coefficient, factors with a label for each axis, and the labels of the result;
labels that the result has not are summed over, and a label that it has twice says that elements
off that diagonal are zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Contraction:
    """One term.

    Parameters
    ----------
    coefficient : float
        In front.
    factors : tuple of (ndarray, str)
        Arrays with their labels.
    output : str
        Labels of the result.
    """

    coefficient: float
    factors: tuple[tuple[Array, str], ...]
    output: str

    @property
    def labels(self) -> str:
        """The labels of the result, each once."""
        return "".join(dict.fromkeys(self.output))

    def sizes(self, shape: Sequence[int]) -> dict[str, int]:
        """The length along each label, of a result of this shape."""
        known = dict(zip(self.output, shape, strict=True))
        for array, labels in self.factors:
            known.update(zip(labels, array.shape, strict=True))
        return known

    def compact(self, shape: Sequence[int]) -> Array:
        """The elements on the diagonals, with one axis for each of the labels; may be a view."""
        sizes, labels = self.sizes(shape), self.labels
        held = {label for _, own in self.factors for label in own}
        kept = "".join(label for label in labels if label in held)
        small = contract(self.scaled, kept) if self.factors else np.full((), self.coefficient)
        if len(kept) == len(labels):
            return small
        spread = [sizes[label] if label in held else 1 for label in labels]
        return np.broadcast_to(small.reshape(spread), [sizes[label] for label in labels])

    @property
    def scaled(self) -> tuple[tuple[Array, str], ...]:
        """The factors, the smallest of them times the coefficient."""
        if self.coefficient == 1.0:
            return self.factors
        place = min(range(len(self.factors)), key=lambda k: self.factors[k][0].size)
        array, labels = self.factors[place]
        scaled = (array * array.dtype.type(self.coefficient), labels)
        return (*self.factors[:place], scaled, *self.factors[place + 1 :])


def contract(factors: Sequence[tuple[Array, str]], output: str) -> Array:
    """The product of the factors, summed over the labels that are not in the output."""
    arrays = [array for array, _ in factors]
    inputs = tuple(labels for _, labels in factors)
    summed = set("".join(inputs)) - set(output)
    if not summed and all(len(set(labels)) == len(labels) for labels in inputs):
        return _outer(arrays, inputs, output)
    text = f"{','.join(inputs)}->{output}"
    if len(arrays) < 3:
        return np.asarray(np.einsum(text, *arrays, optimize=len(arrays) == 2))
    path = _path(text, tuple(array.shape for array in arrays))
    return np.asarray(np.einsum(text, *arrays, optimize=path))


@lru_cache(maxsize=256)
def _path(text: str, shapes: tuple[tuple[int, ...], ...]) -> list[Any]:
    like = [np.broadcast_to(np.float64(0), shape) for shape in shapes]
    return np.einsum_path(text, *like, optimize="optimal" if len(like) <= 6 else "greedy")[0]


def _outer(arrays: Sequence[Array], inputs: Sequence[str], output: str) -> Array:
    """A product without sums, by broadcasting."""
    spread: list[Array] = []
    for array, labels in zip(arrays, inputs, strict=True):
        order = sorted(range(len(labels)), key=lambda axis: output.index(labels[axis]))
        own = [array.shape[axis] for axis in order]
        there = {labels[axis] for axis in order}
        lengths = iter(own)
        shape = [next(lengths) if label in there else 1 for label in output]
        spread.append(array.transpose(order).reshape(shape))
    product = spread[0]
    for array in spread[1:]:
        product = product * array
    return product


def dense(terms: Sequence[Contraction], shape: Sequence[int], dtype: Any = np.float64) -> Array:
    """The sum as an array of this shape."""
    if len(terms) == 1 and len(terms[0].labels) == len(shape):
        whole = terms[0].compact(shape)
        factors = [array for array, _ in terms[0].factors]
        shared = any(np.may_share_memory(whole, array) for array in factors)
        ours = whole.dtype == dtype and whole.flags.writeable and not shared
        return whole if ours else np.array(whole, dtype=dtype)
    result = np.zeros(shape, dtype)
    for term in terms:
        # The diagonals of the result, as a view to write to.
        place = np.einsum(f"{term.output}->{term.labels}", result)
        place += term.compact(shape)
    return result


def applied(terms: Sequence[Contraction], shape: Sequence[int], v: Array, axes: int) -> Array:
    """The sum applied to an array that stands for its last `axes` axes, never made whole."""
    out = len(shape) - axes
    total = np.zeros(shape[:out], np.result_type(v, np.float64))
    for term in terms:
        front, back = term.output[:out], term.output[out:]
        sizes = term.sizes(shape)
        factors = [*term.factors, (v, back)]
        held = {label for _, own in factors for label in own}
        missing = [label for label in dict.fromkeys(front) if label not in held]
        factors += [(np.ones(sizes[label]), label) for label in missing]
        labels = "".join(dict.fromkeys(front))
        place = np.einsum(f"{front}->{labels}", total)
        place += term.coefficient * contract(factors, labels)
    return total
