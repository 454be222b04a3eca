"""Formulas of variables that are declared to be something, as objectives."""

from functools import partial

import numpy as np
import pytest

import pyframe as pf
from pyframe.errors import DomainError, ParameterError

barrier = pf.matrix("sum(x) - sum(log(x))", x=pf.Symbol("n", positive=True))
definite = pf.matrix(
    "tr(X) - logdet(X)", X=pf.Symbol("n,n", space="symmetric", positive_definite=True)
)
scalar = pf.matrix("a*theta - log(theta)", a="", theta=pf.Symbol("", positive=True))
DIRECTIONS = ["gradient-descent", "bfgs", "lbfgs", "cg", "newton", "newton-cg"]


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize(
    ("f", "name", "best"), [(barrier, "x", np.ones(2)), (definite, "X", np.eye(3))]
)
def test_trial_points_outside_are_infeasible(f, name, best, direction):
    run = partial(pf.minimize, x0=50 * best, direction=direction)
    results = [
        run(f, grad=f.gradient(name), hess=f.hessian(name)),
        run(f.compile(name), grad=True, hess=f.hessian(name)),
        run(f),
    ]
    for r in results:
        assert r.success and r.nfev == results[0].nfev
        np.testing.assert_allclose(r.x, best, atol=1e-4)


def test_the_first_trial_is_outside_indeed():
    seen = []

    def spy(x):
        seen.append(float(x.min()))
        return barrier(x)

    r = pf.minimize(spy, 50 * np.ones(2), barrier.gradient("x"))
    assert r.success
    assert min(seen) < 0


def test_values_of_other_symbols():
    f = pf.matrix(
        "inner(S, X) - logdet(X)", S=pf.Symbol("n,n", symmetric=True), X=definite_symbol()
    )
    S = np.diag([1.0, 2.0, 4.0])
    r = pf.minimize(partial(f, S=S), 9 * np.eye(3), direction="newton", gtol=1e-9)
    assert r.success
    np.testing.assert_allclose(r.x, np.linalg.inv(S), atol=1e-8)
    with pytest.raises(ParameterError, match="S is declared symmetric"):
        pf.minimize(partial(f, S=np.triu(np.ones((3, 3)))), np.eye(3))


def definite_symbol():
    return pf.Symbol("n,n", space="symmetric", positive_definite=True)


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_the_start_is_refused(direction):
    for start in (np.array([-1.0, 1.0]), np.array([0.0, 1.0])):
        for f, grad in ((barrier, None), (barrier, barrier.gradient("x"))):
            with pytest.raises(DomainError, match="x is declared positive"):
                pf.minimize(f, start, grad, direction, hess=barrier.hessian("x"))
    with pytest.raises(DomainError, match="positive definite"):
        pf.minimize(definite, -np.eye(2), direction=direction)


@pytest.mark.parametrize("known", [{}, {"fun0": 10 - 2 * np.log(5)}])
@pytest.mark.parametrize("grad", [None, barrier.gradient("x")])
def test_line_searches(grad, known):
    search = partial(pf.line_search, barrier, d=-np.ones(2), grad=grad)
    r = search(np.full(2, 5.0), initial_step=10.0, **known)
    assert r.success and 0 < r.x.min() < 5
    armijo = partial(search, criterion="armijo", strategy="backtracking")
    assert armijo(np.full(2, 5.0), initial_step=64.0).step < 5
    with pytest.raises(DomainError, match="positive"):
        search(-np.ones(2))


@pytest.mark.parametrize("method", ["brent", "golden", "cubic", "secant", "newton-1d"])
def test_functions_of_one_variable(method):
    """The minimiser of a theta - log(theta) is 1/a."""
    f = partial(scalar, a=4.0)
    for place in ({"bounds": (-0.3, 1.0)}, {"bracket": (0.5, 0.4)}, {"bracket": (1.0, 0.3)}):
        r = pf.minimize_scalar(f, method=method, **place)
        assert abs(r.x - 0.25) < 1e-6, (place, r)


@pytest.mark.parametrize("direction", ["gradient-descent", "bfgs", "lbfgs", "cg"])
def test_a_formula_inside_a_function(direction):
    def inside(x):
        return barrier(x=x)

    value = partial(pf.minimize, inside, direction=direction)
    start, far = np.array([0.5, 3.0]), np.array([-1.0, 1.0])
    for grad in (None, lambda x: barrier.gradient("x")(x=x)):
        known = pf.minimize(barrier, start, direction=direction)
        np.testing.assert_allclose(value(start, grad=grad).x, known.x, rtol=1e-4)
    with pytest.raises(DomainError, match="x is declared positive"):
        value(far, grad=lambda x: x)
    both = barrier.compile("x")
    r = pf.minimize(lambda x: both(x=x), start, grad=True, direction=direction)
    assert r.success
    with pytest.raises(DomainError, match="x is declared positive"):
        pf.minimize(lambda x: both(x=x), far, grad=True, direction=direction)


def test_a_line_search_of_a_formula_inside_a_function():
    search = partial(pf.line_search, d=-np.ones(2), grad=barrier.gradient("x"), initial_step=10.0)
    r = search(lambda x: barrier(x=x), np.full(2, 5.0))
    assert r.success and 0 < r.x.min() < 5


def test_a_variable_in_a_space_has_its_gradient_there():
    f = pf.matrix("x'*S*x/2", S="n,n", x=pf.Symbol("n", space="simplex"))
    S = np.diag([1.0, 2.0, 4.0])
    for direction in DIRECTIONS:
        r = pf.minimize(partial(f, S=S), np.array([1.0, 0.0, 0.0]), direction=direction)
        assert r.success
        np.testing.assert_allclose(r.x, np.array([4.0, 2.0, 1.0]) / 7, atol=1e-4)


def test_the_error_names_the_symbol():
    with pytest.raises(DomainError) as caught:
        barrier(x=-np.ones(2))
    assert caught.value.symbol == "x"
