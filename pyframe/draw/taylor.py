"""The first-order model of phi: ``phi(0) + alpha phi'(0)``, with phi'(0) = grad f . d.

It promises a decrease proportional to alpha and is right up to o(alpha) (lecture,
section 1); the criteria ask for a part of what it promises.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pyframe.draw import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

AT = 1.15
"""Where the error of the model is measured."""


def draw_taylor_model(ax: Axes | None = None) -> Axes:
    """phi, its tangent at 0, and the gap between them.

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
    >>> from pyframe.draw import draw_taylor_model
    >>> len(draw_taylor_model().lines)
    4
    """
    ax = style.axes_or_new(ax, (6.0, 3.6))
    alpha = np.linspace(0, 2.3, 400)
    phi = np.polynomial.Polynomial([1.0, -1.0, 0.36, 0.06])
    slope = float(phi.deriv()(0.0))
    ax.plot(alpha, phi(alpha), color=style.BLUE, linewidth=style.LINE)
    line = np.array([0.0, 1.45])
    ax.plot(
        line, phi(0.0) + slope * line, color=style.RED, linewidth=1.5, linestyle=style.DASHES[1]
    )
    ax.plot([0], [phi(0.0)], "o", color=style.BLACK, markersize=6, zorder=4, clip_on=False)
    model, value = float(phi(0.0) + slope * AT), float(phi(AT))
    ax.annotate(
        "",
        (AT, model),
        (AT, value),
        arrowprops={"arrowstyle": "<->", "color": style.GREY, "shrinkA": 0, "shrinkB": 0},
    )
    ax.plot([AT, AT], [-0.55, model], linestyle=":", color=style.GREY, linewidth=1)
    ax.text(AT + 0.05, (model + value) / 2, r"$o(\alpha)$", fontsize=12, va="center")
    ax.text(
        1.95,
        0.98,
        r"$\varphi(\alpha) = f(x + \alpha d)$",
        color=style.BLUE,
        fontsize=11,
        ha="right",
    )
    ax.text(
        0.74, -0.02, r"$\varphi(0) + \alpha\,\varphi'(0)$", color=style.RED, fontsize=11, ha="right"
    )
    style.bare(ax)
    ax.set_xlim(0, 2.35)
    ax.set_ylim(-0.55, 1.25)
    ax.set_xticks([0, AT], ["0", r"$\alpha$"])
    ax.set_yticks([float(phi(0.0))], [r"$\varphi(0)$"])
    return ax
