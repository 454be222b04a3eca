"""Owen's T and the profile of Voigt: integrals of the normal density in two directions."""

from __future__ import annotations

import numpy as np
import scipy.special as sp

from pyframe_special.declare import helper, special

POSITIVE = (0.0, np.inf)

owens_t = special(
    "owens_t", "Owen's T function.", "h", "a", reference="Owen, Ann. Math. Statist. 27 (1956) 1075"
)(sp.owens_t)


@owens_t.rule
def _(y, h, a, dh, da):
    # T = 1/(2 pi) int_0^a exp(-h^2 (1 + t^2) / 2) / (1 + t^2) dt
    along_h = -np.exp(-0.5 * h * h) * sp.erf(a * h * 0.5**0.5) / (8 * np.pi) ** 0.5
    along_a = np.exp(-0.5 * h * h * (1 + a * a)) / (2 * np.pi * (1 + a * a))
    return along_h * dh + along_a * da


PROFILE = {
    "domain": {"x": (-3.0, 3.0), "sigma": (0.3, 3.0), "gamma": (0.1, 3.0)},
    "reference": "DLMF, 7.19",
}


def _faddeeva(x, sigma, gamma):
    return sp.wofz((x + 1j * gamma) / (sigma * 2**0.5)) / (sigma * (2 * np.pi) ** 0.5)


voigt_profile = special(
    "voigt_profile", "A normal density spread by one of Cauchy.", "x", "sigma", "gamma", **PROFILE
)(sp.voigt_profile)
dispersion = helper(
    "voigt-dispersion", "The conjugate of the profile of Voigt.", "x", "sigma", "gamma", **PROFILE
)(lambda x, sigma, gamma: np.imag(_faddeeva(x, sigma, gamma)))

# V + i L = w(z) / (sigma sqrt(2 pi)) with z = (x + i gamma) / (sigma sqrt 2), and
# w' = -2 z w + 2 i / sqrt(pi).


def _slopes(v, conjugate, x, sigma, gamma):
    """The derivatives of V and of L along x."""
    square = sigma * sigma
    return (
        -(x * v - gamma * conjugate) / square,
        (1 / np.pi - x * conjugate - gamma * v) / square,
    )


@voigt_profile.rule
def _(y, x, sigma, gamma, dx, dsigma, dgamma):
    vx, lx = _slopes(y, dispersion(x, sigma, gamma), x, sigma, gamma)
    return vx * dx - lx * dgamma - (y + x * vx - gamma * lx) / sigma * dsigma


@dispersion.rule
def _(y, x, sigma, gamma, dx, dsigma, dgamma):
    vx, lx = _slopes(voigt_profile(x, sigma, gamma), y, x, sigma, gamma)
    return lx * dx + vx * dgamma - (y + x * lx + gamma * vx) / sigma * dsigma
