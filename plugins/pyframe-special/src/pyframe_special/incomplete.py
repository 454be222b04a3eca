"""Incomplete gamma and beta integrals in their limit, their inverses, and Student's t.

Each is the distribution function of a density, whose logarithm is written without division.
"""

from __future__ import annotations

import numpy as np
import scipy.special as sp

from pyframe_special.declare import special

UNIT = (0.0, 1.0)
POSITIVE = (0.0, np.inf)
SHAPES = (0.4, 8.0)
GAMMA = {
    "differentiable": ("x",),
    "domain": {"a": SHAPES, "x": POSITIVE},
    "reference": "DLMF, chapter 8",
}
BETA = {
    "differentiable": ("x",),
    "domain": {"a": SHAPES, "b": SHAPES, "x": UNIT},
    "reference": "DLMF, 8.17",
}


def gamma_density(a, x):
    """The density x^(a-1) exp(-x) / Gamma(a)."""
    return np.exp(sp.xlogy(a - 1, x) - x - sp.gammaln(a))


def beta_density(a, b, x):
    """The density x^(a-1) (1-x)^(b-1) / B(a, b)."""
    return np.exp(sp.xlogy(a - 1, x) + sp.xlog1py(b - 1, -x) - sp.betaln(a, b))


gammainc = special("gammainc", "The regularised lower gamma integral.", "a", "x", **GAMMA)(
    sp.gammainc
)
gammaincc = special("gammaincc", "The regularised upper gamma integral.", "a", "x", **GAMMA)(
    sp.gammaincc
)
gammaincinv = special(
    "gammaincinv", "The x at which gammainc(a, x) is p.", "a", "p",
    differentiable=("p",), domain={"a": SHAPES, "p": UNIT}, reference="DLMF, chapter 8",
)(sp.gammaincinv)  # fmt: skip
betainc = special("betainc", "The regularised beta integral.", "a", "b", "x", **BETA)(sp.betainc)
betaincc = special("betaincc", "1 - betainc(a, b, x).", "a", "b", "x", **BETA)(sp.betaincc)
betaincinv = special(
    "betaincinv", "The x at which betainc(a, b, x) is p.", "a", "b", "p",
    differentiable=("p",), domain={"a": SHAPES, "b": SHAPES, "p": UNIT}, reference="DLMF, 8.17",
)(sp.betaincinv)  # fmt: skip
stdtr = special(
    "stdtr", "The distribution function of Student's t.", "df", "t",
    differentiable=("t",), domain={"df": (1.0, 30.0), "t": (-5.0, 5.0)},
    reference="Abramowitz and Stegun, 26.7",
)(sp.stdtr)  # fmt: skip

gammainc.rule(lambda y, a, x, dx: gamma_density(a, x) * dx)
gammaincc.rule(lambda y, a, x, dx: -gamma_density(a, x) * dx)
gammaincinv.rule(lambda y, a, p, dp: dp / gamma_density(a, y))
betainc.rule(lambda y, a, b, x, dx: beta_density(a, b, x) * dx)
betaincc.rule(lambda y, a, b, x, dx: -beta_density(a, b, x) * dx)
betaincinv.rule(lambda y, a, b, p, dp: dp / beta_density(a, b, y))


@stdtr.rule
def _(y, df, t, dt):
    half = 0.5 * (df + 1)
    constant = sp.gammaln(half) - sp.gammaln(0.5 * df) - 0.5 * np.log(np.pi * df)
    return np.exp(constant - half * np.log1p(t * t / df)) * dt
