"""Hessians that are singular to working precision are refused when they are solved."""

import numpy as np
import pytest

import pyframe as pf
from pyframe.errors import SingularMatrixError

CENTRED = np.eye(3) - 1 / 3


def low_rank(draw, m, k, n):
    return draw.normal(size=(m, k)) @ draw.normal(size=(k, n))


def hessian(text, name, symbols=None, **values):
    return pf.matrix(text, **(symbols or {})).hessian(name).structured(**values)


def cases(seed):
    """Singular Hessians of each structure."""
    draw = np.random.default_rng(seed)
    A, S = low_rank(draw, 6, 2, 4), low_rank(draw, 9, 9, 10)
    return [
        ("A'DA", hessian("norm2(A*x)^2", "x", A=A, x=np.ones(4))),
        ("A'DA", hessian("norm2(A*x)^2", "x", A=CENTRED, x=np.ones(3))),
        (
            "dense",
            hessian(
                "x'*P*x", "x", {"P": pf.Symbol("n,n", symmetric=True)}, P=S.T @ S, x=np.ones(10)
            ),
        ),
        ("block-diagonal", hessian("norm2(X*A)^2", "X", A=A.T, X=np.ones((3, 4)))),
        (
            "kronecker",
            hessian("norm2(A*X*B)^2", "X", A=A, X=np.ones((4, 2)), B=np.diag([1.0, 2.0])),
        ),
        (
            "low rank plus diagonal",
            hessian(
                "d'*(x.*x) - (b'*x)^2", "x", d=np.full(4, 0.1), b=np.full(4, 0.1**0.5 / 2), x=A[0]
            ),
        ),
        (
            "within a space",
            hessian(
                "norm2(A*X)^2",
                "X",
                {"X": pf.Symbol("n,n", space="symmetric")},
                A=A[:2] * [0, 1, 1, 1],
                X=np.eye(4),
            ),
        ),
        ("diagonal", hessian("sum(x.^3)", "x", x=np.array([0.0, 1.0]))),
        ("zero", hessian("sum(x)", "x", x=np.ones(2))),
    ]


@pytest.mark.parametrize("seed", range(20))
def test_each_structure(seed):
    for structure, h in cases(seed):
        assert h.structure == structure
        own = h._shape[: h._axes]
        for b in (np.random.default_rng(seed).normal(size=own), np.ones(own)):
            with pytest.raises(np.linalg.LinAlgError, match="the Hessian is singular"):
                h.solve(b)
        direction = h.newton_direction(np.ones(own))
        assert direction is None or direction.sum() < 0


@pytest.mark.parametrize("n", [1, 4, 30])
@pytest.mark.parametrize("seed", range(5))
def test_scales_make_no_matrix_singular(seed, n):
    draw = np.random.default_rng(seed)
    d = 10.0 ** draw.uniform(-12, 12, size=n)
    A, x, y = draw.normal(size=(n + 20, n)), draw.normal(size=n), np.ones(n)
    for h, whole in (
        (hessian("norm2(A*x)^2/2", "x", A=A * d, x=x), A.T @ A),
        (
            hessian("norm2(A*x)^2/2 - (b'*x)^2", "x", A=A * d, b=9 * d, x=x),
            A.T @ A - 2 * np.outer(9 * y, 9 * y),
        ),
        (
            hessian("d'*(x.*x) + (b'*x)^2", "x", d=d * d, b=3 * d, x=x),
            2 * np.eye(n) + 2 * np.outer(3 * y, 3 * y),
        ),
    ):
        b = draw.normal(size=n)
        found = h.solve(d * b)
        np.testing.assert_allclose(found * d, np.linalg.solve(whole, b), rtol=1e-6, atol=1e-9)


def test_the_error_is_that_of_numpy():
    h = hessian("norm2(A*x)^2", "x", A=CENTRED, x=np.ones(3))
    with pytest.raises(SingularMatrixError, match="singular to working precision"):
        h.solve(np.ones(3))
    with pytest.raises(np.linalg.LinAlgError):
        h.solve(np.array([1.0, -1.0, 0.0]))


def test_values_that_are_not_finite_go_through():
    h = hessian("sum(log(x)) + (a'*x)^2", "x", a=np.ones(2), x=np.array([np.nan, 1.0]))
    assert np.isnan(h.solve(np.ones(2))).any()


