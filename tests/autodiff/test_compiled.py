"""pf.compile: what is recorded once answers for the function, on every path."""

import numpy as np
import pytest

import pyframe as pf
from pyframe.errors import ParameterError, RetraceWarning


def branchy(rng, depth, indent=1):
    """The text of a random program over two numbers, all of whose branches are on them."""
    pad = "    " * indent
    lines = []
    for _ in range(rng.integers(1, 4)):
        kind = rng.integers(0, 4) if depth else 3
        a, b = rng.choice(["x", "y"], 2, replace=False)
        c = float(np.round(rng.uniform(-1, 1), 2))
        if kind == 0:
            lines += [f"{pad}if take({a} > {c}):", *branchy(rng, depth - 1, indent + 1)]
            lines += [f"{pad}else:", *branchy(rng, depth - 1, indent + 1)]
        elif kind == 1:
            lines += [f"{pad}for _ in range(3):", f"{pad}    if take({a} * {a} > {abs(c)}):"]
            lines += [f"{pad}        {a} = {a} * 0.5", f"{pad}    else:", f"{pad}        break"]
        elif kind == 2:
            lines += [f"{pad}{a} = {b} if take({a} <= {b} + {c}) else {a} + {b}"]
        else:
            lines += [f"{pad}{a} = np.sin({a}) + {c} * {b} * {a}"]
    return lines


def program(seed):
    rng = np.random.default_rng(seed)
    text = "\n".join(["def f(x, y):", *branchy(rng, 2), "    return x * y + x"])
    points = rng.uniform(-1.5, 1.5, (8, 2)).tolist()

    def made(take):
        names = {"np": np, "take": take}
        exec(text, names)
        return names["f"]

    return made, points, text


def paths(made, points):
    """How many different ways the points take through the program."""
    found = set()
    for point in points:
        outcomes = []

        def take(condition, outcomes=outcomes):
            outcomes.append(bool(condition))
            return outcomes[-1]

        made(take)(*point)
        found.add(tuple(outcomes))
    return len(found)


@pytest.mark.parametrize("chunk", range(10))
def test_a_thousand_programs_with_branches(chunk):
    for seed in range(100 * chunk, 100 * chunk + 100):
        made, points, text = program(seed)
        f = made(bool)
        compiled = pf.compile(f, max_traces=16)
        gradient = pf.value_and_grad(f, argnums=(0, 1))
        for _ in range(2):
            for point in points:
                expected = gradient(*point)
                assert compiled.value_and_grad(*point, argnums=(0, 1)) == expected, (seed, text)
                assert compiled(*point) == expected[0]
        assert compiled.recordings == paths(made, points), (seed, text)


def test_beyond_the_bound_calls_are_recorded_afresh():
    f = pf.compile(lambda x: x * round(x), max_traces=3)
    for x in range(1, 4):
        assert f.grad(float(x)) == x
    with pytest.warns(RetraceWarning, match="more paths than the 3 that are kept") as warned:
        for x in range(4, 9):
            assert f.grad(float(x)) == x
    assert len(warned) == 1
    assert f.recordings == 8
    assert "5 calls beyond the bound of 3" in f.explain()


def test_a_float_taken_out_of_the_trace_is_a_guard():
    f = pf.compile(lambda x: float(x) * x)
    assert [f.grad(x) for x in (2.0, 3.0, 2.0)] == [2.0, 3.0, 2.0]
    assert f.recordings == 2


def test_a_length_made_of_a_value_is_a_guard():
    f = pf.compile(lambda x: np.sum(x[0] * np.ones(int(x[1]))))
    assert f.grad(np.array([2.0, 3.0])).tolist() == [3.0, 0.0]
    assert f.grad(np.array([2.0, 5.0])).tolist() == [5.0, 0.0]
    assert f.grad(np.array([7.0, 5.0])).tolist() == [5.0, 0.0]


def test_signatures_are_kept_apart():
    f = pf.compile(lambda x, n=1: np.sum(x) * n)
    assert f(np.ones(2)) == 2
    assert f(np.ones(3)) == 3
    assert f(np.ones(3), n=4) == 12
    assert f(np.ones(3, np.float32)).dtype == np.float32
    assert f.recordings == 4


