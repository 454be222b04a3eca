"""Contractions by pairs in a good order, planned once for each set of labels and shapes.

Each pair is one product of matrices, or one elementwise product with broadcasting; ``np.einsum``
chooses the order, and would read its text anew at each call.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from math import prod
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
Shape = tuple[int, ...]
Step = tuple[tuple[int, ...], Callable[..., Array]]

SMALL = 1_000_000
"""Up to so many products of elements no order of more than four factors is searched for."""


def contract(factors: Sequence[tuple[Array, str]], output: str) -> Array:
    """The product of the factors, summed over the labels that are not in the output.

    Parameters
    ----------
    factors : sequence of (ndarray, str)
        Arrays with a label for each axis.
    output : str
        The labels of the result, each once.
    """
    arrays = [array for array, _ in factors]
    inputs = tuple(labels for _, labels in factors)
    for place, step in _plan(inputs, output, tuple(array.shape for array in arrays)):
        taken = [arrays.pop(k) for k in place]
        arrays.append(step(*taken))
    [result] = arrays
    return result


@lru_cache(maxsize=512)
def _plan(inputs: tuple[str, ...], output: str, shapes: tuple[Shape, ...]) -> tuple[Step, ...]:
    """Steps: which arrays are taken out, and the function whose result is put at the end."""
    sizes: dict[str, int] = {}
    for labels, shape in zip(inputs, shapes, strict=True):
        sizes |= dict(zip(labels, shape, strict=True))
    left = list(inputs)
    steps: list[Step] = []
    # Diagonals and labels that only one factor has.
    for _ in inputs:
        labels = left.pop(0)
        others = set(output).union(*left)
        kept = "".join(label for label in dict.fromkeys(labels) if label in others)
        steps.append(((0,), _alone(labels, kept)))
        left.append(kept)
    for pair in _order(left, output, sizes):
        first, second = (left.pop(k) for k in pair)
        needed = set(output).union(*left)
        result, step = _joined(first, second, needed, sizes)
        left.append(result)
        steps.append((pair, step))
    if left[0] != output:
        steps.append(((0,), _alone(left[0], output)))
    # Without a change all of them would only be turned around once.
    turned = steps[: len(inputs)]
    return tuple(steps[len(inputs) :] if all(step is _same for _, step in turned) else steps)


def _order(left: list[str], output: str, sizes: dict[str, int]) -> list[tuple[int, ...]]:
    if len(left) < 2:
        return []
    like = [np.broadcast_to(np.float64(0), [sizes[label] for label in own]) for own in left]
    text = f"{','.join(left)}->{output}"
    # The search among all orders takes longer than a small product itself.
    searched = len(left) <= 4 or (len(left) <= 6 and prod(sizes.values()) > SMALL)
    path = np.einsum_path(text, *like, optimize="optimal" if searched else "greedy")[0]
    pairs: list[tuple[int, ...]] = []
    for taken in path[1:]:
        # From the back, so that places stay right; more than two at once are taken by pairs.
        several = sorted(taken, reverse=True)
        pairs.append(tuple(several[:2]))
        count = len(left) - len(pairs)
        pairs.extend((count - k, several[k + 1]) for k in range(1, len(several) - 1))
    return pairs


def _same(array: Array) -> Array:
    return array


def _alone(labels: str, kept: str) -> Callable[..., Array]:
    """One array with its axes summed, taken along diagonals and put in order."""
    if labels == kept:
        return _same
    if sorted(labels) == sorted(kept) and len(set(labels)) == len(labels):
        axes = tuple(labels.index(label) for label in kept)
        return lambda array: array.transpose(axes)
    text = f"{labels}->{kept}"
    return lambda array: np.asarray(np.einsum(text, array))


def _joined(
    a: str, b: str, needed: set[str], sizes: dict[str, int]
) -> tuple[str, Callable[[Array, Array], Array]]:
    """The labels of the product of two arrays, and the function that makes it."""
    both = [label for label in a if label in b]
    batch = "".join(label for label in both if label in needed)
    summed = "".join(label for label in both if label not in needed)
    own_a = "".join(label for label in a if label not in b)
    own_b = "".join(label for label in b if label not in a)
    result = batch + own_a + own_b

    def lengths(labels: str) -> Shape:
        return tuple(sizes[label] for label in labels)

    if not summed:
        order_a, shape_a = _beside(a, result, sizes)
        order_b, shape_b = _beside(b, result, sizes)

        def multiplied(x: Array, y: Array) -> Array:
            return x.transpose(order_a).reshape(shape_a) * y.transpose(order_b).reshape(shape_b)

        return result, multiplied
    order_a = tuple(a.index(label) for label in batch + own_a + summed)
    order_b = tuple(b.index(label) for label in batch + summed + own_b)
    stack, inner = lengths(batch), prod(lengths(summed))
    shape_a = (*stack, prod(lengths(own_a)), inner)
    shape_b = (*stack, inner, prod(lengths(own_b)))
    shape = lengths(result)

    def product(x: Array, y: Array) -> Array:
        left = x.transpose(order_a).reshape(shape_a)
        return np.matmul(left, y.transpose(order_b).reshape(shape_b)).reshape(shape)

    return result, product


def _beside(labels: str, result: str, sizes: dict[str, int]) -> tuple[tuple[int, ...], Shape]:
    """The order of the axes and the shape that broadcast to the result's."""
    order = tuple(labels.index(label) for label in result if label in labels)
    return order, tuple(sizes[label] if label in labels else 1 for label in result)
