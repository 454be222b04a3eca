"""The options of ``minimize``: budgets, callbacks, shapes, dtypes, statuses and counts."""

import math

import numpy as np
import pytest
from counting import Counting, rosenbrock, rosenbrock_gradient, rosenbrock_hessian
from valleys import names

import pyframe as pf

X0 = np.array([-1.2, 1.0])
DIRECTIONS = names("direction")
every_direction = pytest.mark.parametrize("direction", DIRECTIONS)


def pair(x):
    return rosenbrock(x), rosenbrock_gradient(x)


# ------------------------------------------------------------------------------ counts


@every_direction
@pytest.mark.parametrize("initial_step", names("initial-step"))
def test_counts_are_those_of_a_wrapper(direction, initial_step):
    f, g, h = map(Counting, (rosenbrock, rosenbrock_gradient, rosenbrock_hessian))
    r = pf.minimize(f, X0, g, direction, initial_step=initial_step, hess=h, max_iterations=50)
    assert (r.nfev, r.njev, r.nhev) == (f.calls, g.calls, h.calls)
    assert r.fun == rosenbrock(r.x)
    assert r.fun == min(f.values) or r.success


@every_direction
@pytest.mark.parametrize(
    ("criterion", "strategy"),
    [(None, "interpolation"), ("armijo", "backtracking"), (None, "newton-1d")],
)
def test_a_function_that_returns_the_pair(direction, criterion, strategy):
    """Each call is a value and a gradient; no point is asked for twice."""
    f = Counting(pair)
    options = {"criterion": criterion, "strategy": strategy, "max_iterations": 60}
    hess = rosenbrock_hessian if direction == "newton" else None
    r = pf.minimize(f, X0, True, direction, hess=hess, **options)
    apart = pf.minimize(rosenbrock, X0, rosenbrock_gradient, direction, hess=hess, **options)
    assert (r.nfev, r.njev) == (f.calls, f.calls)
    assert len({tuple(x) for x in f.points}) == f.calls
    assert (r.nit, r.status) == (apart.nit, apart.status)
    np.testing.assert_array_equal(r.x, apart.x)
    with pytest.raises(
        pf.errors.ReturnTypeError, match=r"must return the pair \(value, gradient\)"
    ):
        pf.minimize(rosenbrock, X0, True, direction, hess=hess)


@pytest.mark.parametrize("strategy", ["backtracking", "newton-1d", "interpolation"])
def test_a_line_search_on_a_pair(strategy):
    f = Counting(pair)
    criterion = "armijo" if strategy == "backtracking" else "strong-wolfe"
    r = pf.line_search(f, X0, -rosenbrock_gradient(X0), True, criterion, strategy)
    assert r.success
    assert r.nfev == r.njev == f.calls
    np.testing.assert_array_equal(r.grad, rosenbrock_gradient(r.x))


def test_args_go_to_every_function():
    g = Counting(lambda x, a, b: a * rosenbrock_gradient(x))
    for direction, more in (
        ("lbfgs", {}),
        ("newton", {"hess": lambda x, a, b: a * rosenbrock_hessian(x)}),
        ("newton-cg", {"hessp": lambda x, v, a, b: a * rosenbrock_hessian(x) @ v}),
    ):
        r = pf.minimize(
            lambda x, a, b: a * rosenbrock(x) + b, X0, g, direction, args=(2.0, 5.0), **more
        )
        assert r.success
        assert r.fun == pytest.approx(5.0)


# ----------------------------------------------------------------------------- budgets


@every_direction
@pytest.mark.parametrize("budget", [1, 2, 3, 4, 5, 8, 13, 21])
def test_one_budget_of_evaluations_for_both_loops(direction, budget):
    f = Counting(rosenbrock)
    r = pf.minimize(
        f, X0, rosenbrock_gradient, direction, hess=rosenbrock_hessian, max_evaluations=budget
    )
    assert (r.status, r.success) == ("budget", False)
    assert r.nfev == f.calls == budget
    assert r.fun == min(f.values) == rosenbrock(r.x)
    assert f"{r.nit} iterations, {budget} evaluations" in r.message


@every_direction
@pytest.mark.parametrize("limit", [0, 1, 2, 5])
def test_iterations(direction, limit):
    seen = []
    r = pf.minimize(
        rosenbrock,
        X0,
        rosenbrock_gradient,
        direction,
        hess=rosenbrock_hessian,
        max_iterations=limit,
        callback=seen.append,
        trace=True,
    )
    assert (r.status, r.nit) == ("budget", limit)
    assert [state.iteration for state in seen] == list(range(1, limit + 1))
    assert len(r.trace) == limit


