"""A function of arrays checked to second order, through one number made of its results.

The number is the sum of ``w y + y^2 / 2`` over all elements y of the results, with fixed w.
"""

from __future__ import annotations

import numpy as np

import pyframe as pf


def leaves(made):
    """The arrays of a result, which may be a tuple of them."""
    return list(made) if isinstance(made, tuple) else [made]


def one_number(f):
    def number(*xs):
        total = 0.0
        for k, y in enumerate(leaves(f(*xs))):
            count = int(np.prod(np.shape(y)))
            w = np.cos(1.7 * np.arange(1, count + 1) + k).reshape(np.shape(y))
            if y.dtype == np.float32:
                w = w.astype(np.float32)
            total = total + np.sum(w * y + 0.5 * (y * y))
        return total

    return number


def complex_gradient(g, xs, h=1e-30):
    """By complex steps: g must be analytic."""
    grads = []
    for k, x in enumerate(xs):
        out = np.zeros(np.shape(x))
        for i in np.ndindex(*np.shape(x)):
            moved = [np.array(a, complex) for a in xs]
            moved[k][i] += 1j * h
            out[i] = np.imag(g(*moved)) / h
        grads.append(out)
    return grads


def difference_gradient(g, xs, h=1e-3):
    """By central differences extrapolated twice; right to about 1e-10."""
    grads = []
    for k, x in enumerate(xs):
        out = np.zeros(np.shape(x))
        for i in np.ndindex(*np.shape(x)):
            table = []
            for step in (h, h / 2, h / 4):
                ends = []
                for sign in (1, -1):
                    moved = [np.array(a, float) for a in xs]
                    moved[k][i] += sign * step
                    ends.append(float(g(*moved)))
                table.append((ends[0] - ends[1]) / (2 * step))
            first = [(4 * table[j + 1] - table[j]) / 3 for j in range(2)]
            out[i] = (16 * first[1] - first[0]) / 15
        grads.append(out)
    return grads


def close(got, want, rtol, what):
    got, want = np.asarray(got), np.asarray(want)
    assert got.shape == want.shape, (what, got.shape, want.shape)
    scale = np.max(np.abs(want), initial=1.0)
    np.testing.assert_allclose(got, want, rtol=rtol, atol=rtol * scale, err_msg=what)


def check(
    f, *xs, oracle=None, by="complex", rtol=1e-11, second=True, single=True, value_rtol=1e-13
):
    """Value, gradient, tangent and second order of f at xs.

    `oracle` is the same function for the way of differentiation `by`: complex steps, or
    differences.
    """
    oracle = oracle or f
    xs = tuple(np.asarray(x, float) for x in xs)
    every = tuple(range(len(xs)))
    plain, g = one_number(oracle), one_number(f)
    for k, (got, want) in enumerate(
        zip(leaves(pf.jvp(f, xs, xs)[0]), leaves(oracle(*xs)), strict=True)
    ):
        close(got, want, value_rtol, f"value {k}")
    value, grads = pf.value_and_grad(g, argnums=every)(*xs)
    close(value, plain(*xs), 10 * value_rtol, "value")
    gradient = complex_gradient if by == "complex" else difference_gradient
    wanted = gradient(plain, xs)
    for k in every:
        close(grads[k], wanted[k], rtol, f"gradient in argument {k}")
    rng = np.random.default_rng(5)
    vs = tuple(rng.standard_normal(x.shape) for x in xs)
    along = sum(np.sum(w * v) for w, v in zip(wanted, vs, strict=True))
    close(pf.jvp(g, xs, vs)[1], along, 10 * rtol, "tangent")
    if second:
        h = 1e-5
        ends = [gradient(plain, [x + s * v for x, v in zip(xs, vs, strict=True)]) for s in (h, -h)]
        wanted = [(a - b) / (2 * h) for a, b in zip(*ends, strict=True)]
        forward = pf.jvp(pf.grad(g, argnums=every), xs, vs)[1]
        reverse = pf.grad(
            lambda *a: sum(
                np.sum(p * v) for p, v in zip(pf.grad(g, argnums=every)(*a), vs, strict=True)
            ),
            argnums=every,
        )(*xs)
        for k in every:
            close(
                forward[k], wanted[k], max(1e-6, 100 * rtol), f"forward over reverse, argument {k}"
            )
            close(reverse[k], forward[k], max(1e-10, rtol), f"reverse over reverse, argument {k}")
    if single:
        floats = tuple(x.astype(np.float32) for x in xs)
        low = pf.grad(g, argnums=every)(*floats)
        for k in every:
            assert low[k].dtype == np.float32
            close(low[k], grads[k], 2e-3, f"gradient in single precision, argument {k}")
