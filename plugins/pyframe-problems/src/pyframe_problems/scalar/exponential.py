"""Exponentials, logarithms and barriers of one variable.

Exponentials give valleys that are steep on one side and flat on the other, logarithms
give walls of infinite height; both turn up in statistics, chemistry and interior points.

Source: folklore and textbook potentials; minimisers in closed form (W is Lambert's
function), stored with 25 digits.
"""

from __future__ import annotations

import numpy as np

from pyframe.testing.problems import ScalarProblem

COSH = ScalarProblem(
    lambda x: np.cosh(x - 1),
    bounds=(-3.0, 3.0),
    minimizer=1.0,
    minimum=1.0,
    derivative=lambda x: np.sinh(x - 1),
)

# x* = arsinh(1).
COSH_TILTED = ScalarProblem(
    lambda x: np.cosh(x) - x,
    bounds=(-2.0, 4.0),
    minimizer=0.8813735870195430252326093,
    minimum=0.5328399753535520235690794,
    derivative=lambda x: np.sinh(x) - 1,
)

LOG_COSH = ScalarProblem(
    lambda x: np.log(np.cosh(x)),
    bounds=(-2.0, 5.0),
    minimizer=0.0,
    minimum=0.0,
    derivative=lambda x: np.tanh(x),
)

# x* = ln 2.
EXP_MINUS_LINE = ScalarProblem(
    lambda x: np.exp(x) - 2 * x,
    bounds=(-2.0, 3.0),
    minimizer=0.6931471805599453094172321,
    minimum=0.6137056388801093811655358,
    derivative=lambda x: np.exp(x) - 2,
)

EXP_AT_ZERO = ScalarProblem(
    lambda x: np.exp(x) - x,
    bounds=(-1.0, 2.0),
    minimizer=0.0,
    minimum=1.0,
    derivative=lambda x: np.exp(x) - 1,
)

# x* = (ln 2) / 3.
EXP_BOTH_SIDES = ScalarProblem(
    lambda x: np.exp(x) + np.exp(-2 * x),
    bounds=(-1.0, 2.0),
    minimizer=0.2310490601866484364724107,
    minimum=1.889881574842309747150816,
    derivative=lambda x: np.exp(x) - 2 * np.exp(-2 * x),
)

# x* = 1 - (ln 20) / 20.
EXP_WALL = ScalarProblem(
    lambda x: np.exp(20 * (x - 1)) - x,
    bounds=(-3.0, 1.5),
    minimizer=0.8502133863223004503282388,
    minimum=-0.8002133863223004503282388,
    derivative=lambda x: 20 * np.exp(20 * (x - 1)) - 1,
)

EXP_LEFT_END = ScalarProblem(
    lambda x: np.exp(x),
    bounds=(-2.0, 1.0),
    minimizer=-2.0,
    minimum=0.1353352832366126918939995,
    derivative=lambda x: np.exp(x),
)

# x* = W(1/2).
EXP_PLUS_SQUARE = ScalarProblem(
    lambda x: np.exp(-x) + x**2,
    bounds=(-1.0, 2.0),
    minimizer=0.3517337112491958260249093,
    minimum=0.8271840261275243184188206,
    derivative=lambda x: 2 * x - np.exp(-x),
)

# x* = sqrt(W(1/2) / 2), the root of 2 x exp(x^2) = 1.
EXP_OF_SQUARE = ScalarProblem(
    lambda x: np.exp(x**2) - x,
    bounds=(-1.0, 1.5),
    minimizer=0.419364824019132430873707,
    minimum=0.7729144787799711931752299,
    derivative=lambda x: 2 * x * np.exp(x**2) - 1,
)

GAUSSIAN_WELL = ScalarProblem(
    lambda x: -np.exp(-((x - 1) ** 2)),
    bounds=(-1.0, 2.5),
    minimizer=1.0,
    minimum=-1.0,
    derivative=lambda x: 2 * (x - 1) * np.exp(-((x - 1) ** 2)),
)

X_EXP = ScalarProblem(
    lambda x: -x * np.exp(-x),
    bounds=(0.0, 6.0),
    minimizer=1.0,
    minimum=-0.3678794411714423215955238,
    derivative=lambda x: (x - 1) * np.exp(-x),
)

