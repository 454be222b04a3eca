"""Hessians that keep their structure: applied and solved without being made whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache
from math import prod
from typing import Any

import numpy as np

from pyframe._arrays import real
from pyframe.errors import ShapeError, SingularMatrixError
from pyframe.matcalc.contractions import Array, Contraction, applied, contract, dense, gross
from pyframe.matcalc.hessians import regular
from pyframe.matcalc.hessians.cholesky import Cholesky
from pyframe.matcalc.hessians.cuts import Pair, halves, sides
from pyframe.matcalc.hessians.descent import by_blocks, by_low_rank, by_sides, least_pivot
from pyframe.matcalc.hessians.low_rank import SYMMETRIC, LowRank


class Structured:
    """A linear map from arrays of one shape to arrays of the same shape.

    Parameters
    ----------
    terms : sequence of Contraction
        The map as a sum; the last half of each output's labels belongs to what it is applied to.
    shape : sequence of int
        The lengths of all axes.
    dtype : dtype
        That of results; equations are solved in float64.

    Attributes
    ----------
    structure : str
        What is known of it:

        ============================  =======================================================
        ``"zero"``                    nothing but zeros
        ``"diagonal"``                D
        ``"block-diagonal"``          blocks, stacked along the axes that are tied
        ``"kronecker"``               X to A X B', or to A X' B'
        ``"low rank plus diagonal"``  D + B C B', B with fewer columns than rows
        ``"A'DA"``                    such products, perhaps with a diagonal, of full rank or
                                      without a diagonal
        ``"dense"``                   none of these
        ============================  =======================================================
    shape : tuple of int
        As a matrix: ``(N, N)`` for a variable of N elements.

    Examples
    --------
    >>> import numpy as np
    >>> d, a = np.array([2.0, 4.0]), np.array([1.0, 0.0])
    >>> h = Structured([Contraction(1.0, ((d, "i"),), "ii")], (2, 2))
    >>> h.structure, h.solve([2.0, 2.0])
    ('diagonal', array([1. , 0.5]))
    >>> outer = Contraction(1.0, ((a, "i"), (a, "j")), "ij")
    >>> h = Structured([Contraction(1.0, ((d, "i"),), "ii"), outer], (2, 2))
    >>> h.structure, h.solve([3.0, 4.0])
    ('low rank plus diagonal', array([1., 1.]))
    """

    __slots__ = ("__dict__", "__weakref__", "_axes", "_dtype", "_shape", "_terms")

    def __init__(
        self, terms: Sequence[Contraction], shape: Sequence[int], dtype: Any = np.float64
    ) -> None:
        self._terms = tuple(terms)
        self._shape = tuple(shape)
        self._axes = len(self._shape) // 2
        self._dtype = np.dtype(dtype)

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
        if self._sides is not None:
            return "kronecker"
        if self._halves is None:
            return "dense"
        low = self._low_rank
        full = self._halves[0] is None or low is None or low.rank >= self.shape[0]
        return "A'DA" if full else "low rank plus diagonal"

    @cached_property
    def _tied(self) -> list[bool]:
        """For each axis, whether elements act only within equal places."""
        n = self._axes
        return [all(t.output[k] == t.output[n + k] for t in self._terms) for k in range(n)]

    @cached_property
    def _sides(self) -> tuple[Array, Array, bool] | None:
        """A, B and whether it is A dX B' or, crossed, A dX' B'."""
        return sides(self._terms[0]) if len(self._terms) == 1 else None

    @cached_property
    def _halves(self) -> tuple[Array | None, list[Pair]] | None:
        """The diagonal and the terms L M R' whose sum it is."""
        return halves(self._terms, self._shape)

    @cached_property
    def _low_rank(self) -> LowRank | None:
        """D + B C B' when B has fewer columns than rows; without a diagonal D is 0."""
        if self._halves is None:
            return None
        diagonal, pairs = self._halves
        return LowRank.of(np.zeros(self.shape[0]) if diagonal is None else diagonal, pairs)

    def __matmul__(self, v: Any) -> Array:
        """The map applied to an array of the variable's shape, or to that array flattened."""
        array, flat = self._taken(v)
        return self._given(self._applied(array), flat)

    def __rmatmul__(self, v: Any) -> Array:
        """An array of the variable's shape, or flattened, times the map: its transpose applied."""
        n = self._axes
        turned = [
            Contraction(t.coefficient, t.factors, t.output[n:] + t.output[:n]) for t in self._terms
        ]
        return Structured(turned, self._shape, self._dtype) @ v

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        if ufunc is np.matmul and method == "__call__" and not options and len(inputs) == 2:
            left, right = inputs
            return left @ right if isinstance(left, Structured) else right.__rmatmul__(left)
        given = [np.asarray(x) if isinstance(x, Structured) else x for x in inputs]
        return getattr(ufunc, method)(*given, **options)

    def _applied(self, v: Array) -> Array:
        if not self._axes:
            return Structured.to_dense(self) * v
        if self._alone is None:
            return applied(self._terms, self._shape, v, self._axes)
        factors, front, back = self._alone
        return contract([*factors, (v, back)], front)

    @cached_property
    def _alone(self) -> tuple[tuple[tuple[Array, str], ...], str, str] | None:
        """The factors of an only term, and the labels of its rows and columns.

        None when two rows' labels are one, or nothing has one of them.
        """
        if len(self._terms) != 1:
            return None
        [term] = self._terms
        sides = _rows_and_columns(term.output, tuple([own for _, own in term.factors]))
        return None if sides is None else (term.scaled, *sides)

    def _given(self, result: Array, flat: bool) -> Array:
        return (result.ravel() if flat else result).astype(self._dtype, copy=False)

    def _taken(self, v: Any) -> tuple[Array, bool]:
        array = real(v, "what a Hessian is applied to")
        own = self._shape[self._axes :]
        if array.shape == own:
            return array, False
        count = prod(own)
        if array.shape == (count,):
            return array.reshape(own), True
        shapes = " or ".join(dict.fromkeys((str(own), f"({count},)")))
        raise ShapeError(f"a Hessian is applied to an array of shape {shapes}, got {array.shape}")

    def solve(self, b: Any) -> Array:
        """What the map takes to `b`.

        Raises
        ------
        SingularMatrixError
            When the map is singular.
        """
        array, flat = self._taken(b)
        return self._given(self._solved(array), flat)

    def _solved(self, b: Array) -> Array:
        if self.structure == "zero" and b.size:
            raise SingularMatrixError("the Hessian is singular: it is zero")
        if self.structure in ("diagonal", "block-diagonal"):
            return self._by_blocks(b)
        if self.structure == "kronecker" and self._sides is not None:
            a, c, crossed = self._sides
            half = regular.solve(c, regular.solve(a, b, self._dtype).T, self._dtype)
            return half if crossed else half.T
        low = self._low_rank
        if low is not None and self.structure == "low rank plus diagonal":
            return low.solve(b.reshape(-1)).reshape(b.shape)
        if low is not None and np.count_nonzero(low.diagonal == 0) > len(low.core):
            most = np.count_nonzero(low.diagonal) + len(low.core)
            raise SingularMatrixError(
                f"the Hessian is singular: a matrix of order {self.shape[0]} of rank {most} at most"
            )
        return self._by_factors(b.reshape(-1)).reshape(b.shape)

    def _by_factors(self, b: Array) -> Array:
        """Solve with the matrix: by Cholesky's factor where it has one."""
        if self._cholesky is None:
            return regular.solve(self._matrix, b[:, None], self._dtype, self._summed)[:, 0]
        if not self._is_regular:
            raise regular.singular()
        return self._cholesky.solve(b)

    @cached_property
    def _is_regular(self) -> bool:
        """Whether Cholesky's factor can be relied on."""
        if self._cholesky is None:
            return False
        trials = regular.trials(self._matrix)
        found = np.stack([self._cholesky.solve(trial) for trial in trials.T], axis=1)
        return not regular.is_singular(self._matrix, found, trials, self._dtype, self._summed)

    @cached_property
    def _matrix(self) -> Array:
        return dense(self._terms, self._shape).reshape(self.shape)

    @property
    def _summed(self) -> Array | None:
        """The sizes of the terms in the matrix; None where nothing can have cancelled."""
        return gross(self._terms, self._shape).reshape(self.shape) if len(self._terms) > 1 else None

    @cached_property
    def _cholesky(self) -> Cholesky | None:
        matrix = self._matrix
        size = np.max(np.abs(matrix), initial=0.0)
        if not np.max(np.abs(matrix - matrix.T), initial=0.0) <= SYMMETRIC * size:
            return None
        try:
            return Cholesky(matrix)
        except np.linalg.LinAlgError:
            return None

    def newton_direction(self, gradient: Any) -> Array | None:
        """The direction of Newton's method, -(H + E)^-1 g with an E that makes it descend.

        E is 0 where H is safely positive definite.

        Returns
        -------
        ndarray or None
            None where a dense factorisation has to change the matrix.
        """
        array, flat = self._taken(gradient)
        if not all(np.all(np.isfinite(own)) for term in self._terms for own, _ in term.factors):
            return self._given(-array, flat)
        found = self._newton(-array)
        return None if found is None else self._given(found, flat)

    def _newton(self, b: Array) -> Array | None:
        if self.structure in ("zero", "diagonal", "block-diagonal"):
            return self._unstacked(by_blocks(self.blocks, self._stacked(b)), b)
        if self.structure == "kronecker" and self._sides is not None:
            a, c, _ = self._sides
            return by_sides(a, c, b)
        if self._low_rank is not None:
            return by_low_rank(self._low_rank, b.reshape(-1)).reshape(b.shape)
        if self._cholesky is None or self._cholesky.least < least_pivot(self._matrix):
            return None
        return self._cholesky.solve(b.reshape(-1)).reshape(b.shape)

    def _by_blocks(self, b: Array) -> Array:
        blocks, vectors = self.blocks, self._stacked(b)
        summed = self._in_blocks(gross) if len(self._terms) > 1 else None
        if blocks.shape[-1] == 1:
            if not np.all(blocks):
                raise SingularMatrixError("the Hessian is singular: a diagonal element is 0")
            if summed is not None and regular.is_noise(blocks, summed[..., 0], self._dtype):
                raise regular.singular()
            return self._unstacked(vectors / blocks[..., 0], b)
        found = regular.solve(blocks, vectors[..., None], self._dtype, summed)
        return self._unstacked(found[..., 0], b)

    def _stacked(self, b: Array) -> Array:
        """A vector for each block."""
        return b.transpose(self._order).reshape(*self.blocks.shape[:-1])

    def _unstacked(self, vectors: Array, like: Array) -> Array:
        order = self._order
        stacked = vectors.reshape([like.shape[axis] for axis in order])
        return stacked.transpose(np.argsort(order))

    @property
    def _order(self) -> list[int]:
        """Tied axes first."""
        return sorted(range(self._axes), key=lambda axis: not self._tied[axis])

    @cached_property
    def blocks(self) -> Array:
        """The blocks on the diagonal, stacked along the tied axes; read-only."""
        blocks = self._in_blocks(dense)
        blocks.flags.writeable = False
        return blocks

    def _in_blocks(self, whole: Callable[[Sequence[Contraction], Sequence[int]], Array]) -> Array:
        """What is made of the terms, with the axes of each block last."""
        n, order = self._axes, self._order
        free = [axis for axis in order if not self._tied[axis]]
        axes = [axis for axis in order if self._tied[axis]] + free + [n + axis for axis in free]
        terms = [
            Contraction(t.coefficient, t.factors, "".join(t.output[axis] for axis in axes))
            for t in self._terms
        ]
        made = whole(terms, [self._shape[axis] for axis in axes])
        count = prod(self._shape[axis] for axis in free)
        batch = [self._shape[axis] for axis in order if self._tied[axis]]
        return made.reshape(*batch, count, count)

    def to_dense(self) -> Array:
        """The map as an array with an axis for each of the variable's, twice."""
        return dense(self._terms, self._shape, self._dtype)

    def to_matrix(self) -> Array:
        """The map as a square matrix, the variable's elements in row-major order."""
        return self.to_dense().reshape(self.shape)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        return self.to_matrix().astype(dtype or self._dtype, copy=False)

    def __reduce__(self) -> tuple[Any, ...]:
        return Structured, (self._terms, self._shape, self._dtype)

    def __repr__(self) -> str:
        return f"<{self.structure} Hessian of {self.shape[0]} variables>"


@lru_cache(maxsize=512)
def _rows_and_columns(output: str, held: tuple[str, ...]) -> tuple[str, str] | None:
    """The halves of an output, when each label of the first stands alone and something has it."""
    axes = len(output) // 2
    front, back = output[:axes], output[axes:]
    alone = len(set(front)) == axes and set(back).union(*held).issuperset(front)
    return (front, back) if alone and held else None
