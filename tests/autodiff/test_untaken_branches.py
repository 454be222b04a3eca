"""Branches that are not taken make no NaN, however choice and function are written (K1)."""

import itertools

import numpy as np
import pytest
import scipy.special as sp

import pyframe as pf

# Without a derivative, or without a value, at or beside 0.
SINGULAR = {
    "sqrt": np.sqrt,
    "power": lambda x: x**0.5,
    "cbrt": np.cbrt,
    "log": np.log,
    "log1p": lambda x: np.log1p(x - 1),
    "reciprocal": lambda x: 1 / x,
    "quotient": lambda x: x / x,
    "arcsin": lambda x: np.arcsin(1 + x),
    "arccosh": lambda x: np.arccosh(1 + x),
    "arctanh": lambda x: np.arctanh(1 - x),
    "xlogx": lambda x: x * np.log(x),
    "entr": sp.entr,
    "logit": sp.logit,
    "erfinv": lambda x: sp.erfinv(1 - x),
    "gamma": sp.gamma,
    "norm": lambda x: np.linalg.norm(x) / x,
    "norm-axis": lambda x: np.linalg.norm(x[:, None], axis=1),
    "norm-spelled": lambda x: np.sqrt(np.sum(x * x)) * x,
    "unit-vector": lambda x: x / np.linalg.norm(x),
    "hypot": lambda x: np.hypot(x, 2 * x) / x,
    "arctan2": lambda x: np.arctan2(x, x) / x,
    "std": lambda x: (x - np.mean(x)) / np.std(x),
    "mean-of-logs": lambda x: np.exp(np.mean(np.log(x))) + x,
    "overflow": lambda x: np.exp(1e4 - x) * x,
    "inf-minus-inf": lambda x: 1 / x - 2 / x,
    "cumulative": lambda x: np.cumprod(1 / x),
    "matmul": lambda x: (1 / np.outer(x, x)) @ x,
    "matmul-left": lambda x: x @ np.log(np.outer(x, x)),
    "matmul-large": lambda x: (np.ones((2, 40)) / x[0] @ np.outer(np.repeat(x, 20), np.ones(9)))[
        :, 0
    ],
    "dot": lambda x: np.dot(1 / x, x) * x,
    "inner": lambda x: np.inner(np.log(x), np.sqrt(x)) * x,
    "outer": lambda x: np.outer(np.log(x), x)[1],
    "kron": lambda x: np.kron(1 / x, x)[:2],
    "tensordot": lambda x: np.tensordot(1 / np.outer(x, x), np.sqrt(x), 1),
    "einsum": lambda x: np.einsum("ij,jk,k->i", np.log(np.outer(x, x)), 1 / np.outer(x, x), x),
    "multi_dot": lambda x: np.linalg.multi_dot([np.eye(2) / x, np.outer(x, x), x]),
    "matrix_power": lambda x: np.linalg.matrix_power(np.eye(2) / x, 3) @ x,
    "convolve": lambda x: np.convolve(1 / x, x)[:2],
    "det": lambda x: np.linalg.det(np.eye(2) + 1 / np.outer(x, x)) * x,
    "inv": lambda x: np.linalg.inv(np.eye(2) + 1 / np.outer(x, x)) @ x,
}


def _assigned(f, x):
    made = 3 * x
    taken = x > 0
    made[taken] = f(x)[taken]
    return made


def _put_back(f, x):
    made = f(x)
    made[x <= 0] = (3 * x)[x <= 0]
    return made


def _one_by_one(f, x):
    whole = f(x)
    return np.stack([whole[i] if x[i] > 0 else 3 * x[i] for i in range(len(x))])


CHOOSE = {
    "where": lambda f, x: np.where(x > 0, f(x), 3 * x),
    "where-not": lambda f, x: np.where(x <= 0, 3 * x, f(x)),
    "where-nested": lambda f, x: np.where(x > 1, x, np.where(x > 0, f(x), 3 * x)),
    "where-of-safe": lambda f, x: np.where(x > 0, f(np.where(x > 0, x, 0.0)), 3 * x),
    "select": lambda f, x: np.select([x > 1, x > 0], [f(x) * 2, f(x)], 3 * x),
    "choose": lambda f, x: np.choose((x > 0).astype(int), [3 * x, f(x)]),
    "assigned": _assigned,
    "put-back": _put_back,
    "one-by-one": _one_by_one,
    "times-later": lambda f, x: np.where(x > 0, f(x), 0.0) * 2 + 3 * x,
    "piece-of-two": lambda f, x: np.concatenate([3 * x, f(x)])[:2],
    "take": lambda f, x: np.take(np.stack([f(x), 3 * x]), 1, axis=0),
    "take-along": lambda f, x: np.take_along_axis(
        np.stack([f(x), 3 * x]), np.ones((1, 2), int), axis=0
    )[0],
    "compress": lambda f, x: np.compress([False, True], np.stack([f(x), 3 * x]), axis=0)[0],
    "beside": lambda f, x: 3 * x + np.where(np.isnan(x), f(x), 0.0),
}

