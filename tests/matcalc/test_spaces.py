"""Hessians in spaces, whose bases are matrices or have few elements."""

import numpy as np
import pytest

import pyframe as pf
from pyframe.errors import PluginError, UnsupportedOperation
from pyframe.matcalc.hessians.confined import Basis
from pyframe.matcalc.spaces import orthonormal


def centred(*others):
    """The projector that takes these vectors and the mean away."""

    def project(g):
        rows = np.array([np.ones(g.size), *others])
        return g - rows.T @ np.linalg.lstsq(rows.T, g, rcond=None)[0]

    return project


@pytest.mark.parametrize("n", [1, 2, 5, 40])
def test_a_dense_projector_has_a_basis(n):
    ramp = np.arange(n) ** 2.0
    for project in (centred(), centred(ramp), centred(ramp, ramp, np.sin(ramp))):
        basis = Basis(project, (n,))
        projector = np.array([project(row) for row in np.eye(n)]).reshape(n, n)
        assert basis.count == round(np.trace(projector))
        columns = np.array([basis.array(row) for row in np.eye(basis.count)]).reshape(-1, n)
        np.testing.assert_allclose(columns @ columns.T, np.eye(basis.count), atol=1e-12)
        np.testing.assert_allclose(columns.T @ columns, projector, atol=1e-12)
        v = np.cos(ramp)
        np.testing.assert_allclose(basis.coordinates(v), columns @ v, atol=1e-12)
        assert np.all(basis.magnitudes(v) >= np.abs(columns @ v) - 1e-12)


@pytest.mark.parametrize("n", [2, 3, 30, 1000])
def test_a_constant_sum(n):
    draw = np.random.default_rng(n)
    x, b = draw.normal(size=(2, n))
    h = pf.matrix("sum(exp(x))", x=pf.Symbol("n", space="simplex")).hessian("x").structured(x=x)
    # What is wanted, by a multiplier for the sum.
    multiplier = np.sum(b / np.exp(x)) / np.sum(1 / np.exp(x))
    wanted = (b - multiplier) / np.exp(x)
    np.testing.assert_allclose(h.solve(b), wanted, rtol=1e-8, atol=1e-11 * abs(wanted).max())
    np.testing.assert_allclose(h.newton_direction(b), -wanted, rtol=1e-8, atol=1e-10)
    if n <= 30:
        P = np.eye(n) - 1 / n
        np.testing.assert_allclose(h.to_dense(), P @ np.diag(np.exp(x)) @ P, atol=1e-13)


def test_matrices_with_rows_of_constant_sums():
    @pf.space("constant-rows")
    def rows(G, X):
        n = X.shape[1]
        return G - np.outer(np.sum(G, axis=1), np.ones(n)) / n

    draw = np.random.default_rng(0)
    for m, n in ((2, 3), (7, 5)):
        X, b = draw.normal(size=(2, m, n))
        h = pf.matrix("sum(exp(X))", X=pf.Symbol("m,n", space=rows)).hessian("X").structured(X=X)
        own = pf.Symbol("n", space="simplex")
        single = pf.matrix("sum(exp(x))", x=own).hessian("x")
        wanted = np.array([single.structured(x=x).solve(c) for x, c in zip(X, b, strict=True)])
        np.testing.assert_allclose(h.solve(b), wanted, rtol=1e-9)
        np.testing.assert_allclose((h @ wanted), b - b.mean(axis=1)[:, None], atol=1e-12)


def test_a_projector_that_depends_on_the_variable_is_refused_without_samples():
    curved = pf.space("sphere-of-mine")(lambda G, X: G - X * np.sum(X * G))
    e = pf.matrix("sum(exp(x))", x=pf.Symbol("n", space=curved))
    for derive in (e.gradient, e.hessian, e.derivation):
        with pytest.raises(PluginError, match=r"'sphere-of-mine' depends on .* sample=\.\.\."):
            derive("x")
    curved = pf.space("sphere-of-mine", sample=orthonormal)(lambda G, X: G - X * np.sum(X * G))
    x = np.array([0.6, 0.8])
    found = pf.matrix("sum(exp(x))", x=pf.Symbol("n", space=curved)).gradient("x")(x=x)
    np.testing.assert_allclose(found, np.exp(x) - x * (x @ np.exp(x)), rtol=1e-14)


def test_what_is_equal_is_not_decided_in_projectors_and_rules():
    first = pf.space("first-of-three")(lambda G, X: G if X.shape[0] == 3 else 0 * G)
    with pytest.raises(UnsupportedOperation, match="== and != of expressions"):
        pf.matrix("sum(x)", x=pf.Symbol("n", space=first)).gradient("x")
    same = pf.space("as-it-is")(lambda G, X: G if G.shape == X.shape else 0 * G)
    assert str(pf.matrix("sum(x)", x=pf.Symbol("n", space=same)).gradient("x")) == "ones(n)"
    own = pf.primitive("twice-or-not", proof="on-first-use")(lambda x: 2 * x)
    own.rule(lambda y, x, dx: 2 * dx if x.shape != (97,) else dx)
    with pytest.raises(UnsupportedOperation, match="== and != of expressions"):
        own(pf.Symbol("n", name="x"))
