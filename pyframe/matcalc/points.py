"""Random points that formulas are looked at: sizes, values that fit, and others near them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pyframe.matcalc.binding import Argument, length

Array = np.ndarray[Any, np.dtype[Any]]

SMALLEST = 3
"""The first of different sizes: from three on a matrix has more than corners."""
FEW, MANY = 2, 7
"""A size that is small or large beside all others."""


def sizes_in_turn(symbols: Sequence[Argument]) -> list[dict[str, int]]:
    """Small numbers for the names of sizes, so that each matrix is tall, wide and square once.

    First all are different, in the order of the names, then turned around and rotated; then equal;
    then one is large or small beside the others, and beside the sizes that are numbers, which
    makes tall what has a size such as ``2*n``.
    """
    factors = {part for own in symbols for size in own.shape for part in size.split("*")}
    names = sorted(part for part in factors if not part.isdigit())
    numbers = [int(part) for part in factors if part.isdigit() and 0 < int(part) < 2 * MANY]
    upwards = [SMALLEST + k for k in range(len(names))]
    turned = [own[k:] + own[:k] for k in range(len(names)) for own in (upwards, upwards[::-1])]
    few, many = min([FEW, *numbers]), max([MANY, *(number + 1 for number in numbers)])
    single = [
        [one if name == alone else other for name in names]
        for one, other in ((many, few), (few, many - 2))
        for alone in names
    ]
    equal = [SMALLEST + 1] * len(names)
    found = [dict(zip(names, own, strict=True)) for own in (upwards, *turned, equal, *single)]
    return [own for k, own in enumerate(found) if own not in found[:k]]


def draw(
    own: Argument, sizes: Mapping[str, int], rng: np.random.Generator, positive: bool
) -> Array:
    """A value that has what is declared of it."""
    shape = tuple(length(size, sizes) for size in own.shape)
    facts = set(own.facts)
    value = rng.standard_normal(shape)
    if positive or facts & {"positive", "nonnegative"}:
        value = 0.5 + rng.random(shape)
    if len(shape) == 2:
        if "positive_definite" in facts:
            value = value @ value.T / shape[1] + np.eye(shape[0])
        elif "orthogonal" in facts:
            value = np.linalg.qr(rng.standard_normal(shape))[0]
        elif "invertible" in facts:
            value = value + 3 * np.eye(shape[0])
        value = in_space(facts, value)
    return value


def near(own: Argument, value: Array, step: float, rng: np.random.Generator) -> Array:
    """A value whose elements are off by about a step, relatively; what is declared still holds."""
    facts = set(own.facts)
    moved = np.asarray(value * (1 + step * rng.standard_normal(value.shape)))
    if value.ndim != 2:
        return moved
    if "orthogonal" in facts:
        q, r = np.linalg.qr(moved)
        moved = q * np.sign(np.diagonal(r))
    return in_space(facts, moved)


def in_space(facts: set[str], value: Array) -> Array:
    """The nearest matrix that has what is declared."""
    if "diagonal" in facts:
        return np.diag(np.diagonal(value))
    if "symmetric" in facts:
        return (value + value.T) / 2
    if "skew" in facts:
        return (value - value.T) / 2
    return np.triu(value) if "upper_triangular" in facts else value
