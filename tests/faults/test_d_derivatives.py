"""Group D: linear algebra under differentiation: conventions, singular matrices, refusals."""

import numpy as np
import pytest
from autodiff.scalarised import close, difference_gradient

import pyframe as pf
from pyframe.errors import (
    DegenerateSpectrumError,
    MissingRule,
    NotPositiveDefiniteError,
    ParameterError,
    PyframeError,
    ShapeError,
    SingularMatrixError,
    UnsupportedOperation,
)

rng = np.random.default_rng(31)


def some(*shape):
    return rng.uniform(-1.0, 1.0, shape)


def regular(*shape):
    return some(*shape) + 2.0 * np.eye(shape[-2], shape[-1])


def sym(a):
    return (a + np.swapaxes(a, -1, -2)) / 2


def positive(*shape):
    a = some(*shape)
    return a @ np.swapaxes(a, -1, -2) + np.eye(shape[-1])


def test_d7_symmetric_arguments_have_the_symmetric_derivative():
    a = positive(3, 3)
    for f in (lambda a: np.linalg.cholesky(a)[2, 0], lambda a: np.linalg.eigvalsh(a)[0]):
        g = pf.grad(f)(a)
        assert np.array_equal(g, g.T)
    # Along symmetric directions it is the derivative of NumPy's function, which reads one triangle.
    d = sym(some(3, 3))
    want = difference_gradient(lambda t: np.linalg.cholesky(a + t * d)[2, 0], [0.0])[0]
    close(np.sum(pf.grad(lambda a: np.linalg.cholesky(a)[2, 0])(a) * d), want, 1e-9, "cholesky")


@pytest.mark.parametrize(
    "f", [np.linalg.cholesky, np.linalg.eigvalsh, lambda a: np.linalg.eigh(a)[1]]
)
def test_d6_matrices_that_are_not_symmetric_are_refused(f):
    a = positive(3, 3)
    a[0, 2] += 0.1
    with pytest.raises(ParameterError, match="not symmetric"):
        pf.grad(lambda a: np.sum(f(a)))(a)


def test_d3_derivative_of_det_of_singular_matrices():
    for rank in (0, 1, 2):
        a = some(3, rank) @ some(rank, 3)
        cofactors = np.array([[(-1) ** (i + j) * np.linalg.det(np.delete(np.delete(a, i, 0), j, 1))
                               for j in range(3)] for i in range(3)])  # fmt: skip
        close(pf.grad(np.linalg.det)(a), cofactors, 1e-13, f"rank {rank}")


def test_norms_at_zero():
    x = np.zeros((3, 3))
    for p in (None, "fro", "nuc", 1, 2, np.inf):
        assert not np.any(pf.grad(lambda a, p=p: np.linalg.norm(a, p))(x)), p
    for p in (None, 1, 2, 3, 1.5, 0.5, np.inf, 0):
        assert not np.any(pf.grad(lambda a, p=p: np.linalg.norm(a, p))(x[0])), p
        assert not np.any(
            pf.grad(lambda a, p=p: pf.grad(lambda a: np.linalg.norm(a, p))(a)[0])(x[0])
        ), p
    rows = np.array([[0.0, 0.0], [3.0, 4.0]])
    assert pf.grad(lambda a: np.sum(np.linalg.norm(a, axis=1)))(rows).tolist() == [
        [0, 0],
        [0.6, 0.8],
    ]
    assert np.isfinite(pf.grad(lambda a: np.sum(np.linalg.norm(a, 0.5, axis=1)))(rows)).all()
    assert np.isfinite(pf.grad(lambda a: np.sum(np.linalg.norm(a, 3, axis=1)))(rows)).all()


def test_norms_among_equals_share():
    assert np.allclose(
        pf.grad(lambda a: np.linalg.norm(a, np.inf))(np.array([2.0, -2.0, 1.0])), [0.5, -0.5, 0]
    )
    g = pf.grad(lambda a: np.linalg.norm(a, 2))(np.eye(4))
    assert np.isclose(np.trace(g), 1.0)


