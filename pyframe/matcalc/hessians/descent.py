"""Newton's directions by Hessians with structure, made positive definite where they are not.

Blocks on a diagonal, and a diagonal itself, are changed as a dense Hessian is: by the modified
Cholesky factorisation of Gill, Murray and Wright, with the bounds of the matrix as a whole.  A
Kronecker product is replaced by its absolute value (H^2)^(1/2), a sum of low rank and a diagonal
by H + tau I with a tau that suffices.

References
----------
Gill, Murray and Wright (1981), section 4.4.2.2; Nocedal and Wright (2006), algorithm 3.3.
"""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np

from pyframe.matcalc.hessians.low_rank import LowRank

Array = np.ndarray[Any, np.dtype[Any]]

EPSILON = float(np.finfo(np.float64).eps)
LEAST_SHIFT = 1e-8
"""The first tau, relative to the largest element of the diagonal."""
GROWTH = 10.0
"""How much larger the next tau is."""
SHIFTS = 24
"""The last tau is far larger than the matrix; then b itself is the answer."""


def least_pivot(a: Array) -> float:
    """A smaller pivot of a symmetric matrix is enlarged; see `by_blocks`."""
    on = float(np.max(np.abs(np.diagonal(a)), initial=0.0))
    off = float(np.max(np.abs(np.tril(a, -1)), initial=0.0))
    return EPSILON * max(on + off, 1.0)


def by_blocks(blocks: Array, b: Array) -> Array:
    """Solve (A + E) x = b with diagonal E >= 0, for a stack of symmetric blocks.

    Parameters
    ----------
    blocks : ndarray of shape (..., k, k)
        Blocks on the diagonal of A, of which the lower triangles are read.
    b : ndarray of shape (..., k)
        The right-hand side.
    """
    a, k = np.array(blocks, np.float64), blocks.shape[-1]
    total = a.size // max(k, 1)
    on = float(np.max(np.abs(np.diagonal(a, axis1=-2, axis2=-1)), initial=0.0))
    off = float(np.max(np.abs(np.tril(a, -1)), initial=0.0))
    bound = max(on, off / max(sqrt(max(total * total - 1, 0)), 1.0), EPSILON)
    least = EPSILON * max(on + off, 1.0)
    x = np.array(b, np.float64)
    pivots = np.empty_like(x)
    for j in range(k):
        # Column j of L D L' = A + E, times d_j.
        left = a[..., j, :j] * pivots[..., :j]
        column = a[..., j:, j] - np.einsum("...ik,...k->...i", a[..., j:, :j], left)
        largest = np.max(np.abs(column[..., 1:]), axis=-1, initial=0.0)
        own = np.maximum(np.abs(column[..., 0]), np.maximum(largest * largest / bound, least))
        pivots[..., j] = own
        a[..., j + 1 :, j] = column[..., 1:] / own[..., None]
        x[..., j + 1 :] -= a[..., j + 1 :, j] * x[..., j, None]
    x /= pivots
    for j in reversed(range(k)):
        x[..., :j] -= a[..., j, :j] * x[..., j, None]
    return x


def by_sides(a: Array, c: Array, b: Array) -> Array:
    """|H|^-1 b for the symmetric H X = A X C' or H X = A X' C'.

    H^2 X is A A' X C C' in both cases.
    """
    u, s, _ = np.linalg.svd(a)
    v, t, _ = np.linalg.svd(c)
    sizes = np.multiply.outer(s, t)
    sizes = np.maximum(sizes, EPSILON * max(float(np.max(sizes, initial=0.0)), 1.0))
    return u @ ((u.T @ b @ v) / sizes) @ v.T


def by_low_rank(h: LowRank, b: Array) -> Array:
    """Solve (H + tau I) x = b, with tau = 0 when H is safely positive definite."""
    first = LEAST_SHIFT * (h.scale or 1.0)
    for tau in (0.0, *(first * GROWTH**k for k in range(SHIFTS))):
        shifted = h.shifted(tau) if tau else h
        if shifted.rank < len(b) and not shifted.singular and not shifted.negative:
            return shifted.solve(b)
    return b
