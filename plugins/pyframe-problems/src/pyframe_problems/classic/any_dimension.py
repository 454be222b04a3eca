"""Functions of several variables from textbooks and other collections.

Source: given at each one.  "Survey" is M. Jamil and X.-S. Yang, "A literature survey of
benchmark functions for global optimisation problems", Int. J. Mathematical Modelling and
Numerical Optimisation 4 (2013), 150-194.
Minimisers with long decimals are refined with mpmath.
"""

from __future__ import annotations

import numpy as np

from pyframe.testing.problems import Vector, VectorProblem


def chained_rosenbrock(n: int) -> VectorProblem:
    """Rosenbrock's function of each two neighbours in a chain, as in `scipy.optimize.rosen`."""

    def fun(x: Vector) -> float:
        return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)

    def grad(x: Vector) -> Vector:
        u = x[1:] - x[:-1] ** 2
        g = np.zeros(n)
        g[:-1] = -400 * x[:-1] * u - 2 * (1 - x[:-1])
        g[1:] += 200 * u
        return g

    return VectorProblem(fun, grad, (-1.0,) * n, 0.0, (1.0,) * n)


CHAINED_ROSENBROCK = chained_rosenbrock(25)


def dixon_price(n: int) -> VectorProblem:
    """(x_1 - 1)^2 + sum_i i (2 x_i^2 - x_{i-1})^2, minimiser x_i = 2^(2^(1-i) - 1).

    Survey; for n >= 3 another local minimum lies at (1/3, 0, ..., 0).
    """
    i = np.arange(2.0, n + 1)

    def fun(x: Vector) -> float:
        return (x[0] - 1) ** 2 + np.sum(i * (2 * x[1:] ** 2 - x[:-1]) ** 2)

    def grad(x: Vector) -> Vector:
        u = i * (2 * x[1:] ** 2 - x[:-1])
        g = np.zeros(n)
        g[0] = 2 * (x[0] - 1)
        g[1:] += 8 * x[1:] * u
        g[:-1] -= 2 * u
        return g

    minimizer = tuple(2.0 ** (2.0 ** (1 - k) - 1) for k in range(1, n + 1))
    return VectorProblem(fun, grad, (1.0,) * n, 0.0, minimizer)


DIXON_PRICE = dixon_price(5)


def zakharov(n: int) -> VectorProblem:
    """|x|^2 + s^2 + s^4 with s = sum_i i x_i / 2 (survey)."""
    weight = np.arange(1.0, n + 1) / 2

    def fun(x: Vector) -> float:
        s = np.dot(weight, x)
        return np.dot(x, x) + s**2 + s**4

    def grad(x: Vector) -> Vector:
        s = np.dot(weight, x)
        return 2 * x + (2 * s + 4 * s**3) * weight

    return VectorProblem(fun, grad, (1.0,) * n, 0.0, (0.0,) * n)


ZAKHAROV = zakharov(5)


def styblinski_tang(n: int) -> VectorProblem:
    """sum_i (x_i^4 - 16 x_i^2 + 5 x_i) / 2 (survey); separable."""

    def fun(x: Vector) -> float:
        return np.sum(x**4 - 16 * x**2 + 5 * x) / 2

    # The least root of 4 t^3 - 32 t + 5 and the value there.
    return VectorProblem(
        fun,
        lambda x: 2 * x**3 - 16 * x + 2.5,
        (-1.0,) * n,
        -39.16616570377141 * n,
        (-2.903534027771177,) * n,
    )


STYBLINSKI_TANG = styblinski_tang(4)


def trid(n: int) -> VectorProblem:
    """Sum (x_i - 1)^2 - sum x_i x_{i-1} (survey): minimiser x_i = i (n + 1 - i)."""
    matrix = 2 * np.eye(n) - np.eye(n, k=1) - np.eye(n, k=-1)
    i = np.arange(1.0, n + 1)

    def fun(x: Vector) -> float:
        return np.sum((x - 1) ** 2) - np.dot(x[1:], x[:-1])

    return VectorProblem(
        fun,
        lambda x: matrix @ x - 2,
        (0.0,) * n,
        -n * (n + 4) * (n - 1) / 6,
        tuple((i * (n + 1 - i)).tolist()),
    )


TRID = trid(6)


def singular_quartic(n: int) -> VectorProblem:
    """sum_i i x_i^4: the Hessian vanishes at the minimiser, Newton's method is linear."""
    i = np.arange(1.0, n + 1)
    return VectorProblem(
        lambda x: np.dot(i, x**4), lambda x: 4 * i * x**3, (1.0,) * n, 0.0, (0.0,) * n
    )


SINGULAR_QUARTIC = singular_quartic(5)