ORIGIN = np.zeros(2)
WANTED = np.full(2, 3.0)


def by_reverse(f):
    return pf.grad(lambda x: np.sum(f(x)))(ORIGIN)


def by_forward(f):
    return np.array([pf.jvp(f, (ORIGIN,), (e,))[1] for e in np.eye(2)]).sum(axis=1)


def by_vjp(f):
    return pf.vjp(f, ORIGIN)[1](np.ones(2))[0]


def by_replay(f):
    compiled = pf.compile(lambda x: np.sum(f(x)))
    compiled.grad(ORIGIN)
    return compiled.grad(ORIGIN)


def by_second(f):
    """The square's: 2 f'^2 + 2 f f'', halved and divided by f' = 3."""
    twice = pf.grad(lambda x: np.sum(pf.grad(lambda x: np.sum(f(x) ** 2))(x)))(ORIGIN)
    return twice / 6


def by_mixed(f):
    return pf.jvp(pf.grad(lambda x: np.sum(f(x) ** 2)), (ORIGIN,), (np.ones(2),))[1] / 6


WAYS = (by_reverse, by_forward, by_vjp, by_replay, by_second, by_mixed)


@pytest.mark.parametrize("choice", CHOOSE)
def test_no_nan_from_untaken_branches(choice, tell):
    wrong = []
    for name, way in itertools.product(SINGULAR, WAYS):
        f = lambda x, name=name: CHOOSE[choice](SINGULAR[name], x)  # noqa: E731
        with np.errstate(all="ignore"):
            got = way(f)
        if not np.array_equal(got, WANTED):
            wrong.append(f"{name} {way.__name__}: {got}")
    tell(f"untaken branches, {choice}: {len(SINGULAR) * len(WAYS)} gradients, {len(wrong)} wrong")
    assert not wrong


# Shapes of two factors: matrices large and small, a vector on either side, outer products, stacks.
FACTORS = [
    ((3, 2), (2, 4)),
    ((40, 30), (30, 20)),
    ((40, 30), (30,)),
    ((30,), (30, 40)),
    ((7, 1), (1, 9)),
    ((60, 1), (1, 70)),
    ((5, 6, 7), (5, 7, 8)),
    ((4, 0), (0, 3)),
]


@pytest.mark.parametrize("shapes", FACTORS, ids=str)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_zero_adjoints_and_tangents_stop_what_a_product_multiplies_them_by(shapes, dtype):
    """Elements that are 0 count for nothing, the others as in NumPy, NaN and infinity included."""
    rng = np.random.default_rng(7)
    a, b = (rng.normal(size=shape).astype(dtype) for shape in shapes)
    a[rng.random(a.shape) < 0.02] = np.inf
    a[rng.random(a.shape) < 0.02] = np.nan
    a[rng.random(a.shape) < 0.2] = 0
    t = rng.normal(size=b.shape).astype(dtype)
    t[rng.random(b.shape) < 0.8] = 0
    u = rng.normal(size=np.shape(np.ones(shapes[0]) @ np.ones(shapes[1]))).astype(dtype)
    u[rng.random(u.shape) < 0.8] = 0

    left, right = (a[None] if a.ndim == 1 else a), (b[:, None] if b.ndim == 1 else b)

    def strong(x, y):
        x, y = x[..., :, :, None].astype(float), y[..., None, :, :].astype(float)
        with np.errstate(all="ignore"):
            return np.where((x == 0) | (y == 0), 0, x * y).sum(axis=-2)

    f = lambda b: a @ b  # noqa: E731
    with np.errstate(all="ignore"):
        along = pf.jvp(f, (b,), (t,))[1]
        back = pf.vjp(f, b)[1](u)[0]
        replayed = pf.compile(lambda b: np.sum(np.where(u == 0, 0, u * (a @ b))))
        again = replayed.grad(b)
        again = replayed.grad(b)
    tolerance = {"rtol": 1e-4, "atol": 1e-5} if dtype == np.float32 else {"rtol": 1e-12}
    seed = u.reshape(*left.shape[:-1], right.shape[-1])
    np.testing.assert_allclose(
        along, strong(left, t.reshape(right.shape)).reshape(u.shape), **tolerance
    )
    wanted = strong(np.swapaxes(left, -1, -2), seed).reshape(b.shape)
    np.testing.assert_allclose(back, wanted, **tolerance)
    np.testing.assert_allclose(again, wanted, **tolerance)
