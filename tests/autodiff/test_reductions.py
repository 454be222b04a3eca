"""Sums, products, extremes, truth values and running folds: NumPy's values, right derivatives."""

import itertools

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from autodiff import scalarised
from autodiff.like_numpy import same

import pyframe as pf
from pyframe.errors import (
    ConcretizationError,
    DTypeError,
    ParameterError,
    ParameterTypeError,
    ShapeError,
)

RNG = np.random.default_rng(7)
X = RNG.normal(size=(3, 4, 5))
MASK = RNG.uniform(size=X.shape) < 0.6
AXES = (None, 0, 1, -1, (0, 2), (-1, 1), (0, 1, 2), ())
REDUCTIONS = ("sum", "prod", "max", "min", "ptp", "any", "all", "count_nonzero")
RUNNING = ("cumsum", "cumprod")


@pytest.mark.parametrize("kind", ["float64", "float32", "int64", "bool"])
@pytest.mark.parametrize("name", REDUCTIONS)
def test_values_are_numpys(name, kind):
    called = getattr(np, name)
    if name == "ptp" and kind == "bool":
        return

    def of_kind(x):
        whole = {"int64": lambda: np.rint(3 * x).astype(int), "bool": lambda: x > 0.5}
        return whole[kind]() if kind in whole else x

    x = X.astype(np.float32) if kind == "float32" else X
    for axis, keepdims in itertools.product(AXES, (False, True)):
        same(
            lambda x, a=axis, k=keepdims: called(of_kind(x), axis=a, keepdims=k),
            x,
            replay=axis in (None, 1),
            what=f"{name} axis={axis} keepdims={keepdims}",
        )
    same(lambda x: called(of_kind(x[0, 0]).reshape(5)), x)
    same(lambda x: called(of_kind(x[0, 0, :1])), x)


@pytest.mark.parametrize("name", ["sum", "prod", "max", "min"])
def test_options_of_numpy(name):
    called = getattr(np, name)
    for x, axis, mask in itertools.product(
        (X, X.astype(np.float32)), (None, 0, (1, 2)), (MASK, MASK[0, 0], MASK[:, :1], True)
    ):
        same(lambda x, a=axis, m=mask: called(x, axis=a, where=m, initial=0.3), x, replay=False)
        same(lambda x, a=axis, m=mask: called(x > 0, axis=a, where=m, initial=1), x, replay=False)
    if name in {"sum", "prod"}:
        same(lambda x: called(x, axis=1, dtype=np.float32), X)
        same(lambda x: called(x, dtype=float), X.astype(np.float32))
        same(lambda x: called(x, axis=0, where=MASK, keepdims=True), X)


@pytest.mark.parametrize("name", ["any", "all"])
def test_truth_values_with_a_mask(name):
    for axis, mask in itertools.product((None, 0, (1, 2)), (MASK, MASK[0, 0])):
        same(lambda x, a=axis, m=mask: getattr(np, name)(x > 0, axis=a, where=m), X)


@pytest.mark.parametrize("name", ["argmax", "argmin"])
def test_places_are_integers_of_the_trace(name):
    called = getattr(np, name)
    ties = np.rint(2 * X)
    for x, axis, keepdims in itertools.product((X, ties), (None, 0, 1, -1), (False, True)):
        same(lambda x, a=axis, k=keepdims: called(x, axis=a, keepdims=k), x)
    same(lambda x: called(x > 0, axis=1), X)
    compiled = pf.compile(lambda x: x[called(x)] * 2.0)
    for x in np.array([[1.0, 3.0, 2.0], [5.0, 3.0, 2.0], [1.0, 3.0, 4.0]]):
        value, gradient = compiled.value_and_grad(x)
        assert value == 2 * x[called(x)]
        assert gradient.tolist() == (2.0 * (np.arange(3) == called(x))).tolist()


@pytest.mark.parametrize("name", RUNNING)
def test_running_values_are_numpys(name):
    called = getattr(np, name)
    for x, axis in itertools.product((X, X.astype(np.float32)), (None, 0, 1, -1)):
        same(lambda x, a=axis: called(x, axis=a), x)
        same(lambda x, a=axis: called(x > 0, axis=a), x, replay=False)
    same(lambda x: called(x, axis=1, dtype=np.float32), X)
    cumulative = getattr(np, name.replace("cum", "cumulative_"))
    for axis, initial in itertools.product((0, 1, -1), (False, True)):
        same(lambda x, a=axis, i=initial: cumulative(x, axis=a, include_initial=i), X)
    same(lambda x: cumulative(x, dtype=float), X[0, 0].astype(np.float32))
    for n in range(1, 20):
        same(called, np.linspace(0.5, 1.5, n), replay=False)


