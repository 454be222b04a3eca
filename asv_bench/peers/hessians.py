"""Hessians of formulas against their closed forms in hand-written NumPy.

The peer evaluates the textbook's formula; where a Hessian has structure, the structured form is
timed against the dense one as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
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


def hessians(rounds: int) -> Iterator[Comparison]:
    """Each Hessian, then the structured form of the factorisation."""
    for name, ours, by_hand in _cases():
        check(bool(np.allclose(ours(), by_hand(), rtol=1e-9, atol=1e-12)), f"{name} differs")
        seconds = _medians({"pyframe": ours, "by hand": by_hand}, rounds)
        yield Comparison(f"Hessian of {name}", seconds["pyframe"], seconds["by hand"], TARGET)
    loss, values = _factorisation(np.random.default_rng(3))
    hessian = loss.hessian("U")
    v = np.ones(values["U"].shape)
    contestants = {
        "structured": lambda: hessian.structured(**values) @ v,
        "dense": lambda: np.tensordot(hessian(**values), v, 2),
    }
    check(bool(np.allclose(contestants["structured"](), contestants["dense"]())), "they differ")
    seconds = _medians(contestants, rounds)
    yield Comparison(
        "factorisation, structured against dense",
        seconds["structured"],
        seconds["dense"],
        STRUCTURED,
        "made and applied once",
    )


def _medians(contestants: dict[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    return {name: median(each) for name, each in interleaved(contestants, rounds).items()}


def _cases() -> Iterator[tuple[str, Callable[[], Any], Callable[[], Any]]]:
    rng = np.random.default_rng(0)
    quadratic = pf.matrix("x'*A*x").hessian("x")
    for n in (400, 1000):
        values = {"A": rng.standard_normal((n, n)), "x": rng.standard_normal(n)}
        yield (
            f"x'*A*x, n = {n}",
            lambda values=values: quadratic(**values),
            lambda A=values["A"]: A + A.T,
        )
    loss = pf.matrix("sum(log(1 + exp(-y.*(A*x))))").hessian("x")
    for n in (50, 200, 500):
        A, x, y = rng.standard_normal((2 * n, n)), rng.standard_normal(n), np.ones(2 * n)
        x /= n
        y[::2] = -1.0
        yield (
            f"a logistic loss, n = {n}",
            lambda values={"A": A, "x": x, "y": y}: loss(**values),
            lambda A=A, x=x, y=y: _logistic(A, x, y),
        )
    factorisation, values = _factorisation(rng)
    hessian = factorisation.hessian("U")
    yield (
        "a masked factorisation, n = 100, k = 5",
        lambda: hessian(**values),
        lambda: _masked(values["M"], values["U"], values["V"]),
    )
    network, weights = _network(rng)
    of_first = network.hessian("W1")
    yield (
        f"a network of {LAYERS} layers, n = 20",
        lambda: of_first(**weights),
        lambda: _backwards(weights),
    )
    S, X = rng.standard_normal((30, 30)), rng.standard_normal((30, 30)) + 9 * np.eye(30)
    barrier = pf.matrix("inner(S, X) - logdet(X)", S="n,n", X="n,n").hessian("X")
    yield "<S, X> - logdet X, n = 30", lambda: barrier(S=S, X=X), lambda: _barrier(X)


def _logistic(A: Any, x: Any, y: Any) -> Any:
    s = expit(-y * (A @ x))
    return (A.T * (y * y * s * (1 - s))) @ A


def _factorisation(rng: np.random.Generator) -> tuple[Any, dict[str, Any]]:
    loss = pf.matrix("norm2(M.*(Y - U*V'))^2/2", M="m,n", Y="m,n", U="m,k", V="n,k")
    n, k = 100, 5
    shapes = {"M": (n, n), "Y": (n, n), "U": (n, k), "V": (n, k)}
    return loss, {name: rng.standard_normal(shape) for name, shape in shapes.items()}


def _masked(M: Any, U: Any, V: Any) -> Any:
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


def _backwards(values: dict[str, Any]) -> Any:
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


def _barrier(X: Any) -> Any:
    inverse = np.linalg.inv(X)
    return inverse.T[:, None, None, :] * inverse[None, :, :, None]
