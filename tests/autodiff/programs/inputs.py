"""Sample inputs: ordinary numbers, corner values with ties, and, flagged, extreme ones."""

from __future__ import annotations

import numpy as np

CORNERS = np.array([0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, 1.0, 0.0, 0.25])
TINY = np.array([1e-8, -1e-8, 1e-5, 1e-3])
EXTREME = np.array(
    [np.inf, -np.inf, np.nan, 1e300, -1e300, 1e-300, 5e-324, 1e16, 710.0, -745.0, 0.0, -0.0]
)


def sample(rng, shape, kind):
    """An array of the shape, or a float for the shape None."""
    size = (1,) if shape is None else shape
    x = rng.normal(size=size) * 10.0 ** rng.uniform(-0.6, 0.5)
    if kind != "plain":
        chosen = rng.random(size) < 0.5
        x = np.where(chosen, rng.choice(CORNERS, size=size), x)
        if rng.random() < 0.2:
            x = np.where(rng.random(size) < 0.2, rng.choice(TINY, size=size), x)
        if x.size > 1 and rng.random() < 0.3:
            x = np.where(rng.random(size) < 0.6, x.flat[0], x)
    if kind == "wild":
        x = np.where(rng.random(size) < 0.35, rng.choice(EXTREME, size=size), x)
    return float(x[0]) if shape is None else x
