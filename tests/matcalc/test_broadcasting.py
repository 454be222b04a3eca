"""Traced functions have the values that NumPy gives, whatever the axes of length one."""

import numpy as np
import pytest

import pyframe as pf
from pyframe.errors import PyframeError, ShapeError, UnsupportedOperation

SHAPES = {"x": "n", "z": "m", "c": "n,1", "r": "1,m", "A": "n,m", "s": "", "u": "1", "w": "1,1"}
"""Symbols with one axis or two, of which some have the length one."""

SIZES = {"n": 2, "m": 3, "1": 1}


def arrays(rng):
    """Values with the axes that NumPy would give them."""
    lengths = {k: [SIZES[n] for n in shape.split(",") if n] for k, shape in SHAPES.items()}
    return {name: rng.uniform(0.5, 2.0, lengths[name]) for name in SHAPES}


def evaluated(e, values):
    """The value of an expression, whose columns have one axis and whose single elements none."""
    whole = {name: values[name] for name in e.known}
    return e(**{name: x if name in "rAB" else np.squeeze(x) for name, x in whole.items()})


EXAMPLES = [
    lambda x, z: x[:, None] * z[None, :],
    lambda x, z: x.reshape(-1, 1) + z,
    lambda x, z: x[:, np.newaxis] / z.reshape(1, -1),
    lambda x, z: x.reshape(1, -1).T * z - x[..., None] ** z,
    lambda c, r: c @ r + c * r,
    lambda c, x: (c * x).sum() + c.T @ x,
    lambda A, c, r: A * c / r + r - c,
    lambda A, c, r: (c.T @ A @ r.T) * A,
    lambda A, x: A.T @ x[:, None] @ x[None, :],
    lambda A: A - A.mean(axis=0, keepdims=True) + A.sum(axis=1, keepdims=True),
    lambda A: A / np.sqrt(np.sum(A**2, axis=1, keepdims=True)),
    lambda A: (A - np.mean(A, axis=0)) / np.std(A, axis=0),
    lambda A: np.var(A, axis=1, ddof=1) + np.var(A) - np.std(A, axis=1, keepdims=True)[:, 0],
    lambda A, w, u: w * A + u / w - w @ u + w[0, 0] * u[0],
    lambda c, w: c @ w + c.squeeze() - c.ravel() * w.squeeze(),
    lambda c, r: np.maximum(c, r) + np.minimum(c[:, 0], c).T.sum(),
    lambda A, z: np.maximum(A, z) - np.minimum(z, A),
    lambda c: np.exp(-c) * abs(c).sum(axis=0) + c.sum(axis=1),
    lambda r: np.log1p(r).sum(axis=1) + r.sum(axis=0) - np.max(r, keepdims=True),
    lambda A: A[:, :] + A[..., :] * A[...],
    lambda A: A.reshape(-1, 1).sum() + A.reshape(1, -1).sum(axis=1),
    lambda s, x: s[None] * x + np.logaddexp(s, x[:, None]).sum(axis=1),
]


@pytest.mark.parametrize("function", EXAMPLES, ids=range(len(EXAMPLES)))
def test_axes_of_length_one_are_stretched(function):
    values = arrays(np.random.default_rng(0))
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    e = pf.matrix(function, **{name: SHAPES[name] for name in names})
    expected = function(**{name: values[name] for name in names})
    assert np.allclose(evaluated(e, values).squeeze(), np.squeeze(expected), rtol=1e-13)


def random_function(rng, depth):
    """A function of all values by name, drawn at random."""
    if depth == 0 or rng.random() < 0.15:
        name = str(rng.choice(list(SHAPES)))
        return lambda v: v[name]
    a, b = (random_function(rng, depth - 1) for _ in range(2))
    options = {"axis": [None, 0, 1, -1][rng.integers(4)], "keepdims": bool(rng.integers(2))}
    return [
        lambda v: a(v) + b(v),
        lambda v: a(v) - b(v),
        lambda v: a(v) * b(v),
        lambda v: a(v) / (1.0 + b(v) ** 2),
        lambda v: a(v) @ b(v),
        lambda v: a(v).T,
        lambda v: a(v)[:, None],
        lambda v: a(v)[None],
        lambda v: a(v)[..., None],
        lambda v: np.sum(a(v), **options),
        lambda v: a(v).mean(**options),
        lambda v: np.tanh(a(v)),
        lambda v: np.maximum(a(v), b(v)),
        lambda v: a(v).ravel(),
        lambda v: a(v).squeeze(),
        lambda v: np.reshape(a(v), (-1, 1)),
        lambda v: np.reshape(a(v), (1, -1)),
    ][rng.integers(17)]


