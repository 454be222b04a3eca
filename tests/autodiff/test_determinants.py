"""Derivatives of determinants of every order, at matrices of every rank, against exact integers."""

import numpy as np
import pytest
from autodiff.determinants import derivative, of_rank

import pyframe as pf
from pyframe.errors import ShapeError

RANKS = [(n, rank) for n in range(1, 7) for rank in range(n, max(-1, n - 5), -1)]


def close(got, want, scale, tolerance=1e-13):
    np.testing.assert_allclose(got, want, rtol=0, atol=tolerance * max(scale, np.abs(want).max()))


def matrix(n, rank):
    x = of_rank(n, rank, np.random.default_rng(10 * n + rank)).astype(float)
    return x, max(1.0, np.abs(x).max()) ** max(n - 2, 0)


@pytest.mark.parametrize("mode", ["forward", "reverse", "auto"])
@pytest.mark.parametrize(("n", "rank"), RANKS)
def test_hessians_at_every_rank(n, rank, mode):
    x, scale = matrix(n, rank)
    close(pf.hessian(np.linalg.det, mode=mode)(x), derivative(x, 2), scale)


@pytest.mark.parametrize(("n", "rank"), RANKS)
def test_gradients_and_products_at_every_rank(n, rank):
    x, scale = matrix(n, rank)
    scale *= max(1.0, np.abs(x).max())
    close(pf.grad(np.linalg.det)(x), derivative(x, 1), scale)
    v = np.random.default_rng(n).normal(size=(n, n))
    want = np.tensordot(derivative(x, 2), v, 2)
    close(pf.hvp(np.linalg.det, (x,), (v,)), want, scale)
    close(pf.jvp(pf.grad(np.linalg.det), (x,), (v,))[1], want, scale)
    close(pf.grad(lambda y: np.sum(pf.grad(np.linalg.det)(y) * v))(x), want, scale)


@pytest.mark.parametrize(("n", "rank"), [(2, 0), (3, 1), (4, 4), (4, 2), (4, 1), (4, 0), (5, 2)])
def test_third_derivatives(n, rank):
    x, scale = matrix(n, rank)
    got = pf.jacobian(pf.hessian(np.linalg.det))(x)
    close(got, derivative(x, 3), scale)


def test_nearly_singular_matrices_have_the_derivatives_of_singular_ones():
    rng = np.random.default_rng(3)
    for n, rank in [(3, 1), (4, 2), (4, 3), (5, 3), (6, 4)]:
        x = of_rank(n, rank, rng).astype(float)
        near = x + 1e-15 * rng.normal(size=(n, n))
        want = derivative(x, 2)
        close(pf.hessian(np.linalg.det)(near), want, np.abs(x).max() ** (n - 2), 1e-12)


def test_stacks_of_matrices_of_several_ranks():
    n = 4
    xs = np.stack([matrix(n, rank)[0] for rank in range(n + 1)])
    weights = np.arange(1.0, n + 2)
    got = pf.hessian(lambda y: np.sum(weights * np.linalg.det(y)))(xs)
    for k, x in enumerate(xs):
        close(got[k, :, :, k], weights[k] * derivative(x, 2), 1e2)
        got[k, :, :, k] = 0
    assert not got.any()


@pytest.mark.parametrize("rank", [0, 1, 2, 3, 4])
def test_single_precision(rank):
    x, scale = matrix(4, rank)
    got = pf.hessian(np.linalg.det)(x.astype(np.float32))
    assert got.dtype == np.float32
    close(got, derivative(x, 2), scale, 2e-5)


@pytest.mark.parametrize(
    "exponents", [[160, 160, -140, -140], [170, 140, -90, -120], [-160, 100, 20, 50]]
)
def test_products_that_leave_the_range_on_the_way(exponents):
    x = np.diag(10.0 ** np.array(exponents))
    gradient, hessian = pf.grad(np.linalg.det)(x), pf.hessian(np.linalg.det)(x)
    total = sum(exponents)
    for i, first in enumerate(exponents):
        np.testing.assert_allclose(gradient[i, i], 10.0 ** (total - first), rtol=1e-12)
        for j, second in enumerate(exponents):
            if i != j and total - first - second < 300:
                want = 10.0 ** (total - first - second)
                np.testing.assert_allclose(hessian[i, i, j, j], want, rtol=1e-12)
                np.testing.assert_allclose(hessian[i, j, j, i], -want, rtol=1e-12)


def test_hessians_have_the_pattern_of_dense_blocks():
    rows, columns, n = 2, 4, 4
    x = np.random.default_rng(0).normal(size=(rows, columns, n))
    f = lambda y: np.sum(np.linalg.det(y))  # noqa: E731
    dense = pf.hessian(f)(x).reshape(x.size, x.size)
    sparse = pf.hessian(lambda y: f(np.reshape(y, x.shape)), mode="sparse")(x.ravel())
    np.testing.assert_allclose(sparse.toarray(), dense, atol=1e-13)
    assert sparse.nnz <= rows * (columns * n) ** 2


def test_an_order_that_would_take_too_long_is_refused():
    def f(t):
        return np.linalg.det(t * np.eye(60) + np.ones((60, 60)))

    g = f
    for _ in range(5):
        g = pf.derivative(g)
    with pytest.raises(ShapeError, match="The derivative of order 4 of the cofactors of a 60 x 60"):
        g(1.0)
