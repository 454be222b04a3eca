"""Products that are symmetric whatever the values are computed as one triangle."""

import numpy as np
import pytest

import pyframe as pf

M, N = 90, 70

SYMMETRIC = {
    "A'A": lambda A, w, v: A.T @ A,
    "A'DA": lambda A, w, v: A.T @ (w[:, None] * A),
    "(DA)'A": lambda A, w, v: (A * w[:, None]).T @ A,
    "A D A'": lambda A, w, v: (A * v) @ A.T,
    "A A'": lambda A, w, v: A @ A.T,
    "a number": lambda A, w, v: A.T @ (2.0 * A),
}
OTHERS = {
    "A'A D": lambda A, w, v: A.T @ (A * v),
    "(AD)(AD)": lambda A, w, v: A[:N] @ (A[:N] * v),
    "A A": lambda A, w, v: A[:N] @ A[:N],
    "A'(A.*A)": lambda A, w, v: A.T @ (A * A),
    "A'A with columns in another order": lambda A, w, v: A.T @ A[:, ::-1],
    "elementwise": lambda A, w, v: A * (w[:, None] * A),
}


@pytest.fixture
def values():
    rng = np.random.default_rng(3)
    return rng.standard_normal((M, N)), rng.standard_normal(M), rng.standard_normal(N)


@pytest.mark.parametrize("f", SYMMETRIC.values(), ids=SYMMETRIC)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_symmetric_to_the_last_bit(f, dtype, values):
    values = [value.astype(dtype) for value in values]
    found = np.asarray(pf.compile(f)(*values))
    np.testing.assert_array_equal(found, found.T)
    tolerance = 1e-12 if dtype is np.float64 else 1e-4
    np.testing.assert_allclose(found, f(*values), rtol=tolerance, atol=100 * tolerance)


@pytest.mark.parametrize("f", OTHERS.values(), ids=OTHERS)
def test_what_only_looks_alike(f, values):
    np.testing.assert_allclose(pf.compile(f)(*values), f(*values), rtol=1e-12, atol=1e-11)


@pytest.mark.parametrize("f", SYMMETRIC.values(), ids=SYMMETRIC)
def test_gradients(f, values):
    A, w, v = values
    C = np.random.default_rng(4).standard_normal(f(*values).shape)
    step = 1e-20j
    E = np.random.default_rng(5).standard_normal(A.shape)
    wanted = np.sum(C * f(A + step * E, w, v)).imag / step.imag
    found = np.sum(E * pf.grad(lambda A: np.sum(C * f(A, w, v)))(A))
    np.testing.assert_allclose(found, wanted, rtol=1e-11)
