"""Rows of the table of primitives: reductions, moves and products of arrays."""

from __future__ import annotations

import numpy as np
from autodiff.op_linalg import LINEAR_ALGEBRA
from autodiff.op_table import Entry

import pyframe as pf
from pyframe import _core

rng = np.random.default_rng(7)
INF = np.inf


def some(*shape):
    return rng.uniform(-1.0, 1.0, shape)


def last(x):
    return len(x.shape) - 1


def number(made, like):
    return _core.convert(made, like.dtype.name)


def reduction(name, plain, singular=(), flat=False):
    """Over the last axis; what is flat stands beside a sum."""

    def call(x):
        made = _core.reduce(name, x, [last(x)])
        return number(made, x) * np.sum(x, -1) if flat else made

    return Entry(
        name,
        call,
        (lambda x: plain(x) * np.sum(x, -1)) if flat else plain,
        (some(2, 3),),
        singular=singular,
        empty=(np.zeros((0, 3)),),
        one=(np.array([0.7]),),
    )


def real(f):
    return lambda x: f(np.real(x))


REDUCTIONS = [
    reduction("sum", lambda x: np.sum(x, -1)),
    reduction(
        "max",
        lambda x: np.max(x, -1),
        singular=(((np.array([1.0, 1.0, 0.0]),), ([0.5, 0.5, 0.0],)),),
    ),
    reduction(
        "min",
        lambda x: np.min(x, -1),
        singular=(((np.array([1.0, 0.0, 0.0]),), ([0.0, 0.5, 0.5],)),),
    ),
    reduction(
        "logsumexp",
        lambda x: np.log(np.sum(np.exp(x), -1)),
        singular=(
            ((np.array([-INF, -INF]),), ([0.0, 0.0],)),
            ((np.array([1e4, -1e4]),), ([1.0, 0.0],)),
        ),
    ),
    reduction(
        "norm",
        lambda x: np.sqrt(np.sum(x * x, -1)),
        singular=(
            ((np.zeros(3),), ([0.0, 0.0, 0.0],)),
            ((np.array([3e200, 4e200]),), ([0.6, 0.8],)),
        ),
    ),
    reduction("any", real(lambda x: np.any(x != 0, -1)), flat=True),
    reduction("all", real(lambda x: np.all(x != 0, -1)), flat=True),
    reduction("argmax", real(lambda x: np.argmax(x, -1)), flat=True),
    reduction("argmin", real(lambda x: np.argmin(x, -1)), flat=True),
]


def _scattered(x, places, n):
    made = np.zeros((*x.shape[:-1], n), x.dtype)
    for k, place in enumerate(places):
        made[..., place] += x[..., k]
    return made


def _put(x, values):
    made = x.copy()
    made.flat[[4, 1]] = values
    return made


def _unsliced(x):
    made = np.zeros(5, x.dtype)
    made[1::2] = x
    return made


