"""Minimisers of a function of one variable, for ``minimize_scalar`` and as strategies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pyframe import _core
from pyframe._parameters import Parameters

__all__ = [
    "Brent",
    "Chandrupatla",
    "Cubic",
    "Dichotomy",
    "Fibonacci",
    "Golden",
    "Newton",
    "Parabolic",
    "Random",
    "Secant",
    "SlopeBisection",
]


class ScalarMethod(Parameters):
    """Base of the scalar methods."""

    kind: ClassVar[str] = "scalar-method"


@dataclass(frozen=True)
class Dichotomy(ScalarMethod):
    """Dichotomy with a kept middle point: at most 2k + 1 evaluations in k iterations.

    The bracket halves in each iteration: ``|x_k - x*| <= (b - a) / 2**(k + 1)``.

    References
    ----------
    Lecture, section 1.
    """

    name: ClassVar[str] = "dichotomy"

    def _build(self) -> _core.ScalarMethod:
        return _core.ScalarMethod.dichotomy()


@dataclass(frozen=True)
class Golden(ScalarMethod):
    """Golden section: k + 1 evaluations in k iterations, each of which leaves 0.618.

    Points at ``a + (b - a) / tau**2`` and ``a + (b - a) / tau``, tau = (1 + sqrt 5) / 2.

    References
    ----------
    Kiefer (1953); lecture, section 1.
    """

    name: ClassVar[str] = "golden"

    def _build(self) -> _core.ScalarMethod:
        return _core.ScalarMethod.golden()


@dataclass(frozen=True)
class Fibonacci(ScalarMethod):
    """Fibonacci search: the fewest evaluations that guarantee an absolute accuracy.

    N evaluations place the minimiser within ``(b - a) / F(N + 2)``.

    References
    ----------
    Kiefer (1953).
    """

    name: ClassVar[str] = "fibonacci"

    def _build(self) -> _core.ScalarMethod:
        return _core.ScalarMethod.fibonacci()


@dataclass(frozen=True)
class Parabolic(ScalarMethod):
    """Successive parabolic interpolation, kept inside a bracket; order 1.3247.

    The vertex of the parabola through the three best points, ``u = x2 - p / (2 q)`` with
    ``p = (x2-x1)**2 (f2-f3) - (x2-x3)**2 (f2-f1)`` and
    ``q = (x2-x1) (f2-f3) - (x2-x3) (f2-f1)``.

    References
    ----------
    Lecture, section 1; Brent (1973), section 3.
    """

    name: ClassVar[str] = "parabolic"

    def _build(self) -> _core.ScalarMethod:
        return _core.ScalarMethod.parabolic()


@dataclass(frozen=True)
class Brent(ScalarMethod):
    """Brent's method: parabola where it helps, golden section where not.

    The vertex through the three best points is taken when it falls inside the bracket and
    moves less than half the step before last.

    References
    ----------
    Brent (1973), chapter 5.
    """

    name: ClassVar[str] = "brent"

    def _build(self) -> _core.ScalarMethod:
        return _core.ScalarMethod.brent()


@dataclass(frozen=True)
class Chandrupatla(ScalarMethod):
    """Chandrupatla's quadratic-fit sectioning.

    The vertex through the bracket's three points is trusted when it moved less than half
    the nearer part since the last one; golden section of the farther part where not.

    References
    ----------
    Chandrupatla (1998).
    """

    name: ClassVar[str] = "chandrupatla"

    def _build(self) -> _core.ScalarMethod:
        return _core.ScalarMethod.chandrupatla()


@dataclass(frozen=True)
class Random(ScalarMethod):
    """Two random interior points in each iteration: the lecture's baseline.

    Parameters
    ----------
    seed : int
        Chooses the sequence of points, 0 <= seed < 2**64.

    References
    ----------
    Lecture, section 1, figure 18.
    """

    name: ClassVar[str] = "random"
    seed: int = 0

    def _build(self) -> _core.ScalarMethod:
        return _core.ScalarMethod.random(self.seed)


@dataclass(frozen=True)
class SlopeBisection(ScalarMethod):
    """Bisection on the sign of the derivative: ``f'(best) < 0`` puts the minimum to the right.

    Half of the bracket is left each time, down to full precision.

    References
    ----------
    Folklore; Burden and Faires (2011), section 2.1.
    """

    name: ClassVar[str] = "slope-bisection"

    def _build(self) -> _core.ScalarMethod:
        return _core.ScalarMethod.slope_bisection()


@dataclass(frozen=True)
class Secant(ScalarMethod):
    """Secant method on the derivative, kept inside a bracket; order 1.618.

    ``u = x - f'(x) (x - w) / (f'(x) - f'(w))`` through the last two points; bisection when
    the bracket does not halve in two steps.

    References
    ----------
    Folklore; Brent (1973), chapter 4, for the safeguard.
    """

    name: ClassVar[str] = "secant"

    def _build(self) -> _core.ScalarMethod:
        return _core.ScalarMethod.secant()


@dataclass(frozen=True)
class Cubic(ScalarMethod):
    """Cubic interpolation of values and slopes, kept inside a bracket; order 2.

    ``u = x - (x - w) (f'(x) + d2 - d1) / (f'(x) - f'(w) + 2 d2)`` with
    ``d1 = f'(w) + f'(x) - 3 (f(w) - f(x)) / (w - x)`` and
    ``d2 = sign(x - w) sqrt(d1**2 - f'(w) f'(x))``.

    References
    ----------
    Davidon (1959); Nocedal and Wright (2006), eq. 3.59.
    """

    name: ClassVar[str] = "cubic"

    def _build(self) -> _core.ScalarMethod:
        return _core.ScalarMethod.cubic()


@dataclass(frozen=True)
class Newton(ScalarMethod):
    """Newton's method on the derivative, kept inside a bracket; order 2.

    ``u = x - f'(x) / f''(x)`` where ``f'' > 0``, bisection where not.  The second derivative
    is a difference of first ones when it is not given.

    References
    ----------
    Folklore; Press et al. (2007), section 9.4, for the safeguard.
    """

    name: ClassVar[str] = "newton-1d"

    def _build(self) -> _core.ScalarMethod:
        return _core.ScalarMethod.newton()
