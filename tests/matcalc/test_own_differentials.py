"""Derivatives in x of what holds dx: the direction that is held is a constant."""

import numpy as np
import pytest

import pyframe as pf
from pyframe.errors import ParameterError

rng = np.random.default_rng(5)
A, x, v = rng.standard_normal((3, 3)), rng.standard_normal(3), rng.standard_normal(3)


def test_the_gradient_of_a_differential_is_the_hessian_times_the_direction():
    f = pf.matrix("log(1 + x'*A*x) + sum(x.^3)", A="n,n", x="n")
    d = f.differential("x")
    values = {"A": A @ A.T, "x": x}
    g = d.gradient("x")
    expected = f.hessian("x")(**values) @ v
    np.testing.assert_allclose(g(**values, dx=v), expected, rtol=1e-12)
    np.testing.assert_allclose(d.jacobian("x")(**values, dx=v)[0], expected, rtol=1e-12)
    assert g.check().ok
    assert g.known["dx"].of == "x"
    form = pf.matrix("x'*A*x", A="n,n", x="n").differential("x")
    assert str(form.gradient("x")) == "(A + A')*dx"


def test_a_second_derivative_is_along_what_is_held_too():
    f = pf.matrix("sum(exp(A*x))", A="n,n", x="n")
    d = f.differential("x")
    third = d.derivative("x", "x")(A=A, x=x, dx=v)
    expected = np.einsum("k,ki,kj,kl,l->ij", np.exp(A @ x), A, A, A, v)
    np.testing.assert_allclose(third, expected, rtol=1e-12)


def test_matrices():
    f = pf.matrix("logdet(X)", X="n,n")
    X = A + 4 * np.eye(3)
    V = rng.standard_normal((3, 3))
    g = f.differential("X").gradient("X")
    expected = np.tensordot(f.hessian("X")(X=X), V, 2)
    np.testing.assert_allclose(g(X=X, dX=V), expected, rtol=1e-12)


def test_forms_that_would_have_the_same_direction_twice_are_refused():
    f = pf.matrix("logdet(X)", X="n,n")
    d = f.differential("X")
    for wanted in (d.hessian, d.derivation, lambda name: d.gradient(name).jacobian(name)):
        with pytest.raises(ParameterError, match="holds the differential of X"):
            wanted("X")
