"""``pf.checkpoint``: the bits of the function without it, and less memory."""

from __future__ import annotations

import resource
import subprocess
import sys

import numpy as np
import pytest

import pyframe as pf

RNG = np.random.default_rng(1)
W = RNG.standard_normal((3, 3))
X = RNG.standard_normal(3)


def bits(values):
    return [np.asarray(value).tobytes() for value in values]


def same(f, g, *args):
    """Both functions have the same values and derivatives, bit for bit."""
    for operator in (
        lambda f: pf.value_and_grad(f)(*args),
        lambda f: pf.grad(lambda *a: np.sum(pf.grad(f)(*a) ** 2))(*args),
        lambda f: pf.jvp(f, args, tuple(np.ones_like(a) for a in args)),
        lambda f: pf.hessian(f)(*args),
        lambda f: pf.compile(f).value_and_grad(*args),
        lambda f: pf.grad(f, mode="checkpointed")(*args),
    ):
        wanted, found = operator(f), operator(g)
        assert bits(wanted if isinstance(wanted, tuple) else [wanted]) == bits(
            found if isinstance(found, tuple) else [found]
        )


def both(make):
    """A function with and without checkpoints."""
    return make(lambda f: f), make(pf.checkpoint)


def test_one_call():
    def make(wrap):
        layer = wrap(lambda x: np.tanh(np.exp(np.sin(W @ x))))
        return lambda x: np.sum(layer(x) ** 2)

    same(*both(make), X)


def test_calls_in_a_loop():
    def make(wrap):
        layer = wrap(lambda x: np.tanh(W @ np.exp(-x)) * x)

        def f(x):
            for _ in range(20):
                x = layer(x)
            return np.sum(x)

        return f

    same(*both(make), X)


def test_nested():
    def make(wrap):
        inner = wrap(lambda x: np.sin(x) * np.cos(x * x))
        middle = wrap(lambda x: inner(np.exp(-inner(x))) + inner(x))
        outer = wrap(lambda x: middle(x) * inner(middle(2 * x)))
        return lambda x: np.sum(outer(x) * middle(x))

    same(*both(make), X)


def test_traced_values_from_around():
    def make(wrap):
        def f(x):
            scale = np.exp(x)
            layer = wrap(lambda z: np.tanh(scale * z) + np.sum(x))
            return np.sum(layer(layer(x)))

        return f

    same(*both(make), X)


def test_trees_and_single_numbers():
    def make(wrap):
        layer = wrap(lambda tree, k: {"a": tree["a"] * tree["b"][0], "b": (tree["a"][0] * k, 2.0)})

        def f(x):
            made = layer(layer({"a": x, "b": (x[1], None)}, 3), 2)
            return np.sum(made["a"]) * made["b"][0]

        return f

    same(*both(make), X)


def test_values_that_leave_another_way():
    def make(wrap):
        def f(x):
            kept = []

            def layer(z):
                hidden = np.sin(z) * 2.0
                kept.append(hidden)
                return np.exp(hidden)

            y = wrap(layer)(wrap(layer)(x))
            assert np.all(np.isfinite(kept[0].concrete))
            return np.sum(y * kept[0] * np.cos(kept[1]))

        return f

    same(*both(make), X)


def test_views_and_assignments():
    def make(wrap):
        @wrap
        def layer(x):
            y = np.exp(x)
            y[1:] *= np.sin(y[:-1])
            return y[::-1]

        def f(x):
            y = layer(x)
            y[0] = y[0] * 2
            return np.sum(layer(y) * y)

        return f

    same(*both(make), X)


def test_a_solve_inside():
    def make(wrap):
        layer = wrap(lambda x: np.linalg.solve(np.eye(3) * 4 + np.outer(x, x), np.cos(x)))
        return lambda x: np.sum(layer(layer(x)))

    same(*both(make), X)


def test_pulled_again():
    layer = pf.checkpoint(lambda x: np.sin(np.exp(x)))
    value, pull = pf.vjp(lambda x: layer(layer(x)), X)
    _, wanted = pf.vjp(lambda x: np.sin(np.exp(np.sin(np.exp(x)))), X)
    for seed in (np.ones(3), X, np.zeros(3)):
        assert bits(pull(seed)) == bits(wanted(seed))
    assert value.shape == (3,)


def test_random_numbers_are_the_same_again():
    rng = np.random.default_rng(3)
    drawn = []

    @pf.checkpoint
    def noisy(x):
        drawn.append(rng.standard_normal(3))
        return np.sin(x * drawn[-1]) * drawn[-1]

    gradient = pf.grad(lambda x: np.sum(noisy(noisy(x))))(X)
    a, b = drawn  # drawn once each: it is the recording that is computed again
    wanted = pf.grad(lambda x: np.sum(np.sin(np.sin(x * a) * a * b) * b))(X)
    assert bits([gradient]) == bits([wanted])


def test_an_exception_inside():
    @pf.checkpoint
    def fails(x):
        raise KeyError("original")

    with pytest.raises(KeyError, match="original"):
        pf.grad(lambda x: np.sum(fails(np.sin(x))))(X)
    assert pf.checkpoint(np.sin)(0.0) == 0.0


def test_an_exception_when_computed_again():
    calls = []

    @pf.primitive("moody")
    def moody(x):
        calls.append(None)
        if len(calls) > limit:
            raise KeyError("the original one")
        return np.sin(x)

    limit = 10**9
    moody.vjp(lambda y, x, adjoint: adjoint * np.cos(x))
    f = lambda x: np.sum(pf.checkpoint(lambda x: np.exp(moody(np.exp(x))))(x))  # noqa: E731
    wanted = pf.grad(f)(X)
    limit = len(calls) + 1
    with pytest.raises(KeyError, match="the original one"):
        pf.grad(f)(X)
    limit = 10**9
    assert bits([pf.grad(f)(X)]) == bits([wanted])


def test_without_a_trace_it_is_the_function():
    layer = pf.checkpoint(np.exp)
    assert bits([layer(X)]) == bits([np.exp(X)])
    assert layer.__name__ == "exp"
    with pytest.raises(pf.errors.ParameterTypeError, match=r"pf\.checkpoint takes a function"):
        pf.checkpoint(3.0)


PROGRAM = """
import resource, sys
import numpy as np, pyframe as pf
def layer(x):
    for _ in range(10):
        x = np.sin(x) + 0.1
    return x
wrapped = pf.checkpoint(layer) if sys.argv[1] == "with" else layer
def f(x):
    for _ in range(20):
        x = wrapped(x)
    return np.sum(x)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
pf.grad(f)(np.ones(100_000))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="kilobytes of the largest size")
def test_less_memory():
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > 0
    taken = {}
    for how in ("with", "without"):
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, how], capture_output=True, text=True, check=True
        )
        taken[how] = int(done.stdout)
    assert taken["with"] < taken["without"] / 3
