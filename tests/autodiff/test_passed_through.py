"""Functions whose results carry no derivative: the same as NumPy's, and what a replay checks."""

import io

import numpy as np
import pytest

import pyframe as pf

X = np.array([[0.5, -2.0], [3.0, 0.0]])

VALUES = {
    "allclose": lambda x: np.allclose(x, x + 1e-12),
    "isclose": lambda x: np.isclose(x, [[0.5, 1.0], [3.0, 1.0]]),
    "array_equal": lambda x: [
        np.array_equal(x, x),
        np.array_equal(x, x[0]),
        np.array_equal(x, x + 1),
    ],
    "array_equal of nan": lambda x: np.array_equal(x * np.nan, x * np.nan, equal_nan=True),
    "array_equiv": lambda x: [np.array_equiv(x[:1] * 0, x * 0), np.array_equiv(x, np.ones(3))],
    "array_str": lambda x: len(np.array_str(x)) + len(np.array_repr(x)) + len(np.array2string(x)),
    "isreal": lambda x: [np.isreal(x), np.iscomplex(x), np.isreal(x[0, 0])],
    "isrealobj": lambda x: [np.isrealobj(x), np.iscomplexobj(x)],
    "result_type": lambda x: [
        np.result_type(x, np.float32) == np.float64,
        np.common_type(x) is np.float64,
        np.min_scalar_type(x) == np.float64,
    ],
    "can_cast": lambda x: np.can_cast(x.dtype, int),
    "packbits": lambda x: np.packbits(x > 0),
    "ix_": lambda x: x[np.ix_(x[0] > 0, [1, 0])],
    "unravel_index": lambda x: x[np.unravel_index(np.argmax(x), x.shape)],
    "ravel_multi_index": lambda x: np.ravel_multi_index(np.nonzero(x), x.shape),
    "diag_indices_from": lambda x: x[np.diag_indices_from(x)],
    "tril_indices_from": lambda x: x[np.tril_indices_from(x)] + x[np.triu_indices_from(x)],
    "shares_memory": lambda x: [
        np.shares_memory(x, x[0]),
        np.shares_memory(x[:1], x[1:]),
        np.may_share_memory(x[:, 0], x[:, 1]),
        np.shares_memory(x, x.copy()),
        np.shares_memory(x.T.ravel(), x),
    ],
    "spacing": lambda x: np.spacing(x),
    "sign tests": lambda x: [np.isposinf(x), np.isneginf(x / np.abs(x[0, 0] * 0 + 1))],
}


@pytest.mark.parametrize("name", VALUES)
def test_against_numpy(name):
    f = VALUES[name]
    seen = []
    pf.grad(lambda x: seen.append(f(x)) or np.sum(x))(X)
    got = pf.jvp(lambda x: [part * x[0, 0] for part in listed(f(x))], (X,), (X,))[0]
    for a, b in zip(got, listed(f(X)), strict=True):
        np.testing.assert_array_equal(a, np.asarray(b) * X[0, 0])


def listed(value):
    return list(value) if isinstance(value, list | tuple) else [value]


def test_what_depends_on_shapes_alone_needs_no_new_recording():
    def f(x):
        kind = np.result_type(x, 1)
        assert kind == np.float64
        assert not np.iscomplexobj(x)
        return np.sum(x[np.tril_indices_from(x)]) * np.ndim(x) * np.size(x) * len(np.shape(x))

    compiled = pf.compile(f)
    for k in range(4):
        assert compiled(X + k) == f(X + k)
    assert compiled.recordings == 1


def test_answers_that_stay_need_no_new_recording():
    compiled = pf.compile(lambda x: np.sum(x) if np.allclose(x, x * (1 + 1e-9)) else 0.0)
    for k in range(4):
        assert compiled(X + k) == np.sum(X + k)
    assert compiled.recordings == 1


@pytest.mark.parametrize("write", [np.save, np.savetxt, np.savez, np.savez_compressed])
def test_values_are_written_to_files_on_the_way(write):
    file = io.BytesIO()

    def f(x):
        write(file, x * 2)
        return np.sum(x * x)

    np.testing.assert_array_equal(pf.grad(f)(X), 2 * X)
    expected = io.BytesIO()
    write(expected, X * 2)
    assert len(file.getvalue()) == len(expected.getvalue())
