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
