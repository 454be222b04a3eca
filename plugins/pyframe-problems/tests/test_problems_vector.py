"""Vector problems: gradients by complex step and by autograd, minima as published."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from pyframe_problems import names, problem

from pyframe.testing.problems import VectorProblem

VECTOR = [name for name in names() if isinstance(problem(name), VectorProblem)]
every_problem = pytest.mark.parametrize("name", VECTOR)

# More, Garbow and Hillstrom 1981, section 3, as printed.
PUBLISHED_MINIMA = {
    "rosenbrock": 0,
    "freudenstein-roth": 48.9842,
    "powell-badly-scaled": 0,
    "brown-badly-scaled": 0,
    "beale": 0,
    "jennrich-sampson": 124.362,
    "helical-valley": 0,
    "bard": 8.21487e-3,
    "gaussian": 1.12793e-8,
    "meyer": 87.9458,
    "box-3d": 0,
    "powell-singular": 0,
    "wood": 0,
    "kowalik-osborne": 3.07505e-4,
    "brown-dennis": 85822.2,
    "osborne-1": 5.46489e-5,
    "biggs-exp6": 0,
    "watson": 2.28767e-3,
    "extended-rosenbrock": 0,
    "extended-powell": 0,
    "penalty-i": 7.08765e-5,
    "penalty-ii": 9.37629e-6,
    "variably-dimensioned": 0,
    "trigonometric": 2.79506e-5,
    "brown-almost-linear": 0,
    "discrete-boundary-value": 0,
    "broyden-tridiagonal": 0,
    "broyden-banded": 0,
    "linear-full-rank": 10 - 5,
    "linear-rank-one": 10 * 9 / (2 * 21),
    "chebyquad": 3.51687e-3,
}

# Its standard starts.
PUBLISHED_STARTS = {
    "rosenbrock": (-1.2, 1),
    "freudenstein-roth": (0.5, -2),
    "powell-badly-scaled": (0, 1),
    "brown-badly-scaled": (1, 1),
    "beale": (1, 1),
    "jennrich-sampson": (0.3, 0.4),
    "helical-valley": (-1, 0, 0),
    "bard": (1, 1, 1),
    "gaussian": (0.4, 1, 0),
    "meyer": (0.02, 4000, 250),
    "box-3d": (0, 10, 20),
    "powell-singular": (3, -1, 0, 1),
    "wood": (-3, -1, -3, -1),
    "kowalik-osborne": (0.25, 0.39, 0.415, 0.39),
    "brown-dennis": (25, 5, -5, -1),
    "osborne-1": (0.5, 1.5, -1, 0.01, 0.02),
    "biggs-exp6": (1, 2, 1, 1, 1, 1),
    "watson": (0,) * 6,
    "extended-rosenbrock": (-1.2, 1) * 5,
    "extended-powell": (3, -1, 0, 1) * 3,
    "penalty-i": tuple(range(1, 11)),
    "penalty-ii": (0.5,) * 4,
    "variably-dimensioned": tuple(1 - j / 10 for j in range(1, 11)),
    "trigonometric": (1 / 10,) * 10,
    "brown-almost-linear": (0.5,) * 10,
    "discrete-boundary-value": tuple(j / 11 * (j / 11 - 1) for j in range(1, 11)),
    "broyden-tridiagonal": (-1,) * 10,
    "broyden-banded": (-1,) * 10,
    "linear-full-rank": (1,) * 5,
    "linear-rank-one": (1,) * 5,
    "chebyquad": tuple(j / 9 for j in range(1, 9)),
}

# Values at the standard start: by hand, or as the test driver of TOMS 566 prints them.
AT_THE_START = {
    "rosenbrock": 24.2,
    "freudenstein-roth": 400.5,
    "powell-badly-scaled": 1.14,
    "brown-badly-scaled": 1.00e12,
    "beale": 14.2,
    "helical-valley": 2.50e3,
    "gaussian": 3.89e-6,
    "box-3d": 1.03e3,
    "powell-singular": 215.0,
    "wood": 1.92e4,
    "brown-dennis": 7.93e6,
    "biggs-exp6": 7.79e-1,
    "extended-rosenbrock": 4.84e2 * 10 / 40,
    "extended-powell": 3.23e3 * 12 / 60,
    "watson": 30.0,
    "cliff": 4.85165194e8,
    "trid": 6.0,
    "himmelblau": 170.0,
}


def points(p):
    x0 = np.array(p.x0)
    rng = np.random.default_rng(3)
    return [x0, *(x0 + rng.uniform(-0.1, 0.1, x0.size) * (1 + abs(x0)) for _ in range(5))]


def test_there_are_at_least_eighteen_of_mgh():
    assert len(PUBLISHED_MINIMA) >= 18
    assert PUBLISHED_MINIMA.keys() == PUBLISHED_STARTS.keys()
    assert PUBLISHED_MINIMA.keys() <= set(VECTOR)


@every_problem
def test_shapes(name):
    p = problem(name)
    assert all(type(v) is float for v in (*p.x0, p.minimum, *p.minimizer))
    assert len(p.minimizer) == len(p.x0)
    x0 = np.array(p.x0)
    g = p.grad(x0)
    assert g.shape == x0.shape and g.dtype == np.float64
    assert np.ndim(p.fun(x0)) == 0
    assert (x0 == np.array(p.x0)).all()


# np.logaddexp knows no complex numbers; autograd checks that problem.
@pytest.mark.parametrize("name", [name for name in VECTOR if name != "logistic-toy"])
def test_gradient_by_complex_step(name):
    p = problem(name)
    for x in points(p):
        steps = x + 1e-40j * np.eye(x.size)
        expected = np.array([np.imag(p.fun(z)) / 1e-40 for z in steps])
        assert p.grad(x) == pytest.approx(expected, rel=1e-11, abs=1e-13 * abs(expected).max())


@every_problem
def test_gradient_by_autograd(name, monkeypatch):
    """The function can be traced: plain operators and ufuncs, nothing in place."""
    autograd = pytest.importorskip("autograd")
    traced = pytest.importorskip("autograd.numpy")
    p = problem(name)
    expected = [p.grad(x) for x in points(p)]
    for module in [m for n, m in sys.modules.items() if n.startswith("pyframe_problems.")]:
        if hasattr(module, "np"):
            monkeypatch.setattr(module, "np", traced)
    for x, g in zip(points(p), expected, strict=True):
        assert autograd.grad(p.fun)(x) == pytest.approx(g, rel=1e-11, abs=1e-13 * abs(g).max())


@pytest.mark.parametrize(("name", "printed"), PUBLISHED_MINIMA.items())
def test_published_minimum(name, printed):
    # The paper prints six digits, some cut and some rounded.
    assert problem(name).minimum == pytest.approx(printed, rel=5e-6, abs=1e-300)


@pytest.mark.parametrize(("name", "start"), PUBLISHED_STARTS.items())
def test_published_start(name, start):
    assert problem(name).x0 == pytest.approx(start, rel=1e-15)


@pytest.mark.parametrize(("name", "printed"), AT_THE_START.items())
def test_value_at_the_start(name, printed):
    p = problem(name)
    assert p.fun(np.array(p.x0)) == pytest.approx(printed, rel=5e-3)


@every_problem
def test_minimum_is_taken_at_the_minimizer(name):
    p = problem(name)
    x = np.array(p.minimizer)
    assert p.fun(x) == pytest.approx(p.minimum, rel=1e-10, abs=1e-28)
    assert abs(p.grad(x)).max() <= 1e-12 * max(1.0, abs(p.grad(np.array(p.x0))).max())


@every_problem
def test_nothing_near_the_minimizer_is_lower(name):
    p = problem(name)
    x = np.array(p.minimizer)
    rng = np.random.default_rng(4)
    slack = 1e-10 * abs(p.minimum)
    for radius in (1e-2, 1e-4, 1e-6):
        for _ in range(30):
            step = radius * rng.standard_normal(x.size) * np.maximum(abs(x), 1e-3)
            assert p.fun(x + step) >= p.minimum - slack


# Quasi-Newton or conjugate gradients reach every minimum from x0.  Left out are the two
# barriers, where SciPy's line search loses itself in NaN: convex, a zero gradient is enough.
@pytest.mark.parametrize(
    "name", [n for n in VECTOR if n not in ("analytic-centre", "log-barrier-scaled")]
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_minimum_is_reached_from_the_start(name):
    optimize = pytest.importorskip("scipy.optimize")
    p = problem(name)
    x0 = np.array(p.x0)
    runs = (
        optimize.minimize(
            p.fun, x0, jac=p.grad, method=method, options={"gtol": 1e-9, "maxiter": 3000}
        ).fun
        for method in ("BFGS", "CG")
    )
    assert any(abs(best - p.minimum) <= 1e-6 * abs(p.minimum) + 1e-9 for best in runs)


@pytest.mark.parametrize(
    ("name", "kappa"),
    [
        ("quadratic-kappa-1e2", 1e2),
        ("quadratic-kappa-1e4", 1e4),
        ("quadratic-kappa-1e6", 1e6),
        ("hilbert", 1.5257575e10),
        ("booth", 9.0),
        ("matyas", 25.0),
    ],
)
def test_condition_number(name, kappa):
    p = problem(name)
    n = len(p.x0)
    hessian = np.array([p.grad(e) - p.grad(np.zeros(n)) for e in np.eye(n)])
    assert hessian == pytest.approx(hessian.T, rel=1e-9, abs=1e-9 * abs(hessian).max())
    assert np.linalg.cond(hessian) == pytest.approx(kappa, rel=1e-4)
