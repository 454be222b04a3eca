"""What an initial-step rule sees."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Situation:
    """Where a line search starts, in scalars.

    Parameters
    ----------
    iteration : int
        Iterations completed.
    value, slope : float
        f(x), and the slope along the direction.
    direction_norm, gradient_norm : float
        Euclidean norms.
    gradient_max, x_max : float
        Largest absolute entries.
    last_step, last_value, last_slope : float or None
        The step before, and f and slope where it started; None in the first iteration.
    ss, sy, yy : float or None
        Inner products of ``s = x - x_last`` and ``y = g - g_last``.
    """

    iteration: int
    value: float
    slope: float
    direction_norm: float
    gradient_norm: float
    gradient_max: float
    x_max: float
    last_step: float | None = None
    last_value: float | None = None
    last_slope: float | None = None
    ss: float | None = None
    sy: float | None = None
    yy: float | None = None
