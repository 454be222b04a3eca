"""Polynomials of one variable: from the parabola to the flattest and the steepest valley.

A parabola is where parabolic interpolation is exact at once; a high even power is where
every value near the minimiser looks the same; scale and offset ask whether a tolerance is
relative, absolute or both.

Source: folklore; minimisers in closed form, or the real root of the derivative computed
with mpmath to 30 digits where the comment says so.
"""

from __future__ import annotations

from pyframe.testing.problems import ScalarProblem

QUADRATIC = ScalarProblem(
    lambda x: (x - 2) ** 2,
    bounds=(0.0, 5.0),
    minimizer=2.0,
    minimum=0.0,
    derivative=lambda x: 2 * (x - 2),
)

QUADRATIC_AT_ZERO = ScalarProblem(
    lambda x: x**2,
    bounds=(-1.0, 2.0),
    minimizer=0.0,
    minimum=0.0,
    derivative=lambda x: 2 * x,
)

QUADRATIC_NARROW = ScalarProblem(
    lambda x: 1e8 * (x - 0.25) ** 2,
    bounds=(0.0, 1.0),
    minimizer=0.25,
    minimum=0.0,
    derivative=lambda x: 2e8 * (x - 0.25),
)

QUADRATIC_SHALLOW = ScalarProblem(
    lambda x: 1e-8 * (x - 1) ** 2,
    bounds=(-4.0, 8.0),
    minimizer=1.0,
    minimum=0.0,
    derivative=lambda x: 2e-8 * (x - 1),
)

QUADRATIC_WIDE = ScalarProblem(
    lambda x: (x - 3) ** 2,
    bounds=(-1e6, 1e6),
    minimizer=3.0,
    minimum=0.0,
    derivative=lambda x: 2 * (x - 3),
)

QUADRATIC_TINY = ScalarProblem(
    lambda x: (x - 3e-8) ** 2,
    bounds=(0.0, 1e-7),
    minimizer=3e-8,
    minimum=0.0,
    derivative=lambda x: 2 * (x - 3e-8),
)

QUADRATIC_HUGE = ScalarProblem(
    lambda x: (x - 3e12) ** 2,
    bounds=(0.0, 1e13),
    minimizer=3e12,
    minimum=0.0,
    derivative=lambda x: 2 * (x - 3e12),
)

# In float64 every x within 7.6e-6 of 1 has the value 1e6 (half a unit in its last place
# is 5.8e-11): no method that sees values alone can do better.
QUADRATIC_OFFSET = ScalarProblem(
    lambda x: 1e6 + (x - 1) ** 2,
    bounds=(0.0, 3.0),
    minimizer=1.0,
    minimum=1e6,
    derivative=lambda x: 2 * (x - 1),
)

QUADRATIC_LEFT_END = ScalarProblem(
    lambda x: (x + 1) ** 2,
    bounds=(0.0, 4.0),
    minimizer=0.0,
    minimum=1.0,
    derivative=lambda x: 2 * (x + 1),
)

QUADRATIC_RIGHT_END = ScalarProblem(
    lambda x: (x - 5) ** 2,
    bounds=(0.0, 4.0),
    minimizer=4.0,
    minimum=1.0,
    derivative=lambda x: 2 * (x - 5),
)

LINEAR = ScalarProblem(
    lambda x: 2 * x,
    bounds=(1.0, 4.0),
    minimizer=1.0,
    minimum=2.0,
    derivative=lambda x: 2.0,
)

# Not convex: the inflection at 0 lies inside the bounds.
CUBIC = ScalarProblem(
    lambda x: x**3 - 3 * x,
    bounds=(-0.875, 4.0),
    minimizer=1.0,
    minimum=-2.0,
    derivative=lambda x: 3 * x**2 - 3,
)

QUARTIC = ScalarProblem(
    lambda x: x**4 / 4 - x,
    bounds=(-1.0, 3.0),
    minimizer=1.0,
    minimum=-0.75,
    derivative=lambda x: x**3 - 1,
)

QUARTIC_FLAT = ScalarProblem(
    lambda x: (x - 1) ** 4,
    bounds=(-2.0, 3.0),
    minimizer=1.0,
    minimum=0.0,
    derivative=lambda x: 4 * (x - 1) ** 3,
)

# Root of 4 x^3 + 2 x - 3, mpmath.
QUARTIC_TILTED = ScalarProblem(
    lambda x: x**4 + x**2 - 3 * x,
    bounds=(-2.0, 2.0),
    minimizer=0.7280821230679542304874035,
    minimum=-1.373132987937327193694249,
    derivative=lambda x: 4 * x**3 + 2 * x - 3,
)

# Root of 2 (x - 1) + 4 (x - 2)^3, mpmath.
QUADRATIC_PLUS_QUARTIC = ScalarProblem(
    lambda x: (x - 1) ** 2 + (x - 2) ** 4,
    bounds=(-1.0, 4.0),
    minimizer=1.410245487698541615721198,
    minimum=0.2892734239377779379358892,
    derivative=lambda x: 2 * (x - 1) + 4 * (x - 2) ** 3,
)

# The slope also vanishes at 0, yet the function goes on falling: a trap for methods that
# stop on the slope.
STATIONARY_INFLECTION = ScalarProblem(
    lambda x: 3 * x**4 - 4 * x**3,
    bounds=(-1.0, 2.0),
    minimizer=1.0,
    minimum=-1.0,
    derivative=lambda x: 12 * x**3 - 12 * x**2,
)

SEXTIC_FLAT = ScalarProblem(
    lambda x: (x - 2) ** 6,
    bounds=(0.0, 5.0),
    minimizer=2.0,
    minimum=0.0,
    derivative=lambda x: 6 * (x - 2) ** 5,
)

# x* = 8^(-1/7), f* = -(7/8) x*.
OCTIC = ScalarProblem(
    lambda x: x**8 - x,
    bounds=(-0.5, 1.5),
    minimizer=0.7429971445684742123999266,
    minimum=-0.6501225014974149358499358,
    derivative=lambda x: 8 * x**7 - 1,
)

TENTH_POWER_FLAT = ScalarProblem(
    lambda x: x**10,
    bounds=(-1.0, 1.5),
    minimizer=0.0,
    minimum=0.0,
    derivative=lambda x: 10 * x**9,
)

# Nearly linear on the left, a wall on the right: f(2) is about 5e4 times the depth.
TWENTIETH_POWER_WALL = ScalarProblem(
    lambda x: x**20 - 20 * x,
    bounds=(0.0, 2.0),
    minimizer=1.0,
    minimum=-19.0,
    derivative=lambda x: 20 * x**19 - 20,
)
