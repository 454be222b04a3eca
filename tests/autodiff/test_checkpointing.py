"""Reverse mode with checkpoints: the bits of reverse mode, the counts of the theory."""

from __future__ import annotations

import gc
import math
import subprocess
import sys
import tracemalloc

import numpy as np
import pytest

import pyframe as pf
from pyframe.autodiff.modes.checkpointed import reported

Checkpointed = pf.modes.Checkpointed
MODES = [
    Checkpointed(slots=1),
    Checkpointed(slots=2),
    Checkpointed(slots=7),
    Checkpointed(schedule="sqrt"),
    Checkpointed(schedule="store-all"),
    Checkpointed(memory="4MB"),
]
RNG = np.random.default_rng(0)
MATRIX = RNG.standard_normal((4, 4)) / 3
BATCHES = RNG.standard_normal((200, 4))
STEPS = 90


def recurrence(x):
    for _ in range(STEPS):
        x = x + 0.1 * np.tanh(MATRIX @ x)
    return np.sum(x * x)


def kept_in_a_local(x):
    for _ in range(STEPS):
        y = np.sin(x)
        z = y * x
        x = x + 0.1 * z - 0.01 * y
    return np.sum(x) + np.sum(y)


def parameters(theta, x):
    w = theta * theta
    total = 0.0
    for k in range(STEPS):
        x = np.tanh(w * x + BATCHES[k])
        total = total + np.sum(x)
    return total


def collected(x):
    states = []
    for _ in range(STEPS):
        x = x - 0.1 * np.cos(x)
        states.append(x)
    return np.sum(np.stack(states) ** 2)


def two_back(x, y):
    for _ in range(STEPS):
        x, y = y, 0.5 * np.sin(x) + y * 0.9
    return np.sum(x * y)


def momentum(x):
    m, v = np.zeros_like(x), np.zeros_like(x)
    for k in range(1, STEPS):
        g = 2 * x + np.sin(x)
        m = 0.9 * m + 0.1 * g
        v = 0.99 * v + 0.01 * g * g
        x = x - 0.05 / k * m / (np.sqrt(v) + 1e-3)
    return np.sum(x)


def branches(x):
    for _ in range(STEPS):
        x = x * 0.5 if np.sum(x) > 1 else x + 0.3 * np.exp(-x)
    return np.sum(x)


def two_loops(x):
    for _ in range(STEPS):
        x = x + 0.01 * np.sin(x)
    x = np.concatenate([x, x])
    for _ in range(STEPS):
        for _ in range(3):
            x = x * 0.99
        x = np.cos(x)
    return np.prod(x)


def assignments(x):
    x = x.copy()
    for k in range(STEPS):
        x[k % 4] = np.sin(x[(k + 1) % 4])
        view = x[1:3]
        view *= 0.9
    return np.sum(x)


def ties(x):
    for k in range(STEPS):
        x = np.maximum(x, 0.0) + np.minimum(x, np.full(4, 0.5)) - 0.25 * (k % 3)
    return np.sum(x)


def solves(x):
    for _ in range(STEPS):
        x = np.linalg.solve(np.eye(4) + 0.1 * np.outer(x, x), x + 0.1)
    return np.sum(x)


def inner_gradient(x):
    energy = pf.grad(lambda q: np.sum(np.cos(q) * q))
    for _ in range(STEPS):
        x = x - 0.01 * energy(x)
    return np.sum(x**2)


def unrolled(x):
    for k in range(1, STEPS):
        x = (np.sin, np.cos, np.tanh, np.arctan, np.square)[k * k % 5](x + k % 7) + k % 3 * x
    return np.sum(x)


def scalars(x):
    a, b = x[0], x[1]
    for _ in range(STEPS):
        a, b = a + 0.01 * b, b - 0.01 * math.sin(a)
    return a * b


def picked(x):
    for k in range(STEPS):
        x = x[np.array([k % 4, 1, 2, 0])] * 0.99 + 0.01
    return x[0] * x[1]


def untouched(x):
    return x[0]


def without_loop(x):
    return np.sum(x)


def constant(x):
    return 3.0


X = np.array([0.3, -0.7, 1.1, 0.2])
PROGRAMS = [
    (recurrence, (X,)),
    (kept_in_a_local, (X,)),
    (parameters, (X, X[::-1].copy())),
    (collected, (X,)),
    (two_back, (X, X + 1)),
    (momentum, (X,)),
    (branches, (X,)),
    (two_loops, (X,)),
    (assignments, (X,)),
    (ties, (X,)),
    (solves, (X,)),
    (inner_gradient, (X,)),
    (unrolled, (X,)),
    (scalars, (X,)),
    (picked, (X,)),
    (untouched, (X,)),
    (without_loop, (X,)),
    (constant, (X,)),
]


def bits(values):
    return [np.asarray(value).tobytes() for value in values]


