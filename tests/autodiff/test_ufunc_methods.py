"""reduce, accumulate, outer, reduceat and at: NumPy's values, right derivatives."""

import functools
import itertools

import numpy as np
import pytest
import scipy.special
from autodiff import scalarised
from autodiff.like_numpy import same

import pyframe as pf
from pyframe.errors import (
    ConcretizationError,
    DTypeError,
    IndexOutOfBounds,
    ParameterError,
    ParameterTypeError,
    ShapeError,
    UnsupportedOperation,
)

RNG = np.random.default_rng(3)
X = RNG.uniform(0.5, 1.5, size=(3, 4, 5))
HOLES = np.where(X > 1.2, np.nan, X)
MASK = RNG.uniform(size=X.shape) < 0.6

ANY_ORDER = (
    np.add, np.multiply, np.maximum, np.minimum, np.fmax, np.fmin, np.logaddexp, np.logaddexp2,
    np.hypot,
)  # fmt: skip
TRUTHS = (np.logical_and, np.logical_or, np.logical_xor)
IN_ORDER = (
    np.subtract, np.divide, np.copysign, np.fmod, np.remainder, np.float_power, np.floor_divide,
    np.heaviside, np.power, np.arctan2,
)  # fmt: skip
EVERY = (*ANY_ORDER, *TRUTHS, *IN_ORDER)
BY_NAME = pytest.mark.parametrize("ufunc", EVERY, ids=lambda u: u.__name__)


def folded(ufunc, x, axis, first=()):
    """The fold by calls: NumPy's own loops for power and arctan2 go wrong on some machines."""
    return functools.reduce(ufunc, [*first, *np.moveaxis(np.asarray(x), axis, 0)])


@BY_NAME
def test_reduce_is_numpys(ufunc):
    for x, axis, keepdims in itertools.product(
        (X, X.astype(np.float32)), (0, 1, -1, None, (0, 2)), (False, True)
    ):
        if ufunc in IN_ORDER:
            if not isinstance(axis, int) or keepdims:
                continue
            for first in ((), (np.asarray(0.7, x.dtype),)):
                options = {"initial": first[0]} if first else {}
                value = pf.jvp(lambda x, a=axis, o=options: ufunc.reduce(x, a, **o), (x,), (x,))[0]
                want = folded(ufunc, x, axis, first)
                assert value.dtype == want.dtype
                np.testing.assert_allclose(value, want, rtol=1e-6)
            continue
        same(lambda x, a=axis, k=keepdims: ufunc.reduce(x, axis=a, keepdims=k), x, rtol=1e-11)
        if ufunc not in TRUTHS:
            same(lambda x, a=axis: ufunc.reduce(x, axis=a, initial=0.7), x, 1e-11, replay=False)
    if ufunc not in IN_ORDER:
        same(ufunc.reduce, X)
        same(lambda x: ufunc.reduce(x > 1) if ufunc not in ANY_ORDER[6:] else x, X)


@BY_NAME
def test_accumulate_is_numpys(ufunc):
    for x, axis in itertools.product((X, X.astype(np.float32)), (0, 1, -1)):
        if ufunc in IN_ORDER:
            value = pf.jvp(lambda x, a=axis: ufunc.accumulate(x, a), (x,), (x,))[0]
            moved = np.moveaxis(x, axis, 0)
            rows = [functools.reduce(ufunc, moved[: k + 1]) for k in range(len(moved))]
            np.testing.assert_allclose(value, np.moveaxis(rows, 0, axis), rtol=1e-6)
        else:
            same(lambda x, a=axis: ufunc.accumulate(x, axis=a), x, rtol=1e-11)


@BY_NAME
def test_outer_is_numpys(ufunc):
    for x in (X, X.astype(np.float32)):
        same(lambda x: ufunc.outer(x[0], x[1, 1]), x)
        same(lambda x: ufunc.outer(x[0], 2.0), x)
        same(lambda x: ufunc.outer([1, 2], x[1]), x)


@BY_NAME
def test_reduceat_is_numpys(ufunc):
    for places, axis in itertools.product(([0, 2, 1, 1], [2], [0, 1, 2]), (0, 1, -1)):
        if ufunc in (np.power, np.arctan2):
            continue
        same(lambda x, p=places, a=axis: ufunc.reduceat(x, p, axis=a), X, rtol=1e-11)


@pytest.mark.parametrize("ufunc", [*ANY_ORDER, *IN_ORDER], ids=lambda u: u.__name__)
def test_at_is_numpys(ufunc):
    def f(x):
        made = x.copy()
        ufunc.at(made, ([0, 1, 0, 0], [1, 2, 1, 1]), x[:1, 0])
        ufunc.at(made, (slice(None), [0, 0, 3]), x[0, 0, 0])
        return made

    same(f, X)
    same(f, X.astype(np.float32))


