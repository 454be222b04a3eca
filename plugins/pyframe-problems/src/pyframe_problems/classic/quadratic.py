"""Convex quadratics of known condition number, and two that matrix analysis made famous.

    f(x) = (x - 1)^T A (x - 1) / 2,   grad f(x) = A (x - 1)

A is a diagonal of logarithmically spaced eigenvalues from 1 to kappa between two
Householder reflections, so that no coordinate is an eigenvector.  Exact line search along
the gradient then contracts f by ((kappa - 1) / (kappa + 1))^2 at worst (Kantorovich).
"""

from __future__ import annotations

import math

import numpy as np

from pyframe.testing.problems import Vector, VectorProblem


def _about_ones(matrix: Vector, x0: tuple[float, ...]) -> VectorProblem:
    def fun(x: Vector) -> float:
        return np.dot(x - 1, matrix @ (x - 1)) / 2

    return VectorProblem(fun, lambda x: matrix @ (x - 1), x0, 0.0, (1.0,) * len(x0))


def quadratic(kappa: float, n: int = 20) -> VectorProblem:
    """A quadratic whose Hessian has the condition number `kappa`."""
    v = np.sin(np.arange(1.0, n + 1))
    reflection = np.eye(n) - 2 * np.outer(v, v) / (v @ v)
    matrix = reflection * np.logspace(0.0, math.log10(kappa), n) @ reflection
    return _about_ones((matrix + matrix.T) / 2, (0.0,) * n)


QUADRATIC_KAPPA_1E2 = quadratic(1e2)
QUADRATIC_KAPPA_1E4 = quadratic(1e4)
QUADRATIC_KAPPA_1E6 = quadratic(1e6)


def hilbert(n: int) -> VectorProblem:
    """A_ij = 1 / (i + j - 1), of condition number about exp(3.5 n)."""
    i = np.arange(float(n))
    return _about_ones(1 / (i[:, None] + i + 1), (-3.0,) * n)


HILBERT = hilbert(8)


def nesterov_chain(n: int) -> VectorProblem:
    """(x_1^2 + sum (x_i - x_{i+1})^2 + x_n^2) / 2 - x_1, slow for every first-order method.

    Started from 0, after k gradients only the first k components can differ from 0.  The
    minimiser is x_i = 1 - i / (n + 1).

    Source: Y. Nesterov, Lectures on convex optimization, 2018, section 2.1.2, with L = 4.
    """
    matrix = 2 * np.eye(n) - np.eye(n, k=1) - np.eye(n, k=-1)
    first = np.eye(n)[0]
    minimizer = 1 - np.arange(1.0, n + 1) / (n + 1)

    def fun(x: Vector) -> float:
        return np.dot(x, matrix @ x) / 2 - x[0]

    return VectorProblem(
        fun,
        lambda x: matrix @ x - first,
        (0.0,) * n,
        -n / (2 * (n + 1)),
        tuple(minimizer.tolist()),
    )


NESTEROV_CHAIN = nesterov_chain(20)
