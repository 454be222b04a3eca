"""The properties of initial steps and directions."""

from __future__ import annotations

import itertools
import math
from collections.abc import Generator
from typing import Any

import numpy as np

import pyframe as pf
from pyframe.linesearch.situation import Situation
from pyframe.testing.kit import NotApplicable, Property, require
from pyframe.testing.subject import Subject
from pyframe.testing.vectors import ELLIPSE, ROSENBROCK, minimize

PROBLEMS = {"ellipse": ELLIPSE, "rosenbrock": ROSENBROCK}


def _situations() -> list[Situation]:
    """The start of a run, and later iterations; also with a negative curvature s.y."""
    first = Situation(0, 24.2, -54145.3, 232.9, 232.9, 215.6, 1.2)
    later = [
        Situation(
            4, 4.0, -12.0, 3.0, 4.0, 3.0, 1.0, last_step=step, last_value=4.5, last_slope=-15.0,
            ss=0.01, sy=sy, yy=0.3,
        )
        for step in (1e-3, 1.0, 10.0)
        for sy in (0.05, -0.05, 0.0)
    ]  # fmt: skip
    return [first, *later]


def gives_steps(subject: Subject) -> str:
    """The step is a positive number, whatever the situation."""
    rule = subject.python
    if rule is None:
        raise NotApplicable("compiled")
    rule = getattr(rule, "first", rule)
    for situation in _situations():
        step = rule(situation)
        good = isinstance(step, int | float) and math.isfinite(step) and step > 0
        require(good, f"gave {step!r} for {situation}")
    return f"{len(_situations())} situations"


def _runs(subject: Subject, option: str, **options: Any) -> str:
    total = 0
    for name, problem in PROBLEMS.items():
        result = minimize(problem, **{option: subject.part}, **options)
        total += result.nfev
        require(result.success, f"{name}: {result.status} after {result.nit} iterations")
        require(result.fun - problem.minimum <= 1e-6, f"{name}: ended at {result.fun!r}")
    return f"{len(PROBLEMS)} functions, {total} evaluations"


def steps_minimize(subject: Subject) -> str:
    """With L-BFGS, functions are minimised."""
    return _runs(subject, "initial_step", direction="lbfgs")


def directions_minimize(subject: Subject) -> str:
    """Functions are minimised with the default line search."""
    return _runs(subject, "direction", **_second(subject), max_iterations=50_000)


def _second(subject: Subject) -> dict[str, Any]:
    """A Hessian by differences for the directions that want one."""
    if subject.compiled.wants != "hessian":
        return {}

    def hess(x: Any) -> Any:
        problem = ELLIPSE if len(x) == len(ELLIPSE.x0) else ROSENBROCK
        h = 1e-6
        columns = [
            (problem.grad(x + h * e) - problem.grad(x - h * e)) / (2 * h) for e in np.eye(len(x))
        ]
        matrix = np.array(columns)
        return (matrix + matrix.T) / 2

    return {"hess": hess}


def _twice(subject: Subject, option: str, **options: Any) -> str:
    runs = [
        minimize(ROSENBROCK, **{option: subject.part}, max_iterations=30, trace=True, **options)
        for _ in range(2)
    ]
    steps = [[iteration.step for iteration in run.trace] for run in runs]
    require(steps[0] == steps[1], "two runs take different steps")
    return f"{len(steps[0])} iterations twice"


def steps_deterministic(subject: Subject) -> str:
    """The same run takes the same steps."""
    return _twice(subject, "initial_step")


def directions_deterministic(subject: Subject) -> str:
    """The same run takes the same steps: nothing is left over from the run before."""
    return _twice(subject, "direction", **_second(subject))


def points_downhill(subject: Subject) -> str:
    """Most directions descend; minimize replaces the others by minus the gradient."""
    slopes: list[float] = []

    def spy(directions: Any) -> Any:
        def spied() -> Generator[Any, Any, None]:
            running = directions()
            d: Any = next(running)
            while True:
                seen: Any = yield d
                d = running.send(seen)
                slopes.append(float(np.vdot(d, seen[1])))  # pyright: ignore[reportUnknownArgumentType]

        return spied

    part = subject.with_spy("directions", spy)
    if part is None:
        raise NotApplicable("compiled")
    for problem in PROBLEMS.values():
        minimize(problem, direction=part, max_iterations=50)
    uphill = sum(slope >= 0 for slope in slopes)
    require(2 * uphill < len(slopes), f"{uphill} of {len(slopes)} directions go uphill")
    return f"{len(slopes) - uphill} of {len(slopes)} directions"


def descends(subject: Subject) -> str:
    """Every iteration goes down."""
    values: list[float] = []

    def note(iteration: pf.results.Iteration) -> bool:
        values.append(iteration.fun)
        return False

    options = {"direction": subject.part, "criterion": "armijo", "strategy": "bisection"}
    minimize(ROSENBROCK, callback=note, max_iterations=50, **options, **_second(subject))
    rises = sum(b > a for a, b in itertools.pairwise(values))
    require(rises == 0, f"{rises} of {len(values)} iterations go up")
    return f"{len(values)} iterations"


INITIAL_STEP: dict[str, Property] = {
    "gives positive steps": gives_steps,
    "minimises with L-BFGS": steps_minimize,
    "is deterministic": steps_deterministic,
}
"""What every initial step must do."""

DIRECTION: dict[str, Property] = {
    "minimises": directions_minimize,
    "points downhill": points_downhill,
    "goes down in every iteration": descends,
    "is deterministic": directions_deterministic,
}
"""What every direction must do."""
