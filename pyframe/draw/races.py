"""Scalar methods on one function: error after each iteration, and how fast it falls.

The numbers behind the lecture's figure 18.  The error of an iteration is the distance of
the best point to the minimiser; its rate is the factor per iteration of the straight line
through log(error), fitted as long as rounding does not show.  Values of f alone cannot
place a minimum better than about ``sqrt(eps)``, where every error curve ends.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from pyframe._parameters import Parameters
from pyframe.draw import style
from pyframe.draw.scalar_run import best_so_far
from pyframe.linesearch.api import minimize_scalar
from pyframe.registry.records import Configured, Record

LECTURE = ("random", "dichotomy", "golden", "parabolic", "brent")
"""The methods of figure 18, and Brent's."""

LOWER, UPPER = 0.0, 6.0
MINIMIZER = 2 * math.sqrt(2)

RATES = {"dichotomy": 0.5, "golden": (math.sqrt(5) - 1) / 2}
"""The factor per iteration that theory gives the linear methods."""

ROUNDING = 1e-7
"""Errors below this (relative to the minimiser) are left out of the fit."""


def valley(x: float) -> float:
    """The lecture's kind of example on [0, 6]: ``-x exp(-x^2 / 16)``, least at 2 sqrt 2."""
    return -x * math.exp(-x * x / 16)


class Race(NamedTuple):
    """How one method did.

    Parameters
    ----------
    name : str
        Of the method.
    errors : tuple of float
        Distance of the best point to the minimiser after 0, 1, 2, ... iterations.
    by_evaluation : tuple of float
        The same after 1, 2, 3, ... evaluations.
    evaluations, iterations : int
        Until the run ended.
    status : str
        Why it ended.
    rate : float
        Observed factor of the error per iteration; NaN with fewer than three errors above
        rounding.
    """

    name: str
    errors: tuple[float, ...]
    by_evaluation: tuple[float, ...]
    evaluations: int
    iterations: int
    status: str
    rate: float


def race(
    f: Callable[[float], float] = valley,
    bounds: tuple[float, float] = (LOWER, UPPER),
    minimizer: float = MINIMIZER,
    methods: Sequence[Any] = LECTURE,
    **options: Any,
) -> list[Race]:
    """Run methods on one function, to the end of their precision.

    Parameters
    ----------
    f : callable
        The function, unimodal on `bounds`.
    bounds : tuple of float
        Where to search.
    minimizer : float
        The exact minimiser.
    methods : sequence of str, parameter objects or records
        Scalar methods.
    **options
        Further arguments of ``minimize_scalar``, such as `derivative`.

    Returns
    -------
    list of Race
        One for each method.

    Examples
    --------
    >>> from pyframe.draw import race
    >>> [f"{run.name} {run.rate:.2f}" for run in race(methods=["dichotomy", "golden"])]
    ['dichotomy 0.50', 'golden 0.64']
    """
    scale = max(abs(minimizer), bounds[1] - bounds[0])
    return [_one(f, bounds, minimizer, method, scale, options) for method in methods]


def _one(
    f: Callable[[float], float],
    bounds: tuple[float, float],
    minimizer: float,
    method: Any,
    scale: float,
    options: dict[str, Any],
) -> Race:
    chosen: dict[str, Any] = {"xtol": 1e-12, **options}
    result = minimize_scalar(f, bounds, method=method, trace=True, **chosen)
    trace = style.trace_of(result)
    by_evaluation = tuple(abs(best - minimizer) for best in best_so_far(trace))
    errors: dict[int, float] = {}
    for seen, error in zip(trace, by_evaluation, strict=True):
        # The first entry with this number is the one that completed the iteration.
        errors.setdefault(seen.iteration, error)
    ordered = tuple(errors[k] for k in sorted(errors))
    return Race(
        _name(method),
        ordered,
        by_evaluation,
        result.nfev,
        result.nit,
        str(result.status),
        decay(ordered, ROUNDING * scale),
    )


def _name(method: Any) -> str:
    if isinstance(method, Configured):
        return method.record.name
    return method.name if isinstance(method, Parameters | Record) else str(method)


def decay(errors: Sequence[float], floor: float) -> float:
    """The factor per iteration by which errors fall, from those before the first at `floor`.

    >>> round(decay([1.0, 0.5, 0.25, 0.125, 1e-9], 1e-7), 3)
    0.5
    """
    heights = np.array(errors)
    low = np.flatnonzero(~(heights > floor))
    heights = heights[: low[0]] if low.size else heights
    if heights.size < 3:
        return float("nan")
    slope = np.polyfit(np.arange(heights.size), np.log(heights), 1)[0]
    return float(np.exp(slope))
