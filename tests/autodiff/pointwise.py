"""Derivatives of functions of each element, by every way, against fifty digits."""

from __future__ import annotations

import itertools

import numpy as np
from autodiff.mp_numpy import mp

import pyframe as pf


def reference(f, points, orders):
    """The partial derivative of f at each point: a float of fifty digits."""
    with mp.workdps(60):
        return np.array(
            [float(mp.diff(f, tuple(map(mp.mpf, map(float, p))), orders)) for p in points]
        )


def partial(n, *places):
    orders = [0] * n
    for place in places:
        orders[place] += 1
    return tuple(orders)


def close(got, want, rtol, atol=0.0):
    np.testing.assert_allclose(np.asarray(got, float), want, rtol=rtol, atol=atol)


def check(f, exact, *columns, rtol=1e-13, second=1e-11, atol=1e-15, float32=2e-6, shapes=True):
    """Value, tangents, adjoints and second derivatives of f at the points (zip of columns)."""
    x = tuple(np.asarray(column, float) for column in columns)
    n = len(x)
    points = list(zip(*x, strict=True))
    value = np.array([float(exact(*map(mp.mpf, map(float, p)))) for p in points])
    first = [reference(exact, points, partial(n, k)) for k in range(n)]
    both = {
        (j, k): reference(exact, points, partial(n, j, k))
        for j, k in itertools.combinations_with_replacement(range(n), 2)
    }

    def total(*a):
        return np.sum(f(*a))

    everything = tuple(range(n))
    close(f(*x), value, rtol, atol)
    got, grads = pf.value_and_grad(total, argnums=everything)(*x)
    close(got, np.sum(value), 1e-12, 1e-12 + atol)
    for k in range(n):
        along = tuple(np.full(x[0].shape, float(k == j)) for j in range(n))
        value_, tangent = pf.jvp(f, x, along)
        close(value_, value, rtol, atol)
        close(tangent, first[k], rtol, atol)
        close(grads[k], first[k], rtol, atol)
        gradient = pf.grad(total, argnums=k)
        for j in range(n):
            along = tuple(np.full(x[0].shape, float(i == j)) for i in range(n))
            want = both[min(j, k), max(j, k)]
            close(pf.jvp(gradient, x, along)[1], want, second, atol * 100)
            twice = pf.grad(lambda *a, g=gradient: np.sum(g(*a)), argnums=j)(*x)
            close(twice, want, second, atol * 100)
    if float32:
        single = tuple(column.astype(np.float32) for column in x)
        exactly = [tuple(map(float, p)) for p in zip(*single, strict=True)]
        made = pf.grad(total, argnums=everything)(*single)
        for k in range(n):
            assert made[k].dtype == np.float32
            close(made[k], reference(exact, exactly, partial(n, k)), float32, 1e-6)
    if shapes:
        check_shapes(f, *x)


def check_shapes(f, *x):
    """0-d, length 1, empty, strided and broadcast arrays: the derivative has the input's shape."""
    first = tuple(column[:1] for column in x)
    everything = tuple(range(len(x)))

    def total(*a):
        return np.sum(f(*a))

    gradient = pf.grad(total, argnums=everything)
    one = gradient(*(float(column[0]) for column in x))
    for k, g in enumerate(gradient(*first)):
        assert g.shape == (1,)
        close(g[0], one[k], 1e-14, 1e-300)
    for g in gradient(*(column[:0] for column in x)):
        assert g.shape == (0,)
    for g, h in zip(
        gradient(*(np.repeat(column, 2)[::2] for column in x)), gradient(*x), strict=True
    ):
        np.testing.assert_array_equal(g, h)
    if len(x) == 2:
        a, b = x[0][:, None], x[1][:1]
        ga, gb = gradient(a, b)
        assert ga.shape == a.shape
        assert gb.shape == b.shape
        stretched = gradient(a[:, 0], np.repeat(b, len(a)))
        close(ga[:, 0], stretched[0], 1e-14, 1e-300)
        close(gb, np.sum(stretched[1]), 1e-12, 1e-12)
