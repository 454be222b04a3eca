"""Compiled functions saved and loaded: the same bits, no Python code, clear refusals."""

import base64
import json
import os
import pickle
import subprocess
import sys

import numpy as np
import pytest

import pyframe as pf
from pyframe import _core
from pyframe.errors import (
    LoadError,
    MissingTrace,
    ParameterError,
    ParameterTypeError,
    ReturnTypeError,
    UnsupportedOperation,
)

X = np.array([0.5, -1.5, 2.0])
A = np.array([[2.0, 0.3, 0.0], [0.3, 1.5, 0.1], [0.0, 0.1, 1.0]])


def rosenbrock(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def branchy(x, p=2.0):
    y = x * p
    while y < 10.0:
        y = y * y + 1.0
    return y


def logdet(x):
    return np.linalg.slogdet(A + np.outer(x, x))[1] + np.linalg.norm(np.linalg.solve(A, x))


def moving(x):
    y = np.sort(np.concatenate([x, -x]))[::-2]
    return np.max(np.cumsum(y[[0, 0, 2]])) + np.where(x > 0, x**3, np.exp(x)).mean()


def mixed(x, weights, power, scale):
    return {"value": np.sum(weights["w"] * x**power), "letters": len(scale), "pair": (x * 2, 7)}


@pytest.fixture
def saved(tmp_path):
    def save(f, *calls, **options):
        compiled = pf.compile(f, **options)
        for args in calls:
            compiled(*args)
        path = tmp_path / "f.pyframe"
        compiled.save(path)
        return compiled, pf.load(path)

    return save


def same(a, b):
    if isinstance(a, dict):
        assert list(a) == list(b)
        return all(same(a[key], b[key]) for key in a)
    if isinstance(a, tuple | list):
        return type(a) is type(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, np.ndarray | np.generic):
        return type(a) is type(b) and a.dtype == b.dtype and a.tobytes() == b.tobytes()
    return type(a) is type(b) and a == b


@pytest.mark.parametrize("f", [rosenbrock, logdet, moving])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_values_and_gradients_have_the_same_bits(f, dtype, saved):
    x = X.astype(dtype)
    compiled, loaded = saved(f, (x,))
    for scale in (1.0, 0.75):
        y = (x * scale).astype(dtype)
        assert same(loaded(y), compiled(y))
        assert same(loaded.value_and_grad(y), compiled.value_and_grad(y))
        assert same(loaded.grad(y), compiled.grad(y))


def test_trees_text_and_constants(saved):
    weights = {"w": np.array([1.0, 2.0, 3.0])}
    compiled, loaded = saved(mixed, (X, weights, 3, "m"), (X, weights, 2, "m"))
    for power in (2, 3):
        assert same(loaded(X, weights, power, "m"), compiled(X, weights, power, "m"))
    with pytest.raises(MissingTrace, match=r"mixed .* no trace for arguments .*'km'"):
        loaded(X, weights, 2, "km")
    with pytest.raises(MissingTrace):
        loaded(X, weights, True, "m")


@pytest.mark.parametrize(
    "value",
    [1.5, -0.0, float("inf"), True, 10**40, -3, np.float32(2.5), np.arange(6).reshape(2, 3)],
)
def test_results_that_are_constants(value, saved):
    compiled, loaded = saved(lambda x: (x, value), (2.0,))
    assert same(loaded(3.0), compiled(3.0))
    assert str(loaded(3.0)[1]) == str(value)


def test_arguments_of_each_kind(saved):
    def f(x, i, b, none, data, *, flag):
        return np.sum(x[i] * np.where(b, 2.0, 3.0)) + (1.0 if flag else 2.0) + len(data)

    i, b = np.array([0, 2], dtype=np.uint8), np.array([True, False])
    compiled = pf.compile(f)
    compiled(X, i, b, None, b"ab", flag=True)
    loaded = pickle.loads(pickle.dumps(pf.autodiff.loaded.Loaded(compiled.to_bytes())))
    assert loaded(X, i[::-1], b, None, b"ab", flag=True) == f(X, i[::-1], b, None, b"ab", flag=True)
    with pytest.raises(MissingTrace):
        loaded(X, i, b, None, b"ab", flag=False)


def test_branches_are_checked(saved):
    compiled, loaded = saved(branchy, (1.0,), (4.0,))
    assert compiled.recordings == 2
    for x in (1.0, 4.0):
        assert loaded(x) == branchy(x)
        assert loaded.value_and_grad(x) == pf.value_and_grad(branchy)(x)
    with pytest.raises(MissingTrace, match=r"branchy holds no trace for this path: .* it has 2"):
        loaded(20.0)
    assert "2 guards" in loaded.explain() or "guards" in loaded.explain()
    assert str(loaded.graph(1.0)) == str(compiled.graph(1.0))


def test_inside_other_functions(saved):
    _, loaded = saved(rosenbrock, (X,))
    assert np.array_equal(pf.grad(lambda x: 2.0 * loaded(x))(X), 2.0 * pf.grad(rosenbrock)(X))
    assert np.allclose(pf.hessian(loaded)(X), pf.hessian(rosenbrock)(X), rtol=1e-13)
    v = np.ones(3)
    assert np.allclose(pf.jvp(loaded, (X,), (v,))[1], pf.grad(rosenbrock)(X) @ v, rtol=1e-13)
    outer = pf.compile(lambda x: loaded(x) ** 2)
    assert outer(X) == rosenbrock(X) ** 2


def test_guards_reach_the_outer_trace(saved):
    _, loaded = saved(lambda x: x * x if x > 0 else -x, (1.0,), (-1.0,))
    outer = pf.compile(lambda x: 3.0 * loaded(x))
    for x in (2.0, -2.0, 3.0, -3.0):
        assert outer(x) == 3.0 * (x * x if x > 0 else -x)
        assert outer.grad(x) == 3.0 * (2 * x if x > 0 else -1.0)
    assert outer.recordings == 2
    with pytest.raises(MissingTrace):
        pf.grad(loaded)(np.array([1.0]))


def test_in_minimize(saved):
    _, loaded = saved(rosenbrock, (X,))
    result = pf.minimize(loaded, X)
    assert result.success and np.allclose(result.x, 1.0, atol=1e-4)


def test_results_that_have_no_gradient(saved):
    _, loaded = saved(lambda x: x * 2, (X,))
    with pytest.raises(ReturnTypeError, match="one real number"):
        loaded.value_and_grad(X)
    _, loaded = saved(lambda x: 3.0, (X,))
    value, gradient = loaded.value_and_grad(X)
    assert value == 3.0 and np.array_equal(gradient, np.zeros(3))


def test_a_loaded_function_is_saved_again(saved, tmp_path):
    _, loaded = saved(branchy, (1.0,), (4.0,))
    loaded.save(tmp_path / "again")
    assert pf.load(tmp_path / "again")(4.0) == branchy(4.0)
    assert loaded.to_bytes() == pf.load(tmp_path / "again").to_bytes()


def test_another_process_needs_no_code(saved, tmp_path):
    compiled, _ = saved(logdet, (X,))
    script = (
        "import sys, numpy as np, pyframe as pf; f = pf.load(sys.argv[1]); "
        "v, g = f.value_and_grad(np.array([0.5, -1.5, 2.0])); print(f.__name__, v.hex(), *g)"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "f.pyframe")]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    value, gradient = compiled.value_and_grad(X)
    assert out == ["logdet", value.hex(), *map(str, gradient)]


