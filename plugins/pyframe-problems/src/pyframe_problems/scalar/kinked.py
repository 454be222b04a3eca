"""Functions of one variable with a kink, a cusp or a jump of curvature at the minimum.

Dichotomy and golden section ask only that the function be unimodal and do not notice;
interpolation assumes smoothness and loses its order.  At a kink the derivative given is
the one from the right.

Source: folklore; all minimisers in closed form.
"""

from __future__ import annotations

import numpy as np

from pyframe.testing.problems import ScalarProblem

ABSOLUTE_VALUE = ScalarProblem(
    lambda x: abs(x - 1),
    bounds=(-1.0, 4.0),
    minimizer=1.0,
    minimum=0.0,
    derivative=lambda x: 1.0 if x >= 1 else -1.0,
)

# A ratio of slopes of 1000.
ABSOLUTE_VALUE_UNEVEN = ScalarProblem(
    lambda x: 1000 * (x - 1) if x >= 1 else 1 - x,
    bounds=(-1.0, 4.0),
    minimizer=1.0,
    minimum=0.0,
    derivative=lambda x: 1000.0 if x >= 1 else -1.0,
)

KINK_IN_BOWL = ScalarProblem(
    lambda x: abs(x - 1) + x**2 / 4,
    bounds=(-2.0, 3.0),
    minimizer=1.0,
    minimum=0.25,
    derivative=lambda x: (1.0 if x >= 1 else -1.0) + x / 2,
)

# Smooth at its minimum 1/2, with a kink beside it at 1.
KINK_BESIDE_VALLEY = ScalarProblem(
    lambda x: abs(x - 1) + x**2,
    bounds=(-2.0, 3.0),
    minimizer=0.5,
    minimum=0.75,
    derivative=lambda x: (1.0 if x >= 1 else -1.0) + 2 * x,
)

# A cusp: not convex on either side, the slope grows without bound towards 1.
ROOT_CUSP = ScalarProblem(
    lambda x: np.sqrt(abs(x - 1)),
    bounds=(-1.0, 4.0),
    minimizer=1.0,
    minimum=0.0,
    derivative=lambda x: 0.5 / np.sqrt(x - 1) if x >= 1 else -0.5 / np.sqrt(1 - x),
)

# Once differentiable; the second derivative is infinite at 0.
THREE_HALVES = ScalarProblem(
    lambda x: abs(x) ** 1.5,
    bounds=(-1.0, 2.0),
    minimizer=0.0,
    minimum=0.0,
    derivative=lambda x: 1.5 * np.sqrt(x) if x >= 0 else -1.5 * np.sqrt(-x),
)

# The curvature jumps from 2 to 200 at the minimum.
QUADRATIC_UNEVEN = ScalarProblem(
    lambda x: 100 * (x - 1) ** 2 if x >= 1 else (x - 1) ** 2,
    bounds=(-2.0, 3.0),
    minimizer=1.0,
    minimum=0.0,
    derivative=lambda x: 200 * (x - 1) if x >= 1 else 2 * (x - 1),
)

# Huber's function of x - 1/4: a parabola within 1/2 of the minimum, straight beyond.
HUBER = ScalarProblem(
    lambda x: (x - 0.25) ** 2 / 2 if abs(x - 0.25) <= 0.5 else abs(x - 0.25) / 2 - 0.125,
    bounds=(-3.0, 2.0),
    minimizer=0.25,
    minimum=0.0,
    derivative=lambda x: max(-0.5, min(0.5, x - 0.25)),
)