DERIVATIVES = {
    "sum": lambda x: np.sum(x, axis=(0, 2)),
    "sum of all": np.sum,
    "sum where": lambda x: np.sum(x * x, axis=1, where=MASK, initial=2.0),
    "prod": lambda x: np.prod(x, axis=1),
    "prod of axes": lambda x: np.prod(x, axis=(0, 2), keepdims=True),
    "prod of all": lambda x: np.prod(x[0]),
    "prod where": lambda x: np.prod(x, axis=1, where=MASK, initial=1.5),
    "cumsum": lambda x: np.cumsum(x, axis=1),
    "cumsum of all": np.cumsum,
    "cumprod": lambda x: np.cumprod(x, axis=2),
    "cumprod of all": lambda x: np.cumprod(x[0, :2]),
    "cumulative_prod": lambda x: np.cumulative_prod(x, axis=0, include_initial=True),
}
SELECTING = {
    "max": lambda x: np.max(x, axis=1),
    "max of all": np.max,
    "min of axes": lambda x: np.min(x, axis=(0, 2), keepdims=True),
    "max where": lambda x: np.max(x, axis=1, where=MASK, initial=-0.2),
    "min initial": lambda x: np.min(x, axis=0, initial=0.1),
    "ptp": lambda x: np.ptp(x, axis=1),
}


@pytest.mark.parametrize("name", DERIVATIVES)
def test_derivatives_by_complex_steps(name):
    scalarised.check(DERIVATIVES[name], X)


@pytest.mark.parametrize("name", SELECTING)
def test_derivatives_of_extremes(name):
    scalarised.check(SELECTING[name], X, by="differences", rtol=1e-8)


@pytest.mark.parametrize("name", ["sum", "prod", "mean", "max", "min", "cumsum", "var", "std"])
def test_derivatives_are_autograds(name):
    for axis in (None, 0, -1):
        weights = np.cos(np.arange(60.0))

        def f(x, numpy, a=axis, weights=weights):
            made = numpy.ravel(getattr(numpy, name)(numpy.sin(x), axis=a))
            return numpy.sum(made * weights[: made.shape[0]])

        got = pf.grad(lambda x: f(x, np))(X)
        np.testing.assert_allclose(got, autograd.grad(lambda x: f(x, anp))(X), rtol=1e-12)
        # autograd's rule for prod divides by the factors; here none is zero.


@pytest.mark.parametrize("zeros", [(1,), (0, 2), (0, 1, 2), (3,)])
def test_products_with_zeros(zeros):
    x = np.array([3.0, 2.0, 5.0, 7.0])
    x[list(zeros)] = 0.0
    others = [np.prod(np.delete(x, k)) for k in range(4)]
    assert pf.grad(np.prod)(x).tolist() == others
    assert pf.jvp(np.prod, (x,), (np.ones(4),))[1] == sum(others)
    pairs = [[np.prod(np.delete(x, [j, k])) if j != k else 0.0 for k in range(4)] for j in range(4)]
    assert pf.hessian(np.prod)(x).tolist() == pairs
    assert pf.hessian(np.prod, mode="reverse")(x).tolist() == pairs
    rows = [
        [np.prod(np.delete(x[: i + 1], k)) if k <= i else 0.0 for k in range(4)] for i in range(4)
    ]
    for mode in ("forward", "reverse"):
        assert pf.jacobian(np.cumprod, mode=mode)(x).tolist() == rows
    assert pf.grad(lambda x: np.prod(x, axis=0).sum())(
        np.array([[2.0], [3.0], [0.0]])
    ).tolist() == [
        [0.0],
        [0.0],
        [6.0],
    ]


def test_ties_share_equally():
    assert pf.grad(np.max)(np.array([1.0, 1.0, 0.0])).tolist() == [0.5, 0.5, 0.0]
    assert pf.grad(np.min)(np.array([2.0, 2.0, 2.0, 2.0])).tolist() == [0.25] * 4
    assert pf.grad(np.ptp)(np.array([2.0, 2.0])).tolist() == [0.0, 0.0]
    x = np.array([[1.0, 2.0], [1.0, 2.0], [0.0, 2.0]])
    got = pf.grad(lambda x: np.sum(np.max(x, axis=0)))(x)
    assert got.tolist() == [[0.5, 1 / 3], [0.5, 1 / 3], [0.0, 1 / 3]]


