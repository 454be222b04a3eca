"""Integrals of elementary functions: exponential, sine and cosine, Fresnel's, Dawson's, error."""

from __future__ import annotations

import numpy as np
import scipy.special as sp

from pyframe_special.declare import helper, special

POSITIVE = (0.0, np.inf)

exp1 = special(
    "exp1", "The exponential integral E1.", "x", domain=POSITIVE, reference="DLMF, 6.2.1"
)(sp.exp1)
expi = special(
    "expi", "The exponential integral Ei.", "x", domain=POSITIVE, reference="DLMF, 6.2.5"
)(sp.expi)
dawsn = special("dawsn", "Dawson's integral.", "x", reference="DLMF, 7.2.5")(sp.dawsn)
erfcx = special("erfcx", "exp(x^2) erfc(x).", "x", reference="DLMF, 7.2")(sp.erfcx)
erfi = special("erfi", "-i erf(i x).", "x", reference="DLMF, 7.2")(sp.erfi)
fresnel_s = helper("fresnel-s", "Fresnel's sine integral.", "x", reference="DLMF, 7.2.8")(
    lambda x: sp.fresnel(x)[0]
)
fresnel_c = helper("fresnel-c", "Fresnel's cosine integral.", "x", reference="DLMF, 7.2.7")(
    lambda x: sp.fresnel(x)[1]
)
sine_integral = helper("sine-integral", "The sine integral.", "x", reference="DLMF, 6.2.9")(
    lambda x: sp.sici(x)[0]
)
cosine_integral = helper(
    "cosine-integral", "The cosine integral.", "x", domain=POSITIVE, reference="DLMF, 6.2.11"
)(lambda x: sp.sici(x)[1])

exp1.rule(lambda y, x, dx: -np.exp(-x) / x * dx)
expi.rule(lambda y, x, dx: np.exp(x) / x * dx)
dawsn.rule(lambda y, x, dx: (1 - 2 * x * y) * dx)
erfcx.rule(lambda y, x, dx: (2 * x * y - 2 / np.pi**0.5) * dx)
erfi.rule(lambda y, x, dx: 2 / np.pi**0.5 * np.exp(x * x) * dx)
fresnel_s.rule(lambda y, x, dx: np.sin(0.5 * np.pi * x * x) * dx)
fresnel_c.rule(lambda y, x, dx: np.cos(0.5 * np.pi * x * x) * dx)
sine_integral.rule(lambda y, x, dx: np.sinc(x / np.pi) * dx)
cosine_integral.rule(lambda y, x, dx: np.cos(x) / x * dx)


def fresnel(x):
    """Both integrals of Fresnel, as scipy.special.fresnel gives them."""
    return fresnel_s(x), fresnel_c(x)


def sici(x):
    """Sine and cosine integral, as scipy.special.sici gives them."""
    return sine_integral(x), cosine_integral(x)
