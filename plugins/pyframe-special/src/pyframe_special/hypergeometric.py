"""Hypergeometric functions in their variable, and what is one of them in disguise.

A derivative raises the parameters by one (DLMF 13.3.15, 15.5.1), so it has no singularity where
the usual formulas for elliptic integrals and the dilogarithm divide 0 by 0.
"""

from __future__ import annotations

import numpy as np
import scipy.special as sp

from pyframe_special.declare import special

ONE_SIDED = (-np.inf, 1.0)
PARAMETERS = (0.5, 3.0)

hyp0f1 = special(
    "hyp0f1", "The confluent function 0F1(; v; x).", "v", "x",
    differentiable=("x",), domain={"v": PARAMETERS, "x": (-4.0, 4.0)}, reference="DLMF, 16.3.1",
)(sp.hyp0f1)  # fmt: skip
hyp1f1 = special(
    "hyp1f1", "Kummer's function 1F1(a; b; x).", "a", "b", "x",
    differentiable=("x",), domain={"a": PARAMETERS, "b": PARAMETERS, "x": (-3.0, 3.0)},
    reference="DLMF, 13.3.15",
)(sp.hyp1f1)  # fmt: skip
hyp2f1 = special(
    "hyp2f1", "Gauss' function 2F1(a, b; c; x).", "a", "b", "c", "x",
    differentiable=("x",),
    domain={"a": PARAMETERS, "b": PARAMETERS, "c": (1.0, 4.0), "x": (-0.9, 0.9)},
    reference="DLMF, 15.5.1",
)(sp.hyp2f1)  # fmt: skip
ellipk = special(
    "ellipk", "The complete elliptic integral of the first kind.", "m",
    domain=ONE_SIDED, reference="DLMF, 19.5.1",
)(sp.ellipk)  # fmt: skip
ellipe = special(
    "ellipe", "The complete elliptic integral of the second kind.", "m",
    domain=ONE_SIDED, reference="DLMF, 19.5.2",
)(sp.ellipe)  # fmt: skip
spence = special(
    "spence", "The dilogarithm of 1 - x.", "x", domain=(0.0, np.inf), reference="DLMF, 25.12.2"
)(sp.spence)

hyp0f1.rule(lambda y, v, x, dx: hyp0f1(v + 1, x) / v * dx)
hyp1f1.rule(lambda y, a, b, x, dx: a / b * hyp1f1(a + 1, b + 1, x) * dx)
hyp2f1.rule(lambda y, a, b, c, x, dx: a * b / c * hyp2f1(a + 1, b + 1, c + 1, x) * dx)
ellipk.rule(lambda y, m, dm: np.pi / 8 * hyp2f1(1.5, 1.5, 2.0, m) * dm)
ellipe.rule(lambda y, m, dm: -np.pi / 8 * hyp2f1(0.5, 1.5, 2.0, m) * dm)
spence.rule(lambda y, x, dx: -hyp2f1(1.0, 1.0, 2.0, 1 - x) * dx)