def test_what_is_masked_has_no_derivative():
    x = np.array([1.0, 0.0, -1.0])
    for f in (np.sum, np.prod):
        with np.errstate(invalid="ignore", divide="ignore"):
            got = pf.grad(lambda x, f=f: f(np.sqrt(x), where=[True, False, False]))(x)
        assert got.tolist() == [0.5, 0.0, 0.0]
    got = pf.grad(lambda x: np.max(x, where=[False, False, True], initial=-7.0))(x)
    assert got.tolist() == [0.0, 0.0, 1.0]


def test_empty_arrays():
    empty = np.zeros((0, 3))
    assert pf.value_and_grad(np.sum)(empty)[0] == 0.0
    assert pf.grad(np.sum)(empty).shape == (0, 3)
    assert pf.value_and_grad(np.prod)(empty)[0] == 1.0
    assert pf.grad(np.prod)(empty).shape == (0, 3)
    for f in (np.sum, np.prod, np.any, np.all, np.count_nonzero, np.cumsum, np.cumprod):
        for axis in (None, 0, 1):
            same(lambda x, f=f, a=axis: f(x, axis=a), empty, replay=False)
    same(lambda x: np.max(x, axis=0, initial=3.0), empty, replay=False)
    same(lambda x: np.max(x, axis=1), empty, replay=False)
    for f in (np.max, np.min, np.ptp, np.argmax, np.argmin):
        with pytest.raises(ShapeError, match="empty array"):
            pf.jvp(f, (np.zeros(0),), (np.zeros(0),))


def test_numbers_are_arrays_without_axes():
    for f in (np.sum, np.prod, np.max, np.min, np.mean, np.median):
        assert pf.value_and_grad(lambda x, f=f: f(3 * x))(2.0) == (6.0, 3.0)
        assert pf.grad(lambda x, f=f: f(x, axis=0))(2.0) == 1.0
    assert pf.grad(lambda x: np.cumsum(x)[0] + np.cumprod(x)[0])(2.0) == 2.0
    assert pf.grad(lambda x: np.std(x) + np.var(x) + np.ptp(x))(2.0) == 0.0


def test_results_into_arrays():
    def f(x):
        out = np.zeros_like(x[0])
        made = np.sum(x, axis=0, out=out)
        assert made is out
        np.add(out, 1.0, out=out)
        return np.sum(out * out)

    x = RNG.normal(size=(3, 2))
    np.testing.assert_allclose(pf.grad(f)(x), np.broadcast_to(2 * (x.sum(0) + 1), x.shape))
    with pytest.raises(ConcretizationError, match="out= is a plain array"):
        pf.grad(lambda x: np.sum(np.sum(x, axis=0, out=np.zeros(2))))(x)
    with pytest.raises(ShapeError, match="out= has shape"):
        pf.grad(lambda x: np.sum(np.sum(x, axis=0, out=np.zeros_like(x))))(x)


@pytest.mark.parametrize(
    ("f", "error", "text"),
    [
        (lambda x: np.sum(x, axis=2), ShapeError, "axis 2"),
        (lambda x: np.sum(x, axis=(0, 0)), ShapeError, "twice"),
        (lambda x: np.sum(x, axis=(0, -2)), ShapeError, "twice"),
        (lambda x: np.sum(x, axis=1.0), DTypeError, "axis"),
        (lambda x: np.sum(x, axis=True), DTypeError, "axis"),
        (lambda x: np.cumsum(x, axis=5), ShapeError, "axis 5"),
        (lambda x: np.sum(x, where=np.ones((4, 2, 3), bool)), ShapeError, "where="),
        (lambda x: np.sum(x, where=np.ones(3)), DTypeError, "where="),
        (lambda x: np.max(x, where=x > 0), ParameterError, "initial="),
        (lambda x: np.sum(x, dtype=np.float16), DTypeError, "float16"),
        (lambda x: np.cumulative_sum(x), ParameterError, "axis="),
        (lambda x: np.add.reduce(np.sum(x)), ParameterTypeError, "number"),
    ],
)
def test_refusals(f, error, text):
    with pytest.raises(error, match=text):
        pf.jvp(f, (np.ones((2, 3)),), (np.ones((2, 3)),))


def test_lists_of_traced_numbers():
    x = np.array([1.0, 2.0, 3.0])
    for name in ("sum", "prod", "mean", "max", "min", "std", "var", "cumsum", "median", "diff"):

        def listed(x, name=name):
            return getattr(np, name)([x[0] * x[1], x[2], 4.0])

        def stacked(x, name=name):
            return getattr(np, name)(np.stack([x[0] * x[1], x[2], 4.0]))

        got = pf.jvp(listed, (x,), (np.ones(3),))
        want = pf.jvp(stacked, (x,), (np.ones(3),))
        np.testing.assert_array_equal(got[0], want[0])
        np.testing.assert_array_equal(got[1], want[1])
