"""What random expressions found: other values, other forms when read again, or no end."""

import inspect
import re

import numpy as np
import pytest
from matcalc.cookbook import symbol
from matcalc.drawing import draw
from matcalc.plain import evaluate

import pyframe as pf

SIZES = {"n": 3, "m": 2}


@pytest.mark.parametrize(
    ("text", "declared"),
    [
        # A number times an orthogonal matrix is not orthogonal.
        ("norm2(t*Q)^2 + sum(Q)", "t:; Q: n,n orthogonal"),
        ("lmin((Q/(t^2 + 1))^-2 + ((Q/(t^2 + 1))^-2)')", "t:; Q: n,n orthogonal"),
        # A diagonal matrix that meets itself round a trace is squared.
        ("tr(diag(x)*(eye(n) + t*eye(n))*diag(x)/17)", "t:; x: n"),
        # The sign of a skew matrix goes round in odd powers.
        ("((K*x).^3)'*x", "x: n; K: n,n skew"),
        ("sum(kron(A, C))", "A: n,n; C: m,n"),
        ("log(abs(det(A)*det(B)))", "A: n,n; B: n,n"),
        ("-(x - y).*(x + y)", "x: n; y: n"),
        ("0.5/((t/5)^2 + 1)", "t:"),
        ("(A - B')' + t*A", "t:; A: n,n; B: n,n"),
        ("diagv(Q') + diagv(inv(Q))", "Q: n,n orthogonal"),
        # A power of the transpose of an exponential is that of an exponential too.
        ("(expm(A/4)')^2*B + expm(A)'*expm(A)'", "A: n,n; B: n,n"),
    ],
)
def test_values_and_reading_again(text, declared):
    names = {}
    for part in declared.split("; "):
        name, _, shape = part.partition(":")
        names[name] = symbol(shape.strip())
    symbols = {
        name: pf.Symbol(own.sizes, **dict.fromkeys(own.properties, True))
        for name, own in names.items()
    }
    rng = np.random.default_rng(0)
    values = {name: draw(own, rng, SIZES) for name, own in names.items()}
    expression = pf.matrix(text, **symbols)
    wanted = evaluate(text, values, SIZES)
    assert np.allclose(np.reshape(expression(**values), wanted.shape), wanted, rtol=1e-12)
    assert pf.matrix(str(expression), **symbols) == expression


@pytest.mark.parametrize(
    ("text", "x"),
    [
        ("normp(relu(x), 2.5)", [-1.0, -2.0]),
        ("normp(relu(x), 4)", [-1.0, -2.0]),
        ("relu(norm2(step(x).*x./(x.^2 + 1)))", [-1.0, -2.0]),
        ("sqrt(norm2(x))", [0.0, 0.0]),
    ],
)
def test_norms_have_the_derivative_0_at_0(text, x):
    """In values, compiled and as source: what is divided by a norm of 0 is 0."""
    f = pf.matrix(text, x="n")
    for e in (f.gradient("x"), f.hessian("x")):
        zeros = np.zeros(2 if e.ndim == 1 else (2, 2))
        namespace = {}
        exec(e.numpy(), namespace)
        for found in (e(x=x), e.compile()(x=x), namespace["f"](np.array(x))):
            assert np.array_equal(found, zeros)


def test_the_smaller_of_two_is_printed_so():
    f = pf.matrix("sum(min(x, y).^2) - sum(max(-x, -y))", x="n", y="n")
    assert str(f) == "norm2(min(x, y))^2 + sum(min(x, y))"
    assert f.check()


def test_certificate_at_ties():
    assert pf.matrix("logsumexp(min(abs(x), max(x, x)))", x="n").check()


def test_a_direction_has_no_name_of_a_symbol():
    f = pf.matrix("sum(sin(dX.*X))", X="n,n", dX="n,n")
    form = f.differential("X")
    assert form.symbols == ("dX", "X", "dX_")
    assert f.gradient("X").check()
    assert f.hessian("X").check()


def test_the_larger_of_equal_ones():
    f = pf.matrix("sum(max(max(x, y), x))", x="n", y="n")
    x, y = np.array([1.0, 2.0, 3.0]), np.array([2.0, 1.0, 0.0])
    assert np.array_equal(f.gradient("x")(x=x, y=y), [0, 1, 1])


def test_a_sign_before_a_transposed_sum_stands_inside():
    r, s = pf.Symbol("1,n", name="r"), pf.Symbol("", name="s")
    u = s * r - np.exp(r)
    assert -2 * u == (-2 * u.T).T
    assert -2 * u == (-2 * u).T.T
    assert pf.matrix(str(-2 * u), r="1,n", s="") == -2 * u