def test_masks():
    for ufunc in (np.add, np.multiply, *TRUTHS, np.logaddexp, np.hypot, np.logaddexp2):
        same(lambda x, u=ufunc: u.reduce(x, axis=1, where=MASK), X, rtol=1e-11)
    for ufunc in (np.maximum, np.minimum, np.fmax, np.fmin):
        same(lambda x, u=ufunc: u.reduce(x, axis=1, where=MASK, initial=0.9), X)
        same(lambda x, u=ufunc: u.reduce(x, axis=1, where=MASK, initial=0.9), HOLES)


def test_nan_is_passed_on_or_passed_over():
    for ufunc, axis in itertools.product((np.maximum, np.fmax, np.fmin, np.minimum), (0, None)):
        same(lambda x, u=ufunc, a=axis: u.reduce(x, axis=a), HOLES)
        same(lambda x, u=ufunc: u.accumulate(x, axis=1), HOLES)
    got = pf.grad(lambda x: np.fmax.reduce(x))(np.array([1.0, np.nan, 1.0, 0.0]))
    assert got.tolist() == [0.5, 0.0, 0.5, 0.0]


def test_hypot_of_one_number_is_its_modulus():
    x = np.array([[-3.0, 2.0, 0.0]])
    same(lambda x: np.hypot.reduce(x, axis=0), x)
    same(lambda x: np.hypot.reduce(x, axis=0, where=x != 2.0), x)
    got = pf.grad(lambda x: np.sum(np.hypot.reduce(x, axis=0)))(x)
    assert got.tolist() == [[-1.0, 1.0, 0.0]]


def test_integers_and_truth_values():
    for f in (
        lambda x: np.bitwise_or.reduce(x > 1, axis=0),
        lambda x: np.bitwise_and.reduce(np.rint(4 * x).astype(int), axis=0),
        lambda x: np.gcd.reduce(np.rint(40 * x).astype(int), axis=1),
        lambda x: np.add.reduce(x > 1, axis=0),
        lambda x: np.subtract.reduce(np.rint(4 * x).astype(int), axis=0),
        lambda x: np.divide.reduce(np.rint(4 * x).astype(int), axis=0),
        lambda x: np.maximum.reduce(x > 1, axis=0),
        lambda x: np.add.accumulate(x > 1, axis=0),
    ):
        same(f, X)


def test_empty_arrays():
    empty = np.zeros((3, 0))
    for ufunc in (np.add, np.multiply, np.logaddexp, np.hypot, np.logical_or, np.logical_and):
        same(lambda x, u=ufunc: u.reduce(x, axis=1), empty, replay=False)
        same(lambda x, u=ufunc: u.reduce(x, axis=0), empty, replay=False)
    same(lambda x: np.subtract.accumulate(x, axis=1), empty, replay=False)
    same(lambda x: np.fmax.reduce(x, axis=1, initial=2.0), empty, replay=False)
    for ufunc in (np.maximum, np.fmax, np.subtract):
        with pytest.raises(ShapeError, match="empty array"):
            pf.jvp(lambda x, u=ufunc: u.reduce(x, axis=1), (empty,), (empty,))


SMOOTH = {
    **{
        f"{u.__name__}.reduce": lambda x, u=u: u.reduce(x, axis=1)
        for u in (np.add, np.multiply, np.subtract, np.divide, np.power, np.float_power)
    },
    **{
        f"{u.__name__}.accumulate": lambda x, u=u: u.accumulate(x, axis=2)
        for u in (np.add, np.multiply, np.subtract, np.divide)
    },
    "add.reduce of axes": lambda x: np.add.reduce(x, axis=(0, 2), initial=2.0),
    "multiply.outer": lambda x: np.multiply.outer(x[0, 0], x[1]),
    "divide.outer": lambda x: np.divide.outer(x[0, 0], x[1, 1]),
    "power.outer": lambda x: np.power.outer(x[0, 0], x[1, 1]),
    "add.reduceat": lambda x: np.add.reduceat(x, [0, 3, 1], axis=2),
    "multiply.reduceat": lambda x: np.multiply.reduceat(x, [0, 2, 1, 1], axis=1),
}
KINKED = {
    **{
        f"{u.__name__}.{m}": lambda x, u=u, m=m: getattr(u, m)(x, axis=1)
        for u in (np.maximum, np.minimum, np.fmax, np.fmin)
        for m in ("reduce", "accumulate")
    },
    "arctan2.outer": lambda x: np.arctan2.outer(x[0, 0], x[1, 1]),
    "maximum.reduceat": lambda x: np.maximum.reduceat(x, [0, 3, 1], axis=2),
}


@pytest.mark.parametrize("name", SMOOTH)
def test_derivatives_by_complex_steps(name):
    if name.startswith(("power.reduce", "float_power.reduce")):
        ufunc = np.power if name.startswith("power") else np.float_power
        scalarised.check(SMOOTH[name], X, oracle=lambda x: folded(ufunc, x, 1))
    else:
        scalarised.check(SMOOTH[name], X)


