"""Criteria: which steps of a line search are good enough.

With ``phi(alpha) = f(x + alpha d)``.  Criteria combine: ``a & b`` holds when both do,
``a | b`` when either does.  Wherever a change of phi is below its rounding, the search
decides by slopes instead of values, whatever the criterion.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pyframe import _core
from pyframe._parameters import Parameters

__all__ = [
    "Any",
    "ApproximateWolfe",
    "Armijo",
    "Averaged",
    "Curvature",
    "Exact",
    "Filter",
    "Goldstein",
    "Nonmonotone",
    "StrongWolfe",
    "Wolfe",
]


class Criterion(Parameters):
    """Base of the criteria; combine them with ``&`` and ``|``."""

    kind: ClassVar[str] = "criterion"

    def __and__(self, other: Criterion) -> Criterion:
        return _Both(self, other) if isinstance(other, Criterion) else NotImplemented

    def __or__(self, other: Criterion) -> Criterion:
        return _Either(self, other) if isinstance(other, Criterion) else NotImplemented


@dataclass(frozen=True)
class _Both(Criterion):
    name: ClassVar[str] = "both"
    first: Criterion
    second: Criterion

    def _build(self) -> _core.Criterion:
        return _core.Criterion.both(self.first.compiled, self.second.compiled)


@dataclass(frozen=True)
class _Either(Criterion):
    name: ClassVar[str] = "either"
    first: Criterion
    second: Criterion

    def _build(self) -> _core.Criterion:
        return _core.Criterion.either(self.first.compiled, self.second.compiled)


@dataclass(frozen=True)
class Armijo(Criterion):
    """Armijo's sufficient decrease, ``phi(alpha) <= phi(0) + c1 alpha phi'(0)``.

    Parameters
    ----------
    c1 : float
        Fraction of the first-order decrease asked for, 0 < c1 < 1.  The exact minimiser of
        a parabola passes only for c1 <= 1/2.

    References
    ----------
    Armijo (1966); lecture, section 1.
    """

    name: ClassVar[str] = "armijo"
    c1: float = 1e-4

    def _build(self) -> _core.Criterion:
        return _core.Criterion.armijo(self.c1)


@dataclass(frozen=True)
class Goldstein(Criterion):
    """Goldstein's two-sided decrease.

    ``phi(0) + (1-c) alpha phi'(0) <= phi(alpha) <= phi(0) + c alpha phi'(0)``.

    Parameters
    ----------
    c : float
        0 < c < 1/2.  (The printed lecture's range makes the set of steps empty.)

    References
    ----------
    Goldstein (1965); lecture, section 1.
    """

    name: ClassVar[str] = "goldstein"
    c: float = 0.25

    def _build(self) -> _core.Criterion:
        return _core.Criterion.goldstein(self.c)


@dataclass(frozen=True)
class Curvature(Criterion):
    """The curvature condition, ``phi'(alpha) >= c2 phi'(0)``.

    Alone it only forbids short steps; combine it: ``Armijo() & Curvature()``.

    Parameters
    ----------
    c2 : float
        0 < c2 < 1.

    References
    ----------
    Wolfe (1969); lecture, section 1.
    """

    name: ClassVar[str] = "curvature"
    c2: float = 0.9

    def _build(self) -> _core.Criterion:
        return _core.Criterion.curvature(self.c2)


@dataclass(frozen=True)
class Wolfe(Criterion):
    """The (weak) Wolfe conditions: Armijo's decrease and the curvature condition.

    ``phi(alpha) <= phi(0) + c1 alpha phi'(0)`` and ``phi'(alpha) >= c2 phi'(0)``.

    Parameters
    ----------
    c1, c2 : float
        0 < c1 <= c2 < 1.

    References
    ----------
    Wolfe (1969); lecture, section 1.
    """

    name: ClassVar[str] = "wolfe"
    c1: float = 1e-4
    c2: float = 0.9

    def _build(self) -> _core.Criterion:
        return _core.Criterion.wolfe(self.c1, self.c2)


@dataclass(frozen=True)
class StrongWolfe(Criterion):
    """The strong Wolfe conditions: Armijo's decrease and ``|phi'(alpha)| <= c2 |phi'(0)|``.

    Parameters
    ----------
    c1, c2 : float
        0 < c1 <= c2 < 1; c2 = 0.9 suits quasi-Newton directions, 0.1 conjugate gradients.

    References
    ----------
    Nocedal and Wright (2006), eq. 3.7.

    Examples
    --------
    >>> import pyframe as pf
    >>> pf.criteria.StrongWolfe(c2=0.1)
    StrongWolfe(c1=0.0001, c2=0.1)
    >>> pf.criteria.StrongWolfe(c1=0.5, c2=0.1)
    Traceback (most recent call last):
        ...
    pyframe.errors.ParameterError: (c1, c2) must satisfy 0 < c1 <= c2 < 1, got (0.5, 0.1)
    """

    name: ClassVar[str] = "strong-wolfe"
    c1: float = 1e-4
    c2: float = 0.9

    def _build(self) -> _core.Criterion:
        return _core.Criterion.strong_wolfe(self.c1, self.c2)


@dataclass(frozen=True)
class ApproximateWolfe(Criterion):
    """Hager and Zhang's approximate Wolfe conditions.

    Either the Wolfe conditions with c1 = delta and c2 = sigma, or
    ``(2 delta - 1) phi'(0) >= phi'(alpha) >= sigma phi'(0)`` and
    ``phi(alpha) <= phi(0) + epsilon |phi(0)|``.

    Parameters
    ----------
    delta, sigma : float
        0 < delta < 1/2 and delta <= sigma < 1.
    epsilon : float
        Allowed rise relative to ``abs(phi(0))``, >= 0.

    References
    ----------
    Hager and Zhang (2005), section 4.
    """

    name: ClassVar[str] = "approximate-wolfe"
    delta: float = 0.1
    sigma: float = 0.9
    epsilon: float = 1e-6

    def _build(self) -> _core.Criterion:
        return _core.Criterion.approximate_wolfe(self.delta, self.sigma, self.epsilon)


@dataclass(frozen=True)
class Nonmonotone(Criterion):
    """Decrease relative to the largest of the last `memory` values.

    ``phi(alpha) <= max(f_k, ..., f_(k-memory+1)) + c1 alpha phi'(0)``.

    Parameters
    ----------
    c1 : float
        0 < c1 < 1.
    memory : int
        Values remembered, >= 1; with 1 this is Armijo's condition.

    References
    ----------
    Grippo, Lampariello and Lucidi (1986), eq. 3.
    """

    name: ClassVar[str] = "nonmonotone"
    c1: float = 1e-4
    memory: int = 10

    def _build(self) -> _core.Criterion:
        return _core.Criterion.nonmonotone(self.c1, self.memory)


@dataclass(frozen=True)
class Averaged(Criterion):
    """Decrease relative to a running average of the values so far.

    ``phi(alpha) <= C + c1 alpha phi'(0)``, where ``Q+ = eta Q + 1`` and
    ``C+ = (eta Q C + f+) / Q+``.

    Parameters
    ----------
    c1 : float
        0 < c1 < 1.
    eta : float
        Weight of the past, 0 <= eta <= 1; with 0 this is Armijo's condition.

    References
    ----------
    Zhang and Hager (2004), eqs. 1.4 to 1.6.
    """

    name: ClassVar[str] = "averaged"
    c1: float = 1e-4
    eta: float = 0.85

    def _build(self) -> _core.Criterion:
        return _core.Criterion.averaged(self.c1, self.eta)


@dataclass(frozen=True)
class Filter(Criterion):
    """A filter on (value, slope): a trial is taken when no recent start dominates it.

    Against each start j, ``phi(alpha) <= f_j + gamma alpha phi_j'(0)`` or
    ``|phi'(alpha)| <= (1 - gamma) |phi_j'(0)|``; and phi(alpha) is no higher than all f_j.

    Parameters
    ----------
    gamma : float
        Margin of the filter, 0 < gamma < 1.
    memory : int
        Starts remembered, >= 1.

    References
    ----------
    After Gould, Sainvitu and Toint (2005).
    """

    name: ClassVar[str] = "filter"
    gamma: float = 1e-3
    memory: int = 10

    def _build(self) -> _core.Criterion:
        return _core.Criterion.filter(self.gamma, self.memory)


@dataclass(frozen=True)
class Exact(Criterion):
    """The exact line search: let the strategy run to its own tolerance.

    References
    ----------
    Lecture, section 1: ``alpha = argmin phi(alpha)``.
    """

    name: ClassVar[str] = "exact"

    def _build(self) -> _core.Criterion:
        return _core.Criterion.exact()


@dataclass(frozen=True)
class Any(Criterion):
    """Every finite value will do; for the ``static`` strategy."""

    name: ClassVar[str] = "any"

    def _build(self) -> _core.Criterion:
        return _core.Criterion.any()
