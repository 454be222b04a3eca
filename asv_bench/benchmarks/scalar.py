"""``minimize_scalar`` with every scalar method of the registry."""

from __future__ import annotations

import pyframe as pf

from .names import names, record
from .problems import problem, problems

METHODS = names("scalar-method")
FUNCTIONS = [
    "scalar-quadratic",
    "scalar-quartic-tilted",
    "scalar-cosh-tilted",
    "scalar-lecture-valley",
    "scalar-lennard-jones",
    "scalar-absolute-value",
]
XTOL, XRTOL = 1e-9, 3e-8
LIMIT = 2000


def solve(scalar, method: str, needs: str):
    """One solve with the derivative if the method looks at it."""
    slopes = needs != "value"
    if slopes and scalar.derivative is None:
        raise NotImplementedError("the problem has no derivative")
    return pf.minimize_scalar(
        scalar.fun,
        bounds=scalar.bounds,
        method=method,
        xtol=XTOL,
        xrtol=XRTOL,
        max_evaluations=LIMIT,
        derivative=scalar.derivative if slopes else None,
    )


def excess(scalar, x: float) -> float:
    """The error of x as a multiple of the accuracy asked for, not below 1.

    Below it an error is a matter of luck and no ground to refuse a commit.
    """
    return max(1.0, abs(x - scalar.minimizer) / (XTOL + XRTOL * abs(scalar.minimizer)))


class TimeSolve:
    """Time of one solve, function calls included."""

    params = (METHODS, FUNCTIONS)
    param_names = ("method", "function")

    def setup(self, method: str, function: str) -> None:
        self.scalar = problem("ScalarProblem", function)
        self.needs = record("scalar-method", method).needs
        solve(self.scalar, method, self.needs)

    def time_solve(self, method: str, function: str) -> None:
        del function
        solve(self.scalar, method, self.needs)


class Track:
    """Evaluations (of f and f'), iterations and error on a few functions."""

    params = (METHODS, FUNCTIONS)
    param_names = ("method", "function")

    def setup(self, method: str, function: str) -> None:
        self.scalar = problem("ScalarProblem", function)
        self.result = solve(self.scalar, method, record("scalar-method", method).needs)

    def track_evaluations(self, *_: str) -> int:
        return self.result.nfev + self.result.njev

    def track_iterations(self, *_: str) -> int:
        return self.result.nit

    def track_error(self, *_: str) -> float:
        return excess(self.scalar, self.result.x)

    track_evaluations.unit = "evaluations"
    track_iterations.unit = "iterations"
    track_error.unit = "times the accuracy asked for"


class TrackAll:
    """Totals over every scalar problem there is."""

    params = (METHODS,)
    param_names = ("method",)

    def setup(self, method: str) -> None:
        needs = record("scalar-method", method).needs
        every = problems("ScalarProblem").values()
        self.runs = [
            (s, solve(s, method, needs)) for s in every if needs == "value" or s.derivative
        ]
        if not self.runs:
            raise NotImplementedError("no scalar problems")

    def track_evaluations(self, _: str) -> int:
        return sum(result.nfev + result.njev for _, result in self.runs)

    def track_failures(self, _: str) -> int:
        return sum(not result.success for _, result in self.runs)

    track_evaluations.unit = "evaluations"
    track_failures.unit = "problems"
