"""Golden section's key idea: a point that is kept cuts the new bracket in the same ratio.

``y = a + (b-a)/tau^2`` and ``z = a + (b-a)/tau`` with tau = (1 + sqrt 5)/2 (lecture,
section 1).  When f(y) <= f(z) the bracket becomes [a, z], and the old y is its new z.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pyframe.draw import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TAU = (1 + math.sqrt(5)) / 2


def draw_golden_section(ax: Axes | None = None) -> Axes:
    """Three brackets below each other, and the points that are used again.

    Parameters
    ----------
    ax : matplotlib.axes.Axes, optional
        Where to draw.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn on.

    Examples
    --------
    >>> import matplotlib; matplotlib.use("Agg")
    >>> from pyframe.draw import draw_golden_section
    >>> len(draw_golden_section().lines) > 0
    True
    """
    ax = style.axes_or_new(ax, (7.2, 3.6))
    a, b = 0.0, 1.0
    y, z = a + (b - a) / TAU**2, a + (b - a) / TAU
    second = (a, a + (z - a) / TAU**2, y, z)
    third = (second[1], second[2], second[1] + (z - second[1]) / TAU, z)
    rows = (
        (0.0, (a, y, z, b), (y, z), r"$f(y) \leq f(z)$: keep $[a, z]$"),
        (-1.0, second, (second[1],), r"$f(y) > f(z)$: keep $[y, b]$"),
        (-2.0, third, (third[2],), ""),
    )
    for height, (low, left, right, high), new, words in rows:
        ax.plot([low, high], [height, height], color=style.BLACK, linewidth=1.6, zorder=2)
        for x, name in zip((low, left, right, high), "ayzb", strict=True):
            ax.text(x, height + 0.13, f"${name}$", ha="center", va="bottom", fontsize=11)
            inside = x in (left, right)
            colour = style.RED if x in new else style.BLUE
            if inside:
                ax.plot([x], [height], "o", color=colour, markersize=8, zorder=3)
            else:
                ax.plot([x], [height], "|", color=style.BLACK, markersize=14, mew=1.6, zorder=3)
        ax.text(1.05, height, words, va="center", fontsize=9.5)
    for x, top, bottom in ((y, 0.0, -1.0), (second[1], -1.0, -2.0), (second[2], -1.0, -2.0)):
        kept = x in (y, second[2])
        ax.plot(
            [x, x],
            [top - 0.1, bottom + 0.4],
            linestyle=":",
            color=style.BLUE if kept else style.GREY,
            linewidth=1.3,
            zorder=1,
        )
    _measure(ax, 0.42, 0.0, z, r"$(b-a)/\tau$")
    _measure(ax, 0.42, z, b, r"$(b-a)/\tau^2$")
    ax.plot([], [], "o", color=style.RED, markersize=8, label="evaluated now")
    ax.plot([], [], "o", color=style.BLUE, markersize=8, label="known, used again")
    ax.legend(frameon=False, fontsize=9, loc="lower right", ncols=1)
    ax.set_xlim(-0.04, 1.5)
    ax.set_ylim(-2.45, 0.85)
    ax.set_axis_off()
    return ax


def _measure(ax: Axes, height: float, left: float, right: float, words: str) -> None:
    """An arrow with two heads, and how long it is."""
    ax.annotate(
        "",
        (left, height),
        (right, height),
        arrowprops={"arrowstyle": "<->", "color": style.GREY, "shrinkA": 1, "shrinkB": 1},
    )
    ax.text((left + right) / 2, height + 0.06, words, ha="center", va="bottom", fontsize=9.5)
