"""Certificates of right and of wrong derivatives, where sizes decide what is well conditioned."""

import pickle

import numpy as np
import pytest

import pyframe as pf
from pyframe.errors import ParameterError
from pyframe.matcalc.binding import Argument
from pyframe.matcalc.certified import of_derivative
from pyframe.matcalc.points import draw, near, sizes_in_turn

TALL = [
    ("logdet(X'*X)", {"X": "m,n"}),
    ("logdet(X*X')", {"X": "m,n"}),
    ("logdet(X'*A*X)", {"X": "m,n", "A": "m,m"}),
    ("-logdet(A'*diag(x)*A)", {"A": "m,n", "x": "m"}),
    ("logdet(W*A*A'*W')", {"W": "p,n", "A": "n,m"}),
    ("sum(log(det(A'*A)))", {"A": "m,n"}),
    ("tr(inv(X'*X))", {"X": "m,n"}),
    ("sqrt(det(X'*X))", {"X": "m,n"}),
    ("tr(X'*A*X*inv(X'*B*X))", {"X": "m,n", "A": "m,m", "B": "m,m"}),
    ("y'*A*inv(A'*A)*A'*y", {"A": "m,n", "y": "m"}),
    ("logdet(X'*X)", {"X": "4,2"}),
    ("logdet(X'*X)", {"X": "9,n"}),
    ("logdet(X*X')", {"X": "9,n"}),
    ("logdet(X'*X)", {"X": "m,2*n"}),
    ("logdet(X*X')", {"X": "m,2*n"}),
]

WRONG = [
    # function, what is said to be its gradient in X or x
    ("logdet(X'*X)", "X*inv(X'*X)"),
    ("logdet(X'*X)", "2.00001*X*inv(X'*X)"),
    ("logdet(X'*X)", "2*X"),
    ("sqrt(det(X'*X))", "X*inv(X'*X)"),
    ("tr(inv(X'*X))", "-X*inv(X'*X)*inv(X'*X)"),
    ("det(X'*X)", "X"),
    ("nuc(X)", "0.99*X"),
    ("sum(abs(x))", "1.01*sign(x)"),
    ("sum(log(x))", "1.001./x"),
    ("1e8 + x'*x", "2.001*x"),
]

SINGULAR = [
    ("logdet(X'*X)", "2*X*inv(X'*X)", "2,4"),
    ("logdet(x*x')", "x", "n"),
    ("log(-x'*x)", "x", "n"),
]

LOST = [
    ("1e20 + x'*x", "2*x", "n"),
    ("1e20 + x'*x", "3*x", "n"),
    ("1e20 + sum(abs(x))", "3*x", "n"),
    ("1e8 + x'*x", "2*x", "n"),
]


def judged(function, gradient, shape):
    name = "X" if "X" in function else "x"
    f, g = (pf.matrix(text, **{name: shape}) for text in (function, gradient))
    return of_derivative(f, name, g, 3)


@pytest.mark.parametrize(("text", "declared"), TALL)
def test_gradients_of_what_needs_tall_or_wide_matrices(text, declared):
    e = pf.matrix(text, **declared)
    for name in declared:
        found = e.gradient(name).check()
        assert found and found.points == 3
        assert found.error <= 1e-11
    assert "certified: relative error" in str(e.derivation(next(iter(declared))))


@pytest.mark.parametrize(("function", "gradient"), WRONG)
def test_wrong_gradients_are_refuted(function, gradient):
    found = judged(function, gradient, "m,n" if "X" in function else "n")
    assert not found and found.points == 3
    assert str(found).startswith("REFUTED")


@pytest.mark.parametrize(("function", "gradient", "shape"), SINGULAR)
def test_where_nothing_is_defined_nothing_is_refuted(function, gradient, shape):
    found = judged(function, gradient, shape)
    assert not found
    assert str(found) == "not certified: no random point lies in the domain"


@pytest.mark.parametrize(("function", "gradient", "shape"), LOST)
def test_what_rounding_hides_is_neither_certified_nor_refuted(function, gradient, shape):
    found = judged(function, gradient, shape)
    assert not found and found.left_out
    assert str(found) == "not certified: no random point is well conditioned"


@pytest.mark.parametrize(("depth", "points"), [(3, 3), (60, 0)])
def test_an_exponential_that_overflows_has_no_point(depth, points):
    e = pf.matrix(f"tr({'expm(' * depth}X{')' * depth})", X="n,n")
    assert e.gradient("X").check().points == points


def test_each_matrix_is_tall_wide_and_square_once():
    symbols = [Argument(name, tuple("mn" if name == "X" else "np"), ()) for name in "XY"]
    orders = sizes_in_turn(symbols)
    assert orders[0] == {"m": 3, "n": 4, "p": 5}
    for one, other in ("mn", "np", "mp"):
        assert {np.sign(own[one] - own[other]) for own in orders} == {-1, 0, 1}
    assert sizes_in_turn([Argument("x", ("4",), ())]) == [{}]