ONES = np.ones((3, 3))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("ones(n,n)^2*A", lambda A, B: ONES @ ONES @ A),
        ("A'*ones(n,n)^3*A", lambda A, B: A.T @ ONES @ ONES @ ONES @ A),
        ("A*ones(n,n)*ones(n,n)*B", lambda A, B: A @ ONES @ ONES @ B),
        ("tr(ones(n,n)^2)*A", lambda A, B: 9 * A),
        ("diagv(A*ones(n,n)^2)", lambda A, B: np.diag(A @ ONES @ ONES)),
        ("norm2(ones(n,n))^2*A", lambda A, B: 9 * A),
        ("ones(n,n)^2 + A", lambda A, B: 3 * ONES + A),
        ("(ones(n,n)/n)^4*A", lambda A, B: ONES @ A / 3),
        ("(2.^A)'", lambda A, B: 2**A.T),
        ("tr((2.^A)'*B)", lambda A, B: np.sum(2**A * B)),
        ("(exp(A + A').^B)'", lambda A, B: (np.exp(A + A.T) ** B).T),
        ("2.^(A + A')*B'", lambda A, B: 2 ** (A + A.T) @ B.T),
        ("exp(2*ones(n,n)).*A", lambda A, B: np.exp(2) * A),
        ("log(3*ones(n,n))*A", lambda A, B: np.log(3) * ONES @ A),
        ("sum(kron(A, ones(n,n)).^2)", lambda A, B: 9 * np.sum(A**2)),
    ],
)
def test_matrices_of_ones_and_powers_of_numbers(text, wanted):
    rng = np.random.default_rng(5)
    values = {"A": rng.normal(size=(3, 3)), "B": rng.normal(size=(3, 3))}
    e = pf.matrix(text, **{name: "n,n" for name in values if name in text})
    given = {name: values[name] for name in e.symbols}
    np.testing.assert_allclose(e(**given), wanted(**values), rtol=1e-13)
    first = e.derivative("A")
    assert first.check().error < 1e-11
    scope = {}
    exec(e.numpy(), scope)
    given |= {"n": 3} if "n" in inspect.signature(scope["f"]).parameters else {}
    np.testing.assert_allclose(scope["f"](**given), wanted(**values), rtol=1e-13)


def test_a_matrix_of_ones_has_no_inverse():
    e = pf.matrix("inv(ones(n,n))*x", x="n")
    with pytest.raises(np.linalg.LinAlgError):
        e(x=np.ones(3))


@pytest.mark.parametrize(
    "text",
    [
        "norm2(unvec(kron(X, X)*vec(U), n))^2",
        "det(unvec(kron(X, X)*vec(U), n) + 3*eye(n))",
        "norm2(kron(eye(n), y')*vec(U) - U*y)^2",
        "norm2(kron(X, eye(n))*vec(U) - kron(y, y))^2*tr(U)",
        "sum(diag(U*ones(n))*X*U)",
    ],
)
def test_kronecker_forms_of_what_holds_kronecker_products(text):
    rng = np.random.default_rng(6)
    declared = {"X": "n,n", "U": "n,n", "y": "n"}
    e = pf.matrix(
        text, **{name: size for name, size in declared.items() if re.search(rf"\b{name}\b", text)}
    )
    values = {name: rng.normal(size=(3, 3) if name in "XU" else 3) for name in e.symbols}
    hessian = e.hessian("U")
    columns = hessian(**values).transpose(1, 0, 3, 2).reshape(9, 9)
    kronecker = hessian.kronecker()
    found = kronecker(**{name: values[name] for name in kronecker.symbols})
    np.testing.assert_allclose(found, columns, rtol=1e-9, atol=1e-9 * np.abs(columns).max())


def test_a_product_of_two_skew_matrices_by_kronecker_is_symmetric():
    skew = pf.Symbol("n,n", skew=True)
    e = pf.matrix("x'*kron(A, B)*x", A=skew, B=skew, x="n*n")
    a = np.array([[0.0, 2.0], [-2.0, 0.0]])
    x = np.array([1.0, 2.0, 3.0, 5.0])
    assert e(A=a, B=a, x=x) == x @ np.kron(a, a) @ x != 0
    assert (
        str(pf.matrix("kron(A, S)'", A=skew, S=pf.Symbol("n,n", symmetric=True))) == "-kron(A, S)"
    )


def test_a_scalar_that_may_be_0_leaves_no_inverse():
    X = pf.Symbol("n,n", invertible=True)
    for name in ("pinv", "cof"):
        e = pf.matrix(f"{name}(alpha*X)", X=X)
        np.testing.assert_array_equal(e(alpha=0.0, X=np.diag([2.0, 4.0])), np.zeros((2, 2)))


