"""Other shapes and other orders, against NumPy."""

import numpy as np
import pytest
from autodiff.against_numpy import check

import pyframe as pf
from pyframe.errors import DTypeError, ParameterError, ShapeError

RNG = np.random.default_rng(3)
VECTOR = RNG.normal(size=4)
MATRIX = RNG.normal(size=(3, 4))
SQUARE = RNG.normal(size=(3, 3))
CUBE = RNG.normal(size=(2, 3, 4))
EMPTY = np.zeros((0, 3))
ONE = np.array([0.5])

FUNCTIONS = {
    "reshape": (lambda x: np.reshape(x, (4, 3)), MATRIX),
    "reshape -1": (lambda x: x.reshape(2, -1), MATRIX),
    "reshape F": (lambda x: np.reshape(x, (2, 6), order="F"), MATRIX),
    "reshape F of T": (lambda x: np.reshape(x.T, (2, 6), order="F"), MATRIX),
    "reshape A": (lambda x: np.reshape(x.T, (2, 6), order="A"), MATRIX),
    "reshape A of parts": (lambda x: np.reshape(x[:, 1:].T, (9,), order="A"), MATRIX),
    "reshape to nothing": (lambda x: np.reshape(x, (3, 0, 2)), EMPTY),
    "ravel": (np.ravel, CUBE),
    "ravel F": (lambda x: np.ravel(x, "F"), CUBE),
    "ravel K": (lambda x: np.ravel(x, "K"), CUBE),
    "ravel K of moved": (lambda x: np.ravel(np.moveaxis(x, 0, 1), "K"), CUBE),
    "ravel A": (lambda x: np.ravel(x.T, "A"), CUBE),
    "flatten F": (lambda x: x.flatten("F"), MATRIX),
    "flat": (lambda x: np.stack([v * 2 for v in x.flat]), SQUARE),
    "transpose": (np.transpose, CUBE),
    "transpose axes": (lambda x: np.transpose(x, (1, 2, 0)), CUBE),
    "transpose method": (lambda x: x.transpose(2, 0, 1), CUBE),
    "permute_dims": (lambda x: np.permute_dims(x, (-1, 0, 1)), CUBE),
    "matrix_transpose": (np.matrix_transpose, CUBE),
    "linalg.matrix_transpose": (np.linalg.matrix_transpose, CUBE),
    "mT": (lambda x: x.mT, CUBE),
    "moveaxis": (lambda x: np.moveaxis(x, [0, -1], [1, 0]), CUBE),
    "rollaxis": (lambda x: np.rollaxis(x, 2, 1), CUBE),
    "rollaxis back": (lambda x: np.rollaxis(x, 0, 3), CUBE),
    "swapaxes": (lambda x: np.swapaxes(x, 0, -1), CUBE),
    "squeeze": (np.squeeze, RNG.normal(size=(1, 3, 1))),
    "squeeze axis": (lambda x: np.squeeze(x, axis=-1), RNG.normal(size=(1, 3, 1))),
    "expand_dims": (lambda x: np.expand_dims(x, (0, -1)), MATRIX),
    "atleast_1d": (lambda x: np.atleast_1d(x, x[0]), VECTOR),
    "atleast_2d": (lambda x: np.atleast_2d(x), VECTOR),
    "atleast_3d": (lambda x: np.atleast_3d(x[0], x, x[:, None], x[:, None, None]), VECTOR),
    "broadcast_to": (lambda x: np.broadcast_to(x, (2, 4)), VECTOR),
    "broadcast_to scalar": (lambda x: np.broadcast_to(x[1], (2, 2)), VECTOR),
    "broadcast_arrays": (lambda x: np.broadcast_arrays(x[:, None], x[None, :3], 1.0), VECTOR),
    "flip": (np.flip, CUBE),
    "flip axes": (lambda x: np.flip(x, (0, 2)), CUBE),
    "fliplr": (np.fliplr, MATRIX),
    "flipud": (np.flipud, MATRIX),
    "rot90": (lambda x: [np.rot90(x, k) for k in range(-2, 5)], MATRIX),
    "rot90 axes": (lambda x: np.rot90(x, 3, (2, 0)), CUBE),
    "roll": (lambda x: np.roll(x, 2), MATRIX),
    "roll axis": (lambda x: np.roll(x, -1, axis=1), MATRIX),
    "roll axes": (lambda x: np.roll(x, (1, 5), axis=(0, 1)), MATRIX),
    "roll axes by one": (lambda x: np.roll(x, 1, axis=(0, 0, 1)), MATRIX),
    "roll empty": (lambda x: np.roll(x, 1, axis=0), EMPTY),
    "tile": (lambda x: np.tile(x, 3), VECTOR),
    "tile more": (lambda x: np.tile(x, (2, 1, 2)), VECTOR),
    "tile fewer": (lambda x: np.tile(x, 2), CUBE),
    "tile none": (lambda x: np.tile(x, (0, 2)), MATRIX),
    "repeat": (lambda x: np.repeat(x, 2), MATRIX),
    "repeat axis": (lambda x: np.repeat(x, 3, axis=1), MATRIX),
    "repeat each": (lambda x: x.repeat([0, 2, 1], axis=0), MATRIX),
    "resize": (lambda x: np.resize(x, (3, 5)), VECTOR),
    "resize smaller": (lambda x: np.resize(x, 2), MATRIX),
    "resize nothing": (lambda x: np.resize(x, (2, 2)), EMPTY),
    "windows": (lambda x: np.lib.stride_tricks.sliding_window_view(x, 2), VECTOR),
    "windows of axes": (
        lambda x: np.lib.stride_tricks.sliding_window_view(x, (2, 3), axis=(0, 1)),
        MATRIX,
    ),
    "diag": (np.diag, VECTOR),
    "diag below": (lambda x: np.diag(x, -2), VECTOR),
    "diag above": (lambda x: np.diag(x, 1), VECTOR),
    "diag of matrix": (lambda x: np.diag(x, 1), MATRIX),
    "diag of nothing": (np.diag, np.zeros(0)),
    "diagflat": (lambda x: np.diagflat(x, 1), RNG.normal(size=(2, 2))),
    "diagonal": (lambda x: np.diagonal(x, -1, 2, 0), CUBE),
    "diagonal method": (lambda x: x.diagonal(), MATRIX),
    "linalg.diagonal": (lambda x: np.linalg.diagonal(x, offset=1), CUBE),
    "tril": (lambda x: np.tril(x, 1), CUBE),
    "triu": (lambda x: np.triu(x, -1), CUBE),
    "tril of vector": (np.tril, VECTOR),
    "triu of vector": (np.triu, VECTOR),
    "trace": (lambda x: np.trace(x, 1, 1, 2), CUBE),
    "trace method": (lambda x: x.trace(), SQUARE),
    "linalg.trace": (lambda x: np.linalg.trace(x, offset=-1), CUBE),
    "pad constant": (lambda x: np.pad(x, 1), MATRIX),
    "pad constants": (lambda x: np.pad(x, ((1, 2), (0, 1)), constant_values=(3, 4)), MATRIX),
    "pad pairs of constants": (
        lambda x: np.pad(x, (1, 2), constant_values=((1, 2), (3, 4))),
        MATRIX,
    ),
    "pad edge": (lambda x: np.pad(x, (2, 3), "edge"), MATRIX),
    "pad reflect": (lambda x: np.pad(x, 5, "reflect"), MATRIX),
    "pad symmetric": (lambda x: np.pad(x, 4, mode="symmetric"), MATRIX),
    "pad wrap": (lambda x: np.pad(x, 5, "wrap"), MATRIX),
    "pad linear_ramp": (lambda x: np.pad(x, (2, 3), "linear_ramp", end_values=(1, -1)), MATRIX),
    "pad mean": (lambda x: np.pad(x, 2, "mean"), MATRIX),
    "pad mean of some": (lambda x: np.pad(x, 1, "mean", stat_length=2), MATRIX),
    "pad empty array": (lambda x: np.pad(x, 1), EMPTY),
    "length one": (lambda x: [np.roll(x, 1), np.flip(x), np.tile(x, 2), np.pad(x, 1, "edge")], ONE),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_against_numpy(name):
    f, *args = FUNCTIONS[name]
    check(f, *args)


@pytest.mark.parametrize("mode", ["maximum", "minimum", "median"])
def test_pad_with_statistics(mode):
    """Complex numbers have another order: each padded element is one of the array's."""
    x = np.array([3.0, 1.0, 2.0])
    place = {"maximum": 0, "minimum": 1, "median": 2}[mode]
    value, tangent = pf.jvp(lambda x: np.pad(x, 1, mode), (x,), (x * x,))
    np.testing.assert_array_equal(value, np.pad(x, 1, mode))
    np.testing.assert_array_equal(tangent, np.pad(x * x, 1, constant_values=x[place] ** 2))


def test_traced_constants_around():
    def f(x, c):
        return np.pad(x, ((1, 0), (2, 1)), constant_values=c)

    check(f, MATRIX, np.array(2.5))
    check(
        lambda x, c: np.pad(x, (1, 2), "linear_ramp", end_values=c), VECTOR, np.array([1.0, -1.0])
    )


@pytest.mark.parametrize("n", [0, 1, 2, 5])
@pytest.mark.parametrize("increasing", [True, False])
def test_vander(n, increasing):
    check(lambda x: np.vander(x, n, increasing), VECTOR, linear=False)
    power = np.arange(n) if increasing else np.arange(n)[::-1]
    weights = RNG.normal(size=(4, n))
    second = pf.hessian(lambda x: np.sum(np.vander(x, n, increasing) * weights))(VECTOR)
    terms = power * (power - 1) * VECTOR[:, None] ** np.maximum(power - 2, 0)
    np.testing.assert_allclose(second, np.diag(np.sum(weights * terms, axis=1)), rtol=1e-12)


def test_fill_diagonal():
    def f(x, v):
        y = x.copy()
        np.fill_diagonal(y, v)
        return y

    check(f, MATRIX, np.array(2.0))
    check(f, RNG.normal(size=(7, 3)), np.array([1.0, 2.0]))
    check(lambda x, v: f(x, v), RNG.normal(size=(2, 2, 2)), np.array([1.0, 2.0]))

    def wrapped(x, v):
        y = x.copy()
        np.fill_diagonal(y, v, wrap=True)
        return y

    check(wrapped, RNG.normal(size=(7, 3)), np.array([1.0, 2.0]))


def test_views_show_what_numpys_show():
    """Assigned to, a view changes its array exactly where NumPy makes a view."""

    def f(x):
        made = []
        for view in (
            lambda y: y.T.ravel(),
            lambda y: y[:, ::2].reshape(-1),
            lambda y: y.reshape(-1)[::-1],
            lambda y: np.ravel(y.T, "K"),
            lambda y: np.ravel(y, "F"),
            lambda y: np.squeeze(y[:, 1:2]),
            lambda y: np.expand_dims(y, 0)[0],
            lambda y: np.array_split(y, 2, axis=1)[1],
            lambda y: np.rot90(y)[0],
            lambda y: np.flip(y, 1)[1],
            lambda y: y.flatten(),
            lambda y: np.moveaxis(y[None], 0, -1)[1],
            lambda y: np.atleast_3d(y)[0],
            lambda y: np.swapaxes(y, 0, 1)[2],
            lambda y: y.copy(),
            lambda y: np.roll(y, 0),
            lambda y: np.rot90(y, 4),
            lambda y: np.ascontiguousarray(y),
            lambda y: np.ascontiguousarray(y.T),
            lambda y: np.asfortranarray(y),
            lambda y: np.asfortranarray(y.T),
            lambda y: np.require(y.T, requirements=["C_CONTIGUOUS"]),
            lambda y: np.asarray(y),
            lambda y: np.array(y),
            lambda y: y.real,
            lambda y: y.astype(float),
        ):
            y = x.copy()
            view(y)[1] = 7.0
            made.append(y)
        y = x.copy()
        stretched, middle = np.broadcast_to(y[0], (2, 4)), np.diagonal(y)
        y *= 2
        return [*made, stretched * 1.0, middle * 1.0]

    for got, want in zip(pf.jvp(f, (MATRIX,), (MATRIX,))[0], f(MATRIX), strict=True):
        np.testing.assert_array_equal(got, want)


@pytest.mark.parametrize("name", ["broadcast_to", "diagonal", "windows"])
def test_views_that_repeat_elements_are_read_only(name):
    def f(x):
        view = {
            "broadcast_to": lambda: np.broadcast_to(x, (2, 3, 3)),
            "diagonal": lambda: np.diagonal(x),
            "windows": lambda: np.lib.stride_tricks.sliding_window_view(x, 2, axis=0),
        }[name]()
        view[0] = 1.0
        return np.sum(x)

    with pytest.raises(ParameterError, match="read-only"):
        pf.grad(f)(SQUARE)
    with pytest.raises(ValueError, match="read-only"):
        f(SQUARE.copy())


REFUSED = [
    (lambda x: np.reshape(x, (5, 5)), ShapeError, "cannot reshape"),
    (lambda x: np.reshape(x, (-1, -1)), ShapeError, "no negative"),
    (lambda x: np.reshape(x, (5, -1)), ShapeError, "cannot reshape"),
    (lambda x: np.reshape(x, (2.0, 6)), ShapeError, "integers"),
    (lambda x: np.reshape(x, 12, order="Z"), ParameterError, "order"),
    (lambda x: np.reshape(x.T, 12, copy=False), ParameterError, "copy=False"),
    (lambda x: np.transpose(x, (0, 0)), ShapeError, "twice"),
    (lambda x: np.transpose(x, (0,)), ShapeError, "do not match"),
    (lambda x: np.squeeze(x, 0), ShapeError, "squeezed"),
    (lambda x: np.expand_dims(x, 5), ShapeError, "out of bounds"),
    (lambda x: np.swapaxes(x, 0, 2), ShapeError, "out of bounds"),
    (lambda x: np.moveaxis(x, 0.5, 1), DTypeError, "must be an int"),
    (lambda x: np.broadcast_to(x, (2, 5)), ShapeError, "broadcast"),
    (lambda x: np.broadcast_arrays(x, np.ones(5)), ShapeError, "broadcast"),
    (lambda x: np.repeat(x, [1, 2], axis=0), ParameterError, "np.repeat"),
    (lambda x: np.repeat(x, -1), ParameterError, "np.repeat"),
    (lambda x: np.pad(x, -1), ParameterError, "negative"),
    (lambda x: np.pad(x, 1, "nothing"), ParameterError, "no mode"),
    (lambda x: np.pad(x, 1, "constant", stat_length=1), ParameterError, "no such options"),
    (lambda x: np.tile(x, -1), ShapeError, "negative"),
    (lambda x: np.diag(x[None]), ShapeError, "one or two axes"),
    (lambda x: np.rollaxis(x, 0, 4), ShapeError, "start"),
    (lambda x: np.matrix_transpose(x[0]), ShapeError, "matri"),
    (lambda x: np.lib.stride_tricks.sliding_window_view(x, 9, axis=0), ParameterError, "window"),
]


@pytest.mark.parametrize(("f", "error", "text"), REFUSED)
def test_refusals(f, error, text):
    with pytest.raises(error, match=text):
        pf.grad(lambda x: np.sum(f(x)))(MATRIX)
    with pytest.raises((ValueError, TypeError)):
        f(MATRIX)
