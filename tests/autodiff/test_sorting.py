"""Sorting, searching and sets, against NumPy; a replay notices another order where it matters."""

import numpy as np
import pytest
from autodiff.against_numpy import check

import pyframe as pf
from pyframe.errors import ParameterError, ShapeError, UnsupportedOperation

RNG = np.random.default_rng(11)
VECTOR = RNG.normal(size=6)
MATRIX = RNG.normal(size=(4, 5))
CUBE = RNG.normal(size=(2, 3, 4))
TIES = np.array([2.0, 1.0, 2.0, 1.0, 3.0])

FUNCTIONS = {
    "sort": (np.sort, VECTOR),
    "sort axis": (lambda x: np.sort(x, axis=0), MATRIX),
    "sort flat": (lambda x: np.sort(x, axis=None), MATRIX),
    "sort cube": (lambda x: np.sort(x, axis=1, kind="stable"), CUBE),
    "sort empty": (lambda x: np.sort(x, axis=1), np.zeros((2, 0))),
    "sort one": (np.sort, np.array([1.5])),
    "sort by argsort": (lambda x: x[np.argsort(x)], VECTOR),
    "sort rows by a column": (lambda x: x[x[:, 1].argsort()], MATRIX),
    "sort rows": (lambda x: np.take_along_axis(x, np.argsort(x, axis=1), axis=1), MATRIX),
    "sort rows by places": (
        lambda x: x[np.arange(4)[:, None], np.argsort(x, axis=1)[:, ::-1]],
        MATRIX,
    ),
    "largest of rows": (lambda x: x[np.arange(4), np.argsort(x, axis=1)[:, -1]], MATRIX),
    "lexsort": (lambda x: x[np.lexsort([x.real, np.array([1, 0, 1, 0, 1])])], TIES + VECTOR[:5]),
    "unique": (np.unique, VECTOR),
    "union1d": (lambda x: np.union1d(x, [10.0, -10.0]), VECTOR),
    "intersect1d": (lambda x: np.intersect1d(x, x[1:4]), VECTOR),
    "setdiff1d": (lambda x: np.setdiff1d(x, x[2:4]), VECTOR),
    "setdiff1d unsorted": (lambda x: np.setdiff1d(x, x[2:4], assume_unique=True), VECTOR),
    "setxor1d": (lambda x: np.setxor1d(x, x[2:]), VECTOR),
    "setxor1d of nothing": (lambda x: np.setxor1d(x, x), VECTOR),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_against_numpy(name):
    f, *args = FUNCTIONS[name]
    check(f, *args)


def in_place(x, change):
    x = x.copy()
    change(x)
    return x


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("kth", [0, 2, -1, (1, 3)])
def test_partition(dtype, axis, kth):
    """The elements of the ranks are NumPy's, the smaller ones stand before them."""
    x = MATRIX.astype(dtype)
    value, tangent = pf.jvp(lambda x: np.partition(x, kth, axis), (x,), (x * x,))
    np.testing.assert_array_equal(tangent, value * value)
    want = np.partition(x, kth, axis)
    assert value.dtype == want.dtype
    for rank in np.ravel(kth):
        np.testing.assert_array_equal(np.take(value, rank, axis), np.take(want, rank, axis))
        low, high = (np.take(value, k, axis) for k in (range(rank % 4), range(rank % 4, 4)))
        if low.size:
            assert (low.max(axis) <= high.min(axis)).all()
    np.testing.assert_array_equal(np.sort(value, axis), np.sort(x, axis))
    places = pf.jvp(lambda x: np.argpartition(x, kth, axis), (x,), (x,))[0]
    np.testing.assert_array_equal(np.take_along_axis(x, places, axis), value)
    both = pf.jvp(lambda x: in_place(x, lambda x: x.partition(kth, axis)), (x,), (x,))[0]
    np.testing.assert_array_equal(both, value)


def test_b10_ties_are_sorted_stably():
    value, tangent = pf.jvp(np.sort, (TIES,), (np.arange(5.0),))
    np.testing.assert_array_equal(value, np.sort(TIES))
    np.testing.assert_array_equal(tangent, np.argsort(TIES, kind="stable"))
    got = pf.grad(lambda x: np.sum(np.sort(x) * np.arange(5.0)))(TIES)
    np.testing.assert_array_equal(got, [2, 0, 3, 1, 4])


def test_nan_is_sorted_last():
    x = np.array([np.nan, 1.0, -np.inf, np.nan, 0.0])
    value, tangent = pf.jvp(np.sort, (x,), (np.arange(5.0),))
    np.testing.assert_array_equal(value, np.sort(x))
    np.testing.assert_array_equal(tangent, [2, 4, 1, 0, 3])


def test_sorting_needs_no_new_recording():
    def f(x):
        order = np.argsort(-x)
        return (
            np.sum(np.sort(x) * np.arange(6.0)) + x[order[0]] * x[order[-1]] + np.partition(x, 2)[2]
        )

    compiled = pf.compile(f)
    for seed in range(20):
        x = np.random.default_rng(seed).normal(size=6)
        assert compiled(x) == pytest.approx(f(x), rel=1e-15)
        np.testing.assert_allclose(compiled.grad(x), pf.grad(f)(x), rtol=1e-15)
    assert compiled.recordings == 1


@pytest.mark.parametrize("side", ["left", "right"])
def test_searchsorted_is_recorded_anew_when_a_neighbour_changes(side):
    grid = np.array([0.0, 1.0, 2.0, 3.0])

    def f(x):
        k = np.searchsorted(grid, x, side)
        return x * np.asarray(k, float)

    compiled = pf.compile(f)
    points = (0.5, 0.7, 0.1, 1.0, 2.5, -1.0, 5.0, 0.0, 3.0, 0.3)
    for x in points:
        assert compiled(x) == f(x)
    assert compiled.recordings == len(set(np.searchsorted(grid, points, side).tolist()))


@pytest.mark.parametrize("right", [False, True])
def test_digitize(right):
    for bins in (np.array([0.0, 1.0, 2.0]), np.array([2.0, 1.0, 0.0])):
        x = np.array([[0.5, 1.0], [-1.0, 2.0], [3.0, 0.0]])
        got, _ = pf.jvp(lambda x, b=bins: np.digitize(x, b, right) * 1.0, (x,), (x,))
        np.testing.assert_array_equal(got, np.digitize(x, bins, right))


def test_searchsorted_in_traced_numbers_with_a_sorter():
    a, v = np.array([2.0, 0.0, 1.0]), np.array([[0.5, 2.5], [-1.0, 1.0]])
    got = pf.jvp(lambda a, v: np.searchsorted(a, v, sorter=np.argsort(a)) * 1.0, (a, v), (a, v))[0]
    np.testing.assert_array_equal(got, np.searchsorted(a, v, sorter=np.argsort(a)))


def test_unique_and_what_it_returns_besides():
    def f(x):
        values, first, inverse, counts = np.unique(
            x, return_index=True, return_inverse=True, return_counts=True
        )
        return np.sum(values * counts), values, first * 1.0, inverse * 1.0, counts * 1.0

    (total, *got), (_, tangent, *_) = pf.jvp(f, (TIES,), (np.arange(5.0),))
    assert total == f(TIES)[0]
    for a, b in zip(got, f(TIES)[1:], strict=True):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(tangent, [1, 0, 4])
    compiled = pf.compile(lambda x: f(x)[0])
    for x in (TIES, TIES + 1, TIES * 2, TIES[::-1].copy(), TIES):
        assert compiled(x) == f(x)[0]
    assert compiled.recordings == 2


def test_unique_of_the_array_standard():
    for name in ("unique_counts", "unique_inverse", "unique_all"):
        f = getattr(np, name)
        want = f(TIES)
        got, tangent = pf.jvp(lambda x, f=f: [part * 1.0 for part in f(x)], (TIES,), (TIES,))
        for a, b in zip(got, want, strict=True):
            np.testing.assert_array_equal(a, b)
        np.testing.assert_array_equal(tangent[0], want[0])
    got = pf.jvp(np.unique_values, (TIES,), (TIES,))[0]
    np.testing.assert_array_equal(np.sort(got), np.unique(TIES))


def test_sets_with_what_is_returned_besides():
    x, y = np.array([3.0, 1.0, 2.0, 1.0]), np.array([2.0, 5.0, 3.0])

    def f(x, y):
        values, at_x, at_y = np.intersect1d(x, y, return_indices=True)
        return values, x[at_x] + y[at_y]

    got, tangent = pf.jvp(f, (x, y), (x * x, y))
    np.testing.assert_array_equal(got[0], [2, 3])
    np.testing.assert_array_equal(tangent[0], [4, 9])
    np.testing.assert_array_equal(tangent[1], [6, 12])


def test_membership():
    x = np.array([3.0, 1.0, 2.0])

    def f(x):
        return np.sum(x[np.isin(x, x[:1] * 0 + 1.0)]) + np.sum(np.isin([1.0, 3.0], x)) * x[0]

    compiled = pf.compile(f)
    for v in (x, x + 0.5, x - 1, x):
        assert compiled(v) == f(v)


def test_places_of_what_is_not_zero():
    x = np.array([[0.0, 2.0], [3.0, 0.0]])

    def f(x):
        rows, columns = np.nonzero(x)
        return [
            x[rows, columns],
            x.ravel()[np.flatnonzero(x)],
            np.argwhere(x) * x[0, 1],
            np.where(x)[0] * x[1, 0],
            x[x.nonzero()],
            x * np.count_nonzero(x),
        ]

    for got, want in zip(pf.jvp(f, (x,), (x,))[0], f(x), strict=True):
        np.testing.assert_array_equal(got, want)
    compiled = pf.compile(lambda x: np.sum(f(x)[0] ** 2))
    for k in range(1, 5):
        assert compiled(x * k) == np.sum((x * k) ** 2)
    assert compiled.recordings == 1


@pytest.mark.parametrize(
    ("f", "error", "text"),
    [
        (lambda x: np.sort(x, order="f"), ParameterError, "no option order"),
        (lambda x: np.sort(x, kind="bogo"), ParameterError, "no kind"),
        (lambda x: np.sort(x, axis=2), ShapeError, "out of bounds"),
        (lambda x: np.sort(x[0, 0]), ShapeError, "without axes"),
        (lambda x: np.partition(x, 9), ParameterError, "kth=9"),
        (np.sort_complex, UnsupportedOperation, "complex"),
        (lambda x: np.searchsorted(x[0], 1.0, "middle"), ParameterError, "side"),
        (lambda x: np.digitize(x, [0.0, 2.0, 1.0]), ParameterError, "monoton"),
        (lambda x: np.unique(x, axis=0), ParameterError, "no option axis"),
    ],
)
def test_refusals(f, error, text):
    with pytest.raises(error, match=text):
        pf.grad(lambda x: np.sum(f(x)))(MATRIX)
