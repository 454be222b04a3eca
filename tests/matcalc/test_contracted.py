"""Derivatives of any order as one program of contractions, against closed forms and np.einsum."""

from __future__ import annotations

import numpy as np
import pytest

import pyframe as pf


def network(layers: int, n: int):
    """logsumexp(z) - y'z of a chain of rectified layers, and the closed Hessian in the first."""
    text = "x"
    for layer in range(1, layers):
        text = f"relu(W{layer}*{text})"
    text = f"W{layers}*{text}"
    names = [f"W{layer}" for layer in range(1, layers + 1)]
    loss = pf.matrix(
        f"logsumexp({text}) - y'*({text})", x="n", y="n", **dict.fromkeys(names, "n,n")
    )
    rng = np.random.default_rng(5)
    values = {name: rng.standard_normal((n, n)) for name in names}
    values |= {"x": rng.standard_normal(n), "y": rng.standard_normal(n)}
    v, jacobian = values["x"], np.eye(n)
    for name in names[:-1]:
        z = values[name] @ v
        through = np.eye(n) if name == "W1" else values[name]
        jacobian = (z > 0)[:, None] * (through @ jacobian)
        v = np.maximum(z, 0)
    z, jacobian = values[names[-1]] @ v, values[names[-1]] @ jacobian
    p = np.exp(z - np.max(z)) / np.sum(np.exp(z - np.max(z)))
    x, inner = values["x"], jacobian.T @ (np.diag(p) - np.outer(p, p)) @ jacobian
    return loss, values, np.einsum("ik,j,l->ijkl", inner, x, x)


def test_the_parts_that_terms_share_are_made_once():
    loss, values, expected = network(layers=6, n=4)
    hessian = loss.hessian("W1")
    np.testing.assert_allclose(hessian(**values), expected, rtol=1e-11, atol=1e-14)
    program = str(hessian._whole.graph(values)).splitlines()
    # No layer is multiplied twice on its own: five products of the layers, two with the middle.
    assert sum(" contract " in line and line.endswith("f64[4,4]") for line in program) <= 7


@pytest.mark.parametrize(
    ("text", "name", "sizes"),
    [
        ("sum(exp(A*X*B))", "X", {"A": "m,n", "X": "n,k", "B": "k,p"}),
        ("norm2(M.*(Y - U*V'))^2", "U", {"M": "m,n", "Y": "m,n", "U": "m,k", "V": "n,k"}),
        ("tr(X'*A*X) + sum(X)^2", "X", {"A": "n,n", "X": "n,k"}),
        ("log(x'*A*x)/(x'*x + 1)", "x", {"A": "n,n", "x": "n"}),
        ("tr(X)*sum(X.*X) + logdet(X)", "X", {"X": "n,n"}),
        ("(a'*X*b)^2/(1 + sum(X.^2))", "X", {"a": "m", "X": "m,n", "b": "n"}),
    ],
)
def test_arrays_are_their_index_notation(text, name, sizes):
    rng = np.random.default_rng(len(text))
    lengths = {"m": 2, "n": 3, "k": 4, "p": 5}
    values = {
        symbol: rng.uniform(0.5, 1.5, [lengths[size] for size in own.split(",")])
        for symbol, own in sizes.items()
    }
    if text.endswith("logdet(X)"):
        values["X"] += 2 * np.eye(3)
    f = pf.matrix(text, **sizes)
    form = f.derivative(name, name, name)
    expected = np.zeros([lengths[size] for size in form.sizes])
    terms = form.form.formula.contractions([direction.formula for direction in form.directions])
    for coefficient, factors, output in terms:
        labels = "".join(dict.fromkeys(output))
        arrays = [np.asarray(factor_value(form, factor, values), float) for factor, _ in factors]
        held = {label for _, own in factors for label in own}
        kept = "".join(label for label in labels if label in held)
        inputs = ",".join(own for _, own in factors)
        part = coefficient * (np.einsum(f"{inputs}->{kept}", *arrays) if arrays else 1.0)
        place = np.einsum(f"{output}->{labels}", expected)
        shape = [n if label in held else 1 for label, n in zip(labels, place.shape, strict=True)]
        place += np.reshape(part, shape)
    np.testing.assert_allclose(form(**values), expected, rtol=1e-10, atol=1e-11)


def factor_value(form, factor, values):
    """The array of one factor, without an axis of a row."""
    own = form.form.derived(factor)
    array = np.asarray(own(**{name: values[name] for name in own.known if name in values}))
    return array.reshape(-1) if array.ndim == 2 and array.shape[0] == 1 else array


def test_a_sum_whose_terms_share_a_scalar_differently_often():
    f = pf.matrix("x*t/(t^2 + 1)^2", x="n")
    t, x = 0.7, np.array([1.0, -2.0])
    found = f.derivative("t", "t")(x=x, t=t)
    u = t * t + 1
    second = -12 * t / u**3 + 24 * t**3 / u**4
    np.testing.assert_allclose(found, second * x, rtol=1e-12)


def test_results_are_the_callers_own():
    hessian = pf.matrix("x'*A*x").hessian("x")
    A, x = np.arange(10_000.0).reshape(100, 100), np.ones(100)
    first = hessian(A=A, x=x)
    first[...] = 0.0
    np.testing.assert_array_equal(hessian(A=A, x=x), A + A.T)
    assert A[0, 1] == 1.0


@pytest.mark.parametrize("shape", [(64, 64), (65, 131), (130, 64), (80, 1000)])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_matrices_that_stand_on_end(shape, dtype):
    rng = np.random.default_rng(1)
    m, n = shape
    a, b = rng.standard_normal((n, m)).astype(dtype), rng.standard_normal(shape).astype(dtype)
    for f, given in [
        (lambda a, b: a.T + b, (a, b)),
        (lambda a, b: b - a.T, (a, b)),
        (lambda a, b: a.T * b.T.T, (a, b)),
        (lambda a, b: (a.T, b.T), (a, b)),
        (lambda a, b: a[1:, :].T + b[:, 1:], (a, b)),
        (lambda a, b: a.T / (a + 3).T, (a, b)),
    ]:
        found, expected = pf.compile(f)(*given), f(*given)
        assert (
            np.all(np.equal(found, expected))
            if isinstance(found, np.ndarray)
            else all(np.array_equal(one, other) for one, other in zip(found, expected, strict=True))
        )
