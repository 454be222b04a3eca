"""Newton's method by Hessians that solve for themselves."""

from functools import partial

import numpy as np
import pytest

import pyframe as pf
from pyframe.errors import DTypeError, ReturnTypeError, ShapeError

rng = np.random.default_rng(3)
n, m = 8, 3
VALUES = {"A": rng.normal(size=(m, n)), "b": 1 + rng.random(n), "B": rng.normal(size=(2 * n, n))}
FORMULAS = {
    "sum(exp(x)) - b'*x": "diagonal",
    "sum(exp(x)) - b'*x + norm2(A*x)^2/2": "low rank plus diagonal",
    "sum(softplus(B*x)) + x'*x - b'*x": "A'DA",
}


def problem(text):
    """f, its gradient and its Hessian as functions of x."""
    known = {"A": "m,n", "b": "n", "B": "k,n", "x": "n"}
    f = pf.matrix(text, **{name: known[name] for name in pf.matrix(text).symbols})
    given = {name: VALUES[name] for name in f.symbols if name != "x"}
    hessian = f.hessian("x")
    return (
        partial(f, **given),
        partial(f.gradient("x"), **given),
        partial(hessian.structured, **given),
        lambda x: hessian(x, **given),
    )


@pytest.mark.parametrize("text", FORMULAS)
@pytest.mark.parametrize("direction", ["newton", "newton-cg"])
def test_the_run_is_that_of_the_dense_hessian(text, direction):
    f, gradient, structured, whole = problem(text)
    assert structured(np.ones(n)).structure == FORMULAS[text]
    runs = [
        pf.minimize(f, np.ones(n), gradient, direction, hess=hess, gtol=1e-9)
        for hess in (structured, whole)
    ]
    assert all(run.success for run in runs)
    assert runs[0].nit == runs[1].nit and runs[0].nhev == runs[1].nhev
    np.testing.assert_allclose(runs[0].x, runs[1].x, atol=1e-9)


def test_a_formula_and_its_hessian_themselves():
    e = pf.matrix("sum(x.^4)/4 + sum(x.^2)/2 - sum(x)", x="n")
    hessian = e.hessian("x")
    root = np.real(np.roots([1, 0, 1, -1])[-1])
    for f, gradient in ((e, e.gradient("x")), (e.compile("x"), True), (e, None)):
        r = pf.minimize(f, np.zeros(5), gradient, "newton", hess=hessian, gtol=1e-10)
        assert r.success
        np.testing.assert_allclose(r.x, root)


def test_the_hessian_of_a_matrix_by_partial():
    e = pf.matrix("norm2(A*X - B)^2/2", A="n,n", B="n,n", X="n,n")
    given = {"A": np.diag([1.0, 2.0, 3.0]), "B": np.ones((3, 3))}
    f, gradient = partial(e, **given), partial(e.gradient("X"), **given)
    hessian = e.hessian("X")
    r = pf.minimize(f, np.eye(3), gradient, "newton", hess=partial(hessian, **given))
    assert r.success and r.nit == 1
    for direction in ("newton", "newton-cg"):
        with pytest.raises(ShapeError, match=r"\(9, 9\), got \(3, 3, 3, 3\).*hess=h.structured"):
            pf.minimize(f, np.eye(3), gradient, direction, hess=lambda x: hessian(x, **given))


def test_more_variables_than_a_dense_hessian_could_have():
    """n = 20,000, a diagonal and rank 3: sum(d.*x.^2)/2 + norm2(A*x)^2/2 - b'x, in one step."""
    many = 20_000
    A, b, d = rng.normal(size=(3, many)) / 50, rng.normal(size=many), 0.5 + rng.random(many)
    f = pf.matrix("x'*diag(d)*x/2 + norm2(A*x)^2/2 - b'*x", A="m,n", b="n", d="n", x="n")
    given = {"A": A, "b": b, "d": d}
    r = pf.minimize(
        partial(f, **given),
        np.zeros(many),
        partial(f.gradient("x"), **given),
        "newton",
        hess=partial(f.hessian("x").structured, **given),
        gtol=1e-9,
        noise=1e-13,
    )
    assert r.success and r.nit == 1
    scaled = A / d
    closed = b / d - scaled.T @ np.linalg.solve(np.eye(3) + scaled @ A.T, scaled @ b)
    np.testing.assert_allclose(r.x, closed, atol=1e-10)


