"""Acceptance regions: which steps each criterion takes on one phi (lecture, section 1).

Above, phi with the lines that the conditions compare it with; below, one strip for each
criterion.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from pyframe._parameters import Parameters
from pyframe.draw import style
from pyframe.draw.acceptance_lines import draw_lines
from pyframe.draw.regions import Function, acceptance_regions
from pyframe.errors import ParameterError
from pyframe.linesearch import criteria as known
from pyframe.registry.records import Configured, Record
from pyframe.results import Verdict

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LECTURE = (
    known.Armijo(c1=0.2),
    known.Goldstein(c=0.2),
    known.Curvature(c2=0.25),
    known.Wolfe(c1=0.2, c2=0.25),
    known.StrongWolfe(c1=0.2, c2=0.25),
)
"""The lecture's criteria, with parameters large enough to be seen."""

UPPER = 5.6


def example(alpha: float) -> float:
    """A phi with two valleys, on which the lecture's criteria all differ."""
    return 0.17 * (alpha - 3.1) ** 2 + 0.42 * math.cos(2.2 * alpha + 0.7)


def example_slope(alpha: float) -> float:
    """The derivative of :func:`example`."""
    return 0.34 * (alpha - 3.1) - 0.924 * math.sin(2.2 * alpha + 0.7)


def draw_acceptance(
    criteria: Any = LECTURE,
    ax: Axes | None = None,
    *,
    phi: Function = example,
    slope: Function = example_slope,
    upper: float = UPPER,
) -> Axes:
    r"""Draw phi and the steps that each criterion accepts, calls too long or too short.

    Parameters
    ----------
    criteria : str, parameter object, record, or a sequence of these
        Any that the registry knows; they are judged without history.
    ax : matplotlib.axes.Axes, optional
        Where to draw.
    phi, slope : callable
        ``phi(alpha)`` and ``phi'(alpha)``; ``slope(0) < 0``.
    upper : float
        Longest step shown.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn on.

    Raises
    ------
    ParameterError
        When no criterion is given, or phi does not fall at 0.

    Examples
    --------
    >>> import matplotlib; matplotlib.use("Agg")
    >>> import pyframe as pf
    >>> from pyframe.draw import draw_acceptance
    >>> ax = draw_acceptance(["armijo", pf.criteria.Wolfe(c2=0.5)])
    >>> ax.get_xlabel()
    'step $\\alpha$'
    """
    several = isinstance(criteria, list | tuple)
    chosen = cast("Sequence[Any]", criteria if several else (criteria,))
    if not chosen:
        raise ParameterError("criteria must name at least one criterion, got none")
    strips = [acceptance_regions(given, phi, slope, upper) for given in chosen]
    ax = style.axes_or_new(ax, (7.2, 3.7 + 0.34 * len(chosen)))

    alphas = np.linspace(0, upper, 700)
    curve = np.array([phi(float(alpha)) for alpha in alphas])
    finite = curve[np.isfinite(curve)]
    low, high = float(finite.min()), float(finite.max())
    ax.plot(alphas, curve, color=style.BLACK, linewidth=style.LINE, zorder=3)
    ax.plot([0], [phi(0.0)], "o", color=style.BLACK, markersize=5, zorder=4, clip_on=False)
    draw_lines(ax, chosen, phi, slope, upper, low - 0.12 * (high - low))

    share = _share(len(chosen))
    height = 1.06 * (high - low)
    bottom = low - 0.14 * (high - low)
    ax.set_ylim(bottom - height * share / (1 - share), bottom + 1.12 * height)
    ax.set_xlim(0, upper)
    _draw_strips(ax, chosen, strips, share)

    ax.set_xlabel(r"step $\alpha$")
    ax.set_yticks([phi(0.0)], [r"$\varphi(0)$"])
    style.tidy(ax, grid=False)
    _draw_legend(ax, {region.verdict for strip in strips for region in strip})
    return ax


def _share(count: int) -> float:
    """The part of the height that the strips take."""
    return min(0.62, 0.06 + 0.085 * count)


def _draw_strips(
    ax: Axes, criteria: Sequence[Any], strips: Sequence[Sequence[Any]], share: float
) -> None:
    """One strip for each criterion, in the lower part of the axes."""
    from matplotlib.transforms import blended_transform_factory  # noqa: PLC0415  optional extra

    place = blended_transform_factory(ax.transData, ax.transAxes)
    pitch = (share - 0.03) / len(criteria)
    for number, (given, strip) in enumerate(zip(criteria, strips, strict=True)):
        middle = share - 0.02 - (number + 0.5) * pitch
        for region in strip:
            accepted = region.verdict == Verdict.ACCEPT
            ax.barh(
                middle,
                region.high - region.low,
                height=pitch * (0.68 if accepted else 0.3),
                left=region.low,
                color=style.VERDICTS[region.verdict][0],
                alpha=1.0 if accepted else 0.35,
                linewidth=0,
                transform=place,
                zorder=2,
            )
        ax.text(
            -0.015,
            middle,
            describe(given),
            transform=ax.transAxes,
            ha="right",
            va="center",
            fontsize=9.5,
        )
    ax.axhline(0, alpha=0)  # keeps the limits: bars in axes units must not move them


def _draw_legend(ax: Axes, verdicts: set[Verdict]) -> None:
    from matplotlib.patches import Patch  # noqa: PLC0415  optional extra

    handles = [
        Patch(color=colour, alpha=1.0 if verdict == Verdict.ACCEPT else 0.35, label=words)
        for verdict, (colour, _, words) in style.VERDICTS.items()
        if verdict in verdicts
    ]
    ax.legend(
        handles=handles,
        ncols=len(handles),
        loc="lower right",
        bbox_to_anchor=(1.0, 1.0),
        frameon=False,
        fontsize=9,
    )


_SYMBOLS = {"c1": "$c_1$", "c2": "$c_2$", "c": "$c$", "delta": r"$\delta$", "sigma": r"$\sigma$"}


def describe(given: Any) -> str:
    """A criterion's name, with its parameters if they were chosen."""
    if isinstance(given, Configured):
        return _with(given.record.name, dict(given.parameters))
    if isinstance(given, Record):
        return given.name
    if isinstance(given, Parameters):
        values = {field.name: getattr(given, field.name) for field in fields(given)}  # pyright: ignore[reportArgumentType]
        parts = [describe(value) for value in values.values() if isinstance(value, Parameters)]
        if parts:
            return {"both": " & ", "either": " | "}.get(given.name, ", ").join(parts)
        return _with(given.name, values)
    return str(given)


def _with(name: str, parameters: dict[str, Any]) -> str:
    if not parameters:
        return name
    shown = (f"{_SYMBOLS.get(key, key)}={value:.3g}" for key, value in parameters.items())
    return f"{name}  ({', '.join(shown)})"
