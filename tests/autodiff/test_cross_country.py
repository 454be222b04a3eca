"""Cross-country mode: the same Jacobians, with fewer multiplications."""

import re

import numpy as np
import pytest
from autodiff.test_sparse import CONSERVATIVE, EXACT, X

import pyframe as pf
from pyframe import testing
from pyframe.autodiff.modes import CrossCountry
from pyframe.autodiff.record import opened, record
from pyframe.errors import ParameterError


def counts(f, *leaves, limit=20_000):
    with opened() as (recording, nested):
        run = record(recording, nested, f, list(leaves), lambda traced: f(*traced))
        return recording.elimination_counts(run.inputs, run.outputs, limit)


def star(x):
    """Figure 34 of the lecture: three inputs, one value, five outputs."""
    s = np.sum(x)
    return np.stack([np.sin(s), np.cos(s), np.exp(s), s**2, s**3])


def test_the_graph_of_figure_34_takes_fewer_multiplications_than_both_pure_modes():
    x = np.array([0.1, 0.2, 0.3])
    found = counts(star, x)
    assert (found["between"], found["edges"]) == (1, 8)
    assert (found["forward mode"], found["reverse mode"]) == (24, 40)
    assert [number for _, number in found["orders"]] == [15, 15, 15, 15]
    said = pf.jacobian(star, mode="cross-country").explain(x)
    print("\n" + said)
    for line, number in (("forward mode", 24), ("reverse mode", 40), ("Markowitz degree", 15)):
        assert re.search(rf"{line} +{number}\n", said)
    np.testing.assert_allclose(
        pf.jacobian(star, mode="cross-country")(x), pf.jacobian(star)(x), rtol=1e-15
    )


def test_orders_differ_where_they_should():
    def funnel(x):
        # Two bottlenecks: wide, narrow, wide, narrow, wide.
        for width in (6, 6):
            s = np.sum(np.sin(x))
            x = np.stack([np.cos(k * s) for k in range(1, width + 1)])
        return x

    found = counts(funnel, X[:6])
    by_name = dict(found["orders"])
    assert by_name["lowest Markowitz degree"] < by_name["forward order"]
    best = min(number for number in by_name.values() if number is not None)
    assert best < min(found["forward mode"], found["reverse mode"])
    got = pf.jacobian(funnel, mode="cross-country")(X[:6])
    np.testing.assert_allclose(got, pf.jacobian(funnel)(X[:6]), rtol=1e-13)


@pytest.mark.parametrize("name", [*EXACT, *CONSERVATIVE])
def test_jacobians_are_those_of_forward_mode(name):
    f = {**EXACT, **CONSERVATIVE}[name]
    got = pf.jacobian(f, mode="cross-country")(X)
    want = pf.jacobian(f, mode="forward")(X)
    assert got.shape == want.shape
    np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(
    "name", ["tridiagonal", "matrix product", "norm", "cumsum", "where", "solve"]
)
def test_second_derivatives_through_it(name):
    f = {**EXACT, **CONSERVATIVE}[name]
    for outer in ("forward", "reverse"):
        got = pf.jacobian(pf.jacobian(f, mode="cross-country"), mode=outer)(X)
        want = pf.jacobian(pf.jacobian(f, mode="forward"), mode="forward")(X)
        np.testing.assert_allclose(got, want, rtol=1e-11, atol=1e-12)


def test_hessians_and_itself_inside_itself():
    def f(x):
        return np.sum(np.sin(x[1:] * x[:-1])) * x[0]

    want = pf.hessian(f)(X)
    np.testing.assert_allclose(pf.hessian(f, mode="cross-country")(X), want, rtol=1e-12, atol=1e-14)
    inner = pf.jacobian(f, mode="cross-country")
    np.testing.assert_allclose(
        pf.jacobian(inner, mode="cross-country")(X), want, rtol=1e-12, atol=1e-14
    )


def test_several_arguments_and_results():
    def f(x, y):
        return {"product": np.outer(x, y), "sum": np.sum(x) * y[0], "flag": x > 0}

    x, y = X[:3], X[3:5].astype(np.float32)
    got = pf.jacobian(f, (0, 1), mode="cross-country")(x, y)
    want = pf.jacobian(f, (0, 1), mode="forward")(x, y)
    for key in ("product", "sum", "flag"):
        for one, other in zip(got[key], want[key], strict=True):
            assert np.shape(one) == np.shape(other)
            np.testing.assert_allclose(one, other, rtol=1e-6)


@pytest.mark.parametrize("x", [np.array([]), np.array([2.0]), 2.0], ids=["empty", "one", "number"])
def test_small_arguments(x):
    def f(x):
        return np.sin(x) * x + x

    got = pf.jacobian(f, mode="cross-country")(x)
    np.testing.assert_allclose(got, pf.jacobian(f, mode="forward")(x))
    assert type(got) is type(pf.jacobian(f, mode="forward")(x))


def test_single_precision_stays_single():
    x = X.astype(np.float32)
    got = pf.jacobian(EXACT["tridiagonal"], mode="cross-country")(x)
    assert got.dtype == np.float32
    np.testing.assert_allclose(got, pf.jacobian(EXACT["tridiagonal"])(x), rtol=1e-6)


def test_untaken_branches_contribute_nothing():
    got = pf.jacobian(lambda x: np.where(x > 0, np.sqrt(x), 0.0), mode="cross-country")(
        np.array([0.0, -1.0, 4.0])
    )
    np.testing.assert_array_equal(got, np.diag([0.0, 0.0, 0.25]))


def test_python_loops():
    def f(x):
        a, b = x[0], x[1]
        for _ in range(20):
            a, b = a + 0.1 * b, b - 0.1 * np.sin(a)
        return np.stack([a, b])

    x = np.array([0.3, 0.7])
    np.testing.assert_allclose(
        pf.jacobian(f, mode="cross-country")(x), pf.jacobian(f)(x), rtol=1e-13
    )


def test_functions_of_too_many_values_are_refused():
    with pytest.raises(MemoryError, match=r"more than 10 scalar values .* raise max_values"):
        pf.jacobian(star, mode=CrossCountry(max_values=10))(X)
    with pytest.raises(MemoryError, match="more than 20000 scalar values"):
        pf.jacobian(lambda x: np.sum(np.sin(x)), mode="cross-country")(np.zeros(20_000))
    with pytest.raises(ParameterError, match="max_values must be an int > 0, got 0"):
        CrossCountry(max_values=0)


def test_conforms():
    testing.check_ad_mode("cross-country", strict=True)
