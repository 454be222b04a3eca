"""numpy.linalg: systems, determinants, factorisations and norms, to second order."""

import numpy as np
import pytest
from autodiff.scalarised import check, close, leaves, one_number

import pyframe as pf
from pyframe.errors import ParameterError

rng = np.random.default_rng(30)


def some(*shape):
    return rng.uniform(-1.0, 1.0, shape)


def regular(*shape):
    return some(*shape) + 2.0 * np.eye(shape[-2], shape[-1])


def sym(a):
    return (a + np.swapaxes(a, -1, -2)) / 2


def positive(*shape):
    a = some(*shape)
    return a @ np.swapaxes(a, -1, -2) + np.eye(shape[-1])


def mT(a):
    return np.swapaxes(a, -1, -2)


def cholesky_by_hand(a):
    """L of (A + A^T)/2, analytic in the elements."""
    a = sym(a)
    n = a.shape[-1]
    l = np.zeros(a.shape, a.dtype)
    for j in range(n):
        l[..., j, j] = np.sqrt(a[..., j, j] - np.sum(l[..., j, :j] ** 2, -1))
        for i in range(j + 1, n):
            l[..., i, j] = (a[..., i, j] - np.sum(l[..., i, :j] * l[..., j, :j], -1)) / l[..., j, j]
    return l


def qr_by_hand(a):
    """Gram and Schmidt's, with NumPy's signs."""
    signs = np.sign(np.diagonal(np.linalg.qr(np.real(a)).R, 0, -2, -1))
    k = min(a.shape[-2:])
    q, r = [], np.zeros((*a.shape[:-2], k, a.shape[-1]), a.dtype)
    for j in range(k):
        v = a[..., :, j]
        for i, e in enumerate(q):
            r[..., i, j] = np.sum(e * a[..., :, j], -1)
            v = v - r[..., i, j][..., None] * e
        r[..., j, j] = np.sqrt(np.sum(v * v, -1)) * signs[..., j]
        q.append(v / r[..., j, j][..., None])
    q = np.stack(q, -1)
    r[..., :, k:] = mT(q) @ a[..., :, k:]
    return q, r


def with_signs(u, *others):
    """Vectors turned such that the largest element of each of the first ones is positive."""
    places = np.argmax(np.abs(u), axis=-2)[..., None, :]
    signs = np.sign(np.take_along_axis(u, places, -2))
    return [u * signs, *(other * signs for other in others)]


def eigh_fixed(a, part=slice(None)):
    w, v = np.linalg.eigh(sym(a))
    return (w, *with_signs(v))[part]


def svd_fixed(a):
    u, s, vt = np.linalg.svd(a, full_matrices=False)
    u, v = with_signs(u, mT(vt))
    return u, s, mT(v)


def logabsdet(a):
    d = np.linalg.det(a)
    return np.log(d * d) / 2


def pinv_by_hand(a):
    if a.shape[-2] >= a.shape[-1]:
        return np.linalg.inv(mT(a) @ a) @ mT(a)
    return mT(a) @ np.linalg.inv(a @ mT(a))


