"""A bracket shrinking: one rung for each evaluation, drawn from the trace of any method."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pyframe.draw import style
from pyframe.draw.frames import span
from pyframe.draw.scalar_run import best_so_far
from pyframe.errors import ParameterError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from pyframe.results import ScalarResult


def draw_bracket(
    result: ScalarResult,
    ax: Axes | None = None,
    *,
    minimizer: float | None = None,
    rungs: int = 12,
) -> Axes:
    """The bracket after each evaluation, with the point evaluated and the best one.

    Parameters
    ----------
    result : ScalarResult
        From ``minimize_scalar(..., trace=True)``.
    ax : matplotlib.axes.Axes, optional
        Where to draw.
    minimizer : float, optional
        Marked by a vertical line.
    rungs : int
        The first so many evaluations, >= 1.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn on.

    Raises
    ------
    ParameterError
        When the result has no trace, or `rungs` is below 1.

    Examples
    --------
    >>> import matplotlib; matplotlib.use("Agg")
    >>> import pyframe as pf
    >>> from pyframe.draw import draw_bracket
    >>> r = pf.minimize_scalar(lambda x: (x - 2) ** 2, (0, 6), method="golden", trace=True)
    >>> draw_bracket(r, minimizer=2.0).get_ylabel()
    'evaluation'
    """
    if rungs < 1:
        raise ParameterError(f"rungs must be >= 1, got {rungs}")
    whole = style.trace_of(result)
    trace = whole[:rungs]
    ax = style.axes_or_new(ax, (6.4, 1.4 + 0.22 * len(trace)))
    low, high = span(trace)
    rows = range(1, len(trace) + 1)
    for row, seen in zip(rows, trace, strict=True):
        a, b = seen.bracket
        if math.isfinite(a) and math.isfinite(b):
            ax.barh(row, b - a, left=a, height=0.62, color=style.SKY, alpha=0.45, linewidth=0)
            ax.plot([a, a], [row - 0.31, row + 0.31], color=style.BLUE, linewidth=1.5)
            ax.plot([b, b], [row - 0.31, row + 0.31], color=style.BLUE, linewidth=1.5)
    if minimizer is not None:
        ax.axvline(
            minimizer, color=style.GREY, linestyle="--", linewidth=1, label="minimiser $x^*$"
        )
    ax.plot(
        best_so_far(trace),
        rows,
        "o",
        markersize=9,
        markerfacecolor="none",
        markeredgecolor=style.GREEN,
        markeredgewidth=1.5,
        zorder=3,
        label="best so far",
    )
    ax.plot(
        [seen.x for seen in trace],
        rows,
        "o",
        color=style.RED,
        markersize=4.5,
        zorder=4,
        label="evaluated",
    )
    ax.set_ylim(len(trace) + 0.6, 0.4)
    ax.set_yticks(rows)
    ax.set_xlim(low - 0.02 * (high - low), high + 0.02 * (high - low))
    ax.set_xlabel("x")
    ax.set_ylabel("evaluation")
    style.tidy(ax, grid=False)
    ax.legend(
        frameon=False,
        fontsize=9,
        ncols=3,
        loc="lower right",
        bbox_to_anchor=(1.0, 1.0),
        handletextpad=0.3,
    )
    return ax
