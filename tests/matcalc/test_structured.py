"""Hessians that keep their structure, against the same Hessians made whole."""

import copy
import pickle
import re
import weakref

import numpy as np
import pytest

import pyframe as pf
from pyframe.errors import ParameterError, ShapeError

SIZES = {"n": 7, "m": 3, "k": 12}
SYMBOLS = {
    "x": "n", "a": "n", "b": "n", "A": "m,n", "B": "k,n", "C": "k,m", "d": "m", "e": "k", "s": "",
    "P": "n,n", "X": "n,m", "U": "n,m", "Q": "m,m",
}  # fmt: skip

# Formula, what is derived in, the structure, and whether it can be solved.
KINDS = [
    ("a'*x", "x", "zero", False),
    ("sum(x.^4)", "x", "diagonal", True),
    ("3*x'*x", "x", "diagonal", True),
    ("sum(log(x)) + s*x'*x", "x", "diagonal", True),
    ("x'*diag(a)*x + 2*s*x'*x", "x", "diagonal", True),
    ("sum(log(x)) + (a'*x)^2", "x", "low rank plus diagonal", True),
    ("s*x'*x + (a'*x)*(b'*x)", "x", "low rank plus diagonal", True),
    ("sum(x)^2 + x'*x", "x", "low rank plus diagonal", True),
    ("logsumexp(x) + x'*x", "x", "low rank plus diagonal", True),
    ("logsumexp(x)", "x", "low rank plus diagonal", False),
    ("log(x'*x)", "x", "low rank plus diagonal", True),
    ("norm2(A*x - d)^2 + sum(exp(x))", "x", "low rank plus diagonal", True),
    ("sum(softplus(A*x)) + s*norm2(x)^2", "x", "low rank plus diagonal", True),
    ("logsumexp(A*x) + sum(x.^4)", "x", "low rank plus diagonal", True),
    ("s*x'*x - norm2(A*x)^2/3", "x", "low rank plus diagonal", True),
    ("sum(softplus(B*x))", "x", "A'DA", True),
    ("sum(log(1 + exp(-e.*(B*x))))", "x", "A'DA", True),
    ("norm2(B*x - e)^2/2 + s*x'*x", "x", "A'DA", True),
    ("logsumexp(B*x) + x'*x", "x", "A'DA", True),
    ("norm2(A*x)^2", "x", "A'DA", False),
    ("(a'*x)^4", "x", "A'DA", False),
    ("x'*P*x + x'*P'*x", "x", "dense", True),
    ("log(x'*(P + P' + 9*eye(n))*x)", "x", "dense", True),
    ("sum(exp(X))", "X", "diagonal", True),
    ("norm2(X)^2 + inner(U, X)^2", "X", "low rank plus diagonal", True),
    ("sum(softplus(X*Q))", "X", "block-diagonal", True),
    ("tr(X'*(P + P')*X)", "X", "block-diagonal", True),
    ("norm2(P*X*Q)^2/s", "X", "kronecker", True),
    ("logdet(P)", "P", "kronecker", True),
    ("inner(U, X)^2", "X", "A'DA", False),
    ("s^4 + exp(s)", "s", "diagonal", True),
    ("sum((a*s).^2)", "s", "diagonal", True),
    ("(a'*inv(P)*x)^2*tr(P*P)", "x", "A'DA", False),
    ("det(P)", "P", "dense", True),
]


def case(text, name, seed=0, dtype=np.float64, sizes=SIZES):
    """The Hessian of a formula, values of its symbols, and an array like the variable."""
    rng = np.random.default_rng(seed)
    names = [own for own in re.findall(r"[A-Za-z]\w*", text) if own in SYMBOLS]
    e = pf.matrix(text, **{own: SYMBOLS[own] for own in names})
    values = {}
    for own in e.symbols:
        shape = [sizes[size] for size in SYMBOLS[own].split(",") if size]
        drawn = rng.random(shape) + 0.5 if own in "xs" else rng.normal(size=shape)
        values[own] = np.asarray(drawn, dtype)
        if own == "P":
            values[own] = values[own] + 4 * np.eye(sizes["n"], dtype=dtype)
    return e.hessian(name), values, np.asarray(rng.normal(size=values[name].shape), dtype)


@pytest.mark.parametrize(("text", "name", "structure", "regular"), KINDS)
@pytest.mark.parametrize("seed", range(3))
def test_each_kind_against_the_dense_one(text, name, structure, regular, seed):
    hessian, values, v = case(text, name, seed)
    h, whole = hessian.structured(**values), hessian(**values)
    assert h.structure == structure
    count = v.size
    assert h.shape == (count, count)
    scale = max(1.0, np.abs(whole).max())
    np.testing.assert_allclose(h.to_dense(), whole, rtol=1e-12, atol=1e-13 * scale)
    np.testing.assert_array_equal(np.asarray(h), h.to_dense().reshape(h.shape))
    matrix = whole.reshape(count, count)
    along = (matrix @ v.ravel()).reshape(v.shape)
    np.testing.assert_allclose(h @ v, along, atol=1e-12 * scale)
    np.testing.assert_array_equal(h @ v.ravel(), np.ravel(h @ v))
    if regular:
        solved = h.solve(along)
        condition = np.linalg.cond(matrix)
        np.testing.assert_allclose(solved, v, atol=1e-14 * condition * count * scale)
        np.testing.assert_allclose(matrix @ solved.ravel(), along.ravel(), atol=1e-11 * scale)
        np.testing.assert_array_equal(h.solve(np.ravel(along)), np.ravel(solved))
    else:
        with pytest.raises(np.linalg.LinAlgError, match="the Hessian is singular"):
            h.solve(v)


