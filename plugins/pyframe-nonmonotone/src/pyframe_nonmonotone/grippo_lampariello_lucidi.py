"""Decrease relative to the worst of the last M values (Grippo, Lampariello, Lucidi 1986).

Eq. 3 of the paper: ``phi(alpha) <= max(f_k, ..., f_{k-M+1}) + c1 alpha phi'(0)``.  With
M = 1 this is Armijo's condition.  The paper restarts from unit steps and asks for a decrease
alone; :class:`GrippoLamparielloLucidiWolfe` adds the curvature condition
``phi'(alpha) >= c2 phi'(0)``, so that quasi-Newton directions can use it too.

The history is the tuple of the last M values, made in ``begin`` and handed back to pyframe.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyframe as pf
from pyframe.results import Start, Trial, Verdict
from pyframe_nonmonotone.bounds import require, require_numbers

History = tuple[float, ...]


@dataclass(frozen=True)
class GrippoLamparielloLucidi:
    """Decrease relative to the worst of the last values.

    Parameters
    ----------
    c1 : float
        Fraction of the first-order decrease asked for, 0 < c1 < 1.
    memory : int
        Values remembered, at least 1.

    Examples
    --------
    >>> import pyframe as pf
    >>> f, g = lambda x: float(x @ x), lambda x: 2 * x
    >>> pf.minimize(f, [3.0, 4.0], g, direction="gradient-descent", strategy="backtracking",
    ...             criterion="grippo-lampariello-lucidi").success
    True
    """

    c1: float = 1e-4
    memory: int = 10

    def __post_init__(self) -> None:
        require_numbers(c1=self.c1, memory=self.memory)
        require(0 < self.c1 < 1, "0 < c1 < 1", c1=self.c1)
        require(self.memory == int(self.memory) >= 1, "an integer memory >= 1", memory=self.memory)

    def reset(self) -> History:
        """Nothing is remembered before a run."""
        return ()

    def begin(self, state: History | None, start: Start) -> History:
        """Remember the value from which a search starts."""
        return (*(state or ()), start.value)[-int(self.memory) :]

    def judge(self, start: Start, trial: Trial, state: History) -> Verdict:
        """Accept a decrease from the worst value remembered."""
        bound = max(state) + self.c1 * trial.step * start.slope
        return pf.ACCEPT if trial.value <= bound else pf.TOO_LONG


@dataclass(frozen=True)
class GrippoLamparielloLucidiWolfe(GrippoLamparielloLucidi):
    """Decrease relative to the worst of the last values, and a slope no longer steep.

    Parameters
    ----------
    c1, memory
        As for :class:`GrippoLamparielloLucidi`.
    c2 : float
        Fraction of the initial slope that may remain, c1 <= c2 < 1.
    """

    c2: float = 0.9

    def __post_init__(self) -> None:
        super().__post_init__()
        require_numbers(c2=self.c2)
        require(self.c1 <= self.c2 < 1, "c1 <= c2 < 1", c1=self.c1, c2=self.c2)

    def judge(self, start: Start, trial: Trial, state: History) -> Verdict:
        """Ask for a longer step while phi falls steeply."""
        verdict = super().judge(start, trial, state)
        steep = trial.slope is not None and trial.slope < self.c2 * start.slope
        return pf.TOO_SHORT if verdict == pf.ACCEPT and steep else verdict
