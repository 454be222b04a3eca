"""The lecture's figure 18: error against iteration for the scalar methods, log axis.

Dichotomy and golden section follow straight lines of slope log 1/2 and log 0.618 (thin:
the error they guarantee); parabolic interpolation is flat, then a cliff.  Random search
takes two evaluations in each iteration, as dichotomy may; counted by evaluations it is the
slowest, and that picture can be drawn too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pyframe.draw import style
from pyframe.draw.races import LOWER, RATES, UPPER, Race, race
from pyframe.errors import ParameterError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

AGAINST = ("iteration", "evaluation")

_BOUND = {"dichotomy": r"$(b-a)\,/\,2^{k+1}$", "golden": r"$(b-a)\,/\,(2\tau^k)$"}

HIDDEN = 2e-8
"""Relative errors below this are hidden by rounding, about ``sqrt(eps)``."""


def draw_comparison(
    runs: Sequence[Race] | None = None,
    ax: Axes | None = None,
    *,
    against: str = "iteration",
    width: float = UPPER - LOWER,
    floor: float = 4e-9,
) -> Axes:
    """Error against iteration, on a log axis.

    Parameters
    ----------
    runs : sequence of Race, optional
        From :func:`~pyframe.draw.race`; the lecture's five if it is not given.
    ax : matplotlib.axes.Axes, optional
        Where to draw.
    against : {"iteration", "evaluation"}
        What to count.  The reference lines belong to iterations.
    width : float
        b - a of the bounds, for the reference lines.
    floor : float
        Smaller errors are drawn here, > 0: below the rounding of f they are chance.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn on.

    Raises
    ------
    ParameterError
        When there are no runs, `floor` is not positive, or `against` is something else.

    Examples
    --------
    >>> import matplotlib; matplotlib.use("Agg")
    >>> from pyframe.draw import draw_comparison
    >>> draw_comparison().get_yscale()
    'log'
    """
    runs = race() if runs is None else runs
    if not runs:
        raise ParameterError("runs must hold at least one run, got none")
    if not floor > 0:
        raise ParameterError(f"floor must be > 0, got {floor}")
    if against not in AGAINST:
        raise ParameterError(f"against must be one of {', '.join(AGAINST)}, got {against!r}")
    ax = style.axes_or_new(ax, (7.2, 4.6))
    first = 0 if against == "iteration" else 1
    longest = 0
    drawn: set[tuple[float, ...]] = set()
    for number, run in enumerate(runs):
        errors = np.maximum(run.errors if first == 0 else run.by_evaluation, floor)
        count = np.arange(len(errors)) + first
        longest = max(longest, int(count[-1]))
        again = run.by_evaluation in drawn  # dashed and hollow, so that both stay visible
        drawn.add(run.by_evaluation)
        ax.plot(
            count,
            errors,
            color=style.CYCLE[number % len(style.CYCLE)],
            marker=style.MARKERS[number % len(style.MARKERS)],
            linestyle=style.DASHES[(number // len(style.CYCLE) + again) % len(style.DASHES)],
            markersize=9.0 if again else 4.5,
            markerfacecolor="none" if again else None,
            linewidth=1.6,
            label=run.name,
            zorder=3,
        )
    if first == 0:
        for number, run in enumerate(runs):
            if run.name in RATES:
                colour = style.CYCLE[number % len(style.CYCLE)]
                _draw_bound(ax, run.name, width, floor, colour)
    _shade_rounding(ax, longest, floor)
    ax.set_yscale("log")
    ax.set_ylim(floor / 3, 1.3 * width)
    ax.set_xlim(-0.02 * longest + first, 1.02 * longest)
    ax.set_xlabel("iteration $k$" if first == 0 else "evaluations of f")
    ax.set_ylabel(r"error of the best point, $|x_{\mathrm{best}} - x^*|$")
    style.count_along_x(ax)
    style.tidy(ax)
    ax.legend(frameon=False, fontsize=9, loc="upper right")
    return ax


def _draw_bound(ax: Axes, name: str, width: float, floor: float, colour: str) -> None:
    """The guaranteed error, a thin line of the slope that theory gives."""
    last = math.log(2 * floor / width) / math.log(RATES[name])
    ax.plot(
        [0.0, last],
        [width / 2, floor],
        color=colour,
        linestyle=style.DASHES[1],
        linewidth=style.THIN,
        label=_BOUND[name],
    )


def _shade_rounding(ax: Axes, longest: int, floor: float) -> None:
    ax.axhspan(floor / 9, HIDDEN, color=style.LIGHT, alpha=0.6, linewidth=0, zorder=0)
    ax.text(
        0.01 * longest,
        floor * 0.85,
        "hidden by the rounding of f",
        fontsize=style.SMALL,
        color=style.GREY,
        ha="left",
        va="top",
    )
