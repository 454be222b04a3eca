"""The lines behind the acceptance regions: where each condition's boundary comes from.

Armijo and Goldstein bound phi by lines ``phi(0) + c alpha phi'(0)``; the curvature
condition ``phi'(alpha) >= c2 phi'(0)`` begins where the tangent has this slope (lecture,
section 1).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from pyframe.draw import style
from pyframe.draw.regions import acceptance_regions
from pyframe.linesearch import criteria as known
from pyframe.results import Verdict

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Function = Callable[[float], float]

DARK_ORANGE = "#8a5f00"
"""For words, which need more contrast than lines."""


def draw_lines(
    ax: Axes,
    criteria: Sequence[Any],
    phi: Function,
    slope: Function,
    upper: float,
    bottom: float,
) -> None:
    """The tangent at 0, and the lines that belong to the criteria's parameters.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    criteria : sequence
        Parameter objects of the lecture's criteria; others have no lines.
    phi, slope : callable
        ``phi(alpha)`` and ``phi'(alpha)``.
    upper : float
        Longest step shown.
    bottom : float
        Lines end at this height.
    """
    _draw_bounds(ax, _bounds(criteria), phi(0.0), slope(0.0), upper, bottom)
    for c2 in sorted({given.c2 for given in criteria if isinstance(given, _WITH_C2)}):
        _draw_tangents(ax, c2, phi, slope, upper)


_WITH_C2 = (known.Curvature, known.Wolfe, known.StrongWolfe)


def _bounds(criteria: Sequence[Any]) -> dict[float, list[str]]:
    """The factors of phi'(0), and the names of the parameters that they are."""
    bounds: dict[float, list[str]] = {}
    for given in criteria:
        if isinstance(given, known.Armijo | known.Wolfe | known.StrongWolfe):
            bounds.setdefault(given.c1, []).append("$c_1$")
        elif isinstance(given, known.Goldstein):
            bounds.setdefault(given.c, []).append("$c$")
            bounds.setdefault(1 - given.c, []).append("$1-c$")
    return bounds


def _draw_bounds(
    ax: Axes,
    bounds: dict[float, list[str]],
    value: float,
    slope: float,
    upper: float,
    bottom: float,
) -> None:
    words = {factor: " = ".join(dict.fromkeys(names)) for factor, names in bounds.items()}
    lines = [(factor, f"{words[factor]} = {factor:g}") for factor in sorted(words)]
    for number, (factor, text) in enumerate([*lines, (1.0, "tangent")]):
        tangent = factor == 1.0
        reach = min(upper, (bottom - value) / (factor * slope))
        ax.plot(
            [0, reach],
            [value, value + factor * slope * reach],
            color=style.GREY if tangent else style.ORANGE,
            linestyle=style.DASHES[3 if tangent else 1 + number % 2],
            linewidth=1.2,
            zorder=2,
        )
        # The tangent is labelled on its left; the others below their end, or where that is
        # out of sight on their right, high enough to be clear of phi's valleys.
        place = reach
        if tangent:
            side: dict[str, Any] = {"xytext": (-7, 1), "ha": "right", "va": "bottom"}
        elif reach == upper:
            side = {"xytext": (-2, -5), "ha": "right", "va": "top"}
        else:
            place = 0.45 * reach
            side = {"xytext": (6, 0), "ha": "left", "va": "center"}
        ax.annotate(
            text,
            (place, value + factor * slope * place),
            textcoords="offset points",
            fontsize=style.SMALL,
            color=style.GREY if tangent else DARK_ORANGE,
            **side,
        )


def _draw_tangents(ax: Axes, c2: float, phi: Function, slope: Function, upper: float) -> None:
    """A short tangent of slope c2 phi'(0) where the curvature condition begins to hold."""
    regions = acceptance_regions(known.Curvature(c2=c2), phi, slope, upper)
    steps = [r.low for r in regions if r.verdict == Verdict.ACCEPT and r.low > 0]
    half = 0.055 * upper
    for step in steps:
        ax.plot(
            [step - half, step + half],
            [phi(step) - c2 * slope(0.0) * half, phi(step) + c2 * slope(0.0) * half],
            color=style.PINK,
            linewidth=2.2,
            zorder=4,
        )
    if steps:  # the last one is far from the tangent at 0
        ax.annotate(
            rf"slope $c_2\,\varphi'(0)$, $c_2$ = {c2:g}",
            (steps[-1], phi(steps[-1])),
            xytext=(0, -11),
            textcoords="offset points",
            fontsize=style.SMALL,
            color="#9c3d75",
            ha="center",
            va="top",
        )
