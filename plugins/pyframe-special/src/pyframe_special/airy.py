"""Airy's functions: solutions of y'' = x y."""

from __future__ import annotations

import scipy.special as sp

from pyframe_special.declare import helper

LINE = {"domain": (-8.0, 4.0), "reference": "DLMF, chapter 9"}

ai = helper("airy-ai", "Airy's function Ai.", "x", **LINE)(lambda x: sp.airy(x)[0])
aip = helper("airy-aip", "The derivative of Ai.", "x", **LINE)(lambda x: sp.airy(x)[1])
bi = helper("airy-bi", "Airy's function Bi.", "x", **LINE)(lambda x: sp.airy(x)[2])
bip = helper("airy-bip", "The derivative of Bi.", "x", **LINE)(lambda x: sp.airy(x)[3])

ai.rule(lambda y, x, dx: aip(x) * dx)
aip.rule(lambda y, x, dx: x * ai(x) * dx)
bi.rule(lambda y, x, dx: bip(x) * dx)
bip.rule(lambda y, x, dx: x * bi(x) * dx)


def airy(x):
    """Ai, Ai', Bi and Bi', as scipy.special.airy gives them."""
    return ai(x), aip(x), bi(x), bip(x)
