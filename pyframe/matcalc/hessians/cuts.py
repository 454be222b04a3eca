"""Contractions cut in two: between rows and columns, or between the sides of A X B'."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from pyframe.matcalc.contractions import Contraction, contract, dense

Array = np.ndarray[Any, np.dtype[Any]]
Factor = tuple[Array, str]


@dataclass(frozen=True)
class Pair:
    """One term L M R', with M made when it is wanted.

    Parameters
    ----------
    left, right : ndarray of shape (N, p) and (N, q)
        L and R.
    middle : Contraction
        M; a label that it has twice says that it is diagonal.
    lengths : tuple of int
        The lengths along the labels of the middle.
    """

    left: Array
    right: Array
    middle: Contraction
    lengths: tuple[int, ...]

    def core(self) -> Array:
        """M as an array of shape (p, q)."""
        whole = dense([self.middle], self.lengths)
        return whole.reshape(self.left.shape[1], self.right.shape[1])


def halves(
    terms: Sequence[Contraction], shape: Sequence[int]
) -> tuple[Array | None, list[Pair]] | None:
    """The diagonal, or None without one, and the terms L M R'; None when a term is no such."""
    axes = len(shape) // 2
    diagonal: Array | None = None
    pairs: list[Pair] = []
    for term in terms:
        front, back = term.output[:axes], term.output[axes:]
        if front == back:
            own = term.compact(shape).reshape(-1)
            diagonal = own if diagonal is None else diagonal + own
            continue
        pair = _pair(term, front, back, shape)
        if pair is None:
            return None
        pairs.append(pair)
    return diagonal, pairs


def _pair(term: Contraction, front: str, back: str, shape: Sequence[int]) -> Pair | None:
    """A term cut between the labels of its rows and of its columns."""
    if set(front) & set(back) or len(set(term.output)) < len(term.output):
        return None
    left: list[Factor] = []
    right: list[Factor] = []
    rest: list[Factor] = []
    for factor in term.factors:
        held = set(factor[1])
        if held & set(front) and held & set(back):
            return None
        side = left if held & set(front) else right if held & set(back) else rest
        side.append(factor)
    middle: list[Factor] = []
    for group in _connected(rest):
        held = {label for _, labels in group for label in labels}
        touched = [bool(held & _labels(side)) for side in (left, right)]
        chosen = {(True, False): left, (False, True): right}.get((touched[0], touched[1]), middle)
        chosen.extend(group)
    sizes = term.sizes(shape)
    p = _shared(left, [*right, *middle], front)
    q = _shared(right, [*left, *middle], back)
    sides = [
        Contraction(1.0, tuple(side), own + inner).compact([sizes[label] for label in own + inner])
        for side, own, inner in ((left, front, p), (right, back, q))
    ]
    rows = prod(sizes[label] for label in front)
    return Pair(
        sides[0].reshape(rows, prod(sizes[label] for label in p)),
        sides[1].reshape(rows, prod(sizes[label] for label in q)),
        Contraction(term.coefficient, tuple(middle), p + q),
        tuple(sizes[label] for label in p + q),
    )


def _labels(factors: Iterable[Factor]) -> set[str]:
    return {label for _, labels in factors for label in labels}


def _shared(side: Sequence[Factor], others: Sequence[Factor], own: str) -> str:
    """The labels of a side that others have too, in order."""
    outside = _labels(others)
    found = dict.fromkeys(label for _, labels in side for label in labels)
    return "".join(label for label in found if label in outside and label not in own)


def _connected(factors: Sequence[Factor]) -> list[list[Factor]]:
    """Factors in groups that no label joins."""
    groups: list[list[Factor]] = []
    for factor in factors:
        joined, apart = [factor], []
        for group in groups:
            if _labels(group) & set(factor[1]):
                joined += group
            else:
                apart.append(group)
        groups = [*apart, joined]
    return groups


def sides(term: Contraction) -> tuple[Array, Array, bool] | None:
    """A, B and whether the term is A dX B' or, crossed, A dX' B'; None when it is neither."""
    if len(set(term.output)) != 4:
        return None
    i, j, k, m = term.output
    coefficient: Any = term.coefficient
    parts: dict[str, list[Factor]] = {}
    for group in _connected(term.factors):
        reached = "".join(label for label in term.output if label in _labels(group))
        if reached:
            parts[reached] = group
        else:
            coefficient = coefficient * contract(group, "")
    for crossed, left, right in ((False, i + k, j + m), (True, i + m, j + k)):
        if parts.keys() == {left, right}:
            return coefficient * contract(parts[left], left), contract(parts[right], right), crossed
    return None
