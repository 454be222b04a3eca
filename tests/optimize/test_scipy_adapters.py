"""pyframe's methods called by SciPy, with SciPy's conventions."""

import numpy as np
import pytest
from counting import Counting, rosenbrock, rosenbrock_gradient, rosenbrock_hessian
from valleys import SLOPE_METHODS, VALUE_METHODS

import pyframe as pf

optimize = pytest.importorskip("scipy.optimize")
X0 = np.array([-1.2, 1.0])


def parabola(x, place=2.0):
    return (x - place) ** 2


# ------------------------------------------------------------------------ one variable


@pytest.mark.parametrize("method", VALUE_METHODS + SLOPE_METHODS)
@pytest.mark.parametrize(
    "where", [{"bounds": (0, 6)}, {"bracket": (0, 1)}, {"bracket": (0, 1, 9)}, {}], ids=str
)
def test_every_scalar_method(method, where):
    f = Counting(parabola)
    ours = pf.as_scipy(
        pf.minimize_scalar, method=method, derivative=lambda x, place: 2 * (x - place)
    )
    r = optimize.minimize_scalar(f, method=ours, args=(3.0,), **where)
    assert type(r) is optimize.OptimizeResult
    assert r.success and r.status == 0
    assert r.x == pytest.approx(3.0, abs=1e-6)
    assert (r.nfev, r.fun) == (f.calls, parabola(r.x, 3.0))
    assert set(r) >= {"x", "fun", "nfev", "nit", "success", "status", "message"}


@pytest.mark.parametrize(
    ("given", "meaning"),
    [
        ({"tol": 1e-2}, {"xtol": 1e-2}),
        ({"options": {"xtol": 1e-2}}, {"xtol": 1e-2}),
        ({"options": {"xatol": 1e-2}}, {"xtol": 1e-2}),
        ({"options": {"maxfev": 5}}, {"max_evaluations": 5}),
        ({"options": {"maxiter": 5}}, {"max_evaluations": 5}),
        ({"options": {"disp": True}}, {}),
    ],
)
def test_options_of_scalar_methods(given, meaning):
    golden = pf.as_scipy(pf.minimize_scalar, method="golden")
    theirs = optimize.minimize_scalar(parabola, bounds=(0, 6), method=golden, **given)
    ours = pf.minimize_scalar(parabola, (0, 6), method="golden", **meaning)
    assert (theirs.x, theirs.nfev, theirs.success) == (ours.x, ours.nfev, ours.success)


# ------------------------------------------------------------------- several variables


@pytest.mark.parametrize(
    "direction", ["gradient-descent", "momentum", "cg", "bfgs", "lbfgs", "newton", "newton-cg"]
)
@pytest.mark.parametrize("fused", [False, True])
def test_every_direction(direction, fused):
    f, g = Counting(rosenbrock), Counting(rosenbrock_gradient)
    both = Counting(lambda x: (rosenbrock(x), rosenbrock_gradient(x)))
    r = optimize.minimize(
        both if fused else f,
        X0,
        jac=True if fused else g,
        hess=rosenbrock_hessian,
        method=pf.as_scipy(pf.minimize, direction=direction),
    )
    ours = pf.minimize(
        rosenbrock, X0, rosenbrock_gradient, direction=direction, hess=rosenbrock_hessian
    )
    assert type(r) is optimize.OptimizeResult
    assert r.success and r.status == 0
    np.testing.assert_array_equal(r.x, ours.x)
    assert (r.nfev, r.njev, r.nit, r.fun) == (ours.nfev, ours.njev, ours.nit, ours.fun)
    # SciPy keeps the gradient of the last point: one call for both.
    assert both.calls == r.nfev if fused else (f.calls, g.calls) == (r.nfev, r.njev)


@pytest.mark.parametrize(
    ("given", "meaning"),
    [
        ({"tol": 1e-2}, {"gtol": 1e-2}),
        ({"options": {"gtol": 1e-2}}, {"gtol": 1e-2}),
        ({"options": {"maxiter": 4}}, {"max_iterations": 4}),
        ({"options": {"maxfev": 9, "disp": False}}, {"max_evaluations": 9}),
        ({"options": {"criterion": "wolfe"}}, {"criterion": "wolfe"}),
    ],
)
def test_options_of_directions(given, meaning):
    method = pf.as_scipy(pf.minimize, direction="bfgs")
    theirs = optimize.minimize(rosenbrock, X0, jac=rosenbrock_gradient, method=method, **given)
    ours = pf.minimize(rosenbrock, X0, rosenbrock_gradient, "bfgs", **meaning)
    assert (theirs.nfev, theirs.nit, theirs.fun) == (ours.nfev, ours.nit, ours.fun)
    assert theirs.success == ours.success == (theirs.status == 0)


