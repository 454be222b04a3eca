"""Finite differences: what automatic differentiation is not, as a yardstick."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from pyframe._checks import choice, number, shown
from pyframe.autodiff.modes.base import Mode, shape_of
from pyframe.autodiff.record import Recorded
from pyframe.errors import ParameterError

SCHEMES = ("forward", "central", "richardson")


@dataclass(frozen=True)
class FiniteDifference(Mode):
    """Differences of values along a direction.

    ==============  ============================================  ===========  =============
    scheme          formula, D(h) = (f(x + h v) - f(x - h v))/2h  error        best h
    ==============  ============================================  ===========  =============
    ``forward``     (f(x + h v) - f(x)) / h                       h            eps^(1/2)
    ``central``     D(h)                                          h^2          eps^(1/3)
    ``richardson``  extrapolated from D(h), D(h/2), D(h/4), ...   h^(2k)       found by it
    ==============  ============================================  ===========  =============

    Parameters
    ----------
    scheme : {"central", "forward", "richardson"}
        The formula.
    step : float, optional
        h, relative to ``max(1, |x|)``; > 0.  By default the best h of the table.

    References
    ----------
    Lecture, section 3, "Finite differences"; Ridders 1982 for the extrapolation.
    """

    name: ClassVar[str] = "finite-difference"

    scheme: str = "central"
    step: float | None = None

    def _build(self) -> Any:
        choice(self.scheme, "scheme", SCHEMES)
        if self.step is not None and not 0 < number(self.step, "step") < np.inf:
            raise ParameterError(f"step must be finite and > 0, got {shown(self.step)}")
        return self

    def push(self, run: Recorded, directions: list[Any]) -> list[Any]:
        """Differences along the direction."""
        x = [np.asarray(leaf, dtype=np.float64) for leaf in run.plain_inputs()]
        v = [np.asarray(d, dtype=np.float64) for d in run.plain(directions)]
        size = max([1.0] + [float(np.max(np.abs(leaf))) for leaf in x if leaf.size])
        length = max([float(np.max(np.abs(d))) for d in v if d.size] + [0.0])
        if length == 0.0:
            return [np.zeros(shape_of(out)) for out in run.outputs]

        def at(h: float) -> list[Any]:
            return run.evaluate([a + h * d for a, d in zip(x, v, strict=True)])

        def central(h: float) -> list[Any]:
            return [(p - m) / (2 * h) for p, m in zip(at(h), at(-h), strict=True)]

        eps = float(np.finfo(np.float64).eps)
        power = {"forward": 1 / 2, "central": 1 / 3, "richardson": 1 / 8}[self.scheme]
        h = (self.step if self.step is not None else eps**power) * size / length
        if h * length <= eps * size / 4:
            raise ParameterError(f"step {self.step!r} is so small that x + h v rounds to x")
        if self.scheme == "forward":
            here = run.evaluate(x)
            return [(p - m) / h for p, m in zip(at(h), here, strict=True)]
        if self.scheme == "central":
            return central(h)
        return _ridders(central, h)


def _ridders(central: Any, h: float, ratio: float = 1.4, columns: int = 10) -> list[Any]:
    """Ridders' extrapolation: the entry of the tableau with the least estimated error."""
    rows = [central(h)]
    best, error = rows[0], [np.full(shape_of(d), np.inf) for d in rows[0]]
    previous = [[d] for d in rows[0]]
    for _ in range(1, columns):
        h /= ratio
        current = [[d] for d in central(h)]
        factor = ratio**2
        for k in range(len(previous[0])):
            for leaf, (new, old) in enumerate(zip(current, previous, strict=True)):
                finer = (new[k] * factor - old[k]) / (factor - 1)
                new.append(finer)
                estimate = np.maximum(np.abs(finer - new[k]), np.abs(finer - old[k]))
                better = estimate <= error[leaf]
                best[leaf] = np.where(better, finer, best[leaf])
                error[leaf] = np.where(better, estimate, error[leaf])
            factor *= ratio**2
        previous = current
    return best
