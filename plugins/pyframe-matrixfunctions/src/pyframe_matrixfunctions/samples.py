"""Random matrices on which the rules are tried."""

from __future__ import annotations

import numpy as np


def right_half(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """A matrix whose eigenvalues have positive real parts: its symmetric part is positive."""
    a = rng.standard_normal(shape)
    return a @ a.T / shape[0] + np.eye(shape[0]) + 0.5 * (a - a.T)


def contraction(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """A matrix of spectral norm one half."""
    a = rng.standard_normal(shape)
    return 0.5 * a / np.linalg.norm(a, 2)
