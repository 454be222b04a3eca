"""Sparse mode: patterns hold every entry and no more than they must, few passes find all."""

import sys

import numpy as np
import pytest
from scipy import sparse

import pyframe as pf
from pyframe import _core, testing
from pyframe.autodiff.modes import Sparse
from pyframe.errors import OutOfMemory, ParameterError, ShapeError, UnsupportedOperation

RNG = np.random.default_rng(7)
X = RNG.uniform(0.5, 1.5, 12)
A = np.where(RNG.random((9, 12)) < 0.25, RNG.standard_normal((9, 12)), 0.0)
B = RNG.standard_normal((3, 4))
SPD = np.eye(4) * 5 + B.T @ B
PLACES = np.array([3, 0, 3, 11, 5])
MASK = X > 0.9
ZEROED = np.where(np.arange(12) % 3 == 0, 0.0, 2.0)


def written(x):
    y = np.zeros(12) * x
    y[2:6] = x[:4] ** 2
    y[PLACES[2:]] = np.sin(x[[1, 2, 3]])
    return y


def looped(x):
    return np.stack([x[i] * x[i - 1] if i % 2 else np.exp(x[i]) for i in range(1, 12)])


def transported(x):
    m = np.reshape(x, (3, 4))
    return np.concatenate([np.ravel(m.T[::-1]), np.ravel(m[:, ::-1] * m[:, :1])])


EXACT = {
    "elementwise": lambda x: np.sin(x) * x,
    "identity": lambda x: x,
    "constant": lambda x: np.ones(4) + 0 * x[:4],
    "tridiagonal": lambda x: np.concatenate(
        [x[:1] ** 2, x[1:-1] ** 2 - x[:-2] * x[2:], np.sin(x[-1:])]
    ),
    "strided": lambda x: x[::3] * x[2::3][::-1],
    "outer": lambda x: np.outer(x[:3], x[3:6]),
    "broadcast": lambda x: np.reshape(x, (3, 4)) * x[:4] + x[3],
    "sum": lambda x: np.sum(np.reshape(x, (3, 4)) ** 2, axis=0),
    "mean, keepdims": lambda x: (
        np.reshape(x, (3, 4)) - np.mean(np.reshape(x, (3, 4)), 1, keepdims=True)
    ),
    "norm": lambda x: np.linalg.norm(np.reshape(x, (3, 4)), axis=1),
    "cumsum": np.cumsum,
    "reverse cumsum": lambda x: np.cumsum(x[::-1])[::-1],
    "gather": lambda x: x[PLACES] ** 2,
    "mask": lambda x: x[MASK] * 2,
    "written": written,
    "loop": looped,
    "moved": transported,
    "sparse matrix": lambda x: A @ x,
    "sparse matrix left": lambda x: np.exp(x)[:9] @ A,
    "matrix product": lambda x: np.reshape(x, (3, 4)) @ np.reshape(x[::-1], (4, 3)),
    "einsum": lambda x: np.einsum("ij,kj->ik", np.reshape(x, (3, 4)), B),
    "constant mask": lambda x: np.where(ZEROED == 0, x, 2.0) + ZEROED * x[::-1],
    "solve": lambda x: np.linalg.solve(SPD, np.reshape(x, (4, 3))),
    "one number": lambda x: np.sum(np.tanh(x[3:7])),
    "floor": lambda x: np.floor(x) * x[::-1],
    "copysign": lambda x: np.copysign(x, x[::-1]),
}
CONSERVATIVE = {
    "heaviside": lambda x: np.heaviside(x[:6] - 1, x[6:]),
    "maximum": lambda x: np.maximum(x[1:], x[:-1]),
    "where": lambda x: np.where(x > 1, x**2, x[::-1]),
    "max": lambda x: np.max(np.reshape(x, (3, 4)), axis=1),
    "sort": lambda x: np.sort(x)[:5] ** 2,
    "inverse": lambda x: np.linalg.inv(SPD + np.eye(4) * x[:4])[0],
    "cholesky": lambda x: np.linalg.cholesky(SPD + np.eye(4) * x[:4]),
    "eigenvalues": lambda x: np.linalg.eigvalsh(SPD + np.eye(4) * x[:4]),
    "determinants": lambda x: np.linalg.det(np.reshape(x[:8], (2, 2, 2))),
    "prod": lambda x: np.prod(np.reshape(x, (3, 4)), axis=0),
    "triangular": lambda x: np.linalg.solve(SPD + np.eye(4) * x[:4], x[4:8]),
}


def both(f, x):
    dense = pf.jacobian(f, mode="forward")(x)
    return pf.jacobian(f, mode="sparse")(x), np.reshape(dense, (np.size(f(x)), np.size(x)))


