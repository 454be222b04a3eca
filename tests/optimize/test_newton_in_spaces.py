"""Newton's method for variables in spaces of matrices."""

import pickle
from functools import partial

import numpy as np
import pytest

import pyframe as pf

A, B = np.diag([1.0, 2.0, 3.0]), np.arange(9.0).reshape(3, 3)
UNITS = np.eye(9).reshape(9, 3, 3)
# A basis of each space, and a start in it.
SPACES = {
    "symmetric": ([U + U.T for U in UNITS], np.eye(3)),
    "skew": ([U - U.T for U in UNITS], np.zeros((3, 3))),
    "diagonal": ([np.diag(u) for u in np.eye(3)], np.eye(3)),
    "upper-triangular": ([np.triu(U) for U in UNITS], np.eye(3)),
    "toeplitz": ([np.eye(3, k=k) for k in range(-2, 3)], np.eye(3)),
}


def problem(space):
    f = pf.matrix("norm2(A*X-B)^2/2", X=pf.Symbol("n,n", space=space))
    given = {"A": A, "B": B}
    return [partial(own, **given) for own in (f, f.gradient("X"), f.hessian("X").structured)]


def closed(space):
    """The projector, P H P, and the minimiser, all from the basis."""
    columns = np.array(SPACES[space][0]).reshape(-1, 9).T
    u, s, _ = np.linalg.svd(columns, full_matrices=False)
    basis = u[:, s > 1e-12]
    whole = np.kron(A.T @ A, np.eye(3))
    projector = basis @ basis.T
    inside = basis.T @ whole @ basis
    best = basis @ np.linalg.solve(inside, basis.T @ (A.T @ B).ravel())
    return projector, projector @ whole @ projector, best.reshape(3, 3)


@pytest.mark.parametrize("space", SPACES)
def test_the_hessian_is_symmetric_and_solved_within_the_space(space):
    projector, wanted, _ = closed(space)
    h = problem(space)[2](X=SPACES[space][1])
    assert h.structure == "within a space"
    np.testing.assert_allclose(h.to_matrix(), wanted, atol=1e-14)
    np.testing.assert_allclose(np.asarray(h).reshape(9, 9), wanted, atol=1e-14)
    b = np.random.default_rng(0).normal(size=(3, 3))
    np.testing.assert_allclose(h @ b, (wanted @ b.ravel()).reshape(3, 3), atol=1e-14)
    for x in (h.solve(b), -h.newton_direction(b)):
        np.testing.assert_allclose(wanted @ x.ravel(), projector @ b.ravel(), atol=1e-13)
        np.testing.assert_allclose(projector @ x.ravel(), x.ravel(), atol=1e-15)
    assert h.solve(b.ravel()).shape == (9,)
    again = pickle.loads(pickle.dumps(h))
    np.testing.assert_array_equal(again.solve(b), h.solve(b))


def test_each_way_to_a_hessian_gives_that_in_the_space():
    f = pf.matrix("norm2(A*X-B)^2/2", X=pf.Symbol("n,n", space="symmetric"))
    given = {"A": A, "B": B, "X": np.eye(3)}
    for h in (f.hessian("X"), f.derivative("X", "X"), f.gradient("X").jacobian("X")):
        matrix = pickle.loads(pickle.dumps(h)).structured(**given).to_matrix()
        np.testing.assert_allclose(matrix, closed("symmetric")[1], atol=1e-14)


@pytest.mark.parametrize("direction", ["newton", "newton-cg"])
@pytest.mark.parametrize("space", SPACES)
def test_the_steps_stay_in_the_space(space, direction):
    f, gradient, hess = problem(space)
    r = pf.minimize(f, SPACES[space][1], gradient, direction, hess=hess, gtol=1e-10)
    assert r.success and (r.nit == 1 or direction == "newton-cg")
    np.testing.assert_allclose(r.x, closed(space)[2], atol=1e-9)


@pytest.mark.parametrize("direction", ["newton", "newton-cg"])
def test_a_constant_sum(direction):
    S = np.diag([1.0, 2.0, 4.0])
    f = pf.matrix("w'*S*w/2", w=pf.Symbol("n", space="simplex"))
    hess = partial(f.hessian("w").structured, S=S)
    x0, gradient = np.array([1.0, 0.0, 0.0]), partial(f.gradient("w"), S=S)
    r = pf.minimize(partial(f, S=S), x0, gradient, direction, hess=hess, gtol=1e-10)
    assert r.success
    np.testing.assert_allclose(r.x, np.array([4.0, 2.0, 1.0]) / 7, atol=1e-9)


def test_an_indefinite_hessian_in_a_space_descends():
    f = pf.matrix("tr(X^4)/4 - norm2(X)^2/2", X=pf.Symbol("n,n", space="symmetric"))
    X = np.diag([0.1, -0.2]) + 0.05
    r = pf.minimize(f, X, f.gradient("X"), "newton", hess=f.hessian("X"), gtol=1e-9)
    assert r.success
    np.testing.assert_array_equal(r.x, r.x.T)
    np.testing.assert_allclose(np.abs(np.linalg.eigvalsh(r.x)), 1, atol=1e-8)


def test_a_hessian_that_is_singular_in_its_space():
    f = pf.matrix("inner(S, X)^2", X=pf.Symbol("n,n", space="symmetric"))
    h = f.hessian("X").structured(S=np.eye(2), X=np.eye(2))
    with pytest.raises(np.linalg.LinAlgError, match=r"[Ss]ingular"):
        h.solve(np.diag([1.0, 2.0]))
    g = np.diag([1.0, 2.0])
    assert np.sum(g * h.newton_direction(g)) < 0


@pytest.mark.parametrize("length", [0, 1])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_empty_and_single_variables(length, dtype):
    f = pf.matrix("norm2(X)^2", X=pf.Symbol("n,n", space="symmetric"))
    h = f.hessian("X").structured(np.eye(length, dtype=dtype))
    b = np.full((length, length), 4, dtype)
    for found, wanted in ((h.solve(b), b / 2), (h.newton_direction(b), -b / 2), (h @ b, 2 * b)):
        np.testing.assert_allclose(found, wanted)
        assert found.dtype == dtype
    assert h.to_dense().shape == (length,) * 4


def test_a_space_of_ones_own():
    centred = pf.space("centred")(lambda G, X: G - np.sum(G) / X.size)
    f = pf.matrix("x'*S*x/2 - sum(b.*x)", x=pf.Symbol("n", space=centred))
    given = {"S": np.diag([1.0, 2.0, 4.0]), "b": np.arange(3.0)}
    h = f.hessian("x").structured(np.zeros(3), **given)
    x = h.solve(given["b"])
    assert abs(x.sum()) < 1e-14
    assert np.ptp(given["S"] @ x - given["b"]) < 1e-14
