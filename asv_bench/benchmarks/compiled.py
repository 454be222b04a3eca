"""Compiled functions of a few numbers: a call costs what is around it, so every step shows."""

from __future__ import annotations

import numpy as np

import pyframe as pf

_RNG = np.random.default_rng(0)
ROOT, DATA, TARGET = _RNG.normal(size=(10, 10)), _RNG.normal(size=(20, 10)), _RNG.normal(size=20)
FORM, LABELS = ROOT @ ROOT.T, np.sign(TARGET)
SQUARE = ROOT[:4, :4] + 4 * np.eye(4)


def rosenbrock(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def quadratic_form(x):
    return x @ FORM @ x / 2 - np.sum(np.exp(-x))


def least_squares(x):
    return np.sum((DATA @ x - TARGET) ** 2)


def logistic(w):
    return np.mean(np.log1p(np.exp(-LABELS * (DATA[:, :5] @ w))))


def norm(x):
    return np.linalg.norm(x)


def logsumexp(x):
    top = np.max(x)
    return top + np.log(np.sum(np.exp(x - top)))


def network(p):
    """Four numbers, five units, one number; the parameters are 31."""
    hidden = np.tanh(p[:20].reshape(5, 4) @ TARGET[:4] + p[20:25])
    return (p[25:30] @ hidden + p[30] - 1.0) ** 2


def solve(x):
    return x @ np.linalg.solve(SQUARE, x)


SIZES = {
    rosenbrock: 10,
    quadratic_form: 10,
    least_squares: 10,
    logistic: 5,
    norm: 10,
    logsumexp: 10,
    network: 31,
    solve: 4,
}


class Replay:
    """Each function with the arrays that it closes over."""

    params = ([function.__name__ for function in SIZES],)
    param_names = ("function",)

    def setup(self, name: str) -> None:
        self.function, n = next((f, n) for f, n in SIZES.items() if f.__name__ == name)
        self.x = np.linspace(-1.0, 1.0, n)
        self.compiled = pf.compile(self.function)
        for _ in range(2):
            self.compiled.value_and_grad(self.x)
            self.compiled(self.x)

    def time_function_alone(self, name: str) -> None:
        del name
        self.function(self.x)

    def time_value(self, name: str) -> None:
        del name
        self.compiled(self.x)

    def time_value_and_grad(self, name: str) -> None:
        del name
        self.compiled.value_and_grad(self.x)

    def time_first_call(self, name: str) -> None:
        del name
        pf.compile(self.function).value_and_grad(self.x)
