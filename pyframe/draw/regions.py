"""Which steps a criterion accepts: its verdict along phi, as intervals.

The criterion is asked through its compiled handle, without history, so every criterion that
the registry knows is treated alike.  As in a search, a step where phi is not finite is too
long whatever the criterion says.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from pyframe.errors import ParameterError
from pyframe.registry.resolve import handle
from pyframe.results import Verdict

Function = Callable[[float], float]


class Region(NamedTuple):
    """An interval of steps on which a criterion says the same.

    Parameters
    ----------
    low, high : float
        Its ends.
    verdict : Verdict
        What is said between them.
    """

    low: float
    high: float
    verdict: Verdict


def acceptance_regions(
    criterion: Any, phi: Function, slope: Function, upper: float, *, points: int = 800
) -> list[Region]:
    """The verdicts of a criterion on ``(0, upper]``.

    Parameters
    ----------
    criterion : str, parameter object or record
        Which one.
    phi, slope : callable
        ``phi(alpha)`` and ``phi'(alpha)``; ``slope(0) < 0``.
    upper : float
        Longest step looked at, > 0.
    points : int
        Steps looked at, evenly spaced, >= 2; the boundaries between them are found by
        bisection.  Regions narrower than ``upper / points`` may be missed.

    Returns
    -------
    list of Region
        In order, from 0 to `upper` without gaps.

    Raises
    ------
    ParameterError
        When phi does not fall at 0, or `upper` or `points` is out of range.

    Examples
    --------
    Armijo's condition on a parabola with its minimum at 1 accepts up to 2 (1 - c1):

    >>> import pyframe as pf
    >>> from pyframe.draw import acceptance_regions
    >>> regions = acceptance_regions(
    ...     pf.criteria.Armijo(c1=0.25), lambda a: (a - 1) ** 2, lambda a: 2 * (a - 1), 3.0)
    >>> [(round(r.high, 6), r.verdict.value) for r in regions]
    [(1.5, 'accept'), (3.0, 'too-long')]
    """
    value0, slope0 = phi(0.0), slope(0.0)
    if not (math.isfinite(value0) and slope0 < 0):
        raise ParameterError(
            f"phi must be finite and fall at 0, got phi(0) = {value0}, phi'(0) = {slope0}"
        )
    if not (0 < upper < math.inf):
        raise ParameterError(f"upper must be positive and finite, got {upper}")
    if points < 2:
        raise ParameterError(f"points must be >= 2, got {points}")
    judge = handle("criterion", criterion).judge

    def verdict(step: float) -> Verdict:
        value, steepness = phi(step), slope(step)
        if not (math.isfinite(value) and math.isfinite(steepness)):
            return Verdict.TOO_LONG
        return judge(value0, slope0, step, value, steepness)

    regions: list[Region] = []
    begin, last = 0.0, upper / points
    said = verdict(last)
    for number in range(2, points + 1):
        step = upper * number / points
        now = verdict(step)
        if now != said:
            boundary = _boundary(verdict, last, step)
            regions.append(Region(begin, boundary, said))
            begin, said = boundary, now
        last = step
    return [*regions, Region(begin, upper, said)]


def _boundary(verdict: Callable[[float], Verdict], low: float, high: float) -> float:
    """Where the verdict stops being the one at `low`, to 40 bisections."""
    said = verdict(low)
    for _ in range(40):
        middle = (low + high) / 2
        if verdict(middle) == said:
            low = middle
        else:
            high = middle
    return (low + high) / 2