PLACES = np.array([2, 0, 2])
MOVES = [
    Entry(
        "cumsum",
        lambda x: _core.cumsum(x, last(x), False),
        lambda x: np.cumsum(x, -1),
        (some(2, 3),),
        empty=(np.zeros((2, 0)),),
        one=(np.array([0.7]),),
    ),
    Entry(
        "cumsum_reverse",
        lambda x: _core.cumsum(x, last(x), True),
        lambda x: np.cumsum(x[..., ::-1], -1)[..., ::-1],
        (some(2, 3),),
        empty=(np.zeros((2, 0)),),
        one=(np.array([0.7]),),
    ),
    Entry(
        "reshape",
        lambda x: np.reshape(x, (-1, 2)),
        lambda x: np.reshape(x, (-1, 2)),
        (some(2, 3),),
        empty=(np.zeros((0, 4)),),
        one=(np.array([0.7, 0.1]),),
        stacked=False,
    ),
    Entry(
        "transpose",
        lambda x: np.swapaxes(x, -1, -2),
        lambda x: np.swapaxes(x, -1, -2),
        (some(2, 3),),
        empty=(np.zeros((0, 4)),),
        one=(np.array([[0.7]]),),
    ),
    Entry(
        "broadcast",
        lambda x: _core.broadcast(x, (2, *x.shape)),
        lambda x: np.broadcast_to(x, (2, *x.shape)),
        (some(1, 3),),
        empty=(np.zeros((1, 0)),),
        one=(np.array([0.7]),),
        stacked=False,
    ),
    Entry(
        "slice",
        lambda x: x[..., ::-2],
        lambda x: x[..., ::-2],
        (some(2, 5),),
        empty=(np.zeros((2, 0)),),
        one=(np.array([0.7]),),
    ),
    Entry(
        "unslice",
        lambda x: _core.unslice(x, [1], [2], [5]),
        _unsliced,
        (some(2),),
        stacked=False,
    ),
    Entry(
        "concatenate",
        lambda x, y: np.concatenate([x, y, x], axis=-1),
        lambda x, y: np.concatenate([x, y, x], axis=-1),
        (some(2, 3), some(2, 3)),
        empty=(np.zeros((2, 0)), np.zeros((2, 0))),
        one=(np.array([0.7]), np.array([0.2])),
        stacked=False,
    ),
    Entry(
        "element",
        lambda x: _core.element(x, 0) * x,
        lambda x: x.flat[0] * x,
        (some(4),),
        one=(np.array([0.7]),),
        stacked=False,
    ),
    Entry(
        "stack",
        lambda x, y: _core.stack([x, y, x]),
        lambda x, y: np.stack([x, y, x]),
        (some(3), some(3)),
        empty=(np.zeros((0,)), np.zeros((0,))),
        one=(np.array([0.7]), np.array([0.2])),
        stacked=False,
    ),
    Entry(
        "gather",
        lambda x: _core.gather(x, PLACES, last(x)),
        lambda x: np.take(x, PLACES, axis=-1),
        (some(2, 3),),
        empty=(np.zeros((0, 3)),),
    ),
    Entry(
        "scatter_add",
        lambda x: _core.scatter_add(x, PLACES, last(x), [*x.shape[:-1], 4]),
        lambda x: _scattered(x, PLACES, 4),
        (some(2, 3),),
        empty=(np.zeros((0, 3)),),
    ),
    Entry(
        "put",
        lambda x, y: _core.put(x, np.array([4, 1]), y),
        _put,
        (some(2, 3), some(2)),
        stacked=False,
    ),
    Entry(
        "argsort",
        lambda x: np.sort(x, axis=-1),
        lambda x: np.sort(x, axis=-1),
        (some(2, 5),),
        empty=(np.zeros((2, 0)),),
        one=(np.array([0.7]),),
    ),
]


@pf.primitive("table-cube")
def cube(x):
    """x^3, from outside."""
    return x**3


@cube.rule
def _(y, x, dx):
    return 3 * x * x * dx


def pulled_back(y, b):
    """The adjoint of t B, which keeps zeros: y B'."""
    t = np.zeros((y.shape[0], b.shape[0]), y.dtype)
    (found,) = pf.vjp(lambda t: np.matmul(t, b), t)[1](y)
    return found


PRODUCTS = [
    Entry(
        "contract",
        np.matmul,
        np.matmul,
        (some(2, 3), some(3, 4)),
        empty=(np.zeros((2, 0)), np.zeros((0, 3))),
        one=(np.array([[0.7]]), np.array([[0.2]])),
        label="matmul",
    ),
    Entry(
        "contract",
        lambda x, y: np.einsum("ij,kj->jik", x, y),
        lambda x, y: np.einsum("ij,kj->jik", x, y),
        (some(2, 3), some(4, 3)),
        empty=(np.zeros((2, 0)), np.zeros((3, 0))),
        one=(np.array([[0.7]]), np.array([[0.2]])),
        stacked=False,
        label="batch",
    ),
    Entry(
        "contract",
        lambda x, y: np.einsum("ij,ij->", x, y),
        lambda x, y: np.einsum("ij,ij->", x, y),
        (some(2, 3), some(2, 3)),
        empty=(np.zeros((2, 0)), np.zeros((2, 0))),
        one=(np.array([[0.7]]), np.array([[0.2]])),
        stacked=False,
        label="inner",
    ),
    Entry(
        "strong_contract",
        pulled_back,
        lambda y, b: np.matmul(y, b.T),
        (some(2, 3), some(4, 3)),
        empty=(np.zeros((2, 0)), np.zeros((3, 0))),
        one=(np.array([[0.7]]), np.array([[0.2]])),
        stacked=False,
    ),
    Entry(
        "foreign",
        cube,
        lambda x: x**3,
        (some(2, 3),),
        empty=(np.zeros((0,)),),
        one=(np.array([0.7]),),
    ),
]

ARRAYS = [*REDUCTIONS, *MOVES, *PRODUCTS, *LINEAR_ALGEBRA]
