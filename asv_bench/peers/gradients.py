"""Value and gradient of compiled functions: replayed here, compiled, taped or by hand there.

Small functions, where a call costs what is around it: Rosenbrock's of 2 numbers, the chained one
and a quadratic form of 10.  Large ones, where the arithmetic counts: logistic regression on
20,000 x 100 and a network 784-256-128-10 on batches of 512.  All take and give NumPy's arrays of
float64.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib import import_module
from itertools import pairwise
from typing import Any

import numpy as np
from comparison import Comparison, check
from timing import interleaved, median

import pyframe as pf

Run = Callable[[], tuple[Any, Sequence[Any]]]
SIZES = (784, 256, 128, 10)
SMALL_TARGETS = {"jax.jit": 5.0}
LARGE_TARGETS = {"by hand": 1 / 1.5}
LARGE_ROUNDS = 15


def rosenbrock(m: Any, x: Any) -> Any:
    """Chained: of 2 numbers it is the usual one."""
    return m.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def quadratic(m: Any, x: Any, a: Any) -> Any:
    """A quadratic form less a sum of exponentials."""
    return x @ a @ x / 2 - m.sum(m.exp(-x))


def logistic(m: Any, w: Any, x: Any, y: Any, zero: Any) -> Any:
    """The mean loss of the margins, without overflow."""
    return m.mean(m.logaddexp(zero, -y * (x @ w)))


def network(m: Any, w1: Any, b1: Any, w2: Any, b2: Any, w3: Any, b3: Any, x: Any, t: Any) -> Any:
    """The cross entropy of a softmax after two layers of tanh."""
    z = m.tanh(m.tanh(x @ w1 + b1) @ w2 + b2) @ w3 + b3
    return m.mean(m.log(m.sum(m.exp(z), 1)) - m.sum(t * z, 1))


def logistic_by_hand(w: Any, x: Any, y: Any, zero: Any) -> tuple[Any, Sequence[Any]]:
    """The formula of the gradient, each array made once."""
    margins = y * (x @ w)
    share = 1 / (1 + np.exp(margins))
    return np.mean(np.logaddexp(zero, -margins)), [x.T @ (-y * share) / len(y)]


def network_by_hand(*arguments: Any) -> tuple[Any, Sequence[Any]]:
    """Backpropagation written out."""
    w1, b1, w2, b2, w3, b3, x, t = arguments
    h1 = np.tanh(x @ w1 + b1)
    h2 = np.tanh(h1 @ w2 + b2)
    z = h2 @ w3 + b3
    e = np.exp(z)
    total = np.sum(e, 1)
    d3 = (e / total[:, None] - t) / len(t)
    d2 = (d3 @ w3.T) * (1 - h2 * h2)
    d1 = (d2 @ w2.T) * (1 - h1 * h1)
    value = np.mean(np.log(total) - np.sum(t * z, 1))
    slopes = [x.T @ d1, d1.sum(0), h1.T @ d2, d2.sum(0), h2.T @ d3, d3.sum(0)]
    return value, slopes


def _autograd(f: Any, wrt: int, arguments: Sequence[Any]) -> Run:
    m = import_module("autograd.numpy")
    autograd = import_module("autograd")
    both = autograd.value_and_grad(lambda *a: f(m, *a), tuple(range(wrt)))
    return lambda: both(*arguments)


def _jax(f: Any, wrt: int, arguments: Sequence[Any]) -> Run:
    jax = import_module("jax")
    jax.config.update("jax_enable_x64", True)
    m = import_module("jax.numpy")
    both = jax.jit(jax.value_and_grad(lambda *a: f(m, *a), tuple(range(wrt))))

    def run() -> tuple[Any, Sequence[Any]]:
        value, slopes = both(*arguments)
        return float(value), [np.asarray(slope) for slope in slopes]

    return run


def _torch(f: Any, wrt: int, arguments: Sequence[Any]) -> Run:
    torch = import_module("torch")
    torch.set_num_threads(1)

    def run() -> tuple[Any, Sequence[Any]]:
        made = [torch.from_numpy(a) for a in arguments]
        for leaf in made[:wrt]:
            leaf.requires_grad_(True)
        value = f(torch, *made)
        value.backward()
        return value.item(), [leaf.grad.numpy() for leaf in made[:wrt]]

    return run


PEERS = {"jax.jit": _jax, "torch": _torch, "autograd": _autograd}


def _compare(
    work: str,
    f: Any,
    wrt: int,
    arguments: Sequence[Any],
    theirs: dict[str, Run],
    targets: dict[str, float],
    rounds: int,
) -> Iterator[Comparison]:
    compiled = pf.compile(partial(f, np))
    first_only: Run = lambda: compiled.value_and_grad(*arguments)  # noqa: E731
    every = tuple(range(wrt))
    ours = first_only if wrt == 1 else lambda: compiled.value_and_grad(*arguments, argnums=every)
    value, slopes = ours()
    slopes = [slopes] if wrt == 1 else slopes
    for name, make in PEERS.items():
        try:
            theirs[name] = make(f, wrt, arguments)
        except ImportError:
            print(f"{name} is not installed")
    for name, run in theirs.items():
        theirs_value, theirs_slopes = run()
        parts = zip([value, *slopes], [theirs_value, *theirs_slopes], strict=True)
        same = all(np.allclose(a, b, rtol=1e-8, atol=1e-12) for a, b in parts)
        check(same, f"{work}: {name} found {theirs_value}, not {value}")
    samples = interleaved({"ours": ours} | theirs, rounds)
    for name in theirs:
        yield Comparison(
            f"{work}, {name}",
            median(samples["ours"]),
            median(samples[name]),
            targets.get(name, 0.0),
            f"{len(compiled.graph(*arguments))} nodes",
        )


def replay(rounds: int) -> Iterator[Comparison]:
    """Functions of a few numbers."""
    for n in (2, 10):
        x = np.linspace(-1.2, 1.0, n)
        yield from _compare(
            f"compiled Rosenbrock, n = {n}", rosenbrock, 1, [x], {}, SMALL_TARGETS, rounds
        )
    a = np.random.default_rng(0).normal(size=(10, 10))
    yield from _compare(
        "compiled quadratic form, n = 10",
        quadratic,
        1,
        [x, a @ a.T],
        {},
        SMALL_TARGETS,
        rounds,
    )


def training(rounds: int) -> Iterator[Comparison]:
    """Losses of many examples."""
    rng = np.random.default_rng(0)
    rounds = min(rounds, LARGE_ROUNDS)
    x = rng.normal(size=(20000, 100))
    y = np.where(rng.random(20000) < 0.5, 1.0, -1.0)
    arguments = [0.1 * rng.normal(size=100), x, y, np.zeros(())]
    yield from _compare(
        "logistic 20000 x 100",
        logistic,
        1,
        arguments,
        {"by hand": lambda: logistic_by_hand(*arguments)},
        LARGE_TARGETS,
        rounds,
    )
    layers: list[Any] = []
    for rows, columns in pairwise(SIZES):
        layers += [rng.normal(size=(rows, columns)) / np.sqrt(rows), np.zeros(columns)]
    batch = [rng.normal(size=(512, SIZES[0])), np.eye(10)[rng.integers(0, 10, 512)]]
    yield from _compare(
        "network 784-256-128-10, batch 512",
        network,
        6,
        [*layers, *batch],
        {"by hand": lambda: network_by_hand(*layers, *batch)},
        LARGE_TARGETS,
        rounds,
    )
