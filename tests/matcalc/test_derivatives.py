"""Derivatives in Python: values against automatic differentiation, shapes, spaces, certificates."""

import copy
import pickle

import numpy as np
import pytest

import pyframe as pf
from pyframe.errors import MissingRule, ParameterError, ShapeError, SingularMatrixError

rng = np.random.default_rng(5)
n, m = 3, 4
VALUES = {
    "A": rng.standard_normal((m, n)),
    "x": rng.standard_normal(n),
    "y": np.sign(rng.standard_normal(m)),
    "X": rng.standard_normal((n, n)) + 3 * np.eye(n),
    "S": rng.standard_normal((n, n)),
    "b": rng.standard_normal(n),
    "W": rng.standard_normal((m, n)),
}
SHAPES = {"A": "m,n", "x": "n", "y": "m", "X": "n,n", "S": "n,n", "b": "n", "W": "m,n"}

SCALARS = [
    (lambda x, S, b: x @ S @ x - b @ x, "x"),
    (lambda x, A, y: np.sum(np.log(1 + np.exp(-y * (A @ x)))), "x"),
    (lambda X, S: np.sum(S * X) - np.linalg.slogdet(X)[1], "X"),
    (lambda X, b: b @ np.linalg.solve(X, b), "X"),
    (lambda X: np.linalg.det(X), "X"),
    (lambda W, A: np.sum((A - W) ** 2) / 2, "W"),
    (lambda W: np.linalg.norm(W), "W"),
    (lambda W, x: np.sum(np.tanh(W @ x)), "W"),
    (lambda x: np.linalg.norm(x) ** 3, "x"),
]