@pytest.mark.parametrize("mode", MODES, ids=repr)
@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=[f.__name__ for f, _ in PROGRAMS])
def test_the_bits_are_those_of_reverse_mode(f, args, mode):
    wrt = tuple(range(len(args)))
    value, gradient = pf.value_and_grad(f, wrt)(*args)
    found, checkpointed = pf.value_and_grad(f, wrt, mode=mode)(*args)
    assert bits([value]) == bits([found])
    assert bits(gradient) == bits(checkpointed)


@pytest.mark.parametrize("mode", MODES, ids=repr)
@pytest.mark.parametrize("f", [recurrence, kept_in_a_local, momentum, ties])
def test_single_precision(f, mode):
    x = X.astype(np.float32)
    wanted = pf.grad(f)(x)
    found = pf.grad(f, mode=mode)(x)
    assert found.dtype == np.float32
    assert bits([wanted]) == bits([found])


@pytest.mark.parametrize("n", [0, 1])
def test_empty_and_length_one(n):
    def f(x):
        for _ in range(50):
            x = x + 0.1 * np.sin(x)
        return np.sum(x)

    x = np.ones(n)
    assert bits([pf.grad(f, mode="checkpointed")(x)]) == bits([pf.grad(f)(x)])


def beta(s, r):
    return math.comb(s + r, s)


@pytest.mark.parametrize("slots", [1, 2, 3, 5, 10, 30, 100, 1000])
@pytest.mark.parametrize("turns", [1, 2, 3, 10, 57, 400])
def test_revolve_computes_as_often_as_the_theory_says(turns, slots):
    def f(x):
        for _ in range(turns):
            x = x + 0.1 * np.tanh(MATRIX @ x)
        return np.sum(x)

    _, _, report = reported(f, X, mode=Checkpointed(slots=slots))
    n = report.steps
    if turns >= 57:
        assert n == turns + 1  # the turns and the sum after them
        assert report.kinds == 2
    r = next(r for r in range(n + 1) if beta(slots, r) >= n)
    assert report.advanced == (r * n - beta(slots + 1, r - 1) if r else 0)
    assert report.reversed == n
    assert report.kept <= slots


def test_more_slots_than_steps_store_all():
    many = reported(recurrence, X, mode=Checkpointed(slots=10**6))[2]
    assert many == reported(recurrence, X, mode=Checkpointed(schedule="store-all"))[2]
    assert many.advanced == many.steps - 1


def test_the_square_root_computes_twice():
    report = reported(recurrence, X, mode=Checkpointed(schedule="sqrt"))[2]
    assert report.advanced < 2 * report.steps
    assert report.kept <= 2 * math.ceil(math.sqrt(report.steps))


def long_recurrence(turns):
    def f(x):
        for _ in range(turns):
            x = x + 0.001 * np.sin(x)
        return np.sum(x * x)

    return f


@pytest.mark.parametrize("memory", [40_000, 100_000, 400_000])
def test_the_budget_is_respected(memory):
    x = RNG.standard_normal(100)
    f = long_recurrence(2000)
    _, gradient, report = reported(f, x, mode=Checkpointed(memory=memory))
    assert bits(gradient) == bits([pf.grad(f)(x)])
    assert report.peak + report.structure <= 1.1 * memory
    assert report.peak + report.structure >= 0.5 * memory  # it is used, too


def test_the_budget_of_unequal_steps_is_respected():
    def f(x):
        for k in range(60):
            if k == 20:
                x = np.repeat(x, 10)
            if k == 40:
                x = np.sum(x.reshape(10, -1), axis=0)
            x = (np.sin(x), np.tanh(x), np.cos(x) * x, np.exp(-x) + 1)[k * k % 4]
        return np.sum(x)

    x = RNG.standard_normal(200)
    full = reported(f, x, mode=Checkpointed(schedule="store-all"))[2]
    memory = full.structure + int(0.8 * full.peak)
    _, gradient, report = reported(f, x, mode=Checkpointed(memory=memory))
    assert bits(gradient) == bits([pf.grad(f)(x)])
    assert report.kinds > 5
    assert report.peak + report.structure <= 1.1 * memory


def test_a_budget_that_is_too_small_is_refused():
    with pytest.raises(pf.errors.ParameterError, match="memory of 1000 bytes is too small: about"):
        pf.grad(recurrence, mode=Checkpointed(memory=1000))(X)


def test_memory_does_not_grow_with_the_turns():
    def structure(turns):
        return reported(long_recurrence(turns), np.ones(100), mode=Checkpointed(slots=5))[2]

    short, long = structure(300), structure(3000)
    assert long.structure <= short.structure + 1000
    assert long.window == short.window
    assert long.peak <= short.peak


@pytest.mark.parametrize("turns", [0, 1, 20_000])
def test_a_loop_that_ends_by_its_data(turns):
    def f(x):
        count = 0
        while x < 1.0 and count < turns:
            x = x + 1e-5 * math.sqrt(x)
            count += 1
        return x

    wanted = pf.value_and_grad(f)(0.25)
    assert pf.value_and_grad(f, mode=Checkpointed(slots=10))(0.25) == wanted


