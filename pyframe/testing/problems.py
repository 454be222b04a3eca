"""Test problems: the shapes that the ``pyframe_problems`` hook hands over.

A problem is data and functions, nothing else, so that one object serves the correctness
tests, the conformance kit and the benchmarks alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class ScalarProblem:
    """A function of one variable with a known minimiser on an interval.

    Parameters
    ----------
    fun : callable
        ``fun(x: float) -> float``.
    bounds : tuple of float
        The interval ``(a, b)`` on which ``fun`` is unimodal.
    minimizer, minimum : float
        The least point on the interval and the value there.
    derivative : callable, optional
        ``derivative(x: float) -> float``.
    """

    fun: Callable[[float], float] = field(repr=False)
    bounds: tuple[float, float]
    minimizer: float
    minimum: float
    derivative: Callable[[float], float] | None = field(default=None, repr=False)


@dataclass(frozen=True)
class LineProblem:
    """phi(alpha) for alpha >= 0, with the setting in which a paper searched it.

    Parameters
    ----------
    phi, slope : callable
        ``phi(alpha: float) -> float`` and its derivative; ``slope(0) < 0``.
    starts : tuple of float
        First trial steps.
    c1, c2 : float
        Parameters of the strong Wolfe conditions.
    evaluations : tuple of int
        Evaluations the reference algorithm was published to take, one for each start
        (the one at alpha = 0 not counted); empty when none were published.
    """

    phi: Callable[[float], float] = field(repr=False)
    slope: Callable[[float], float] = field(repr=False)
    starts: tuple[float, ...]
    c1: float
    c2: float
    evaluations: tuple[int, ...] = ()


@dataclass(frozen=True)
class VectorProblem:
    """A smooth function of several variables with a standard start.

    Parameters
    ----------
    fun : callable
        ``fun(x) -> float`` for `x` of shape (n,), float64.
    grad : callable
        ``grad(x) -> ndarray`` of shape (n,).
    x0 : tuple of float
        The standard start, n numbers.
    minimum : float
        The least value (of the best known local minimum reached from `x0`).
    minimizer : tuple of float, optional
        A point where it is taken, when it has a closed form.
    """

    fun: Callable[[Vector], float] = field(repr=False)
    grad: Callable[[Vector], Vector] = field(repr=False)
    x0: tuple[float, ...]
    minimum: float
    minimizer: tuple[float, ...] | None = None
