"""Logistic regression with a small ridge term.

``f(w) = mean log(1 + exp(-y x.w)) + (ridge / 2) |w|^2``, with the logarithm computed as
``logaddexp(0, -y x.w)``, which neither overflows nor loses small values.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pyframe.demo.breast_cancer import Array, Samples


@dataclass(frozen=True)
class Logistic:
    """The loss on samples and its gradient.

    Parameters
    ----------
    samples : Samples
        What to train on.
    ridge : float
        Weight of the quadratic term.
    """

    samples: Samples
    ridge: float = 1e-3

    def loss(self, w: Array) -> float:
        """f(w), for w of shape (31,)."""
        margin = self.samples.y * (self.samples.x @ w)
        return float(np.logaddexp(0.0, -margin).mean() + 0.5 * self.ridge * (w @ w))

    def gradient(self, w: Array) -> Array:
        """The gradient, shape (31,)."""
        x, y = self.samples.x, self.samples.y
        margin = y * (x @ w)
        weights = y / (1.0 + np.exp(np.minimum(margin, 700.0)))
        return self.ridge * w - x.T @ weights / len(y)


def accuracy(samples: Samples, w: Array) -> float:
    """The part of the samples on the right side."""
    return float(np.mean(np.sign(samples.x @ w) == samples.y))
