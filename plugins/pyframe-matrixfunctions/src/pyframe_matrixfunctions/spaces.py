"""Matrices of trace 0, such as the logarithms of volume-preserving maps."""

from __future__ import annotations

import numpy as np


def traceless(G, X):
    """Square matrices of trace 0: the projection takes the mean of the diagonal away."""
    n = X.shape[0]
    return G - np.trace(G) / n * np.eye(n)
