"""FAULTS.md, group A: shapes, kinds and memory of arrays that are differentiated."""

import gc
import re
import threading
from pathlib import Path

import numpy as np
import pytest

import pyframe as pf
from pyframe.errors import (
    DTypeError,
    IndexOutOfBounds,
    OutOfMemory,
    ParameterError,
    PyframeError,
    ShapeError,
    TooManyElements,
)


def weighted(x):
    return np.sum(np.sin(x) * x)


@pytest.mark.parametrize("x", [0.7, np.float64(0.7), np.array(0.7), np.float32(0.7)])
def test_a1_numbers_of_any_make(x):
    got = pf.grad(weighted)(x)
    assert got == pytest.approx(np.cos(0.7) * 0.7 + np.sin(0.7), rel=1e-6)
    assert np.shape(got) == ()


def test_a2_the_sum_of_nothing():
    for dtype in ("float64", "float32"):
        value, got = pf.value_and_grad(np.sum)(np.zeros(0, dtype))
        assert (value, got.shape, got.dtype) == (0.0, (0,), dtype)


@pytest.mark.parametrize("name", ["max", "min", "argmax", "argmin"])
def test_a3_the_largest_of_nothing(name):
    with pytest.raises(ShapeError):
        pf.grad(lambda x: getattr(np, name)(x) * 1.0)(np.zeros(0))
    with pytest.raises(ValueError):
        getattr(np, name)(np.zeros(0))


@pytest.mark.parametrize("name", ["mean", "var"])
def test_a4_the_mean_of_nothing(name):
    with pytest.warns(RuntimeWarning, match="empty slice|Degrees of freedom"):
        value, got = pf.value_and_grad(lambda x: getattr(np, name)(x))(np.zeros(0))
    assert np.isnan(value)
    assert got.shape == (0,)


def test_a5_products_over_nothing():
    f = pf.grad(lambda a, b: np.sum((a @ b) * 2.0), (0, 1))
    left, right = f(np.zeros((3, 0)), np.zeros((0, 4)))
    assert (left.shape, right.shape) == ((3, 0), (0, 4))
    assert (pf.compile(np.matmul)(np.zeros((3, 0)), np.zeros((0, 4))) == np.zeros((3, 4))).all()


def layouts(x):
    """The same numbers in memory in many ways."""
    yield "strided", np.repeat(x, 2, axis=1)[:, ::2]
    yield "reversed", x[::-1, ::-1].copy()[::-1, ::-1]
    yield "transposed", x.T.copy().T
    yield "fortran", np.asfortranarray(x)
    yield "misaligned", np.frombuffer(b"x" + x.tobytes(), float, offset=1).reshape(x.shape)
    yield "big-endian", x.astype(">f8")
    read_only = x.copy()
    read_only.flags.writeable = False
    yield "read-only", read_only


def test_a6_a7_a10_a11_a12_the_same_bits_however_an_array_lies_in_memory():
    x = np.random.default_rng(0).normal(size=(5, 4))
    f = pf.value_and_grad(lambda x: np.sum(np.exp(x @ x.T)[1:, ::2]) + np.sum(np.cumsum(x, 0)))
    value, gradient = f(x)
    compiled = pf.compile(lambda x: np.sum(np.exp(x @ x.T)[1:, ::2]) + np.sum(np.cumsum(x, 0)))
    for name, other in layouts(x):
        got = f(other)
        assert got[0] == value, name
        assert got[1].tobytes() == gradient.tobytes(), name
        assert got[1].dtype == np.float64
        assert compiled.grad(other).tobytes() == compiled.grad(x).tobytes()


def test_a8_a_broadcast_array_is_read():
    x = np.broadcast_to(np.array([1.0, 2.0]), (3, 2))
    np.testing.assert_array_equal(pf.grad(lambda x: np.sum(x * x))(x), 2 * x)
    # Inside, the argument is an array of its own: assigned to, the caller's stays as it was.
    pf.grad(lambda x: np.sum(np.copyto(x, 0.0) or x))(x)
    np.testing.assert_array_equal(x[:, 0], 1.0)


