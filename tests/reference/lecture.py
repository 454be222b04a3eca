"""The lecture's line searches in plain Python: oracles for the compiled ones.

Source: the lecture "Line search. Matrix calculus. Automatic differentiation", section 1,
figures and listings, with these corrections:

- dichotomy: the listing evaluates again what it knows; kept values make at most 2k + 1
  evaluations in k iterations;
- golden section: ``z = a + (b-a)/tau``, not ``/tau*2``; the branch sets ``a = y``, not
  ``a = v``; the new point is computed from the bracket, so rounding does not drift, and
  the kept one stays where it was evaluated: k + 1 evaluations in k iterations;
- parabolic interpolation: stops where the listing divides 0/0, and returns the best point
  and not the midpoint of a bracket of which one side may never move;
- backtracking: for Armijo alone, which small steps satisfy; a step where phi is not finite
  is too long.

Clarity before speed, no safeguards beyond these.  Ties follow the key property of unimodal
functions: f(y) <= f(z) with y < z puts the minimiser in [a, z].
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

TAU = (1 + math.sqrt(5)) / 2


class Narrowing(NamedTuple):
    """What a search on a bracket did.

    ``brackets`` begins with the given one and has one more for each iteration;
    ``points`` are the arguments of f in the order of evaluation.
    """

    x: float
    brackets: list[tuple[float, float]]
    points: list[float]

    @property
    def evaluations(self) -> int:
        return len(self.points)


class Backtracking(NamedTuple):
    """What backtracking did; ``x`` is the last of the trial steps."""

    x: float
    trials: list[float]
    accepted: bool

    @property
    def evaluations(self) -> int:
        return len(self.trials)


class _Noted:
    """f, noting where it is evaluated."""

    def __init__(self, f: Callable[[float], float]) -> None:
        self.f = f
        self.points: list[float] = []

    def __call__(self, x: float) -> float:
        self.points.append(x)
        return self.f(x)


def dichotomy_iterations(a: float, b: float, eps: float) -> int:
    """The least k with (b-a) / 2^(k+1) <= eps.

    >>> dichotomy_iterations(0.0, 6.0, 1e-3)
    12
    """
    return max(0, math.ceil(math.log2((b - a) / eps) - 1))


def dichotomy(f: Callable[[float], float], a: float, b: float, iterations: int) -> Narrowing:
    """Halve the bracket around its middle c; |c - x*| <= (b-a) / 2^(k+1).

    >>> search = dichotomy(lambda x: (x - 2) ** 2, 0.0, 6.0, 2)
    >>> search.brackets, search.points
    ([(0.0, 6.0), (0.0, 3.0), (1.5, 3.0)], [3.0, 1.5, 0.75, 2.25])
    """
    f = _Noted(f)
    c = (a + b) / 2
    fc = f(c)
    brackets = [(a, b)]
    for _ in range(iterations):
        y = (a + c) / 2
        fy = f(y)
        if fy <= fc:
            b, c, fc = c, y, fy
        else:
            z = (b + c) / 2
            fz = f(z)
            if fc <= fz:
                a, b = y, z
            else:
                a, c, fc = c, z, fz
        brackets.append((a, b))
    return Narrowing(c, brackets, f.points)


def golden_iterations(a: float, b: float, eps: float) -> int:
    """The least k with (b-a) tau^-k / 2 <= eps.

    >>> golden_iterations(0.0, 6.0, 1e-3)
    17
    """
    return max(0, math.ceil(math.log((b - a) / (2 * eps), TAU)))


def golden(f: Callable[[float], float], a: float, b: float, iterations: int) -> Narrowing:
    """Cut the bracket in the golden ratio; |midpoint - x*| <= (b-a) tau^-k / 2.

    >>> search = golden(lambda x: (x - 2) ** 2, 0.0, 6.0, 3)
    >>> [f"{b - a:.3f}" for a, b in search.brackets], search.evaluations
    (['6.000', '3.708', '2.292', '1.416'], 4)
    """
    f = _Noted(f)
    brackets = [(a, b)]
    y = z = fy = fz = math.nan
    for _ in range(iterations):
        # After the first iteration one of the two points is known already.
        if math.isnan(y):
            y = a + (b - a) / TAU**2
            fy = f(y)
        if math.isnan(z):
            z = a + (b - a) / TAU
            fz = f(z)
        if fy <= fz:
            b, z, fz, y = z, y, fy, math.nan
        else:
            a, y, fy, z = y, z, fz, math.nan
        brackets.append((a, b))
    return Narrowing((a + b) / 2, brackets, f.points)


def vertex(x1: float, x2: float, x3: float, f1: float, f2: float, f3: float) -> float:
    """The stationary point of the parabola through three points; NaN on a straight line.

    >>> vertex(0.0, 1.0, 4.0, 4.0, 1.0, 4.0)
    2.0
    """
    p = (x2 - x1) ** 2 * (f2 - f3) - (x2 - x3) ** 2 * (f2 - f1)
    q = 2 * ((x2 - x1) * (f2 - f3) - (x2 - x3) * (f2 - f1))
    return x2 - p / q if q != 0 else math.nan


def parabolic(
    f: Callable[[float], float], x1: float, x2: float, x3: float, iterations: int
) -> Narrowing:
    """Successive parabolic interpolation; order 1.3247 near a minimum with f'' > 0.

    Keeps x1 < x2 < x3 with the least value at x2, and stops early when the vertex is not a
    new point between x1 and x3.

    >>> parabolic(lambda x: (x - 2) ** 2, 0.0, 1.0, 6.0, 9).points
    [0.0, 1.0, 6.0, 2.0]
    """
    f = _Noted(f)
    f1, f2, f3 = f(x1), f(x2), f(x3)
    if not (x1 < x2 < x3 and f1 >= f2 <= f3):
        raise ValueError(
            f"expected x1 < x2 < x3 with the least value at x2, got x = {x1}, {x2}, {x3} "
            f"with f = {f1}, {f2}, {f3}"
        )
    brackets = [(x1, x3)]
    for _ in range(iterations):
        u = vertex(x1, x2, x3, f1, f2, f3)
        if not (x1 < u < x3 and u != x2):
            break
        fu = f(u)
        if fu <= f2 and u < x2:
            x2, x3, f2, f3 = u, x2, fu, f2
        elif fu <= f2:
            x1, x2, f1, f2 = x2, u, f2, fu
        elif u < x2:
            x1, f1 = u, fu
        else:
            x3, f3 = u, fu
        brackets.append((x1, x3))
    return Narrowing(x2, brackets, f.points)


def random_two_points(
    f: Callable[[float], float],
    a: float,
    b: float,
    iterations: int,
    uniform: Callable[[], float],
) -> Narrowing:
    """The baseline: two random points in the bracket, two evaluations per iteration.

    `uniform` gives the next number from [0, 1), for example ``random.Random(0).random``.

    >>> numbers = iter([0.75, 0.25])
    >>> random_two_points(lambda x: (x - 2) ** 2, 0.0, 8.0, 1, lambda: next(numbers)).brackets
    [(0.0, 8.0), (0.0, 6.0)]
    """
    f = _Noted(f)
    brackets = [(a, b)]
    for _ in range(iterations):
        y, z = sorted((a + (b - a) * uniform(), a + (b - a) * uniform()))
        if f(y) <= f(z):
            b = z
        else:
            a = y
        brackets.append((a, b))
    return Narrowing((a + b) / 2, brackets, f.points)


def backtracking(
    phi: Callable[[float], float],
    phi0: float,
    slope0: float,
    step: float = 1.0,
    c1: float = 1e-4,
    beta: float = 0.5,
    max_evaluations: int = 100,
) -> Backtracking:
    """alpha <- beta alpha until phi(alpha) <= phi(0) + c1 alpha phi'(0).

    phi(0) is given and not counted.

    >>> backtracking(lambda a: (a - 1) ** 2, 1.0, -2.0, step=8.0).trials
    [8.0, 4.0, 2.0, 1.0]
    """
    phi = _Noted(phi)
    alpha, accepted = step, False
    for _ in range(max_evaluations):
        value = phi(alpha)
        accepted = math.isfinite(value) and value <= phi0 + c1 * alpha * slope0
        if accepted:
            break
        alpha *= beta
    return Backtracking(phi.points[-1], phi.points, accepted)
