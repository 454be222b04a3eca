"""Values and derivatives of formulas at points where factors are 0, infinite or no numbers."""

import warnings

import numpy as np
import pytest
from matcalc.sources import source

import pyframe as pf

POWERS = [(0.0, 0.0), (0.0, 1.0), (0.0, 2.0), (0.0, 2.5), (2.0, 0.0), (-1.0, 0.0), (3.0, 1.0)]


@pytest.fixture(autouse=True)
def silent():
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.mark.parametrize(("x", "y"), POWERS)
def test_powers_at_zero(x, y):
    """K5: d(x^0) = 0, and 0^y is constant for y > 0."""
    values = {"x": np.array([x, 1.5]), "y": np.array([y, 0.5])}
    e = pf.matrix("x.^y", x="n", y="n")
    total = pf.matrix("sum(x.^y)", x="n", y="n")
    in_x = np.array([0.0 if y == 0 else y * x ** (y - 1), 0.5 * 1.5**-0.5])
    np.testing.assert_allclose(total.gradient("x")(**values), in_x, rtol=1e-14)
    np.testing.assert_allclose(e.jacobian("x")(**values), np.diag(in_x), rtol=1e-14)
    np.testing.assert_allclose(source(e.jacobian("x"))(**values), np.diag(in_x), rtol=1e-14)
    if x < 0 or y == 0 == x:
        return
    in_y = np.array([0.0 if x == 0 else x**y * np.log(x), 1.5**0.5 * np.log(1.5)])
    np.testing.assert_allclose(total.gradient("y")(**values), in_y, rtol=1e-14)
    np.testing.assert_allclose(e.jacobian("y")(**values), np.diag(in_y), rtol=1e-14)
    np.testing.assert_allclose(source(e.jacobian("y"))(**values), np.diag(in_y), rtol=1e-14)
    np.testing.assert_allclose(pf.grad(lambda y: np.sum(values["x"] ** y))(values["y"]), in_y)


@pytest.mark.parametrize("a", [0.0, 1.0, 2.0, 2.5])
@pytest.mark.parametrize("text", ["sum(x.^a)", "sum(z.*x.^a)"])
def test_powers_of_one_exponent_at_zero(text, a):
    values = {"x": np.array([0.0, 1.5]), "z": np.array([1.0, 2.0]), "a": a}
    e = pf.matrix(text, **{own: {"a": ""}.get(own, "n") for own in "xza" if own in text})
    given = {own: values[own] for own in e.symbols}
    weights = values["z"] if "z" in text else np.ones(2)
    in_x = weights * np.array([float(a == 1), a * 1.5 ** (a - 1)])
    np.testing.assert_allclose(e.gradient("x")(**given), in_x, rtol=1e-14)
    if a > 0 and "z" not in text:
        in_a = 1.5**a * np.log(1.5)
        np.testing.assert_allclose(e.gradient("a")(**given), in_a, rtol=1e-14)
        np.testing.assert_allclose(source(e.gradient("a"))(**given), in_a, rtol=1e-14)
        np.testing.assert_allclose(source(e.gradient("x"))(**given), in_x, rtol=1e-14)


@pytest.mark.parametrize("y", [0.0, 1.0, 2.0, 3.0])
def test_second_derivatives_of_powers_at_zero(y):
    values = {"x": np.array([0.0, 2.0]), "y": np.array([y, 3.0])}
    hessian = pf.matrix("sum(x.^y)", x="n", y="n").hessian("x")
    want = np.diag([2.0 if y == 2 else 0.0, 12.0])
    np.testing.assert_allclose(hessian(**values), want)
    np.testing.assert_allclose(source(hessian)(**values), want)
    np.testing.assert_allclose(pf.hessian(lambda x: np.sum(x ** values["y"]))(values["x"]), want)