ANALYTIC = {
    "solve": (np.linalg.solve, None, regular(3, 3), some(3, 2)),
    "solve-vector": (np.linalg.solve, None, regular(3, 3), some(3)),
    "solve-1x1": (np.linalg.solve, None, regular(1, 1), some(1)),
    "solve-stacks": (np.linalg.solve, None, regular(4, 1, 3, 3), some(2, 3, 2)),
    "solve-stack-vector": (np.linalg.solve, None, regular(4, 2, 2), some(2)),
    "inv": (np.linalg.inv, None, regular(3, 3)),
    "inv-1x1": (np.linalg.inv, None, regular(1, 1)),
    "inv-stack": (np.linalg.inv, None, regular(2, 2, 3, 3)),
    "det": (np.linalg.det, None, regular(3, 3)),
    "det-1x1": (np.linalg.det, None, regular(1, 1)),
    "det-stack": (np.linalg.det, None, regular(4, 3, 3)),
    "det-5x5": (np.linalg.det, None, regular(5, 5)),
    "slogdet": (lambda a: np.linalg.slogdet(a)[1], logabsdet, regular(3, 3)),
    "slogdet-negative": (lambda a: np.linalg.slogdet(a).logabsdet, logabsdet, regular(3, 3)[::-1]),
    "slogdet-stack": (lambda a: np.linalg.slogdet(a)[1], logabsdet, regular(2, 3, 3)),
    "power-3": (lambda a: np.linalg.matrix_power(a, 3), None, some(3, 3)),
    "power-6": (lambda a: np.linalg.matrix_power(a, 6), None, some(2, 3, 3)),
    "power-1": (lambda a: np.linalg.matrix_power(a, 1), None, some(3, 3)),
    "power-minus-2": (lambda a: np.linalg.matrix_power(a, -2), None, regular(3, 3)),
    "multi-dot": (lambda a, b, c: np.linalg.multi_dot([a, b, c]), None, some(2, 5), some(5, 3), some(3, 4)),
    "multi-dot-vectors": (lambda a, b, c: np.linalg.multi_dot([a, b, c]), None, some(5), some(5, 3), some(3)),
    "multi-dot-two": (lambda a, b: np.linalg.multi_dot([a, b]), None, some(2, 5), some(5)),
    "multi-dot-eight": (lambda a, b: np.linalg.multi_dot([a, b, b, b, b, b, b, b]), None, some(2, 3), some(3, 3)),
    "tensorsolve": (np.linalg.tensorsolve, None, regular(6, 6).reshape(2, 3, 3, 2), some(2, 3)),
    "tensorsolve-axes": (lambda a, b: np.linalg.tensorsolve(a, b, axes=(0, 2)), None,
                         regular(6, 6).reshape(3, 2, 2, 3), some(2, 3)),
    "tensorinv": (np.linalg.tensorinv, None, regular(6, 6).reshape(3, 2, 6)),
    "tensorinv-1": (lambda a: np.linalg.tensorinv(a, ind=1), None, regular(6, 6).reshape(6, 3, 2)),
    "cholesky": (lambda a: np.linalg.cholesky(a), cholesky_by_hand, positive(3, 3)),
    "cholesky-1x1": (lambda a: np.linalg.cholesky(a), cholesky_by_hand, positive(1, 1)),
    "cholesky-stack": (lambda a: np.linalg.cholesky(a), cholesky_by_hand, positive(2, 4, 4)),
    "cholesky-upper": (lambda a: np.linalg.cholesky(a, upper=True), lambda a: mT(cholesky_by_hand(a)), positive(3, 3)),
    "qr-tall": (lambda a: tuple(np.linalg.qr(a)), qr_by_hand, some(4, 3)),
    "qr-square": (lambda a: tuple(np.linalg.qr(a)), qr_by_hand, some(3, 3)),
    "qr-wide": (lambda a: tuple(np.linalg.qr(a)), qr_by_hand, some(2, 4)),
    "qr-stack": (lambda a: tuple(np.linalg.qr(a)), qr_by_hand, some(2, 3, 2)),
    "qr-1x1": (lambda a: tuple(np.linalg.qr(a)), qr_by_hand, some(1, 1)),
    "qr-r": (lambda a: np.linalg.qr(a, mode="r"), lambda a: qr_by_hand(a)[1], some(4, 3)),
    "qr-r-wide": (lambda a: np.linalg.qr(a, mode="r"), lambda a: qr_by_hand(a)[1], some(2, 3)),
    "pinv-tall": (np.linalg.pinv, pinv_by_hand, some(4, 2)),
    "pinv-wide": (np.linalg.pinv, pinv_by_hand, some(2, 4)),
    "pinv-square": (np.linalg.pinv, np.linalg.inv, regular(3, 3)),
    "pinv-stack": (np.linalg.pinv, pinv_by_hand, some(2, 4, 2)),
    "lstsq": (lambda a, b: np.linalg.lstsq(a, b)[0], lambda a, b: pinv_by_hand(a) @ b, some(5, 3), some(5)),
    "lstsq-many": (lambda a, b: np.linalg.lstsq(a, b)[0], lambda a, b: pinv_by_hand(a) @ b, some(5, 3), some(5, 2)),
    "lstsq-square": (lambda a, b: np.linalg.lstsq(a, b)[0], np.linalg.solve, regular(3, 3), some(3)),
    "lstsq-wide": (lambda a, b: np.linalg.lstsq(a, b)[0], lambda a, b: pinv_by_hand(a) @ b, some(2, 4), some(2)),
    "lstsq-residuals": (lambda a, b: np.linalg.lstsq(a, b)[1],
                        lambda a, b: np.sum((b - a @ (pinv_by_hand(a) @ b)) ** 2, 0), some(5, 2), some(5, 2)),
}  # fmt: skip


