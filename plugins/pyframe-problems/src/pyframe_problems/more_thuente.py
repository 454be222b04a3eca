"""The six functions on which More and Thuente tried their line search.

phi(alpha) for alpha >= 0, with the slope in closed form, the four first steps of the
paper, the parameters mu (sufficient decrease, our c1) and eta (curvature, our c2) of each
table, and the number of evaluations the paper reports for each first step.

Source: J. J. More and D. J. Thuente, "Line search algorithms with guaranteed sufficient
decrease", ACM Transactions on Mathematical Software 20 (1994), 286-307, section 5,
equations (5.1) to (5.4) and tables I to VI.  Functions 4 to 6 are those of H. Yanai,
M. Ozawa and S. Kaneko, "Interpolation methods in one dimensional optimization",
Computing 27 (1981), 155-163.
"""

from __future__ import annotations

import math

import numpy as np

from pyframe.testing.problems import LineProblem

STARTS = (1e-3, 1e-1, 1e1, 1e3)

# (5.1): one long flat tail, minimiser sqrt(beta).
_BETA_1 = 2.0
MORE_THUENTE_1 = LineProblem(
    phi=lambda a: -a / (a**2 + _BETA_1),
    slope=lambda a: (a**2 - _BETA_1) / (a**2 + _BETA_1) ** 2,
    starts=STARTS,
    c1=0.001,
    c2=0.1,
    evaluations=(6, 3, 1, 4),
)

# (5.2): minimiser 8/5 - beta, very flat near 0.
_BETA_2 = 0.004
MORE_THUENTE_2 = LineProblem(
    phi=lambda a: (a + _BETA_2) ** 5 - 2 * (a + _BETA_2) ** 4,
    slope=lambda a: (5 * (a + _BETA_2) - 8) * (a + _BETA_2) ** 3,
    starts=STARTS,
    c1=0.1,
    c2=0.1,
    evaluations=(12, 8, 8, 11),
)

# (5.3): a rounded kink at 1 under l = 39 small waves, which blur the slope.
_BETA_3 = 0.01
_L = 39.0


def _kink(a: float) -> float:
    if a <= 1 - _BETA_3:
        return 1 - a
    if a >= 1 + _BETA_3:
        return a - 1
    return (a - 1) ** 2 / (2 * _BETA_3) + _BETA_3 / 2


def _kink_slope(a: float) -> float:
    if a <= 1 - _BETA_3:
        return -1.0
    if a >= 1 + _BETA_3:
        return 1.0
    return (a - 1) / _BETA_3


MORE_THUENTE_3 = LineProblem(
    phi=lambda a: _kink(a) + 2 * (1 - _BETA_3) / (_L * math.pi) * np.sin(_L * math.pi * a / 2),
    slope=lambda a: _kink_slope(a) + (1 - _BETA_3) * np.cos(_L * math.pi * a / 2),
    starts=STARTS,
    c1=0.1,
    c2=0.1,
    evaluations=(12, 12, 10, 13),
)


def yanai(b1: float, b2: float, evaluations: tuple[int, ...]) -> LineProblem:
    """(5.4): g(b1) sqrt((1 - a)^2 + b2^2) + g(b2) sqrt(a^2 + b1^2), g(b) = sqrt(1 + b^2) - b.

    The function is convex and bends sharply near 0 (radius b1) and near 1 (radius b2).
    """
    g1 = math.sqrt(1 + b1**2) - b1
    g2 = math.sqrt(1 + b2**2) - b2
    return LineProblem(
        phi=lambda a: g1 * np.sqrt((1 - a) ** 2 + b2**2) + g2 * np.sqrt(a**2 + b1**2),
        slope=lambda a: (
            g2 * a / np.sqrt(a**2 + b1**2) - g1 * (1 - a) / np.sqrt((1 - a) ** 2 + b2**2)
        ),
        starts=STARTS,
        c1=0.001,
        c2=0.001,
        evaluations=evaluations,
    )


MORE_THUENTE_4 = yanai(0.001, 0.001, (4, 1, 3, 4))
MORE_THUENTE_5 = yanai(0.01, 0.001, (6, 3, 7, 8))
MORE_THUENTE_6 = yanai(0.001, 0.01, (13, 11, 8, 11))