@pytest.mark.parametrize(
    "fact", ["symmetric", "skew", "diagonal", "upper_triangular", "orthogonal", "positive_definite"]
)
def test_values_near_have_what_is_declared(fact):
    rng = np.random.default_rng(0)
    also = ("symmetric",) if fact == "positive_definite" else ()
    X = pf.Symbol("n,n", name="X", **{fact: True})
    own = Argument("X", ("n", "n"), (fact, *also))
    value = draw(own, {"n": 4}, rng, positive=False)
    for step in (1e-14, 1e-3):
        moved = near(own, value, step, rng)
        assert 0 < np.max(np.abs(moved - value)) < 100 * step
        assert np.isfinite(np.trace(X)(X=moved))


@pytest.mark.parametrize(
    ("text", "declared"),
    [
        ("X*A*X", {"X": "n,n", "A": "n,n"}),
        ("det(X)", {"X": "n,n"}),
        ("tr(X)", {"X": "n,n"}),
        ("s^3", {"s": ""}),
        ("sum(exp(X))", {"X": pf.Symbol("m,n", space="stiefel")}),
        ("logdet(X)", {"X": pf.Symbol("n,n", space="symmetric")}),
        ("sum(abs(A*x))", {"x": "n", "A": "m,n"}),
    ],
)
def test_differentials_have_certificates(text, declared):
    found = pf.matrix(text, **declared).differential(next(iter(declared))).check()
    assert found and found.points == 3


def test_a_wrong_differential_is_refuted():
    f, g = (pf.matrix(text, X="n,n") for text in ("tr(X^3)", "tr(X^3) + det(X)"))
    assert not of_derivative(f, "X", g.differential("X"), 3)


def test_derivatives_in_a_symbol_of_what_holds_its_differential():
    """The gradient of dx'*A*x + x'*A*dx in x was that along dx itself, twice what it is."""
    form = pf.matrix("x'*A*x", x="n", A="n,n").differential("x")
    for derive in (form.gradient, form.jacobian, form.derivative):
        assert derive("x").check()
    with pytest.raises(ParameterError, match="holds the differential of x"):
        form.hessian("x")
    assert str(form.differential("x")) == "2*dx'*A*dx"
    assert form.gradient("A").check()


@pytest.mark.parametrize(
    ("text", "declared", "names"),
    [
        ("sum(exp(A*x))", {}, "xxx"),
        ("tr(X^4)", {"X": "n,n"}, "XXX"),
        ("inner(S, inv(X))", {"S": "n,n", "X": "n,n"}, "XSX"),
        ("A.*(x*x')", {"A": "n,n"}, "Axx"),
    ],
)
def test_derivatives_in_several_names_have_certificates(text, declared, names):
    found = pf.matrix(text, **declared).derivative(*names)
    assert found.check().error < 1e-12
    assert pickle.loads(pickle.dumps(found)).check().error < 1e-12


def test_a_wrong_derivative_in_several_names_is_refuted():
    found = pf.matrix("sum(exp(A*x))").derivative("x", "x", "x")
    found.several = pf.matrix("sum(exp(A*x))").gradient("x") * 2, found.several[1]
    assert not found.check()


@pytest.mark.parametrize(
    "name",
    ["log1p", "expm1", "exp2", "log2", "log10", "arcsin", "arctan", "arctanh", "erf", "erfc"]
    + ["gamma", "gammaln", "ndtr", "log_expit", "logit", "cbrt"],
)
def test_functions_of_scipy_are_certified(name):
    assert pf.matrix(f"sum({name}(x))", x="n").check()


def test_what_has_no_plain_evaluation_is_not_certified():
    e = pf.matrix("sum(ndtri(x))", x="n")
    assert not e.check()
    assert str(e.check()) == "not certified: ndtri has no plain evaluation"
    assert str(e.derivation("x")).endswith("not certified: ndtri has no plain evaluation")


def test_poles_within_the_circles_refute_nothing():
    e = pf.matrix("x/sum(y) + y/(x'*y)")
    assert e.derivative("x", "y").check() and e.derivative("y", "y").check()
    assert pf.matrix("x + y/sum(x)").check(points=200)


@pytest.mark.parametrize(
    ("function", "claimed"),
    [
        ("sum(relu(x - 9))", "2*step(x - 9)"),
        ("sum(sigmoid(50*(x - 9)))", "1000*sigmoid(50*(x - 9)).*(1 - sigmoid(50*(x - 9)))"),
    ],
)
def test_points_where_all_is_0_certify_nothing(function, claimed):
    derivative = pf.matrix(claimed, x="n")
    derivative.origin = pf.matrix(function, x="n"), "x"
    assert not derivative.check()
    assert "both sides are 0" in str(derivative.check())
    assert pf.matrix("sum(sign(x))", x="n").check()
