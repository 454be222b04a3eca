"""Derivatives of functions of one number at 0, by differences that say how far they are known.

Analytic functions are followed around small circles off the real axis, which gives all digits;
others are differenced with Richardson's extrapolation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

POINTS_ON_CIRCLE = 16
"""A singularity at distance R from 0 leaves an error of (radius/R)^16."""
RADIUS = 0.05
"""Of the first circle; those after it have a third and a ninth."""
MEAN = 1e-9
"""How far the mean on a circle may be from the value in its middle, relatively."""
STEP = 2.0**-4
"""The first step of differences: a power of 2, which is no rounding."""
ROWS = 6
"""How often a step is halved."""
SETTLED = 1e-7
"""How far the last two extrapolations may be apart, relatively."""
LEAST = 1e-3
"""The size that errors of smaller slopes are relative to."""


@dataclass(frozen=True)
class Slope:
    """A derivative, and how much of it is rounding; NaN where none was found."""

    value: Array
    unknown: float


def largest(x: Array) -> float:
    """The largest magnitude; 0 of an empty array."""
    return float(np.max(np.abs(x), initial=0.0))


def on_circles(f: Callable[[complex], Array]) -> Slope:
    """The same on two circles that agree; NaN where a singularity is too near for that."""
    middle = f(0j)
    outer, _ = _on_circle(f, RADIUS)
    rounding = _rounding(middle)
    if np.isfinite(rounding):
        for radius in (RADIUS / 3, RADIUS / 9):
            (inner, mean), unknown = _on_circle(f, radius), rounding / radius
            if largest(mean - middle) > MEAN * largest(middle):
                # A singularity lies within the circle.
                continue
            if largest(inner) <= unknown:
                return Slope(np.zeros_like(inner), unknown)
            if largest(outer - inner) <= 1e-12 * max(largest(inner), LEAST) + unknown:
                return Slope(inner, unknown)
            outer = inner
    return Slope(np.full_like(outer, np.nan), np.nan)


def _rounding(value: Array) -> float:
    return 8 * float(np.finfo(float).eps) * largest(value)


def _on_circle(f: Callable[[complex], Array], radius: float) -> tuple[Array, Array]:
    """The first coefficient of the series of f, and the mean, by the trapezoidal rule."""
    circle = np.exp(2j * np.pi * np.arange(POINTS_ON_CIRCLE) / POINTS_ON_CIRCLE)
    values = [f(complex(radius * z)) for z in circle]
    total = sum(value / z for value, z in zip(values, circle, strict=True))
    slope = np.real(total) / (POINTS_ON_CIRCLE * radius)
    return np.asarray(slope), np.real(sum(values)) / POINTS_ON_CIRCLE


def richardson(f: Callable[[float], Array]) -> Slope:
    """Central differences, extrapolated to step 0; NaN where a kink is too near for that."""
    best, least = _extrapolated(f, STEP)
    for step in (STEP / 8, STEP / 64):
        if _is_settled(best, least):
            break
        best, least = min((best, least), _extrapolated(f, step), key=lambda own: own[1])
    unknown = max(least, _rounding(f(0.0)) / STEP)
    if not (_is_settled(best, least) and np.isfinite(unknown)):
        return Slope(np.full_like(best, np.nan), np.nan)
    return Slope(best, unknown)


def _is_settled(best: Array, least: float) -> bool:
    return least <= SETTLED * max(largest(best), LEAST)


def _extrapolated(f: Callable[[float], Array], step: float) -> tuple[Array, float]:
    """The extrapolation from one step (Ridders 1982), and how far its last two values are apart."""
    table = [(f(step / 2**k) - f(-step / 2**k)) / (2 * step / 2**k) for k in range(ROWS)]
    best, least = table[-1], np.inf
    for level in range(1, ROWS):
        factor = 4.0**level
        finer = [(factor * b - a) / (factor - 1) for a, b in pairwise(table)]
        apart = largest(finer[-1] - table[-1])
        if apart <= least:
            best, least = finer[-1], apart
        table = finer
    return best, least
