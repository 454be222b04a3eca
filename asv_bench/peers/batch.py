"""``minimize_scalar_batch`` on 1e5 problems against ``scipy.optimize.elementwise``.

On the same intervals to the same accuracy: SciPy's only method, Chandrupatla's, against ours
by default (Brent's, as for one problem) and against the same one.  SciPy's stops within twice
its tolerance of the minimiser; its criterion on values is switched off.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from itertools import product

import numpy as np
from comparison import Comparison, check
from scipy.optimize import elementwise
from timing import interleaved, median

import pyframe as pf

LANES = 100_000
LOW, HIGH = 0.0, 5.0
MIDDLE = LOW + 0.3819660112501051 * (HIGH - LOW)
TOL = math.sqrt(sys.float_info.epsilon)
ABSOLUTE = 1e-11


def quartic(x, p):
    """A quartic with its minimum at p, of another curvature in each lane."""
    t = x - p
    return t * t * (1.0 + p + t * t)


def valley(x, p):
    """exp(x - p) - x, with its minimum at p."""
    return np.exp(x - p) - x


def batch(rounds: int) -> Iterator[Comparison]:
    """Two functions, one cheap and one with an exponential."""
    # Between these, the three points bracket the minimum of both functions in every lane.
    p = np.linspace(1.5, 3.0, LANES)
    tolerances = {"xatol": ABSOLUTE, "xrtol": TOL, "fatol": 0.0, "frtol": 0.0}
    for f, method in product((quartic, valley), ("brent", "chandrupatla")):

        def ours(f=f, method=method):
            return pf.minimize_scalar_batch(
                f, LOW, HIGH, method, args=(p,), xtol=2 * ABSOLUTE, xrtol=2 * TOL
            )

        def theirs(f=f):
            return elementwise.find_minimum(
                f, (LOW, MIDDLE, HIGH), args=(p,), tolerances=tolerances
            )

        mine, peer = ours(), theirs()
        for who, result in (("pyframe", mine), ("SciPy", peer)):
            x = np.asarray(result.x)
            check(bool(np.all(result.success)), f"{who} did not solve every {f.__name__}")
            worst = float(np.max(np.abs(x - p) / p))
            check(worst <= 4 * TOL, f"{who} is off by {worst:.2g}")
        samples = interleaved({"ours": ours, "theirs": theirs}, max(5, rounds // 20), block=0.0)
        yield Comparison(
            f"batch of 1e5, {method}, {f.__name__}",
            median(samples["ours"]),
            median(samples["theirs"]),
            3.0,
            f"{mine.nfev.mean():.1f}|{np.mean(peer.nfev):.1f} evaluations a problem",
        )
