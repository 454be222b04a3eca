"""Jacobians: what the automatic choice of the mode costs, and what sparse ones do.

A x has 100 inputs and 1 to 1000 outputs.  Theory: a pass forward and a pass back both cost one
product with A, so forward mode, a pass for each input, is cheaper from as many outputs as inputs
on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from comparison import Comparison, check
from timing import interleaved, median

import pyframe as pf
from pyframe.autodiff.modes.sparse import Sparse

INPUTS = 100
OUTPUTS = (1, 2, 5, 10, 20, 50, 80, 90, 95, 99, 100, 101, 105, 110, 125, 200, 500, 1000)
# Of the better of the two modes' time.
TARGET = 1 / 1.1


def jacobian(rounds: int) -> Iterator[Comparison]:
    """The automatic choice against the better of the two modes."""
    for outputs in OUTPUTS:
        numbers = np.random.default_rng(outputs)
        a, x = numbers.standard_normal((outputs, INPUTS)), numbers.standard_normal(INPUTS)
        run = {mode: _call(a, x, mode) for mode in ("forward", "reverse", "auto")}
        for mode, call in run.items():
            check(bool(np.allclose(call(), a, rtol=1e-12)), f"{mode} is not A")
        seconds = _medians({mode: run[mode] for mode in ("forward", "reverse")}, rounds)
        better = min(seconds, key=seconds.__getitem__)
        # By themselves: the slower mode leaves the caches full of what it read.
        last = _medians({"auto": run["auto"], better: run[better]}, rounds)
        forward, reverse = (f"{mode} {seconds[mode] * 1e6:.0f} us" for mode in seconds)
        yield Comparison(
            f"Jacobian of A x, {outputs} outputs",
            last["auto"],
            last[better],
            TARGET,
            f"{forward}, {reverse}",
        )


def _call(a: np.ndarray, x: np.ndarray, mode: str) -> Callable[[], np.ndarray]:
    made = pf.jacobian(lambda x: a @ x, mode=mode)
    return lambda: made(x)


def _medians(contestants: dict[str, Callable[[], np.ndarray]], rounds: int) -> dict[str, float]:
    return {mode: median(each) for mode, each in interleaved(contestants, rounds).items()}


def rosenbrock(x: np.ndarray) -> np.ndarray:
    """Chained."""
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def sparse_hessian(rounds: int) -> Iterator[Comparison]:
    """The Hessian of 10,000 variables against one gradient: on a first call, and later."""
    x = np.random.default_rng(0).standard_normal(10_000)
    again = pf.hessian(rosenbrock, mode="sparse")
    found = again(x)
    diagonal = np.concatenate([1200 * x[:-1] ** 2 - 400 * x[1:] + 2, [0.0]])
    diagonal[1:] += 200
    check(bool(np.allclose(found.diagonal(), diagonal, rtol=1e-12)), "the diagonal differs")
    check(bool(np.allclose(found.diagonal(1), -400 * x[:-1], rtol=1e-12)), "the band differs")
    gradient = pf.grad(rosenbrock)
    contestants = {
        "first call": lambda: pf.hessian(rosenbrock, mode=Sparse())(x),
        "later calls": lambda: again(x),
        "gradient": lambda: gradient(x),
    }
    seconds = _medians(contestants, rounds)
    for name in ("first call", "later calls"):
        yield Comparison(
            f"sparse Hessian against a gradient, {name}",
            seconds[name],
            seconds["gradient"],
            1 / 20,
            f"{seconds[name] / seconds['gradient']:.1f} gradients, {found.nnz} entries",
        )
