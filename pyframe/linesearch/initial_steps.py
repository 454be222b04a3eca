"""Initial steps: what a line search tries first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pyframe import _core
from pyframe._parameters import Parameters

__all__ = [
    "BarzilaiBorwein",
    "Constant",
    "FirstOrderChange",
    "HagerZhang",
    "Polyak",
    "Previous",
    "Quadratic",
    "ShortBarzilaiBorwein",
    "Unit",
]


class InitialStep(Parameters):
    """Base of the initial-step rules."""

    kind: ClassVar[str] = "initial-step"


@dataclass(frozen=True)
class Constant(InitialStep):
    """The same first step in every iteration.

    Parameters
    ----------
    step : float
        Finite and > 0.
    """

    name: ClassVar[str] = "constant"
    step: float = 1.0

    def _build(self) -> _core.InitialStep:
        return _core.InitialStep.constant(self.step)


@dataclass(frozen=True)
class Unit(InitialStep):
    """The step 1 of Newton-like directions.

    In the first iteration, where a quasi-Newton direction has no scale yet,
    ``min(1, 1 / |d|)``.
    """

    name: ClassVar[str] = "unit"

    def _build(self) -> _core.InitialStep:
        return _core.InitialStep.unit()


@dataclass(frozen=True)
class Previous(InitialStep):
    """The step taken last time, times a factor: ``factor alpha_last``.

    Parameters
    ----------
    factor : float
        Finite and > 0.
    """

    name: ClassVar[str] = "previous"
    factor: float = 1.0

    def _build(self) -> _core.InitialStep:
        return _core.InitialStep.previous(self.factor)


@dataclass(frozen=True)
class FirstOrderChange(InitialStep):
    """The step whose first-order change equals that of the last iteration.

    ``alpha_last phi_last'(0) / phi'(0)``.

    Parameters
    ----------
    longest : float
        At most this multiple of the previous step, > 0.

    References
    ----------
    Nocedal and Wright (2006), section 3.5.
    """

    name: ClassVar[str] = "first-order-change"
    longest: float = 10.0

    def _build(self) -> _core.InitialStep:
        return _core.InitialStep.first_order_change(self.longest)


@dataclass(frozen=True)
class Quadratic(InitialStep):
    """The minimiser of the parabola that fell as much as the last iteration did.

    ``min(1, 2.02 (f - f_last) / phi'(0))``.

    References
    ----------
    Nocedal and Wright (2006), eq. 3.60.
    """

    name: ClassVar[str] = "quadratic"

    def _build(self) -> _core.InitialStep:
        return _core.InitialStep.quadratic()


@dataclass(frozen=True)
class HagerZhang(InitialStep):
    """Hager and Zhang's rule, which probes phi once in each iteration.

    First ``psi0 |x|_inf / |g|_inf``; later the minimiser of the parabola through phi(0),
    phi'(0) and a probe at ``psi1 alpha_last``, or ``psi2 alpha_last`` when the probe is
    higher than the start or the parabola is not convex.

    Parameters
    ----------
    psi0, psi1, psi2 : float
        Size of the very first step relative to x, of the probe, and of the step when the
        probe is of no use, both relative to the previous step; all > 0.

    References
    ----------
    Hager and Zhang (2005), section 4, I0 to I2.
    """

    name: ClassVar[str] = "hager-zhang"
    psi0: float = 0.01
    psi1: float = 0.1
    psi2: float = 2.0

    def _build(self) -> _core.InitialStep:
        return _core.InitialStep.hager_zhang(self.psi0, self.psi1, self.psi2)


@dataclass(frozen=True)
class BarzilaiBorwein(InitialStep):
    """Barzilai and Borwein's spectral steps, with ``s = x - x_last`` and ``y = g - g_last``.

    ``s.s / s.y`` or ``s.y / y.y``; for another direction than -g, times ``|g|^2 / |g.d|``.

    Parameters
    ----------
    formula : {1, 2}
        1 for the long step, 2 for the short one.

    References
    ----------
    Barzilai and Borwein (1988).
    """

    name: ClassVar[str] = "barzilai-borwein-1"
    formula: int = 1

    def _build(self) -> _core.InitialStep:
        return _core.InitialStep.barzilai_borwein(self.formula)


@dataclass(frozen=True)
class Polyak(InitialStep):
    """Polyak's step for a known least value: ``(f - minimum) / |phi'(0)|``.

    Parameters
    ----------
    minimum : float
        The least value of f, or a lower bound.

    References
    ----------
    Polyak (1969).
    """

    name: ClassVar[str] = "polyak"
    minimum: float = 0.0

    def _build(self) -> _core.InitialStep:
        return _core.InitialStep.polyak(self.minimum)


@dataclass(frozen=True)
class ShortBarzilaiBorwein(BarzilaiBorwein):
    """The short Barzilai-Borwein step ``s.y / y.y``.

    References
    ----------
    Barzilai and Borwein (1988).
    """

    name: ClassVar[str] = "barzilai-borwein-2"
    formula: int = 2
