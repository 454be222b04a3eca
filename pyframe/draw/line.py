"""A step-size search: its trials on phi, coloured by the verdict on each.

With phi(0) and phi'(0) known, the tangent ``phi(0) + alpha phi'(0)`` and Armijo's line
``phi(0) + c1 alpha phi'(0)`` are drawn as well (lecture, section 1).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from pyframe.draw import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from pyframe.results import LineSearchResult, Trial

LOG_SPAN = 50.0
"""Trials whose steps differ by a larger factor are drawn on a logarithmic axis."""
SYMLOG_SPAN = 1e3
"""Values that spread wider than this, against those near phi(0), are compressed."""


def draw_line_search(
    result: LineSearchResult,
    ax: Axes | None = None,
    *,
    phi: Callable[[float], float] | None = None,
    start: tuple[float, float] | None = None,
    c1: float | None = None,
) -> Axes:
    r"""The trials of a search, numbered in their order.

    Parameters
    ----------
    result : LineSearchResult
        From ``line_search(..., trace=True)``.
    ax : matplotlib.axes.Axes, optional
        Where to draw.
    phi : callable, optional
        ``phi(alpha)``, drawn as a curve.
    start : tuple of float, optional
        phi(0) and phi'(0), for the tangent at 0.  A result does not carry them.
    c1 : float, optional
        With `start`: draw Armijo's line for this fraction.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn on.

    Raises
    ------
    ParameterError
        When the result has no trace.

    Examples
    --------
    >>> import matplotlib; matplotlib.use("Agg")
    >>> import pyframe as pf
    >>> from pyframe.draw import draw_line_search
    >>> f, g = lambda x: float(x @ x), lambda x: 2 * x
    >>> r = pf.line_search(f, [4.0], [-8.0], g, "armijo", "backtracking", 2.0, trace=True)
    >>> ax = draw_line_search(r, phi=lambda a: (4 - 8 * a) ** 2, start=(16.0, -64.0), c1=0.1)
    >>> ax.get_xlabel()
    'step $\\alpha$'
    """
    trace: tuple[Trial, ...] = style.trace_of(result)
    ax = style.axes_or_new(ax)
    steps = np.array([trial.step for trial in trace])
    longest, shortest = float(steps.max()), float(steps.min())
    log = longest > LOG_SPAN * shortest
    low = shortest / 3 if log else 0.0
    alphas = np.geomspace(low, longest * 1.5, 600) if log else np.linspace(0, longest * 1.08, 600)

    heights = [trial.value for trial in trace if np.isfinite(trial.value)]
    if phi is not None:
        curve = np.array([phi(float(alpha)) for alpha in alphas])
        ax.plot(alphas, curve, color=style.BLACK, linewidth=1.3, label=r"$\varphi(\alpha)$")
    if start is not None:
        heights.append(start[0])
        _draw_start(ax, start, alphas, c1, log=log)
    _fit_heights(ax, heights, start)
    _draw_trials(ax, trace, heights)

    if log:
        ax.set_xscale("log")
        ax.set_xlim(alphas[0], alphas[-1])
    else:
        ax.set_xlim(-0.03 * longest, alphas[-1])
    ax.set_xlabel(r"step $\alpha$")
    ax.set_ylabel(r"$\varphi(\alpha)$")
    ax.set_title(
        f"{len(trace)} trial{'s' * (len(trace) != 1)}, {result.status}", fontsize=10, loc="left"
    )
    style.tidy(ax)
    ax.legend(frameon=False, fontsize=9)
    return ax


def _draw_start(
    ax: Axes,
    start: tuple[float, float],
    alphas: NDArray[np.float64],
    c1: float | None,
    *,
    log: bool,
) -> None:
    value, slope = start
    if log:  # which has no place for alpha = 0
        ax.axhline(value, color=style.GREY, linestyle=":", linewidth=1, label=r"$\varphi(0)$")
    else:
        ax.plot([0], [value], "o", color=style.BLACK, markersize=5)
    ax.plot(
        alphas,
        value + slope * alphas,
        color=style.GREY,
        linestyle=style.DASHES[1],
        linewidth=1.1,
        label="tangent at 0",
    )
    if c1 is not None:
        ax.plot(
            alphas,
            value + c1 * slope * alphas,
            color=style.ORANGE,
            linestyle=style.DASHES[3],
            linewidth=1.4,
            label=f"Armijo's line, $c_1$ = {c1:g}",
        )


def _fit_heights(ax: Axes, heights: list[float], start: tuple[float, float] | None) -> None:
    """Limits that show every trial; a tangent may leave the picture."""
    if not heights:
        return
    low, high = min(heights), max(heights)
    scale = abs(start[0]) if start else 0.0
    scale = scale or float(np.median(np.abs(heights))) or 1.0
    if high - low > SYMLOG_SPAN * scale:
        ax.set_yscale("symlog", linthresh=10.0 ** np.floor(np.log10(scale)))
        ax.set_ylim(low - scale, high * 10)
    else:
        margin = 0.16 * ((high - low) or abs(high) or 1.0)
        ax.set_ylim(low - margin, high + margin)


def _draw_trials(ax: Axes, trace: tuple[Trial, ...], heights: list[float]) -> None:
    """One marker for each trial; one that is not finite stands at the upper edge."""
    from matplotlib.patheffects import withStroke  # noqa: PLC0415  the optional extra, on first use

    ceiling = max(heights, default=1.0)
    for verdict, (colour, marker, words) in style.VERDICTS.items():
        chosen = [trial for trial in trace if trial.verdict == verdict]
        if not chosen:
            continue
        ax.scatter(
            [trial.step for trial in chosen],
            [trial.value if np.isfinite(trial.value) else ceiling for trial in chosen],
            s=64,
            color=colour,
            marker=marker,
            edgecolors="white",
            linewidths=0.8,
            zorder=4,
            label=words,
        )
    for number, trial in enumerate(trace, 1):
        finite = bool(np.isfinite(trial.value))
        ax.annotate(
            f"{number}" if finite else f"{number} ({trial.value})",
            (trial.step, trial.value if finite else ceiling),
            xytext=(0, 8),
            textcoords="offset points",
            ha="center",
            fontsize=style.SMALL,
            color=style.BLACK,
            zorder=5,
            path_effects=[withStroke(linewidth=2.5, foreground="white")],
        )