def test_d18_norms_are_scaled():
    x = np.array([3e200, 4e200])
    assert np.allclose(pf.grad(np.linalg.norm)(x), [0.6, 0.8], rtol=1e-15)


REFUSED = {
    "solve of a singular matrix": (lambda a: np.linalg.solve(a * 0, a), SingularMatrixError, "pivot 0"),
    "inv of a singular matrix": (lambda a: np.linalg.inv(a * 0), SingularMatrixError, "singular"),
    "slogdet of a singular matrix": (lambda a: np.linalg.slogdet(a * 0)[1], SingularMatrixError, "singular"),
    "qr without full rank": (lambda a: np.linalg.qr(a * 0)[1], SingularMatrixError, "singular"),
    "cholesky of an indefinite matrix": (lambda a: np.linalg.cholesky(-(a @ a.T)), NotPositiveDefiniteError, "order 1"),
    "solve of a rectangle": (lambda a: np.linalg.solve(a[:2], a[:2]), ShapeError, "square"),
    "solve of other lengths": (lambda a: np.linalg.solve(a, a[:2]), ShapeError, "fit"),
    "det of a vector": (lambda a: np.linalg.det(a[0]), ShapeError, "takes matrices"),
    "inv of a rectangle": (lambda a: np.linalg.inv(a[:2]), ShapeError, "square"),
    "eigh of a rectangle": (lambda a: np.linalg.eigh(a[:2])[0], ShapeError, "square"),
    "eigh of another triangle": (lambda a: np.linalg.eigvalsh(a @ a.T, "X"), ParameterError, "UPLO"),
    "qr as LAPACK has it": (lambda a: np.linalg.qr(a, mode="raw")[0], UnsupportedOperation, "qr.*mode='raw'"),
    "columns that complete Q": (lambda a: np.linalg.qr(a[:, :1], mode="complete")[0], MissingRule, "complete"),
    "columns that complete U": (lambda a: np.linalg.svd(a[:, :1])[0], MissingRule, "full SVD"),
    "eig": (lambda a: np.linalg.eig(a)[0], UnsupportedOperation, "numpy.linalg.eig "),
    "eigvals": (np.linalg.eigvals, UnsupportedOperation, "numpy.linalg.eigvals "),
    "norm of another order": (lambda a: np.linalg.norm(a, 3), ParameterError, "order 3"),
    "norm of a vector by name": (lambda a: np.linalg.norm(a[0], "fro"), ParameterError, "order 'fro'"),
    "norm over three axes": (lambda a: np.linalg.norm(a[None], 2), ShapeError, "3 axes"),
    "power of a rectangle": (lambda a: np.linalg.matrix_power(a[:2], 2), ShapeError, "square"),
    "multi_dot of one": (lambda a: np.linalg.multi_dot([a]), ShapeError, "two arrays"),
    "multi_dot of stacks": (lambda a: np.linalg.multi_dot([a, a[None], a]), ShapeError, "between"),
    "lstsq of stacks": (lambda a: np.linalg.lstsq(a[None], a)[0], ShapeError, "a matrix"),
    "tensorinv over nothing": (lambda a: np.linalg.tensorinv(a, 0), ParameterError, "ind=0"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refusals(name):
    f, kind, text = REFUSED[name]
    with pytest.raises(kind, match=text) as caught:
        pf.grad(lambda a: np.sum(f(a)))(regular(3, 3))
    assert isinstance(caught.value, PyframeError)


def test_d19_singular_members_of_a_stack_are_found():
    with pytest.raises(SingularMatrixError):
        pf.grad(lambda a: np.sum(np.linalg.inv(a)))(np.stack([np.eye(2), np.zeros((2, 2))]))
    g = pf.grad(lambda a: np.sum(np.linalg.det(a)))(np.stack([np.eye(2), np.zeros((2, 2))]))
    assert np.array_equal(g[1], np.zeros((2, 2)))


@pytest.mark.parametrize("f", [np.linalg.det, lambda a: np.sum(np.linalg.inv(a)), lambda a: np.sum(np.linalg.svdvals(a)),
                               lambda a: np.sum(np.linalg.eigvalsh(a)), lambda a: np.sum(np.linalg.qr(a)[1])])  # fmt: skip
def test_d16_nan_flows(f):
    a = np.eye(3)
    a[1, 1] = np.nan
    assert np.isnan(pf.jvp(f, (a,), (a,))[0])


# -- equal eigenvalues and singular values (K7) ----------------------------------------------


def with_spectrum(*w):
    q = np.linalg.qr(some(len(w), len(w))).Q
    return sym(q @ np.diag(w) @ q.T)


REPEATED = {
    "identity": np.eye(3),
    "zero": np.zeros((3, 3)),
    "two of three": with_spectrum(1.0, 1.0, 2.0),
    "two pairs": with_spectrum(-1.0, -1.0, 3.0, 3.0),
    "large": 1e6 * with_spectrum(1.0, 1.0, 1.0, 2.0),
}


@pytest.mark.parametrize("name", REPEATED)
def test_d8_functions_of_all_eigenvalues_are_exact(name):
    a = REPEATED[name]
    w, v = np.linalg.eigh(a)
    close(pf.grad(lambda a: np.sum(np.linalg.eigvalsh(a)))(a), np.eye(len(a)), 1e-14, "sum")
    scale = max(np.max(np.abs(a)), 1.0)
    got = pf.grad(lambda a: np.sum(np.exp(np.linalg.eigvalsh(a) / scale)))(a)
    close(got, v * np.exp(w / scale) @ v.T / scale, 1e-13, "sum of exponentials")
    close(pf.grad(lambda a: np.sum(np.linalg.svdvals(a)))(np.eye(3)), np.eye(3), 1e-13, "svd")


@pytest.mark.parametrize("cluster", [slice(0, 2), slice(2, None)])
def test_projectors_onto_whole_clusters_are_exact(cluster):
    a = with_spectrum(1.0, 1.0, 2.0, 4.0)
    g = some(4, 4)

    def projected(a):
        v = np.linalg.eigh(sym(a))[1][:, cluster]
        return np.sum(g * (v @ v.T))

    want = difference_gradient(projected, [a])[0]
    close(pf.grad(projected)(a), want, 1e-9, "projector")


def test_vectors_outside_a_cluster_have_their_derivative():
    a = with_spectrum(1.0, 1.0, 2.0)
    single = lambda a: np.linalg.eigh(a)[1][0, 2] ** 2  # noqa: E731
    want = difference_gradient(lambda a: single(sym(a)), [a])[0]
    close(pf.grad(single)(a), want, 1e-9, "the third vector")


def test_values_and_vectors_outside_a_cluster():
    # The leading component of a matrix whose other eigenvalues are all 0.
    x = some(4, 1)
    a = x @ x.T
    g = some(4, 4)

    def leading(a):
        w, v = np.linalg.eigh(a)
        return np.sum(g * (w[-1:] * v[:, -1:] @ v[:, -1:].T)) + w[3] * v[0, 3] * v[1, -1]

    close(
        pf.grad(leading)(a), difference_gradient(lambda a: leading(sym(a)), [a])[0], 1e-9, "leading"
    )


def test_truncated_svd_of_a_matrix_of_that_rank():
    a, g = some(4, 2) @ some(2, 5), some(4, 5)

    def truncated(a):
        u, s, vt = np.linalg.svd(a, full_matrices=False)
        return np.sum(g * (u[:, :2] * s[:2] @ vt[:2]))

    u, _, vt = np.linalg.svd(a)
    p, q = u[:, :2] @ u[:, :2].T, vt[:2].T @ vt[:2]
    close(pf.grad(truncated)(a), p @ g + g @ q - p @ g @ q, 1e-11, "projection on the tangents")


def cubed(a):
    w, v = np.linalg.eigh(a)
    return (v * w**3 @ v.T)[0, 1]


def test_a_quotient_whose_adjoints_vanish_is_no_zero():
    # log(I) = 0, and the derivative of its elements is not.
    def log(a):
        w, v = np.linalg.eigh(a)
        return (v * np.log(w) @ v.T)[0, 1]

    with pytest.raises(DegenerateSpectrumError):
        pf.grad(log)(np.eye(3))


NEEDS_A_GAP = {
    "eigenvector": lambda a: np.linalg.eigh(a)[1][0, 0] + np.linalg.eigh(a)[1][1, 0],
    "left singular vector": lambda a: np.arange(1.0, 4.0) @ np.linalg.svd(a)[0][:, 0],
    "right singular vector": lambda a: np.arange(1.0, 4.0) @ np.linalg.svd(a)[2][0],
    "values and vectors": cubed,
}


@pytest.mark.parametrize("name", NEEDS_A_GAP)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_d9_and_d10_vectors_of_equal_values_have_no_derivative(name, dtype):
    f = NEEDS_A_GAP[name]
    for a in (np.eye(3), 1e8 * np.eye(3), with_spectrum(-2.0, -2.0, 1.0)):
        x = a.astype(dtype)
        with pytest.raises(DegenerateSpectrumError, match="gap in the spectrum"):
            pf.grad(f)(x)
        with pytest.raises(np.linalg.LinAlgError):
            pf.jvp(f, (x,), (sym(some(3, 3)).astype(dtype),))


def test_one_member_of_a_stack_without_a_gap():
    a, g = np.stack([np.diag([1.0, 2.0, 3.0]), np.eye(3)]), some(3, 3)
    with pytest.raises(DegenerateSpectrumError, match="0 and 1"):
        pf.grad(lambda a: np.sum(np.linalg.eigh(a)[1] * g))(a)
    assert np.isfinite(pf.grad(lambda a: np.sum(np.linalg.eigh(a)[1][0] * g))(a[:1])).all()


def test_a_small_gap_is_a_gap():
    for gap in (1e-3, 1e-6, 1e-9):
        a = np.diag([1.0, 1.0 + gap, 3.0])
        # dv_1 = (v_2^T dA v_1) / (w_1 - w_2) v_2 + ...
        g = pf.grad(lambda a: np.linalg.eigh(a)[1][1, 0])(a)
        assert g[0, 1] == pytest.approx(-0.5 / gap, rel=1e-6)
        assert np.array_equal(g, g.T)


def test_d10_zero_singular_values():
    a = some(4, 1) @ some(1, 2)
    close(pf.grad(lambda a: np.sum(np.linalg.svdvals(a)[:1]))(a), np.outer(*(x[0] for x in (
        np.linalg.svd(a)[0].T, np.linalg.svd(a)[2]))), 1e-13, "the value that is not zero")  # fmt: skip
    whole = lambda a: np.linalg.svd(a, full_matrices=False)  # noqa: E731
    for f in (lambda u, s, vt: np.sum(u**3), lambda u, s, vt: np.sum(u * s @ vt)):
        with pytest.raises(DegenerateSpectrumError):
            pf.grad(lambda a, f=f: f(*whole(a)))(a)


def test_functions_of_both_sides_are_exact_at_equal_singular_values():
    # The orthogonal factor of the polar decomposition: at the identity it moves by the skew part.
    def polar(a):
        u, _, vt = np.linalg.svd(a)
        return np.sum(g * (u @ vt))

    g = some(3, 3)
    close(pf.grad(polar)(np.eye(3)), (g - g.T) / 2, 1e-13, "identity")
    q = np.linalg.qr(some(3, 3)).Q
    a = q @ np.diag([2.0, 2.0, 1.0]) @ with_spectrum(-1.0, 1.0, 1.0)
    close(pf.grad(polar)(a), difference_gradient(polar, [a])[0], 1e-9, "polar")