def test_sums_of_exponentials_of_nothing():
    """B15: -inf, with gradient and Hessian 0."""
    e = pf.matrix("logsumexp(x)")
    x = np.full(3, -np.inf)
    assert e(x=x) == -np.inf
    np.testing.assert_array_equal(e.gradient("x")(x=x), np.zeros(3))
    np.testing.assert_array_equal(e.hessian("x")(x=x), np.zeros((3, 3)))
    np.testing.assert_array_equal(pf.grad(lambda x: e(x=x))(x), np.zeros(3))
    some = np.array([-np.inf, 0.0, 1.0])
    np.testing.assert_allclose(e.gradient("x")(x=some), np.exp(some - np.log(1 + np.e)))


@pytest.mark.parametrize("p", [1.2, 1.5, 1.9])
@pytest.mark.parametrize("x", [[0.0, 1.0, -2.0], [0.0, 0.0, 3.0], [0.0, 0.0, 0.0]])
def test_second_derivatives_of_norms_where_elements_are_zero(p, x):
    x = np.array(x)
    e = pf.matrix(f"normp(x, {p})")
    hessian = e.hessian("x")
    got = hessian(x=x)
    np.testing.assert_allclose(source(hessian)(x=x), got, rtol=1e-13, atol=1e-15)
    at = x != 0
    assert not got[~at].any()
    assert not got[:, ~at].any()
    if at.any():
        want = pf.hessian(lambda y: np.sum(np.abs(y) ** p) ** (1 / p))(x[at])
        np.testing.assert_allclose(got[np.ix_(at, at)], want, rtol=1e-12, atol=1e-14)


def regular(n, sign):
    x = np.random.default_rng(n).normal(size=(n, n))
    if np.linalg.slogdet(x)[0] != sign:
        x[0] *= -1
    return x


def test_the_logarithm_of_a_determinant_is_that_of_a_number():
    e = pf.matrix("log(det(X))")
    assert str(e) == "log(det(X))"
    assert str(e.gradient("X")) == "inv(X)'"
    positive, negative = regular(4, 1), regular(4, -1)
    np.testing.assert_allclose(e(X=positive), np.log(np.linalg.det(positive)), rtol=1e-13)
    np.testing.assert_allclose(source(e)(X=positive), e(X=positive), rtol=1e-13)
    assert np.isnan(e(X=negative))
    assert e(X=np.zeros((3, 3))) == -np.inf
    for x in (positive, negative):
        np.testing.assert_allclose(e.gradient("X")(X=x), np.linalg.inv(x).T, rtol=1e-12)
    hessian = pf.hessian(lambda x: np.log(np.linalg.det(x)))(positive)
    np.testing.assert_allclose(e.hessian("X")(X=positive), hessian, rtol=1e-10, atol=1e-12)
    large = 1e3 * np.eye(400)
    np.testing.assert_allclose(e(X=large), 400 * np.log(1e3), rtol=1e-14)


@pytest.mark.parametrize(
    ("text", "declared", "wanted"),
    [
        ("log(det(X'*X))", {"X": "m,n"}, "logdet(X'*X)"),
        ("log(det(X))", {"X": pf.Symbol("n,n", positive_definite=True)}, "logdet(X)"),
        ("log(abs(det(X)))", {"X": "n,n"}, "logdet(X)"),
        ("log(det(X)^2)", {"X": "n,n"}, "2*logdet(X)"),
        ("log(det(X))", {"X": pf.Symbol("n,n", invertible=True)}, "log(det(X))"),
    ],
)
def test_where_it_is_logdet(text, declared, wanted):
    assert str(pf.matrix(text, **declared)) == wanted


@pytest.mark.parametrize("name", ["nuc", "norms"])
@pytest.mark.parametrize(
    "X", [np.zeros((2, 3)), np.outer([1.0, 2.0], [1.0, 0.0, 0.0]), np.diag([3.0, 0.0])]
)
def test_vectors_of_singular_values_that_are_0_do_not_count(name, X):
    found = pf.matrix(f"{name}(X)", X="m,n").gradient("X")(X=X)
    size = np.linalg.norm(X)
    # X is of rank one at most.
    np.testing.assert_allclose(found, X / size if size else X, atol=1e-15)


