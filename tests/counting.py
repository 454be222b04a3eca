"""Functions that count their calls and remember where they were asked."""

from __future__ import annotations

import numpy as np


class Counting:
    """A function that keeps every argument and value."""

    def __init__(self, f):
        self.f = f
        self.points = []
        self.values = []

    def __call__(self, x, *args):
        value = self.f(x, *args)
        self.points.append(np.copy(x) if isinstance(x, np.ndarray) else x)
        self.values.append(value)
        return value

    @property
    def calls(self):
        """How often it was called."""
        return len(self.points)


def rosenbrock(x):
    """100 (x1 - x0^2)^2 + (1 - x0)^2."""
    return float(100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2)


def rosenbrock_gradient(x):
    """Its gradient."""
    t = x[1] - x[0] ** 2
    return np.array([-400 * x[0] * t - 2 * (1 - x[0]), 200 * t])


def rosenbrock_hessian(x):
    """Its Hessian."""
    return np.array([[1200 * x[0] ** 2 - 400 * x[1] + 2, -400 * x[0]], [-400 * x[0], 200.0]])
