"""Search directions in plain NumPy: oracles for the compiled ones.

Each takes what has been seen so far, oldest first: gradients ``gs``, steps ``ss`` between
iterates, directions ``ds`` taken; the last gradient is the present one.
"""

from __future__ import annotations

import numpy as np


def gradient_descent(gs, ss, ds):
    """Cauchy (1847)."""
    return -gs[-1]


def momentum(beta):
    """Polyak (1964)."""
    return lambda gs, ss, ds: -gs[-1] + (beta * ds[-1] if ds else 0.0)


def beta(formula, g, last, d):
    """The factor of the last direction (Hager and Zhang 2006, table 1)."""
    y = g - last
    if formula == "FR":
        # Powell's restart: gradients far from orthogonal.
        return 0.0 if abs(g @ last) >= 0.2 * (g @ g) else (g @ g) / (last @ last)
    if formula == "PR+":
        return max(0.0, (g @ y) / (last @ last))
    if formula == "HS":
        return (g @ y) / (d @ y)
    if formula == "DY":
        return (g @ g) / (d @ y)
    eta = -1 / (np.linalg.norm(d) * min(0.01, np.linalg.norm(last)))
    return max((y - 2 * d * (y @ y) / (d @ y)) @ g / (d @ y), eta)


def conjugate_gradient(formula):
    """``-g + beta d_last``, or ``-g`` where that does not descend."""

    def direction(gs, ss, ds):
        g = gs[-1]
        if not ds:
            return -g
        d = -g + beta(formula, g, gs[-2], ds[-1]) * ds[-1]
        return d if d @ g < 0 else -g

    return direction


def bfgs(gs, ss, ds):
    """Nocedal and Wright (2006), eqs. 6.17 and 6.20."""
    H = np.eye(gs[-1].size)
    for k, s in enumerate(ss):
        y = gs[k + 1] - gs[k]
        if k == 0:
            H *= (s @ y) / (y @ y)
        V = np.eye(s.size) - np.outer(y, s) / (s @ y)
        H = V.T @ H @ V + np.outer(s, s) / (s @ y)
    return -H @ gs[-1]


def lbfgs(memory):
    """Nocedal and Wright (2006), algorithm 7.4: the two-loop recursion."""

    def direction(gs, ss, ds):
        pairs = [(s, gs[k + 1] - gs[k]) for k, s in enumerate(ss)][-memory:]
        q, alphas = gs[-1].copy(), []
        for s, y in reversed(pairs):
            alphas.append((s @ q) / (s @ y))
            q -= alphas[-1] * y
        if pairs:
            s, y = pairs[-1]
            q *= (s @ y) / (y @ y)
        for (s, y), alpha in zip(pairs, reversed(alphas), strict=True):
            q += s * (alpha - (y @ q) / (s @ y))
        return -q

    return direction


def truncated_newton(H, g):
    """Nocedal and Wright (2006), algorithm 7.1: stop at the accuracy or at negative curvature."""
    d, r = np.zeros_like(g), g.copy()
    p = -r
    enough = min(0.5, np.sqrt(np.linalg.norm(g))) * np.linalg.norm(g)
    while np.linalg.norm(r) > enough:
        curvature = p @ H @ p
        if curvature <= 0:
            return d if d.any() else -g
        alpha = (r @ r) / curvature
        d += alpha * p
        new = r + alpha * (H @ p)
        p = -new + (new @ new) / (r @ r) * p
        r = new
    return d
