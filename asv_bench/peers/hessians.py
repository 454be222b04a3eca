"""Hessians of formulas against their closed forms in hand-written NumPy, and against JAX.

The peer evaluates the textbook's formula; where a Hessian has structure, the structured form is
timed against the dense one as well.  ``jax.hessian`` differentiates the same function, compiled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
from comparison import Comparison, check
from scipy.special import expit, softmax
from timing import interleaved, median

import pyframe as pf

# Of the closed form's time.
TARGET = 1 / 1.3
STRUCTURED = 5.0
LAYERS = 10

Run = Callable[[], Any]


@dataclass(frozen=True)
class Case:
    """One Hessian.

    Parameters
    ----------
    name : str
        What it is of.
    formula : Expression
        The Hessian.
    by_hand : callable
        The closed form of the values.
    loss : callable
        The function: of ``jax.numpy``, the variable, and the other values.
    variable : str
        Its name.
    values : dict
        Of all symbols.
    """

    name: str
    formula: Any
    by_hand: Callable[..., Any]
    loss: Callable[..., Any]
    variable: str
    values: dict[str, Any]

    def contestants(self) -> dict[str, Run]:
        """The same work by everybody who is there."""
        runs: dict[str, Run] = {
            "pyframe": lambda: self.formula(**self.values),
            "by hand": lambda: self.by_hand(**self.values),
        }
        if find_spec("jax") is not None:
            runs["jax.hessian"] = self._jax()
        return runs

    def _jax(self) -> Run:
        jax = import_module("jax")
        jax.config.update("jax_enable_x64", True)
        m = import_module("jax.numpy")
        rest = {name: m.asarray(v) for name, v in self.values.items() if name != self.variable}
        at = m.asarray(self.values[self.variable])
        found = jax.jit(jax.hessian(lambda x, rest: self.loss(m, x, **rest)))
        return lambda: found(at, rest).block_until_ready()


def hessians(rounds: int) -> Iterator[Comparison]:
    """Each Hessian, then the structured form of the factorisation."""
    for case in _cases():
        runs = case.contestants()
        expected = runs["by hand"]()
        for name, run in runs.items():
            same = bool(np.allclose(run(), expected, rtol=1e-9, atol=1e-12))
            check(same, f"{case.name} differs in {name}")
        seconds = _medians(runs, rounds)
        ours = seconds.pop("pyframe")
        for peer, theirs in seconds.items():
            target = TARGET if peer == "by hand" else 0.0
            yield Comparison(f"Hessian of {case.name}", ours, theirs, target, peer)
    yield from _structured(rounds)


def _structured(rounds: int) -> Iterator[Comparison]:
    """The structured form of the factorisation's Hessian against the dense one."""
    loss, values = _factorisation(np.random.default_rng(3))
    hessian = loss.hessian("U")
    v = np.ones(values["U"].shape)
    works: dict[str, dict[str, Run]] = {
        "made": {
            "structured": lambda: hessian.structured(**values),
            "dense": lambda: hessian(**values),
        },
        "made and applied once": {
            "structured": lambda: hessian.structured(**values) @ v,
            "dense": lambda: np.tensordot(hessian(**values), v, 2),
        },
        "made and solved once": {
            "structured": lambda: hessian.structured(**values).solve(v).ravel(),
            "dense": lambda: np.linalg.solve(hessian(**values).reshape(v.size, v.size), v.ravel()),
        },
    }
    for what, runs in works.items():
        dense = runs["dense"]()
        same = bool(np.allclose(np.reshape(runs["structured"](), dense.shape), dense))
        check(same, f"the Hessians {what} differ")
        seconds = _medians(runs, max(rounds // 8, 3) if "solved" in what else rounds)
        yield Comparison(
            "factorisation, structured against dense",
            seconds["structured"],
            seconds["dense"],
            STRUCTURED,
            what,
        )


def _medians(contestants: dict[str, Run], rounds: int) -> dict[str, float]:
    return {name: median(each) for name, each in interleaved(contestants, rounds).items()}


def _cases() -> Iterator[Case]:
    rng = np.random.default_rng(0)
    quadratic = pf.matrix("x'*A*x").hessian("x")
    for n in (400, 1000):
        values = {"A": rng.standard_normal((n, n)), "x": rng.standard_normal(n)}
        yield Case(
            f"x'*A*x, n = {n}",
            quadratic,
            lambda A, **_: A + A.T,
            lambda _, x, A: x @ A @ x,
            "x",
            values,
        )
    logistic = pf.matrix("sum(log(1 + exp(-y.*(A*x))))").hessian("x")
    for n in (50, 200, 500):
        y = np.where(np.arange(2 * n) % 2, 1.0, -1.0)
        values = {"A": rng.standard_normal((2 * n, n)), "x": rng.standard_normal(n) / n, "y": y}
        yield Case(
            f"a logistic loss, n = {n}",
            logistic,
            _logistic,
            lambda m, x, A, y: m.sum(m.logaddexp(0.0, -y * (A @ x))),
            "x",
            values,
        )
    factorisation, values = _factorisation(rng)
    yield Case(
        "a masked factorisation, n = 100, k = 5",
        factorisation.hessian("U"),
        _masked,
        lambda m, U, M, Y, V: m.sum((M * (Y - U @ V.T)) ** 2) / 2,
        "U",
        values,
    )
    network, values = _network(rng)
    yield Case(
        f"a network of {LAYERS} layers, n = 20",
        network.hessian("W1"),
        _backwards,
        _forwards,
        "W1",
        values,
    )
    S, X = rng.standard_normal((30, 30)), rng.standard_normal((30, 30)) + 9 * np.eye(30)
    yield Case(
        "<S, X> - logdet X, n = 30",
        pf.matrix("inner(S, X) - logdet(X)", S="n,n", X="n,n").hessian("X"),
        _barrier,
        lambda m, X, S: m.sum(S * X) - m.linalg.slogdet(X)[1],
        "X",
        {"S": S, "X": X},
    )


def _logistic(A: Any, x: Any, y: Any) -> Any:
    s = expit(-y * (A @ x))
    return (A.T * (y * y * s * (1 - s))) @ A


def _factorisation(rng: np.random.Generator) -> tuple[Any, dict[str, Any]]:
    loss = pf.matrix("norm2(M.*(Y - U*V'))^2/2", M="m,n", Y="m,n", U="m,k", V="n,k")
    n, k = 100, 5
    shapes = {"M": (n, n), "Y": (n, n), "U": (n, k), "V": (n, k)}
    return loss, {name: rng.standard_normal(shape) for name, shape in shapes.items()}


def _masked(M: Any, U: Any, V: Any, **_: Any) -> Any:
    m, k = U.shape
    products = (V[:, :, None] * V[:, None, :]).reshape(len(V), k * k)
    result = np.zeros((m, k, m, k))
    place = np.arange(m)
    result[place, :, place, :] = (M**2 @ products).reshape(m, k, k)
    return result


def _network(rng: np.random.Generator) -> tuple[Any, dict[str, Any]]:
    """logsumexp(z) - y'z for z = W10 relu(W9 ... relu(W1 x))."""
    text = "x"
    for layer in range(1, LAYERS):
        text = f"relu(W{layer}*{text})"
    text = f"W{LAYERS}*{text}"
    n = 20
    values = {f"W{layer}": rng.standard_normal((n, n)) / 3 for layer in range(1, LAYERS + 1)}
    values["x"], values["y"] = rng.standard_normal(n), np.eye(n)[0]
    sizes = {name: ",".join("n" * value.ndim) for name, value in values.items()}
    return pf.matrix(f"logsumexp({text}) - y'*({text})", **sizes), values


def _forwards(m: Any, W1: Any, x: Any, y: Any, **others: Any) -> Any:
    v = W1 @ x
    for layer in range(2, LAYERS + 1):
        v = others[f"W{layer}"] @ m.maximum(v, 0.0)
    top = m.max(v)
    return top + m.log(m.sum(m.exp(v - top))) - y @ v


def _backwards(**values: Any) -> Any:
    """(J'(diag(p) - p p')J) kron (x x') with J the Jacobian of z in W1 x."""
    x = values["x"]
    v, jacobian = x, None
    for layer in range(1, LAYERS):
        z = values[f"W{layer}"] @ v
        active = z > 0
        if jacobian is None:
            jacobian = np.diag(active.astype(float))
        else:
            jacobian = active[:, None] * (values[f"W{layer}"] @ jacobian)
        v = active * z
    jacobian = values[f"W{LAYERS}"] @ jacobian
    p = softmax(values[f"W{LAYERS}"] @ v)
    inner = jacobian.T @ ((np.diag(p) - np.outer(p, p)) @ jacobian)
    return inner[:, None, :, None] * np.outer(x, x)[None, :, None, :]


def _barrier(X: Any, **_: Any) -> Any:
    inverse = np.linalg.inv(X)
    return inverse.T[:, None, None, :] * inverse[None, :, :, None]
