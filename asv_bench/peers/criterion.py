"""A criterion written in Python against the built-in one that it repeats.

Both run on a compiled objective inside the Rust loop: Rosenbrock's function of two numbers,
Wolfe's conditions, bisection.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from comparison import Comparison, check
from timing import interleaved, median

import pyframe as pf

TARGET = 1 / 1.2


@pf.criterion("own-wolfe", needs="slope")
def own_wolfe(start, trial, c1=1e-4, c2=0.9):
    """Wolfe's conditions."""
    if trial.value > start.value + c1 * trial.step * start.slope:
        return pf.TOO_LONG
    if trial.slope < c2 * start.slope:
        return pf.TOO_SHORT
    return pf.ACCEPT


def rosenbrock(x):
    """The usual one."""
    return 100.0 * (x[1] - x[0] ** 2) ** 2 + (1.0 - x[0]) ** 2


def criterion(rounds: int) -> Iterator[Comparison]:
    """One search along the gradient, and a whole minimisation."""
    compiled = pf.compile(rosenbrock)
    x = np.array([-1.2, 1.0])
    d = -compiled.grad(x)

    def search(criterion):
        return pf.line_search(compiled, x, d, criterion=criterion, strategy="bisection")

    def whole(criterion):
        return pf.minimize(compiled, x, criterion=criterion, strategy="bisection")

    for name, run in (("line_search", search), ("minimize", whole)):
        own, built_in = run(own_wolfe), run("wolfe")
        check(own == built_in and own.success, f"{name}: {own} and {built_in}")
        samples = interleaved(
            {"own": lambda run=run: run(own_wolfe), "built-in": lambda run=run: run("wolfe")},
            rounds,
        )
        yield Comparison(
            f"Python criterion in {name}, built-in one",
            median(samples["own"]),
            median(samples["built-in"]),
            TARGET,
            f"{own.nfev}|{built_in.nfev} evaluations",
        )
