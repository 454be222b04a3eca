"""Cholesky factors that are kept and solved with, by the compiled core's own kernels."""

from __future__ import annotations

from typing import Any

import numpy as np

from pyframe import _core
from pyframe.autodiff.compiled import compile as recorded

Array = np.ndarray[Any, np.dtype[Any]]


class Cholesky:
    """The factor L of a symmetric positive definite matrix, ``A = L L'``.

    Parameters
    ----------
    a : ndarray of shape (n, n)
        Of which the lower triangle is read.

    Raises
    ------
    numpy.linalg.LinAlgError
        When a pivot is not positive.

    Examples
    --------
    >>> import numpy as np
    >>> Cholesky(np.array([[4.0, 2.0], [2.0, 2.0]])).solve(np.array([2.0, 0.0]))
    array([ 1., -1.])
    """

    __slots__ = ("_factor",)

    def __init__(self, a: Array) -> None:
        self._factor = _factored(np.ascontiguousarray(a, np.float64))

    @property
    def least(self) -> float:
        """The smallest pivot: an element of the diagonal of L, squared."""
        return float(np.min(np.diagonal(self._factor) ** 2, initial=np.inf))

    def solve(self, b: Array) -> Array:
        """What the matrix takes to `b`, a vector."""
        column = np.ascontiguousarray(b, np.float64).reshape(-1, 1)
        return _solved(self._factor, column)[:, 0]


@recorded
def _factored(a: Any) -> Any:
    return _core.matrix_function("cholesky", a)


@recorded
def _solved(factor: Any, b: Any) -> Any:
    return _core.triangular_solve(factor, _core.triangular_solve(factor, b, False), True)