@pytest.mark.parametrize(("text", "name", "structure", "regular"), KINDS)
def test_single_precision(text, name, structure, regular):
    hessian, values, v = case(text, name, dtype=np.float32)
    h, exact = hessian.structured(**values), hessian(**values).astype(np.float64)
    assert h.structure == structure
    matrix = exact.reshape(v.size, v.size)
    scale = max(1.0, np.abs(matrix).max())
    assert h.to_dense().dtype == (h @ v).dtype == np.float32
    np.testing.assert_allclose(h.to_dense(), exact, rtol=1e-5, atol=1e-6 * scale)
    np.testing.assert_allclose((h @ v).ravel(), matrix @ v.ravel(), atol=1e-4 * scale)
    if regular and np.linalg.cond(matrix) < 1e3:
        solved = h.solve(v)
        assert solved.dtype == np.float32
        np.testing.assert_allclose(matrix @ solved.ravel(), v.ravel(), atol=1e-2)


@pytest.mark.parametrize(("text", "name", "structure", "regular"), KINDS)
@pytest.mark.parametrize("length", [0, 1])
def test_empty_and_single_variables(text, name, structure, regular, length):
    if length == 0 and ("logsumexp" in text or "log(x'" in text):
        return
    hessian, values, v = case(text, name, sizes={"n": length, "m": 1, "k": 2})
    h, whole = hessian.structured(**values), hessian(**values)
    matrix = whole.reshape(v.size, v.size)
    np.testing.assert_allclose(h.to_dense(), whole)
    np.testing.assert_allclose((h @ v).ravel(), matrix @ v.ravel())
    if v.size == 0 or abs(matrix[0, 0]) > 1e-12:
        np.testing.assert_allclose(h.solve(h @ v), v)
        np.testing.assert_array_equal(h.solve(v).shape, v.shape)
    found = h.newton_direction(v)
    assert found is None or found.shape == v.shape


def test_products_are_not_multiplied_out():
    """The Hessian 2 A'A + 2 s I with rows of A as long as no n x n matrix could be."""
    n = 200_000
    rng = np.random.default_rng(0)
    A, x = rng.normal(size=(2, n)), rng.normal(size=n)
    h = pf.matrix("norm2(A*x)^2 + s*x'*x", s="", A="m,n", x="n").hessian("x").structured
    h = h(A=A, x=x, s=0.5)
    assert h.structure == "low rank plus diagonal" and h.shape == (n, n)
    b = h @ x
    np.testing.assert_allclose(b, 2 * A.T @ (A @ x) + x, atol=1e-8)
    np.testing.assert_allclose(h.solve(b), x, atol=1e-9)


@pytest.mark.parametrize("ridge", [1e-2, 1e-6, 1e-10])
def test_a_small_ridge_is_solved_as_well_as_by_a_dense_factorisation(ridge):
    rng = np.random.default_rng(0)
    n, m = 60, 10
    A, b = rng.normal(size=(m, n)), rng.normal(size=n)
    h = pf.matrix("norm2(A*x)^2/2 + s*x'*x/2", s="", A="m,n", x="n").hessian("x")
    h = h.structured(A=A, x=b, s=ridge)
    matrix = A.T @ A + ridge * np.eye(n)
    for right in (b, matrix @ b):
        ours, theirs = h.solve(right), np.linalg.solve(matrix, right)
        off = [np.linalg.norm(matrix @ x - right) / np.linalg.norm(x) for x in (ours, theirs)]
        assert off[0] <= 10 * off[1] + 1e-13


@pytest.mark.parametrize("zeros", [1, 3, 7])
def test_bad_pivots_on_the_diagonal(zeros):
    """x_i^4 at x_i = 0 leaves an element of the Hessian to the part of low rank alone."""
    hessian, values, v = case("sum(x.^4) + norm2(A*x)^2", "x")
    values["x"][:zeros] = 0.0
    h, matrix = hessian.structured(**values), hessian(**values)
    assert h.structure == ("low rank plus diagonal" if zeros < 4 else "A'DA")
    if zeros <= 3:
        np.testing.assert_allclose(matrix @ h.solve(v), v, atol=1e-9)
    else:
        with pytest.raises(np.linalg.LinAlgError):
            h.solve(v)


