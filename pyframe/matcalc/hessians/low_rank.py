"""Symmetric low rank plus diagonal, D + B C B', solved in the dimension of C.

The columns of B are scaled so that C is a matrix J of signs.  By Woodbury's identity

    (D + B J B')^-1 = D^-1 - D^-1 B S^-1 B' D^-1,    S = J + B' D^-1 B,

and by Haynsworth's the matrix has neg(D) + pos(S) - pos(J) negative eigenvalues.  Where an
element of D is tiny beside the same element of B C B' it is a bad pivot: it is enlarged, and what
was added is taken away again by one more column of B.

References
----------
Woodbury (1950); Haynsworth (1968); Golub and Van Loan (2013), section 2.1.4; refinement: Higham
(2002), chapter 12.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from pyframe.errors import SingularMatrixError
from pyframe.matcalc.hessians import regular
from pyframe.matcalc.hessians.cholesky import Cholesky
from pyframe.matcalc.hessians.cuts import Array, Pair

EPSILON = float(np.finfo(np.float64).eps)
SAME = 64
"""Columns that differ by no more roundings of their largest element are the same."""
BAD_PIVOT = 1e-11
"""A smaller share of its row's diagonal element makes an element of D a bad pivot."""
SYMMETRIC = 1e-12
"""How far, relative to its largest element, C may be from symmetric."""
REFINEMENTS = 6
"""How often a solution is corrected by its residual, as long as that halves."""