def test_a9_overlapping_arguments():
    memory = np.arange(6.0)
    left, right = memory[:4], memory[2:]
    f = pf.grad(lambda a, b: np.sum(a * a * b), (0, 1))
    for got, want in zip(f(left, right), f(left.copy(), right.copy()), strict=True):
        np.testing.assert_array_equal(got, want)

    def shifted(x):
        y = x.copy()
        y[1:] = y[:-1] * 2.0
        np.multiply(y[:-1], 3.0, out=y[1:])
        return y

    np.testing.assert_array_equal(pf.jvp(shifted, (memory,), (memory,))[0], shifted(memory))


@pytest.mark.parametrize(
    "bad",
    [
        np.array(["a", "b"]),
        np.array(["2020-01-01"], "datetime64[D]"),
        np.zeros(2, [("x", float)]),
        np.zeros(2, "V8"),
        np.array([1.0, 2.0], object),
        np.array([1j, 2.0]),
        np.zeros(2, np.float16),
        np.zeros(2, np.longdouble),
        "text",
        None,
        1j,
    ],
)
def test_a13_a14_a15_kinds_that_are_refused(bad):
    with pytest.raises(DTypeError):
        pf.grad(lambda x: np.sum(x))(bad)
    if not isinstance(bad, str) and bad is not None:
        with pytest.raises(TypeError):
            pf.grad(lambda x: np.sum(x * bad))(np.ones(2))


def test_a16_integers_beyond_the_floats():
    """NumPy's promotion: int64 with float64 gives float64; alone they stay exact."""
    n = np.array([2**53 + 1, 2**62])
    assert pf.jvp(lambda x: n + np.floor(x).astype(int), (np.ones(2),), (np.ones(2),))[
        0
    ].tolist() == [
        2**53 + 2,
        2**62 + 1,
    ]
    np.testing.assert_array_equal(pf.grad(lambda x: np.sum(n * x))(np.ones(2)), n.astype(float))
    with pytest.raises(DTypeError, match="int64"):
        pf.grad(lambda x: np.sum(x * np.array([2**64 - 1, 0], np.uint64)))(np.ones(2))


@pytest.mark.parametrize("bad", [3, True, np.array([1, 2]), np.array([True]), np.int64(3)])
def test_a17_integers_are_not_differentiated(bad):
    with pytest.raises(DTypeError, match="floats"):
        pf.grad(lambda x: np.sum(x * 2.0))(bad)


def test_a18_kinds_that_meet():
    x, y = np.ones(2, "float32"), np.ones(2)
    gradients = pf.grad(lambda x, y: np.sum(x * y * 2.0 + x), (0, 1))(x, y)
    assert [g.dtype for g in gradients] == ["float32", "float64"]
    assert pf.jvp(lambda x: 2.5 * x + 1, (x,), (x,))[0].dtype == "float32"
    assert pf.jvp(lambda x: np.float64(2.5) * x, (x,), (x,))[0].dtype == "float64"
    assert pf.jvp(lambda x: x * np.arange(2), (x,), (x,))[0].dtype == "float64"
    assert pf.jvp(lambda x: x * np.array([True, False]), (x,), (x,))[0].dtype == "float32"


def test_a19_many_small_terms_in_float32():
    n = 2_000_000
    x = np.full(n, 0.1, "float32")
    exact = n * float(np.float32(0.1))
    assert pf.compile(np.sum)(x) == pytest.approx(exact, rel=1e-6)
    got = pf.grad(lambda t: np.sum(x * t))(np.float32(1.0))
    assert float(got) == pytest.approx(exact, rel=1e-6)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x + np.ones(4),
        lambda x: np.ones((2, 2)) * x,
        lambda x: np.where(x > 0, x, np.ones(2)),
        lambda x: np.maximum(x, np.ones((3, 2))),
    ],
)
def test_a20_shapes_that_do_not_broadcast(f):
    with pytest.raises(ShapeError, match=r"\(3,\)"):
        pf.grad(lambda x: np.sum(f(x)))(np.ones(3))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ((3, 1), (1, 4)),
        ((1,), ()),
        ((1,), (1,)),
        ((3,), (2, 3)),
        ((1, 1), (1, 1)),
        ((2, 1, 3), (4, 1)),
    ],
)
def test_a21_adjoints_have_the_shape_of_what_was_broadcast(a, b):
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=a), rng.normal(size=b)
    x, y = np.asarray(x), np.asarray(y)
    by_x, by_y = pf.grad(lambda x, y: np.sum(x * y * y), (0, 1))(x, y)
    assert (np.shape(by_x), np.shape(by_y)) == (a, b)
    h = 1e-30
    total = np.sum((x + 0j) * (y + 1j * h) ** 2).imag / h
    assert np.sum(by_y) == pytest.approx(total, rel=1e-13)
    assert np.sum(by_x) == pytest.approx(np.sum(np.ones(a) * y * y), rel=1e-13)


