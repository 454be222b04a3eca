"""Bessel functions of any constant order: J, Y, I and K, the last two also scaled.

Each derivative is half the sum or difference of the neighbours in order, which divides by
nothing (DLMF 10.6.1, 10.29.1).
"""

from __future__ import annotations

import numpy as np
import scipy.special as sp

from pyframe_special.declare import special

ORDERS = [0, 0.5, 1, 2, 3.7]
LINE = {
    "differentiable": ("x",),
    "domain": {"v": ORDERS, "x": (0.0, np.inf)},
    "reference": "DLMF, chapter 10",
}

jv = special("jv", "The Bessel function of the first kind.", "v", "x", **LINE)(sp.jv)
yv = special("yv", "The Bessel function of the second kind.", "v", "x", **LINE)(sp.yv)
iv = special("iv", "The modified Bessel function of the first kind.", "v", "x", **LINE)(sp.iv)
kv = special("kv", "The modified Bessel function of the second kind.", "v", "x", **LINE)(sp.kv)
ive = special("ive", "exp(-x) iv(v, x).", "v", "x", **LINE)(sp.ive)
kve = special("kve", "exp(x) kv(v, x).", "v", "x", **LINE)(sp.kve)


@jv.rule
def _(y, v, x, dx):
    return 0.5 * (jv(v - 1, x) - jv(v + 1, x)) * dx


@yv.rule
def _(y, v, x, dx):
    return 0.5 * (yv(v - 1, x) - yv(v + 1, x)) * dx


@iv.rule
def _(y, v, x, dx):
    return 0.5 * (iv(v - 1, x) + iv(v + 1, x)) * dx


@kv.rule
def _(y, v, x, dx):
    return -0.5 * (kv(v - 1, x) + kv(v + 1, x)) * dx


@ive.rule
def _(y, v, x, dx):
    return (0.5 * (ive(v - 1, x) + ive(v + 1, x)) - np.sign(x) * y) * dx


@kve.rule
def _(y, v, x, dx):
    return (y - 0.5 * (kve(v - 1, x) + kve(v + 1, x))) * dx