def test_kronecker_with_scalars_and_sums_inside():
    hessian, values, v = case("norm2(U'*P*X*Q)^2/(s*sum(exp(a)))", "X")
    h = hessian.structured(**values)
    assert h.structure == "kronecker"
    np.testing.assert_allclose(h @ v, np.tensordot(hessian(**values), v, 2))


def test_values_without_names():
    e = pf.matrix("sum(x.^4) + (a'*x)^2", a="n", x="n")
    a, x = np.arange(3.0), np.ones(3)
    np.testing.assert_array_equal(e(x, a=a), e(x=x, a=a))
    np.testing.assert_array_equal(e.gradient("x")(x, a=a), e.gradient("x")(a=a, x=x))
    np.testing.assert_array_equal(e.hessian("x")(x, a=a), e.hessian("x")(a=a, x=x))
    h = e.hessian("x").structured(x, a=a)
    np.testing.assert_array_equal(h.to_dense(), e.hessian("x")(a=a, x=x))
    np.testing.assert_array_equal(e.compile("x")(x, a=a)[1], e.gradient("x")(a=a, x=x))
    again = pickle.loads(pickle.dumps(e.hessian("x")))
    np.testing.assert_array_equal(again.structured(x, a=a).to_dense(), h.to_dense())
    for wrong in (lambda: e(x), lambda: e(x, a, a=a), lambda: e.gradient("x")(x, x=x, a=a)):
        with pytest.raises(ParameterError, match="one value may come without a name"):
            wrong()


def test_shapes_that_do_not_fit():
    hessian, values, _ = case("sum(exp(x))", "x")
    h = hessian.structured(**values)
    for method in (h.__matmul__, h.solve, h.newton_direction):
        with pytest.raises(ShapeError, match=r"applied to an array of shape \(7,\)"):
            method(np.ones(3))
    with pytest.raises(ShapeError, match="no map of a space to itself"):
        pf.matrix("A*x", A="m,n").jacobian("A").structured(A=np.eye(2), x=np.ones(2))


DIAGONALS = ["sum(exp(x))", "s*x'*x", "sum(x.^4)", "-sum(log(x))", "sum(softplus(x))", "a'*(x.^2)"]
PRODUCTS = [
    "(a'*x)^2", "-(b'*x)^2/4", "(a'*x)*(b'*x)", "norm2(A*x - d)^2", "sum(softplus(A*x))",
    "logsumexp(A*x)", "-log(x'*x + s)", "sum((B*x).^4)", "norm2(x)", "x'*P*x", "exp(a'*x/9)",
    "norm2(A*x)^2*s", "log(1 + norm2(A*x)^2)", "sum(x)^2/2",
]  # fmt: skip


@pytest.mark.parametrize("seed", range(60))
def test_random_sums(seed):
    rng = np.random.default_rng(seed)
    text = " + ".join(
        f"{rng.integers(1, 4)}*({rng.choice(kind)})"
        for kind, most in ((DIAGONALS, 3), (PRODUCTS, 4))
        for _ in range(rng.integers(0, most))
    )
    if not text:
        return
    hessian, values, v = case(text, "x", seed)
    h, matrix = hessian.structured(**values), hessian(**values)
    scale = max(1.0, np.abs(matrix).max())
    np.testing.assert_allclose(h.to_dense(), matrix, atol=1e-12 * scale)
    np.testing.assert_allclose(h @ v, matrix @ v, atol=1e-11 * scale)
    if np.linalg.cond(matrix) < 1e10:
        solved = h.solve(v)
        off = np.linalg.norm(matrix @ solved - v)
        assert off <= 1e-12 * (np.linalg.norm(matrix) * np.linalg.norm(solved) + 1)
    direction = h.newton_direction(v)
    if direction is not None:
        assert direction @ v < 0
        if np.linalg.eigvalsh(matrix).min() > 1e-6 * scale:
            np.testing.assert_allclose(matrix @ direction, -v, atol=1e-9 * scale)


def test_copies():
    for text, name, *_ in KINDS:
        hessian, values, v = case(text, name)
        h = hessian.structured(**values)
        h.newton_direction(v)
        again = pickle.loads(pickle.dumps(h))
        assert repr(again) == repr(h) and weakref.ref(h)() is h
        np.testing.assert_array_equal(again @ v, copy.deepcopy(h) @ v)


def test_products_of_the_same_columns_but_for_rounding():
    """log(x'*P*x) has P*x and (x'*P)' in one term."""
    rng = np.random.default_rng(0)
    for dtype in (np.float64, np.float32):
        B, x = rng.normal(size=(40, 30)).astype(dtype), rng.normal(size=30).astype(dtype)
        e = pf.matrix("log(norm2(B*x)^2) + x'*x", B="k,n", x="n")
        h = e.hessian("x").structured(B=B, x=x)
        assert h.structure == "A'DA"
        wanted = e.hessian("x")(B=B.astype(float), x=x.astype(float))
        rtol = 1e-10 if dtype is np.float64 else 1e-2
        np.testing.assert_allclose(h.solve(wanted @ x), x, rtol=rtol)