def test_a_closure_variable_that_changes_is_noticed():
    factor = 2.0

    def f(x):
        return factor * x

    compiled = pf.compile(f)
    assert compiled.grad(1.0) == 2.0
    factor = 5.0
    assert compiled.grad(1.0) == 5.0


def test_an_array_is_kept_as_it_was_recorded():
    a = np.array([1.0, 2.0])
    f = pf.compile(lambda x: np.sum(a * x))
    assert f(np.ones(2)) == 3.0
    a[0] = 100.0
    assert f(np.ones(2)) == 3.0


def test_trees_in_and_out():
    f = pf.compile(lambda p: {"sum": p["a"] + p["b"][0], "kept": (p["a"], 7)})
    out = f({"a": 1.0, "b": [np.array([1.0, 2.0])]})
    assert out["sum"].tolist() == [2.0, 3.0]
    assert out["kept"] == (1.0, 7)
    value, gradient = pf.compile(lambda p: p["a"] * np.sum(p["b"][0])).value_and_grad(
        {"a": 2.0, "b": [np.array([1.0, 2.0])]}
    )
    assert value == 6.0
    assert gradient["a"] == 3.0
    assert gradient["b"][0].tolist() == [2.0, 2.0]


def test_inside_another_derivative_the_function_is_traced_through():
    f = pf.compile(lambda x: x**3)
    assert pf.grad(lambda x: f(x) * x)(2.0) == 32.0
    assert pf.grad(f.grad)(2.0) == 12.0


def test_constants_and_unused_arguments():
    f = pf.compile(lambda x, y: 3.0)
    assert f.value_and_grad(1.0, 2.0, argnums=(0, 1)) == (3.0, (0.0, 0.0))
    g = pf.compile(lambda x, y: x)
    assert g.value_and_grad(1.0, np.ones(2), argnums=1)[1].tolist() == [0.0, 0.0]


def test_threads_share_a_compiled_function():
    from concurrent.futures import ThreadPoolExecutor

    f = pf.compile(lambda x: np.sum(np.tanh(x) ** 2))
    points = [np.linspace(-1, 1, 50) + k for k in range(20)]
    expected = [pf.grad(f.function)(x) for x in points]
    with ThreadPoolExecutor(4) as pool:
        for got, want in zip(pool.map(f.grad, points * 5), expected * 5, strict=True):
            assert (got == want).all()


@pytest.mark.parametrize("bad", [0, -1, 2.0, True, "three"])
def test_a_bound_that_is_none_is_refused(bad):
    with pytest.raises(pf.errors.ParameterError, match="max_traces"):
        pf.compile(abs, max_traces=bad)
    with pytest.raises(pf.errors.ParameterTypeError, match="takes a function"):
        pf.compile(3)


@pytest.mark.parametrize("argnums", [(0,), (1, 0), (-1, 0), (0, 2, 1)])
def test_gradients_by_several_arguments_come_from_the_trace(argnums):
    def f(x, y, z):
        return np.sum(x * y) * z + y[0] ** 2

    given = np.array([1.0, 2.0]), np.array([0.5, -3.0]), 1.5
    compiled = pf.compile(f)
    value, wanted = pf.value_and_grad(f, argnums=argnums)(*given)
    for _ in range(3):
        found = compiled.value_and_grad(*given, argnums=argnums)
        assert found[0] == value
        assert type(found[1]) is tuple
        for one, expected in zip(found[1], wanted, strict=True):
            np.testing.assert_array_equal(one, expected)
    assert compiled.recordings == 1


@pytest.mark.parametrize(("argnums", "said"), [((2,), "2 positional"), ((1, -1), "twice")])
def test_arguments_that_no_gradient_is_taken_of(argnums, said):
    def f(x, y):
        return x * y

    compiled = pf.compile(f)
    assert compiled(1.0, 2.0) == 2.0
    for gradient in (pf.grad(f, argnums), lambda *a: compiled.grad(*a, argnums=argnums)):
        with pytest.raises(ParameterError, match=said):
            gradient(1.0, 2.0)
