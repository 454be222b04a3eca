"""The equation of Sylvester, A Y + Y B = C, for matrices of every kind."""

import numpy as np
import pytest
import scipy.linalg

import pyframe as pf
from pyframe.errors import SingularMatrixError

KNOWN = {"A": "n,n", "B": "m,m", "C": "n,m", "S": "n,m"}
LENGTHS = {"n": 3, "m": 2}


def drawn(seed=0):
    rng = np.random.default_rng(seed)
    shapes = {own: [LENGTHS[size] for size in sizes.split(",")] for own, sizes in KNOWN.items()}
    return {own: rng.normal(size=shape) for own, shape in shapes.items()}


def solved(A, B, C, S=None):
    return scipy.linalg.solve_sylvester(A, B, C)


def differences(f, x, h=1e-3):
    """Of order six."""
    out = []
    for place in np.ndindex(x.shape):
        e = np.zeros_like(x)
        e[place] = h
        steps = [(f(x + k * e) - f(x - k * e)) / (2 * k * h) for k in (1, 2, 3)]
        out.append(1.5 * steps[0] - 0.6 * steps[1] + 0.1 * steps[2])
    return np.moveaxis(np.array(out), 0, -1).reshape(*np.shape(out[0]), *x.shape)


@pytest.mark.parametrize("seed", range(4))
def test_values_and_derivatives_of_general_matrices(seed):
    values = drawn(seed)
    e = pf.matrix("inner(S, sylv(A, B, C))", **KNOWN)
    want = np.sum(values["S"] * solved(**values))
    np.testing.assert_allclose(e(**values), want, rtol=1e-11)
    for name in "ABC":

        def f(x, name=name):
            return np.sum(values["S"] * solved(**(values | {name: x})))

        gradient = e.gradient(name)
        got = gradient(**values)
        scale = np.abs(got).max()
        np.testing.assert_allclose(got, differences(f, values[name]), atol=1e-7 * scale)
        traced = pf.grad(lambda x, name=name: e(**(values | {name: x})))(values[name])
        np.testing.assert_allclose(traced, got, atol=1e-11 * scale)

        def g(x, name=name, gradient=gradient):
            return gradient(**(values | {name: x}))

        second = e.hessian(name)(**values)
        scale = max(1.0, np.abs(second).max())
        np.testing.assert_allclose(second, differences(g, values[name]), atol=1e-6 * scale)
        assert "certified" in str(gradient.check())


def test_the_text_and_the_source_mean_the_same():
    values = drawn()
    e = pf.matrix("sylv(A, B, C)", A="n,n", B="m,m", C="n,m")
    namespace = {}
    exec(e.numpy("f"), namespace)
    del values["S"]
    np.testing.assert_allclose(namespace["f"](**values), e(**values), rtol=1e-11)
    turned = pf.matrix("sylv(A, B, C')", A="n,n", B="m,m", C="m,n")
    flipped = turned(A=values["A"], B=values["B"], C=values["C"].T)
    np.testing.assert_allclose(flipped, e(**values), rtol=1e-11)


def test_a_solution_is_symmetric_only_where_one_side_is_the_transpose_of_the_other():
    assert (
        str(pf.matrix("sylv(A, A', C)'", A="n,n", C=pf.Symbol("n,n", symmetric=True)))
        == "sylv(A, A', C)"
    )
    e = pf.matrix("sylv(A, A, C) - sylv(A, A, C)'", A="n,n", C=pf.Symbol("n,n", symmetric=True))
    A, C = np.array([[1.0, 2.0], [0.0, 3.0]]), np.array([[1.0, 2.0], [2.0, 5.0]])
    Y = solved(A, A, C)
    np.testing.assert_allclose(e(A=A, C=C), Y - Y.T, rtol=1e-12)


def test_without_one_solution():
    A = np.diag([1.0, 2.0])
    with pytest.raises(SingularMatrixError):
        pf.matrix("sylv(A, B, C)", A="n,n", B="n,n", C="n,n")(A=A, B=-A, C=A)


@pytest.mark.parametrize("text", ["nuc(X)", "nuc(X*A)", "nuc(X - A)", "nuc(2*X)", "nuc(X' + A*X')"])
def test_second_derivatives_of_nuclear_norms_are_solved_by_eigenvectors(text):
    n = 3
    rng = np.random.default_rng(1)
    values = {"X": rng.normal(size=(n, n)), "A": rng.normal(size=(n, n))}
    e = pf.matrix(text, X="n,n", A="n,n") if "A" in text else pf.matrix(text, X="n,n")
    given = {own: values[own] for own in e.symbols}
    hessian = e.hessian("X")
    want = pf.hessian(lambda x: e(**(given | {"X": x})))(values["X"])
    np.testing.assert_allclose(hessian(**given), want, atol=1e-9 * np.abs(want).max())
