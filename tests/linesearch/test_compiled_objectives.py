"""Searches on compiled functions: same answers and counts, no Python while a trace answers."""

import math

import numpy as np
import pytest

import pyframe as pf
from pyframe.errors import MissingDerivative

CALLS = [0]


def counted(f):
    """A function that counts how often Python runs it."""

    def counting(*args):
        CALLS[0] += 1
        return f(*args)

    return counting


SCALARS = {
    "polynomial": lambda x: (x - 2.0) ** 2 * (x + 1.0),
    "branches": lambda x: (x - 1.0) ** 2 if x > 0.5 else 1.0 - x,
    "math": lambda x: -x * math.exp(-x * x / 16.0),
    "numpy": lambda x: np.cos(x) + 0.1 * x,
}


@pytest.mark.parametrize(
    "method", ["brent", "golden", "parabolic", "slope-bisection", "cubic", "newton-1d"]
)
@pytest.mark.parametrize("name", SCALARS)
def test_scalar_methods_find_the_same(name, method):
    f = SCALARS[name]
    plain = pf.minimize_scalar(f, (0.1, 5.0), method=method)
    compiled = pf.compile(counted(f))
    found = pf.minimize_scalar(compiled, (0.1, 5.0), method=method)
    assert (found.x, found.fun, found.nfev, found.status) == (
        plain.x,
        plain.fun,
        plain.nfev,
        plain.status,
    )
    CALLS[0] = 0
    again = pf.minimize_scalar(compiled, (0.1, 5.0), method=method)
    assert again.x == plain.x
    if method != "newton-1d":  # second derivatives come from differences, by Python
        assert CALLS[0] == 0


def rosenbrock(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


@pytest.mark.parametrize("n", [2, 10, 500])
def test_outer_iterations_find_the_same_without_python(n):
    start = np.linspace(-1.2, 1.0, n)
    plain = pf.minimize(rosenbrock, start)
    compiled = pf.compile(counted(rosenbrock))
    found = pf.minimize(compiled, start)
    assert found.x.tolist() == plain.x.tolist()
    assert (found.nfev, found.njev, found.nit) == (plain.nfev, plain.njev, plain.nit)
    CALLS[0] = 0
    pf.minimize(compiled, start)
    assert CALLS[0] == 0


def test_further_arguments_are_part_of_the_trace():
    f = pf.compile(counted(lambda x, a, b: np.sum((x - a) ** 2) * b))
    target = np.array([1.0, 2.0, 3.0])
    for _ in range(2):
        CALLS[0] = 0
        assert pf.minimize(f, np.zeros(3), args=(target, 2.0)).x == pytest.approx(target)
    assert CALLS[0] == 0
    found = pf.line_search(f, np.zeros(3), target, args=(target, 2.0))
    assert found.step == pytest.approx(1.0)


def test_a_name_outside_that_changes_is_noticed():
    shift = 1.0
    f = pf.compile(lambda x: (x - shift) ** 2)
    assert pf.minimize_scalar(f, (0.0, 9.0)).x == pytest.approx(1.0)
    shift = 4.0
    assert pf.minimize_scalar(f, (0.0, 9.0)).x == pytest.approx(4.0)


@pytest.mark.parametrize("method", ["golden", "brent", "slope-bisection", "cubic"])
def test_batches_of_compiled_functions_find_the_same(method):
    p = np.linspace(0.5, 3.0, 40)
    f = lambda x, p: (x - p) ** 2 * (1.0 + x) if x > 1.0 else (x - p) ** 2 + 1.0 - x  # noqa: E731
    one_by_one = [pf.minimize_scalar(f, (0.0, 4.0), method=method, args=(q,)) for q in p]
    found = pf.minimize_scalar_batch(pf.compile(f), 0.0, 4.0, method=method, args=(p,))
    assert found.x.tolist() == [r.x for r in one_by_one]
    assert found.nfev.tolist() == [r.nfev for r in one_by_one]


def test_batches_differentiate_plain_functions():
    p = np.linspace(0.5, 3.0, 7)
    found = pf.minimize_scalar_batch(lambda x, p: (x - p) ** 4, 0.0, 4.0, method="cubic", args=(p,))
    np.testing.assert_allclose(found.x, p, atol=1e-4)
    with pytest.raises(MissingDerivative):
        pf.minimize_scalar_batch(lambda x: x, 0.0, 4.0, method="cubic", derivative=False)
