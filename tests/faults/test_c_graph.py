"""FAULTS.md, rows C1 to C18: graphs, traces and what is kept of them."""

import struct
import time

import numpy as np
import pytest

import pyframe as pf
from pyframe.autodiff.compiled import SIGNATURES
from pyframe.autodiff.loaded import Loaded
from pyframe.autodiff.record import opened
from pyframe.errors import LoadError, ParameterError, RetraceWarning, TapeLimitError

X = np.array([0.5, -1.5, 2.0])


def chain(n):
    def f(x):
        for _ in range(n):
            x = x * 1.0000001
        return x

    return f


def resealed(data):
    """A file with the checksum that its content has: what a forger would write."""
    total = 0xCBF29CE484222325
    for byte in data[:24] + data[32:]:
        total = (total ^ byte) * 0x100000001B3 % 2**64
    return data[:24] + struct.pack("<Q", total) + data[32:]


def bits(values):
    return [np.asarray(value).tobytes() for value in values]


def test_c1_a_long_chain():
    n = 10_000_000
    with opened() as (recording, _):
        x = recording.argument(1.0)
        y = chain(n)(x)
        assert len(recording) == n + 2
        assert recording.memory <= 48 * n
        (slope,) = recording.sweep(y, [x])
        assert slope == pytest.approx(np.exp(1.0), rel=1e-6)
        assert float(y.concrete) == pytest.approx(np.exp(1.0), rel=1e-6)
        del x, y
    start = time.perf_counter()
    del recording
    assert time.perf_counter() - start < 0.2


def test_c1_a_long_chain_replayed_printed_and_saved():
    n = 300_000
    c = pf.compile(chain(n))
    value, slope = c.value_and_grad(1.0)
    assert slope == value == chain(n)(1.0)
    assert "more nodes" in str(c.graph(1.0))
    loaded = Loaded(c.to_bytes())
    assert loaded.value_and_grad(1.0) == (value, slope)
    start = time.perf_counter()
    del c, loaded
    assert time.perf_counter() - start < 0.2


def test_c2_the_limit_of_nodes():
    with pf.limits(nodes=1000):
        assert pf.grad(chain(400))(1.0) > 1.0
        with pytest.raises(TapeLimitError, match="its limit of 1000 nodes") as caught:
            pf.grad(chain(2000))(1.0)
        assert isinstance(caught.value, MemoryError)
        (note,) = caught.value.__notes__
        assert "test_c_graph.py:" in note and note.partition(" in ")[2].startswith("f;")
        assert pf.grad(chain(400))(1.0) > 1.0
    assert pf.grad(chain(2000))(1.0) > 1.0


@pytest.mark.parametrize("nodes", [0, -1, 2**32, 1e3, True, "all"])
def test_c3_no_limit_beyond_what_can_be_numbered(nodes):
    with pytest.raises(ParameterError, match="nodes must be an int"), pf.limits(nodes=nodes):
        pass


def test_c5_shared_values_are_computed_once():
    def doubled(x):
        for _ in range(60):
            x = x + x
        return x

    def narrow(x):
        kept = [x, 0.5 * x, x - 1.0]
        rng = np.random.default_rng(3)
        for _ in range(600):
            i, j = rng.integers(0, 3, 2)
            kept[rng.integers(0, 3)] = 0.5 * np.sin(kept[i] * kept[j]) + 0.3 * kept[i]
        return sum(kept)

    c = pf.compile(doubled)
    assert c.value_and_grad(1.0) == (2.0**60, 2.0**60)
    assert len(c.graph(1.0)) == 61
    c = pf.compile(narrow)
    assert c.grad(0.3) == pytest.approx(pf.grad(narrow)(0.3), rel=1e-12)
    assert c.graph(0.3).gradient_text([0]).count("\n") < 10 * len(c.graph(0.3))