def test_a_primitive_with_the_name_of_a_function_of_the_language_is_refused():
    @pf.primitive("logdet", shapes=((2, 2),))
    def logdet(X):
        return np.trace(X)

    with pytest.raises(pf.errors.ParameterError, match="logdet is a function of the language"):
        pf.matrix(lambda X: logdet(X), X="n,n")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("norm2(K - ones(n,n))^2", lambda k, s: np.sum((k - 1) ** 2)),
        ("norm2(K - eye(n))^2", lambda k, s: np.sum((k - np.eye(3)) ** 2)),
        ("norm2(K - S)^2", lambda k, s: np.sum((k - s) ** 2)),
        ("norm2(S - K)^2", lambda k, s: np.sum((k - s) ** 2)),
        ("norm2(-K - S)^2", lambda k, s: np.sum((k + s) ** 2)),
        ("norm2(2*K - 3*S)^2", lambda k, s: np.sum((2 * k - 3 * s) ** 2)),
        ("norm2(K - K*S*K)^2", lambda k, s: np.sum((k - k @ s @ k) ** 2)),
        ("tr((K - S)*(K + S))", lambda k, s: np.trace((k - s) @ (k + s))),
    ],
)
def test_squares_of_skew_and_symmetric_matrices_come_to_an_end(text, value):
    rng = np.random.default_rng(8)
    k, s = rng.normal(size=(2, 3, 3))
    k, s = k - k.T, s + s.T
    declared = {"K": pf.Symbol("n,n", skew=True), "S": pf.Symbol("n,n", symmetric=True)}
    declared = {name: own for name, own in declared.items() if name in text}
    e = pf.matrix(text, **declared)
    given = {name: {"K": k, "S": s}[name] for name in declared}
    np.testing.assert_allclose(e(**given), value(k, s), rtol=1e-12)
    assert pf.matrix(str(e), **declared) == e
    assert e.gradient("K").check().error < 1e-10
    assert e.hessian("K").check().error < 1e-10


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("diag(v)*ones(n)", "v"),
        ("diag(v)*ones(n, m)*B", "v*ones(m)'*B"),
        ("diag(v)*ones(n, n)^3", "n^2*v*ones(n)'"),
        ("ones(n)'*diag(v)", "v'"),
        ("norm2((X.*eye(n))*ones(n))", "norm2(diagv(X))"),
        ("norm2(((X - Z).*eye(n))*ones(n))", "norm2(diagv(X) - diagv(Z))"),
    ],
)
def test_a_diagonal_matrix_times_ones_is_its_diagonal(text, printed):
    """It was not, beside ones; of a difference the norm then took all memory (seed 73760)."""
    sizes = {"v": "n", "X": "n,n", "Z": "n,n", "B": "m,n"}
    e = pf.matrix(text, **{name: own for name, own in sizes.items() if name in text})
    assert str(e) == printed
    if "v" not in text:
        e.hessian("X")


@pytest.mark.parametrize("f", ["cof", "pinv", "expm", "polar"])
def test_functions_of_a_transpose_are_transposed(f):
    """One form of one value: there were two of cof, expm and polar (seed 317072)."""
    e = pf.matrix(f"{f}(X')", X="n,n")
    assert str(e) == f"{f}(X)'"
    assert e == pf.matrix(f"{f}(X)'", X="n,n") == pf.matrix(f"{f}(X'')'", X="n,n")
    assert str(e.T) == f"{f}(X)"


def test_a_norm_of_0_beside_a_sum_of_0():
    """Seed 72998: arrays that are divided by the norm and by the sum alone were 0/0."""
    K = pf.Symbol("n,n", skew=True)
    e = pf.matrix("norm2(c*((G./(n^2 + 1)).*F)*diag(diagv(K)))", c="", G="m,n", F="m,n", K=K)
    rng = np.random.default_rng(0)
    values = {"c": 2.0, "G": rng.standard_normal((2, 3)), "F": rng.standard_normal((2, 3))}
    hessian = e.hessian("G")
    assert not hessian(**values, K=np.zeros((3, 3))).any()
    assert not hessian.structured(**values, K=np.zeros((3, 3))).to_dense().any()


def test_squares_of_symmetric_products_have_one_form():
    """Seed 404860 of the whole language: their sum was read back as another expression."""
    S, D = pf.Symbol("n,n", symmetric=True), pf.Symbol("n,n", diagonal=True)
    for text, symbols in [("inner(S.^2, A.^2)", {"S": S}), ("inner(D.^2.*A, A)", {"D": D})]:
        e = pf.matrix(text, A="n,n", **symbols)
        assert e == pf.matrix(str(e), A="n,n", **symbols)
