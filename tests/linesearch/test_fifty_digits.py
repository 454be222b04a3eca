"""Accepted steps, judged again in 50-digit arithmetic.

The allowance is the one of ``rust/linesearch/src/search.rs`` and ``rounding.rs``: a value
of phi is known to ``noise = 4 eps max(|phi(alpha)|, |phi(0)|)``.  Beyond it the inequalities
of the criterion hold as they are written.  Where neither the change of phi nor the decrease
asked for, ``c1 alpha |phi'(0)|``, exceeds it, the slopes decide: strong Wolfe keeps its own
test of the slope, the others hold ``c2 phi'(0) <= phi'(alpha) <= (2 delta - 1) phi'(0)``
with ``delta = max(c1, 0.1)``, the left side only if they can ask for a longer step.  Slopes
are known to 4 eps times the sum of their terms' sizes.
"""

import math
import random
from collections import Counter

import mpmath
import numpy as np
import pytest
from mpmath import mp, mpf
from valleys import FUZZ

import pyframe as pf

EPS = mpf(np.finfo(float).eps)
STARTS = (1e-3, 1e-1, 1e1, 1e3)


@pytest.fixture(autouse=True)
def fifty_digits():
    with mpmath.workdps(50):
        yield


# ---------------------------------------------------------------- criteria in 50 digits


def holds(criterion, a, phi0, slope0, phi, slope, slack):
    """Whether a step satisfies a criterion; `slack` is how far slopes may be off."""
    noise = 4 * EPS * max(abs(phi), abs(phi0))
    name, p = criterion.name, criterion
    c1 = mpf(p.c if name == "goldstein" else p.c1)
    if abs(phi - phi0) <= noise and c1 * a * abs(slope0) <= noise:
        if name == "strong-wolfe":
            return abs(slope) <= mpf(p.c2) * abs(slope0) + slack
        c2 = mpf(getattr(p, "c2", 0.9))
        not_short = name == "armijo" or slope >= c2 * slope0 - slack
        return not_short and slope <= (2 * max(c1, mpf(0.1)) - 1) * slope0 + slack
    decreases = phi <= phi0 + c1 * a * slope0 + noise
    return (
        decreases
        and {
            "armijo": lambda: True,
            "goldstein": lambda: phi >= phi0 + (1 - c1) * a * slope0 - noise,
            "wolfe": lambda: slope >= mpf(p.c2) * slope0 - slack,
            "strong-wolfe": lambda: abs(slope) <= mpf(p.c2) * abs(slope0) + slack,
        }[name]()
    )


# ------------------------------------------------------- the functions of Moré and Thuente


def more_thuente(k, a):
    """phi and phi' of function `k` (Moré and Thuente 1994, section 5), and their sizes."""
    if k == 1:
        return -a / (a**2 + 2), (a**2 - 2) / (a**2 + 2) ** 2, 1
    if k == 2:
        t = a + mpf(0.004)
        return t**5 - 2 * t**4, 5 * t**4 - 8 * t**3, 5 * t**4 + 8 * t**3
    if k == 3:
        b, w = mpf(0.01), 39 * mp.pi / 2
        if abs(a - 1) >= b:
            p, d = abs(a - 1), mp.sign(a - 1)
        else:
            p, d = (a - 1) ** 2 / (2 * b) + b / 2, (a - 1) / b
        # The cosine's argument, up to 39 pi / 2 alpha, is rounded as well.
        return p + (1 - b) / w * mp.sin(w * a), d + (1 - b) * mp.cos(w * a), 2 + w * a
    b1, b2 = [(0.001, 0.001), (0.01, 0.001), (0.001, 0.01)][k - 4]
    b1, b2 = mpf(b1), mpf(b2)
    g1, g2 = (mp.sqrt(1 + b**2) - b for b in (b1, b2))
    r1, r2 = mp.hypot(1 - a, b2), mp.hypot(a, b1)
    slope = [-g1 * (1 - a) / r1, g2 * a / r2]
    return g1 * r1 + g2 * r2, sum(slope), 2