@pytest.mark.parametrize("name", EXACT)
def test_entries_are_those_of_the_dense_jacobian_and_no_more(name):
    got, want = both(EXACT[name], X)
    assert isinstance(got, sparse.csr_array)
    np.testing.assert_allclose(got.toarray(), want, rtol=1e-13, atol=1e-15)
    seen = want != 0
    for _ in range(3):
        other = RNG.uniform(0.5, 1.5, 12)
        if name not in {"mask", "floor"}:
            seen |= both(EXACT[name], other)[1] != 0
    if name == "floor":  # its derivative is zero, but not for a reason the factor shows
        seen |= np.eye(12)[::-1] != 0
    pattern = np.zeros(want.shape, bool)
    pattern[got.nonzero()] = True
    stored = got.copy()
    stored.data = np.ones(stored.nnz)
    np.testing.assert_array_equal(stored.toarray() != 0, seen)


@pytest.mark.parametrize("name", CONSERVATIVE)
def test_entries_of_functions_whose_pattern_changes_from_point_to_point(name):
    for x in (X, X[::-1].copy(), RNG.uniform(0.5, 1.5, 12)):
        got, want = both(CONSERVATIVE[name], x)
        np.testing.assert_allclose(got.toarray(), want, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("x", [np.array([]), np.array([2.0]), 2.0], ids=["empty", "one", "number"])
def test_small_arguments(x):
    got, want = both(lambda x: np.sin(x) * x, x)
    assert got.shape == (np.size(x), np.size(x))
    np.testing.assert_allclose(got.toarray(), want)


def test_single_precision_stays_single():
    x = X.astype(np.float32)
    got = pf.jacobian(EXACT["tridiagonal"], mode="sparse")(x)
    assert got.dtype == np.float32
    np.testing.assert_allclose(got.toarray(), pf.jacobian(EXACT["tridiagonal"])(x), rtol=1e-6)


def test_arrays_of_several_axes_are_flattened_in_order():
    x = np.reshape(X, (3, 4))
    got = pf.jacobian(lambda m: m[:, ::-1] * m[::-1], mode="sparse")(x)
    want = pf.jacobian(lambda m: m[:, ::-1] * m[::-1])(x)
    np.testing.assert_allclose(got.toarray(), np.reshape(want, (12, 12)))


def chain(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def chain_hessian(x):
    diagonal = np.zeros(len(x))
    diagonal[:-1] = 1200.0 * x[:-1] ** 2 - 400.0 * x[1:] + 2.0
    diagonal[1:] += 200.0
    beside = -400.0 * x[:-1]
    return sparse.diags_array([beside, diagonal, beside], offsets=[-1, 0, 1], format="csr")


@pytest.mark.parametrize("n", [2, 3, 50, 10_000])
def test_hessian_of_the_chained_rosenbrock_function(n):
    x = np.linspace(-1.5, 1.5, n)
    got = pf.hessian(chain, mode="sparse")(x)
    want = chain_hessian(x)
    assert got.nnz == 3 * n - 2
    difference = abs(got - want)
    assert difference.max() <= 1e-12 * abs(want).max()


SCALAR = {
    "arrow": lambda x: x[0] * np.sum(x[1:] ** 2) + x[0] ** 3,
    "block": lambda x: np.sum(np.prod(np.reshape(x, (3, 4)), axis=0)),
    "separable": lambda x: np.sum(np.exp(x) + x**3),
    "dense": lambda x: np.sum(x) ** 3,
    "linear": lambda x: np.sum(3 * x),
    "band": lambda x: np.sum(np.sin(x[2:] * x[1:-1] * x[:-2])),
    "grid": lambda x: (
        np.sum(np.diff(np.reshape(x, (3, 4)), axis=0) ** 4)
        + np.sum(np.diff(np.reshape(x, (3, 4)), axis=1) ** 4)
    ),
    "logsumexp": lambda x: np.log(np.sum(np.exp(x[:5]))) + x[7] * x[9],
    "far": lambda x: np.sum(x[PLACES] ** 2 * x[PLACES[::-1]]),
    "loop": lambda x: sum(x[i] * x[(5 * i + 1) % 12] ** 2 for i in range(12)),
}
FEW = {"arrow": 2, "separable": 1, "linear": 0, "band": 5, "dense": 12}


@pytest.mark.parametrize("name", SCALAR)
def test_hessians_by_star_colouring(name):
    f = SCALAR[name]
    got = pf.hessian(f, mode="sparse")(X)
    np.testing.assert_allclose(got.toarray(), pf.hessian(f)(X), rtol=1e-12, atol=1e-13)
    if name in FEW:
        passes = pf.hessian(f, mode="sparse").explain(X).split("; ")[1].split()[0]
        assert int(passes) <= FEW[name]


def test_a_tridiagonal_map_takes_three_passes_whatever_its_size():
    for n in (10, 1000, 10_000):
        x = np.linspace(0.1, 0.9, n)
        said = pf.jacobian(EXACT["tridiagonal"], mode="sparse").explain(x)
        assert said == (
            f"sparse: {n} x {n} with {3 * n - 4} entries; 3 forward passes by column colouring"
        )


def test_wide_rows_are_found_by_reverse_passes():
    def f(x):
        return np.stack([np.sum(x), np.sum(x**2), x[0]])

    assert "3 reverse passes by row colouring" in pf.jacobian(f, mode="sparse").explain(X)
    got, want = both(f, X)
    np.testing.assert_allclose(got.toarray(), want)


def random_pattern(m, n, density):
    found = sparse.random_array((m, n), density=density, format="csr", rng=RNG)
    found.sort_indices()
    return found.indptr.astype(np.int32), found.indices.astype(np.int32)


@pytest.mark.parametrize("trial", range(30))
def test_no_row_has_two_columns_of_one_colour(trial):
    m, n = RNG.integers(1, 40, 2)
    starts, indices = random_pattern(m, n, RNG.uniform(0, 0.4))
    colours, count = _core.colour_columns(starts, indices, int(n), False)
    for i in range(m):
        row = colours[indices[starts[i] : starts[i + 1]]]
        assert len(set(row)) == len(row)
    assert np.all((colours < count) | (count == 0))
    longest = np.max(np.diff(starts))
    assert longest <= count <= n
    rows, count = _core.colour_columns(starts, indices, int(n), True)
    for j in range(n):
        column = rows[[i for i in range(m) if j in indices[starts[i] : starts[i + 1]]]]
        assert len(set(column)) == len(column)


@pytest.mark.parametrize("trial", range(60))
def test_star_colouring_shows_every_entry_alone_in_one_place(trial):
    n = int(RNG.integers(1, 40))
    pattern = random_pattern(n, n, RNG.uniform(0, 0.3))
    starts, indices, colours, passes, places = _core.colour_star(*pattern)
    matrix = sparse.csr_array((np.ones(len(indices)), indices, starts), shape=(n, n)).toarray()
    assert np.array_equal(matrix, matrix.T)

    def alone(i, j):
        return np.count_nonzero(matrix[i] * (colours == colours[j])) == 1

    for i, j in np.argwhere(matrix):
        assert alone(i, j) or alone(j, i)
    # Each entry is read where the products of a symmetric matrix with the groups show it.
    numbers = matrix * RNG.standard_normal((n, n))
    numbers += numbers.T
    groups = colours == np.arange(passes)[:, None]
    shown = (numbers @ groups.T).T.reshape(-1)[places]
    np.testing.assert_allclose(shown, numbers[np.nonzero(matrix)], rtol=1e-12)


MEETING = np.random.default_rng(5).integers(0, 150, 60)


def reaching(x):
    # Sets of one to all inputs, near and far, that meet in every way.
    wide = x.reshape(2, -1) * x[::-1].reshape(2, -1)
    rows = np.concatenate([wide.reshape(-1), x[::40], np.cumsum(x[30:70]), x[31:64] + x[:33]])
    folded = rows[MEETING] * rows[MEETING[::-1]] + np.roll(x, 32)[MEETING % len(x)]
    return np.concatenate([folded, [np.sum(x[::33]), np.sum(x)], x[:1] * x[31], x[:1] * x[32]])


def test_sets_that_reach_far_are_united_exactly():
    x = np.random.default_rng(6).uniform(0.5, 1.5, 80)
    got = pf.jacobian(reaching, mode="sparse")(x)
    want = pf.jacobian(reaching)(x)
    np.testing.assert_allclose(got.toarray(), want, rtol=1e-13)
    # No two terms cancel, so the pattern is that of the numbers.
    assert got.nnz == np.count_nonzero(want)


def test_star_colouring_is_right_on_random_hessians():
    # Numbers taken apart wrongly would show up here, whatever the colours are.
    for _ in range(20):
        pairs = RNG.integers(0, 12, (8, 3))

        def f(x, pairs=pairs):
            return sum(x[i] * x[j] ** 2 * np.sin(x[k]) for i, j, k in pairs)

        got = pf.hessian(f, mode="sparse")(X).toarray()
        np.testing.assert_allclose(got, pf.hessian(f)(X), rtol=1e-11, atol=1e-13)


def test_plans_are_kept_by_structure_and_not_by_values():
    mode = Sparse()

    def f(x, a):
        return a[1:] * x[1:] * x[:-1]

    for scale in (1.0, 2.0):
        pf.jacobian(f, mode=mode)(X, scale * np.ones(12))
    assert len(mode._plans) == 1
    # Another set of zeros is another pattern.
    got = pf.jacobian(f, mode=mode)(X, ZEROED)
    assert len(mode._plans) == 2
    np.testing.assert_allclose(got.toarray(), pf.jacobian(f)(X, ZEROED))
    # Places that depend on the point are part of the structure.
    order = pf.jacobian(lambda x: np.sort(x) ** 2, mode=mode)
    for x in (X, X[::-1].copy()):
        np.testing.assert_allclose(order(x).toarray(), pf.jacobian(lambda x: np.sort(x) ** 2)(x))


def test_a_declared_pattern_is_used():
    band = sparse.diags_array([np.ones(11), np.ones(12), np.ones(11)], offsets=[-1, 0, 1])
    f = EXACT["tridiagonal"]
    for pattern in (band, band.toarray(), band.toarray() != 0):
        got = pf.jacobian(f, mode=Sparse(pattern=pattern))(X)
        np.testing.assert_allclose(got.toarray(), pf.jacobian(f)(X))


def test_b52_a_declared_pattern_that_misses_an_entry_is_refused():
    band = sparse.diags_array([np.ones(12), np.ones(11)], offsets=[0, 1])
    with pytest.raises(
        ParameterError, match=r"misses entries: .* wrong in \d+ of 12 rows, the first"
    ):
        pf.jacobian(EXACT["tridiagonal"], mode=Sparse(pattern=band))(X)
    with pytest.raises(ParameterError, match="misses entries"):
        pf.hessian(chain, mode=Sparse(pattern=np.eye(12)))(X)
    with pytest.raises(ShapeError, match=r"pattern has shape \(3, 3\), .* has shape \(12, 12\)"):
        pf.jacobian(EXACT["tridiagonal"], mode=Sparse(pattern=np.eye(3)))(X)


@pytest.mark.parametrize("mode", ["forward", "reverse", "auto", "finite-difference"])
def test_b51_a_dense_jacobian_that_is_too_large_is_refused_with_advice(mode):
    with pytest.raises(OutOfMemory, match=r'80.0 GB, the limit is 4.3 GB: use mode="sparse"'):
        pf.jacobian(np.sin, mode=mode)(np.zeros(100_000))


def test_b50_a_dense_hessian_that_is_too_large_is_refused():
    with pytest.raises(OutOfMemory, match=r"100,000 outputs by 100,000 inputs would take 80.0 GB"):
        pf.hessian(chain)(np.zeros(100_000))
    with pytest.raises(MemoryError):
        pf.jacobian(np.sin, mode=pf.modes.Forward(max_bytes=1000))(X)
    with pytest.raises(ParameterError, match="max_bytes must be an int > 0, got 0"):
        pf.modes.Reverse(max_bytes=0)


def test_what_is_no_single_pair_of_arrays_is_refused():
    with pytest.raises(
        UnsupportedOperation, match="one array that return one array, got 2 in and 1"
    ):
        pf.jacobian(lambda x, y: x * y, (0, 1), mode="sparse")(X, X)
    with pytest.raises(UnsupportedOperation, match="got 1 in and 2 out"):
        pf.jacobian(lambda x: (x, x), mode="sparse")(X)
    with pytest.raises(UnsupportedOperation, match="cannot be differentiated"):
        pf.jacobian(lambda x: pf.jacobian(np.sin, mode="sparse")(x))(X)


def test_without_scipy(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy", None)
    with pytest.raises(ImportError, match="needs SciPy: pip install scipy"):
        pf.jacobian(np.sin, mode="sparse")(X)


def test_results_that_do_not_depend_on_the_argument_are_empty():
    got = pf.jacobian(lambda x: np.ones(3), mode="sparse")(X)
    assert got.shape == (3, 12)
    assert got.nnz == 0
    assert pf.jacobian(lambda x: x > 1, mode="sparse")(X).nnz == 0


def test_conforms():
    testing.check_ad_mode("sparse", strict=True)


def test_hessians_of_spectra_and_functions_from_outside_are_dense_and_right():
    def spectrum(x):
        return np.sum(np.linalg.eigh(SPD + np.outer(x[:4], x[:4]))[0] ** 2 * np.arange(1.0, 5.0))

    got = pf.hessian(spectrum, mode="sparse")(X).toarray()
    np.testing.assert_allclose(got, pf.hessian(spectrum)(X), rtol=1e-9, atol=1e-10)
    assert not np.any(got[4:])
