"""Waves of one variable, each on an interval that holds one valley.

The bounds matter here: outside them the functions turn again, so a method that steps out
of its bracket finds another valley.

Source: folklore; minimisers in closed form, or computed with mpmath to 30 digits where the
comment says so.
"""

from __future__ import annotations

import numpy as np

from pyframe.testing.problems import ScalarProblem

# x* = 3 pi / 2.
SINE = ScalarProblem(
    lambda x: np.sin(x),
    bounds=(2.0, 7.0),
    minimizer=4.712388980384689857693965,
    minimum=-1.0,
    derivative=lambda x: np.cos(x),
)

# x* = pi.
COSINE = ScalarProblem(
    lambda x: np.cos(x),
    bounds=(1.0, 6.0),
    minimizer=3.141592653589793238462643,
    minimum=-1.0,
    derivative=lambda x: -np.sin(x),
)

VERSINE_AT_ZERO = ScalarProblem(
    lambda x: 1 - np.cos(x),
    bounds=(-2.0, 3.0),
    minimizer=0.0,
    minimum=0.0,
    derivative=lambda x: np.sin(x),
)

# x* = pi / 4, f* = -sqrt 2.
SINE_AND_COSINE = ScalarProblem(
    lambda x: -np.sin(x) - np.cos(x),
    bounds=(0.0, 3.0),
    minimizer=0.7853981633974483096156608,
    minimum=-1.414213562373095048801689,
    derivative=lambda x: np.sin(x) - np.cos(x),
)

# x* = 5 pi / 6.
COSINE_TILTED = ScalarProblem(
    lambda x: x / 2 + np.cos(x),
    bounds=(1.0, 5.0),
    minimizer=2.617993877991494365385536,
    minimum=0.4429715352113085359290449,
    derivative=lambda x: 0.5 - np.sin(x),
)

# Root of x / 4 = sin x, mpmath.
COSINE_IN_BOWL = ScalarProblem(
    lambda x: x**2 / 8 + np.cos(x),
    bounds=(0.25, 6.0),
    minimizer=2.47457678736982901256443,
    minimum=-0.02022999383295917780300095,
    derivative=lambda x: x / 4 - np.sin(x),
)

# x* = pi - atan(1/2).
COSINE_DAMPED = ScalarProblem(
    lambda x: np.exp(-x / 2) * np.cos(x),
    bounds=(0.0, 5.5),
    minimizer=2.677945044588987122248387,
    minimum=-0.2344426467071062568789823,
    derivative=lambda x: -np.exp(-x / 2) * (np.cos(x) / 2 + np.sin(x)),
)

# Root of tan x = -x, mpmath.
SINE_GROWING = ScalarProblem(
    lambda x: x * np.sin(x),
    bounds=(2.5, 7.5),
    minimizer=4.913180439434883688837821,
    minimum=-4.814469889712268663985332,
    derivative=lambda x: np.sin(x) + x * np.cos(x),
)

# Root of tan x = x, mpmath.
SINC = ScalarProblem(
    lambda x: np.sin(x) / x,
    bounds=(1.0, 7.5),
    minimizer=4.493409457909064175307881,
    minimum=-0.2172336282112216574082793,
    derivative=lambda x: (x * np.cos(x) - np.sin(x)) / x**2,
)

# x* = pi / 4, f* = 1 - pi / 2; the tangent's pole is just right of the bounds.
TANGENT_WALL = ScalarProblem(
    lambda x: np.tan(x) - 2 * x,
    bounds=(0.0, 1.5625),
    minimizer=0.7853981633974483096156608,
    minimum=-0.5707963267948966192313217,
    derivative=lambda x: np.tan(x) ** 2 - 1,
)

# x* = pi / 2.
LOG_SINE_BARRIER = ScalarProblem(
    lambda x: -np.log(np.sin(x)),
    bounds=(0.125, 3.0),
    minimizer=1.570796326794896619231322,
    minimum=0.0,
    derivative=lambda x: -np.cos(x) / np.sin(x),
)

# Root of x^3 + x = 1, mpmath.
ARCTANGENT_IN_BOWL = ScalarProblem(
    lambda x: x**2 / 2 - np.arctan(x),
    bounds=(-2.0, 3.0),
    minimizer=0.6823278038280193273694837,
    minimum=-0.3659810893165678838201848,
    derivative=lambda x: x - 1 / (1 + x**2),
)
