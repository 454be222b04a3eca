"""The zeta function of Hurwitz, sum (k + q)^-x over k >= 0, in its shift q."""

from __future__ import annotations

import numpy as np
import scipy.special as sp

from pyframe_special.declare import special

zeta = special(
    "zeta", "Hurwitz' zeta function.", "x", "q", scipy="_zeta",
    differentiable=("q",), domain={"x": [1.5, 2, 3, 4.2], "q": (0.0, np.inf)},
    reference="DLMF, 25.11.17",
)(sp.zeta)  # fmt: skip


@zeta.rule
def _(y, x, q, dq):
    return -x * zeta(x + 1, q) * dq