def dense_direction(matrix, g):
    """What Newton's direction with a dense Hessian is, seen from outside."""
    r = pf.minimize(
        lambda x: g @ x.ravel() + 1e9 * np.sum(x**4),
        np.zeros(len(g)),
        lambda x: g + 4e9 * x**3,
        "newton",
        initial_step=1e-9,
        max_iterations=1,
        hess=lambda x: matrix,
        trace=True,
    )
    return r.trace[0].x / r.trace[0].step


@pytest.mark.parametrize("seed", range(4))
def test_blocks_are_modified_as_a_dense_hessian_is(seed):
    draw = np.random.default_rng(seed)
    x, g = draw.normal(size=n), draw.normal(size=n)
    x[0] = 0.0
    h = pf.matrix("sum(x.^3)", x="n").hessian("x").structured(x=x)
    matrix = h.to_matrix()
    np.testing.assert_allclose(h.newton_direction(g), dense_direction(matrix, g), rtol=1e-6)
    X, Q, G = draw.normal(size=(3, 4)), draw.normal(size=(4, 4)), draw.normal(size=(3, 4))
    h = pf.matrix("sum(sin(X*Q))", X="m,n", Q="n,n").hessian("X").structured(X=X, Q=Q)
    assert h.structure == "block-diagonal"
    wanted = dense_direction(h.to_matrix(), G.ravel())
    np.testing.assert_allclose(h.newton_direction(G.ravel()), wanted, rtol=1e-6)


@pytest.mark.parametrize("least", [1.0, 1e-3, 1e-12, -1.0])
def test_whole_matrices_are_modified_as_a_dense_hessian_is(least):
    draw = np.random.default_rng(1)
    Q, g = np.linalg.qr(draw.normal(size=(n, n)))[0], draw.normal(size=n)
    P = Q * np.array([least, *range(1, n)]) @ Q.T
    P = (P + P.T) / 2
    h = pf.matrix("x'*P*x/2 + x'*P'*x/2", P="n,n", x="n").hessian("x").structured(P=P / 2, x=g)
    assert h.structure == "dense"
    found = h.newton_direction(g)
    if least >= 1e-3:
        np.testing.assert_allclose(found, -np.linalg.solve(P, g), rtol=1e-9)
    if least < 0:
        assert found is None
    if found is not None:
        np.testing.assert_allclose(found, dense_direction(h.to_matrix(), g), rtol=1e-2)


INDEFINITE = [
    ("(b'*x)^2 - x'*x", "low rank plus diagonal"),
    ("x'*x - 3*(b'*x)^2", "low rank plus diagonal"),
    ("logsumexp(x)", "low rank plus diagonal"),
    ("norm2(A*x)^2", "A'DA"),
    ("-norm2(A*x)^2", "A'DA"),
    ("norm2(A*x)^2 - (b'*x)^2", "A'DA"),
]


@pytest.mark.parametrize(("text", "structure"), INDEFINITE)
@pytest.mark.parametrize("seed", range(3))
def test_indefinite_and_singular_hessians_descend(text, structure, seed):
    draw = np.random.default_rng(seed)
    *_, structured, whole = problem(text)
    x, g = draw.normal(size=n), draw.normal(size=n)
    h = structured(x)
    assert h.structure == structure
    d = h.newton_direction(g)
    assert np.all(np.isfinite(d)) and d @ g < 0
    # (H + tau I) d = -g with one tau > 0.
    tau = -(whole(x) @ d + g) / d
    assert tau.min() > 0
    np.testing.assert_allclose(tau, tau.mean(), rtol=1e-5)


