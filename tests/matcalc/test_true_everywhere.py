"""What is simplified has the same value wherever the symbols' values are admitted."""

import numpy as np
import pytest
from matcalc.sources import source

import pyframe as pf
from pyframe.errors import FormulaError, ShapeError, TapeLimitError

RNG = np.random.default_rng(3)


@pytest.mark.parametrize("shapes", [((3, 3), (4, 2)), ((2, 5), (2, 4)), ((3, 2), (3, 3))])
def test_kronecker_products_of_rectangular_triangles(shapes):
    A, B = (RNG.normal(size=shape) for shape in shapes)
    found = pf.matrix("triu(kron(triu(A),triu(B)))", A="m,n", B="p,q")(A=A, B=B)
    np.testing.assert_array_equal(found, np.triu(np.kron(np.triu(A), np.triu(B))))
    square = pf.matrix("triu(kron(triu(A),triu(B)))", A="m,n", B="p,p")
    assert str(square) == "kron(triu(A), triu(B))"


def test_rectangular_diagonals_are_not_symmetric():
    X, Y, v = RNG.normal(size=(2, 3)), RNG.normal(size=(3, 2)), np.ones(2)
    D = np.triu(X) * np.triu(Y).T
    kind = {"X": "m,n", "Y": "n,m", "v": "m"}
    text = "(triu(X).*triu(Y)')'"
    e = pf.matrix(text, X="m,n", Y="n,m")
    np.testing.assert_array_equal(e(X=X, Y=Y), D.T)
    np.testing.assert_array_equal(pf.matrix(f"{text}*v", **kind)(X=X, Y=Y, v=v), D.T @ v)
    gradient = pf.matrix(f"sum({text}*v)", **kind).gradient("X")
    np.testing.assert_allclose(gradient(X=X, Y=Y, v=v), np.triu(np.triu(Y).T * v[:, None]))


@pytest.mark.parametrize("kind", ["n", "1,n"])
@pytest.mark.parametrize("values", [[0.0, 0.0, 0.0], [1.0, -2.0, 0.0], []])
def test_pseudo_inverses_of_vectors(kind, values):
    x = np.array(values).reshape((-1,) if kind == "n" else (1, -1))
    column = np.reshape(x, (-1, 1)) if kind == "n" else x
    e = pf.matrix("pinv(x)", x=kind)
    want = np.linalg.pinv(column)
    np.testing.assert_allclose(np.reshape(e(x=x), want.shape), want, rtol=1e-14)
    np.testing.assert_allclose(np.reshape(source(e)(x=x), want.shape), want, rtol=1e-14)
    both = pf.matrix("pinv(x)*x" if kind == "n" else "x*pinv(x)", x=kind)
    assert both(x=x) == np.any(x)
    b = np.arange(1.0, 1 + x.size)
    inner = pf.matrix("pinv(x)*b" if kind == "n" else "b'*pinv(x)", x=kind, b="n")
    gradient = inner.gradient("x")
    square = x.ravel() @ x.ravel()
    want = b / square - 2 * x.ravel() * (x.ravel() @ b) / square**2 if square else 0 * b
    np.testing.assert_allclose(gradient(x=x, b=b).ravel(), want, rtol=1e-14)
    np.testing.assert_allclose(source(gradient)(x=x, b=b).ravel(), want, rtol=1e-14)
    assert gradient.check().ok


def test_pseudo_inverses_of_numbers():
    e = pf.matrix("exp(pinv(s))", s="")
    for s, inverse in [(0.0, 0.0), (4.0, 0.25), (-0.5, -2.0)]:
        assert e(s=s) == source(e)(s=s) == np.exp(inverse)
        assert e.gradient("s")(s=s) == pytest.approx(-(inverse**2) * np.exp(inverse), rel=1e-15)
    assert pf.matrix("pinv(s)*s", s="")(s=0.0) == 0.0
    assert str(pf.matrix("pinv(s)*s", s=pf.Symbol("", positive=True))) == "1"
    assert str(pf.matrix("pinv(s)^2*s", s="")) == "pinv(s)"
    assert str(pf.matrix("pinv(s)*s^3", s="")) == "s^2"
    assert str(pf.matrix("pinv(zeros(m, n))*y", y="m")) == "zeros(n)"
    assert str(pf.matrix("pinv(4)*s", s="")) == "s/4"


def test_roots_of_products_with_a_factor_that_may_be_zero():
    q = pf.Symbol("", nonnegative=True)
    x = np.array([-1.0, 4.0])
    for text in ("sqrt(q*x)", "(q*x).^1.5"):
        np.testing.assert_array_equal(pf.matrix(text, q=q, x="n")(q=0.0, x=x), np.zeros(2))
    np.testing.assert_array_equal(
        pf.matrix("sqrt(relu(s)*x)", s="", x="n")(s=-1.0, x=x), np.zeros(2)
    )
    p = pf.Symbol("", positive=True)
    assert str(pf.matrix("sqrt(p*x)", p=p, x="n")) == "sqrt(p)*sqrt(x)"
    assert str(pf.matrix("sqrt(q*exp(x))", q=q, x="n")) == "sqrt(q)*exp(x/2)"


def test_sums_of_nothing_are_not_positive():
    nothing = np.zeros(0)
    assert pf.matrix("step(sum(exp(x)))", x="n")(x=nothing) == 0.0
    assert (
        pf.matrix("sign(n*tr(X))", X=pf.Symbol("n,n", positive_definite=True))(X=np.zeros((0, 0)))
        == 0.0
    )
    assert str(pf.matrix("step(sum(exp(x)))", x="3")) == "1"


