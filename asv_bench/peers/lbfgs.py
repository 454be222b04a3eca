"""What an iteration of L-BFGS costs beyond f and its gradient, against SciPy's L-BFGS-B.

Both keep ten pairs and end when no entry of the gradient is above 1e-5.  Overhead is the time
of a run less the time of the same calls of f and grad in the same round, divided by the
iterations.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from calls import Calls
from comparison import Comparison, check
from scipy.optimize import minimize
from timing import interleaved, median_excess

import pyframe as pf

GTOL = 1e-5
MEMORY = 10
OPTIONS = {"maxcor": MEMORY, "gtol": GTOL, "ftol": 0.0, "maxiter": 10_000, "maxfun": 100_000}


def f(x):
    """The chained Rosenbrock function."""
    t = x[1:] - x[:-1] * x[:-1]
    u = 1.0 - x[:-1]
    return float(100.0 * (t @ t) + u @ u)


def grad(x):
    """Its gradient."""
    t = 200.0 * (x[1:] - x[:-1] * x[:-1])
    g = np.zeros_like(x)
    g[:-1] = -2.0 * x[:-1] * t - 2.0 * (1.0 - x[:-1])
    g[1:] += t
    return g


def lbfgs(rounds: int) -> Iterator[Comparison]:
    """At n = 2, 10, 100, each to the end."""
    for n in (2, 10, 100):
        x0 = np.tile([-1.2, 1.0], n // 2) if n == 2 else np.full(n, 0.5)
        yield _case(n, x0, rounds)


def _case(n: int, x0, rounds: int) -> Comparison:
    direction = pf.directions.LBFGS(memory=MEMORY)

    def ours(f=f, grad=grad):
        return pf.minimize(f, x0, grad, direction, gtol=GTOL)

    def theirs(f=f, grad=grad):
        return minimize(f, x0, jac=grad, method="L-BFGS-B", options=OPTIONS)

    mine, peer = Calls(f, grad), Calls(f, grad)
    here, there = ours(mine.f, mine.grad), theirs(peer.f, peer.grad)
    for who, result in (("pyframe", here), ("SciPy", there)):
        error = float(np.max(np.abs(result.x - 1.0)))
        check(bool(result.success) and error <= 1e-3, f"L-BFGS n={n}: {who} is off by {error:.2g}")
    samples = interleaved(
        {"ours": ours, "our calls": mine.again, "theirs": theirs, "their calls": peer.again},
        max(20, rounds // 2),
    )
    return Comparison(
        f"L-BFGS overhead per iteration n={n}",
        median_excess(samples["ours"], samples["our calls"]) / here.nit,
        median_excess(samples["theirs"], samples["their calls"]) / there.nit,
        5.0,
        f"iterations {here.nit}|{there.nit}, f+grad calls {mine.count()}|{peer.count()}",
    )