SUMS = {
    np.logaddexp: (np.exp, np.log),
    np.logaddexp2: (lambda x: np.exp(x * np.log(2)), lambda x: np.log(x) / np.log(2)),
    np.hypot: (np.square, np.sqrt),
}


@pytest.mark.parametrize("ufunc", SUMS, ids=lambda u: u.__name__)
def test_derivatives_of_sums_in_disguise(ufunc):
    inner, outer = SUMS[ufunc]
    for method, running in (("reduce", np.sum), ("accumulate", np.cumsum)):
        scalarised.check(
            lambda x, m=method: getattr(ufunc, m)(x, axis=1),
            X,
            oracle=lambda x, r=running: outer(r(inner(x), axis=1)),
        )


@pytest.mark.parametrize("name", KINKED)
def test_derivatives_by_differences(name):
    scalarised.check(KINKED[name], X, by="differences", rtol=1e-8)


def scattered(ufunc):
    def f(x):
        made = np.zeros_like(x) + 0.5 * x
        ufunc.at(made, ([0, 1, 0, 0], [1, 2, 1, 3]), x[2, 0, 0] * x[2])
        return made

    return f


@pytest.mark.parametrize(
    "ufunc", [np.add, np.subtract, np.multiply, np.divide], ids=lambda u: u.__name__
)
def test_derivatives_of_at(ufunc):
    scalarised.check(
        scattered(ufunc), X[:, :, :5], oracle=lambda x: _scattered_plainly(ufunc, x), second=True
    )


def _scattered_plainly(ufunc, x):
    made = 0.5 * x
    for i, j, k in zip([0, 1, 0, 0], [1, 2, 1, 3], range(4), strict=True):
        made[i, j] = ufunc(made[i, j], x[2, 0, 0] * x[2, k])
    return made


def test_at_of_one_argument_and_of_views():
    def f(x):
        made = np.zeros_like(x)
        made[:] = x
        np.square.at(made, [0, 0, 1])
        np.negative.at(made, slice(1, 3))
        np.add.at(made[1:], [0, 0], x[0])
        return made

    x = np.array([1.5, 2.0, 3.0, 4.0])
    same(f, x)
    rows = pf.jacobian(f)(x)
    want = [[4 * 1.5**3, 0, 0, 0], [2, -4, 0, 0], [0, 0, -1, 0], [0, 0, 0, 1]]
    np.testing.assert_allclose(rows, want)


def test_repeated_places_add_up():
    def f(v):
        made = np.zeros_like(v, shape=(4,))
        np.add.at(made, [2, 2, 0, 2], v)
        return made

    assert pf.jacobian(f)(np.ones(4)).T.tolist() == [
        [0, 0, 1, 0],
        [0, 0, 1, 0],
        [1, 0, 0, 0],
        [0, 0, 1, 0],
    ]


def test_exponents_of_minus_infinity():
    for ufunc in (np.logaddexp, np.logaddexp2):
        x = np.full(3, -np.inf)
        assert pf.value_and_grad(ufunc.reduce)(x)[0] == -np.inf
        assert pf.grad(ufunc.reduce)(x).tolist() == [0.0, 0.0, 0.0]
        huge = np.array([1e4, 1e4, -1e4])
        np.testing.assert_allclose(pf.grad(ufunc.reduce)(huge), [0.5, 0.5, 0.0])


def test_ufuncs_of_scipy():
    x = X[0]
    same(lambda x: scipy.special.xlogy.outer(x[0], x[1]), x)
    same(lambda x: scipy.special.xlogy.reduce(x, axis=1), x)


@pytest.mark.parametrize(
    ("f", "error", "text"),
    [
        (lambda x: np.subtract.reduce(x, axis=None), ParameterError, "order"),
        (lambda x: np.less.reduce(x), DTypeError, "less"),
        (lambda x: np.bitwise_or.reduce(x), DTypeError, "bitwise_or"),
        (lambda x: np.maximum.reduce(x, where=x > 0), ParameterError, "initial="),
        (lambda x: np.subtract.reduce(x, where=x > 0, initial=0.0), UnsupportedOperation, "where"),
        (lambda x: np.multiply.outer(x, x, where=x > 0), ParameterError, "where"),
        (lambda x: np.add.reduceat(x, [0, 7]), IndexOutOfBounds, "reach outside"),
        (lambda x: np.add.reduceat(x, 0), ShapeError, "sequence"),
        (lambda x: np.add.at(np.zeros(3), [0, 1], x[0, :2]), ConcretizationError, "zeros_like"),
        (lambda x: np.add.accumulate(x[0, 0]), ParameterTypeError, "number"),
        (lambda x: np.add.at(np.zeros_like(x, dtype=int), 0, x[0]), DTypeError, "derivative"),
    ],
)
def test_refusals(f, error, text):
    x = np.arange(12.0).reshape(3, 4)
    with pytest.raises(error, match=text):
        pf.jvp(lambda x: (f(x), x)[1], (x,), (np.ones_like(x),))