REFUSED = [
    ("max_iterations", -1, "max_iterations must be at least 0, got -1"),
    ("max_evaluations", 0, "max_evaluations must be at least 1, got 0"),
    ("max_seconds", 0.0, "max_seconds must satisfy max_seconds > 0"),
    ("max_seconds", math.nan, "max_seconds must satisfy"),
    ("max_step", 0.0, "max_step must satisfy max_step > 0"),
    ("max_step", math.nan, "max_step must satisfy"),
    ("gtol", -1e-9, "gtol must satisfy a finite number >= 0"),
    ("gtol", math.nan, "gtol must satisfy"),
    ("noise", 1.0, "noise must satisfy 0 <= noise < 1"),
    ("noise", -1e-9, "noise must satisfy"),
]
WRONG_TYPES = [
    ("max_iterations", 1.5, "max_iterations must be an int"),
    ("max_evaluations", True, "max_evaluations must be an int"),
    ("gtol", "1", "gtol must be a real number"),
    ("max_step", 1j, "max_step must be a real number"),
    ("callback", 1, "callback must be callable, got int"),
    ("direction", 1, "direction must be a name"),
]


@pytest.mark.parametrize(
    ("name", "bad", "message", "error"),
    [
        *((*row, pf.errors.ParameterError) for row in REFUSED),
        *((*row, pf.errors.ParameterTypeError) for row in WRONG_TYPES),
    ],
)
def test_options_out_of_range_are_refused_before_the_first_call(name, bad, message, error):
    f = Counting(rosenbrock)
    with pytest.raises(error, match=message):
        pf.minimize(f, X0, rosenbrock_gradient, **{name: bad})
    assert f.calls == 0


def test_no_step_is_longer_than_max_step():
    r = pf.minimize(
        rosenbrock, X0, rosenbrock_gradient, "bfgs", max_step=0.25, trace=True, max_iterations=30
    )
    assert max(state.step for state in r.trace) <= 0.25


# --------------------------------------------------------------------------- callbacks


def test_a_callback_sees_every_iterate():
    states = []
    f, g = Counting(rosenbrock), Counting(rosenbrock_gradient)

    def callback(state):
        assert (state.nfev, state.njev) == (f.calls, g.calls)
        states.append(state)

    r = pf.minimize(f, X0, g, callback=callback, trace=True)
    assert len(states) == len(r.trace) == r.nit
    x = X0
    for before, state in zip([None, *states], states, strict=False):
        assert state.fun == rosenbrock(state.x)
        assert before is None or state.fun < before.fun
        np.testing.assert_array_equal(state.jac, rosenbrock_gradient(state.x))
        assert state.step > 0 and (state.x != x).any()
        x = state.x
    np.testing.assert_array_equal(x, r.x)


def test_a_callback_may_keep_and_change_its_arrays():
    def callback(state):
        state.x[:] = math.nan
        state.jac[:] = math.nan

    r = pf.minimize(rosenbrock, X0, rosenbrock_gradient, callback=callback)
    assert r.nfev == pf.minimize(rosenbrock, X0, rosenbrock_gradient).nfev
    assert r.success


@pytest.mark.parametrize("answer", [True, False, None, 1, "stop", np.True_])
def test_only_true_stops(answer):
    r = pf.minimize(rosenbrock, X0, rosenbrock_gradient, callback=lambda state: answer)
    assert (r.status == "stopped") == (answer is True or answer is np.True_)


def test_stop_iteration_stops_with_the_state_it_saw():
    seen = []

    def callback(state):
        seen.append(state)
        if state.iteration == 4:
            raise StopIteration

    r = pf.minimize(rosenbrock, X0, rosenbrock_gradient, callback=callback)
    assert (r.status, r.success, r.nit) == ("stopped", False, 4)
    np.testing.assert_array_equal(r.x, seen[-1].x)
    assert (r.fun, r.nfev, r.njev) == (seen[-1].fun, seen[-1].nfev, seen[-1].njev)


# -------------------------------------------------------------------- shapes and dtypes