@pytest.mark.parametrize("shape", [(2**40, 2**40), (2**62, 4), (2**31, 2**31, 2)])
def test_a22_shapes_beyond_all_counting(shape):
    for f in (
        lambda x: np.broadcast_to(x, shape),
        lambda x: np.reshape(x, shape),
        lambda x: np.full(shape, x),
        lambda x: np.zeros_like(x, shape=shape),
    ):
        with pytest.raises((OverflowError, ValueError, MemoryError)) as refusal:
            pf.grad(lambda x, f=f: np.sum(f(x)))(1.0)
        assert isinstance(refusal.value, TooManyElements | ShapeError | OutOfMemory | ValueError)


def test_a23_more_elements_than_32_bits_count():
    with pytest.raises((MemoryError, OverflowError, ValueError)):
        pf.grad(lambda x: np.sum(np.broadcast_to(x, (2**45,)) * x))(1.0)


@pytest.mark.parametrize("bad", [(-2,), (2.0,), (np.nan,), ("2",), (None,)])
def test_a24_lengths_that_are_none(bad):
    for f in (
        lambda x: np.reshape(x, bad),
        lambda x: np.broadcast_to(x, bad),
        lambda x: np.zeros_like(x, shape=bad),
        lambda x: np.resize(x, bad),
    ):
        with pytest.raises(ShapeError):
            pf.grad(lambda x, f=f: np.sum(f(x)))(np.ones(2))


def test_a25_ranks():
    """NumPy has up to 64 axes, traced arrays up to 32."""
    f = pf.grad(lambda x, rank: np.sum(np.reshape(x, (1,) * (rank - 1) + (2,)) * 2))
    assert f(np.ones(2), 32).tolist() == [2, 2]
    with pytest.raises(ShapeError, match="33 axes are more than 32"):
        f(np.ones(2), 33)
    with pytest.raises(ShapeError, match="33 axes are more than 32"):
        pf.grad(np.sum)(np.ones((1,) * 33))


class Own(np.ndarray):
    """A subclass like any other."""


@pytest.mark.parametrize(
    "bad", [np.ma.array([1.0, 2.0], mask=[True, False]), np.array([1.0, 2.0]).view(Own)]
)
def test_a26_subclasses_are_refused(bad):
    for call in (
        lambda: pf.grad(lambda x: np.sum(x))(bad),
        lambda: pf.grad(lambda x: np.sum(x + bad))(np.ones(2)),
        lambda: pf.grad(lambda x: np.sum(bad * x))(np.ones(2)),
    ):
        with pytest.raises((DTypeError, TypeError)):
            call()


def test_a27_lists():
    np.testing.assert_array_equal(
        pf.grad(lambda x: np.sum(x * np.array([[1.0, 2.0]])))(np.ones(2)), [1, 2]
    )
    with pytest.raises(ShapeError):
        pf.grad(lambda x: np.sum(np.array([[x[0]], [x[0], x[1]]])))(np.ones(2))
    with pytest.raises((ShapeError, ValueError)):
        pf.grad(lambda x: np.sum(x * [[1.0], [1.0, 2.0]]))(np.ones(2))


def test_a28_constants_are_kept_as_they_were():
    data = np.array([1.0, 2.0])

    def f(x):
        y = x * data
        data[:] = 100.0
        return np.sum(y * x)

    np.testing.assert_array_equal(pf.grad(f)(np.ones(2)), [2.0, 4.0])
    x = np.ones(2)
    linear = pf.linearize(lambda x: x * x, x)[1]
    x[:] = 50.0
    np.testing.assert_array_equal(linear(np.ones(2)), [2.0, 2.0])


def test_a29_an_argument_written_to_by_another_thread_meanwhile():
    x = np.full(200_000, 0.5)
    c = pf.compile(lambda x: np.sum(np.exp(x) * x))
    c.value_and_grad(x)
    over = threading.Event()

    def write():
        while not over.is_set():
            x[:] = np.random.default_rng().random(x.size)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(20):
            value, slope = c.value_and_grad(x)
            assert 0 <= value <= np.e * x.size  # of some mixture of what was written
            assert ((slope >= 1) & (slope <= 2 * np.e)).all()
    finally:
        over.set()
        writer.join()


