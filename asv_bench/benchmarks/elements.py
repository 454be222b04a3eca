"""Loops that read an array element by element: first and second derivatives."""

from __future__ import annotations

import numpy as np

import pyframe as pf


def chained(x):
    """Rosenbrock's function, chained, as a loop."""
    total = 0.0
    for i in range(len(x) - 1):
        total = total + 100.0 * (x[i + 1] - x[i] * x[i]) ** 2 + (1.0 - x[i]) ** 2
    return total


def beside_arrays(x):
    """The same with a sum over the whole array, which the scalar sweep does not take."""
    return chained(x) + np.sum(np.sin(x) * x)


class Elements:
    """Work that should grow with n."""

    params = ((200, 1000, 2000),)
    param_names = ("n",)

    def setup(self, n: int) -> None:
        self.x, self.v = np.linspace(-1.0, 1.0, n), np.cos(np.arange(n))
        self.compiled = pf.compile(beside_arrays)
        self.compiled.value_and_grad(self.x)

    def time_gradient(self, n: int) -> None:
        del n
        pf.grad(chained)(self.x)

    def time_gradient_beside_arrays(self, n: int) -> None:
        del n
        pf.grad(beside_arrays)(self.x)

    def time_compiled_gradient_beside_arrays(self, n: int) -> None:
        del n
        self.compiled.value_and_grad(self.x)

    def time_hessian_product(self, n: int) -> None:
        del n
        pf.hvp(chained, (self.x,), (self.v,))


class Hessians:
    """Whole Hessians, n^2 numbers."""

    params = ((100, 200, 400),)
    param_names = ("n",)

    def setup(self, n: int) -> None:
        self.x = np.linspace(-1.0, 1.0, n)

    def time_hessian(self, n: int) -> None:
        del n
        pf.hessian(chained)(self.x)

    def peakmem_hessian(self, n: int) -> None:
        del n
        pf.hessian(chained)(self.x)
