"""Checkpoints of a long recurrence: memory kept against steps computed again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pyframe.autodiff.modes.checkpointed import Checkpointed, CheckpointReport, reported
from pyframe.draw import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SLOTS = (2, 3, 5, 10, 30, 100, 300, 1000)


def draw_checkpoints(ax: Axes | None = None, *, steps: int = 2000, size: int = 100) -> Axes:
    """Bytes of values that a gradient holds against the steps it computes, by schedule.

    Parameters
    ----------
    ax : matplotlib.axes.Axes, optional
        Where to draw.
    steps, size : int
        Steps of the recurrence, and the length of its vector.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn on.

    Examples
    --------
    >>> import matplotlib; matplotlib.use("Agg")
    >>> from pyframe.draw import draw_checkpoints
    >>> draw_checkpoints(steps=50).get_xscale()
    'log'
    """
    ax = style.axes_or_new(ax)

    def f(x: np.ndarray) -> np.ndarray:
        for _ in range(steps):
            x = x + 0.001 * np.sin(x)
        return np.sum(x * x)

    def taken(mode: Checkpointed) -> tuple[int, float]:
        report: CheckpointReport = reported(f, np.ones(size), mode=mode)[2]
        return report.peak, (report.advanced + report.reversed) / report.steps

    revolve = [taken(Checkpointed(slots=slots)) for slots in SLOTS]
    ax.plot(
        [point[0] for point in revolve],
        [point[1] for point in revolve],
        "o-",
        color=style.BLUE,
        label="revolve",
    )
    for slots, point in zip(SLOTS, revolve, strict=True):
        ax.annotate(f"{slots}", point, textcoords="offset points", xytext=(4, 4), fontsize="small")
    for schedule, colour, marker in (("sqrt", style.RED, "s"), ("store-all", style.GREEN, "^")):
        point = taken(Checkpointed(schedule=schedule))
        ax.plot(*point, marker, color=colour, label=schedule)
    ax.set_xscale("log")
    ax.set_xlabel("bytes of values at once")
    ax.set_ylabel("steps computed / steps")
    ax.set_title(f"{steps:,} steps of a vector of {size}")
    ax.legend()
    return ax
