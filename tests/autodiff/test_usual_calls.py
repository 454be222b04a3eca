"""Calls that are answered in Rust: what the handlers in Python give, refusals included."""

import numpy as np
import pytest

import pyframe as pf
from pyframe.autodiff import tracers
from pyframe.autodiff.dispatch import FUNCTIONS
from pyframe.autodiff.record import opened

RNG = np.random.default_rng(1)
ARRAYS = {
    "vector": RNG.standard_normal(5),
    "matrix": RNG.standard_normal((3, 4)),
    "three axes": RNG.standard_normal((2, 3, 2)),
    "one element": RNG.standard_normal(1),
    "empty": np.zeros(0),
    "no rows": np.zeros((0, 3)),
    "single precision": RNG.standard_normal(4).astype(np.float32),
    "singular": np.array([np.nan, np.inf, -0.0, 0.0, -np.inf]),
}
NAN = float("nan")
OPTIONS = {
    np.sum: [((), {}), ((0,), {}), ((), {"axis": -1, "keepdims": True}), ((5,), {})],
    np.mean: [((), {}), ((), {"axis": (0, 1)}), ((), {"dtype": np.float64})],
    np.var: [((), {}), ((), {"ddof": 1}), ((), {"axis": 0, "ddof": 9})],
    np.std: [((), {}), ((), {"ddof": 1.5}), ((), {"keepdims": True})],
    np.max: [((), {}), ((0,), {}), ((), {"initial": 3.0})],
    np.min: [((), {}), ((), {"axis": -1})],
    np.reshape: [((-1,), {}), (((1, -1),), {}), ((7,), {}), ((-1,), {"order": "F"})],
    np.transpose: [((), {}), (((1, 0),), {})],
    np.linalg.norm: [((), {}), ((None,), {}), ((2,), {}), ((), {"axis": 0, "keepdims": True})],
    np.ravel: [((), {}), (("F",), {}), ((), {"order": "A"}), (("X",), {})],
    np.clip: [
        ((0, 1), {}),
        ((-0.5, 0.5), {}),
        ((0.5, -0.5), {}),
        ((None, 0.5), {}),
        ((NAN, 1.0), {}),
        ((True, 2), {}),
        ((np.float64(0.1), np.float32(0.3)), {}),
        ((0,), {"a_max": 1}),
        ((10**30, 10**31), {}),
    ],
    np.cumsum: [((), {}), ((0,), {}), ((), {"axis": -1}), ((), {"dtype": np.float64})],
    np.outer: [((y,), {}) for y in ARRAYS.values()],
    np.dot: [((y,), {}) for y in ARRAYS.values()],
}  # fmt: skip


def answer(function, *args, **kwargs):
    """What a call gives: kind, type and bits, and whether it is a view; or how it is refused."""
    try:
        made = function(*args, **kwargs)
    except (pf.PyframeError, ValueError, TypeError, RuntimeWarning) as refusal:
        # Around the handler stands what says which call was refused.
        cause = refusal if refusal.__cause__ is None else refusal.__cause__
        return type(cause), str(cause)
    is_view = getattr(made, "base", None) is not None
    return type(made), made.dtype, made.shape, np.asarray(made.concrete).tobytes(), is_view


@pytest.mark.parametrize("name", ARRAYS)
@pytest.mark.parametrize("function", OPTIONS, ids=lambda function: function.__name__)
def test_the_same_as_the_handler(function, name):
    assert function in tracers.USUAL
    for args, kwargs in OPTIONS[function]:
        with opened() as (recording, _):
            traced = [recording.argument(ARRAYS[name].copy())]
            traced += [
                recording.argument(a.copy()) if isinstance(a, np.ndarray) else a for a in args
            ]
            expected = answer(FUNCTIONS[function], *traced, **kwargs)
            assert answer(function, *traced, **kwargs) == expected, (args, kwargs)


def into_a_flat_view(x):
    y = x * 1.0
    flat = np.ravel(y)
    flat[1] = x[0, 0] * 3
    return np.sum(y * y)


def into_a_flat_copy(x):
    y = x * 1.0
    flat = np.ravel(y[::2])
    flat[0] = x[0, 0] * 3
    return np.sum(y * y) + np.sum(flat)


def into_a_view_of_a_view(x):
    y = x * 1.0
    part = y[1:, ::2]
    row = part[0]
    row[0] = x[0, 0] * 5
    return np.sum(y * y) + np.sum(part * y[1:, ::2])


@pytest.mark.parametrize("f", [into_a_flat_view, into_a_flat_copy, into_a_view_of_a_view])
def test_assignments_go_through_views(f):
    x = ARRAYS["matrix"]
    assert pf.value_and_grad(f)(x)[0] == pytest.approx(f(x), rel=1e-14)
    pf.check_grads(f, (x,))


def rows(p):
    total = 0.0
    for k in range(12):
        total = total + np.sum(np.sin(p[k % 3]) * (k + 1)) + np.sum(p[k % 2 : k % 2 + 2] ** 2)
    return total


def columns_and_rows(p):
    return sum(np.sum(np.cos(p[:, k % 2]) * k) + np.sum(p[k % 3] ** 3) for k in range(9))


@pytest.mark.parametrize("f", [rows, columns_and_rows])
@pytest.mark.parametrize("shape", [(8, 5), (4, 3, 2), (16, 1)])
def test_adjoints_of_rows_add_up(f, shape):
    p = RNG.standard_normal(shape)
    if f is columns_and_rows and shape[1] < 2:
        pytest.skip("it has one column")
    value, gradient = pf.value_and_grad(f)(p)
    again, compiled = pf.compile(f).value_and_grad(p)
    step = 1e-6 * RNG.standard_normal(shape)
    slope = (f(p + step) - f(p - step)) / 2
    assert value == again == pytest.approx(f(p), rel=1e-14)
    np.testing.assert_array_equal(gradient, compiled)
    assert np.sum(gradient * step) == pytest.approx(slope, rel=1e-6, abs=1e-12)


def test_a_pass_back_leaves_the_recording_as_it_was():
    def f(x):
        y = np.sin(x)
        z = y * x + np.exp(-y)
        return np.sum(z / (1.0 + x * x)) + y @ z - np.sum(np.maximum(z, 0.3) * 2.0)

    x = ARRAYS["vector"]
    with opened() as (recording, _):
        traced = recording.argument(x)
        output, one = f(traced), recording.constant(np.asarray(1.0))
        before = str(recording), len(recording), output.concrete
        first = recording.pull([output], [one], [traced])[0]
        second = recording.pull([output], [one], [traced])[0]
        assert before == (str(recording), len(recording), output.concrete)
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(first, pf.compile(f).grad(x))
    pf.check_grads(f, (x,))
