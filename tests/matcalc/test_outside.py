"""A primitive with a rule of one line in all six uses: forward, reverse, differential, gradient,
Hessian and compiled."""

import numpy as np
import pytest

import pyframe as pf
from pyframe.errors import FormulaError, MissingRule


@pf.primitive("cube-each")
def cube(x):
    return x**3


pf.rule(cube)(lambda y, x, dx: 3 * x**2 * dx)

A = np.array([[1.0, 2.0, -1.0], [0.5, 0.0, 3.0]])
X = np.array([0.3, -1.2, 2.0])


def plain(x):
    return np.sum((A @ x) ** 3)


def traced(x):
    return np.sum(cube(A @ x))


@pytest.fixture(name="e")
def formula():
    return pf.matrix(lambda x, A: np.sum(cube(A @ x)), x="n", A="m,n")


def test_forward_and_reverse():
    wanted = pf.grad(plain)(X)
    assert np.allclose(pf.grad(traced, mode="forward")(X), wanted, rtol=1e-14)
    assert np.allclose(pf.grad(traced, mode="reverse")(X), wanted, rtol=1e-14)


def test_differential_gradient_and_hessian(e):
    assert str(e.gradient("x")) == "3*A'*(A*x).^2"
    assert str(e.hessian("x")) == "6*A'*diag(A*x)*A"
    dx = np.array([1.0, 0.5, -2.0])
    assert np.isclose(e.differential("x")(A=A, x=X, dx=dx), pf.grad(plain)(X) @ dx, rtol=1e-14)
    assert np.allclose(e.gradient("x")(A=A, x=X), pf.grad(plain)(X), rtol=1e-14)
    assert np.allclose(e.hessian("x")(A=A, x=X), pf.hessian(plain)(X), rtol=1e-13)


@pf.primitive("least-squares", shape=lambda a, b: (a[1],), shapes=((3, 2), (3,)))
def least_squares(a, b):
    return np.linalg.lstsq(a, b)[0]


def test_in_text(e):
    with pytest.raises(FormulaError, match="unknown function 'cube_each'"):
        pf.matrix("sum(cube_each(A*x))", A="m,n", x="n")
    with pf.register(cube), pf.register(least_squares):
        text = pf.matrix("sum(cube_each(A*x))", A="m,n", x="n")
        assert str(text) == str(e) == "sum(cube_each(A*x))"
        assert str(text.gradient("x")) == "3*A'*(A*x).^2"
        assert np.isclose(text(A=A, x=X), plain(X))
        solved = pf.matrix("c'*least_squares(A*B, y)", A="m,n")
        assert list(solved.symbols) == ["c", "A", "B", "y"]
        with pytest.raises(FormulaError, match="least_squares takes something of shape"):
            pf.matrix("least_squares(A, y)", A="m,n", y="n")
        with pytest.raises(FormulaError, match="did you mean 'cube_each'"):
            pf.matrix("cube_eac(x) + cube_each(x)", x="n")


def test_compiled(e):
    value, gradient, hessian = e.compile("x", order=2)(A=A, x=X)
    assert np.isclose(value, plain(X))
    assert np.allclose(gradient, pf.grad(plain)(X), rtol=1e-14)
    assert np.allclose(hessian, pf.hessian(plain)(X), rtol=1e-13)


def test_an_operator_without_a_rule_is_named():
    @pf.primitive("nothing-known")
    def unknown(x):
        return np.sin(x)

    e = pf.matrix(lambda x: np.sum(unknown(x)), x="n")
    assert np.isclose(e(x=np.ones(2)), 2 * np.sin(1.0))
    with pytest.raises(MissingRule, match=r"nothing.known"):
        e.gradient("x")
