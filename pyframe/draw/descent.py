"""A run of ``minimize``, or several: value and gradient against iteration, log axis."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import fill
from typing import TYPE_CHECKING

import numpy as np

from pyframe.draw import style
from pyframe.errors import ParameterError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

    from pyframe.results import OptimizeResult

LEGEND_WIDTH = 34
"""Characters in a line of the legend."""


def draw_descent(
    result: OptimizeResult, ax: Axes | None = None, *, minimum: float | None = None
) -> Axes:
    r"""Value and gradient against iteration, on a log axis.

    Parameters
    ----------
    result : OptimizeResult
        From ``minimize(..., trace=True)``.
    ax : matplotlib.axes.Axes, optional
        Where to draw.
    minimum : float, optional
        The least value of f; without it, the least of the run, whose own point is then
        missing from the logarithmic axis.

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
    >>> import numpy as np, pyframe as pf
    >>> from pyframe.draw import draw_descent
    >>> scale = np.array([1.0, 10.0])
    >>> r = pf.minimize(lambda x: scale @ x**2, [1.0, 1.0], lambda x: 2 * scale * x, trace=True)
    >>> [line.get_label() for line in draw_descent(r, minimum=0.0).lines][1]
    '$\\|\\nabla f\\|_\\infty$'
    """
    trace = style.trace_of(result)
    ax = style.axes_or_new(ax)
    steps = [seen.iteration for seen in trace]
    values = np.array([seen.fun for seen in trace])
    lowest = float(values.min()) if minimum is None else minimum
    gradients = np.array([np.max(np.abs(seen.jac)) for seen in trace])
    above = r"$f - f_{\mathrm{min}}$" if minimum is None else r"$f - f^*$"
    size = 4 if len(steps) <= 60 else 0
    for heights, label, colour, marker in (
        (values - lowest, above, style.BLUE, "o"),
        (gradients, r"$\|\nabla f\|_\infty$", style.RED, "s"),
    ):
        ax.plot(
            steps,
            np.where(heights > 0, heights, np.nan),
            color=colour,
            marker=marker,
            markersize=size,
            linewidth=style.LINE,
            label=label,
        )
    ax.set_yscale("log")
    ax.set_xlabel("iteration")
    style.count_along_x(ax)
    ax.set_title(
        f"{result.nit} iterations, {result.nfev} evaluations of f, {result.status}",
        fontsize=10,
        loc="left",
    )
    style.tidy(ax)
    ax.legend(frameon=False, fontsize=9)
    return ax


def draw_losses(
    losses: Mapping[str, ArrayLike],
    ax: Axes | None = None,
    *,
    minimum: float,
    floor: float = 1e-12,
    log_iterations: bool = False,
) -> Axes:
    """The height above the minimum against iteration, for several runs.

    Runs that nobody could tell apart, within 2 % all the way, share a line and an entry of
    the legend.

    Parameters
    ----------
    losses : mapping of str to array_like
        f after 0, 1, 2, ... iterations, shape (nit + 1,), for each name.
    ax : matplotlib.axes.Axes, optional
        Where to draw.
    minimum : float
        The least value of f.
    floor : float
        What is nearer to the minimum than this is drawn here, > 0: rounding.
    log_iterations : bool
        Draw iterations on a log axis as well, counted from 1.

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
    >>> from pyframe.draw import draw_losses
    >>> ax = draw_losses({"armijo": [1.0, 0.5, 0.1], "wolfe": [1.0, 0.2]}, minimum=0.0)
    >>> ax.get_ylabel()
    '$f - f^*$'
    """
    if not losses:
        raise ParameterError("losses must hold at least one run, got an empty mapping")
    if not floor > 0:
        raise ParameterError(f"floor must be > 0, got {floor}")
    ax = style.axes_or_new(ax)
    groups: list[tuple[list[str], NDArray[np.float64]]] = []
    for name, given in losses.items():
        heights = np.maximum(np.asarray(given, dtype=float) - minimum, floor)
        for names, other in groups:
            if heights.shape == other.shape and np.allclose(heights, other, rtol=0.02, atol=0):
                names.append(name)
                break
        else:
            groups.append(([name], heights))
    for number, (names, heights) in enumerate(groups):
        count = np.arange(len(heights)) + (1 if log_iterations else 0)
        ax.plot(
            count,
            heights,
            label=fill(", ".join(names), LEGEND_WIDTH, break_on_hyphens=False),
            color=style.CYCLE[number % len(style.CYCLE)],
            linestyle=style.DASHES[number // len(style.CYCLE) % len(style.DASHES)],
            # Not the marker that the same colour had last time around.
            marker=style.MARKERS[(number + number // len(style.CYCLE)) % len(style.MARKERS)],
            markersize=4,
            markevery=_sparse(len(heights), number, log_iterations=log_iterations),
            linewidth=1.4,
        )
    ax.set_yscale("log")
    if log_iterations:
        ax.set_xscale("log")
    else:
        style.count_along_x(ax)
    ax.set_xlabel("iteration + 1" if log_iterations else "iteration")
    ax.set_ylabel(r"$f - f^*$")
    style.tidy(ax)
    ax.legend(
        frameon=False,
        fontsize=style.SMALL,
        loc="center left",
        bbox_to_anchor=(1.0, 0.5),
        handlelength=3.6,  # room for the dashes on both sides of the marker
    )
    return ax


def _sparse(length: int, number: int, *, log_iterations: bool) -> list[int]:
    """Where the markers of a run go: a few, and not where those of its neighbours are."""
    shift = (number % 7) / 7
    if log_iterations:
        places = np.geomspace(1, length, 7)[:-1] * (length ** (shift / 6)) - 1
    else:
        places = (np.arange(6) + shift) / 6 * (length - 1)
    return sorted({int(place) for place in places if place < length})
