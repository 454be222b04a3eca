"""A search on a bracket, frame by frame (the lecture's ten frames of dichotomy).

Drawn from the trace alone, so it works for every scalar method.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from pyframe.draw import style
from pyframe.draw.scalar_run import best_so_far
from pyframe.errors import ParameterError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from pyframe.results import Evaluation, ScalarResult


_SHADE = 0.28
_CUT: dict[str, Any] = {
    "facecolor": "none",
    "edgecolor": style.RED,
    "alpha": 0.45,
    "hatch": "////",
    "linewidth": 0,
}
_RING: dict[str, Any] = {
    "markersize": 10,
    "markerfacecolor": "none",
    "markeredgecolor": style.GREEN,
    "markeredgewidth": 1.6,
}


def span(trace: tuple[Evaluation, ...]) -> tuple[float, float]:
    """The interval that holds every point and every bracket of a trace."""
    seen = [x for entry in trace for x in (entry.x, *entry.bracket) if math.isfinite(x)]
    return min(seen), max(seen)


def draw_frames(
    result: ScalarResult,
    f: Callable[[float], float] | None = None,
    figure: Figure | None = None,
    *,
    frames: int = 10,
    columns: int = 5,
    title: str = "",
) -> Figure:
    """One small picture for each evaluation: what is kept of the bracket, what is cut off.

    Parameters
    ----------
    result : ScalarResult
        From ``minimize_scalar(..., trace=True)``.
    f : callable, optional
        The function, drawn as a curve.
    figure : matplotlib.figure.Figure, optional
        An empty figure to draw on.
    frames : int
        The first so many evaluations, >= 1.
    columns : int
        Pictures in a row, >= 1.
    title : str
        Above the whole.

    Returns
    -------
    matplotlib.figure.Figure
        With one axes for each frame.

    Raises
    ------
    ParameterError
        When the result has no trace, or `frames` or `columns` is below 1.

    Examples
    --------
    >>> import matplotlib; matplotlib.use("Agg")
    >>> import pyframe as pf
    >>> from pyframe.draw import draw_frames
    >>> f = lambda x: (x - 2) ** 2
    >>> r = pf.minimize_scalar(f, (0, 6), method="dichotomy", trace=True)
    >>> len(draw_frames(r, f, frames=10).axes)
    10
    """
    if frames < 1 or columns < 1:
        raise ParameterError(f"frames and columns must be >= 1, got {frames} and {columns}")
    trace = style.trace_of(result)
    low, high = span(trace)
    best = best_so_far(trace)
    frames = min(frames, len(trace))
    columns = min(columns, frames)
    rows = math.ceil(frames / columns)
    figure = style.figure_or_new(figure, (2.1 * columns + 0.3, 1.75 * rows + 0.7))
    panels = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel()
    xs = np.linspace(low, high, 300)
    curve = None if f is None else np.array([f(float(x)) for x in xs])
    for number, ax in enumerate(panels):
        if number >= frames:
            ax.remove()
            continue
        if curve is not None:
            ax.plot(xs, curve, color=style.GREY, linewidth=1.2, zorder=2)
        before = trace[number - 1].bracket if number else (low, high)
        _draw_frame(ax, trace, number, best[number], before)
        ax.set_xlim(low - 0.03 * (high - low), high + 0.03 * (high - low))
        ax.margins(y=0.12)
        if number + columns >= frames:
            ax.set_xlabel("x", fontsize=9)
    if title:
        figure.suptitle(title, fontsize=11)
    _draw_legend(figure)
    return figure


def _draw_legend(figure: Figure) -> None:
    from matplotlib.lines import Line2D  # noqa: PLC0415  the optional extra, on first use
    from matplotlib.patches import Patch  # noqa: PLC0415

    handles = [
        Line2D([], [], color=style.RED, marker="o", markersize=6, linewidth=0),
        Line2D([], [], marker="o", linewidth=0, **_RING),
        Patch(facecolor=style.SKY, alpha=_SHADE),
        Patch(**_CUT),
    ]
    words = ["evaluated now", "best so far", "bracket kept", "cut off now"]
    figure.legend(
        handles,
        words,
        loc="outside lower center",
        ncols=len(words) if len(figure.axes) > 2 else 2,
        frameon=False,
        fontsize=9,
    )


def _draw_frame(
    ax: Axes,
    trace: tuple[Evaluation, ...],
    number: int,
    best: float,
    before: tuple[float, float],
) -> None:
    seen = trace[number]
    a, b = seen.bracket
    ax.axvspan(a, b, color=style.SKY, alpha=_SHADE, linewidth=0, zorder=0)
    for left, right in ((before[0], a), (b, before[1])):
        if right > left:
            ax.axvspan(left, right, zorder=0, **_CUT)
    for end in (a, b):  # so that a bracket narrower than a pixel is seen
        ax.axvline(end, color=style.BLUE, linewidth=style.THIN, zorder=1)
    earlier = [entry for entry in trace[:number] if math.isfinite(entry.value)]
    ax.plot(
        [entry.x for entry in earlier],
        [entry.value for entry in earlier],
        "o",
        color=style.BLACK,
        markersize=3.2,
        zorder=3,
    )
    if math.isfinite(seen.value):
        ax.plot([seen.x], [seen.value], "o", color=style.RED, markersize=6, zorder=4)
    lowest = [entry.value for entry in trace[: number + 1] if entry.x == best]
    if lowest:
        ax.plot(
            [best],
            [lowest[0]],
            "o",
            zorder=5,
            **_RING,
        )
    ax.set_title(f"{number + 1}:  $b - a$ = {b - a:.3g}", fontsize=9, loc="left", pad=3)
    style.tidy(ax, grid=False)
    ax.set_yticks([])
    ax.tick_params(labelsize=8)
