"""NumPy source gives what the call gives, also where factors are 0 and where there are none."""

import numpy as np
import pytest
from matcalc.sources import source

import pyframe as pf

POINTS = [[0.0, 1.0, 2.0], [-1.0, 0.0, 4.0], [-1.0, -2.0, 0.0]]
OF_ELEMENTS = [
    "sum(sqrt(relu(x)))",
    "sum(relu(x).^1.5)",
    "sum(relu(x).*log(relu(x)))",
    "sum(1./relu(x))",
    "sum(sqrt(abs(x)))",
    "sum(abs(x).*log(abs(x)))",
    "sum(relu(x)./y)",
    "sum(abs(x).*log(y))",
    "sum(sqrt(relu(x)).*sqrt(y))",
    "norm2(relu(x))",
    "normp(relu(x), 1.5)",
]


def agree(result, **values):
    with np.errstate(all="ignore"):
        called = result(**values)
    printed = source(result)(**values)
    assert np.shape(printed) == np.shape(called)
    np.testing.assert_allclose(printed, called, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("x", POINTS)
@pytest.mark.parametrize("text", OF_ELEMENTS)
def test_derivatives_at_kinks_and_where_relu_is_flat(text, x):
    e = pf.matrix(text, x="n", **({"y": "n"} if "y" in text else {}))
    values = {"x": np.array(x), "y": np.array([0.0, 1.0, -1.0])}
    values = {name: values[name] for name in e.symbols}
    for result in (e, e.gradient("x"), e.hessian("x")):
        agree(result, **values)


def test_factors_that_are_finite_are_not_guarded():
    for text in ("sum(exp(abs(x)))", "sum(relu(A*x).^2)", "sum(abs(x).*sqrt(exp(y)))"):
        assert "np.where" not in pf.matrix(text).gradient("x").numpy()


@pytest.mark.parametrize("s", [-1.0, 0.0, 4.0])
@pytest.mark.parametrize(
    "text", ["sqrt(relu(s))", "relu(s)*log(relu(s))", "abs(s)^1.5", "1/relu(s)"]
)
def test_scalars_at_kinks(text, s):
    e = pf.matrix(text, s="")
    for result in (e.gradient("s"), e.hessian("s")):
        agree(result, s=s)
        assert s > 0 or text == "abs(s)^1.5" or source(result)(s=s) == 0.0


@pytest.mark.parametrize("shape", [(2, 3), (3, 3), (3, 1), (1, 3), (0, 3), (3, 0), (0, 0)])
@pytest.mark.parametrize(
    "name", ["norms", "nuc", "polar", "leading", "toeplitz", "triu", "softmax"]
)
def test_functions_of_matrices_of_zeros_and_of_nothing(name, shape):
    e = pf.matrix(f"{name}(X)", X="m,n")
    agree(e, X=np.zeros(shape))
    agree(e, X=np.arange(1.0, 1 + np.prod(shape)).reshape(shape))
    if name in ("norms", "nuc"):
        agree(e.gradient("X"), X=np.zeros(shape))


@pytest.mark.parametrize(
    "name", ["cof(X)", "dcof(X, Y)", "dexpm(X, Y)", "dexpm(X, Y, Y)", "expm(X)"]
)
def test_functions_of_square_matrices_of_nothing(name):
    e = pf.matrix(name, **{own: "n,n" for own in "XY" if own in name})
    agree(e, **dict.fromkeys(e.symbols, np.zeros((0, 0))))


def test_zeros_below_the_diagonal_of_columns_and_rows():
    x, r, b = np.array([3.0, 1.0, 2.0]), np.array([[1.0, 2.0, 3.0]]), np.ones(3)
    column, row = pf.matrix("triu(x)", x="n"), pf.matrix("triu(r)", r="1,n")
    np.testing.assert_array_equal(source(column)(x=x), [3.0, 0.0, 0.0])
    np.testing.assert_array_equal(source(row)(r=r), r)
    agree(pf.matrix("triu(x')*b", x="n", b="n"), x=x, b=b)
    agree(pf.matrix("logsumexp(vec(triu(r)))", r="1,n"), r=r)
    agree(pf.matrix("triu(r')", r="1,n"), r=r)


@pytest.mark.parametrize("name", ["nuc", "norms", "norm2"])
def test_norms_of_rows(name):
    e, r = pf.matrix(f"{name}(r)", r="1,n"), np.array([[3.0, 0.0, 4.0]])
    assert e(r=r) == source(e)(r=r) == 5.0
    agree(e.gradient("r"), r=r)
    agree(e.gradient("r"), r=0 * r)


@pytest.mark.parametrize("kind", ["n", "1,n", "m,n"])
def test_softmax_of_nothing(kind):
    shape = {"n": (3,), "1,n": (1, 3), "m,n": (2, 3)}[kind]
    e = pf.matrix("logsumexp(x)", x=kind)
    for values in (np.full(shape, -np.inf), np.zeros(shape)[..., :0], np.full(shape, 800.0)):
        agree(e, x=values)
        agree(e.gradient("x"), x=values)
    one = np.zeros(shape)
    one[..., 0] = np.nan
    assert np.isnan(source(e.gradient("x"))(x=one)).all()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("log(exp(X)/sum(exp(X)))", "X - logsumexp(X)"),
        ("exp(X)/sum(exp(X))", "softmax(X)"),
        ("toeplitz(X)", "toeplitz(X)"),
    ],
)
def test_what_is_printed_of_matrices_is_read_again(text, shown):
    e = pf.matrix(text, X="m,n")
    assert str(e) == shown
    assert pf.matrix(shown, X="m,n") == e
    agree(e, X=np.arange(6.0).reshape(2, 3))
    for kind in ("n", "1,n"):
        x = pf.Symbol(kind, space="toeplitz")
        assert str(pf.matrix("sum(x.^2)", x=x).gradient("x")) == "2*x"
