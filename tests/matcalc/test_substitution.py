"""Expressions with others in place of their symbols; gradients in several of them at once."""

import numpy as np
import pytest

import pyframe as pf
from pyframe.errors import FormulaError, ParameterError, ParameterTypeError, ShapeError

rng = np.random.default_rng(0)


def residual():
    return pf.matrix("norm2(A*x - b)^2")


@pytest.mark.parametrize(
    ("replaced", "printed", "known"),
    [
        ({"x": "x - alpha*g"}, "norm2(A*(x - alpha*g) - b)^2", "Abxg"),
        # All at once: the x of a replacement is the symbol, not what replaces it.
        ({"x": "2*x", "b": "A*x"}, "norm2(A*x)^2", "Ax"),
        ({"x": "z"}, "norm2(A*z - b)^2", "Azb"),
        ({"x": "B*z"}, "norm2(A*B*z - b)^2", "ABzb"),
        ({"b": "A*x"}, "0", "Ax"),
        ({"x": "mu*ones(n)"}, None, "Ab"),
        ({}, "norm2(A*x - b)^2", "Axb"),
    ],
)
def test_substitute(replaced, printed, known):
    e = residual()
    found = e.substitute(**replaced)
    assert printed is None or str(found) == printed
    assert {name for name in found.known if len(name) == 1} == set(known)
    assert str(e) == "norm2(A*x - b)^2"


def test_values_are_those_of_what_replaces():
    e = residual().substitute(x="B*z", b="c.*d")
    given = {"A": (3, 4), "B": (4, 2), "z": 2, "c": 3, "d": 3}
    given = {name: rng.normal(size=size) for name, size in given.items()}
    A, B, z, c, d = (given[name] for name in "ABzcd")
    assert float(e(**given)) == pytest.approx(np.sum((A @ B @ z - c * d) ** 2), rel=1e-13)
    assert e.gradient("z").check()


def test_sizes_that_follow_have_names_of_their_own():
    e = pf.matrix("sum(K) + x'*x", x="n", K="m,k")
    found = e.substitute(x="B*y")
    assert found.known["B"].shape == ("n", "p")
    assert found.known["y"].shape == ("p",)


def test_expressions_and_numbers():
    t = pf.matrix("t*x'*x", t="", x="n")
    assert str(t.substitute(t=2)) == "2*x'*x"
    y = pf.Symbol("n", name="y")
    assert str(t.substitute(x=y - 1, t=y @ y)) == "(y'*y)*norm2(y - 1)^2"
    assert str(pf.matrix("x'*y", x="n", y="n").substitute(x="y", y="x")) == "x'*y"


def test_one_substitution_leaves_no_names_behind():
    e = residual()
    assert str(e.substitute(x=pf.Symbol("n", name="z"))) == "norm2(A*z - b)^2"
    with pytest.raises(ShapeError, match="x is n, and what replaces it is k"):
        e.substitute(x=pf.Symbol("k", name="z"))
    assert str(e.substitute(x="inv(z)*x + x", b="b")) == "norm2(A*(inv(z)*x + x) - b)^2"


def test_what_is_declared_has_to_hold():
    X = pf.Symbol("n,n", positive_definite=True)
    e = pf.matrix("logdet(X)", X=X)
    assert str(e.substitute(X="X + eye(n)")) == "logdet(X + eye(n))"
    with pytest.raises(ParameterError, match="X is declared invertible, positive_definite"):
        e.substitute(X="A'*A")


def test_a_space_stays_with_its_symbol():
    e = pf.matrix("tr(A*X*Y)", X=pf.Symbol("n,n", space="symmetric"), A="n,n", Y="n,n")
    assert e.substitute(A="A*Y").spaces == {"X": "symmetric"}
    assert e.substitute(X="eye(n)").spaces == {}


@pytest.mark.parametrize(
    ("replaced", "error", "said"),
    [
        ({"x": "A*y"}, ShapeError, "x is n, and A\\*y is m"),
        ({"x": 3}, ShapeError, "x is n, and what replaces it is scalar"),
        ({"x": "x +"}, FormulaError, "an operand is missing"),
        ({"q": "x"}, ParameterError, "there is no symbol 'q'"),
        ({"x": [1, 2]}, ParameterTypeError, "takes the place of x"),
        ({"x": None}, ParameterTypeError, "takes the place of x"),
    ],
)
def test_what_cannot_be_substituted(replaced, error, said):
    with pytest.raises(error, match=said):
        residual().substitute(**replaced)


def test_no_substitution_beside_a_differential():
    with pytest.raises(ParameterError, match="replaced where its differential stands"):
        residual().differential("x").substitute(x="2*x")
    with pytest.raises(ParameterError, match="infinite"):
        pf.matrix("1/t", t="").substitute(t=0)


def test_gradients_in_several_symbols():
    e = residual()
    found = e.gradient("x", "A")
    assert [str(one) for one in found] == ["2*A'*(A*x - b)", "2*(A*x - b)*x'"]
    assert all(one.check() for one in found)
    with pytest.raises(ParameterError, match="say with respect to which symbol"):
        e.gradient()
    with pytest.raises(ParameterError, match="there is no symbol 'q'"):
        e.gradient("x", "q")
