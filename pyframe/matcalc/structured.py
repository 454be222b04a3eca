"""Hessians that keep their structure: applied and solved without being made whole."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from math import prod
from typing import Any

import numpy as np

from pyframe.errors import ShapeError
from pyframe.matcalc.contractions import Array, Contraction, applied, dense


class Structured:
    """A linear map from arrays of one shape to arrays of the same shape.

    Parameters
    ----------
    terms : sequence of Contraction
        The map as a sum; the last half of each output's labels belongs to what it is applied to.
    shape : sequence of int
        The lengths of all axes.

    Attributes
    ----------
    structure : str
        ``"zero"``, ``"diagonal"``, ``"block-diagonal"``, ``"kronecker"`` or ``"dense"``.
    shape : tuple of int
        As a matrix: ``(N, N)`` for a variable of N elements.

    Examples
    --------
    >>> import numpy as np
    >>> d = np.array([2.0, 4.0])
    >>> h = Structured([Contraction(1.0, ((d, "i"),), "ii")], (2, 2))
    >>> h.structure, h.solve([2.0, 2.0])
    ('diagonal', array([1. , 0.5]))
    """

    __slots__ = ("__dict__", "_axes", "_shape", "_terms")

    def __init__(self, terms: Sequence[Contraction], shape: Sequence[int]) -> None:
        self._terms = tuple(terms)
        self._shape = tuple(shape)
        self._axes = len(self._shape) // 2

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns as a matrix."""
        count = prod(self._shape[: self._axes])
        return count, count

    @cached_property
    def structure(self) -> str:
        """What is known of where it is zero or how it factors."""
        if not self._terms:
            return "zero"
        tied = self._tied
        if all(tied):
            return "diagonal"
        if any(tied):
            return "block-diagonal"
        return "kronecker" if self._sides is not None else "dense"

    @cached_property
    def _tied(self) -> list[bool]:
        """For each axis, whether elements act only within equal places."""
        n = self._axes
        return [all(t.output[k] == t.output[n + k] for t in self._terms) for k in range(n)]

    @cached_property
    def _sides(self) -> tuple[Array, Array, bool] | None:
        """A, B and whether it is A dX B' or, crossed, A dX' B'."""
        if len(self._terms) != 1 or self._axes != 2:
            return None
        [term] = self._terms
        i, j, k, m = term.output
        if len(set(term.output)) != 4:
            return None
        for crossed, left, right in ((False, i + k, j + m), (True, i + m, j + k)):
            a, b = (_on(term, side) for side in (left, right))
            if a is not None and b is not None and len(term.factors) == 2:
                return term.coefficient * a, b, crossed
        return None

    def __matmul__(self, v: Any) -> Array:
        """The map applied to an array of the variable's shape, or to that array flattened."""
        array, flat = self._taken(v)
        result = applied(self._terms, self._shape, array, self._axes)
        return result.ravel() if flat else result

    def _taken(self, v: Any) -> tuple[Array, bool]:
        array = np.asarray(v, dtype=np.float64)
        own = self._shape[self._axes :]
        if array.shape == own:
            return array, False
        if array.shape == (prod(own),):
            return array.reshape(own), True
        raise ShapeError(f"expected an array of shape {own} or ({prod(own)},), got {array.shape}")

    def solve(self, b: Any) -> Array:
        """What the map takes to `b`.

        Raises
        ------
        numpy.linalg.LinAlgError
            When the map is singular.
        """
        array, flat = self._taken(b)
        solved = self._solved(array)
        return solved.ravel() if flat else solved

    def _solved(self, b: Array) -> Array:
        if self.structure in ("diagonal", "block-diagonal"):
            return self._by_blocks(b)
        if self.structure == "kronecker" and self._sides is not None:
            a, c, crossed = self._sides
            half = np.linalg.solve(c, np.linalg.solve(a, b).T)
            return half if crossed else half.T
        return np.linalg.solve(self.to_matrix(), b.ravel()).reshape(b.shape)

    def _by_blocks(self, b: Array) -> Array:
        blocks, order = self.blocks, self._order
        stacked = b.transpose(order)
        batch = blocks.shape[:-2]
        vectors = stacked.reshape(*batch, -1)
        if blocks.shape[-1] == 1:
            if not np.all(blocks):
                raise np.linalg.LinAlgError("the Hessian is singular: a diagonal element is 0")
            solved = vectors / blocks[..., 0]
        else:
            solved = np.linalg.solve(blocks, vectors[..., None])[..., 0]
        return solved.reshape(stacked.shape).transpose(np.argsort(order))

    @property
    def _order(self) -> list[int]:
        """Tied axes first."""
        return sorted(range(self._axes), key=lambda axis: not self._tied[axis])

    @cached_property
    def blocks(self) -> Array:
        """The blocks on the diagonal, stacked along the tied axes."""
        n, order = self._axes, self._order
        free = [axis for axis in order if not self._tied[axis]]
        axes = [axis for axis in order if self._tied[axis]] + free + [n + axis for axis in free]
        terms = [
            Contraction(t.coefficient, t.factors, "".join(t.output[axis] for axis in axes))
            for t in self._terms
        ]
        whole = dense(terms, [self._shape[axis] for axis in axes])
        count = prod(self._shape[axis] for axis in free)
        batch = [self._shape[axis] for axis in order if self._tied[axis]]
        return whole.reshape(*batch, count, count)

    def to_dense(self) -> Array:
        """The map as an array with an axis for each of the variable's, twice."""
        return dense(self._terms, self._shape)

    def to_matrix(self) -> Array:
        """The map as a square matrix, the variable's elements in row-major order."""
        return self.to_dense().reshape(self.shape)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        return self.to_dense().astype(dtype or np.float64, copy=False)

    def __repr__(self) -> str:
        return f"<{self.structure} Hessian of {self.shape[0]} variables>"


def _on(term: Contraction, side: str) -> Array | None:
    """The only factor with these two labels, its axes in their order."""
    found = [(a, own) for a, own in term.factors if sorted(own) == sorted(side)]
    if len(found) != 1:
        return None
    [(array, own)] = found
    return array if own == side else array.T
