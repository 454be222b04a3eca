"""Jacobians by mode: dense, sparse and by elimination."""

from __future__ import annotations

import numpy as np

import pyframe as pf
from pyframe.autodiff.modes.sparse import Sparse

INPUTS = 100


class TimeJacobian:
    """A x with 100 inputs: forward, reverse, and what chooses between them."""

    params = ((1, 10, 100, 1000), ("forward", "reverse", "auto"))
    param_names = ("outputs", "mode")

    def setup(self, outputs: int, mode: str) -> None:
        numbers = np.random.default_rng(outputs)
        a, self.x = numbers.standard_normal((outputs, INPUTS)), numbers.standard_normal(INPUTS)
        self.jacobian = pf.jacobian(lambda x: a @ x, mode=mode)

    def time_jacobian(self, outputs: int, mode: str) -> None:
        del outputs, mode
        self.jacobian(self.x)


def tridiagonal(x):
    """The middle rows of Broyden's function."""
    return (3 - 2 * x[1:-1]) * x[1:-1] - x[:-2] - 2 * x[2:] + 1


def rosenbrock(x):
    """Chained."""
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


class TimeSparse:
    """Sparse derivatives: on a first call, with the pattern and colours known, and a gradient."""

    params = ((1000, 10_000),)
    param_names = ("n",)

    def setup(self, n: int) -> None:
        self.x = np.random.default_rng(n).standard_normal(n)
        self.jacobian = pf.jacobian(tridiagonal, mode="sparse")
        self.hessian = pf.hessian(rosenbrock, mode="sparse")
        self.gradient = pf.grad(rosenbrock)
        self.jacobian(self.x)
        self.hessian(self.x)

    def time_first_jacobian(self, n: int) -> None:
        del n
        pf.jacobian(tridiagonal, mode=Sparse())(self.x)

    def time_jacobian(self, n: int) -> None:
        del n
        self.jacobian(self.x)

    def time_first_hessian(self, n: int) -> None:
        del n
        pf.hessian(rosenbrock, mode=Sparse())(self.x)

    def time_hessian(self, n: int) -> None:
        del n
        self.hessian(self.x)

    def time_gradient(self, n: int) -> None:
        del n
        self.gradient(self.x)


def network(x):
    """Three inputs, one number between, five outputs: the lecture's case for neither mode."""
    middle = np.tanh(x[0] * x[1] + x[2])
    return np.stack([middle**2, np.sin(middle), np.exp(middle), middle + 1, 3 * middle])


class TimeElimination:
    """A graph with a waist: both modes multiply along each path, elimination once."""

    params = ("forward", "reverse", "cross-country")
    param_names = ("mode",)

    def setup(self, mode: str) -> None:
        self.jacobian = pf.jacobian(network, mode=mode)

    def time_jacobian(self, mode: str) -> None:
        del mode
        self.jacobian(np.array([0.1, 0.2, 0.3]))