def test_what_python_holds_is_bounded():
    f, x = long_recurrence(3000), np.ones(1000)
    pf.grad(f, mode="checkpointed")(x)
    gc.collect()
    tracemalloc.start()
    pf.grad(f, mode="checkpointed")(x)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000


def test_pulled_again_and_again():
    f = lambda x: long_recurrence(100)(x) * x  # noqa: E731
    value, pull = pf.vjp(f, X, mode=Checkpointed(slots=3))
    wanted_value, wanted = pf.vjp(f, X)
    assert bits([value]) == bits([wanted_value])
    for seed in (np.ones(4), np.arange(4.0), np.zeros(4)):
        assert bits(pull(seed)) == bits(wanted(seed))


def test_the_other_operators():
    f = lambda x: np.sin(x) * long_recurrence(60)(x)  # noqa: E731
    jacobian = pf.jacobian(f, mode="checkpointed")
    np.testing.assert_allclose(jacobian(X), pf.jacobian(f)(X), rtol=1e-13)
    assert "segments of" in jacobian.explain(X)
    pushed = pf.jvp(f, (X,), (np.ones(4),), mode="checkpointed")
    assert bits(pushed) == bits(pf.jvp(f, (X,), (np.ones(4),)))
    g = long_recurrence(60)
    hessian = pf.hessian(g, mode="checkpointed")(X)
    np.testing.assert_allclose(hessian, pf.hessian(g)(X), rtol=1e-12, atol=1e-14)


def test_of_a_gradient_and_inside_one():
    inner = pf.grad(long_recurrence(40), mode="checkpointed")
    f = lambda x: np.sum(inner(x) ** 2)  # noqa: E731
    g = lambda x: np.sum(pf.grad(long_recurrence(40))(x) ** 2)  # noqa: E731
    assert bits([pf.grad(f)(X)]) == bits([pf.grad(g)(X)])
    assert bits([pf.grad(f, mode="checkpointed")(X)]) == bits([pf.grad(g)(X)])


def test_a_pull_made_inside_keeps_what_it_needs():
    def f(x):
        _, pull = pf.vjp(np.sin, x)
        for _ in range(STEPS):
            x = x + 0.1 * np.cos(x)
        return np.sum(pull(x)[0])

    assert bits([pf.grad(f, mode="checkpointed")(X)]) == bits([pf.grad(f)(X)])


def test_an_exception_leaves_nothing_behind():
    def f(x):
        for k in range(STEPS):
            x = x * 0.9
            if k == 70:
                raise KeyError("original")
        return np.sum(x)

    with pytest.raises(KeyError, match="original"):
        pf.grad(f, mode="checkpointed")(X)
    assert bits([pf.grad(recurrence, mode="checkpointed")(X)]) == bits([pf.grad(recurrence)(X)])


def test_a_value_kept_from_the_loop_is_refused():
    kept = []

    def f(x):
        for _ in range(STEPS):
            x = np.sin(x)
            kept.append(x)
        return np.sum(x)

    pf.grad(f, mode="checkpointed")(X)
    with pytest.raises(pf.errors.PyframeError, match="after the function"):
        kept[0] + 1.0


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"schedule": "cubic"}, "schedule must be one of revolve, sqrt, optimal, store-all"),
        ({"slots": 0}, "slots must be >= 1, the first state is one of them, got 0"),
        ({"slots": -3}, "slots must be >= 1"),
        ({"slots": 2.5}, "slots must be an int, got 2.5"),
        ({"slots": True}, "slots must be an int"),
        ({"schedule": "sqrt", "slots": 3}, "slots go with the schedule 'revolve', not with 'sqrt'"),
        ({"slots": 3, "memory": "1MB"}, "slots go with the schedule 'revolve'"),
        ({"schedule": "optimal"}, "the schedule 'optimal' needs memory="),
        ({"schedule": "revolve", "memory": 3}, "memory goes with the schedule 'optimal'"),
        ({"memory": "much"}, "memory must be a number of bytes such as '8MB' or '64MiB'"),
        ({"memory": 0}, "memory must be >= 1 byte"),
        ({"memory": 1.5}, "memory must be an int or text"),
    ],
)
def test_refused(options, text):
    with pytest.raises(pf.errors.PyframeError, match=text):
        Checkpointed(**options)


def test_bytes_with_units():
    assert Checkpointed(memory="8MB").plan == ("optimal", 8_000_000)
    assert Checkpointed(memory="1.5 KiB").plan == ("optimal", 1536)
    assert Checkpointed(memory=77).plan == ("optimal", 77)


def test_modes_are_found_at_first_use():
    program = "import pyframe as pf; print(pf.modes.Checkpointed(slots=3).slots)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("3\n", "")
