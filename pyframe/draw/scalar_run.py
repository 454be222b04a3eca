"""A run of a scalar minimiser: how fast the bracket and the error shrink."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pyframe.draw import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from pyframe.results import Evaluation, ScalarResult


def best_so_far(trace: tuple[Evaluation, ...]) -> list[float]:
    """The lowest point known after each evaluation; NaN before the first finite value."""
    best, lowest, points = float("nan"), float("inf"), list[float]()
    for seen in trace:
        if seen.value < lowest:
            best, lowest = seen.x, seen.value
        points.append(best)
    return points


def draw_scalar(
    result: ScalarResult, ax: Axes | None = None, *, minimizer: float | None = None
) -> Axes:
    """Bracket width and error against evaluation, on a log axis.

    Parameters
    ----------
    result : ScalarResult
        From ``minimize_scalar(..., trace=True)``.
    ax : matplotlib.axes.Axes, optional
        Where to draw.
    minimizer : float, optional
        The exact minimiser; without it the error is the distance to the final x.

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
    >>> from pyframe.draw import draw_scalar
    >>> r = pf.minimize_scalar(lambda x: (x - 2) ** 2, (0, 6), trace=True)
    >>> draw_scalar(r, minimizer=2.0).get_xlabel()
    'evaluations of f'
    """
    trace = style.trace_of(result)
    ax = style.axes_or_new(ax)
    count = np.arange(1, len(trace) + 1)
    widths = np.array([seen.bracket[1] - seen.bracket[0] for seen in trace])
    target = result.x if minimizer is None else minimizer
    errors = np.abs(np.array(best_so_far(trace)) - target)

    ax.step(
        count,
        np.where(widths > 0, widths, np.nan),
        where="post",
        color=style.GREY,
        linewidth=1.3,
        label=r"bracket width $b - a$",
    )
    known = r"$|x_{\mathrm{best}} - x^*|$"
    final = r"$|x_{\mathrm{best}} - x_{\mathrm{final}}|$"
    ax.plot(
        count,
        np.where(errors > 0, errors, np.nan),  # a log axis has no place for 0
        color=style.BLUE,
        marker="o",
        markersize=4,
        linewidth=style.LINE,
        label=final if minimizer is None else known,
    )
    ax.set_yscale("log")
    ax.set_xlabel("evaluations of f")
    style.count_along_x(ax)
    ax.set_ylabel("distance along x")
    ax.set_title(f"{len(trace)} evaluations, {result.status}", fontsize=10, loc="left")
    style.tidy(ax)
    ax.legend(frameon=False, fontsize=9)
    return ax