@every_direction
@pytest.mark.parametrize("shape", [(1,), (6,), (2, 3), (3, 1, 2)])
def test_arrays_of_any_shape(direction, shape):
    target = np.arange(math.prod(shape), dtype=float).reshape(shape) / 4
    n = target.size

    def f(x):
        assert x.shape == shape
        return float(np.cosh(x - target).sum())

    def g(x):
        assert x.shape == shape
        return np.sinh(x - target)

    r = pf.minimize(
        f,
        np.zeros(shape),
        g,
        direction,
        hess=lambda x: np.diag(np.cosh(x - target).ravel()).reshape(n, n),
        callback=lambda state: state.x.shape != shape or state.jac.shape != shape,
    )
    assert r.success
    assert r.x.shape == r.jac.shape == shape
    np.testing.assert_allclose(r.x, target, atol=1e-4)


@every_direction
def test_float32(direction):
    target = np.array([0.5, -1.25, 3.0], dtype=np.float32)
    f = Counting(lambda x: np.float32(1) + ((x - target) ** 2).sum(dtype=np.float32))
    g = Counting(lambda x: 2 * (x - target))
    r = pf.minimize(
        f, np.zeros(3, np.float32), g, direction, hess=lambda x: 2 * np.eye(3), gtol=1e-3
    )
    assert r.status in ("converged", "precision")
    assert {x.dtype for x in f.points + g.points + [r.x, r.jac]} == {np.dtype(np.float32)}
    np.testing.assert_allclose(r.x, target, atol=1e-3)
    assert r.nfev < 200


def test_integers_count_as_float64_and_x0_is_left_alone():
    x0 = np.array([3, -4])
    f = Counting(lambda x: float(x @ x))
    r = pf.minimize(f, x0, lambda x: 2 * x)
    assert r.success and r.x.dtype == np.float64
    assert {x.dtype for x in f.points} == {np.dtype(float)}
    assert x0.tolist() == [3, -4]


@pytest.mark.parametrize(
    ("x0", "error", "message"),
    [
        ([], ValueError, "x0"),
        ([1.0, math.inf], pf.errors.ParameterError, "x0 must be finite, got inf at position 1"),
        ([1j], pf.errors.DTypeError, "complex"),
        (["a"], pf.errors.DTypeError, "x0"),
        ([None], pf.errors.DTypeError, "x0"),
    ],
)
def test_starts_that_are_no_points(x0, error, message):
    with pytest.raises(error, match=message):
        pf.minimize(rosenbrock, x0, rosenbrock_gradient)


# ------------------------------------------------------------------------- every status


def cliff(x):
    """Falls towards 1, and is not defined beyond."""
    return -float(x[0]) if x[0] < 1 else math.nan


STATUSES = {
    "converged": (lambda x: float(x @ x), [3.0], lambda x: 2 * x, {}),
    "precision": (
        lambda x: 1e9 + float(x[0] ** 4 / 4 - x[0] / 10),
        [0.4],
        lambda x: x**3 - 0.1,
        {"gtol": 0.0},
    ),
    "budget": (rosenbrock, X0, rosenbrock_gradient, {"max_iterations": 2}),
    "non-finite": (lambda x: math.nan, [1.0], lambda x: x, {}),
    "unbounded": (lambda x: -float(x[0]), [0.0], lambda x: np.array([-1.0]), {}),
    "stopped": (rosenbrock, X0, rosenbrock_gradient, {"callback": lambda state: True}),
    "gradient-inconsistent": (
        lambda x: float(np.cosh(x).sum()),
        [1.0, 2.0],
        lambda x: -np.sinh(x),
        {},
    ),
}


@pytest.mark.parametrize("status", STATUSES)
def test_every_status(status):
    f, x0, g, options = STATUSES[status]
    r = pf.minimize(f, x0, g, **options)
    assert (r.status, r.success) == (status, status == "converged")
    assert r.message
    assert math.isnan(r.fun) or r.fun == f(r.x)


def test_already_at_the_minimum():
    f = Counting(lambda x: float(x @ x))
    r = pf.minimize(f, [0.0, 0.0], lambda x: 2 * x)
    assert (r.status, r.nit, r.nfev, r.njev) == ("converged", 0, 1, 1)


def test_the_edge_of_a_domain_is_never_a_success():
    r = pf.minimize(cliff, [0.0], lambda x: np.array([-1.0]))
    assert not r.success
    assert math.isfinite(r.fun) and r.fun == cliff(r.x) < -0.9
