"""Hessians in a space of matrices: symmetric maps of the space to itself, solved within it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from pyframe.matcalc.contractions import Array, Contraction, applied, dense
from pyframe.matcalc.hessians import regular
from pyframe.matcalc.hessians.descent import by_blocks, least_pivot
from pyframe.matcalc.hessians.structured import Structured
from pyframe.matcalc.spaces import projector

NEGLIGIBLE = 1e-14
"""A smaller element of a projector is 0."""
SAME = 1e-12
"""Projectors that differ by no more are the same."""
FEW = 8
"""How many directions may be taken away for the others not to be found as eigenvectors."""
DENSE = 0.25
"""A basis with a larger share of elements that are not 0 is kept as a matrix."""


class Basis:
    """An orthonormal basis of what a projector leaves as it is, of few elements where it can be.

    Parameters
    ----------
    project : callable
        The orthogonal projector, a function of arrays.
    shape : tuple of int
        The shape of those arrays.

    Examples
    --------
    >>> basis = Basis(lambda g: (g + g.T) / 2, (2, 2))
    >>> basis.count
    3
    >>> basis.array(basis.coordinates(np.eye(2)))
    array([[1., 0.],
           [0., 1.]])
    """

    def __init__(self, project: Callable[[Array], Array], shape: tuple[int, ...]) -> None:
        self.shape = shape
        self.size = int(np.prod(shape))
        blocks = [
            (places, _left_alone(block)) for places, block in _components(project, shape, self.size)
        ]
        self.count = sum(vectors.shape[1] for _, vectors in blocks)
        held = sum(vectors.size for _, vectors in blocks)
        dense_enough = held > DENSE * self.size * self.count
        self.whole = np.zeros((self.size, self.count)) if dense_enough else None
        rows, columns, values = [np.zeros(0, int)], [np.zeros(0, int)], [np.zeros(0)]
        first = 0
        for places, vectors in blocks:
            if self.whole is None:
                row, column = np.nonzero(np.abs(vectors) > NEGLIGIBLE)
                rows.append(places[row])
                columns.append(column + first)
                values.append(vectors[row, column])
            else:
                self.whole[places, first : first + vectors.shape[1]] = vectors
            first += vectors.shape[1]
        self._rows, self._columns = np.concatenate(rows), np.concatenate(columns)
        self._values = np.concatenate(values)

    def coordinates(self, v: Array) -> Array:
        """The coordinates of the projection of an array."""
        if self.whole is not None:
            return self.whole.T @ v.reshape(-1)
        return self._joined(self._values, v)

    def magnitudes(self, v: Array) -> Array:
        """How much of an array goes into each coordinate, before parts of it cancel."""
        if self.whole is not None:
            with np.errstate(invalid="ignore"):
                return np.abs(self.whole).T @ np.abs(v.reshape(-1))
        return self._joined(np.abs(self._values), np.abs(v))

    def _joined(self, values: Array, v: Array) -> Array:
        weights = values * v.reshape(-1)[self._rows]
        return np.bincount(self._columns, weights, self.count).astype(np.float64, copy=False)

    def array(self, coordinates: Array) -> Array:
        """The array of these coordinates."""
        if self.whole is not None:
            return (self.whole @ coordinates).reshape(self.shape)
        weights = self._values * coordinates[self._columns]
        flat = np.bincount(self._rows, weights, self.size)
        return flat.reshape(self.shape).astype(np.float64, copy=False)


def _left_alone(block: Array) -> Array:
    """Orthonormal columns that span what a projector, given as a matrix, leaves as it is."""
    symmetric = (block + block.T) / 2
    rest = np.eye(len(block)) - symmetric
    count = round(float(np.trace(rest)))
    if 0 < count <= FEW < len(block):
        # Few directions are taken away, and found by a pivoted Cholesky factorisation.
        taken, pivots = np.zeros((len(block), count)), np.diagonal(rest).copy()
        for k in range(count):
            place = int(np.argmax(pivots))
            column = rest[:, place] - taken @ taken[place]
            taken[:, k] = column / np.sqrt(max(column[place], NEGLIGIBLE))
            pivots -= taken[:, k] ** 2
        if np.max(np.abs(rest - taken @ taken.T)) <= SAME:
            return np.linalg.qr(taken, mode="complete")[0][:, count:]
    weights, vectors = np.linalg.eigh(symmetric)
    return vectors[:, weights > 0.5]


def _components(
    project: Callable[[Array], Array], shape: tuple[int, ...], size: int
) -> list[tuple[Array, Array]]:
    """The places that a projector mixes with each other, and its matrix there."""
    found: list[tuple[Array, Array]] = []
    seen = np.zeros(size, bool)
    unit = np.zeros(size)
    for first in range(size):
        if seen[first]:
            continue
        columns: dict[int, Array] = {}
        waiting = [first]
        while waiting:
            place = waiting.pop()
            if place in columns:
                continue
            unit[place] = 1.0
            columns[place] = np.array(project(unit.reshape(shape)), np.float64).reshape(-1)
            unit[place] = 0.0
            reached = np.flatnonzero(np.abs(columns[place]) > NEGLIGIBLE)
            waiting.extend(reached[~seen[reached]].tolist())
            seen[reached] = True
        places = np.array(sorted(columns))
        seen[places] = True
        found.append((places, np.stack([columns[place][places] for place in places], axis=1)))
    return found


@lru_cache(maxsize=16)
def _basis(space: Any, shape: tuple[int, ...]) -> Basis:
    return Basis(projector(space, shape), shape)


class Confined(Structured):
    """The Hessian P H P of a variable in a space with the projector P.

    It is solved within the space: the right-hand side is projected, and the answer is in the
    space.

    Parameters
    ----------
    terms : sequence of Contraction
        The Hessian P H, projected at the left.
    shape : sequence of int
        The lengths of all axes.
    dtype : dtype
        That of results.
    space : str or SpaceRecord
        The space.

    Examples
    --------
    >>> import numpy as np, pyframe as pf
    >>> f = pf.matrix("norm2(A*X)^2/2", X=pf.Symbol("n,n", space="symmetric"))
    >>> h = f.hessian("X").structured(A=np.diag([1.0, 2.0]), X=np.eye(2))
    >>> h.solve(np.array([[1.0, 5.0], [5.0, 4.0]]))
    array([[1., 2.],
           [2., 1.]])
    """

    __slots__ = ()

    def __init__(
        self, terms: Sequence[Contraction], shape: Sequence[int], dtype: Any, space: Any
    ) -> None:
        super().__init__(terms, shape, dtype)
        own = tuple(self._shape[: self._axes])
        self.space = space
        self._project = projector(space, own)
        self._own = own

    @cached_property
    def structure(self) -> str:
        """Nothing but zeros, or a map within a space."""
        return "within a space" if self._terms else "zero"

    def _applied(self, v: Array) -> Array:
        return super()._applied(self._project(v))

    def __rmatmul__(self, v: Any) -> Array:
        """The same as from the right: the map is symmetric."""
        return self @ v

    @property
    def _basis(self) -> Basis:
        return _basis(self.space, self._own)

    @cached_property
    def _matrix(self) -> Array:
        """The map in coordinates of the space."""
        basis = self._basis
        if basis.whole is not None:
            mapped = dense(self._terms, self._shape).reshape(self.shape)
            with np.errstate(invalid="ignore"):
                matrix = basis.whole.T @ mapped @ basis.whole
            return (matrix + matrix.T) / 2
        images = [
            basis.coordinates(super(Confined, self)._applied(basis.array(unit)))
            for unit in np.eye(basis.count)
        ]
        matrix = np.array(images).reshape(basis.count, basis.count)
        return (matrix + matrix.T) / 2

    @property
    def _summed(self) -> None:
        """Not asked for: what cancels within the space is found row by row."""
        return None

    def _solved(self, b: Array) -> Array:
        if not self._terms and b.size:
            return super()._solved(b)
        return self._within(self._by_factors, b)

    def _by_factors(self, b: Array) -> Array:
        if regular.is_noise(self._matrix, self._before, self._dtype):
            raise regular.singular()
        return super()._by_factors(b)

    @cached_property
    def _before(self) -> Array:
        """The size of each row of the map before its terms and the space take parts of it away."""
        probes = np.random.default_rng(len(self._own)).normal(size=(regular.TRIALS, *self._own))
        images = [
            np.abs(applied([term], self._shape, probe, self._axes))
            for probe in probes
            for term in self._terms
        ]
        return np.max([self._basis.magnitudes(image) for image in images], axis=0)

    def _newton(self, b: Array) -> Array:
        return self._within(self._descending, b)

    def _within(self, solve: Callable[[Array], Array], b: Array) -> Array:
        found = self._basis.array(solve(self._basis.coordinates(b)))
        return np.array(self._project(found), np.float64)

    def _descending(self, b: Array) -> Array:
        if self._cholesky is None or self._cholesky.least < least_pivot(self._matrix):
            return by_blocks(self._matrix, b)
        return self._cholesky.solve(b)

    def to_dense(self) -> Array:
        """The map as an array with an axis for each of the variable's, twice."""
        basis, n = self._basis, self._axes
        if basis.whole is not None:
            whole = basis.whole @ self._matrix @ basis.whole.T
            return whole.reshape(self._shape).astype(self._dtype, copy=False)
        columns = np.array([basis.array(row) for row in self._matrix])
        columns = columns.reshape(basis.count, basis.size)
        whole = np.array([basis.array(column) for column in columns.T])
        return whole.reshape(self._shape[:n] + self._shape[n:]).astype(self._dtype, copy=False)

    def __reduce__(self) -> tuple[Any, ...]:
        return Confined, (self._terms, self._shape, self._dtype, self.space)
