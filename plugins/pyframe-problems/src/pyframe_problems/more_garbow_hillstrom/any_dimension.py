"""More-Garbow-Hillstrom minimisation problems whose number of variables is free.

Each function makes the problem for a given n, with a gradient 2 J^T r summed by hand so
that it costs O(n); the constant below it is the registered size.

Source: More, Garbow and Hillstrom 1981, problems (21) to (26).  Minimisers with long
decimals are refined, see the package.
"""

from __future__ import annotations

import math

import numpy as np

from pyframe.testing.problems import Vector, VectorProblem


def extended_rosenbrock(n: int) -> VectorProblem:
    """(21), n even: Rosenbrock's function of each pair of variables."""

    def fun(x: Vector) -> float:
        a, b = x[0::2], x[1::2]
        return np.sum(100 * (b - a**2) ** 2 + (1 - a) ** 2)

    def grad(x: Vector) -> Vector:
        a, b = x[0::2], x[1::2]
        u = b - a**2
        return np.column_stack([-400 * a * u - 2 * (1 - a), 200 * u]).ravel()

    return VectorProblem(fun, grad, (-1.2, 1.0) * (n // 2), 0.0, (1.0,) * n)


EXTENDED_ROSENBROCK = extended_rosenbrock(10)


def extended_powell(n: int) -> VectorProblem:
    """(22), n a multiple of 4: Powell's singular function of each four variables."""

    def fun(x: Vector) -> float:
        a, b, c, d = x[0::4], x[1::4], x[2::4], x[3::4]
        return np.sum((a + 10 * b) ** 2 + 5 * (c - d) ** 2 + (b - 2 * c) ** 4 + 10 * (a - d) ** 4)

    def grad(x: Vector) -> Vector:
        a, b, c, d = x[0::4], x[1::4], x[2::4], x[3::4]
        p, q = 2 * (a + 10 * b), 10 * (c - d)
        r, s = 4 * (b - 2 * c) ** 3, 40 * (a - d) ** 3
        return np.column_stack([p + s, 10 * p + r, q - 2 * r, -q - s]).ravel()

    return VectorProblem(fun, grad, (3.0, -1.0, 0.0, 1.0) * (n // 4), 0.0, (0.0,) * n)


EXTENDED_POWELL = extended_powell(12)


def penalty_i(n: int, minimum: float, minimizer: tuple[float, ...]) -> VectorProblem:
    """(23): a 1e-5 of |x - 1|^2 against (x . x - 1/4)^2."""

    def fun(x: Vector) -> float:
        return 1e-5 * np.sum((x - 1) ** 2) + (np.dot(x, x) - 0.25) ** 2

    def grad(x: Vector) -> Vector:
        return 2e-5 * (x - 1) + 4 * (np.dot(x, x) - 0.25) * x

    return VectorProblem(fun, grad, tuple(float(i) for i in range(1, n + 1)), minimum, minimizer)


# By symmetry all components are equal, to the root t of 2e-5 (t - 1) + 4 (n t^2 - 1/4) t.
PENALTY_I = penalty_i(10, 7.087651467090369e-05, (0.15812230111311634,) * 10)


def penalty_ii(n: int, minimum: float, minimizer: tuple[float, ...]) -> VectorProblem:
    """(24): exponentials under a weight of 1e-5 against two quadratic constraints."""
    i = np.arange(2.0, n + 1)
    y = np.exp(i / 10) + np.exp((i - 1) / 10)
    weight = np.arange(n, 0.0, -1.0)

    def fun(x: Vector) -> float:
        e = np.exp(x / 10)
        return (
            (x[0] - 0.2) ** 2
            + 1e-5 * np.sum((e[1:] + e[:-1] - y) ** 2 + (e[1:] - math.exp(-0.1)) ** 2)
            + (np.dot(weight, x**2) - 1) ** 2
        )

    def grad(x: Vector) -> Vector:
        e = np.exp(x / 10)
        p, q = e[1:] + e[:-1] - y, e[1:] - math.exp(-0.1)
        g = 4 * (np.dot(weight, x**2) - 1) * weight * x
        g[0] += 2 * (x[0] - 0.2)
        g[1:] += 2e-6 * (p + q) * e[1:]
        g[:-1] += 2e-6 * p * e[:-1]
        return g

    return VectorProblem(fun, grad, (0.5,) * n, minimum, minimizer)


PENALTY_II = penalty_ii(
    4,
    9.376293007355442e-06,
    (0.1999993333503804, 0.19131670099277245, 0.48010148533262315, 0.5188454043902005),
)


def variably_dimensioned(n: int) -> VectorProblem:
    """(25): |x - 1|^2 + s^2 + s^4 with s = sum_j j (x_j - 1)."""
    j = np.arange(1.0, n + 1)

    def fun(x: Vector) -> float:
        s = np.dot(j, x - 1)
        return np.sum((x - 1) ** 2) + s**2 + s**4

    def grad(x: Vector) -> Vector:
        s = np.dot(j, x - 1)
        return 2 * (x - 1) + (2 * s + 4 * s**3) * j

    return VectorProblem(fun, grad, tuple((1 - j / n).tolist()), 0.0, (1.0,) * n)


VARIABLY_DIMENSIONED = variably_dimensioned(10)


def trigonometric(n: int, minimum: float, minimizer: tuple[float, ...]) -> VectorProblem:
    """(26): r_i = n - sum_j cos x_j + i (1 - cos x_i) - sin x_i."""
    i = np.arange(1.0, n + 1)

    def residuals(x: Vector) -> Vector:
        return n - np.sum(np.cos(x)) + i * (1 - np.cos(x)) - np.sin(x)

    def fun(x: Vector) -> float:
        return np.sum(residuals(x) ** 2)

    def grad(x: Vector) -> Vector:
        r = residuals(x)
        return 2 * (np.sum(r) * np.sin(x) + r * (i * np.sin(x) - np.cos(x)))

    return VectorProblem(fun, grad, (1 / n,) * n, minimum, minimizer)


# The local minimum that descent from the start ends at; the global one is 0.
TRIGONOMETRIC = trigonometric(
    10,
    2.7950561218794563e-05,
    (
        0.05515090398069129,
        0.05684061679473856,
        0.058764001762695084,
        0.06099060865676081,
        0.06362621369585451,
        0.06684317945275879,
        0.20816151856988116,
        0.16436309588564774,
        0.08500689568850744,
        0.09143145071470794,
    ),
)