def traced(function):
    """The formula of a function of all values; None when it is refused for a reason that counts."""
    try:
        return pf.matrix(lambda **values: function(values), **SHAPES)
    except UnsupportedOperation as error:
        # NumPy has three axes where a formula has two, or the axes of a scalar.
        return error if "axes" in str(error) else None
    except PyframeError:
        return None


def test_random_functions_have_numpys_values():
    rng, compared = np.random.default_rng(0), 0
    for _ in range(3000):
        function, values = random_function(rng, 4), arrays(rng)
        e = traced(function)
        try:
            expected = np.squeeze(function(values))
        except (ValueError, TypeError, IndexError, np.exceptions.AxisError):
            continue
        assert e is not None
        if isinstance(e, UnsupportedOperation):
            continue
        got = evaluated(e, values).squeeze()
        assert got.shape == expected.shape, str(e)
        assert np.allclose(got, expected, rtol=1e-12), str(e)
        compared += 1
    assert compared > 600


def test_what_has_no_second_axis_is_refused():
    for function, kind, message in [
        (lambda x: x[0], UnsupportedOperation, "elements of an expression cannot be taken"),
        (lambda x: x[1:], UnsupportedOperation, "elements of an expression cannot be taken"),
        (lambda x: x[:, :], ShapeError, "of an expression with 1 axes"),
        (lambda x: x[:, None, None], UnsupportedOperation, "two axes at most"),
        (lambda x: x[:, None] @ x[:, None], ShapeError, r"@ of arrays of shapes \(n, 1\)"),
        (lambda x: np.kron(x[:, None], x[:, None]), UnsupportedOperation, r"shape \(n, 1\)"),
        (lambda x: x.reshape(2, -1), UnsupportedOperation, "np.reshape of an expression"),
        (lambda x: x.squeeze(axis=0), UnsupportedOperation, "np.squeeze"),
    ]:
        with pytest.raises(kind, match=message):
            pf.matrix(function, x="n")
    with pytest.raises(UnsupportedOperation, match="keepdims"):
        np.sum(pf.Symbol("m,n", name="X"), axis=1, keepdims=True)


def added_to_an_alias(x):
    y = x
    y += 1
    return y @ x


def centred_in_place(A):
    B = A
    B -= B.mean(axis=0)
    return np.sum(A**2)


def residuals(A, x, z):
    r = A.T @ x
    r -= z
    r *= 2
    r /= 3
    r **= 2
    return r.sum()


def numbers(x):
    s = np.sum(x)
    t = s
    s += 1
    return s * t


def copies(x):
    y, z = x.copy(), x.flatten()
    y += 1
    z *= 2
    return x @ y + x @ z


@pytest.mark.parametrize(
    "function", [added_to_an_alias, centred_in_place, residuals, numbers, copies]
)
def test_changes_in_place(function):
    values = arrays(np.random.default_rng(0))
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    e = pf.matrix(function, **{name: SHAPES[name] for name in names})
    got = e(**{name: values[name] for name in names})
    assert np.isclose(got, function(**{name: values[name].copy() for name in names}), rtol=1e-13)


def test_views_are_not_changed_in_place():
    def changed(A):
        B = A.T
        B += 1
        return np.sum(A)

    def diagonal(A):
        d = np.einsum("ii->i", A)
        d += 1
        return np.sum(A)

    def stretched(x):
        x += np.ones((2, 1))
        return np.sum(x)

    with pytest.raises(UnsupportedOperation, match="cannot be changed in place"):
        pf.matrix(changed, A="n,n")
    with pytest.raises(UnsupportedOperation, match="cannot be changed in place"):
        pf.matrix(diagonal, A="n,n")
    with pytest.raises(ShapeError, match="changed in place by one of shape"):
        pf.matrix(stretched, x="n")


@pytest.mark.parametrize(
    "function",
    [
        lambda A, c: np.linalg.norm(A.T @ c) + np.linalg.norm(c, "fro"),
        lambda B, c: np.linalg.solve(B, c) * 2 + c,
        lambda c, r: np.outer(c, r) * np.vdot(c, c),
        lambda c: np.ones_like(c) + np.zeros_like(c.T),
    ],
)
def test_functions_of_columns(function):
    rng = np.random.default_rng(0)
    values = {**arrays(rng), "B": rng.uniform(0.5, 2.0, (2, 2))}
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    e = pf.matrix(function, **{name: {**SHAPES, "B": "n,n"}[name] for name in names})
    assert np.allclose(
        evaluated(e, values).squeeze(), np.squeeze(function(**{n: values[n] for n in names}))
    )
