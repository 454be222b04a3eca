"""Directional derivatives of analytic functions from their values on a circle.

On a circle of radius r in the complex plane of t, the Fourier coefficients of f(x + t v) are the
Taylor coefficients times powers of r: no difference of near numbers is taken. The functions are
real on the real line, so that half of the circle tells the other.
"""

from __future__ import annotations

import math

import numpy as np

POINTS = 16
# Radii from 1/4 on are halved; the derivatives of two that agree are those of the smaller one.
RADII = 0.5 ** np.arange(2, 14)


class NotAnalyticError(ValueError):
    """Circles of different radii tell different derivatives."""


def derivatives(f, x, direction, order=1, accuracy=1e-10):
    """The first derivatives of f at x along a direction, by ever smaller circles until two agree.

    Parameters
    ----------
    f : callable
        Of a complex array.
    x, direction : array
        Real.
    order : int
        How many derivatives.
    accuracy : float
        Relative to the size of each, or to 0.001 if that is larger.

    Returns
    -------
    list of arrays
        The first to the ``order``-th derivative.
    """
    return with_rounding(f, x, direction, order, accuracy)[0]


def with_rounding(f, x, direction, order=1, accuracy=1e-10):
    """The same, and of each what the rounding of the values on the circle leaves undecided."""
    before = None
    for radius in RADII:
        found, rounding = _on_circle(f, x, direction, order, radius)
        if before is not None and all(
            _distance(a, b) <= accuracy for a, b in zip(found, before, strict=True)
        ):
            return found, rounding
        before = found
    raise NotAnalyticError


def _on_circle(f, x, direction, order, radius):
    # On the lower half the values are the conjugates of those above.
    turns = np.exp(2j * np.pi * np.arange(POINTS // 2 + 1) / POINTS)
    values = np.array([f(x + radius * turn * direction) for turn in turns])
    coefficients = np.fft.hfft(values, POINTS, axis=0) / POINTS
    # Below the rounding of the values there is nothing.
    rounding = 8 * np.finfo(float).eps * np.max(np.abs(values), axis=0)
    coefficients = np.where(np.abs(coefficients) <= rounding, 0.0, coefficients)
    # Powers below 0 tell of a pole inside the circle.
    value, above, below = (
        np.max(np.abs(part), initial=0.0) for part in np.split(coefficients, [1, POINTS // 2])
    )
    if not below <= 1e-6 * above + 1e-12 * value:
        return [np.full(values.shape[1:], np.nan)] * order, [math.inf] * order
    scales = [math.factorial(k) / radius**k for k in range(1, order + 1)]
    return (
        [coefficients[k] * scale for k, scale in enumerate(scales, 1)],
        [np.max(rounding, initial=0.0) * scale for scale in scales],
    )


def _distance(a, b):
    if not (np.all(np.isfinite(a)) and np.all(np.isfinite(b))):
        return math.inf
    return np.max(np.abs(a - b), initial=0.0) / (1e-3 + np.max(np.abs(b), initial=0.0))