@pytest.mark.parametrize(
    ("strategy", "published"), [("more-thuente", True), ("interpolation", False)]
)
def test_the_24_cases_of_more_and_thuente(strategy, published):
    problems = pytest.importorskip("pyframe_problems")
    total = 0
    for k in range(1, 7):
        problem = problems.problem(f"more-thuente-{k}")
        criterion = pf.criteria.StrongWolfe(problem.c1, problem.c2)
        counts = []
        for first in STARTS:
            r = pf.line_search(
                lambda x, p=problem: p.phi(float(x[0])),
                [0.0],
                [1.0],
                lambda x, p=problem: np.array([p.slope(float(x[0]))]),
                criterion,
                strategy,
                first,
            )
            phi0, slope0, _ = more_thuente(k, mpf(0))
            phi, slope, size = more_thuente(k, mpf(r.step))
            assert r.success
            assert holds(criterion, mpf(r.step), phi0, slope0, phi, slope, 4 * EPS * size)
            counts.append(r.nfev - 1)
        if published:
            assert tuple(counts) == problem.evaluations
        print(f"{strategy} {k}: {counts}")
        total += sum(counts)
    print(f"{strategy}: {total}")
    assert total == 179 if published else total <= 165


# --------------------------------------------------------------------- random functions

# Terms of phi that are never negative, so that a sum keeps the relative rounding of its
# terms: value and slope of t = k (alpha - m), over `math` or `mpmath`.
TERMS = {
    "square": (lambda _, t: t * t, lambda _, t: 2 * t),
    "fourth": (lambda _, t: t**4, lambda _, t: 4 * t**3),
    "cosh": (lambda m, t: m.cosh(t), lambda m, t: m.sinh(t)),
    "root": (lambda m, t: m.sqrt(1 + t * t), lambda m, t: t / m.sqrt(1 + t * t)),
    "waves": (lambda m, t: 2 + m.sin(t), lambda m, t: m.cos(t)),
    "exp": (lambda m, t: m.exp(t), lambda m, t: m.exp(t)),
    "one": (lambda _, t: 1 + 0 * t, lambda _, t: 0 * t),
}
CRITERIA = [
    pf.criteria.StrongWolfe(),
    pf.criteria.StrongWolfe(1e-4, 0.1),
    pf.criteria.StrongWolfe(0.1, 0.1),
    pf.criteria.Wolfe(),
    pf.criteria.Wolfe(0.3, 0.5),
    pf.criteria.Armijo(),
    pf.criteria.Armijo(0.4),
    pf.criteria.Goldstein(),
    pf.criteria.Goldstein(0.4),
]


class Sum:
    """c1 term1(k1 (a - m1)) + ..., with a slope < 0 at 0."""

    def __init__(self, rng):
        self.terms = []
        while not self.terms or self.slope(math, 0.0) >= 0:
            self.terms = [
                (
                    10 ** rng.uniform(-3, 3),
                    rng.uniform(0.1, 3),
                    rng.uniform(-1, 5),
                    *rng.choice(list(TERMS.values())),
                )
                for _ in range(rng.randint(1, 3))
            ]

    def value(self, m, a):
        return sum(c * f(m, k * (a - m0)) for c, k, m0, f, _ in self.terms)

    def slopes(self, m, a):
        return [c * k * df(m, k * (a - m0)) for c, k, m0, _, df in self.terms]

    def slope(self, m, a):
        return sum(self.slopes(m, a))


@pytest.mark.fuzz
def test_random_functions():
    rng = random.Random(50)
    count = Counter()
    for _ in range(max(300, int(FUZZ or 0) // 10)):
        phi = Sum(rng)
        first = 10 ** rng.uniform(-4, 1.5)
        phi0, slope0 = phi.value(mp, mpf(0)), phi.slope(mp, mpf(0))
        for criterion in CRITERIA:
            strategy = rng.choice(
                ["interpolation", "more-thuente", "hager-zhang", "zoom", "bisection"]
            )
            r = pf.line_search(
                lambda x, phi=phi: phi.value(math, float(x[0])),
                [0.0],
                [1.0],
                lambda x, phi=phi: np.array([phi.slope(math, float(x[0]))]),
                criterion,
                strategy,
                first,
                max_step=40.0,
            )
            count[criterion.name, str(r.status)] += 1
            if r.success:
                a = mpf(r.step)
                slopes = phi.slopes(mp, a)
                slack = 4 * EPS * (1 + a) * sum(map(abs, slopes))
                there = phi.value(mp, a), sum(slopes), slack
                assert holds(criterion, a, phi0, slope0, *there), (criterion, strategy, r)
    print(count)
    assert sum(n for (_, status), n in count.items() if status == "converged") > 2000
