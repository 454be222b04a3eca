"""What a line search costs beyond f and its gradient, against ``scipy.optimize.line_search``.

Overhead is the time of one search less the time of the same calls of f and grad, both taken
in the same round.  f and its gradient at the start are given to both.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from calls import Calls
from comparison import Comparison, check
from scipy.optimize import line_search as scipy_line_search
from timing import interleaved, median_excess

import pyframe as pf

C1, C2 = 1e-4, 0.1
CRITERION = pf.criteria.StrongWolfe(c1=C1, c2=C2)
# The longest step from the start: accepted at once, too long, too short.
CASES = {"first step taken": 1.0, "first step too long": 8.0, "first step too short": 0.02}


def f(x):
    """log(1 + |x|^2), not convex far from 0."""
    return float(np.log1p(x @ x))


def grad(x):
    """Its gradient, 2 x / (1 + |x|^2)."""
    return x * (2.0 / (1.0 + x @ x))


def line_search(rounds: int) -> Iterator[Comparison]:
    """At n = 10, 100, 1000: a search that ends at once, and two that must look around."""
    for n in (10, 100, 1000):
        x = np.full(n, 3.0 / np.sqrt(n))
        fun0, grad0 = f(x), grad(x)
        for case, reach in CASES.items():
            yield _case(f"line_search n={n}, {case}", x, -reach * x, fun0, grad0, rounds)


def _case(name: str, x, d, fun0: float, grad0, rounds: int) -> Comparison:
    def ours(f=f, grad=grad):
        return pf.line_search(f, x, d, grad, CRITERION, fun0=fun0, grad0=grad0)

    def theirs(f=f, grad=grad):
        return scipy_line_search(f, grad, x, d, grad0, fun0, c1=C1, c2=C2)

    mine, peer = Calls(f, grad), Calls(f, grad)
    result = ours(mine.f, mine.grad)
    for who, step in (
        ("pyframe", result.step if result.success else None),
        ("SciPy", theirs(peer.f, peer.grad)[0]),
    ):
        check(step is not None and _strong_wolfe(x, d, step), f"{name}: {who} took {step}")
    samples = interleaved(
        {"ours": ours, "our calls": mine.again, "theirs": theirs, "their calls": peer.again},
        rounds,
    )
    return Comparison(
        name,
        median_excess(samples["ours"], samples["our calls"]),
        median_excess(samples["theirs"], samples["their calls"]),
        5.0,
        f"f+grad calls {mine.count()}|{peer.count()}",
    )


def _strong_wolfe(x, d, step: float) -> bool:
    slope0 = float(grad(x) @ d)
    decrease = f(x + step * d) <= f(x) + C1 * step * slope0
    return decrease and abs(float(grad(x + step * d) @ d)) <= C2 * abs(slope0)
