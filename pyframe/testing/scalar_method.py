"""The properties of a scalar method."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import pyframe as pf
from pyframe.testing.kit import Property, require
from pyframe.testing.problems import ScalarProblem
from pyframe.testing.subject import Subject

SMALL_SET = {
    "parabola": ScalarProblem(lambda x: (x - 2) ** 2, (0.0, 5.0), 2.0, 0.0, lambda x: 2 * (x - 2)),
    "quartic": ScalarProblem(lambda x: x**4 / 4 - x, (-1.0, 3.0), 1.0, -0.75, lambda x: x**3 - 1),
    "minimum at the left end": ScalarProblem(lambda x: 2 * x, (1.0, 4.0), 1.0, 2.0, lambda _: 2.0),
    "minimum at 0": ScalarProblem(lambda x: x * x, (-1.0, 2.0), 0.0, 0.0, lambda x: 2 * x),
    "corner": ScalarProblem(
        lambda x: abs(x - 1), (-1.0, 4.0), 1.0, 0.0, lambda x: math.copysign(1.0, x - 1)
    ),
    "log barrier": ScalarProblem(
        lambda x: x - math.log(x), (0.1, 5.0), 1.0, 1.0, lambda x: 1 - 1 / x
    ),
}


def problems() -> dict[str, ScalarProblem]:
    """The small set, and the scalar problems of every installed plugin."""
    found = dict(SMALL_SET)
    for known in pf.plugins("problem"):
        problem = known.record.load()
        if isinstance(problem, ScalarProblem):
            found[known.name] = problem
    return found


class Run:
    """One minimisation, with every point at which the function was called."""

    def __init__(self, subject: Subject, problem: ScalarProblem, **options: Any) -> None:
        self.points: list[float] = []
        self.values: list[float] = []

        def fun(x: float) -> float:
            self.points.append(x)
            self.values.append(problem.fun(x))
            return self.values[-1]

        if problem.derivative is not None:
            options.setdefault("derivative", problem.derivative)
        self.result = pf.minimize_scalar(fun, problem.bounds, method=subject.part, **options)


def _usable(subject: Subject) -> dict[str, ScalarProblem]:
    blind = subject.compiled.needs == "value"
    return {n: p for n, p in problems().items() if blind or p.derivative is not None}


def stays_inside(subject: Subject) -> str:
    """No point outside the bounds is evaluated."""
    points = 0
    for name, problem in _usable(subject).items():
        run = Run(subject, problem)
        low, high = problem.bounds
        points += len(run.points)
        outside = [x for x in run.points if not low <= x <= high]
        require(not outside, f"{name}: evaluated {outside[:1]} outside [{low:g}, {high:g}]")
    return f"{points} points"


def returns_the_best(subject: Subject) -> str:
    """The result is the lowest point evaluated, to the rounding of the values."""
    for name, problem in _usable(subject).items():
        run = Run(subject, problem)
        lowest = min(run.values)
        rounding = 8 * math.ulp(lowest)
        require(
            run.result.fun <= lowest + rounding and run.result.x in run.points,
            f"{name}: returned {run.result.fun!r}, {lowest!r} was seen",
        )
    return f"{len(_usable(subject))} functions"


def counts_evaluations(subject: Subject) -> str:
    """Nfev is what a wrapper counts."""
    total = 0
    for name, problem in _usable(subject).items():
        run = Run(subject, problem)
        total += len(run.points)
        require(
            run.result.nfev == len(run.points),
            f"{name}: nfev is {run.result.nfev}, a wrapper counts {len(run.points)}",
        )
    return f"{total} evaluations"


def converges(subject: Subject) -> str:
    """It finds the minimiser of unimodal functions."""
    total = 0
    for name, problem in _usable(subject).items():
        run = Run(subject, problem)
        total += run.result.nfev
        width = problem.bounds[1] - problem.bounds[0]
        allowed = 1e-6 * (width + abs(problem.minimizer)) + 1e-10
        near = abs(run.result.x - problem.minimizer) <= allowed
        # A flat minimum is found as well as the rounding of the values allows.
        rounding = 1e-13 * (abs(problem.minimum) + abs(problem.fun(problem.bounds[1])))
        low = abs(run.result.fun - problem.minimum) <= rounding
        ended = run.result.success or run.result.status == pf.Status.FLAT
        require(
            ended and (near or low),
            f"{name}: {run.result.status} at {run.result.x!r}, the minimiser is "
            f"{problem.minimizer!r}",
        )
    return f"{len(_usable(subject))} functions, {total} evaluations"


def survives_nan(subject: Subject) -> str:
    """Where the function is NaN on a half of the interval, the other half is searched."""
    done = 0
    for side in (-1.0, 1.0):
        problem = ScalarProblem(
            lambda x, side=side: x * x / 2 - x * side if x * side > 0 else math.nan,
            (-3.0, 3.0),
            side,
            -0.5,
            lambda x, side=side: x - side if x * side > 0 else math.nan,
        )
        run = Run(subject, problem)
        finite = [value for value in run.values if math.isfinite(value)]
        require(len(run.points) <= 500, f"{len(run.points)} evaluations")
        require(
            not run.result.success or math.isfinite(run.result.fun),
            f"success with the value {run.result.fun!r}",
        )
        if finite:
            require(
                run.result.fun == min(finite), f"returned {run.result.fun!r}, saw {min(finite)!r}"
            )
        done += len(run.points)
    return f"{done} points, the best finite one returned"


def keeps_its_budget(subject: Subject) -> str:
    """One, two or three evaluations allowed are not exceeded."""
    for allowed in (1, 2, 3):
        run = Run(subject, SMALL_SET["quartic"], max_evaluations=allowed)
        require(len(run.points) <= allowed, f"{len(run.points)} evaluations, {allowed} allowed")
    return "1, 2 and 3 evaluations"


def deterministic(subject: Subject) -> str:
    """The same minimisation evaluates the same points."""
    for name, problem in SMALL_SET.items():
        one, two = Run(subject, problem), Run(subject, problem)
        require(one.points == two.points, f"{name}: two runs differ")
    return f"{len(SMALL_SET)} functions twice"


def batch_equals_single(subject: Subject) -> str:
    """In a batch each problem gets the result that it gets alone."""

    # Products and sums alone: NumPy computes them in arrays as in scalars, bit for bit.
    def fun(x: Any, s: Any) -> Any:
        return (x - s) * (x - s) * (1.0 + (x - s) * (x - s))

    def derivative(x: Any, s: Any) -> Any:
        return (x - s) * (2.0 + 4.0 * (x - s) * (x - s))

    shifts = np.linspace(-1.0, 3.0, 7)
    batch = pf.minimize_scalar_batch(
        fun, -2.0, 5.0, subject.part, args=(shifts,), derivative=derivative
    )
    for i, shift in enumerate(shifts.tolist()):
        single = pf.minimize_scalar(
            fun, (-2.0, 5.0), method=subject.part, derivative=derivative, args=(shift,)
        )
        require(
            (float(batch.x[i]), int(batch.nfev[i])) == (single.x, single.nfev),
            f"problem {i}: {float(batch.x[i])!r} in the batch, {single.x!r} alone",
        )
    return f"{len(shifts)} problems, bit for bit"


SCALAR_METHOD: dict[str, Property] = {
    "stays inside the bounds": stays_inside,
    "returns the best point": returns_the_best,
    "counts its evaluations": counts_evaluations,
    "converges on unimodal functions": converges,
    "survives NaN on a half": survives_nan,
    "keeps its budget": keeps_its_budget,
    "is deterministic": deterministic,
    "is the same in a batch": batch_equals_single,
}
"""What every scalar method must do."""
