"""Search directions for ``minimize``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pyframe import _core
from pyframe._parameters import Parameters
from pyframe.linesearch.criteria import StrongWolfe

__all__ = [
    "BFGS",
    "LBFGS",
    "ConjugateGradient",
    "GradientDescent",
    "Momentum",
    "Newton",
    "NewtonCG",
]


class Direction(Parameters):
    """Base of the directions."""

    kind: ClassVar[str] = "direction"


@dataclass(frozen=True)
class GradientDescent(Direction):
    """Steepest descent, ``d = -g``.

    References
    ----------
    Cauchy (1847); lecture, section 1.
    """

    name: ClassVar[str] = "gradient-descent"

    def _build(self) -> _core.Direction:
        return _core.Direction.gradient_descent()


@dataclass(frozen=True)
class Momentum(Direction):
    """Heavy ball, ``d = -g + beta d_last``.

    Parameters
    ----------
    beta : float
        0 <= beta < 1.

    References
    ----------
    Polyak (1964).
    """

    name: ClassVar[str] = "momentum"
    beta: float = 0.9

    def _build(self) -> _core.Direction:
        return _core.Direction.momentum(self.beta)


@dataclass(frozen=True)
class ConjugateGradient(Direction):
    """Nonlinear conjugate gradients, ``d = -g + beta d_last``.

    With ``y = g - g_last`` and ``g_last``, ``d_last`` from the iteration before:

    ======  ===================================================================
    "FR"    ``g.g / g_last.g_last``, with Powell's restarts
    "PR+"   ``max(0, g.y / g_last.g_last)``
    "HS"    ``g.y / d_last.y``
    "DY"    ``g.g / d_last.y``
    "HZ"    ``max((y - 2 d_last y.y / d_last.y).g / d_last.y, eta)``,
            ``eta = -1 / (|d_last| min(0.01, |g_last|))``
    ======  ===================================================================

    Parameters
    ----------
    formula : {"HZ", "PR+", "FR", "HS", "DY"}
        Hager-Zhang, Polak-Ribière kept non-negative, Fletcher-Reeves, Hestenes-Stiefel or
        Dai-Yuan.

    References
    ----------
    Hager and Zhang (2006), "A survey of nonlinear conjugate gradient methods".
    """

    name: ClassVar[str] = "cg"
    formula: str = "HZ"

    def _build(self) -> _core.Direction:
        return _core.Direction.conjugate_gradient(self.formula)


@dataclass(frozen=True)
class BFGS(Direction):
    """BFGS with a dense inverse Hessian, n**2 numbers of memory.

    ``d = -H g``, ``H+ = (I - rho s y^T) H (I - rho y s^T) + rho s s^T``, ``rho = 1 / s.y``;
    the first H is ``(s.y / y.y) I``.

    References
    ----------
    Nocedal and Wright (2006), eqs. 6.17 and 6.20.
    """

    name: ClassVar[str] = "bfgs"

    def _build(self) -> _core.Direction:
        return _core.Direction.bfgs()


@dataclass(frozen=True)
class LBFGS(Direction):
    """Limited-memory BFGS, 2 n `memory` numbers of memory.

    ``d = -H g`` by two loops over the last `memory` pairs (s, y), from ``(s.y / y.y) I``.

    Parameters
    ----------
    memory : int
        Pairs remembered, 1 to 1000.

    References
    ----------
    Nocedal (1980); Nocedal and Wright (2006), algorithm 7.4.
    """

    name: ClassVar[str] = "lbfgs"
    memory: int = 10

    def _build(self) -> _core.Direction:
        return _core.Direction.lbfgs(self.memory)


@dataclass(frozen=True)
class Newton(Direction):
    """Newton's method with a modified Cholesky factorisation; needs ``hess=``.

    ``(H + E) d = -g`` with a diagonal E >= 0 that is 0 where H is safely positive definite.

    A Hessian may solve for itself: what `hess` returns is then asked for
    ``newton_direction(g)``, such as that of a formula that keeps its structure
    (:class:`pyframe.matcalc.hessians.structured.Structured`).  Where this is None,
    ``to_matrix()`` is factored.

    References
    ----------
    Gill, Murray and Wright (1981), section 4.4.2.2.
    """

    name: ClassVar[str] = "newton"

    def _build(self) -> _core.Direction:
        return _core.Direction.newton()


@dataclass(frozen=True)
class NewtonCG(Direction):
    """Newton's method with Hessian products: ``hessp=``, ``hess=`` or gradient differences.

    ``H d = -g`` by conjugate gradients, to a residual of ``min(1/2, sqrt |g|) |g|``, ended
    early at negative curvature.

    References
    ----------
    Nocedal and Wright (2006), algorithm 7.1.
    """

    name: ClassVar[str] = "newton-cg"

    def _build(self) -> _core.Direction:
        return _core.Direction.newton_cg()


CONJUGATE_WOLFE = StrongWolfe(c2=0.1)
"""Conjugate gradients need more accurate searches than quasi-Newton directions."""
