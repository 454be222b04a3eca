"""A sum of squares as a VectorProblem.

    f(x) = sum_i r_i(x)^2,   grad f(x) = 2 J(x)^T r(x),   J_ij = dr_i / dx_j

Source: More, Garbow and Hillstrom 1981, section 2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pyframe.testing.problems import Vector, VectorProblem


def _square(r: Any) -> Any:
    """r^2 of a number, r . r of a vector."""
    return np.dot(r, r) if getattr(r, "ndim", 0) else r * r


def sum_of_squares(
    residuals: Callable[[Vector], tuple[Any, ...]],
    jacobian: Callable[[Vector], Any],
    x0: tuple[float, ...],
    minimum: float = 0.0,
    minimizer: tuple[float, ...] | None = None,
) -> VectorProblem:
    """The problem of making the residuals small.

    Parameters
    ----------
    residuals : callable
        ``residuals(x)``: a tuple of numbers and vectors, m numbers in all.
    jacobian : callable
        ``jacobian(x)``: the (m, n) derivative, rows in the order of the residuals.
    x0, minimum, minimizer
        As in :class:`pyframe.testing.problems.VectorProblem`.

    Returns
    -------
    VectorProblem
    """

    def fun(x: Vector) -> float:
        return sum(_square(r) for r in residuals(x))

    def grad(x: Vector) -> Vector:
        r = np.hstack(residuals(x))
        return 2.0 * (r @ np.asarray(jacobian(x)))

    return VectorProblem(fun, grad, x0, minimum, minimizer)