def test_a30_an_argument_that_dies():
    def f(x):
        gc.collect()
        return np.sum(x * x)

    np.testing.assert_array_equal(pf.grad(f)(np.arange(1000.0)[::3].copy())[:2], [0.0, 6.0])


def test_a31_special_numbers_pass_through():
    x = np.array([np.nan, np.inf, -np.inf, -0.0, 5e-324])
    for f in (
        lambda x: x[::-1],
        lambda x: np.concatenate([x, x]),
        lambda x: np.reshape(x, (5, 1)),
        lambda x: np.where([True] * 5, x, 0.0),
        lambda x: x[[0, 1, 2, 3, 4]],
    ):
        value = pf.jvp(f, (x,), (np.ones(5),))[0]
        assert value.tobytes() == f(x).tobytes()


def test_a32_more_than_the_memory_that_is_left():
    meminfo = Path("/proc/meminfo")
    if not meminfo.exists():
        pytest.skip("the system does not say how much memory is left")
    left = int(re.search(r"MemAvailable: *(\d+) kB", meminfo.read_text())[1]) * 1024
    huge = np.broadcast_to(np.float64(1.0), (left // 4,))  # twice what is left, if it were copied
    for f in (lambda: pf.grad(np.sum)(huge), lambda: pf.grad(lambda x: np.sum(x * huge))(1.0)):
        with pytest.raises(OutOfMemory, match="not enough memory for an array of"):
            f()


def test_a33_a_file_read_as_an_array(tmp_path):
    x = np.memmap(tmp_path / "x", dtype="float64", mode="w+", shape=(1000,))
    x[:] = np.arange(1000.0)
    c = pf.compile(lambda x: np.sum(x * x))
    for _ in range(2):
        value, slope = c.value_and_grad(x)
        assert value == np.sum(x * x)
        assert type(slope) is np.ndarray
        np.testing.assert_array_equal(slope, 2 * np.arange(1000.0))
    np.testing.assert_array_equal(
        pf.grad(lambda x: np.sum(x * x))(x[::7]), 2 * np.arange(1000.0)[::7]
    )


READS = [
    lambda x, k: x[k],
    lambda x, k: x[np.array([0, k])],
    lambda x, k: x[[k]],
    lambda x, k: np.take(x, k),
]


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("k", [2, 5, -3, 10**9])
def test_a34_an_index_out_of_bounds(read, k):
    with pytest.raises(IndexOutOfBounds, match=f"index {k} is out of bounds .* size 2"):
        pf.grad(lambda x: np.sum(read(x, k)))(np.ones(2))
    with pytest.raises(IndexError):
        read(np.ones(2), k)


@pytest.mark.parametrize("k", [2, -3])
def test_a34_an_assignment_out_of_bounds(k):
    def f(x, key):
        y = x.copy()
        y[key] = x[0]
        return np.sum(y)

    for key in (k, [0, k], np.array([k])):
        with pytest.raises(IndexOutOfBounds, match=f"index {k} is out of bounds"):
            pf.grad(lambda x, key=key: f(x, key))(np.ones(2))
    with pytest.raises(IndexOutOfBounds, match="too many indices"):
        pf.grad(lambda x: f(x, (0, 0)))(np.ones(2))


def test_a34_an_index_out_of_bounds_on_replay():
    compiled = pf.compile(lambda x, k: np.sum(x[k] ** 2))
    assert compiled(np.arange(3.0), np.array([1, 2])) == 5.0
    with pytest.raises(IndexError):
        compiled(np.arange(3.0), np.array([1, 3]))
    assert compiled(np.arange(3.0), np.array([-1, 0])) == 4.0


def test_a35_negative_indices():
    np.testing.assert_array_equal(pf.grad(lambda x: x[-1] + 2 * x[-3])(np.ones(3)), [2, 0, 1])
    got = pf.grad(lambda x: np.sum(x[[-1, -1, 0]] * np.arange(1.0, 4.0)))(np.ones(3))
    np.testing.assert_array_equal(got, [3, 0, 3])


def test_a36_repeated_indices_add_up():
    np.testing.assert_array_equal(pf.grad(lambda x: np.sum(x[[0, 0, 1]]))(np.ones(2)), [2, 1])
    tangent = pf.jvp(lambda x: x[[0, 0, 1]], (np.ones(2),), (np.array([1.0, 5.0]),))[1]
    np.testing.assert_array_equal(tangent, [1, 1, 5])


def test_a37_the_last_of_repeated_assignments_counts():
    def f(x, v):
        y = x.copy()
        y[[0, 1, 0]] = v
        return y

    x, v = np.array([1.0, 2.0, 3.0]), np.array([4.0, 5.0, 6.0])
    np.testing.assert_array_equal(pf.jvp(f, (x, v), (x, v))[0], f(x, v))
    by_x, by_v = pf.grad(lambda x, v: np.sum(f(x, v)), (0, 1))(x, v)
    np.testing.assert_array_equal(by_x, [0, 0, 1])
    np.testing.assert_array_equal(by_v, [0, 1, 1])


def test_a38_empty_indices():
    for key in ([], np.zeros(0, int), slice(0, 0), np.zeros(3, bool)):
        np.testing.assert_array_equal(pf.grad(lambda x, k=key: np.sum(x[k]))(np.ones(3)), [0, 0, 0])

        def f(x, v, key=key):
            y = x.copy()
            y[key] = v
            return np.sum(y * y)

        by_x, by_v = pf.grad(f, (0, 1))(np.ones(3), 2.0)
        np.testing.assert_array_equal(by_x, [2, 2, 2])
        assert by_v == 0.0


@pytest.mark.parametrize(
    "mask", [[True], [True, False], np.ones((3, 1), bool), np.ones((2, 2), bool)]
)
def test_a39_masks_of_another_shape(mask):
    def put(x):
        x = x.copy()
        x[np.asarray(mask)] = 1.0
        return x

    for f in (lambda x: x[np.asarray(mask)], put):
        with pytest.raises((ShapeError, IndexOutOfBounds)):
            pf.grad(lambda x, f=f: np.sum(f(x)))(np.ones(3))
        with pytest.raises(IndexError):
            f(np.ones(3))


AXES = {
    "sum": lambda x, axis: np.sum(x, axis=axis),
    "max": lambda x, axis: np.max(x, axis=axis),
    "cumsum": lambda x, axis: np.cumsum(x, axis=axis),
    "sort": lambda x, axis: np.sort(x, axis=axis),
    "flip": lambda x, axis: np.flip(x, axis=axis),
    "concatenate": lambda x, axis: np.concatenate([x, x], axis=axis),
    "stack": lambda x, axis: np.stack([x, x], axis=axis),
    "take": lambda x, axis: np.take(x, [0], axis=axis),
    "expand_dims": lambda x, axis: np.expand_dims(x, axis),
    "squeeze": lambda x, axis: np.squeeze(x, axis),
    "swapaxes": lambda x, axis: np.swapaxes(x, axis, 0),
    "repeat": lambda x, axis: np.repeat(x, 2, axis),
    "array_split": lambda x, axis: np.array_split(x, 2, axis)[0],
}


@pytest.mark.parametrize("name", AXES)
@pytest.mark.parametrize("axis", [5, -6, True, 0.5, "0", (0, 0), (0, -2)])
def test_a40_axes_that_are_none(name, axis):
    if name == "expand_dims" and axis == (0, -2):
        axis = (0, -4)
    with pytest.raises((ShapeError, DTypeError)) as refusal:
        pf.grad(lambda x: np.sum(AXES[name](x, axis)))(np.ones((2, 3)))
    assert isinstance(refusal.value, PyframeError)


def test_errors_leave_nothing_behind():
    """R3: after a refusal the next call answers as ever."""
    f = pf.value_and_grad(lambda x, k: np.sum(x[k:] ** 2) if k < 5 else x[k])
    before = f(np.arange(3.0), 1)
    with pytest.raises(IndexOutOfBounds):
        f(np.arange(3.0), 7)
    after = f(np.arange(3.0), 1)
    assert before[0] == after[0]
    np.testing.assert_array_equal(before[1], after[1])


def test_parameters_that_numpy_refuses_are_refused():
    with pytest.raises(ParameterError):
        pf.grad(lambda x: np.sum(np.array_split(x, -1)[0]))(np.ones(3))
