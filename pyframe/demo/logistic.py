"""Logistic regression: a smooth convex function of 31 variables.

``f(w) = mean log(1 + exp(-y_i <a_i, w>)) + ridge/2 |w'|^2`` over rows a_i with labels
y_i = +1 or -1, where w' is w without the intercept.  ``log(1 + exp(t))`` is computed as
``logaddexp(0, t)``, which neither overflows nor loses small values.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class LogisticRegression:
    """The training problem.

    Parameters
    ----------
    rows : ndarray, shape (n, d)
        One sample in a row; the last column is 1, for the intercept.
    labels : ndarray, shape (n,)
        +1 or -1.
    ridge : float
        Weight of the squared norm of w, without the intercept.

    Examples
    --------
    >>> import numpy as np
    >>> from pyframe.demo.logistic import LogisticRegression
    >>> import pyframe as pf
    >>> problem = LogisticRegression(np.array([[2.0, 1.0], [-1.0, 1.0]]), np.array([1.0, -1.0]))
    >>> value, gradient = pf.value_and_grad(problem.loss)(np.zeros(2))
    >>> round(value, 6), gradient.tolist()
    (0.693147, [-0.75, 0.0])
    """

    rows: Array = field(repr=False)
    labels: Array = field(repr=False)
    ridge: float = 1e-3

    def loss(self, w: Array) -> Any:
        """f(w), of shape (); pyframe takes the gradient from it."""
        margins = self.labels * (self.rows @ w)
        return np.mean(np.logaddexp(0.0, -margins)) + self.ridge / 2 * (w[:-1] @ w[:-1])

    def curvature_bound(self) -> float:
        """The Lipschitz constant of the gradient: no curvature of f is larger.

        The logistic function's slope is at most 1/4.
        """
        largest = float(np.linalg.eigvalsh(self.rows.T @ self.rows)[-1])
        return largest / (4 * len(self.labels)) + self.ridge


def accuracy(w: Array, rows: Array, labels: Array) -> float:
    """The share of rows that w puts on the right side.

    >>> accuracy(np.array([1.0]), np.array([[2.0], [-1.0]]), np.array([1.0, 1.0]))
    0.5
    """
    return float(np.mean((rows @ w) * labels > 0))
