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
    """Bisection on the sign of the derivative."""

    name: ClassVar[str] = "slope-bisection"

    def _build(self) -> _core.ScalarMethod:
        return _core.ScalarMethod.slope_bisection()


@dataclass(frozen=True)
class Secant(ScalarMethod):
    """Secant method on the derivative, kept inside a bracket; order 1.618."""

    name: ClassVar[str] = "secant"

    def _build(self) -> _core.ScalarMethod:
        return _core.ScalarMethod.secant()


@dataclass(frozen=True)
class Cubic(ScalarMethod):
    """Cubic interpolation of values and slopes, kept inside a bracket; order 2.

    References
    ----------
    Davidon (1959); Nocedal and Wright (2006), eq. 3.59.
    """

    name: ClassVar[str] = "cubic"

    def _build(self) -> _core.ScalarMethod:
        return _core.ScalarMethod.cubic()


@dataclass(frozen=True)
class Newton(ScalarMethod):
    """Newton's method on the derivative, kept inside a bracket.

    The second derivative is a difference of first ones when it is not given.
    """

    name: ClassVar[str] = "newton-1d"

    def _build(self) -> _core.ScalarMethod:
        return _core.ScalarMethod.newton()
