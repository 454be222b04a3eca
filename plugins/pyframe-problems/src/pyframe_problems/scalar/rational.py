"""Rational functions and square roots of one variable.

Poles at or beyond the bounds, tails that flatten out, and the light-ray problems whose
valleys are nearly straight on both sides.

Source: folklore; LENNARD_JONES is the 6-12 potential, HERON and FERMAT the problems of the
shortest and of the fastest path.  Minimisers in closed form, or computed with mpmath to
30 digits where the comment says so.
"""

from __future__ import annotations

import numpy as np

from pyframe.testing.problems import ScalarProblem

X_PLUS_RECIPROCAL = ScalarProblem(
    lambda x: x + 1 / x,
    bounds=(0.125, 6.0),
    minimizer=1.0,
    minimum=2.0,
    derivative=lambda x: 1 - 1 / x**2,
)

# x* = 1e-6, a millionth of the bracket, where f differs from f(1) by 1.
X_PLUS_TINY_RECIPROCAL = ScalarProblem(
    lambda x: x + 1e-12 / x,
    bounds=(1e-9, 1.0),
    minimizer=1e-6,
    minimum=2e-6,
    derivative=lambda x: 1 - 1e-12 / x**2,
)

X_PLUS_INVERSE_SQUARE = ScalarProblem(
    lambda x: x + 4 / x**2,
    bounds=(0.5, 9.0),
    minimizer=2.0,
    minimum=3.0,
    derivative=lambda x: 1 - 8 / x**3,
)

TWO_POLES = ScalarProblem(
    lambda x: 1 / x + 1 / (1 - x),
    bounds=(0.0625, 0.875),
    minimizer=0.5,
    minimum=4.0,
    derivative=lambda x: 1 / (1 - x) ** 2 - 1 / x**2,
)

QUADRATIC_OVER_LINEAR = ScalarProblem(
    lambda x: (x**2 + 3) / (x + 1),
    bounds=(-0.5, 5.0),
    minimizer=1.0,
    minimum=2.0,
    derivative=lambda x: (x**2 + 2 * x - 3) / (x + 1) ** 2,
)

QUADRATIC_OVER_QUADRATIC = ScalarProblem(
    lambda x: (x**2 - x + 1) / (x**2 + 1),
    bounds=(-0.75, 5.0),
    minimizer=1.0,
    minimum=0.5,
    derivative=lambda x: (x**2 - 1) / (x**2 + 1) ** 2,
)

# x* = sqrt 2, f* = -sqrt 2 / 4: the first function of More and Thuente.
RATIONAL_TAIL = ScalarProblem(
    lambda x: -x / (x**2 + 2),
    bounds=(0.0, 16.0),
    minimizer=1.414213562373095048801689,
    minimum=-0.3535533905932737622004222,
    derivative=lambda x: (x**2 - 2) / (x**2 + 2) ** 2,
)

WITCH_OF_AGNESI = ScalarProblem(
    lambda x: -1 / (1 + 25 * (x - 0.25) ** 2),
    bounds=(-1.0, 1.0),
    minimizer=0.25,
    minimum=-1.0,
    derivative=lambda x: 50 * (x - 0.25) / (1 + 25 * (x - 0.25) ** 2) ** 2,
)

LENNARD_JONES = ScalarProblem(
    lambda x: 1 / x**12 - 2 / x**6,
    bounds=(0.75, 3.0),
    minimizer=1.0,
    minimum=-1.0,
    derivative=lambda x: 12 / x**7 - 12 / x**13,
)

# x* = 1 / sqrt 3, f* = sqrt(3) / 2.
HYPERBOLA_TILTED = ScalarProblem(
    lambda x: np.sqrt(1 + x**2) - x / 2,
    bounds=(-4.0, 6.0),
    minimizer=0.5773502691896257645091488,
    minimum=0.8660254037844386467637232,
    derivative=lambda x: x / np.sqrt(1 + x**2) - 0.5,
)

# f* = 3 sqrt 2: the straight line from (0, 1) to (3, -2) crosses the mirror at x = 1.
HERON = ScalarProblem(
    lambda x: np.sqrt(1 + x**2) + np.sqrt(4 + (3 - x) ** 2),
    bounds=(-2.0, 5.0),
    minimizer=1.0,
    minimum=4.242640687119285146405066,
    derivative=lambda x: x / np.sqrt(1 + x**2) - (3 - x) / np.sqrt(4 + (3 - x) ** 2),
)

# Snell's law with index 3/2, mpmath.
FERMAT = ScalarProblem(
    lambda x: np.sqrt(1 + x**2) + 1.5 * np.sqrt(1 + (2 - x) ** 2),
    bounds=(0.0, 2.0),
    minimizer=1.36265020553460116611749,
    minimum=3.468970593873718544052063,
    derivative=lambda x: x / np.sqrt(1 + x**2) - 1.5 * (2 - x) / np.sqrt(1 + (2 - x) ** 2),
)

# x* = 4^(-2/3) with an infinite slope at the left bound.
SQUARE_MINUS_ROOT = ScalarProblem(
    lambda x: x**2 - np.sqrt(x),
    bounds=(0.0, 2.0),
    minimizer=0.3968502629920498686879264,
    minimum=-0.472470393710577436787704,
    derivative=lambda x: 2 * x - 0.5 / np.sqrt(x),
)
