"""Lambert's W, the inverse of w exp(w), on its two real branches."""

from __future__ import annotations

import numpy as np
import scipy.special as sp

from pyframe.errors import UnsupportedOperation
from pyframe_special.declare import helper

EDGE = -np.exp(-1.0)
REFERENCE = "DLMF, 4.13"

lambertw = helper(
    "lambertw", "W0 of a number >= -1/e.", "x", domain=(EDGE, np.inf), reference=REFERENCE
)(lambda x: np.real(sp.lambertw(np.real(x))))
lambertw_lower = helper(
    "lambertw-lower", "W-1 of a number in [-1/e, 0).", "x", domain=(EDGE, 0.0), reference=REFERENCE
)(lambda x: np.real(sp.lambertw(np.real(x), -1)))


@lambertw.rule
def _(y, x, dx):
    return np.exp(-y) / (1 + y) * dx


@lambertw_lower.rule
def _(y, x, dx):
    return np.exp(-y) / (1 + y) * dx


def principal_or_lower(x, k, tol):
    """What scipy.special.lambertw(x, k) is for real numbers; `tol` does not matter."""
    branches = {0: lambertw, -1: lambertw_lower}
    if np.ndim(k) or int(k) not in branches:
        raise UnsupportedOperation(
            "scipy.special.lambertw of traced values has the branches k = 0 and k = -1, "
            f"got k = {k}"
        )
    return branches[int(k)](x)
