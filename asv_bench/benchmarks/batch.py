"""``minimize_scalar_batch`` on 1e5 problems."""

from __future__ import annotations

import numpy as np

import pyframe as pf

from .names import names, record

METHODS = names("scalar-method")
LANES = 100_000


def f(x, p):
    """A quartic with its minimum at p, of another curvature in each lane."""
    t = x - p
    return t * t * (1.0 + p + t * t)


def slope(x, p):
    """df/dx."""
    t = x - p
    return t * (2.0 * (1.0 + p) + 4.0 * t * t)


class Batch:
    """Base: the problems, and one call."""

    params = (METHODS,)
    param_names = ("method",)
    timeout = 120

    def setup(self, method: str) -> None:
        chosen = record("scalar-method", method)
        if not isinstance(chosen.impl, str):
            raise NotImplementedError("a method written in Python is not for 1e5 lanes")
        self.p = np.linspace(0.5, 4.0, LANES)
        self.derivative = slope if chosen.needs != "value" else None

    def solve(self, method: str):
        return pf.minimize_scalar_batch(
            f, 0.0, 5.0, method, args=(self.p,), derivative=self.derivative, xtol=1e-6, xrtol=0.0
        )


class TimeBatch(Batch):
    """Time of one call."""

    def time_batch(self, method: str) -> None:
        self.solve(method)


class Track(Batch):
    """Evaluations of f in all problems, calls of f, and problems not solved."""

    def setup(self, method: str) -> None:
        super().setup(method)
        self.result = self.solve(method)

    def track_evaluations(self, _: str) -> int:
        return int(self.result.nfev.sum())

    def track_calls(self, _: str) -> int:
        return self.result.calls

    def track_failures(self, _: str) -> int:
        return int((~self.result.success).sum())

    track_evaluations.unit = "evaluations"
    track_calls.unit = "calls"
    track_failures.unit = "problems"
