"""The first call of a compiled function: record, plan, differentiate, before any replay.

Each program has about a thousand nodes; its first value and gradient takes at most 2 ms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

import pyframe as pf

if TYPE_CHECKING:
    from collections.abc import Callable

RNG = np.random.default_rng(0)
WEIGHTS = RNG.standard_normal((10, 10)) * 0.1
LAYERS = RNG.standard_normal((5, 10, 10)) * 0.1
POINT = RNG.standard_normal(10) + 3.0


def network(x: Any) -> Any:
    """Layers of ten neurons with the same weights."""
    for _ in range(250):
        x = np.tanh(WEIGHTS @ x + 0.1)
    return np.sum(x * x)


def weights(layers: Any) -> Any:
    """The same as a function of five layers of weights, for four samples."""
    h = np.ones((4, 10))
    for k in range(100):
        h = np.tanh(h @ layers[k % 5] + layers[k % 5][0])
    return np.mean(h**2)


def vectors(x: Any) -> Any:
    """Steps of a vector."""
    y = x
    for _ in range(250):
        y = y + 0.01 * (np.sin(y) - y)
    return y @ y


def parts(x: Any) -> Any:
    """Slices, joined again."""
    y = x
    for _ in range(150):
        z = WEIGHTS @ y
        y = np.concatenate([z[1:], z[:1]]) * 0.9
    return y.sum()


def moments(x: Any) -> Any:
    """Means, variances and deviations."""
    total = 0.0
    for k in range(40):
        y = x * (1.0 + k)
        total = total + np.mean(y) + np.var(y) + np.std(y)
    return total


def elements(x: Any) -> Any:
    """Elements of a vector, one by one."""
    total = 0.0
    for _ in range(80):
        for i in range(3):
            total = total + x[i] * x[i + 1]
    return total


PROGRAMS: dict[str, tuple[Callable[[Any], Any], Any]] = {
    "network": (network, POINT),
    "weights": (weights, LAYERS),
    "vectors": (vectors, POINT),
    "parts": (parts, POINT),
    "moments": (moments, POINT),
    "elements": (elements, POINT),
}


class FirstCall:
    """The function alone, its first compiled call, and the first with a gradient."""

    params = tuple(PROGRAMS)
    param_names = ("program",)

    def setup(self, program: str) -> None:
        self.f, self.x = PROGRAMS[program]
        pf.value_and_grad(self.f)(self.x)

    def time_function_alone(self, program: str) -> None:
        del program
        self.f(self.x)

    def time_value(self, program: str) -> None:
        del program
        pf.compile(self.f)(self.x)

    def time_value_and_grad(self, program: str) -> None:
        del program
        pf.compile(self.f).value_and_grad(self.x)

    def time_value_and_grad_uncompiled(self, program: str) -> None:
        del program
        pf.value_and_grad(self.f)(self.x)

    def track_nodes(self, program: str) -> int:
        del program
        return len(pf.compile(self.f).graph(self.x))