@pytest.mark.parametrize("name", ANALYTIC)
def test_against_complex_steps(name):
    f, oracle, *xs = ANALYTIC[name]
    check(f, *xs, oracle=oracle, rtol=1e-9, value_rtol=1e-11)


def nuclear(a):
    return np.sum(np.linalg.svd(a, compute_uv=False), -1)


SPECTRAL = {
    "eigvalsh": (lambda a: np.linalg.eigvalsh(a), lambda a: eigh_fixed(a, 0), sym(some(4, 4))),
    "eigvalsh-upper": (lambda a: np.linalg.eigvalsh(a, UPLO="U"), lambda a: eigh_fixed(a, 0), sym(some(3, 3))),
    "eigvalsh-stack": (lambda a: np.linalg.eigvalsh(a), lambda a: eigh_fixed(a, 0), sym(some(2, 3, 3))),
    "eigh": (lambda a: tuple(np.linalg.eigh(a)), eigh_fixed, sym(some(3, 3))),
    "eigh-1x1": (lambda a: tuple(np.linalg.eigh(a)), eigh_fixed, some(1, 1)),
    "eigh-upper": (lambda a: tuple(np.linalg.eigh(a, "u")), eigh_fixed, sym(some(3, 3))),
    "eigh-stack": (lambda a: tuple(np.linalg.eigh(a)), eigh_fixed, sym(some(2, 3, 3))),
    "svd-square": (lambda a: tuple(np.linalg.svd(a)), svd_fixed, some(3, 3)),
    "svd-tall": (lambda a: tuple(np.linalg.svd(a, full_matrices=False)), svd_fixed, some(4, 2)),
    "svd-wide": (lambda a: tuple(np.linalg.svd(a, full_matrices=False)), svd_fixed, some(2, 4)),
    "svd-stack": (lambda a: tuple(np.linalg.svd(a, full_matrices=False)), svd_fixed, some(2, 3, 2)),
    "svd-1x1": (lambda a: tuple(np.linalg.svd(a)), svd_fixed, some(1, 1)),
    "svd-full-small-side": (lambda a: tuple(np.linalg.svd(a)[1:]), lambda a: svd_fixed(a)[1:], some(4, 2)),
    "svd-values": (lambda a: np.linalg.svd(a, compute_uv=False), lambda a: svd_fixed(a)[1], some(3, 4)),
    "svdvals": (np.linalg.svdvals, lambda a: svd_fixed(a)[1], some(2, 4, 3)),
    "svd-hermitian": (lambda a: np.linalg.svd(a, hermitian=True)[1], lambda a: svd_fixed(sym(a))[1], sym(some(4, 4))),
    "svd-hermitian-values": (lambda a: np.linalg.svd(a, compute_uv=False, hermitian=True),
                             lambda a: svd_fixed(sym(a))[1], sym(some(2, 3, 3))),
    "norm-fro": (np.linalg.norm, None, some(3, 4)),
    "norm-vector": (np.linalg.norm, None, some(5)),
    "norm-axis": (lambda a: np.linalg.norm(a, axis=0), None, some(3, 4)),
    "norm-keepdims": (lambda a: np.linalg.norm(a, axis=-1, keepdims=True), None, some(3, 4)),
    "norm-all-keepdims": (lambda a: np.linalg.norm(a, keepdims=True), None, some(2, 3, 4)),
    "norm-axes": (lambda a: np.linalg.norm(a, axis=(0, 2)), None, some(2, 3, 4)),
    "norm-number": (np.linalg.norm, None, some() + 3.0),
    **{f"vector-norm-{p}": (lambda a, p=p: np.linalg.norm(a, p, axis=1), None, some(3, 4))
       for p in (1, 2, 3, 0, -1, 1.5, 2.5, -2, np.inf, -np.inf)},
    **{f"matrix-norm-{p}": (lambda a, p=p: np.linalg.norm(a, p), None, some(3, 4))
       for p in ("fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf)},
    **{f"matrix-norm-{p}-axes": (lambda a, p=p: np.linalg.norm(a, p, axis=(2, 0), keepdims=True), None, some(3, 2, 4))
       for p in ("fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf)},
    "vector_norm": (np.linalg.vector_norm, None, some(3, 4)),
    "vector_norm-axes": (lambda a: np.linalg.vector_norm(a, axis=(0, 2), ord=3, keepdims=True), None, some(2, 3, 4)),
    "vector_norm-1": (lambda a: np.linalg.vector_norm(a, axis=1, ord=1), None, some(2, 3, 4)),
    "matrix_norm": (np.linalg.matrix_norm, None, some(2, 3, 4)),
    "matrix_norm-nuc": (lambda a: np.linalg.matrix_norm(a, ord="nuc", keepdims=True), None, some(2, 3, 4)),
    **{f"cond-{p}": (lambda a, p=p: np.linalg.cond(a, p), None, regular(3, 3))
       for p in (None, 2, -2, 1, -1, "fro", "nuc", np.inf, -np.inf)},
    "cond-rectangular": (np.linalg.cond, None, some(2, 4, 3)),
    "lstsq-singular-values": (lambda a: np.linalg.lstsq(a, np.ones(4))[3], lambda a: svd_fixed(a)[1], some(4, 2)),
}  # fmt: skip


@pytest.mark.parametrize("name", SPECTRAL)
def test_against_differences(name):
    f, oracle, *xs = SPECTRAL[name]
    check(f, *xs, oracle=oracle, by="differences", rtol=3e-8, value_rtol=1e-12)


# -- values and options ----------------------------------------------------------------------


def traced(f, *xs):
    return pf.vjp(f, *xs)[0]


def test_results_are_numpy_s():
    a = some(3, 3)
    s = positive(3, 3)
    names = {}

    def f(a, s):
        for made in (np.linalg.slogdet(a), np.linalg.eigh(s), np.linalg.qr(a), np.linalg.svd(a)):
            names[type(made).__name__] = made._fields
        return np.sum(a) + np.sum(s)

    pf.grad(f)(a, s)
    assert names == {
        "SlogdetResult": ("sign", "logabsdet"),
        "EighResult": ("eigenvalues", "eigenvectors"),
        "QRResult": ("Q", "R"),
        "SVDResult": ("U", "S", "Vh"),
    }


@pytest.mark.parametrize(
    "shape", [(4, 3), (3, 4), (3, 3), (2, 4, 3), (1, 1), (0, 2), (2, 0), (0, 0)]
)
def test_values_of_factorisations(shape):
    a = some(*shape)
    for mode in ("reduced", "complete", "r"):
        want = np.linalg.qr(a, mode=mode)
        for g, w in zip(
            leaves(traced(lambda a, mode=mode: np.linalg.qr(a, mode=mode), a)),
            leaves(want),
            strict=True,
        ):
            close(g, w, 1e-13, mode)
    for full in (False, True):
        u, s, vt = traced(lambda a, full=full: tuple(np.linalg.svd(a, full_matrices=full)), a)
        for g, w in zip((u, s, vt), np.linalg.svd(a, full_matrices=full), strict=True):
            assert g.shape == w.shape
        k = s.shape[-1]
        close(u[..., :k] * s[..., None, :] @ vt[..., :k, :], a, 1e-13, "svd")
        close(
            mT(u) @ u,
            np.broadcast_to(np.eye(u.shape[-1]), (*shape[:-2], u.shape[-1], u.shape[-1])),
            1e-13,
            "u",
        )


def test_svd_of_a_symmetric_matrix_by_eigenvalues():
    a = sym(some(2, 4, 4))
    u, s, vt = traced(lambda a: tuple(np.linalg.svd(a, hermitian=True)), a)
    close(u * s[..., None, :] @ vt, a, 1e-13, "product")
    close(s, np.linalg.svd(a, compute_uv=False), 1e-13, "values")

    def product(a):
        u, s, vt = np.linalg.svd(a, hermitian=True)
        return u @ (s[..., None, :] * vt * s[..., :, None]) @ u

    g = one_number(product)
    assert np.isfinite(pf.grad(g)(a)).all()


@pytest.mark.parametrize("shape", [(0, 0), (3, 0, 0), (0, 2, 2)])
def test_matrices_without_elements(shape):
    a = np.zeros(shape)
    for f in (np.linalg.det, np.linalg.inv, lambda a: np.linalg.slogdet(a)[1], lambda a: np.linalg.cholesky(a),
              lambda a: np.linalg.eigvalsh(a), lambda a: np.linalg.pinv(a), lambda a: np.linalg.solve(a, a),
              lambda a: np.linalg.matrix_power(a, 2), np.linalg.svdvals, lambda a: np.linalg.matrix_norm(a)):  # fmt: skip
        check(f, a, oracle=lambda a, f=f: f(np.real(a)), second=False)


def test_rank_is_a_whole_number_without_derivative():
    a = some(4, 3)
    a[:, 2] = a[:, 0] + a[:, 1]

    def f(a):
        rank = np.linalg.matrix_rank(a)
        assert rank == 2
        assert rank.dtype == int
        return np.sum(a) * rank

    assert np.array_equal(pf.grad(f)(a), np.full((4, 3), 2.0))
    assert traced(lambda a: np.linalg.matrix_rank(a, tol=1e9), a) == 0
    assert traced(lambda a: np.linalg.matrix_rank(a, rtol=1e-20), a) == 3
    assert traced(lambda a: np.linalg.matrix_rank(a[0]), a) == 1
    stack = np.stack([np.eye(3), np.diag([1.0, 0, 0])])
    assert traced(np.linalg.matrix_rank, stack).tolist() == [3, 1]


def test_least_squares():
    a, b = some(5, 3), some(5, 2)
    got = traced(lambda a, b: np.linalg.lstsq(a, b, rcond=None), a, b)
    for g, w in zip(got, np.linalg.lstsq(a, b, rcond=None), strict=True):
        close(g, w, 1e-12, "lstsq")
    a[:, 2] = a[:, 0] - a[:, 1]
    got = traced(lambda a, b: np.linalg.lstsq(a, b, rcond=None), a, b)
    want = np.linalg.lstsq(a, b, rcond=None)
    assert got[2] == want[2] == 2
    close(got[0], want[0], 1e-12, "x of a matrix without full rank")
    assert got[1].shape == (0,)


@pytest.mark.parametrize("shape", [(4, 3), (3, 4), (4, 4)])
def test_pseudo_inverse_at_a_lower_rank(shape):
    # Golub and Pereyra (1973): the derivative along matrices of one rank.
    b, c = some(shape[0], 2), some(2, shape[1])
    f = lambda b, c: np.linalg.pinv(b @ c, rcond=1e-10)  # noqa: E731
    exact = lambda b, c: pinv_by_hand(c) @ pinv_by_hand(b)  # noqa: E731
    check(f, b, c, oracle=exact, rtol=1e-8, value_rtol=1e-10, single=False)
    a, d = b @ c, some(*shape)
    p, da = np.linalg.pinv(a, rcond=1e-10), d
    want = (
        -p @ da @ p
        + p @ p.T @ da.T @ (np.eye(shape[0]) - a @ p)
        + (np.eye(shape[1]) - p @ a) @ da.T @ p.T @ p
    )
    close(pf.jvp(lambda a: np.linalg.pinv(a, rcond=1e-10), (a,), (d,))[1], want, 1e-9, "tangent")


def test_pseudo_inverse_at_a_lower_rank_to_second_order():
    b, c, db, dc = some(4, 2), some(2, 3), some(4, 2), some(2, 3)
    gradient = pf.grad(lambda a: np.sum(np.linalg.pinv(a, rcond=1e-9) ** 2))
    at = lambda t: (b + t * db) @ (c + t * dc)  # noqa: E731
    want = (gradient(at(1e-5)) - gradient(at(-1e-5))) / 2e-5
    close(pf.jvp(gradient, (b @ c,), (b @ dc + db @ c,))[1], want, 1e-6, "forward over reverse")


def test_pseudo_inverse_options():
    a = regular(3, 3)
    for options in ({"rcond": 1e-3}, {"rtol": 1e-3}, {"rtol": None}):
        close(
            traced(lambda a, o=options: np.linalg.pinv(a, **o), a),
            np.linalg.pinv(a, **options),
            1e-13,
            "",
        )
    s = sym(a)
    close(
        traced(lambda a: np.linalg.pinv(a, hermitian=True), s),
        np.linalg.pinv(s),
        1e-12,
        "hermitian",
    )
    assert not np.any(pf.jvp(np.linalg.pinv, (np.zeros((2, 3)),), (np.ones((2, 3)),))[1])
    with pytest.raises(ParameterError, match="not both"):
        traced(lambda a: np.linalg.pinv(a, 1e-3, rtol=1e-3), a)
    stack = np.stack([np.eye(2), np.zeros((2, 2)), np.ones((2, 2))])
    close(traced(np.linalg.pinv, stack), np.linalg.pinv(stack), 1e-14, "different ranks")
    assert not np.any(pf.grad(lambda a: np.sum(np.linalg.pinv(a)))(stack)[1])
    assert traced(np.linalg.pinv, np.zeros((2, 0, 3))).shape == (2, 3, 0)


def test_power_zero_is_constant():
    assert not np.any(pf.grad(lambda a: np.sum(np.linalg.matrix_power(a, 0)))(some(2, 2)))


def test_plain_operands_and_lists():
    A, x = regular(3, 3), some(3)
    close(
        pf.grad(lambda x: np.sum(np.linalg.solve(A, x)))(x),
        np.linalg.solve(A.T, np.ones(3)),
        1e-13,
        "b",
    )
    assert np.allclose(pf.grad(lambda x: np.linalg.norm([x[0], 2.0 * x[1]]))(x)[2], 0.0)
    got = pf.grad(lambda x: np.linalg.det([[x[0], x[1]], [2.0, x[2]]]))(x)
    close(got, [x[2], -2.0, x[0]], 1e-13, "det of a list")
    assert pf.grad(lambda x: np.dot([x[0], 1.0], [x[1], x[2]]))(x).tolist() == [x[1], x[0], 1.0]
    mixed = pf.grad(lambda b: np.sum(np.linalg.solve(A, b)))(x.astype(np.float32))
    assert mixed.dtype == np.float32


def test_compiled_functions_replay_for_other_matrices():
    f = lambda a, b: np.sum(np.linalg.solve(a, b)) + np.linalg.slogdet(a)[1] + np.linalg.norm(a)  # noqa: E731
    c = pf.compile(f)
    for _ in range(3):
        a, b = regular(3, 3), some(3)
        assert c(a, b) == pytest.approx(f(a, b), rel=1e-12)
        close(c.grad(a, b), pf.grad(f)(a, b), 1e-13, "gradient")


def test_compiled_pseudo_inverses_hold_for_other_ranks():
    f = lambda a: np.sum(np.linalg.pinv(a, rcond=1e-8) ** 2)  # noqa: E731
    c = pf.compile(f)
    for rank in (3, 2, 2, 1, 3):
        a = some(4, rank) @ some(rank, 3)
        assert c(a) == pytest.approx(f(a), rel=1e-10)
        close(c.grad(a), pf.grad(f)(a), 1e-10, f"rank {rank}")


@pytest.mark.parametrize("name", [*ANALYTIC, *SPECTRAL])
def test_jacobians_and_hessians_by_many_directions_at_once(name):
    f, _, *xs = {**ANALYTIC, **SPECTRAL}[name]
    every = tuple(range(len(xs)))
    first = lambda *xs: leaves(f(*xs))[0]  # noqa: E731
    forward = pf.jacobian(first, argnums=every, mode="forward")(*xs)
    reverse = pf.jacobian(first, argnums=every, mode="reverse")(*xs)
    for k in every:
        close(forward[k], reverse[k], 1e-10, f"argument {k}")
    x, rest = xs[0], xs[1:]
    g = one_number(f)
    v = rng.standard_normal(x.shape)
    hessian = np.reshape(pf.hessian(g)(*xs), (x.size, x.size))
    close(hessian, hessian.T, 1e-9, "symmetry")
    along = pf.jvp(pf.grad(lambda x: g(x, *rest)), (x,), (v,))[1]
    close(hessian @ np.ravel(v), np.ravel(along), 1e-9, "product")


@pytest.mark.parametrize("order", [None, 1, 2, 3, np.inf])
@pytest.mark.parametrize("shape", [(0,), (3, 0), (0, 3)])
def test_norms_of_nothing_are_zero(order, shape):
    x = np.zeros(shape)
    f = lambda x: np.linalg.norm(x, order, axis=-1)  # noqa: E731
    np.testing.assert_array_equal(pf.jvp(f, (x,), (x,))[0], f(x))
    assert pf.grad(lambda x: np.sum(f(x)))(x).shape == shape