@pytest.mark.parametrize(("function", "name"), SCALARS)
def test_gradient_and_hessian_equal_automatic_ones(function, name):
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    values = {own: VALUES[own] for own in names}
    e = pf.matrix(function, **{own: SHAPES[own] for own in names})

    def along(v):
        return function(**{**values, name: v})

    gradient, hessian = e.gradient(name), e.hessian(name)
    np.testing.assert_allclose(
        gradient(**values), pf.grad(along)(values[name]), rtol=1e-9, atol=1e-11
    )
    wanted = pf.hessian(along)(values[name])
    found = hessian(**values)
    assert found.shape == wanted.shape
    np.testing.assert_allclose(found, wanted, rtol=1e-8, atol=1e-9)
    kept = hessian.structured(**values)
    v = rng.standard_normal(values[name].shape)
    along_v = np.tensordot(wanted, v, v.ndim)
    np.testing.assert_allclose(kept @ v, along_v, rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(kept.to_dense(), wanted, rtol=1e-8, atol=1e-9)
    for result in (e, gradient, hessian):
        assert result.check(), str(result.check())


def test_compiled_together():
    e = pf.matrix("x'*S*x/2 - b'*x", S=pf.Symbol("n,n", symmetric=True), b="n", x="n")
    s = VALUES["S"] + VALUES["S"].T
    given = {"S": s, "b": VALUES["b"], "x": VALUES["x"]}
    value, gradient, hessian = e.compile("x", order=2)(**given)
    assert value == e(**given)
    np.testing.assert_array_equal(gradient, e.gradient("x")(**given))
    np.testing.assert_array_equal(hessian, s)


def test_jacobians_and_mixed_derivatives():
    e = pf.matrix("A*x", A="m,n", x="n")
    assert str(e.jacobian("x")) == "A"
    given = {"A": VALUES["A"], "x": VALUES["x"]}
    whole = e.jacobian("A")(**given)
    np.testing.assert_allclose(whole, np.einsum("ik,j->ikj", np.eye(m), VALUES["x"]))
    f = pf.matrix("y'*A*x", y="m", A="m,n", x="n")
    assert str(f.derivative("x", "y")) == "A'"
    assert f.derivative("y", "x") == f.derivative("x", "y").T
    third = f.derivative("x", "y", "A")
    given["y"] = VALUES["y"]
    wanted = np.einsum("ia,jb->ijba", np.eye(n), np.eye(m))
    np.testing.assert_allclose(third(**given), wanted)
    cubic = pf.matrix("sum(x.^3)", x="n")
    third = cubic.derivative("x", "x", "x")(x=VALUES["x"])
    wanted = np.zeros((n, n, n))
    np.einsum("iii->i", wanted)[:] = 6
    np.testing.assert_allclose(third, wanted)


def test_a_derivative_takes_every_symbol_of_its_function():
    e = pf.matrix("inner(S, X)", S="n,n", X="n,n")
    gradient = e.gradient("X")
    assert str(gradient) == "S"
    np.testing.assert_array_equal(gradient(X=np.eye(2), S=2 * np.eye(2)), 2 * np.eye(2))
    np.testing.assert_array_equal(gradient(S=2 * np.eye(2)), 2 * np.eye(2))
    zero = e.hessian("X")
    assert zero(X=np.eye(2), S=np.eye(2)).shape == (2, 2, 2, 2)
    with pytest.raises(ShapeError, match="the size n has no value"):
        zero()


def test_the_differential_is_linear_in_a_symbol():
    d = pf.matrix("logdet(X)", X="n,n").differential("X")
    assert d.symbols == ("X", "dX")
    step = rng.standard_normal((n, n))
    wanted = np.trace(np.linalg.solve(VALUES["X"], step))
    np.testing.assert_allclose(d(X=VALUES["X"], dX=step), wanted)


SPACES = {
    "general": lambda g: g,
    "symmetric": lambda g: (g + g.T) / 2,
    "symmetric-entries": lambda g: g + g.T - np.diag(np.diag(g)),
    "skew": lambda g: (g - g.T) / 2,
    "diagonal": lambda g: np.diag(np.diag(g)),
    "upper-triangular": np.triu,
}


@pytest.mark.parametrize("space", SPACES)
def test_gradients_in_spaces(space):
    e = pf.matrix("inner(S, X)", S="n,n", X=pf.Symbol("n,n", space=space))
    wanted = SPACES[space](VALUES["S"])
    found = e.gradient("X")(S=VALUES["S"])
    np.testing.assert_allclose(found, wanted, atol=1e-15)
    assert e.gradient("X").check()


def test_simplex_toeplitz_and_stiefel():
    e = pf.matrix("b'*x", b="n", x=pf.Symbol("n", space="simplex"))
    b = VALUES["b"]
    np.testing.assert_allclose(e.gradient("x")(b=b, x=VALUES["x"]), b - b.mean())
    e = pf.matrix("inner(S, X)", S="n,n", X=pf.Symbol("n,n", space="toeplitz"))
    found = e.gradient("X")(S=VALUES["S"])
    for k in range(1 - n, n):
        np.testing.assert_allclose(np.diagonal(found, k), np.mean(np.diagonal(VALUES["S"], k)))
    e = pf.matrix("inner(W, X)", W="m,n", X=pf.Symbol("m,n", space="stiefel"))
    x, w = np.linalg.qr(VALUES["W"])[0], VALUES["A"]
    wanted = w - x @ (x.T @ w + w.T @ x) / 2
    np.testing.assert_allclose(e.gradient("X")(W=w, X=x), wanted, atol=1e-14)


@pytest.mark.parametrize("shape", ["n", "n,1"])
def test_a_vector_in_the_space_stiefel_is_on_the_sphere(shape):
    e = pf.matrix("x'*S*x/2 + b'*x", S="n,n", b="n", x=pf.Symbol(shape, space="stiefel"))
    values = {"S": VALUES["S"], "b": VALUES["b"], "x": VALUES["x"] / np.linalg.norm(VALUES["x"])}
    x = values["x"]
    G = (values["S"] + values["S"].T) @ x / 2 + values["b"]
    np.testing.assert_allclose(e.gradient("x")(**values), G - x * (x @ G), atol=1e-14)
    assert e.gradient("x").check() and e.hessian("x").check()
    with pytest.raises(ShapeError, match="stiefel is one of matrices or vectors"):
        pf.matrix("s^2", s=pf.Symbol("", space="stiefel")).gradient("s")


def test_the_assumption_alone_leaves_the_general_gradient():
    plain = pf.matrix("inner(S, X)", S="n,n", X=pf.Symbol("n,n", symmetric=True))
    assert str(plain.gradient("X")) in {"S", "S'"}


def test_a_space_of_ones_own():
    @pf.space("traceless", summary="trace 0")
    def traceless(G, X):
        size = X.shape[0]
        return G - np.trace(G) / size * np.eye(size)

    e = pf.matrix("inner(S, X)", S="n,n", X=pf.Symbol("n,n", space=traceless))
    wanted = VALUES["S"] - np.trace(VALUES["S"]) / n * np.eye(n)
    np.testing.assert_allclose(e.gradient("X")(S=VALUES["S"]), wanted, atol=1e-15)
    assert e.gradient("X").check()


def test_layouts():
    e = pf.matrix("A*x", A="m,n", x="n")
    assert str(e.jacobian("x")) == str(e.jacobian("x", layout="numerator")) == "A"
    assert str(e.jacobian("x", layout="denominator")) == "A'"
    with pytest.raises(ParameterError, match=r"layout is 'numerator' .* here m x n\)"):
        e.jacobian("x", layout="wide")
    with pytest.raises(ParameterError, match="is no matrix"):
        e.jacobian("A", layout="denominator")


def test_everything_pickles():
    e = pf.matrix("inner(S, X) - logdet(X)", S="n,n", X=pf.Symbol("n,n", positive_definite=True))
    q = pf.matrix("sum(exp(A*x))", A="m,n", x="n")
    values = {"S": VALUES["S"], "X": np.eye(n) * 2}
    for own in (e, e.gradient("X"), e.hessian("X"), e.differential("X")):
        again = pickle.loads(pickle.dumps(own))
        assert again.sizes == own.sizes
        given = {**values, "dX": np.eye(n)} if "dX" in getattr(own, "symbols", ()) else values
        np.testing.assert_array_equal(again(**given), own(**given))
        assert copy.deepcopy(e) is e
    values = {"A": VALUES["A"], "x": VALUES["x"]}
    hessian = pickle.loads(pickle.dumps(q.hessian("x")))
    assert hessian.structured(**values).shape == (n, n)
    both = pickle.loads(pickle.dumps(q.compile("x")))(**values)
    np.testing.assert_array_equal(both[1], q.gradient("x")(**values))


def test_automatic_differentiation_goes_through():
    e = pf.matrix("x'*S*x/2 + t*sum(log(x.^2 + 1))", S="n,n", x="n", t="")
    given = {"S": VALUES["S"], "t": 2.0}
    x = VALUES["x"]

    def f(v):
        return e(x=v, **given)

    np.testing.assert_allclose(pf.grad(f)(x), e.gradient("x")(x=x, **given), rtol=1e-13)
    np.testing.assert_allclose(pf.hessian(f)(x), e.hessian("x")(x=x, **given), rtol=1e-12)
    by_t = pf.grad(lambda t: e(x=x, S=given["S"], t=t))(2.0)
    np.testing.assert_allclose(by_t, e.gradient("t")(x=x, **given), rtol=1e-13)
    found = pf.minimize(f, x + 1.0, direction="bfgs")
    assert found.fun <= f(x)


def test_pictures():
    e = pf.matrix("ln(x'*A*x)", A="n,n", x="n")
    graph = pf.draw(e, A=np.eye(2), x=np.ones(2))
    assert {node.name for node in graph.nodes[:2]} == {"A", "x"}
    assert "<svg" in graph.svg
    with pytest.raises(ParameterError, match="no value is given for A"):
        pf.draw(e, x=np.ones(2))


def test_singular_matrices():
    singular = np.ones((2, 2))
    e = pf.matrix("det(X)", X="n,n")
    assert e(X=singular) == 0
    np.testing.assert_allclose(e.gradient("X")(X=singular), [[1, -1], [-1, 1]])
    with pytest.raises(SingularMatrixError):
        pf.matrix("inv(X)")(X=singular)
    log = pf.matrix("logdet(X)")
    assert log(X=singular) == -np.inf
    with pytest.raises(SingularMatrixError):
        log.gradient("X")(X=singular)
    big = 1e-3 * np.eye(1500)
    np.testing.assert_allclose(log(X=big), 1500 * np.log(1e-3))


def test_what_is_wrong():
    e = pf.matrix("A*x", A="m,n", x="n")
    with pytest.raises(ParameterError, match="no symbol 'q'; the symbols are A, x"):
        e.jacobian("q")
    with pytest.raises(ParameterError, match="say with respect to which symbol: A, x"):
        e.jacobian()
    with pytest.raises(ShapeError, match="a gradient is that of a scalar"):
        e.gradient("x")
    with pytest.raises(ParameterError, match="with respect to a symbol, not"):
        e.jacobian(e)
    with pytest.raises((MissingRule, ParameterError)):
        e.derivation("x", order=2)


def test_derivations_name_their_rules():
    steps = pf.matrix("inner(S, X) - logdet(X)").derivation("X")
    assert steps.certificate.error <= 1e-12
    text = str(steps)
    assert text.startswith("f  = inner(S, X) - logdet(X)")
    assert "G  = S - inv(X)'" in text and "certified" in text
    assert "|" in text
    assert r"\begin{aligned}" in steps.latex() and r"\nabla f" in steps.latex()
    assert steps.markdown().count("$$") >= 8
    second = pf.matrix("x'*A*x", A="n,n").derivation("x", order=2)
    assert str(second.steps[-1]) == "H = A + A'"


def test_a_derivation_pickles():
    own = pf.matrix("x'*A*x").derivation("x")
    assert str(pickle.loads(pickle.dumps(own))) == str(own)


def test_a_gradient_of_what_is_no_scalar_says_how_symbols_were_taken():
    with pytest.raises(ShapeError, match=r"C of shape \(.*declared by name=''"):
        pf.matrix("C*sum(x) + w'*w").gradient("x")


def test_the_hessian_in_a_scalar():
    hessian = pf.matrix("exp(t) + s*t^2", t="", s="").hessian("t")
    assert hessian(t=0.0, s=1.0) == 3.0
