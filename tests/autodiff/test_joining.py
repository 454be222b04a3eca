"""Arrays put together, taken apart, and elements put into them, against NumPy."""

import numpy as np
import pytest
from autodiff.against_numpy import check

import pyframe as pf
from pyframe.errors import (
    ConcretizationError,
    DTypeError,
    IndexOutOfBounds,
    ParameterError,
    ParameterTypeError,
    ShapeError,
)

RNG = np.random.default_rng(5)
VECTOR = RNG.normal(size=4)
MATRIX = RNG.normal(size=(3, 4))
SQUARE = RNG.normal(size=(4, 4))
CUBE = RNG.normal(size=(2, 3, 4))
EMPTY = np.zeros((0, 4))
POINT = np.array(0.75)


def changed(x, change):
    """A copy of an array after a change."""
    x = x.copy()
    change(x)
    return x


FUNCTIONS = {
    "concatenate": (lambda x, y: np.concatenate([x, np.ones((1, 4)), y]), MATRIX, EMPTY),
    "concatenate axis": (lambda x, y: np.concatenate((x, y[:3]), axis=-1), MATRIX, SQUARE),
    "concatenate flat": (lambda x, y: np.concatenate([x, y], axis=None), MATRIX, VECTOR),
    "concatenate rows": (lambda x: np.concatenate(x), MATRIX),
    "stack": (lambda x, y: np.stack([x, y, x]), VECTOR, VECTOR),
    "stack axis": (lambda x, y: np.stack([x, y[:3]], axis=-1), MATRIX, SQUARE),
    "stack numbers": (lambda x: np.stack([x[0], 2.0, x[1] * x[0]]), VECTOR),
    "vstack": (lambda x, y: np.vstack([x, y]), MATRIX, VECTOR),
    "hstack": (lambda x, y: np.hstack([x, y, 1.0]), VECTOR, POINT),
    "hstack of matrices": (lambda x: np.hstack([x, x[:, :1]]), MATRIX),
    "dstack": (lambda x, y: np.dstack([x, y[:3]]), MATRIX, SQUARE),
    "column_stack": (lambda x, y: np.column_stack([y, x.T, x[0]]), MATRIX, VECTOR),
    "block": (lambda x, y: np.block([[x, np.zeros((3, 1))], [y, 5.0]]), MATRIX, VECTOR),
    "block of rows": (lambda x, y: np.block([x, y]), VECTOR, POINT),
    "block of cubes": (lambda x: np.block([[[x, x]], [[2 * x, x]]]), CUBE),
    "block of one": (lambda x: np.block(x), VECTOR),
    "append": (lambda x, y: np.append(x, y), MATRIX, VECTOR),
    "append axis": (lambda x, y: np.append(x, y[None], axis=0), MATRIX, VECTOR),
    "insert": (lambda x, y: np.insert(x, 1, y), VECTOR, POINT),
    "insert many": (lambda x, y: np.insert(x, [0, 2, 2], y[:3]), VECTOR, VECTOR),
    "insert row": (lambda x, y: np.insert(x, 1, y, axis=0), MATRIX, VECTOR),
    "insert columns": (lambda x, y: np.insert(x, [1], y[:3, None], axis=1), MATRIX, VECTOR),
    "insert slice": (lambda x: np.insert(x, slice(0, 2), [7.0, 8.0]), VECTOR),
    "insert in plain": (lambda x: np.insert(np.arange(3.0) + 0 * x, -1, x), POINT),
    "delete": (lambda x: np.delete(x, 1), MATRIX),
    "delete rows": (lambda x: np.delete(x, [0, -1], axis=0), MATRIX),
    "delete slice": (lambda x: np.delete(x, slice(None, None, 2), axis=1), MATRIX),
    "delete mask": (lambda x: np.delete(x, [True, False, False, True]), VECTOR),
    "array_split": (lambda x: np.array_split(x, 3), VECTOR),
    "array_split axis": (lambda x: np.array_split(x, [1, 3, 7], axis=1), MATRIX),
    "split": (lambda x: np.split(x, 2, axis=1), MATRIX),
    "split at": (lambda x: np.split(x, [-1, 2]), VECTOR),
    "hsplit": (lambda x: [*np.hsplit(x, 2), *np.hsplit(x[0], 2)], MATRIX),
    "vsplit": (lambda x: np.vsplit(x, 3), MATRIX),
    "dsplit": (lambda x: np.dsplit(x, [1]), CUBE),
    "unstack": (lambda x: np.unstack(x, axis=1), CUBE),
    "iteration": (lambda x: list(x), MATRIX),
    "unpacking": (lambda x: [a * b for a, b, *_ in x[:, :2]], MATRIX * 0 + 1),
    "take": (lambda x: np.take(x, [[0, -1], [5, 5]]), MATRIX),
    "take axis": (lambda x: x.take([2, 0, 2], axis=1), MATRIX),
    "take wrapped": (lambda x: np.take(x, [5, -6], axis=0, mode="wrap"), MATRIX),
    "take clipped": (lambda x: np.take(x, [5, -6], axis=0, mode="clip"), MATRIX),
    "take one": (lambda x: np.take(x, 2, axis=1), MATRIX),
    "take nothing": (lambda x: np.take(x, [], axis=0) if np.ndim(x) else x, MATRIX[:0]),
    "take_along_axis": (
        lambda x: np.take_along_axis(x, np.array([[0, 3], [-1, 1], [2, 2]]), axis=1),
        MATRIX,
    ),
    "take_along_axis 0": (lambda x: np.take_along_axis(x, np.array([[0, 2, 1, 0]]), 0), MATRIX),
    "take_along_axis flat": (lambda x: np.take_along_axis(x, np.array([11, 0]), None), MATRIX),
    "take of nothing": (lambda x: np.take(x, [5], axis=1), np.zeros((0, 3))),
    "compress of nothing": (lambda x: np.compress([True], x, axis=-1), np.zeros((0, 0))),
    "compress": (lambda x: np.compress([True, False, True], x, axis=0), MATRIX),
    "compress flat": (lambda x: x.compress([0, 1, 1, 0, 1]), MATRIX),
    "extract": (lambda x: np.extract(MATRIX > 0, x), MATRIX),
    "copyto": (lambda x, y: changed(x, lambda x: np.copyto(x, y)), MATRIX, VECTOR),
    "copyto where": (
        lambda x, y: changed(x, lambda x: np.copyto(x, y, where=MATRIX > 0)),
        MATRIX,
        VECTOR,
    ),
    "put": (lambda x, y: changed(x, lambda x: np.put(x, [0, -1, 5], y[:2])), MATRIX, VECTOR),
    "put wrap": (lambda x, y: changed(x, lambda x: np.put(x, [13], y, mode="wrap")), MATRIX, POINT),
    "put method": (lambda x, y: changed(x, lambda x: x.put([1, 1], y)), VECTOR, VECTOR),
    "place": (lambda x, y: changed(x, lambda x: np.place(x, MATRIX > 0, y[:3])), MATRIX, VECTOR),
    "putmask": (lambda x, y: changed(x, lambda x: np.putmask(x, MATRIX > 0, y)), MATRIX, VECTOR),
    "put_along_axis": (
        lambda x, y: changed(
            x, lambda x: np.put_along_axis(x, np.array([[1], [0], [3]]), y[:3, None], axis=1)
        ),
        MATRIX,
        VECTOR,
    ),
    "put_along_axis flat": (
        lambda x, y: changed(x, lambda x: np.put_along_axis(x, np.array([3, 8]), y[:2], None)),
        MATRIX,
        VECTOR,
    ),
    "into zeros": (
        lambda x: changed(np.zeros_like(x), lambda z: np.copyto(z[1:], x[:-1])),
        VECTOR,
    ),
    "fill": (lambda x, y: changed(x, lambda x: x.fill(y)), VECTOR, POINT),
    "apply_along_axis": (lambda x: np.apply_along_axis(np.cumsum, 0, x), MATRIX),
    "apply_along_axis to numbers": (lambda x: np.apply_along_axis(np.sum, 1, x), CUBE),
    "apply_along_axis to matrices": (lambda x: np.apply_along_axis(np.diag, 1, x), CUBE),
    "apply_over_axes": (lambda x: np.apply_over_axes(np.sum, x, [0, -1]), CUBE),
    "meshgrid": (lambda x, y: np.meshgrid(x, y), VECTOR, VECTOR[:3]),
    "meshgrid ij": (lambda x, y: np.meshgrid(x, y, indexing="ij"), VECTOR, VECTOR[:3]),
    "meshgrid sparse": (lambda x, y: np.meshgrid(x, 1.0, y, sparse=True), VECTOR, VECTOR[:3]),
    "array": (lambda x: np.array([[x[0], 1.0], [x[1], x[2] * x[0]]]), VECTOR),
    "array of arrays": (lambda x: np.array([x[0], x[1] * 2]), MATRIX),
    "array ndmin": (lambda x: np.array(x, ndmin=3), MATRIX),
    "asarray": (lambda x: np.asarray([x, x]) + np.asanyarray(x), VECTOR),
    "ascontiguousarray": (lambda x: np.ascontiguousarray(x[0]), VECTOR),
    "require": (lambda x: np.require(x, requirements="C"), MATRIX),
    "r_": (lambda x, y: np.r_[x, y, 1.0, 0:2, x[:2]], VECTOR, POINT),
    "r_ of matrices": (lambda x: np.r_[x, x[:1]], MATRIX),
    "c_": (lambda x, y: np.c_[x, y, 2 * x], VECTOR, VECTOR),
    "c_ of matrices": (lambda x, y: np.c_[y, x, y], MATRIX.T, VECTOR),
    "c_ of numbers": (lambda x: np.c_[x, 1.0], POINT),
    "ndenumerate": (lambda x: [v * sum(at) for at, v in np.ndenumerate(x)], MATRIX),
    "tolist": (lambda x: np.array(x.tolist()[::-1]), MATRIX),
    "item": (lambda x: [x.item(5), x.item(1, 2), x.item((2, 0)), x[:1, :1].item()], MATRIX),
    "lists": (
        lambda x: [
            np.diag([x[0], x[1]]),
            np.reshape([x[0], x[1]], (2, 1)),
            np.atleast_2d([x[0], x[1]]),
            np.where([True, False], [x[0], x[1]], 0.0),
            np.append([x[0], 1.0], x[2]),
            np.tile([x[0], x[1]], 2),
        ],
        VECTOR,
    ),
    "full_like": (lambda x, y: np.full_like(x, y), MATRIX, POINT),
    "full_like of plain": (lambda y: np.full_like(np.ones(3, y.dtype), y), POINT),
    "full_like row": (lambda x, y: np.full_like(x, y, shape=(2, 4)), MATRIX, VECTOR),
    "full": (lambda y: np.full((2, 3), y), POINT),
    "linspace": (lambda x, y: np.linspace(x, y, 7), POINT, POINT * 3),
    "linspace of arrays": (lambda x, y: np.linspace(x, y, 5, axis=1), VECTOR, MATRIX),
    "linspace open": (lambda x, y: np.linspace(x, y, 4, endpoint=False), VECTOR, POINT),
    "linspace step": (lambda x, y: np.linspace(x, y, 4, retstep=True), POINT, -POINT),
    "linspace of one": (lambda x, y: np.linspace(x, y, 1), POINT, -POINT),
    "linspace of none": (lambda x, y: np.linspace(x, y, 0), VECTOR, -VECTOR),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_against_numpy(name):
    f, *args = FUNCTIONS[name]
    linear = name not in {"stack numbers", "array", "unpacking"}
    # To NumPy, what items and lists hold are floats of Python's.
    dtypes = ["float64"] if name in {"item", "tolist"} else ["float64", "float32"]
    check(f, *args, linear=linear, dtypes=dtypes)


@pytest.mark.parametrize("function", [np.logspace, np.geomspace])
@pytest.mark.parametrize("options", [{}, {"endpoint": False}, {"num": 1}, {"num": 0}])
def test_progressions(function, options):
    def f(x, y):
        return function(x, y, **{"num": 5, **options})

    check(f, np.array(0.5), np.array(2.5), linear=False)
    check(f, np.array([0.5, 1.0]), np.array([2.5, 3.0]), linear=False)


def test_logspace_of_another_base():
    check(lambda x, b: np.logspace(0.5, x, 4, base=b), np.array(1.5), np.array(2.0), linear=False)


@pytest.mark.parametrize(
    "limits", [(0.5,), (0.5, 3.0), (0.5, 3.0, 0.7), (3.0, 0.5, -0.4), (1.0, 0.0)]
)
def test_arange_between_traced_limits(limits):
    value, tangent = pf.jvp(lambda *limits: np.arange(*limits), limits, (1.0,) * len(limits))
    np.testing.assert_allclose(value, np.arange(*limits), rtol=1e-15)
    places = np.arange(len(value))
    start, step = float(len(limits) > 1), float(len(limits) > 2)
    np.testing.assert_allclose(tangent, start + step * places, rtol=1e-15)


@pytest.mark.parametrize("trim", ["fb", "f", "b"])
@pytest.mark.parametrize("x", [[0.0, 0.0, 1.0, 0.0, 2.0, 0.0], [0.0, 0.0], []])
def test_trim_zeros(x, trim):
    x = np.array(x)
    value, tangent = pf.jvp(lambda x: np.trim_zeros(x, trim), (x,), (2 * x,))
    np.testing.assert_array_equal(value, np.trim_zeros(x, trim))
    np.testing.assert_array_equal(tangent, 2 * np.trim_zeros(x, trim))


def test_traced_values_go_into_plain_arrays_as_functions():
    """np.insert and np.append make new arrays, which may be traced."""

    def f(x):
        return np.append(np.insert(np.arange(3.0), 1, x), x[0])

    value, tangent = pf.jvp(f, (VECTOR,), (VECTOR,))
    np.testing.assert_array_equal(value, f(VECTOR))
    np.testing.assert_array_equal(tangent, f(VECTOR) * np.array([0, 1, 1, 1, 1, 0, 0, 1]))


def test_kinds_are_joined_as_numpy_joins_them():
    for dtype in ("float32", "float64"):
        x = np.ones(2, dtype)
        for f in (
            lambda x: np.concatenate([x, x], dtype="float64"),
            lambda x: np.concatenate([x, [1]]),
            lambda x: np.stack([x[0], 2.0]),
            lambda x: np.array([x[0], 1]),
            lambda x: np.hstack([x, 1.0]),
            lambda x: np.concatenate([x, np.ones(2, bool)]),
            lambda x: np.append(x, 1),
        ):
            assert pf.jvp(f, (x,), (x,))[0].dtype == f(x).dtype


def test_arange_is_recorded_anew_when_it_has_another_length():
    compiled = pf.compile(lambda x: np.sum(np.arange(0.0, x, 0.5)))
    for x in (1.2, 1.4, 2.2, 1.3):
        assert compiled(x) == np.sum(np.arange(0.0, x, 0.5))
    assert compiled.recordings == 2


def test_arrays_like_traced_ones_can_be_assigned_to():
    def f(x):
        made = []
        for maker in (np.zeros, np.ones, np.empty):
            y = maker(3, like=x)
            y[:] = 0.0
            y[1] = x[0] * x[1]
            made.append(y)
        return [
            *made,
            np.eye(2, like=x) * x[0],
            np.array([1.0, 2.0], like=x) * x,
            np.tri(2, like=x) @ x,
        ]

    x = np.array([2.0, 3.0])
    got, tangent = pf.jvp(f, (x,), (np.ones(2),))
    for k in range(3):
        np.testing.assert_array_equal(got[k], [0, 6, 0])
        np.testing.assert_array_equal(tangent[k], [0, 5, 0])
    np.testing.assert_array_equal(got[4], [2, 6])
    np.testing.assert_array_equal(tangent[5], [1, 2])


def test_vectorize():
    @np.vectorize
    def relu_sine(x, k):
        return np.sin(x) * k if x > 0 else 0.0

    x = np.array([[0.5, -1.0], [2.0, 0.0]])
    value, tangent = pf.jvp(lambda x: relu_sine(x, 2.0), (x,), (np.ones((2, 2)),))
    np.testing.assert_allclose(value, relu_sine(x, 2.0), rtol=1e-15)
    np.testing.assert_allclose(tangent, np.where(x > 0, 2 * np.cos(x), 0), rtol=1e-15)


REFUSED = [
    (lambda x: np.concatenate([x, x[0]]), ShapeError, "do not join"),
    (lambda x: np.concatenate([x, x], axis=2), ShapeError, "out of bounds"),
    (lambda x: np.concatenate([x[0, 0], x[0, 0]]), ShapeError, "out of bounds"),
    (lambda x: np.stack([x, x[0]]), ShapeError, "do not stack"),
    (lambda x: np.concatenate([x, x], out=np.zeros((6, 4))), ParameterError, "no option out"),
    (lambda x: np.block([[x], x]), ShapeError, "equally deep"),
    (lambda x: np.split(x, 3, axis=1), ParameterError, "equally"),
    (lambda x: np.array_split(x, 0), ParameterError, "larger than 0"),
    (lambda x: np.vsplit(x[0], 2), ShapeError, "two axes"),
    (lambda x: np.insert(x, 99, 1.0), IndexOutOfBounds, "np.insert"),
    (lambda x: np.delete(x, 99), IndexOutOfBounds, "np.delete"),
    (lambda x: np.insert(x, 0, x[:, :3], axis=0), ParameterError, "np.insert"),
    (lambda x: np.take(x, [99]), IndexOutOfBounds, "99"),
    (lambda x: np.take(x, [0.5]), ParameterTypeError, "integers"),
    (lambda x: np.take(x, [0], mode="no"), ParameterError, "mode"),
    (lambda x: np.take_along_axis(x, np.array([0]), 0), ShapeError, "axes"),
    (lambda x: np.put(x, [99], 1.0), IndexOutOfBounds, "99"),
    (lambda x: np.linspace(x, 1.0, -1), ParameterError, "negative"),
    (lambda x: np.geomspace(x - x, 1.0, 3), ParameterError, "same sign"),
    (lambda x: np.meshgrid(x[0], indexing="no"), ParameterError, "indexing"),
    (lambda x: np.array([x[0], x[0, 1:]]), ShapeError, "one shape"),
    (lambda x: np.insert(np.arange(3), 1, x), DTypeError, "lose their derivative"),
    (lambda x: np.full_like(np.arange(3), x[0, 0]), DTypeError, "loses its derivative"),
    (lambda x: np.full_like(np.argsort(x), x[0, 0]), DTypeError, "loses its derivative"),
]


@pytest.mark.parametrize(("f", "error", "text"), REFUSED)
def test_refusals(f, error, text):
    with pytest.raises(error, match=text):
        pf.grad(lambda x: np.sum(f(x)))(MATRIX)


@pytest.mark.parametrize(
    "put",
    [
        lambda a, x: np.copyto(a, x),
        lambda a, x: np.put(a, [0], x),
        lambda a, x: np.place(a, [True, False, True, False], x),
        lambda a, x: np.putmask(a, [True, False, True, False], x),
        lambda a, x: np.put_along_axis(a, np.array([0]), x[:1], 0),
        lambda a, x: np.fill_diagonal(np.diag(a), x),
    ],
)
def test_nothing_traced_is_put_into_a_plain_array(put):
    with pytest.raises(ConcretizationError):
        pf.grad(lambda x: put(np.zeros(4), x))(VECTOR)
