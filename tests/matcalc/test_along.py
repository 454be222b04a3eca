"""Derivatives whose forms are no contractions: arrays of their values along all elements."""

import numpy as np
import pytest
from scipy.linalg import expm_frechet

import pyframe as pf
from pyframe.errors import OutOfMemory


def square(n, seed=0):
    return np.random.default_rng(seed).standard_normal((n, n)) / np.sqrt(n)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("n", [1, 4, 30])
def test_second_derivative_of_a_determinant(n, dtype):
    """det(X) (inv(X)' inv(X)' - ...): of 30 rows in several pieces, the last one not full."""
    X = square(n).astype(dtype)
    Y, det = np.linalg.inv(X.astype(float)), np.linalg.det(X.astype(float))
    wanted = det * (np.einsum("ji,lk->ijkl", Y, Y) - np.einsum("li,jk->ijkl", Y, Y))
    found = pf.matrix("det(X)").hessian("X")(X=X)
    assert found.dtype == dtype
    tolerance = (1e-11 if dtype == np.float64 else 1e-3) * np.abs(wanted).max()
    np.testing.assert_allclose(found, wanted, rtol=0, atol=tolerance)


def test_several_directions_at_once():
    """Every element is the form along two units, which is the difference of first derivatives."""
    X, units = square(3), np.eye(9).reshape(3, 3, 3, 3)
    second = pf.matrix("expm(X)").derivative("X", "X")
    names = [str(direction) for direction in second.directions]
    assert len(names) == 2
    array = second(X=X)
    assert array.shape == (3,) * 6
    for (i, j), (k, l) in [((0, 0), (1, 1)), ((1, 2), (2, 0)), ((2, 2), (2, 1))]:
        pair = dict(zip(names, (units[i, j], units[k, l]), strict=True))
        np.testing.assert_allclose(array[..., i, j, k, l], second.form(X=X, **pair), atol=1e-15)
        ahead, behind = (expm_frechet(X + h * units[k, l], units[i, j])[1] for h in (1e-5, -1e-5))
        np.testing.assert_allclose(array[..., i, j, k, l], (ahead - behind) / 2e-5, atol=1e-9)


def test_a_direction_that_is_a_number():
    X, E = square(3), square(3, 1)
    e = pf.matrix("expm(X + t*E)", X="n,n", E="n,n", t="")
    found = e.derivative("t")(X=X, E=E, t=0.0)
    np.testing.assert_allclose(found, expm_frechet(X, E)[1], atol=1e-13)


def test_values_that_are_traced():
    """The gradient of a function of such an array, against differences."""
    h = pf.matrix("tr(expm(X)*B)", X="n,n", B="n,n").hessian("X")
    X, B, V = square(3), square(3, 1), square(3, 2)

    def f(X):
        return np.sum(h(X=X, B=B) ** 2)

    slope = (f(X + 1e-6 * V) - f(X - 1e-6 * V)) / 2e-6
    np.testing.assert_allclose(np.sum(pf.grad(f)(X) * V), slope, rtol=1e-7)


def test_no_elements():
    assert pf.matrix("det(X)").hessian("X")(X=np.zeros((0, 0))).shape == (0, 0, 0, 0)


def test_an_array_that_does_not_fit():
    with pytest.raises(OutOfMemory, match="an array of shape"):
        pf.matrix("det(X)").hessian("X")(X=np.eye(3000))


@pytest.mark.parametrize("largest", [60.0, 600.0, 1e8])
def test_softmax_of_large_exponents_sums_to_1(largest):
    """Its Hessian is a difference of what is as large as the exponents' factor squared."""
    x = largest - np.array([20.0, 0.0, 35.0])
    e = pf.matrix("softmax(x)")
    powers = np.exp(x - largest)
    np.testing.assert_allclose(e(x=x), powers / powers.sum(), rtol=1e-15)
    assert abs(e(x=x).sum() - 1) < 3e-16
