"""Strategies: which step to try next.

Every scalar method is a strategy as well: it brackets the minimum of phi along the line
and closes in on it until the criterion accepts a trial.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pyframe import _core
from pyframe._parameters import Parameters
from pyframe.errors import ParameterTypeError
from pyframe.linesearch import scalar_methods
from pyframe.linesearch.scalar_methods import ScalarMethod

__all__ = [
    "Backtracking",
    "Bisection",
    "Exact",
    "HagerZhang",
    "Interpolation",
    "MoreThuente",
    "Static",
    "Zoom",
]


_BRENT = scalar_methods.Brent()


class Strategy(Parameters):
    """Base of the strategies."""

    kind: ClassVar[str] = "strategy"


@dataclass(frozen=True)
class Static(Strategy):
    """The initial step and no other: a fixed learning rate."""

    name: ClassVar[str] = "static"

    def _build(self) -> _core.Strategy:
        return _core.Strategy.fixed()


@dataclass(frozen=True)
class Backtracking(Strategy):
    """Shorten the step until the criterion holds.

    It cannot lengthen a step, so criteria that may ask for that are refused.

    Parameters
    ----------
    interpolation : {"constant", "quadratic", "cubic"}
        Shorten by `factor`, or to the minimiser of the interpolating polynomial.
    factor : float
        0 < factor < 1.
    low, high : float
        An interpolated step stays between these multiples of the last,
        0 < low <= high < 1.

    References
    ----------
    Lecture, section 1; Nocedal and Wright (2006), section 3.5.
    """

    name: ClassVar[str] = "backtracking"
    interpolation: str = "constant"
    factor: float = 0.5
    low: float = 0.1
    high: float = 0.5

    def _build(self) -> _core.Strategy:
        return _core.Strategy.backtracking(self.interpolation, self.factor, self.low, self.high)


@dataclass(frozen=True)
class Bisection(Strategy):
    """Bracketing by verdicts alone; works with every criterion.

    Parameters
    ----------
    grow : float
        Growth while no step was too long, > 1.

    References
    ----------
    Burke, Lewis and Overton (2005), algorithm 2.6.
    """

    name: ClassVar[str] = "bisection"
    grow: float = 2.0

    def _build(self) -> _core.Strategy:
        return _core.Strategy.bisection(self.grow)


@dataclass(frozen=True)
class Zoom(Strategy):
    """Nocedal and Wright's zoom with cubic interpolation.

    Parameters
    ----------
    grow : float
        Growth while no interval is known, > 1.

    References
    ----------
    Nocedal and Wright (2006), algorithms 3.5 and 3.6.
    """

    name: ClassVar[str] = "zoom"
    grow: float = 2.0

    def _build(self) -> _core.Strategy:
        return _core.Strategy.zoom(self.grow)


@dataclass(frozen=True)
class MoreThuente(Strategy):
    """Moré and Thuente's search, with the published numbers of evaluations.

    References
    ----------
    Moré and Thuente (1994).
    """

    name: ClassVar[str] = "more-thuente"

    def _build(self) -> _core.Strategy:
        return _core.Strategy.more_thuente()


@dataclass(frozen=True)
class HagerZhang(Strategy):
    """Hager and Zhang's search: a double secant step inside a bracket.

    Parameters
    ----------
    grow : float
        Growth while no bracket is known (rho), > 1.
    theta : float
        Where to cut when phi is too high at the far end, 0 < theta < 1.
    gamma : float
        What a round must leave at most of the bracket, 0 < gamma < 1.

    References
    ----------
    Hager and Zhang (2005), section 4.
    """

    name: ClassVar[str] = "hager-zhang"
    grow: float = 5.0
    theta: float = 0.5
    gamma: float = 0.66

    def _build(self) -> _core.Strategy:
        return _core.Strategy.hager_zhang(self.grow, self.theta, self.gamma)


@dataclass(frozen=True)
class Interpolation(Strategy):
    """Guarded interpolation, the default search.

    A bracket that only verdicts move, and inside it the first model that fits the values
    and slopes at both ends: slope secant, power law, corner, or cubic; it ends in a bounded
    number of trials for every criterion.  On the 24 cases of Moré and Thuente (1994) it
    takes 140 evaluations where their search takes 179.
    """

    name: ClassVar[str] = "interpolation"

    def _build(self) -> _core.Strategy:
        return _core.Strategy.interpolation()


@dataclass(frozen=True)
class Exact(Strategy):
    """A scalar method along the line.

    Parameters
    ----------
    method : ScalarMethod
        The minimiser, from ``pyframe.scalar_methods``.
    xtol, xrtol : float
        The accuracy of the step at which it ends by itself, absolute and relative.

    Examples
    --------
    >>> import pyframe as pf
    >>> pf.strategies.Exact(pf.scalar_methods.Golden(), xrtol=1e-6)
    Exact(method=Golden(), xtol=0.0, xrtol=1e-06)
    """

    name: ClassVar[str] = "exact"
    method: ScalarMethod = _BRENT
    xtol: float = 0.0
    xrtol: float = 1e-8

    def _build(self) -> _core.Strategy:
        if not isinstance(self.method, ScalarMethod):
            raise ParameterTypeError(
                "method must be a scalar method such as pf.scalar_methods.Golden(), "
                f"got {type(self.method).__name__}"
            )
        return _core.Strategy.exact(self.method.compiled, self.xtol, self.xrtol)
