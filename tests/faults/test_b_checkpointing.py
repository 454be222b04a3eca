"""FAULTS.md, rows B42 to B45 and B58: computing again instead of keeping."""

import math
import signal
import threading

import numpy as np
import pytest

import pyframe as pf
from pyframe.autodiff.modes.checkpointed import reported

X = np.array([0.3, -0.7, 1.1])
Checkpointed = pf.modes.Checkpointed


def loop(turns):
    def f(x):
        for _ in range(turns):
            x = x + 0.1 * np.sin(x)
        return np.sum(x * x)

    return f


def test_b42_random_numbers_are_replayed():
    def gradient(**options):
        rng = np.random.default_rng(5)

        def f(x):
            for _ in range(60):
                x = np.tanh(x * rng.standard_normal(3)) + rng.uniform()
            return np.sum(x)

        return pf.grad(f, **options)(X).tobytes()

    assert (
        gradient() == gradient(mode=Checkpointed(slots=3)) == gradient(mode=Checkpointed(slots=1))
    )


@pytest.mark.parametrize("slots", [1, 2, 40, 10**9])
def test_b43_any_number_of_slots(slots):
    wanted = pf.grad(loop(50))(X).tobytes()
    assert pf.grad(loop(50), mode=Checkpointed(slots=slots))(X).tobytes() == wanted


def test_b43_no_slot():
    with pytest.raises(pf.errors.ParameterError, match="slots must be >= 1"):
        Checkpointed(slots=0)


def test_b44_the_original_exception():
    turns = []

    @pf.primitive("moody")
    def moody(x):
        turns.append(None)
        if len(turns) == fails_at:
            raise OSError("the original one")
        return np.sin(x)

    fails_at = 0
    moody.vjp(lambda y, x, adjoint: adjoint * np.cos(x))

    def f(x):
        for _ in range(60):
            x = moody(x) * 1.1
        return np.sum(x)

    mode = Checkpointed(slots=3)
    wanted = pf.grad(f, mode=mode)(X)  # the rule is traced now
    turns.clear()
    pf.grad(f, mode=mode)(X)
    once = len(turns)
    assert once > 120  # computed again, several times
    for fails_at in (1, 50, 61, 100, once):  # noqa: B007  (read by moody)
        turns.clear()
        with pytest.raises(OSError, match="the original one"):
            pf.grad(f, mode=mode)(X)
    fails_at = 0
    turns.clear()
    assert pf.grad(f, mode=mode)(X).tobytes() == wanted.tobytes()


@pytest.mark.parametrize("turns", [0, 1, 100_000])
def test_b45_turns_that_depend_on_the_data(turns):
    def f(x):
        y = x
        while y < x + turns * 1e-6:
            y = y + 1e-6 * math.cos(x)
        return y * y

    value, (gradient,), report = reported(f, 0.5, mode=Checkpointed(slots=20))
    assert (value, gradient) == pf.value_and_grad(f)(0.5)
    assert report.peak < 10_000
    assert report.structure < 100_000
    assert report.window < 100_000


def test_b58_a_reverse_pass_asked_for_twice():
    value, pull = pf.vjp(lambda x: loop(40)(x) * x, X, mode=Checkpointed(slots=4))
    assert pull(value)[0].tobytes() == pull(value)[0].tobytes()
    del value
    assert np.all(pull(np.zeros(3))[0] == 0.0)


def test_an_interrupt_ends_a_long_reverse_pass():
    _, pull = pf.vjp(loop(3000), X, mode=Checkpointed(slots=1))
    main = threading.main_thread().ident
    threading.Timer(0.2, signal.pthread_kill, (main, signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        pull(1.0)  # four and a half million steps
    _, pull = pf.vjp(loop(30), X, mode=Checkpointed(slots=1))
    assert pull(1.0)[0].tobytes() == pf.grad(loop(30))(X).tobytes()
