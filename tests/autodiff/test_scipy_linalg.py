"""scipy.linalg under differentiation: the exponential, triangular and Cholesky systems."""

import inspect

import numpy as np
import pytest
import scipy.linalg as sl
from autodiff.scalarised import check, close

import pyframe as pf
from pyframe.errors import ParameterError, ShapeError, SingularMatrixError

rng = np.random.default_rng(40)


def some(*shape):
    return rng.uniform(-1.0, 1.0, shape)


def regular(*shape):
    return some(*shape) + 2.0 * np.eye(shape[-1])


def positive(n):
    a = some(n, n)
    return a @ a.T + np.eye(n)


def expm_by_series(a):
    term = made = np.broadcast_to(np.eye(a.shape[-1]), a.shape).astype(a.dtype)
    for k in range(1, 40):
        term = term @ a / k
        made = made + term
    return made


def sym(a):
    return (a + a.T) / 2


CASES = {
    "expm": (sl.expm, expm_by_series, some(3, 3)),
    "expm-1x1": (sl.expm, expm_by_series, some(1, 1)),
    "expm-stack": (sl.expm, expm_by_series, some(2, 3, 3)),
    "lower": (
        lambda a, b: sl.solve_triangular(a, b, lower=True),
        lambda a, b: np.linalg.solve(np.tril(a), b),
        regular(4, 4),
        some(4, 2),
    ),
    "upper": (
        sl.solve_triangular,
        lambda a, b: np.linalg.solve(np.triu(a), b),
        regular(3, 3),
        some(3),
    ),
    "lower-transposed": (
        lambda a, b: sl.solve_triangular(a, b, trans="T", lower=True),
        lambda a, b: np.linalg.solve(np.tril(a).T, b),
        regular(3, 3),
        some(3),
    ),
    "upper-transposed": (
        lambda a, b: sl.solve_triangular(a, b, trans=1),
        lambda a, b: np.linalg.solve(np.triu(a).T, b),
        regular(3, 3),
        some(3, 2),
    ),
    "unit-diagonal": (
        lambda a, b: sl.solve_triangular(a, b, lower=True, unit_diagonal=True),
        lambda a, b: np.linalg.solve(np.tril(a, -1) + np.eye(3), b),
        regular(3, 3),
        some(3),
    ),
    "cho-solve": (
        lambda a, b: sl.cho_solve(sl.cho_factor(a), b),
        lambda a, b: np.linalg.solve(sym(a), b),
        positive(3),
        some(3),
    ),
    "cho-solve-lower": (
        lambda a, b: sl.cho_solve(sl.cho_factor(a, lower=True), b),
        lambda a, b: np.linalg.solve(sym(a), b),
        positive(3),
        some(3, 2),
    ),
    "solve": (sl.solve, np.linalg.solve, regular(3, 3), some(3)),
    "solve-positive": (
        lambda a, b: sl.solve(a, b, assume_a="pos"),
        np.linalg.solve,
        positive(3),
        some(3),
    ),
    "solve-triangle": (
        lambda a, b: sl.solve(a, b, assume_a="upper triangular"),
        lambda a, b: np.linalg.solve(np.triu(a), b),
        np.triu(regular(3, 3)),
        some(3),
    ),
    "solve-transposed": (
        lambda a, b: sl.solve(a, b, transposed=True),
        lambda a, b: np.linalg.solve(a.T, b),
        regular(3, 3),
        some(3),
    ),
    "inv": (sl.inv, np.linalg.inv, regular(3, 3)),
    "det": (sl.det, np.linalg.det, regular(3, 3)),
    "block-diag": (
        lambda a, b, c: sl.block_diag(a, b, c) @ np.ones((7, 2)),
        lambda a, b, c: np.concatenate([np.sum(a, 1), [np.sum(b)], [c]])[:, None] * np.ones(2),
        some(2, 3),
        some(3),
        some(),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_against_complex_steps(name):
    f, oracle, *xs = CASES[name]
    check(f, *xs, oracle=oracle, rtol=1e-9, value_rtol=1e-12)


def test_cholesky_factors():
    a = positive(3)
    for lower in (False, True):
        close(
            pf.vjp(lambda a, low=lower: sl.cholesky(a, lower=low), a)[0],
            sl.cholesky(a, lower),
            1e-13,
            "",
        )
    g = pf.grad(lambda a: np.sum(sl.cholesky(a) ** 2))(a)
    close(g, np.eye(3), 1e-13, "sum of squares is the trace")


def test_norms():
    x = some(3, 3)
    for p in (None, 1, 2, "nuc"):
        close(
            pf.grad(lambda x, p=p: sl.norm(x, p))(x),
            pf.grad(lambda x, p=p: np.linalg.norm(x, p))(x),
            1e-14,
            "",
        )


def test_names_bound_by_from_imports():
    from scipy.linalg import cho_solve, det, expm, solve_triangular

    close(
        pf.grad(lambda a: np.trace(expm(a)))(np.diag([0.0, 1.0])),
        np.diag(np.exp([0.0, 1.0])),
        1e-14,
        "",
    )
    assert pf.grad(lambda b: np.sum(solve_triangular(np.eye(2), b)))(np.ones(2)).tolist() == [1, 1]
    close(pf.grad(det)(np.diag([2.0, 3.0])), np.diag([3.0, 2.0]), 1e-14, "")
    close(
        pf.grad(lambda b: np.sum(cho_solve((np.eye(2), True), b)))(np.ones(2)),
        np.ones(2),
        1e-15,
        "",
    )


def test_plain_arguments_are_scipy_s_own():
    a, b = regular(3, 3), some(3)
    calls = lambda: (sl.expm(a), sl.solve_triangular(a, b), sl.cholesky(a @ a.T), sl.norm(a))  # noqa: E731
    want = calls()

    def f(x):
        got = calls()
        assert all(np.array_equal(g, w) for g, w in zip(got, want, strict=True))
        return x * x

    assert pf.grad(f)(2.0) == 4.0
    assert all(np.array_equal(g, w) for g, w in zip(calls(), want, strict=True))
    assert list(inspect.signature(sl.solve_triangular).parameters)[:3] == ["a", "b", "trans"]


def test_refusals():
    a = regular(3, 3)
    with pytest.raises(SingularMatrixError, match="pivot 1"):
        pf.grad(lambda a: np.sum(sl.solve_triangular(a * np.diag([1.0, 0, 1]), a)))(a)
    with pytest.raises(ParameterError, match="trans must be"):
        pf.grad(lambda a: np.sum(sl.solve_triangular(a, a, trans=3)))(a)
    with pytest.raises(ShapeError, match="do not fit"):
        pf.grad(lambda a: np.sum(sl.solve_triangular(a, a[:2])))(a)
    with pytest.raises(ParameterError, match="assume_a='banded'"):
        pf.grad(lambda a: np.sum(sl.solve(a, a, assume_a="banded")))(a)
    with pytest.raises(ParameterError, match="not symmetric"):
        pf.grad(lambda a: np.sum(sl.cholesky(a)))(a)


@pytest.mark.parametrize("scale", [1e-40, 1.0, 1e40, 1e80])
def test_second_derivatives_of_expm_along_directions_of_any_size(scale):
    """They are linear in each direction: a large one does not decide how often A is halved."""
    rng = np.random.default_rng(0)
    A, B, V = rng.normal(size=(3, 3, 3))

    def along(B):
        return lambda A: np.sum(B * sl.expm(A))

    wanted = pf.hvp(along(B), (A,), (V,))
    step = 1e-5
    ahead, behind = (sl.expm_frechet((A + h * V).T, B)[1] for h in (step, -step))
    np.testing.assert_allclose(wanted, (ahead - behind) / (2 * step), rtol=1e-6, atol=1e-7)
    found = pf.hvp(along(scale * B), (A,), (V,))
    np.testing.assert_allclose(found / scale, wanted, rtol=1e-12, atol=1e-13)
    e = pf.matrix("dexpm(A, B, V)", A="n,n", B="n,n", V="n,n")
    both = e(A=A, B=B, V=V)
    np.testing.assert_allclose(e(A=A, B=scale * B, V=V) / scale, both, rtol=1e-12)
    np.testing.assert_allclose(e(A=A, B=B, V=scale * V) / scale, both, rtol=1e-12)