def test_c6_constants_that_differ_in_sign_payload_or_dtype():
    nan = np.array([0x7FF8000000000001], dtype=np.uint64).view(float)
    other = np.array([0x7FF8000000000002], dtype=np.uint64).view(float)

    def f(x):
        here = x[:1] < 9.0
        return (
            np.arctan2(0.0, x[0]),
            np.arctan2(-0.0, x[0]),
            np.where(here, nan, 1.0),
            np.where(here, other, 1.0),
            x[:1] * np.float32(0.1),
            x[:1] * np.array([0.1]),
        )

    c = pf.compile(f)
    x = np.array([-1.0, 2.0])
    assert bits(c(x)) == bits(c(x)) == bits(f(x))


@pytest.mark.parametrize("x", [0.0, -0.0, 1.5, float("inf"), float("-inf"), float("nan")])
def test_c7_simplifications_need_finite_numbers(x):
    def f(x):
        x = np.reshape(x, (1,))
        zero = np.zeros(1)
        return x * 0.0, x - x, x / x, zero / x, x + 0.0, x * 1.0, np.negative(-x)

    c = pf.compile(f)
    with np.errstate(all="ignore"):
        c(np.array(2.0))
        assert bits(c(np.array(x))) == bits(f(np.array(x)))
    assert c.recordings == 1


def test_c8_what_overflows_or_is_undefined_happens_when_it_runs():
    def f(x):
        one = np.reshape(x * 0.0 + 1.0, (1,))
        return np.exp(one * 1e4), np.log(-one), 1.0 / (one - 1.0)

    c = pf.compile(f)
    with np.errstate(all="ignore"):
        for _ in range(2):
            assert [str(value) for value in c(2.0)] == ["[inf]", "[nan]", "[inf]"]


def test_c9_rewriting_ends():
    def f(x):
        for _ in range(5000):
            x = np.negative(-np.transpose(np.transpose(np.reshape(x, (1, 3)))))
        return np.sum(x * x)

    c = pf.compile(f)
    start = time.perf_counter()
    assert np.array_equal(c.grad(X), 2 * X)
    assert time.perf_counter() - start < 10
    assert c.graph(X).gradient_text([0]).count("\n") < 20


@pytest.mark.parametrize("n", [3, 400])
def test_c10_each_executor_gives_the_same_bits(n):
    def f(x):
        y = np.sin(x) * np.exp(-x) + np.cumsum(x)[::-1] / (1.0 + x * x)
        return np.sum(y * np.sum(y)) + np.mean(np.sqrt(np.abs(y)))

    c = pf.compile(f)
    rng = np.random.default_rng(n)
    c.value_and_grad(rng.standard_normal(n))
    for _ in range(10):
        x = rng.standard_normal(n)
        assert bits(c.value_and_grad(x)) == bits(pf.value_and_grad(f)(x))


def test_c11_products_and_sums_are_rounded_apart():
    a = 1.0 + 2.0**-30
    assert a * a - (1.0 + 2.0**-29) == 0.0  # fused it would be 2**-60

    def scalar(x):
        return x * x - (1.0 + 2.0**-29)

    def array(x):
        return np.sum(x * x - (1.0 + 2.0**-29))

    assert pf.compile(scalar)(a) == pf.value_and_grad(scalar)(a)[0] == 0.0
    for n in (1, 3, 1000):
        x = np.full(n, a)
        assert pf.compile(array)(x) == pf.value_and_grad(array)(x)[0] == 0.0


def test_c12_nothing_to_do():
    same = pf.compile(lambda x: x)
    assert same.value_and_grad(2.5) == (2.5, 1.0) == same.value_and_grad(2.5)
    constant = pf.compile(lambda x: 3.0)
    for _ in range(2):
        value, gradient = constant.value_and_grad(X)
        assert value == 3.0 and np.array_equal(gradient, np.zeros(3))
    unused = pf.compile(lambda x, y, z: x * x)
    for _ in range(2):
        value, (dx, dy, dz) = unused.value_and_grad(3.0, X, 2.0, argnums=(0, 1, 2))
        assert (value, dx, dz) == (9.0, 6.0, 0.0) and np.array_equal(dy, np.zeros(3))
    nothing = pf.compile(lambda: 1.5)
    assert nothing() == nothing() == 1.5


def sine_file():
    c = pf.compile(np.sin)
    c(1.0)
    return c.to_bytes()