def test_what_cannot_be_saved_is_named(tmp_path):
    f = pf.compile(rosenbrock)
    with pytest.raises(ParameterError, match="rosenbrock has no traces to save yet"):
        f.save(tmp_path / "f")

    square = pf.primitive("square-of-mine")(lambda x: x * x)
    square.rule(lambda y, x, dx: 2 * x * dx)
    f = pf.compile(lambda x: np.sum(square(x)))
    f(X)
    with pytest.raises(UnsupportedOperation, match="calls the primitive 'square-of-mine'"):
        f.save(tmp_path / "f")

    f = pf.compile(lambda x, kind: np.sum(x.astype(kind)))
    f(X, np.float32)
    with pytest.raises(UnsupportedOperation, match="an argument is a type"):
        f.save(tmp_path / "f")
    assert not list(tmp_path.iterdir())


def test_files_are_replaced_in_one_step(saved, tmp_path):
    compiled, _ = saved(rosenbrock, (X,))
    path = tmp_path / "f.pyframe"
    link = tmp_path / "link"
    link.symlink_to(path)
    compiled.save(link)
    assert link.is_symlink() and pf.load(str(link))(X) == rosenbrock(X)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["f.pyframe", "link"]
    with pytest.raises(OSError, match="missing"):
        compiled.save(tmp_path / "missing" / "f")
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", "."):
        with pytest.raises(ParameterError, match="regular file"):
            compiled.save(tmp_path / name)
        with pytest.raises(LoadError, match="regular file"):
            pf.load(tmp_path / name)
    with pytest.raises(ParameterTypeError):
        compiled.save(3)
    with pytest.raises(FileNotFoundError):
        pf.load(tmp_path / "nothing")
    with pytest.raises(LoadError, match="more than max_bytes=10"):
        pf.load(path, max_bytes=10)


def described(**changes):
    compiled = pf.compile(lambda x: np.sum(x) * 2)
    compiled(X)
    text, traces = _core.unpack(compiled.to_bytes())
    content = json.loads(text)
    content["traces"][0].update(changes)
    return json.dumps({**content, **changes}), traces


@pytest.mark.parametrize(
    "changes",
    [
        {"name": 3},
        {"traces": []},
        {"traces": 5},
        {"traces": [{}]},
        {"arguments": ["tuple"]},
        {"arguments": ["tuple", ["tuple", ["array", "<f8", [4]]], ["dict"]]},
        {"arguments": ["tuple", ["tuple", ["array", "<f8", [-3]]], ["dict"]]},
        {"arguments": ["tuple", ["tuple", ["array", "|O", [3]]], ["dict"]]},
        {"arguments": ["tuple", ["tuple", ["array", "<f4", [3]]], ["dict"]]},
        {"arguments": ["tuple", ["tuple", ["os.system", "true"]], ["dict"]]},
        {"arguments": ["set", ["tuple", ["float"]], ["dict"]]},
        {"result": ["tuple", ["traced"], ["traced"]]},
        {"result": ["float", "1.5"]},
        {"result": ["tuple", ["traced"], ["float", "x"]]},
        {"result": ["tuple", ["traced"], ["array", "<f8", [3], base64.b64encode(b"1").decode()]]},
        {"result": json.loads("[" * 500 + "]" * 500)},
    ],
)
def test_descriptions_that_make_no_sense(changes, tmp_path):
    text, traces = described(**changes)
    path = tmp_path / "forged"
    path.write_bytes(_core.pack(text, traces))
    with pytest.raises(LoadError, match="forged' cannot be loaded"):
        pf.load(path)
