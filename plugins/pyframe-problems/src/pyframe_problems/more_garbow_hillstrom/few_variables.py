"""More-Garbow-Hillstrom problems of two to four variables given by formulas alone.

Source: More, Garbow and Hillstrom 1981, problems (1) to (5), (7), (13) and (14).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pyframe.testing.problems import Vector
from pyframe_problems.more_garbow_hillstrom.squares import sum_of_squares

# (1) Rosenbrock
ROSENBROCK = sum_of_squares(
    lambda x: (10 * (x[1] - x[0] ** 2), 1 - x[0]),
    lambda x: [[-20 * x[0], 10.0], [-1.0, 0.0]],
    x0=(-1.2, 1.0),
    minimizer=(1.0, 1.0),
)

# (2) Freudenstein and Roth.  The global minimum 0 lies at (5, 4), behind a ridge; descent
# from the start ends at the local one, x = (53 - 4 sqrt 22, 2 - sqrt 22) / 3.
FREUDENSTEIN_ROTH = sum_of_squares(
    lambda x: (
        -13 + x[0] + ((5 - x[1]) * x[1] - 2) * x[1],
        -29 + x[0] + ((x[1] + 1) * x[1] - 14) * x[1],
    ),
    lambda x: [
        [1.0, (10 - 3 * x[1]) * x[1] - 2],
        [1.0, (3 * x[1] + 2) * x[1] - 14],
    ],
    x0=(0.5, -2.0),
    minimum=48.98425367924002,
    minimizer=((53 - 4 * math.sqrt(22)) / 3, (2 - math.sqrt(22)) / 3),
)

# (3) Powell's badly scaled function; the minimiser is refined.
POWELL_BADLY_SCALED = sum_of_squares(
    lambda x: (1e4 * x[0] * x[1] - 1, np.exp(-x[0]) + np.exp(-x[1]) - 1.0001),
    lambda x: [[1e4 * x[1], 1e4 * x[0]], [-np.exp(-x[0]), -np.exp(-x[1])]],
    x0=(0.0, 1.0),
    minimizer=(1.0981593296998175e-05, 9.106146739866524),
)

# (4) Brown's badly scaled function
BROWN_BADLY_SCALED = sum_of_squares(
    lambda x: (x[0] - 1e6, x[1] - 2e-6, x[0] * x[1] - 2),
    lambda x: [[1.0, 0.0], [0.0, 1.0], [x[1], x[0]]],
    x0=(1.0, 1.0),
    minimizer=(1e6, 2e-6),
)

# (5) Beale
BEALE = sum_of_squares(
    lambda x: (
        1.5 - x[0] * (1 - x[1]),
        2.25 - x[0] * (1 - x[1] ** 2),
        2.625 - x[0] * (1 - x[1] ** 3),
    ),
    lambda x: [
        [x[1] - 1, x[0]],
        [x[1] ** 2 - 1, 2 * x[0] * x[1]],
        [x[1] ** 3 - 1, 3 * x[0] * x[1] ** 2],
    ],
    x0=(1.0, 1.0),
    minimizer=(3.0, 0.5),
)


def _helical_residuals(x: Vector) -> tuple[Any, ...]:
    # theta, in turns, jumps across the half-plane x1 = 0, x2 < 0.
    theta = np.arctan(x[1] / x[0]) / (2 * math.pi)
    if x[0] < 0:
        theta = theta + 0.5
    radius = np.sqrt(x[0] ** 2 + x[1] ** 2)
    return 10 * (x[2] - 10 * theta), 10 * (radius - 1), x[2]


def _helical_jacobian(x: Vector) -> Any:
    square = x[0] ** 2 + x[1] ** 2
    turn = 100 / (2 * math.pi * square)
    radius = np.sqrt(square)
    return [
        [turn * x[1], -turn * x[0], 10.0],
        [10 * x[0] / radius, 10 * x[1] / radius, 0.0],
        [0.0, 0.0, 1.0],
    ]


# (7) Helical valley
HELICAL_VALLEY = sum_of_squares(
    _helical_residuals, _helical_jacobian, x0=(-1.0, 0.0, 0.0), minimizer=(1.0, 0.0, 0.0)
)

# (13) Powell's singular function: the Hessian at the minimiser has rank two.
POWELL_SINGULAR = sum_of_squares(
    lambda x: (
        x[0] + 10 * x[1],
        math.sqrt(5) * (x[2] - x[3]),
        (x[1] - 2 * x[2]) ** 2,
        math.sqrt(10) * (x[0] - x[3]) ** 2,
    ),
    lambda x: [
        [1.0, 10.0, 0.0, 0.0],
        [0.0, 0.0, math.sqrt(5), -math.sqrt(5)],
        [0.0, 2 * (x[1] - 2 * x[2]), -4 * (x[1] - 2 * x[2]), 0.0],
        [2 * math.sqrt(10) * (x[0] - x[3]), 0.0, 0.0, -2 * math.sqrt(10) * (x[0] - x[3])],
    ],
    x0=(3.0, -1.0, 0.0, 1.0),
    minimizer=(0.0, 0.0, 0.0, 0.0),
)

# (14) Wood
WOOD = sum_of_squares(
    lambda x: (
        10 * (x[1] - x[0] ** 2),
        1 - x[0],
        math.sqrt(90) * (x[3] - x[2] ** 2),
        1 - x[2],
        math.sqrt(10) * (x[1] + x[3] - 2),
        (x[1] - x[3]) / math.sqrt(10),
    ),
    lambda x: [
        [-20 * x[0], 10.0, 0.0, 0.0],
        [-1.0, 0.0, 0.0, 0.0],
        [0.0, 0.0, -2 * math.sqrt(90) * x[2], math.sqrt(90)],
        [0.0, 0.0, -1.0, 0.0],
        [0.0, math.sqrt(10), 0.0, math.sqrt(10)],
        [0.0, 1 / math.sqrt(10), 0.0, -1 / math.sqrt(10)],
    ],
    x0=(-3.0, -1.0, -3.0, -1.0),
    minimizer=(1.0, 1.0, 1.0, 1.0),
)
