"""How the pictures look, and the one door to matplotlib.

Colours are those of Okabe and Ito (2008), which stay apart for colour-blind readers; where
two lines could still be mistaken, they differ in marker or dash as well.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from pyframe.errors import ParameterError, ParameterTypeError, PyframeError
from pyframe.results import Verdict

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLACK, GREY, LIGHT = "#222222", "#767676", "#dddddd"
ORANGE, SKY, GREEN = "#E69F00", "#56B4E9", "#009E73"
BLUE, RED, PINK = "#0072B2", "#D55E00", "#CC79A7"

CYCLE = (BLUE, RED, GREEN, PINK, ORANGE, SKY, BLACK)
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
DASHES: tuple[Any, ...] = ("-", (0, (5, 1.5)), (0, (1, 1.2)), (0, (5, 1.5, 1, 1.5)))

VERDICTS = {
    Verdict.ACCEPT: (GREEN, "o", "accepted"),
    Verdict.TOO_LONG: (RED, "v", "too long"),
    Verdict.TOO_SHORT: (BLUE, "^", "too short"),
    Verdict.STALL: (GREY, "X", "stall"),
}
"""Colour, marker and words of each verdict."""

LINE = 1.8
THIN = 0.9
SMALL = 8.5


class MatplotlibMissingError(PyframeError, ImportError):
    """Pictures were asked for and matplotlib is not installed."""


def require_matplotlib() -> None:
    """Raise unless matplotlib can be imported.

    Raises
    ------
    MatplotlibMissingError
        With the command that installs it.
    """
    try:
        import_module("matplotlib")
    except ImportError as error:
        raise MatplotlibMissingError(
            f"pictures need matplotlib ({error}): pip install pyframe[plot]"
        ) from error


def axes_or_new(ax: Axes | None, size: tuple[float, float] = (6.4, 4.2)) -> Axes:
    """The axes given, or those of a new pyplot figure of this size in inches.

    Raises
    ------
    ParameterTypeError
        When `ax` is something else than matplotlib axes.
    """
    require_matplotlib()
    from matplotlib.axes import Axes  # noqa: PLC0415  the optional extra, on first use

    if ax is None:
        return new_figure(size).subplots()
    if not isinstance(ax, Axes):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ParameterTypeError(f"ax must be matplotlib axes, got {type(ax).__name__}")
    return ax


def new_figure(size: tuple[float, float]) -> Figure:
    """A new pyplot figure of this size in inches, laid out without overlaps."""
    require_matplotlib()
    from matplotlib import pyplot as plt  # noqa: PLC0415  the optional extra, on first use

    return plt.figure(figsize=size, layout="constrained")


def figure_or_new(figure: Figure | None, size: tuple[float, float]) -> Figure:
    """The figure given, which must be empty, or a new one.

    Raises
    ------
    ParameterTypeError, ParameterError
        When `figure` is no figure, or has axes already.
    """
    if figure is None:
        return new_figure(size)
    require_matplotlib()
    from matplotlib.figure import FigureBase  # noqa: PLC0415  the optional extra, on first use

    if not isinstance(figure, FigureBase):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ParameterTypeError(f"figure must be a matplotlib figure, got {type(figure).__name__}")
    if figure.axes:
        raise ParameterError(f"figure must be empty, got one with {len(figure.axes)} axes")
    return figure


def tidy(ax: Axes, *, grid: bool = True) -> None:
    """Two spines, a faint grid behind the data, small ticks."""
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        ax.spines[side].set_color(GREY)
    ax.tick_params(which="both", color=GREY, labelsize=9)
    ax.set_axisbelow(True)
    if grid:
        ax.grid(visible=True, which="major", color=LIGHT, linewidth=0.6)


def count_along_x(ax: Axes) -> None:
    """Ticks at whole numbers only."""
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415  the optional extra, on first use

    ax.xaxis.set_major_locator(MaxNLocator("auto", integer=True, steps=[1, 2, 5, 10]))


def bare(ax: Axes) -> None:
    """No ticks at all, for sketches whose scale means nothing."""
    tidy(ax, grid=False)
    ax.set_xticks([])
    ax.set_yticks([])


def trace_of(result: Any) -> tuple[Any, ...]:
    """The trace of a result.

    Raises
    ------
    ParameterError
        When the run kept none.
    """
    trace = getattr(result, "trace", None)
    if not trace:
        why = "is empty" if trace is not None else "was not kept: run again with trace=True"
        raise ParameterError(f"there is nothing to draw: the trace of this result {why}")
    return tuple(trace)
