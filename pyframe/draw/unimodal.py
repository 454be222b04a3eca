"""What unimodal means (lecture, section 1): strictly down to x*, strictly up after it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pyframe.draw import style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array = NDArray[np.float64]


def _smooth(x: Array) -> Array:
    return 1.25 - 2.44 * x * np.exp(-((x / 0.75) ** 2))


def _cusp(x: Array) -> Array:
    away = np.abs(x - 0.6)
    return np.where(x < 0.6, 1.2 * away**0.5, 1.1 * away**0.6)


def _valleys(x: Array) -> Array:
    return 0.7 + 0.5 * np.cos(9 * x) - 0.35 * x


def _plateau(x: Array) -> Array:
    return np.maximum(np.maximum(0.3 - x, x - 0.65), 0.0)


class _Example(NamedTuple):
    title: str
    f: Callable[[Array], Array]
    minimizer: float | None
    """None for an example that is not unimodal."""


EXAMPLES = (
    _Example("smooth", _smooth, 0.75 / 2**0.5),
    _Example("neither convex nor smooth", _cusp, 0.6),
    _Example("two valleys", _valleys, None),
    _Example("a plateau", _plateau, None),
)


def draw_unimodal(figure: Figure | None = None) -> Figure:
    """Two functions that are unimodal, and two that are not.

    Parameters
    ----------
    figure : matplotlib.figure.Figure, optional
        An empty figure to draw on.

    Returns
    -------
    matplotlib.figure.Figure
        With four axes.

    Examples
    --------
    >>> import matplotlib; matplotlib.use("Agg")
    >>> from pyframe.draw import draw_unimodal
    >>> len(draw_unimodal().axes)
    4
    """
    figure = style.figure_or_new(figure, (9.6, 2.5))
    for ax, example in zip(figure.subplots(1, len(EXAMPLES)), EXAMPLES, strict=True):
        x = np.linspace(0, 1, 601)
        y = example.f(x)
        good = example.minimizer is not None
        ax.plot(x, y, color=style.BLUE if good else style.RED, linewidth=style.LINE)
        margin = 0.12 * (y.max() - y.min())
        ax.set_ylim(y.min() - 2 * margin, y.max() + margin)
        style.bare(ax)
        ticks, names = [0.0, 1.0], ["$a$", "$b$"]
        if example.minimizer is not None:
            low = float(example.f(np.array([example.minimizer]))[0])
            ax.plot([example.minimizer], [low], "o", color=style.GREEN, markersize=6)
            ax.vlines(example.minimizer, ax.get_ylim()[0], low, colors=style.GREY, linestyles=":")
            ticks.insert(1, example.minimizer)
            names.insert(1, "$x^*$")
        ax.set_xticks(ticks, names)
        ax.set_title(f"{example.title}:\n{'unimodal' if good else 'not unimodal'}", fontsize=9.5)
    return figure
