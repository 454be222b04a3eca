"""Sums of contractions, which derivatives of any order are: as arrays, and applied.

A contraction is a coefficient, factors with a label for each axis, and the labels of the result;
labels that the result has not are summed over, and a label that it has twice says that elements
off that diagonal are zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from pyframe import _core
from pyframe._arrays import room

Array = np.ndarray[Any, np.dtype[Any]]


class Contraction(NamedTuple):
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


def merged(terms: Sequence[Contraction]) -> list[Contraction]:
    """Terms that differ in one part of an outer product joined: a sum times what they share.

    The parts of a term are its factors that labels connect, diagonals of the result among them.
    """
    if len(terms) < 2 or len({term.output for term in terms}) > 1:
        return list(terms)
    split = [_parts(term) for term in terms]
    if any(set(parts) != set(split[0]) for parts in split) or len(split[0]) < 2:
        return list(terms)
    apart = [
        key for key in split[0] if not all(_equal(parts[key], split[0][key]) for parts in split)
    ]
    if len(apart) != 1:
        return list(terms)
    [labels] = apart
    joined = sum(
        term.coefficient * contract(parts[labels], labels)
        for term, parts in zip(terms, split, strict=True)
    )
    shared = [factor for key, part in split[0].items() if key != labels for factor in part]
    return [Contraction(1.0, ((np.asarray(joined), labels), *shared), terms[0].output)]


def _parts(term: Contraction) -> dict[str, list[tuple[Array, str]]]:
    """The factors by the labels of the result that they reach."""
    groups: list[tuple[set[str], list[tuple[Array, str]]]] = []
    for factor in term.factors:
        labels, members = set(factor[1]), [factor]
        for group in [group for group in groups if group[0] & labels]:
            groups.remove(group)
            labels |= group[0]
            members = group[1] + members
        groups.append((labels, members))
    parts: dict[str, list[tuple[Array, str]]] = {}
    for labels, members in groups:
        reached = "".join(label for label in term.labels if label in labels)
        parts.setdefault(reached, []).extend(members)
    return parts


def _equal(these: Sequence[tuple[Array, str]], those: Sequence[tuple[Array, str]]) -> bool:
    return len(these) == len(those) and all(
        a.shape == b.shape and own == other and np.array_equal(a, b)
        for (a, own), (b, other) in zip(these, those, strict=True)
    )


def dense(terms: Sequence[Contraction], shape: Sequence[int], dtype: Any = np.float64) -> Array:
    """The sum as an array of this shape."""
    with room(f"an array of shape {tuple(shape)}"):
        return _dense(terms, shape, dtype)


def _dense(terms: Sequence[Contraction], shape: Sequence[int], dtype: Any) -> Array:
    if len(terms) == 1 and len(terms[0].labels) == len(shape):
        whole = terms[0].compact(shape)
        factors = [array for array, _ in terms[0].factors]
        shared = any(np.may_share_memory(whole, array) for array in factors)
        ours = whole.dtype == dtype and whole.flags.writeable and not shared
        return whole if ours else np.array(whole, dtype=dtype)
    result = np.zeros(shape, dtype)
    for place, term in enumerate(terms):
        # The diagonals of the result, as a view to write to.
        diagonal = np.einsum(f"{term.output}->{term.labels}", result)
        if place:
            diagonal += term.compact(shape)
        else:
            diagonal[...] = term.compact(shape)
    return result


def gross(terms: Sequence[Contraction], shape: Sequence[int]) -> Array:
    """The sum of the sizes of the terms' elements: what may have cancelled in the sum itself."""
    total = np.abs(dense(terms[:1], shape))
    for term in terms[1:]:
        total += np.abs(dense([term], shape))
    return total


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
        # Without axes NumPy gives a number, which could not be written to.
        place = np.einsum(f"{front}->{labels}", total) if front else total
        place += term.coefficient * contract(factors, labels)
    return total


def contract(factors: Sequence[tuple[Array, str]], output: str) -> Array:
    """The product of the factors, summed over the labels that are not in the output.

    Parameters
    ----------
    factors : sequence of (ndarray, str)
        Arrays with a label for each axis.
    output : str
        The labels of the result, each once, and each in some factor.
    """
    key = tuple([(array.dtype, array.shape, labels) for array, labels in factors])
    program, dtype = _program(key, output)
    [result] = program.run([np.asarray(array, dtype) for array, _ in factors])
    return np.asarray(result)


@lru_cache(maxsize=512)
def _program(factors: tuple[tuple[Any, tuple[int, ...], str], ...], output: str) -> tuple[Any, Any]:
    """The program for factors of these types and shapes, and the type that it takes them in."""
    single = all(dtype == np.float32 for dtype, _, _ in factors)
    parts = [(shape, labels) for _, shape, labels in factors]
    return _core.contraction(parts, output, single), np.dtype(np.float32 if single else np.float64)
