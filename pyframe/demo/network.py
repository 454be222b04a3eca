"""A feed-forward network with batches: the loss is all there is, its gradient comes from pyframe.

``v_0`` is a batch of images, ``z_k = v_(k-1) W_k + b_k``, ``v_k = tanh(z_k)``; the last z goes
through the softmax, and the loss is the mean cross-entropy plus ``ridge/2`` times the squared
norm of all weights (lecture, section 3, "Feed-forward network with a batch").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Network:
    """Layers of a network whose weights are one vector.

    Parameters
    ----------
    sizes : tuple of int
        Neurons of each layer, the input's included.
    ridge : float
        Weight of the squared norm.

    Examples
    --------
    >>> import numpy as np, pyframe as pf
    >>> from pyframe.demo.network import Network
    >>> network = Network((2, 3, 2))
    >>> w = network.start(seed=0)
    >>> w.shape
    (17,)
    >>> images, labels = np.ones((4, 2)), np.eye(2)[[0, 1, 1, 0]]
    >>> pf.grad(network.loss)(w, images, labels).shape
    (17,)
    """

    sizes: tuple[int, ...] = (64, 32, 10)
    ridge: float = 1e-4

    @property
    def count(self) -> int:
        """How many weights there are."""
        return sum((m + 1) * n for m, n in zip(self.sizes, self.sizes[1:], strict=False))

    def start(self, seed: int) -> Array:
        """Random weights, of the size that keeps the layers' values near one."""
        random = np.random.default_rng(seed)
        parts: list[Array] = []
        for m, n in zip(self.sizes, self.sizes[1:], strict=False):
            parts += [random.normal(0.0, 1 / np.sqrt(m), m * n), np.zeros(n)]
        return np.concatenate(parts)

    def layers(self, w: Array) -> Iterator[tuple[Array, Array]]:
        """The weights as pairs (W_k, b_k)."""
        place = 0
        for m, n in zip(self.sizes, self.sizes[1:], strict=False):
            yield w[place : place + m * n].reshape(m, n), w[place + m * n : place + (m + 1) * n]
            place += (m + 1) * n

    def scores(self, w: Array, images: Array) -> Array:
        """The last z, shape (batch, classes); the largest of a row is the network's answer."""
        v = images
        for k, (weights, bias) in enumerate(self.layers(w)):
            v = (v if k == 0 else np.tanh(v)) @ weights + bias
        return v

    def loss(self, w: Array, images: Array, labels: Array) -> Any:
        """Mean cross-entropy (nats) of a batch, plus the ridge."""
        z = self.scores(w, images)
        z = z - np.max(z, axis=1, keepdims=True)
        wrong: Array = np.log(np.sum(np.exp(z), axis=1)) - np.sum(labels * z, axis=1)
        return np.mean(wrong) + self.ridge / 2 * np.sum(w**2)

    def accuracy(self, w: Array, images: Array, digits: NDArray[np.int64]) -> float:
        """The share of images read rightly."""
        right: NDArray[np.bool_] = np.argmax(self.scores(w, images), axis=1) == digits
        return float(right.mean())
