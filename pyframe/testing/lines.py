"""Functions phi(alpha) on which criteria and strategies are tried.

Parabolas, where every search must find a step; rough lines (ripples, kinks, walls, flat
parts and the ``LineProblem`` objects of the installed plugins); lines whose domain has an
edge; and lines that fall for ever.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import pyframe as pf
from pyframe.testing.problems import LineProblem

BUDGET = 100
"""Trials that a search may take."""
FIRSTS = (1e-3, 1.0, 1e2)
"""First steps."""


@dataclass(frozen=True)
class Line:
    """phi and its slope for alpha >= 0."""

    name: str
    phi: Callable[[float], float] = field(repr=False)
    slope: Callable[[float], float] = field(repr=False)


def parabola(minimizer: float, curvature: float) -> Line:
    """``curvature (alpha - minimizer)^2 / 2``."""
    return Line(
        f"parabola with minimiser {minimizer:g} and curvature {curvature:g}",
        lambda a: 0.5 * curvature * (a - minimizer) ** 2,
        lambda a: curvature * (a - minimizer),
    )


PARABOLAS = (parabola(1.0, 1.0), parabola(0.01, 1e4), parabola(300.0, 1e-3), parabola(0.7, 1e8))


def ripples(seed: int) -> Line:
    """A parabola of random place and height, with two waves on it."""
    draw = random.Random(seed)  # noqa: S311  reproducible, nothing secret
    place, height = 10.0 ** draw.uniform(-2, 2), 10.0 ** draw.uniform(-3, 3)
    waves = [(draw.uniform(0.0, 0.15), draw.uniform(1.0, 6.0)) for _ in range(2)]

    def phi(a: float) -> float:
        t = a / place
        return height * ((t - 1.0) ** 2 - sum(w * math.sin(k * t) for w, k in waves))

    def slope(a: float) -> float:
        t = a / place
        rate = 2.0 * (t - 1.0) - sum(w * k * math.cos(k * t) for w, k in waves)
        return height / place * rate

    return Line(f"ripples {seed}", phi, slope)


def _wall(a: float) -> float:
    return min(50.0 * (a - 1.0), 700.0)


_ROUGH = (
    Line("quartic", lambda a: (a - 1.0) ** 4, lambda a: 4.0 * (a - 1.0) ** 3),
    Line("kink", lambda a: abs(a - 1.0), lambda a: -1.0 if a < 1.0 else 1.0),
    Line("wall", lambda a: math.exp(_wall(a)) - a, lambda a: 50.0 * math.exp(_wall(a)) - 1.0),
    Line("plateau", lambda a: max(1.0 - a, 0.0), lambda a: -1.0 if a < 1.0 else 0.0),
    Line(
        "flat tail",
        lambda a: -a / (a * a + 2.0),
        lambda a: (a * a - 2.0) / (a * a + 2.0) ** 2,
    ),
)

EDGES = (
    Line(
        "log barrier, NaN from 1 on",
        lambda a: -3.0 * a - math.log1p(-a) if a < 1.0 else math.nan,
        lambda a: -3.0 + 1.0 / (1.0 - a) if a < 1.0 else math.nan,
    ),
    Line(
        "parabola, +inf from 2 on",
        lambda a: (a - 1.5) ** 2 if a < 2.0 else math.inf,
        lambda a: 2.0 * (a - 1.5) if a < 2.0 else math.nan,
    ),
    Line(
        "NaN beyond 0",
        lambda a: 0.0 if a == 0.0 else math.nan,
        lambda a: -1.0 if a == 0.0 else math.nan,
    ),
)
"""Lines whose domain ends."""

FALLING = (
    Line("straight line down", lambda a: -a, lambda _: -1.0),
    Line("slow fall", lambda a: -math.log1p(a), lambda a: -1.0 / (1.0 + a)),
)
"""Lines without a minimum."""


def rough_lines() -> list[Line]:
    """Lines on which a search has to work, those of the installed plugins included."""
    found = [*_ROUGH, *EDGES, *(ripples(seed) for seed in range(8))]
    for known in pf.plugins("problem"):
        problem = known.record.load()
        if isinstance(problem, LineProblem):
            found.append(Line(known.name, problem.phi, problem.slope))
    return found


def search(line: Line, first: float, criterion: Any, strategy: Any, **options: Any) -> Any:
    """One search along a line, with its trace (a ``LineSearchResult``)."""

    def f(x: Any) -> float:
        return float(line.phi(float(x[0])))

    def grad(x: Any) -> Any:
        return np.array([line.slope(float(x[0]))])

    def hessp(x: Any, v: Any) -> Any:
        a = float(x[0])
        h = 1e-6 * max(1.0, abs(a))
        return (line.slope(a + h) - line.slope(a - h)) / (2.0 * h) * v

    return pf.line_search(
        f,
        np.zeros(1),
        np.ones(1),
        grad,
        criterion,
        strategy,
        first,
        hessp=hessp,
        max_evaluations=BUDGET,
        trace=True,
        **options,
    )