def test_a_norm_that_is_0_divides_whatever_stands_beside_it():
    """Of norm2^3 below the second derivative one factor is another sum, which is 0 too."""
    values = {
        "G": np.ones((3, 3)),
        "F": np.arange(9.0).reshape(3, 3),
        "K": np.array([[0.0, 1.0, 2.0], [-1.0, 0.0, 3.0], [-2.0, -3.0, 0.0]]),
        "c": 2.0,
    }
    K = pf.Symbol("n,n", skew=True)
    e = pf.matrix("norm2(c*(G.*F')*diag(diagv(K)))", c="", G="n,n", F="n,n", K=K)
    np.testing.assert_array_equal(e.gradient("G")(**values), np.zeros((3, 3)))
    np.testing.assert_array_equal(e.hessian("G")(**values), np.zeros((3, 3, 3, 3)))
    along = {**values, "dG": np.ones((3, 3))}
    np.testing.assert_array_equal(source(e.hessian("G"))(**along), np.zeros((3, 3)))


@pytest.mark.parametrize("scale", [1e-160, 1e-110, 1e-90, 1.0, 1e90, 1e105, 1e160])
def test_second_derivatives_of_norms_of_any_size(scale):
    """norm2(x)^3 and x*x' leave the range of numbers, x/norm2(x) does not."""
    x = scale * np.array([3.0, 4.0])
    unit = np.array([0.6, 0.8])
    wanted = (np.eye(2) - np.outer(unit, unit)) / 5
    h = pf.matrix("norm2(x)").hessian("x")
    np.testing.assert_allclose(scale * h(x=x), wanted, atol=1e-15)
    np.testing.assert_allclose(scale * h.derivative_form(x=x), wanted, atol=1e-15)
    np.testing.assert_allclose(scale * h.structured(x=x).to_dense(), wanted, atol=1e-15)
    np.testing.assert_allclose(scale * h.form(x=x, dx=np.eye(2)[0]), wanted[0], atol=1e-15)
    X = pf.matrix("norm2(X)").hessian("X")(X=x[:, None])[:, 0, :, 0]
    np.testing.assert_allclose(scale * X, wanted, atol=1e-15)


def test_vectors_over_norms_that_are_made_of_ones():
    """Where a column of ones is cut off, what is left of the chain is no row."""
    x = np.array([1.0, 2.0, -4.0])
    gradient = pf.matrix("normp(ones(n, n)*x, 3)", x="n").gradient("x")
    np.testing.assert_allclose(gradient(x=x), np.full(3, -(3 ** (1 / 3))), rtol=1e-14)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("scale", [1e-30, 1e-4, 1.0, 1e4, 1e30])
@pytest.mark.parametrize("p", [1.5, 3, 12, 101])
def test_norms_of_high_powers_and_any_size(p, scale, dtype):
    """The powers of elements leave the range of numbers, those of their shares do not."""
    shares = np.array([0.5, -0.9, 1.0])
    x = (scale * shares).astype(dtype)
    norm = np.sum(np.abs(shares) ** p) ** (1 / p)
    u = shares / norm
    w = np.abs(u) ** (p - 1) * np.sign(u)
    curved = (p - 1) / norm * (np.diag(np.abs(u) ** (p - 2)) - np.outer(w, w))
    e = pf.matrix(f"normp(x, {p})")
    h, r = e.hessian("x"), 1e-13 if dtype == np.float64 else 2e-5
    np.testing.assert_allclose(e(x=x) / scale, norm, rtol=r)
    np.testing.assert_allclose(e.gradient("x")(x=x), w, rtol=r * p)
    for found in (h(x=x), h.structured(x=x).to_dense(), h.derivative_form(x=x)):
        np.testing.assert_allclose(scale * found.astype(float), curved, rtol=r * p, atol=r * p)
    X = np.stack([x, 0 * x])
    matrix = pf.matrix(f"normp(X, {p})").gradient("X")(X=X)
    np.testing.assert_allclose(matrix, np.stack([w, 0 * w]), rtol=r * p)
