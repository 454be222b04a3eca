"""The lecture's figure 18: error against iteration for the scalar methods, log axis.

Dichotomy and golden section are straight lines of slope log 1/2 and log 0.618 (thin, for
reference); parabolic interpolation is flat, then a cliff; random search is slowest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pyframe.draw import style
from pyframe.draw.races import LOWER, RATES, UPPER, Race, race
from pyframe.errors import ParameterError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_BOUND = {"dichotomy": r"$(b-a)/2^{k+1}$", "golden": r"$(b-a)\,\tau^{-k}/2$"}


def draw_comparison(
    runs: Sequence[Race] | None = None,
    ax: Axes | None = None,
    *,
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
    width : float
        b - a of the bounds, for the reference lines.
    floor : float
        Smaller errors are drawn here, > 0: chance, not merit, below the rounding of f.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn on.

    Raises
    ------
    ParameterError
        When there are no runs, or `floor` is not positive.

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
    ax = style.axes_or_new(ax, (7.2, 4.6))
    longest = max(len(run.errors) for run in runs)
    for number, run in enumerate(runs):
        errors = np.maximum(run.errors, floor)
        ax.plot(
            range(len(errors)),
            errors,
            color=style.CYCLE[number % len(style.CYCLE)],
            marker=style.MARKERS[number % len(style.MARKERS)],
            linestyle=style.DASHES[number // len(style.CYCLE) % len(style.DASHES)],
            markersize=4,
            linewidth=1.4,
            label=run.name,
            zorder=3,
        )
        if run.name in RATES:
            _draw_bound(ax, run.name, width, floor, style.CYCLE[number % len(style.CYCLE)])
    ax.set_yscale("log")
    ax.axhspan(floor / 3, 2e-8, color=style.LIGHT, alpha=0.6, linewidth=0, zorder=0)
    ax.text(
        longest - 1,
        1.5e-8,
        "hidden by the rounding of f",
        fontsize=style.SMALL,
        color=style.GREY,
        ha="right",
        va="top",
    )
    ax.set_ylim(floor / 1.6, width)
    ax.set_xlim(-0.6, longest)
    ax.set_xlabel("iteration $k$")
    ax.set_ylabel(r"error $|x_k - x^*|$")
    style.tidy(ax)
    ax.legend(frameon=False, fontsize=9, loc="upper right")
    return ax


def _draw_bound(ax: Axes, name: str, width: float, floor: float, colour: str) -> None:
    """The guaranteed error, a thin line of the slope that theory gives, and its formula."""
    last = np.log(2 * floor / width) / np.log(RATES[name])
    k = np.array([0.0, last])
    ax.plot(k, width / 2 * RATES[name] ** k, color=colour, linewidth=style.THIN, alpha=0.8)
    at = 0.62 * last
    ax.annotate(
        _BOUND[name],
        (at, width / 2 * RATES[name] ** at),
        xytext=(5, 4),
        textcoords="offset points",
        fontsize=9,
        color=colour,
    )
