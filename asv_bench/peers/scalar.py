"""``minimize_scalar`` against SciPy's: one function, one bracket, one accuracy.

The accuracies mean different things, so each is translated.  Ours bounds the distance of the
answer from the minimiser.  SciPy's Brent and bounded methods stop within twice their
``tol |x| + 1e-11`` (respectively ``sqrt(eps) |x| + xatol / 3``), its golden section when the
bracket is below ``2 tol |x|`` wide, whose longer part is 0.618 of it.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
from comparison import Comparison, check, seconds
from scipy.optimize import minimize_scalar
from timing import interleaved, median

import pyframe as pf

TOL = math.sqrt(sys.float_info.epsilon)
XATOL = 1e-5
GOLDEN = 2 * 0.6180339887498949


def cubic(x: float) -> float:
    """x^3 - 3 x, with its minimiser at 1: about the cheapest that is no quadratic."""
    return x * (x * x - 3.0)


def quartic(x: float) -> float:
    """The example of SciPy's documentation, with its minimiser at (1 + sqrt 17) / 4."""
    return (x - 2) * x * (x + 2) ** 2


def valley(x: float, exp: Callable[[float], float] = math.exp) -> float:
    """exp(x) - 3 x, with its minimiser at log 3."""
    return exp(x) - 3.0 * x


FUNCTIONS = [
    (cubic, (0.0, 0.8, 3.0), 1.0),
    (quartic, (0.0, 1.0, 2.0), (1 + math.sqrt(17)) / 4),
    (valley, (0.0, 0.8, 3.0), math.log(3)),
]


def _brent(f, bracket):
    return (
        lambda: pf.minimize_scalar(f, bracket=bracket, method="brent", xtol=2e-11, xrtol=2 * TOL),
        lambda: minimize_scalar(f, bracket=bracket, method="brent", tol=TOL),
    )


def _golden(f, bracket):
    return (
        lambda: pf.minimize_scalar(f, bracket=bracket, method="golden", xrtol=GOLDEN * TOL),
        lambda: minimize_scalar(f, bracket=bracket, method="golden", tol=TOL),
    )


def _bounded(f, bracket):
    low, _, high = bracket
    return (
        lambda: pf.minimize_scalar(f, (low, high), xtol=2 * XATOL / 3, xrtol=2 * TOL),
        lambda: minimize_scalar(f, bounds=(low, high), method="bounded", options={"xatol": XATOL}),
    )


def _compare(name: str, make, target: float, rounds: int) -> Iterator[Comparison]:
    for f, bracket, minimizer in FUNCTIONS:
        ours, theirs = make(f, bracket)
        mine, peer = ours(), theirs()
        allowed = max(4 * TOL, XATOL * (name == "bounded")) * abs(minimizer)
        for who, x in (("pyframe", mine.x), ("SciPy", peer.x)):
            check(abs(x - minimizer) <= allowed, f"{name}, {f.__name__}: {who} found {x}")
        contestants = {"ours": ours, "theirs": theirs, "f": partial(f, minimizer)}
        samples = interleaved(contestants, rounds)
        yield Comparison(
            f"minimize_scalar {name}, {f.__name__}",
            median(samples["ours"]),
            median(samples["theirs"]),
            target,
            f"{mine.nfev}|{peer.nfev} evaluations of {seconds(median(samples['f']))}",
        )


def _compiled_brent(f, bracket):
    """The compiled function against SciPy's method on the function itself."""
    # What is traced takes NumPy's functions.
    compiled = pf.compile(partial(f, exp=np.exp) if f is valley else f)
    ours, _ = _brent(compiled, bracket)
    _, theirs = _brent(f, bracket)
    return ours, theirs


def compiled_brent(rounds: int) -> Iterator[Comparison]:
    """Brent's method on a compiled objective, which calls no Python."""
    yield from _compare("compiled brent", _compiled_brent, 20.0, rounds)


def brent(rounds: int) -> Iterator[Comparison]:
    """Brent's method from a bracket of three points, and between bounds."""
    yield from _compare("brent", _brent, 12.0, rounds)
    yield from _compare("bounded", _bounded, 12.0, rounds)


def golden(rounds: int) -> Iterator[Comparison]:
    """Golden section from a bracket of three points."""
    yield from _compare("golden", _golden, 7.0, rounds)
