"""Derivatives measured on the values of a function: what a rule is held against."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

HALVINGS = 8
"""Step lengths that the extrapolation uses."""
CLOSER = 1e-3
"""How much shorter the steps of the second look are."""
SLACK = 100
"""Two looks contradict one another when they differ by so many times their errors."""
NOISE = 1e-5
"""The error of a value, relative, that a function may have and still be measured."""
CIRCLE = 24
"""Points on the circle."""

Line = Callable[[Any], Any]
"""t to f(x + t u): t is a number, or has an entry for each element of x."""


@dataclass(frozen=True)
class Measured:
    """A derivative along a line and how wrong it may be, element by element."""

    value: Any
    error: Any


def measured(line: Line, step: Any, with_complex: bool) -> Measured:
    """The derivative of `line` at 0, from values not further than `step` away.

    On a circle in the complex plane where the function can be asked there and both agree, by
    Richardson's extrapolation otherwise, from two lengths of steps: a function that looks
    different from closer by is not measured at all.
    """
    found, closer = ridders(line, step, HALVINGS), ridders(line, step * CLOSER, HALVINGS // 2)
    apart = np.abs(found.value - closer.value)
    size = np.abs(np.asarray(line(step * CLOSER), float)) + np.abs(found.value * step)
    alike = apart <= SLACK * (found.error + closer.error)
    doubtful = ~(alike & (apart * step * CLOSER <= NOISE * size))
    better = closer.error < found.error
    found = Measured(
        np.where(better, closer.value, found.value),
        np.where(doubtful, np.inf, np.minimum(found.error, closer.error)),
    )
    if not with_complex:
        return found
    try:
        value = circle(line, step / 2)
        check = circle(line, step / 4)
    except Exception:  # noqa: BLE001  a function need not take complex numbers
        return found
    if value is None or check is None:
        return found
    error = np.abs(value - check) + 1e-15 * np.abs(value)
    agree = np.abs(value - found.value) <= 10 * found.error + 1e-8 * np.abs(found.value)
    better = agree & (error < found.error)
    return Measured(np.where(better, value, found.value), np.where(better, error, found.error))


def ridders(line: Line, step: Any, halvings: int) -> Measured:
    """Central differences of halved steps, extrapolated; each element stops where it is best.

    References
    ----------
    Ridders, "Accurate computation of F'(x) and F'(x) F''(x)", Adv. Eng. Software 4 (1982) 75-76.
    """
    previous: list[Any] = []
    best = error = None
    for k in range(halvings):
        h = step / 2.0**k
        high, low = np.asarray(line(h), float), np.asarray(line(-h), float)
        row = [(high - low) / (2 * h)]
        rounding = 2e-16 * (np.abs(high) + np.abs(low)) / (2 * h)
        for j, before in enumerate(previous):
            row.append(row[j] + (row[j] - before) / (4.0 ** (j + 1) - 1))
            doubt = np.maximum(np.abs(row[-1] - row[-2]), np.abs(row[-1] - before)) + rounding
            if best is None or error is None:
                best, error = row[-1], doubt
            else:
                with np.errstate(invalid="ignore"):
                    better = (doubt < error) | ~np.isfinite(error)
                best, error = np.where(better, row[-1], best), np.where(better, doubt, error)
        previous = row
    return Measured(best, error)


def circle(line: Line, radius: Any) -> Any:
    """Cauchy's integral for the first derivative, or None for a function that is not complex.

    References
    ----------
    Lyness and Moler, "Numerical differentiation of analytic functions", SIAM J. Numer. Anal. 4
    (1967) 202-210.
    """
    total = 0.0
    for k in range(CIRCLE):
        turn = np.exp(2j * np.pi * (k + 0.5) / CIRCLE)
        value = np.asarray(line(radius * turn))
        if value.dtype.kind != "c" or not np.isfinite(value).all():
            return None
        total = total + value / turn
    return np.real(total / CIRCLE / radius)
