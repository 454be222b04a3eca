"""``minimize`` with every direction of the registry."""

from __future__ import annotations

import numpy as np

import pyframe as pf

from .names import names, record
from .problems import hessian_by_differences, problem, problems
from .replay import Recording

DIRECTIONS = names("direction")
PROBLEMS = ["rosenbrock", "chained-rosenbrock", "quadratic-kappa-1e4", "logistic-toy"]
SIZES = [2, 10, 100, 1000]
ITERATIONS = 20
DENSE = 100
"""The largest n at which ``newton`` is timed: its cost is the factorisation, not ours."""


class Track:
    """Evaluations and iterations until the gradient is below 1e-5."""

    params = (DIRECTIONS, PROBLEMS)
    param_names = ("direction", "problem")

    def setup(self, direction: str, name: str) -> None:
        record("direction", direction)
        vector = problem("VectorProblem", name)
        self.result = solve(vector, direction)

    def track_nfev(self, *_: str) -> int:
        return self.result.nfev

    def track_njev(self, *_: str) -> int:
        return self.result.njev

    def track_nit(self, *_: str) -> int:
        return self.result.nit

    def track_failures(self, *_: str) -> int:
        return int(not self.result.success)

    track_nfev.unit = "evaluations"
    track_njev.unit = "gradients"
    track_nit.unit = "iterations"
    track_failures.unit = "runs"


class TrackAll:
    """Totals over every problem of several variables."""

    params = (DIRECTIONS,)
    param_names = ("direction",)

    def setup(self, direction: str) -> None:
        record("direction", direction)
        every = problems("VectorProblem").values()
        if not every:
            raise NotImplementedError("no problems of several variables")
        with np.errstate(all="ignore"):  # trial points far out overflow, as they should
            self.results = [solve(vector, direction, max_evaluations=2000) for vector in every]

    def track_nfev(self, _: str) -> int:
        return sum(result.nfev for result in self.results)

    def track_failures(self, _: str) -> int:
        return sum(not result.success for result in self.results)

    track_nfev.unit = "evaluations"
    track_failures.unit = "problems"


def solve(vector, direction: str, max_evaluations: int = 20_000):
    """One run with a Hessian for those that want one."""
    hess = hessian_by_differences(vector.grad) if direction == "newton" else None
    return pf.minimize(
        vector.fun, vector.x0, vector.grad, direction, hess=hess, max_evaluations=max_evaluations
    )


def chained(x):
    """The chained Rosenbrock function."""
    return float(np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2))


def chained_gradient(x):
    """Its gradient."""
    g = np.zeros_like(x)
    t = x[1:] - x[:-1] ** 2
    g[:-1] = -400.0 * x[:-1] * t - 2.0 * (1.0 - x[:-1])
    g[1:] += 200.0 * t
    return g


class TimeOverhead:
    """Time of twenty iterations with functions that cost nothing."""

    params = (DIRECTIONS, SIZES)
    param_names = ("direction", "n")

    def setup(self, direction: str, n: int) -> None:
        record("direction", direction)
        hess = hessian_by_differences(chained_gradient) if direction == "newton" else None
        if hess is not None and n > DENSE:
            raise NotImplementedError("dense Hessians")
        self.x0 = np.tile([-1.2, 1.0], n // 2)
        self.recording = Recording(chained, chained_gradient, hess)
        self.run(self.recording.record(), direction)

    def run(self, functions, direction: str) -> None:
        f, grad, hess = functions
        pf.minimize(f, self.x0, grad, direction, hess=hess, gtol=0.0, max_iterations=ITERATIONS)

    def time_twenty_iterations(self, direction: str, n: int) -> None:
        del n
        self.run(self.recording.play(), direction)