def test_hessian_products_and_args():
    r = optimize.minimize(
        lambda x, a: rosenbrock(x) + a,
        X0,
        args=(7.0,),
        jac=lambda x, a: rosenbrock_gradient(x),
        hessp=lambda x, v, a: rosenbrock_hessian(x) @ v,
        method=pf.as_scipy(pf.minimize, direction="newton-cg"),
    )
    assert r.success
    assert r.fun == pytest.approx(7.0)
    assert r.nhev > 0


def test_callbacks_of_both_forms():
    points, results = [], []

    def new(intermediate_result):
        results.append(intermediate_result)
        if len(results) == 3:
            raise StopIteration

    method = pf.as_scipy(pf.minimize)
    run = {"jac": rosenbrock_gradient, "method": method}
    r = optimize.minimize(rosenbrock, X0, callback=points.append, **run)
    assert len(points) == r.nit
    np.testing.assert_array_equal(points[-1], r.x)
    stopped = optimize.minimize(rosenbrock, X0, callback=new, **run)
    assert (len(results), stopped.nit, stopped.success) == (3, 3, False)
    np.testing.assert_array_equal(results[2].x, points[2])
    assert results[2].fun == rosenbrock(points[2])


@pytest.mark.parametrize("where", [{"bounds": [(0, 1)] * 2}, {"constraints": {"type": "eq"}}])
def test_bounds_and_constraints_are_refused(where):
    with pytest.raises(pf.errors.ParameterError, match="neither bounds nor constraints"):
        optimize.minimize(rosenbrock, X0, method=pf.as_scipy(pf.minimize), **where)
    with pytest.raises(pf.errors.ParameterError, match=r"takes pf\.minimize or pf\.m"):
        pf.as_scipy(pf.line_search)


def test_in_a_global_search():
    kwargs = {"jac": rosenbrock_gradient, "method": pf.as_scipy(pf.minimize)}
    r = optimize.basinhopping(rosenbrock, X0, niter=3, minimizer_kwargs=kwargs, rng=0)
    np.testing.assert_allclose(r.x, 1, atol=1e-5)


# -------------------------------------------------------------------------- the results


def test_results_have_scipys_names():
    theirs = optimize.minimize(rosenbrock, X0, jac=rosenbrock_gradient, method="BFGS")
    vector = pf.minimize(rosenbrock, X0, rosenbrock_gradient)
    scalar = pf.minimize_scalar(parabola)
    line = pf.line_search(rosenbrock, X0, -rosenbrock_gradient(X0), rosenbrock_gradient)
    names = set(theirs) - {"hess_inv"}
    assert names == {"fun", "jac", "message", "nfev", "nit", "njev", "status", "success", "x"}
    for result, missing in ((vector, set()), (scalar, {"jac"}), (line, {"jac", "nit"})):
        assert {name for name in names if not hasattr(result, name)} == missing
    # A line search is called grad where minimize says jac; both are the gradient at x.
    np.testing.assert_array_equal(line.grad, rosenbrock_gradient(line.x))
    np.testing.assert_array_equal(vector.jac, rosenbrock_gradient(vector.x))


def test_a_step_that_satisfies_scipys_line_search():
    d = -rosenbrock_gradient(X0)
    r = pf.line_search(rosenbrock, X0, d, rosenbrock_gradient)
    step, nfev, _, fun, fun0, _ = optimize.line_search(rosenbrock, rosenbrock_gradient, X0, d)
    for a, phi, dphi in (
        (step, fun, rosenbrock_gradient(X0 + step * d) @ d),
        (r.step, r.fun, r.slope),
    ):
        assert phi <= fun0 - 1e-4 * a * (d @ d)
        assert abs(dphi) <= 0.9 * (d @ d)
    assert r.nfev <= nfev + 1
