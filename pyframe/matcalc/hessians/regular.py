"""Linear equations that are refused where the matrix is singular to working precision.

For A x = b the effort |A| |x| is compared with |b|, after each row was divided by its largest
element: whatever scales rows and columns makes no difference.  Right-hand sides of no particular
directions are solved for as well, which finds the directions that A takes to 0.  Where A is a sum
in which much cancels, the sizes of its terms take the place of |A|.  A row that is nothing but the
rounding of what cancelled in it is a row of zeros, however it could be scaled.

References
----------
Higham (2002), sections 7.2 and 15.1.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from pyframe.errors import SingularMatrixError

Array = np.ndarray[Any, np.dtype[Any]]

LIMITS = {np.dtype(kind): 1 / (8 * float(np.finfo(kind).eps)) for kind in (np.float32, np.float64)}
"""The largest effort relative to what is wanted, by the precision in which a matrix was made."""

NOISE = 256
"""A row of no more roundings of what it was made of has no digits."""

TRIALS = 3
"""How many right-hand sides are tried."""


def solve(a: Array, b: Array, precision: Any = np.float64, summed: Array | None = None) -> Array:
    """Solve with a stack of matrices.

    Parameters
    ----------
    a : ndarray of shape (..., k, k)
        The matrices.
    b : ndarray of shape (..., k, m)
        The right-hand sides.
    precision : dtype
        In which the matrices were made.
    summed : ndarray of shape (..., k, k), optional
        The sum of the sizes of the terms that the matrices are sums of.

    Raises
    ------
    SingularMatrixError
        When one of the matrices is singular to working precision.

    Examples
    --------
    >>> import numpy as np
    >>> solve(np.array([[1e200, 0.0], [0.0, 1e-200]]), np.array([[1e200], [3e-200]]))
    array([[1.],
           [3.]])
    >>> solve(np.eye(3) - 1 / 3, np.ones((3, 1)))
    Traceback (most recent call last):
        ...
    pyframe.errors.SingularMatrixError: the Hessian is singular to working precision
    """
    together = np.concatenate([b, trials(a)], axis=-1)
    try:
        x = np.linalg.solve(a, together)
    except np.linalg.LinAlgError:
        raise singular() from None
    if is_singular(a, x, together, precision, summed):
        raise singular()
    return x[..., :-TRIALS]


def is_regular(a: Array, precision: Any) -> bool:
    """Whether equations with a matrix of finite elements can be solved."""
    wanted = trials(a)
    try:
        x = np.linalg.solve(a, wanted)
    except np.linalg.LinAlgError:
        return False
    return not is_singular(a, x, wanted, precision)


def singular() -> SingularMatrixError:
    """What is raised."""
    return SingularMatrixError("the Hessian is singular to working precision")


def trials(a: Array) -> Array:
    """Right-hand sides of no particular directions, of shape (..., k, TRIALS)."""
    return rows(a)[..., None] * _drawn(a.shape[-1])


def rows(a: Array) -> Array:
    """The largest element of each row."""
    return np.max(np.abs(a), axis=-1, initial=0.0)


def is_noise(a: Array, before: Array, precision: Any) -> bool:
    """Whether a row, of which elements as large as `before` were summed, is rounding alone."""
    return bool(np.any(rows(a) <= NOISE * float(np.finfo(precision).eps) * before))


def is_singular(a: Array, x: Array, b: Array, precision: Any, summed: Array | None = None) -> bool:
    """Whether the answers `x` for `b`, both of shape (..., k, m), say that `a` is singular."""
    effort = (np.abs(a) if summed is None else summed) @ np.abs(x)
    return is_too_large(effort, b, rows(a)[..., None], precision)


def is_too_large(effort: Array, b: Array, scale: Array, precision: Any) -> bool:
    """Whether an effort is, for `b`, both of shape (..., k, m); rows are divided by `scale`."""
    with np.errstate(all="ignore"):
        spent = np.max(effort / scale, axis=-2, initial=0.0)
        wanted = np.max(np.abs(b) / scale, axis=-2, initial=0.0)
        return bool(np.any(scale == 0) or np.any(spent > LIMITS[np.dtype(precision)] * wanted))


@lru_cache(maxsize=16)
def _drawn(count: int) -> Array:
    return np.random.default_rng(count).normal(size=(count, TRIALS))
