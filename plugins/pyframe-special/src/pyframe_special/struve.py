"""Struve's functions H and L of any constant order (DLMF 11.4.24, 11.4.26)."""

from __future__ import annotations

import numpy as np
import scipy.special as sp

from pyframe_special.declare import special

LINE = {
    "differentiable": ("x",),
    "domain": {"v": [0, 0.5, 1, 2], "x": (0.0, np.inf)},
    "reference": "DLMF, chapter 11",
}

struve = special("struve", "Struve's function H.", "v", "x", **LINE)(sp.struve)
modstruve = special("modstruve", "Struve's modified function L.", "v", "x", **LINE)(sp.modstruve)


def leading(v, x):
    """The term (x/2)^v / (sqrt(pi) Gamma(v + 3/2)) that Bessel functions do not have."""
    return (0.5 * x) ** v * sp.rgamma(v + 1.5) / np.pi**0.5


@struve.rule
def _(y, v, x, dx):
    return 0.5 * (struve(v - 1, x) - struve(v + 1, x) + leading(v, x)) * dx


@modstruve.rule
def _(y, v, x, dx):
    return 0.5 * (modstruve(v - 1, x) + modstruve(v + 1, x) + leading(v, x)) * dx
