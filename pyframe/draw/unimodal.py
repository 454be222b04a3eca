"""What unimodal means (lecture, section 1): strictly down to x*, strictly up after it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pyframe.draw import style

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

Array = NDArray[Any] if TYPE_CHECKING else Any


class _Example(NamedTuple):
    title: str
    f: Callable[[Array], Array]
    minimizer: float | None
    """None for an example that is not unimodal."""


EXAMPLES = (
    _Example("smooth", lambda x: 1.25 - 1.22 * x * np.exp(-((x / 0.75) ** 2)) * 2, 0.75 / 2**0.5),
    _Example(
        "neither convex nor smooth",
        lambda x: np.where(x < 0.6, 1.2 * np.abs(x - 0.6) ** 0.5, 1.1 * np.abs(x - 0.6) ** 0.6),
        0.6,
    ),
    _Example("two valleys", lambda x: 0.7 + 0.5 * np.cos(9 * x) - 0.35 * x, None),
    _Example(
        "a plateau", lambda x: 0.3 + np.clip(np.maximum(0.3 - x, x - 0.65), 0, None) * 2.2, None
    ),
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