@pytest.mark.parametrize(
    ("node", "text"),
    [
        ((1, 0, 0, 1, 1), "node 1: it reads node 1, which comes later"),
        ((1, 0, 0, 1, 7), "node 1: it reads node 7, which comes later"),
        ((1, 0, 0, 2, 0), "which comes later|missing|operands"),
        ((1, 5, 0, 1, 0), "a type that is not listed"),
        ((9, 0, 0, 1, 0), "a primitive without a name"),
        ((1, 0, 1, 1, 0), "which comes later|missing|fit"),
    ],
)
def test_c13_c14_graphs_that_break_their_own_rules(node, text, tmp_path):
    data = sine_file()
    layout = "<HIBII"
    written = struct.pack(layout, 1, 0, 0, 1, 0)
    assert data.count(written) == 1
    path = tmp_path / "forged"
    path.write_bytes(resealed(data.replace(written, struct.pack(layout, *node))))
    with pytest.raises(LoadError, match=text):
        pf.load(path)


def test_c15_values_that_are_let_go_are_not_read():
    def f(x):
        a, b = np.exp(x), np.cos(x)
        for _ in range(5):
            a, b = a * b[::-1], np.sort(a + b)
        return np.sum(a * b)

    c = pf.compile(f)
    rng = np.random.default_rng(0)
    c(rng.standard_normal(500))
    for _ in range(20):
        x = rng.standard_normal(500)
        x[rng.integers(0, 500)] = rng.choice([np.nan, np.inf, 1.0])
        with np.errstate(all="ignore"):
            value, gradient = pf.value_and_grad(f)(x)
            assert bits([c(x), *c.value_and_grad(x)]) == bits([value, value, gradient])


def test_c16_arrays_of_one_hash_are_compared_in_full():
    a, b = np.arange(40.0), np.arange(40.0)
    b[-1] = -1.0

    def f(x):
        return np.sum(x * a), np.sum(x * b)

    x = np.ones(40)
    c = pf.compile(f)
    assert c(x) == c(x) == f(x)

    functions = [eval(f"lambda x: x * {k}.0") for k in range(50)]
    compiled = [pf.compile(function) for function in functions]
    for _ in range(2):
        assert [c.grad(1.0) for c in compiled] == [float(k) for k in range(50)]


def test_c17_the_cache_is_bounded_and_says_so_once():
    c = pf.compile(lambda x: np.sum(x * x))
    for n in range(SIGNATURES):
        c(np.ones(n))
    with pytest.warns(RetraceWarning, match=f"more than {SIGNATURES} signatures") as warned:
        for n in range(SIGNATURES, 3 * SIGNATURES):
            assert c(np.ones(n)) == n
    assert len(warned) == 1
    assert c.explain().count("signature") == SIGNATURES
    assert c(np.ones(3)) == 3.0
    assert np.array_equal(c.grad(np.ones(3)), 2 * np.ones(3))


def test_c17_a_warning_that_is_an_error_leaves_the_cache_in_order():
    c = pf.compile(lambda x: x * round(x), max_traces=1)
    c(1.0)
    with pytest.raises(RetraceWarning):
        c(2.0)
    assert [c(x) for x in (1.0, 2.0, 3.0)] == [1.0, 4.0, 9.0]


def test_c18_redefined_names_are_noticed():
    scale = 2.0
    c = pf.compile(lambda x: scale * inner(x))

    def inner(x):
        return x * x

    assert c.value_and_grad(3.0) == (18.0, 12.0)
    scale = 3.0
    assert c.value_and_grad(3.0) == (27.0, 18.0)

    def inner(x):  # noqa: F811
        return x

    assert c.value_and_grad(3.0) == (9.0, 3.0)


def test_c18_redefined_globals_and_code_are_noticed(tmp_path):
    names = {}
    exec("k = 2.0\ndef f(x):\n    return k * x", names)
    c = pf.compile(names["f"])
    assert c(3.0) == 6.0
    names["k"] = 5.0
    assert c(3.0) == 15.0
    exec("def g(x):\n    return x * x", names)
    names["f"].__code__ = names["g"].__code__
    with pytest.raises(ParameterError, match="no traces to save"):
        c.save(tmp_path / "stale")
    assert c(3.0) == 9.0
