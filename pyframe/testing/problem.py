"""The properties of a test problem."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pyframe._checks import shown
from pyframe.testing.kit import NotApplicable, Property, require
from pyframe.testing.problems import LineProblem, ScalarProblem, VectorProblem
from pyframe.testing.subject import Subject


def has_a_shape(subject: Subject) -> str:
    """It is one of the three shapes of problems."""
    require(
        isinstance(subject.compiled, LineProblem | ScalarProblem | VectorProblem),
        "must be a LineProblem, ScalarProblem or VectorProblem, "
        f"is a {type(subject.compiled).__name__}",
    )
    return type(subject.compiled).__name__


def is_finite(subject: Subject) -> str:
    """Where a run starts, the values are finite."""
    places = [(x, fun(x)) for x, fun, _ in _places(subject.compiled)]
    for x, value in places:
        require(math.isfinite(value), f"is {value!r} at {shown(x)}")
    return f"{len(places)} points"


def slopes_agree(subject: Subject) -> str:
    """The derivative agrees with differences of values."""
    worst = 0.0
    for x, fun, slope in _places(subject.compiled):
        if slope is None:
            raise NotApplicable("no derivative")
        h = 1e-6 * max(1.0, abs(x))
        difference = (fun(x + h) - fun(x - h)) / (2 * h)
        rounding = 1e-14 * abs(fun(x)) / h
        scale = max(abs(slope(x)), abs(difference), rounding * 1e4, 1e-8)
        error = abs(difference - slope(x)) / scale
        worst = max(worst, error)
        require(
            error < 1e-2, f"the derivative at {x:g} is {slope(x):g}, differences say {difference:g}"
        )
    return f"worst relative difference {worst:.1e}"


def _places(problem: Any) -> list[tuple[float, Any, Any]]:
    """Points on a line, with value and slope there."""
    if isinstance(problem, LineProblem):
        return [(0.25, problem.phi, problem.slope)]
    if isinstance(problem, ScalarProblem):
        a, b = problem.bounds
        return [(a + t * (b - a), problem.fun, problem.derivative) for t in (0.3, 0.62)]
    x0 = np.array(problem.x0)
    d = np.sin(1.0 + np.arange(len(x0))) * np.maximum(1e-3, np.abs(x0)) / 8

    def value(t: float) -> float:
        return float(problem.fun(x0 + t * d))

    def slope(t: float) -> float:
        return float(problem.grad(x0 + t * d) @ d)

    return [(0.0, value, slope)]


PROBLEM: dict[str, Property] = {
    "has a shape of problems": has_a_shape,
    "is finite where it starts": is_finite,
    "has the derivative it says": slopes_agree,
}
"""What every test problem must be."""