def test_a_kronecker_product_is_replaced_by_its_absolute_value():
    def absolute(matrix):
        values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
        return vectors * np.abs(values) @ vectors.T

    g = rng.normal(size=(4, 4))
    P = rng.normal(size=(4, 4)) + 2 * np.eye(4)
    S = P + P.T
    for text, values in [
        ("logdet(X)", {"X": P}),
        ("-norm2(P*X*S)^2", {"P": P, "S": S, "X": P}),
    ]:
        h = pf.matrix(text).hessian("X").structured(**values)
        wanted = -np.linalg.solve(absolute(h.to_matrix()), g.ravel())
        np.testing.assert_allclose(h.newton_direction(g).ravel(), wanted, rtol=1e-6)


def test_away_from_a_saddle():
    e = pf.matrix("sum(x.^4)/4 - (b'*x)^2/2 + x'*x/8", b="n", x="n")
    b = np.arange(1.0, 5.0) / 4
    given = {"b": b}
    r = pf.minimize(
        partial(e, **given),
        np.full(4, 1e-3),
        partial(e.gradient("x"), **given),
        "newton",
        hess=partial(e.hessian("x").structured, **given),
        gtol=1e-8,
    )
    assert r.success
    assert np.linalg.eigvalsh(e.hessian("x")(x=r.x, **given)).min() > 0


def test_values_that_are_not_finite_leave_the_steepest_descent():
    h = pf.matrix("sum(log(x)) + (a'*x)^2", a="n", x="n").hessian("x")
    g = np.array([1.0, -2.0])
    found = h.structured(a=np.ones(2), x=np.array([0.0, 1.0])).newton_direction(g)
    np.testing.assert_array_equal(found, -g)


class Diagonal:
    """A Hessian of one's own that solves by itself."""

    def __init__(self, d, answer=None):
        self.d, self.answer = d, answer

    def __matmul__(self, v):
        return self.d * v

    def newton_direction(self, gradient):
        return -gradient / self.d if self.answer is None else self.answer

    def to_matrix(self):
        return np.diag(self.d)


@pytest.mark.parametrize("direction", ["newton", "newton-cg"])
def test_a_hessian_of_ones_own(direction):
    d = np.array([1.0, 10.0, 100.0])
    run = partial(pf.minimize, lambda x: d @ x**2 / 2, np.ones(3), lambda x: d * x, direction)
    r = run(hess=lambda x: Diagonal(d))
    assert r.success
    np.testing.assert_allclose(r.x, 0, atol=1e-5)


@pytest.mark.parametrize(
    ("answer", "error", "text"),
    [
        (np.ones(2), ShapeError, r"hess.newton_direction .*\(3,\)"),
        ("x", ReturnTypeError | DTypeError, "hess.newton_direction must return"),
        (1j * np.ones(3), DTypeError, "hess.newton_direction must return real numbers"),
    ],
)
def test_what_such_a_hessian_may_return(answer, error, text):
    with pytest.raises(getattr(error, "__args__", error), match=text):
        pf.minimize(
            lambda x: x @ x,
            np.ones(3),
            lambda x: 2 * x,
            "newton",
            hess=lambda x: Diagonal(np.ones(3), answer),
        )


def test_a_direction_that_is_not_finite_is_left_for_the_steepest_descent():
    r = pf.minimize(
        lambda x: x @ x,
        np.ones(3),
        lambda x: 2 * x,
        "newton",
        hess=lambda x: Diagonal(np.ones(3), np.full(3, np.nan)),
    )
    assert r.success


def test_single_precision_and_matrices():
    e = pf.matrix("sum(exp(X)) - sum(X) + inner(C, X)^2/2", C="m,n", X="m,n")
    C = rng.normal(size=(2, 3)).astype(np.float32)
    for dtype in (np.float32, np.float64):
        given = {"C": C.astype(dtype)}
        r = pf.minimize(
            partial(e, **given),
            np.ones((2, 3), dtype),
            partial(e.gradient("X"), **given),
            "newton",
            hess=partial(e.hessian("X").structured, **given),
            gtol=1e-4,
        )
        assert r.success and r.x.shape == (2, 3) and r.x.dtype == dtype
        np.testing.assert_allclose(r.x, 0, atol=1e-3)