# The slope vanishes at the left bound as well.
X_SQUARED_EXP = ScalarProblem(
    lambda x: -(x**2) * np.exp(-x),
    bounds=(0.0, 7.0),
    minimizer=2.0,
    minimum=-0.541341132946450767575998,
    derivative=lambda x: x * (x - 2) * np.exp(-x),
)

# Figure 18 of the lecture shows one smooth valley on [0, 6] with its minimum near 2.83 and
# prints no formula; this is a function of that shape: x* = 2 sqrt 2, f* = -2 sqrt(2/e),
# with an inflection at 2 sqrt 6 = 4.9.
LECTURE_VALLEY = ScalarProblem(
    lambda x: -x * np.exp(-(x**2) / 16),
    bounds=(0.0, 6.0),
    minimizer=2.828427124746190097603377,
    minimum=-1.715527769921413592960379,
    derivative=lambda x: (x**2 / 8 - 1) * np.exp(-(x**2) / 16),
)

# Planck's law: x* = 3 + W(-3 exp(-3)).
PLANCK = ScalarProblem(
    lambda x: -(x**3) / (np.exp(x) - 1),
    bounds=(0.5, 10.0),
    minimizer=2.821439372122078893403191,
    minimum=-1.421435472747736735109369,
    derivative=lambda x: x**2 * (x * np.exp(x) - 3 * (np.exp(x) - 1)) / (np.exp(x) - 1) ** 2,
)

# Morse's potential.
MORSE = ScalarProblem(
    lambda x: (1 - np.exp(1 - x)) ** 2,
    bounds=(0.0, 6.0),
    minimizer=1.0,
    minimum=0.0,
    derivative=lambda x: 2 * (1 - np.exp(1 - x)) * np.exp(1 - x),
)

# x* = -ln 3, where the logistic function is 1/4; f* = 2 ln 2 - (3/4) ln 3.
SOFTPLUS = ScalarProblem(
    lambda x: np.log(1 + np.exp(x)) - x / 4,
    bounds=(-5.0, 4.0),
    minimizer=-1.098612288668109691395245,
    minimum=0.5623351446188083502880303,
    derivative=lambda x: np.exp(x) / (1 + np.exp(x)) - 0.25,
)

# x* = 1/e.
X_LOG_X = ScalarProblem(
    lambda x: x * np.log(x),
    bounds=(1e-6, 3.0),
    minimizer=0.3678794411714423215955238,
    minimum=-0.3678794411714423215955238,
    derivative=lambda x: np.log(x) + 1,
)

# x^x, x* = 1/e.
X_TO_THE_X = ScalarProblem(
    lambda x: np.exp(x * np.log(x)),
    bounds=(0.01, 2.0),
    minimizer=0.3678794411714423215955238,
    minimum=0.692200627555346353865422,
    derivative=lambda x: (np.log(x) + 1) * np.exp(x * np.log(x)),
)

ENTROPY = ScalarProblem(
    lambda x: x * np.log(x) + (1 - x) * np.log(1 - x),
    bounds=(0.01, 0.9),
    minimizer=0.5,
    minimum=-0.6931471805599453094172321,
    derivative=lambda x: np.log(x) - np.log(1 - x),
)

LOG_BARRIER = ScalarProblem(
    lambda x: x - np.log(x),
    bounds=(0.1, 5.0),
    minimizer=1.0,
    minimum=1.0,
    derivative=lambda x: 1 - 1 / x,
)

# x* = mu = 1/1024, f* = mu (1 - ln mu): the valley hugs the wall.
LOG_BARRIER_SHARP = ScalarProblem(
    lambda x: x - np.log(x) / 1024,
    bounds=(1e-6, 1.0),
    minimizer=0.0009765625,
    minimum=0.007745577935155715912277657,
    derivative=lambda x: 1 - 1 / (1024 * x),
)

LOG_BARRIER_TWO_WALLS = ScalarProblem(
    lambda x: -np.log(x) - np.log(1 - x),
    bounds=(0.01, 0.9),
    minimizer=0.5,
    minimum=1.386294361119890618834464,
    derivative=lambda x: 1 / (1 - x) - 1 / x,
)

# x* = 1 / sqrt 2, f* = (1 + ln 2) / 2.
SQUARE_MINUS_LOG = ScalarProblem(
    lambda x: x**2 - np.log(x),
    bounds=(0.05, 3.0),
    minimizer=0.7071067811865475244008444,
    minimum=0.8465735902799726547086161,
    derivative=lambda x: 2 * x - 1 / x,
)