def test_sizes_beyond_the_range_of_whole_numbers():
    n = 2**40
    assert pf.matrix(f"sum(ones({n},{n}))")() == 2.0**80
    assert pf.matrix(f"tr(ones({n},{n})*ones({n},{n}))")() == 2.0**80
    X = pf.Symbol(f"{n},{n}")
    with pytest.raises(TapeLimitError, match=f"{n}\\*{n} is too large for the size of a matrix"):
        pf.matrix("exp(X)", X=X).jacobian("X").kronecker()
    with pytest.raises(FormulaError, match="the result is too large"):
        pf.matrix(f"vec(ones({n},{n}))")


@pytest.mark.parametrize(
    ("text", "gradient"),
    [
        ("tr(A*Q')", "A"),
        ("tr(A'*Q)", "A"),
        ("tr(Q*Q)", "2*Q'"),
        ("tr(Q'*Q')", "2*Q'"),
        ("tr(A*Q'*B*Q)", "B*Q*A + B'*Q*A'"),
        ("tr(A*Q'*Q')", "Q'*A + A*Q'"),
        ("norm2(A*Q'*B)^2", "2*B*B'*Q*A'*A"),
    ],
)
def test_gradients_in_orthogonal_matrices_in_the_general_space(text, gradient):
    """The inverse of such a matrix is derived as the transpose that it is."""
    Q = pf.Symbol("n,n", orthogonal=True)
    kinds = {name: "n,n" for name in "AB" if name in text}
    e = pf.matrix(text, Q=Q, **kinds)
    assert str(e.gradient("Q")) == gradient
    assert e.gradient("Q").check().ok
    values = {name: RNG.normal(size=(3, 3)) for name in kinds}
    values["Q"] = np.linalg.qr(RNG.normal(size=(3, 3)))[0]
    plain = pf.matrix(text, Q="n,n", **kinds).gradient("Q")
    np.testing.assert_allclose(e.gradient("Q")(**values), plain(**values), rtol=1e-12, atol=1e-12)
    swept = pf.grad(lambda Q: e(**{**values, "Q": Q}, verify=False))(values["Q"])
    np.testing.assert_allclose(swept, plain(**values), rtol=1e-12, atol=1e-12)


LENGTHS = {"a": 2, "b": 3, "c": 4}
MATRICES = {
    f"M{rows}{columns}": RNG.normal(size=(LENGTHS[rows], LENGTHS[columns]))
    for rows in LENGTHS
    for columns in LENGTHS
}


def rectangles(rng, rows, columns, depth):
    """A random matrix made of rectangular ones, as text and in NumPy."""
    if depth == 0 or rng.random() < 0.1:
        name = f"M{rows}{columns}"
        return name, MATRICES[name]

    def part(rows, columns):
        return rectangles(rng, rows, columns, depth - 1)

    match rng.choice(["transpose", "triu", "triu", "sum", "elements", "product"]):
        case "transpose":
            text, value = part(columns, rows)
            return f"({text})'", value.T
        case "triu":
            text, value = part(rows, columns)
            return f"triu({text})", np.triu(value)
        case "product":
            inner = rng.choice(list(LENGTHS))
            (a, left), (b, right) = part(rows, inner), part(inner, columns)
            return f"({a})*({b})", left @ right
        case kind:
            (a, left), (b, right) = part(rows, columns), part(rows, columns)
            plain = (f"({a} + {b})", left + right)
            return plain if kind == "sum" else (f"({a}).*({b})", left * right)


@pytest.mark.parametrize("seed", range(200))
def test_random_products_of_rectangular_triangles(seed):
    rng = np.random.default_rng(seed)
    (a, left), (b, right) = (
        rectangles(rng, *rng.choice(list(LENGTHS), 2), depth) for depth in (3, 2)
    )
    for text, wanted in [
        (f"({a})'", left.T),
        (f"triu(kron({a}, {b}))", np.triu(np.kron(left, right))),
    ]:
        names = [name for name in MATRICES if name in text]
        e = pf.matrix(text, **{name: f"{name[1]},{name[2]}" for name in names})
        found = e(**{name: MATRICES[name] for name in names})
        np.testing.assert_allclose(found, wanted, rtol=1e-10, atol=1e-12 * np.abs(wanted).max())


def test_powers_of_powers_keep_their_domain():
    for text in ("(x.^3).^(1/3)", "(x.^(2/3)).^1.5"):
        e = pf.matrix(text, x="n")
        assert np.array_equal(np.isnan(e(x=np.array([-8.0, 8.0]))), [True, False])
    e = pf.matrix("norm2(sqrt(s)*u*v')", s="", u="n", v="n")
    assert np.isnan(e(s=-1.0, u=np.ones(2), v=np.ones(2)))


def test_numbers_whose_powers_overflow_stay_inside():
    assert np.isclose(pf.matrix("(3*x)^700", x="")(x=0.4), 1.2**700, rtol=1e-12)
    assert pf.matrix("(x/3)^900", x="")(x=3.0) == 1.0


def test_extremes_of_no_eigenvalues():
    nothing = np.zeros((0, 0))
    for name in ("lmax", "lmin"):
        with pytest.raises(ShapeError, match="max of an empty array"):
            pf.matrix(f"{name}(A)", A="n,n")(A=nothing)
        assert pf.matrix(f"{name}(A)", A="n,n").gradient("A")(A=nothing).shape == (0, 0)
    assert pf.matrix("leading(A)", A="m,n")(A=np.zeros((0, 2))).shape == (0, 2)
    assert pf.matrix("norms(X)", X="n,n").hessian("X")(X=nothing).shape == (0, 0, 0, 0)
