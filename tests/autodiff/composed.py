"""Functions written in terms of others, for whatever ``np`` stands for: the oracles' own forms."""

from __future__ import annotations

import numpy as np


def quantile(x, q, axis=None, keepdims=False):
    """Between the two elements beside the place q(n - 1) of the sorted ones."""
    rank = x.ndim
    if axis is None:
        x = np.reshape(x, (-1,))
    ordered = np.sort(x, axis=-1 if axis is None else axis)
    along = 0 if axis is None else axis % rank
    place = q * (x.shape[along] - 1)
    low = min(int(np.floor(place)), max(x.shape[along] - 2, 0))
    high = min(low + 1, x.shape[along] - 1)

    def at(k):
        return ordered[(slice(None),) * along + (k,)]

    made = at(low) * (1 - (place - low)) + at(high) * (place - low)
    if not keepdims:
        return made
    shape = [1] * rank
    if axis is not None:
        shape = [*x.shape[:along], 1, *x.shape[along + 1 :]]
    return np.reshape(made, tuple(shape))


def median(x, axis=None, keepdims=False):
    return quantile(x, 0.5, axis, keepdims)


def percentile(x, q, axis=None, keepdims=False):
    return quantile(x, q / 100, axis, keepdims)


def ptp(x, axis=None, keepdims=False):
    options = {"axis": axis, "keepdims": keepdims}
    return np.max(x, **options) - np.min(x, **options)


def average(x, axis, weights):
    shape = [1] * x.ndim
    shape[axis] = len(weights)
    return np.sum(x * np.reshape(weights, tuple(shape)), axis=axis) / np.sum(weights)


def cross(a, b):
    """Of vectors along the last axis."""
    u, v = ([w[..., k] for k in range(3)] for w in (a, b))
    turned = [(1, 2), (2, 0), (0, 1)]
    return np.stack([u[i] * v[j] - u[j] * v[i] for i, j in turned], axis=-1)


def matrix_power(x, n):
    made = x if n else np.eye(len(x))
    for _ in range(n - 1):
        made = made @ x
    return made


def select(conditions, choices, default):
    made = default
    for condition, choice in zip(conditions[::-1], choices[::-1], strict=True):
        made = np.where(condition, choice, made)
    return made


def pinv(inverse):
    """Of independent columns, given the inverse of a square matrix."""
    return lambda x: inverse(x.T @ x) @ x.T
