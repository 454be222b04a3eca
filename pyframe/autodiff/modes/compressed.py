"""Sparse matrices from few passes: which entries there are, and which pass shows each."""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from pyframe import _core
from pyframe.autodiff.modes.chunks import BYTES, together
from pyframe.autodiff.record import Recorded, plain

LONG = 2048
"""Arrays from this length on go one direction at a time: there is little to save by stacking."""


@dataclass(frozen=True)
class Plan:
    """How the entries of one sparse matrix are found.

    Attributes
    ----------
    starts, indices : ndarray of int32
        The pattern as a CSR matrix has it.
    shape : tuple of int
        Of the matrix.
    colours : ndarray of int32
        The group of each column, or of each row when passes go backwards.
    passes : int
        How many groups there are.
    backwards : bool
        Whether passes are reverse ones, each for a group of rows.
    places : ndarray of int64
        For each entry, where it stands among the results of all passes.
    """

    starts: Any
    indices: Any
    shape: tuple[int, int]
    colours: Any
    passes: int
    backwards: bool
    places: Any


def plan(starts: Any, indices: Any, shape: tuple[int, int], symmetric: bool) -> Plan:
    """The plan with the fewest passes.

    A symmetric matrix is coloured so that an entry or its mirror image stands alone; for any
    other, groups of columns and groups of rows are tried.
    """
    m, n = shape
    if symmetric:
        starts, indices, colours, passes, places = _core.colour_star(starts, indices)
        return Plan(starts, indices, shape, colours, passes, False, places)
    rows = np.repeat(np.arange(m, dtype=np.int32), np.diff(starts))
    by_columns, forward = _core.colour_columns(starts, indices, n, False)
    by_rows, backward = _core.colour_columns(starts, indices, n, True)
    if forward <= backward:
        places = by_columns[indices].astype(np.int64) * m + rows
        return Plan(starts, indices, shape, by_columns, forward, False, places)
    places = by_rows[rows].astype(np.int64) * n + indices
    return Plan(starts, indices, shape, by_rows, backward, True, places)


def entries(run: Recorded, x: Any, out: Any, made: Plan) -> Any:
    """The entries of the derivative of `out` with respect to `x`, by the passes of a plan."""
    recording = run.recording
    given, wanted = (out, x) if made.backwards else (x, out)

    def one(seed: Any) -> list[Any]:
        if made.backwards:
            return recording.reverse([out], [seed], [x])
        return recording.forward([x], [seed], [out])

    largest = max(math.prod(given.shape), math.prod(wanted.shape))
    if largest >= LONG:
        seeds = (_seeds(made, k, k + 1, given)[0] for k in range(made.passes))
        products = recording.products(x, out, seeds, made.backwards)
        flat = None if products is None else [np.reshape(product, -1) for product in products]
    else:
        seed = recording.constant(np.zeros(given.shape, given.dtype))
        single = one(seed)
        chunk = max(1, BYTES // (8 * max(largest, 1)))
        flat = (
            None
            if single[0] is None
            else [
                np.reshape(plain(piece), -1)
                for k in range(0, made.passes, chunk)
                for piece in together(
                    recording, seed, single, one, _seeds(made, k, k + chunk, given)
                )
            ]
        )
    return np.concatenate(flat)[made.places] if flat else np.zeros(len(made.places), wanted.dtype)


def _seeds(made: Plan, start: int, stop: int, given: Any) -> Any:
    """The directions of some passes, stacked: one where the colour is the pass's."""
    group = np.arange(start, min(stop, made.passes), dtype=made.colours.dtype)
    seeds = made.colours[None, :] == group[:, None]
    return seeds.astype(given.dtype).reshape(-1, *given.shape)


def matrix(scipy_sparse: ModuleType, numbers: Any, made: Plan) -> Any:
    """The SciPy array of some entries."""
    found = scipy_sparse.csr_array((numbers, made.indices, made.starts), shape=made.shape)
    found.has_sorted_indices = True
    return found
