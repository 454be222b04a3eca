"""Convex functions from statistics and interior points: a logistic toy and two barriers.

Source: S. Boyd and L. Vandenberghe, Convex optimization, 2004, sections 7.1.1 (logistic
regression), 8.5.3 (analytic centre) and 9.3.  Minimisers with long decimals are refined
with mpmath.
"""

from __future__ import annotations

import numpy as np

from pyframe.testing.problems import Vector, VectorProblem

# Ten points in the plane with a column of ones, not separable; labels -1 and 1.
_POINTS = np.array(
    [
        [1.0, 0.5, 1.25],
        [1.0, 1.0, -0.5],
        [1.0, -1.5, 0.25],
        [1.0, 2.0, 1.5],
        [1.0, -0.75, -1.0],
        [1.0, 0.25, 0.75],
        [1.0, -2.0, -0.5],
        [1.0, 1.75, -1.25],
        [1.0, -0.5, 2.0],
        [1.0, 0.0, -1.75],
    ]
)
_LABELS = np.array([1.0, 1.0, -1.0, 1.0, -1.0, -1.0, -1.0, 1.0, 1.0, -1.0])
_SIGNED = _POINTS * _LABELS[:, None]
_RIDGE = 0.125


def _logistic_grad(x: Vector) -> Vector:
    # 1 / (1 + exp(m)) without overflow.
    doubt = np.exp(-np.logaddexp(0.0, _SIGNED @ x))
    return _RIDGE * x - doubt @ _SIGNED / 10


# Mean logistic loss of ten points, ridge 1/8.
LOGISTIC_TOY = VectorProblem(
    lambda x: np.sum(np.logaddexp(0.0, -(_SIGNED @ x))) / 10 + _RIDGE / 2 * np.dot(x, x),
    _logistic_grad,
    x0=(0.0, 0.0, 0.0),
    minimum=0.4224501406142465,
    minimizer=(-0.0773636106128747, 1.0284123634883964, 0.5829605064408506),
)

_FACES = np.array([[1.0, 2.0], [-1.5, 0.5], [0.25, -1.0], [-2.0, -1.0], [1.25, -0.5]])

# -sum log(1 - a_i . x) - sum log(1 - x_j^2): NaN outside the polytope, where a line search
# must turn back.
ANALYTIC_CENTRE = VectorProblem(
    lambda x: -np.sum(np.log(1 - _FACES @ x)) - np.sum(np.log(1 - x**2)),
    lambda x: (1 / (1 - _FACES @ x)) @ _FACES + 2 * x / (1 - x**2),
    x0=(0.0, 0.0),
    minimum=-0.05069420505381767,
    minimizer=(0.10273143006664393, -0.025837153052328206),
)

# sum_i c_i x_i - mu log x_i with costs c_i = 10^(i - 2): minimiser mu / c_i, curvature
# c_i^2 / mu, so the condition number is 1e8.
_COST = np.array([0.1, 1.0, 10.0, 100.0, 1000.0])
LOG_BARRIER_SCALED = VectorProblem(
    lambda x: np.dot(_COST, x) - np.sum(np.log(x)),
    lambda x: _COST - 1 / x,
    x0=(1.0, 1.0, 1.0, 1.0, 1.0),
    minimum=16.512925464970227,
    minimizer=(10.0, 1.0, 0.1, 0.01, 0.001),
)
