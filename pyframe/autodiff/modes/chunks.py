"""Unit directions stacked in chunks that fit into memory."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from pyframe.autodiff.modes.base import shape_of
from pyframe.errors import MissingRule

BYTES = 1 << 26
"""What the arrays of one chunk may take together, about."""


def stacked(
    recording: Any, seed: Any, single: list[Any], one: Callable[[Any], list[Any]]
) -> list[Any]:
    """What comes out for every unit seed, stacked in front.

    Parameters
    ----------
    recording : _core.Recording
        The open recording.
    seed : traced
        The node that stands for the seed in `single`.
    single : list
        What one seed gives; None where it gives zero.
    one : callable
        Computes the same for one unit array, for functions that cannot be stacked.
    """
    shape = shape_of(seed)
    size = math.prod(shape)
    largest = max([math.prod(shape_of(each)) for each in single if each is not None] + [1, size])
    chunk = max(1, min(size, BYTES // (8 * largest)))
    dtype = seed.dtype
    pieces: list[list[Any]] = []
    for start in range(0, size, chunk):
        rows = min(chunk, size - start)
        units = np.zeros((rows, size), dtype)
        units[np.arange(rows), np.arange(start, start + rows)] = 1
        pieces.append(together(recording, seed, single, one, units.reshape(rows, *shape)))
    return [
        None if each is None else _joined([piece[k] for piece in pieces], shape_of(each), size)
        for k, each in enumerate(single)
    ]


def together(recording: Any, seed: Any, single: list[Any], one: Any, units: Any) -> list[Any]:
    """What comes out for some seeds, which are stacked in front; see :func:`stacked`."""
    present = [each for each in single if each is not None]
    try:
        found = iter(recording.batch([seed], [units], present))
    except MissingRule:
        rows = [one(unit) for unit in units]
        return [
            None if each is None else np.stack([row[k] for row in rows])
            for k, each in enumerate(single)
        ]
    rows = len(units)
    made: list[Any] = []
    for each in single:
        piece = None if each is None else next(found)
        if piece is None and each is not None:  # the same for all seeds: zero
            piece = np.zeros((rows, *shape_of(each)), each.dtype)
        made.append(piece)
    return made


def _joined(pieces: list[Any], shape: tuple[int, ...], size: int) -> Any:
    if not pieces:
        return np.zeros((size, *shape))
    return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)
