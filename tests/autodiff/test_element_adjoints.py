"""Functions that read an array bit by bit: values against whole-array forms, work against n."""

import math

import numpy as np
import pytest

import pyframe as pf
from pyframe import _core


def rosenbrock_by_elements(x):
    total = 0.0
    for i in range(len(x) - 1):
        total = total + 100.0 * (x[i + 1] - x[i] * x[i]) ** 2 + (1.0 - x[i]) ** 2
    return total


def rosenbrock(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def windows(x):
    return sum(np.sum(np.sin(x[i : i + 3])) * x[i] for i in range(0, len(x) - 3, 2))


def windows_at_once(x):
    starts = np.arange(0, len(x) - 3, 2)
    return np.sum(np.sum(np.sin(x[starts[:, None] + np.arange(3)]), axis=1) * x[starts])


def rows(x):
    a = np.reshape(x, (8, -1))
    return sum(np.sum(a[i]) * np.sum(a[:, -1 - i % 2] ** 2) * a[i, 0] for i in range(8))


def rows_at_once(x):
    a = np.reshape(x, (8, -1))
    squares = np.sum(a**2, axis=0)[[-1, -2] * 4]
    return np.sum(np.sum(a, axis=1) * squares * a[:, 0])


def backwards(x):
    return sum(x[-1 - i] * np.sum(x[2 * i + 2 : i : -1] ** 3) for i in range(len(x) // 8))


def backwards_at_once(x):
    cubes = np.concatenate([np.zeros(1), np.cumsum(x**3)])
    i = np.arange(len(x) // 8)
    return np.sum(x[-1 - i] * (cubes[2 * i + 3] - cubes[i + 1]))


def mixed(f):
    return lambda x: f(x) + np.sum(np.cos(x) * x) + x[0] * x[-1]


PAIRS = [
    pytest.param(one, other, id=one.__name__)
    for one, other in [
        (rosenbrock_by_elements, rosenbrock),
        (windows, windows_at_once),
        (rows, rows_at_once),
        (backwards, backwards_at_once),
    ]
]


@pytest.mark.parametrize("plus_arrays", [False, True])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(("f", "whole"), PAIRS)
def test_bit_by_bit_is_as_at_once(f, whole, dtype, plus_arrays):
    if plus_arrays:
        f, whole = mixed(f), mixed(whole)
    x = np.random.default_rng(5).uniform(-1, 1, 40).astype(dtype)
    v = np.cos(np.arange(40)).astype(dtype)
    near = {"rtol": 1e-11, "atol": 1e-11} if dtype == np.float64 else {"rtol": 2e-4, "atol": 2e-4}
    expected = pf.grad(whole)(x)
    found = pf.grad(f)(x)
    assert found.dtype == dtype
    np.testing.assert_allclose(found, expected, **near)
    compiled = pf.compile(f)
    for _ in range(2):
        np.testing.assert_allclose(compiled.grad(x), expected, **near)
    second = pf.hessian(whole)(x)
    near["atol"] *= 100
    np.testing.assert_allclose(pf.hessian(f)(x), second, **near)
    np.testing.assert_allclose(pf.hvp(f, (x,), (v,)), second @ v, **near)
    by_reverse = pf.jacobian(pf.grad(f), mode="reverse")(x)
    np.testing.assert_allclose(by_reverse, second, **near)


def test_compiled_gradients_have_the_bits_of_the_sweep():
    rng = np.random.default_rng(6)
    for n in range(2, 12):
        x = rng.uniform(-2, 2, n)
        expected = pf.grad(rosenbrock_by_elements)(x)
        array_too = pf.compile(lambda x: rosenbrock_by_elements(x) + 0.0 * np.sum(x))
        compiled = pf.compile(rosenbrock_by_elements)
        assert compiled.grad(x).tolist() == expected.tolist()
        np.testing.assert_allclose(array_too.grad(x), expected, rtol=1e-14)
        both = mixed(rosenbrock_by_elements)
        assert pf.compile(both).grad(x).tolist() == pf.grad(both)(x).tolist()


def test_third_derivatives_of_elements():
    x = np.array([0.3, -0.7, 1.1, 0.4, 0.9, -0.2])

    def cubic(x):
        return sum(x[i] ** 2 * x[i - 1] for i in range(len(x)))

    third = pf.jacobian(pf.hessian(cubic))(x)
    expected = np.zeros((6, 6, 6))
    for i in range(6):
        for a, b, c in [(i, i, i - 1), (i, i - 1, i), (i - 1, i, i)]:
            expected[a, b, c] += 2.0
    np.testing.assert_allclose(third, expected, atol=1e-14)


def test_an_element_read_without_effect_stays_clean():
    x = np.arange(1.0, 8.0)
    found = pf.grad(lambda x: sum(x[i] for i in range(6)) + 0.0 * np.sum(x[6:]))(x)
    assert found.tolist() == [1.0] * 6 + [0.0]
    nan = np.array([np.nan, 1.0, 2.0, 3.0, 4.0, 5.0])
    found = pf.grad(lambda x: sum(x[i] ** 2 for i in range(6)) + np.sum(x))(nan)
    assert math.isnan(found[0])
    assert found[1:].tolist() == [3.0, 5.0, 7.0, 9.0, 11.0]


def test_the_vectors_that_are_looked_at_are_known_element_by_element():
    """K7: of two equal eigenvalues the vectors are not looked at, though many elements are."""
    a = np.diag([1.0, 2.0, 5.0, 5.0])
    a[0, 1] = a[1, 0] = 0.5

    def by_elements(a):
        w, v = np.linalg.eigh(a)
        return w[0] + sum(v[i, 0] ** 4 + v[i, 1] ** 4 for i in range(4))

    def at_once(a):
        w, v = np.linalg.eigh(a)
        return w[0] + np.sum(v[:, :2] ** 4)

    np.testing.assert_allclose(pf.grad(by_elements)(a), pf.grad(at_once)(a), atol=1e-13)


def test_sparse_hessians_see_each_element():
    x = np.linspace(-1, 1, 60)
    both = mixed(rosenbrock_by_elements)
    found = pf.hessian(both, mode="sparse")(x)
    assert found.nnz <= 3 * 60
    np.testing.assert_allclose(found.toarray(), pf.hessian(both)(x), atol=1e-10)


def test_cross_country_goes_through_gradients_of_loops():
    x = np.linspace(-1, 1, 7)
    found = pf.jacobian(pf.grad(rosenbrock_by_elements), mode="cross-country")(x)
    np.testing.assert_allclose(found, pf.hessian(rosenbrock)(x), atol=1e-11)


def test_the_memory_of_a_gradient_grows_with_the_loop():
    """A second derivative of n elements holds no n arrays of length n."""
    grown = []
    for n in (100, 400):
        x = np.linspace(-1, 1, n)
        with _core.Recording() as recording:
            traced = recording.argument(x)
            inner = pf.grad(lambda x, n=n: sum(x[i] * x[i + 1] ** 2 for i in range(n - 1)))
            inner(traced)
            grown.append(recording.memory)
    assert grown[1] < 6 * grown[0]
