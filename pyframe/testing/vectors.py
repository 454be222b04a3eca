"""Functions of several variables for the kit, and runs of ``minimize`` on them."""

from __future__ import annotations

from typing import Any

import numpy as np

import pyframe as pf
from pyframe.testing.problems import Vector, VectorProblem

_SCALES = np.array([1.0, 3.0, 10.0, 30.0])


def _ellipse(x: Vector) -> float:
    return 0.5 * float(x @ (_SCALES * x))


def _ellipse_gradient(x: Vector) -> Vector:
    return _SCALES * x


def _rosenbrock(x: Vector) -> float:
    return float(100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2)


def _rosenbrock_gradient(x: Vector) -> Vector:
    valley = x[1] - x[0] ** 2
    return np.array([-400 * x[0] * valley - 2 * (1 - x[0]), 200 * valley])


ELLIPSE = VectorProblem(_ellipse, _ellipse_gradient, (1.0, -1.0, 2.0, 0.5), 0.0, (0.0,) * 4)
ROSENBROCK = VectorProblem(_rosenbrock, _rosenbrock_gradient, (-1.2, 1.0), 0.0, (1.0, 1.0))


def minimize(problem: VectorProblem, **options: Any) -> Any:
    """``pf.minimize`` on a problem, by gradient descent unless told otherwise."""
    options.setdefault("direction", "gradient-descent")
    return pf.minimize(problem.fun, np.array(problem.x0), problem.grad, **options)
