"""Functions of two variables from textbooks: small enough to draw.

Source: given at each one.  "Survey" is M. Jamil and X.-S. Yang, "A literature survey of
benchmark functions for global optimisation problems", Int. J. Mathematical Modelling and
Numerical Optimisation 4 (2013), 150-194.
"""

from __future__ import annotations

import math

import numpy as np

from pyframe.testing.problems import Vector, VectorProblem

# D. M. Himmelblau, Applied nonlinear programming, 1972: four minima of equal value.
HIMMELBLAU = VectorProblem(
    lambda x: (x[0] ** 2 + x[1] - 11) ** 2 + (x[0] + x[1] ** 2 - 7) ** 2,
    lambda x: np.array(
        [
            4 * x[0] * (x[0] ** 2 + x[1] - 11) + 2 * (x[0] + x[1] ** 2 - 7),
            2 * (x[0] ** 2 + x[1] - 11) + 4 * x[1] * (x[0] + x[1] ** 2 - 7),
        ]
    ),
    x0=(0.0, 0.0),
    minimum=0.0,
    minimizer=(3.0, 2.0),
)

# A. Leon 1966: Rosenbrock's valley bent along a cubic.
CUBE = VectorProblem(
    lambda x: 100 * (x[1] - x[0] ** 3) ** 2 + (1 - x[0]) ** 2,
    lambda x: np.array(
        [
            -600 * x[0] ** 2 * (x[1] - x[0] ** 3) - 2 * (1 - x[0]),
            200 * (x[1] - x[0] ** 3),
        ]
    ),
    x0=(-1.2, 1.0),
    minimum=0.0,
    minimizer=(1.0, 1.0),
)

# Survey.
BOOTH = VectorProblem(
    lambda x: (x[0] + 2 * x[1] - 7) ** 2 + (2 * x[0] + x[1] - 5) ** 2,
    lambda x: np.array([10 * x[0] + 8 * x[1] - 34, 8 * x[0] + 10 * x[1] - 38]),
    x0=(-5.0, 5.0),
    minimum=0.0,
    minimizer=(1.0, 3.0),
)

# Survey: an elongated bowl along x1 = x2.
MATYAS = VectorProblem(
    lambda x: 0.26 * (x[0] ** 2 + x[1] ** 2) - 0.48 * x[0] * x[1],
    lambda x: np.array([0.52 * x[0] - 0.48 * x[1], 0.52 * x[1] - 0.48 * x[0]]),
    x0=(5.0, -3.0),
    minimum=0.0,
    minimizer=(0.0, 0.0),
)

# Survey: three minima, the start lies in the valley of the least.
THREE_HUMP_CAMEL = VectorProblem(
    lambda x: 2 * x[0] ** 2 - 1.05 * x[0] ** 4 + x[0] ** 6 / 6 + x[0] * x[1] + x[1] ** 2,
    lambda x: np.array([4 * x[0] - 4.2 * x[0] ** 3 + x[0] ** 5 + x[1], x[0] + 2 * x[1]]),
    x0=(0.75, -1.0),
    minimum=0.0,
    minimizer=(0.0, 0.0),
)

# L. C. W. Dixon and G. P. Szego 1978: six minima; the least is taken at +-x, refined.
SIX_HUMP_CAMEL = VectorProblem(
    lambda x: (
        (4 - 2.1 * x[0] ** 2 + x[0] ** 4 / 3) * x[0] ** 2
        + x[0] * x[1]
        + (4 * x[1] ** 2 - 4) * x[1] ** 2
    ),
    lambda x: np.array(
        [
            8 * x[0] - 8.4 * x[0] ** 3 + 2 * x[0] ** 5 + x[1],
            x[0] - 8 * x[1] + 16 * x[1] ** 3,
        ]
    ),
    x0=(0.5, -0.5),
    minimum=-1.0316284534898774,
    minimizer=(0.08984201310031806, -0.7126564030207396),
)


def _goldstein_price(x: Vector) -> float:
    a, b = x[0], x[1]
    p = 19 - 14 * a + 3 * a**2 - 14 * b + 6 * a * b + 3 * b**2
    q = 18 - 32 * a + 12 * a**2 + 48 * b - 36 * a * b + 27 * b**2
    return (1 + (a + b + 1) ** 2 * p) * (30 + (2 * a - 3 * b) ** 2 * q)


def _goldstein_price_grad(x: Vector) -> Vector:
    a, b = x[0], x[1]
    s, t = a + b + 1, 2 * a - 3 * b
    p = 19 - 14 * a + 3 * a**2 - 14 * b + 6 * a * b + 3 * b**2
    q = 18 - 32 * a + 12 * a**2 + 48 * b - 36 * a * b + 27 * b**2
    left, right = 1 + s**2 * p, 30 + t**2 * q
    # p depends on a + b only and q on 2 a - 3 b only, each with a factor to spare.
    dleft = 2 * s * p + s**2 * (6 * (a + b) - 14)
    dright = 2 * t * q + t**2 * (6 * t - 16)
    return np.array([dleft * right + 2 * left * dright, dleft * right - 3 * left * dright])


# A. A. Goldstein and J. F. Price, Math. Comp. 25 (1971), 569-574: values from 3 to 1e6.
GOLDSTEIN_PRICE = VectorProblem(
    _goldstein_price, _goldstein_price_grad, (-0.25, -0.75), 3.0, (0.0, -1.0)
)

# A. R. Buckley, Test functions for unconstrained minimization, 1989, problem 206 (CLIFF of
# CUTE): x1 - x2 = -(ln 20) / 20 at the foot of an exponential wall, 5e8 high at the start.
CLIFF = VectorProblem(
    lambda x: ((x[0] - 3) / 100) ** 2 - (x[0] - x[1]) + np.exp(20 * (x[0] - x[1])),
    lambda x: (
        (20 * np.exp(20 * (x[0] - x[1])) - 1) * np.array([1.0, -1.0])
        + np.array([(x[0] - 3) / 5000, 0.0])
    ),
    x0=(0.0, -1.0),
    minimum=(math.log(20) + 1) / 20,
    minimizer=(3.0, 3.0 + math.log(20) / 20),
)

# S. Boyd and L. Vandenberghe, Convex optimization, 2004, equation (9.20).
BOYD_EXPONENTIALS = VectorProblem(
    lambda x: np.exp(x[0] + 3 * x[1] - 0.1) + np.exp(x[0] - 3 * x[1] - 0.1) + np.exp(-x[0] - 0.1),
    lambda x: (
        np.exp(x[0] + 3 * x[1] - 0.1) * np.array([1.0, 3.0])
        + np.exp(x[0] - 3 * x[1] - 0.1) * np.array([1.0, -3.0])
        + np.exp(-x[0] - 0.1) * np.array([-1.0, 0.0])
    ),
    x0=(-1.0, 1.0),
    minimum=math.sqrt(8) * math.exp(-0.1),
    minimizer=(-math.log(2) / 2, 0.0),
)