class LowRank:
    """D + B C B' with a symmetric C.

    Parameters
    ----------
    diagonal : ndarray of shape (N,)
        D.
    columns : ndarray of shape (N, r)
        B.
    core : ndarray of shape (r, r)
        C.

    Examples
    --------
    >>> import numpy as np
    >>> h = LowRank(np.array([1.0, 1.0]), np.ones((2, 1)), np.array([[2.0]]))
    >>> h.negative, h.solve(np.array([5.0, 0.0]))
    (0, array([ 3., -2.]))
    """

    def __init__(
        self, diagonal: Array, columns: Array, core: Array, precision: Any = np.float64
    ) -> None:
        self.diagonal, self.columns, self.core = diagonal, columns, core
        self.precision = np.dtype(precision)

    @classmethod
    def of(cls, diagonal: Array, pairs: Sequence[Pair]) -> LowRank | None:
        """The sum of a diagonal and terms L M R'; None when it is not symmetric of low rank."""
        blocks: list[Array] = []
        places = [(_place(blocks, pair.left), _place(blocks, pair.right)) for pair in pairs]
        starts = np.cumsum([0, *(block.shape[1] for block in blocks)])
        if starts[-1] >= len(diagonal):
            return None
        core = np.zeros((int(starts[-1]),) * 2)
        for pair, (row, column) in zip(pairs, places, strict=True):
            rows, columns = (slice(starts[k], starts[k + 1]) for k in (row, column))
            core[rows, columns] += pair.core()
        size = np.max(np.abs(core), initial=0.0)
        if np.max(np.abs(core - core.T), initial=0.0) > SYMMETRIC * size:
            return None
        whole = np.concatenate(blocks, axis=1).astype(np.float64)
        precision = np.result_type(diagonal, *blocks)
        return cls(diagonal.astype(np.float64), whole, (core + core.T) / 2, precision)

    def shifted(self, tau: float) -> LowRank:
        """With tau added to each element of D."""
        return LowRank(self.diagonal + tau, self.columns, self.core)

    @cached_property
    def scale(self) -> float:
        """The largest element on the diagonal of the whole, and at least that of D."""
        return float(np.max(np.abs(self.diagonal) + np.abs(self._added), initial=0.0))

    @cached_property
    def _added(self) -> Array:
        """The diagonal of B C B'."""
        return np.einsum("ij,ij->i", self.columns @ self.core, self.columns)

    @cached_property
    def _bad(self) -> Array:
        """The places of bad pivots."""
        return np.flatnonzero(np.abs(self.diagonal) <= BAD_PIVOT * np.abs(self._added))

    @property
    def rank(self) -> int:
        """The dimension in which it is solved, at most."""
        return len(self.core) + len(self._bad)

    @cached_property
    def _pivots(self) -> tuple[Array, Array, Array]:
        """D without bad pivots, B with columns that are scaled, and J."""
        if np.array_equal(self.core, np.diag(np.diagonal(self.core))):
            signed, columns = np.diagonal(self.core), self.columns
        else:
            signed, vectors = np.linalg.eigh(self.core)
            columns = self.columns @ vectors
        kept = signed != 0
        columns = columns[:, kept] * np.sqrt(np.abs(signed[kept]))
        bad, added = self._bad, np.abs(self._added[self._bad])
        more = np.where(added > 0, added, 1.0)
        diagonal = self.diagonal.copy()
        diagonal[bad] += more
        extra = np.zeros((len(diagonal), len(bad)))
        extra[bad, np.arange(len(bad))] = np.sqrt(more)
        signs = np.concatenate([np.sign(signed[kept]), -np.ones(len(bad))])
        return diagonal, np.concatenate([columns, extra], axis=1), signs

    @cached_property
    def _small(self) -> tuple[Any, int]:
        """What solves with S, and the number of negative eigenvalues of the whole.

        A singular S has none that solves with it.
        """
        diagonal, columns, signs = self._pivots
        gram = columns.T @ (columns / diagonal[:, None])
        # Scaled, so that a small pivot among large ones is not taken for 0.
        scale = 1 / np.sqrt(1 + np.abs(np.diagonal(gram)))
        small = (np.diag(signs) + (gram + gram.T) / 2) * np.multiply.outer(scale, scale)
        negative = int(np.count_nonzero(diagonal < 0))
        if not negative and np.all(signs > 0):
            factor = Cholesky(small)
            return lambda b: scale * factor.solve(scale * b), 0
        values, vectors = np.linalg.eigh(small)
        negative += int(np.count_nonzero(values > 0) - np.count_nonzero(signs > 0))
        if np.any(np.abs(values) <= 4 * len(values) * EPSILON):
            return None, negative
        return lambda b: scale * (vectors @ ((vectors.T @ (scale * b)) / values)), negative

    @property
    def negative(self) -> int:
        """The number of its negative eigenvalues."""
        return self._small[1]

    @property
    def singular(self) -> bool:
        """Whether it is singular to working precision."""
        return self._small[0] is None

    def apply(self, v: Array) -> Array:
        """The matrix times a vector."""
        return self.diagonal * v + self.columns @ (self.core @ (self.columns.T @ v))

    def solve(self, b: Array) -> Array:
        """What the matrix takes to `b`.

        Raises
        ------
        SingularMatrixError
            When it is singular.
        """
        if self.singular:
            raise SingularMatrixError(
                "the Hessian is singular: its diagonal and its low rank part cancel"
            )
        x = self._woodbury(b)
        residual = b - self.apply(x)
        for _ in range(REFINEMENTS):
            better = x + self._woodbury(residual)
            rest = b - self.apply(better)
            if not np.linalg.norm(rest) < np.linalg.norm(residual):
                break
            halved = np.linalg.norm(rest) <= np.linalg.norm(residual) / 2
            x, residual = better, rest
            if not halved:
                break
        columns, core = np.abs(self.columns), np.abs(self.core)
        size = np.abs(self.diagonal)
        effort = size * np.abs(x) + columns @ (core @ (columns.T @ np.abs(x)))
        scale = size + columns @ (core @ np.max(columns, axis=0, initial=0.0))
        if regular.is_too_large(effort[:, None], b[:, None], scale[:, None], self.precision):
            raise regular.singular()
        return x

    def _woodbury(self, b: Array) -> Array:
        diagonal, columns, _ = self._pivots
        scaled = b / diagonal
        return scaled - (columns @ self._small[0](columns.T @ scaled)) / diagonal


def _place(blocks: list[Array], own: Array) -> int:
    """Where these columns stand among the blocks; new ones are put at the end."""
    for place, block in enumerate(blocks):
        if block.shape == own.shape:
            off = np.max(np.abs(block - own), initial=0.0)
            if off <= SAME * np.finfo(own.dtype).eps * np.max(np.abs(block), initial=0.0):
                return place
    blocks.append(own)
    return len(blocks) - 1
