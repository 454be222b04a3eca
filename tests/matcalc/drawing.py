"""Values for names, as their declarations want them."""

from __future__ import annotations

import numpy as np

SIZES = {"n": 4, "m": 5, "k": 3, "p": 2}


def shape(sizes, numbers=SIZES):
    """The shape of an array of these sizes: ``""``, ``n`` or ``m,n``, with ``1,n`` as a matrix."""
    return tuple(
        int(size) if size.isdigit() else numbers[size] for size in sizes.split(",") if size
    )


def draw(symbol, rng, numbers=SIZES):
    """An array for a declared name."""
    x = in_space(symbol.space, rng.standard_normal(shape(symbol.sizes, numbers)))
    n = x.shape[0] if x.ndim == 2 else 0
    for fact in sorted(symbol.properties):
        match fact:
            case "symmetric":
                x = (x + x.T) / 2
            case "skew":
                x = (x - x.T) / 2
            case "diagonal":
                x = np.diag(np.diag(x))
            case "upper_triangular":
                x = np.triu(x)
            case "orthogonal":
                x = np.linalg.qr(x)[0]
            case "positive":
                x = np.abs(x) + 0.5
            case "positive_definite":
                x = in_space(symbol.space, x @ x.T / n) + np.eye(n)
            case "invertible":
                while np.linalg.cond(x) > 6:
                    x = x + np.eye(n)
    return x


def in_space(space, x):
    """The nearest element of a space."""
    match space:
        case "symmetric" | "symmetric-entries":
            return (x + x.T) / 2
        case "skew":
            return (x - x.T) / 2
        case "diagonal":
            return np.diag(np.diag(x))
        case "upper-triangular":
            return np.triu(x)
        case "toeplitz":
            n = x.shape[0]
            lags = np.subtract.outer(np.arange(n), np.arange(n))
            return sum(np.mean(x[lags == k]) * (lags == k) for k in range(1 - n, n))
    return x


def directions(space, like):
    """Directions that span a space: of general ones one for each element."""
    each = np.eye(like.size).reshape(like.size, *like.shape)
    return [in_space(space, direction) for direction in each]