@pytest.mark.parametrize("text", ["exp(theta) + exp(-2*theta)", "theta^2", "log(theta)"])
def test_a_scalar_variable_by_place(text):
    h = pf.matrix(text, theta="").hessian("theta")
    found = h.structured(0.3)
    assert float(found.to_dense()) == float(h(0.3)) == float(h.structured(theta=0.3).to_dense())
    assert float(found.solve(1.0)) == pytest.approx(1 / float(h(0.3)))


@pytest.mark.parametrize("text", ["norm2(A*X*B)^2", "norm2(A*X)^2", "norm2(A*X)^2 + sum(X)^2"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_singular_hessians_are_refused_in_the_precision_they_are_made_in(text, dtype):
    hessian = pf.matrix(text, A="p,m", X="m,n", **({"B": "n,k"} if "B" in text else {})).hessian(
        "X"
    )
    for seed in range(10):
        rng = np.random.default_rng(seed)
        A, B = rng.normal(size=(2, 4)).astype(dtype), rng.normal(size=(3, 3)).astype(dtype)
        values = {"A": A, "X": np.ones((4, 3), dtype), **({"B": B} if "B" in text else {})}
        with pytest.raises(np.linalg.LinAlgError):
            hessian.structured(**values).solve(np.ones((4, 3), dtype))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n", [2, 4, 6])
def test_what_a_space_leaves_of_a_hessian_is_rounding(n, dtype):
    det = pf.matrix("det(X)", X=pf.Symbol("n,n", space="upper-triangular")).hessian("X")
    nuclear = pf.matrix("nuc(X)", X=pf.Symbol("n,n", space="symmetric")).hessian("X")
    for seed in range(20):
        X = np.triu(np.random.default_rng(seed).normal(size=(n, n)).astype(dtype))
        X += 3 * np.eye(n, dtype=dtype)
        for h in (det.structured(X=X), nuclear.structured(X=X.T @ X)):
            with pytest.raises(SingularMatrixError, match="singular to working precision"):
                h.solve(np.triu(np.ones((n, n))))


@pytest.mark.parametrize("space", ["symmetric", "diagonal", "upper-triangular"])
def test_scales_make_no_hessian_in_a_space_singular(space):
    d = np.array([1e-12, 1e-3, 1e12])
    h = hessian(
        "norm2(A*X*A)^2/2",
        "X",
        {"X": pf.Symbol("n,n", space=space)},
        A=np.diag(d),
        X=np.eye(3),
    )
    b = np.triu(np.ones((3, 3)))
    whole = b + b.T if space == "symmetric" else np.diag(np.diag(b)) if space == "diagonal" else b
    scale = 2 * np.outer(d, d) ** 2 if space == "symmetric" else np.outer(d, d) ** 2
    np.testing.assert_allclose(h.solve(b), whole / scale, rtol=1e-12)
    ours = pf.matrix("x'*A*x/2", A=pf.Symbol("n,n", symmetric=True), x="n").hessian("x")
    found = ours.structured(A=np.diag(d), x=d).solve(np.ones(3))
    np.testing.assert_allclose(found, 1 / d, rtol=1e-12)


@pytest.mark.parametrize("n", [1, 2, 3, 6])
def test_terms_that_cancel_to_rounding_are_refused(n):
    rng = np.random.default_rng(n)
    hessian = pf.matrix("norm2(A*x)").hessian("x")
    for _ in range(50):
        # Along x it is 0.
        h = hessian.structured(A=rng.standard_normal((n + 3, n)), x=rng.standard_normal(n))
        with pytest.raises(SingularMatrixError):
            h.solve(np.ones(n))


def test_terms_that_cancel_within_a_space_are_refused():
    rng = np.random.default_rng(0)
    X = pf.Symbol("n,n", space="skew")
    hessian = pf.matrix("norm2(X + A*X)", X=X, A="n,n").hessian("X")
    for _ in range(50):
        x, A = rng.standard_normal(), rng.standard_normal((2, 2))
        h = hessian.structured(A=A, X=np.array([[0, x], [-x, 0]]))
        with pytest.raises(SingularMatrixError):
            h.solve(np.array([[0.0, 1.0], [-1.0, 0.0]]))


def test_diagonals_that_cancel_to_rounding_are_refused():
    h = pf.matrix("sum(exp(x)) - c*sum(x.^2)").hessian("x")
    x = np.array([1.0, 2.0])
    with pytest.raises(SingularMatrixError):
        h.structured(x=x, c=np.exp(1.0) / 2 * (1 + 1e-16)).solve(np.ones(2))
