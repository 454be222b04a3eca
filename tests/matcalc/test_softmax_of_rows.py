"""softmax and logsumexp of each row: values, derivatives and what they are recognised in."""

import numpy as np
import pytest
from matcalc.sources import source
from scipy.special import log_softmax, logsumexp, softmax

import pyframe as pf


def regression(W, X, Y):
    return -np.sum(Y * log_softmax(X @ W, axis=1))


@pytest.fixture
def values():
    rng = np.random.default_rng(0)
    return {
        "X": rng.standard_normal((6, 3)),
        "W": rng.standard_normal((3, 4)),
        "Y": np.eye(4)[rng.integers(4, size=6)],
    }


def test_multinomial_regression(values):
    X, W, Y = values["X"], values["W"], values["Y"]
    loss = pf.matrix("sum(rowlogsumexp(X*W)) - inner(Y, X*W)")
    assert str(loss.gradient("W")) == "X'*(rowsoftmax(X*W) - Y)"
    P = softmax(X @ W, axis=1)
    assert np.allclose(loss.gradient("W")(**values), X.T @ (P - Y), rtol=1e-13, atol=1e-14)
    # sum over the samples of x x' times diag(p) - p p'
    blocks = np.einsum("sk,kl->skl", P, np.eye(4)) - P[:, :, None] * P[:, None, :]
    hessian = np.einsum("si,sj,skl->ikjl", X, X, blocks)
    assert np.allclose(loss.hessian("W")(**values), hessian, rtol=1e-12, atol=1e-14)
    assert loss.gradient("W").check() and loss.hessian("W").check()


def test_multinomial_regression_in_numpy(values):
    loss = pf.matrix(regression, W="n,k", X="m,n", Y="m,k")
    assert np.isclose(loss(**values), regression(**values), rtol=1e-14)
    recorded = pf.grad(lambda W: regression(W, values["X"], values["Y"]))(values["W"])
    assert np.allclose(loss.gradient("W")(**values), recorded, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("axis", [0, 1])
def test_log_softmax_of_exponents_far_apart(axis):
    Z = np.array([[0.0, 1.0], [1000.0, 2.0]])
    e = pf.matrix(lambda A: log_softmax(A, axis=axis), A="n,m")
    assert np.allclose(e(Z), log_softmax(Z, axis=axis), rtol=1e-15)
    total = pf.matrix(lambda A: log_softmax(A, axis=axis).sum(), A="n,m").gradient("A")
    assert np.allclose(total(Z), 1 - 2 * softmax(Z, axis=axis), rtol=1e-12)


def test_weights_of_rows_are_diagonal():
    loss = pf.matrix("w'*rowlogsumexp(Z)", Z="m,n")
    assert str(loss.gradient("Z")) == "diag(w)*rowsoftmax(Z)"


@pytest.mark.parametrize("size", [1.0, 800.0, 1e300])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rows_of_any_size(size, dtype):
    if dtype == np.float32 and size > 1e38:
        size = 1e37
    Z = (np.array([[1, -1, 0.5], [0, 0, 0], [-2, 3, 3]]) * size).astype(dtype)
    total, part = pf.matrix("rowlogsumexp(Z)"), pf.matrix("rowsoftmax(Z)")
    tolerance = 4 * np.finfo(dtype).eps
    assert np.allclose(total(Z), logsumexp(Z.astype(float), axis=1), rtol=tolerance)
    assert np.allclose(part(Z), softmax(Z.astype(float), axis=1), rtol=10 * tolerance)
    assert total(Z).dtype == part(Z).dtype == dtype


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (1, 4), (4, 1), (1, 1)])
def test_rows_of_any_length(shape):
    Z = np.random.default_rng(1).standard_normal(shape)
    part = pf.matrix("rowsoftmax(Z)", Z="m,n")
    assert np.allclose(part(Z), softmax(Z, axis=1) if Z.size else Z)
    total = pf.matrix("rowlogsumexp(Z)", Z="m,n")
    with np.errstate(divide="ignore"):
        assert np.allclose(total(Z), np.log(np.sum(np.exp(Z), axis=1)))
    shares = pf.matrix("sum(rowlogsumexp(Z))", Z="m,n").gradient("Z")(Z)
    assert np.allclose(shares.sum(axis=1), float(shape[1] > 0))


def test_rows_of_nothing_but_minus_infinity():
    Z = np.array([[-np.inf, -np.inf], [0.0, -np.inf]])
    assert np.array_equal(pf.matrix("rowsoftmax(Z)", Z="m,n")(Z), [[0, 0], [1, 0]])
    assert np.array_equal(pf.matrix("rowlogsumexp(Z)", Z="m,n")(Z), [-np.inf, 0])


@pytest.mark.parametrize(
    ("text", "shape", "wanted"),
    [
        ("log(exp(Z)*ones(n))", "m,n", "rowlogsumexp(Z)"),
        ("diag(1./(exp(Z)*ones(n)))*exp(Z)", "m,n", "rowsoftmax(Z)"),
        ("2*inv(diag(exp(Z)*ones(n)))*exp(Z)", "m,n", "2*rowsoftmax(Z)"),
        ("exp(Z - rowlogsumexp(Z)*ones(n)')", "m,n", "rowsoftmax(Z)"),
        ("log(rowsoftmax(Z))", "m,n", "Z - rowlogsumexp(Z)*ones(n)'"),
        ("log(exp(Z)'*ones(m))", "m,n", "rowlogsumexp(Z')"),
        ("rowsoftmax(Z)", "m", "ones(m)"),
        ("rowlogsumexp(Z')", "m", "logsumexp(Z)"),
        ("rowsoftmax(Z')", "m", "softmax(Z)'"),
    ],
)
def test_written_in_other_ways(text, shape, wanted):
    assert str(pf.matrix(text, Z=shape)) == wanted


@pytest.mark.parametrize("text", ["rowsoftmax(Z)", "rowlogsumexp(Z)", "rowsoftmax(Z)'*softmax(Z)"])
def test_source_in_numpy(text, values):
    e = pf.matrix(text, Z="m,n")
    for Z in (values["X"], values["X"][:0]):
        assert np.allclose(source(e)(Z=Z), e(Z), rtol=1e-14)


def test_source_of_rows_of_nothing():
    Z = np.zeros((2, 0))
    assert source(pf.matrix("rowsoftmax(Z)", Z="m,n"))(Z=Z).shape == (2, 0)
