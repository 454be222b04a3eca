"""Decrease relative to a running average of the values (Zhang and Hager 2004).

Eqs. 1.4 to 1.6 of the paper: ``phi(alpha) <= C_k + c1 alpha phi'(0)`` with
``Q_{k+1} = eta Q_k + 1``, ``C_{k+1} = (eta Q_k C_k + f_{k+1}) / Q_{k+1}``, ``Q_0 = 1``,
``C_0 = f_0``.  eta = 0 is Armijo's condition, eta = 1 compares with the mean of all values.
The paper's other half, the nonmonotone Wolfe conditions (eqs. 1.4 and 1.2), is
:class:`ZhangHagerWolfe`.

The history is the pair (Q, C); it changes in ``accepted``, when f_{k+1} is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import pyframe as pf
from pyframe.results import Start, Trial, Verdict
from pyframe_nonmonotone.bounds import require, require_numbers


class Average(NamedTuple):
    """The weight of all values so far, and their weighted mean."""

    q: float
    c: float


@dataclass(frozen=True)
class ZhangHager:
    """Decrease relative to a running average of the values.

    Parameters
    ----------
    c1 : float
        Fraction of the first-order decrease asked for, 0 < c1 < 1.
    eta : float
        Weight of the past, 0 <= eta <= 1.

    Examples
    --------
    >>> import pyframe as pf
    >>> f, g = lambda x: float(x @ x), lambda x: 2 * x
    >>> pf.minimize(f, [3.0, 4.0], g, direction="gradient-descent", strategy="backtracking",
    ...             criterion="zhang-hager").success
    True
    """

    c1: float = 1e-4
    eta: float = 0.85

    def __post_init__(self) -> None:
        require_numbers(c1=self.c1, eta=self.eta)
        require(0 < self.c1 < 1, "0 < c1 < 1", c1=self.c1)
        require(0 <= self.eta <= 1, "0 <= eta <= 1", eta=self.eta)

    def reset(self) -> None:
        """Nothing is remembered before a run."""

    def begin(self, state: Average | None, start: Start) -> Average:
        """Start the average with the first value."""
        return Average(1.0, start.value) if state is None else state

    def accepted(self, state: Average, trial: Trial) -> Average:
        """Take the value of the accepted step into the average."""
        past = self.eta * state.q
        q = past + 1.0
        return Average(q, (past * state.c + trial.value) / q)

    def judge(self, start: Start, trial: Trial, state: Average) -> Verdict:
        """Accept a decrease from the average."""
        # C_k >= f_k in exact arithmetic; rounding may put it below.
        bound = max(state.c, start.value) + self.c1 * trial.step * start.slope
        return pf.ACCEPT if trial.value <= bound else pf.TOO_LONG


@dataclass(frozen=True)
class ZhangHagerWolfe(ZhangHager):
    """Decrease relative to a running average, and a slope no longer steep.

    Parameters
    ----------
    c1, eta
        As for :class:`ZhangHager`.
    c2 : float
        Fraction of the initial slope that may remain, c1 <= c2 < 1.
    """

    c2: float = 0.9

    def __post_init__(self) -> None:
        super().__post_init__()
        require_numbers(c2=self.c2)
        require(self.c1 <= self.c2 < 1, "c1 <= c2 < 1", c1=self.c1, c2=self.c2)

    def judge(self, start: Start, trial: Trial, state: Average) -> Verdict:
        """Ask for a longer step while phi falls steeply."""
        verdict = super().judge(start, trial, state)
        steep = trial.slope is not None and trial.slope < self.c2 * start.slope
        return pf.TOO_SHORT if verdict == pf.ACCEPT and steep else verdict
