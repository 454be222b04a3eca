"""The scalar recorder: what its objects hold, how they end, and what they refuse."""

import gc
import math
import subprocess
import sys
import threading
import time
from fractions import Fraction

import numpy as np
import pytest

import pyframe as pf
from pyframe import _core
from pyframe.autodiff import intercept
from pyframe.errors import DTypeError, LeakedTracerError

OPERATIONS = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "//": lambda a, b: a // b,
    "%": lambda a, b: a % b,
    "**": lambda a, b: a**b,
}
STEPS, H, MU = 220, 0.05, 1.5


def van_der_pol(y0, y1):
    return y1, MU * (1.0 - y0 * y0) * y1 - y0


def runge_kutta(y0, y1, steps=STEPS):
    """Classical Runge-Kutta, about 46 operations a step; the squared length at the end."""
    for _ in range(steps):
        a0, a1 = van_der_pol(y0, y1)
        b0, b1 = van_der_pol(y0 + 0.5 * H * a0, y1 + 0.5 * H * a1)
        c0, c1 = van_der_pol(y0 + 0.5 * H * b0, y1 + 0.5 * H * b1)
        d0, d1 = van_der_pol(y0 + H * c0, y1 + H * c1)
        y0 = y0 + H / 6.0 * (a0 + 2.0 * b0 + 2.0 * c0 + d0)
        y1 = y1 + H / 6.0 * (a1 + 2.0 * b1 + 2.0 * c1 + d1)
    return y0 * y0 + y1 * y1


def opened(*numbers):
    """A recording that is open, and arguments of it."""
    recording = _core.Recording()
    recording.__enter__()
    return recording, *(recording.argument(number) for number in numbers)


@pytest.fixture
def fresh():
    """The same; the recordings are closed in the end."""
    several = []

    def make(*numbers):
        made = opened(*numbers)
        several.append(made[0])
        return made

    yield make
    for recording in several:
        recording.__exit__()


# -- values and derivatives ------------------------------------------------------------------


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("number", [2, 2.0, 3, 0.5, -1.5, -2, True, np.float64(1.25), 7, 10**17])
def test_a_number_of_any_kind_is_an_operand(name, number, fresh):
    f = OPERATIONS[name]
    _, x = fresh(1.75)
    if not (name == "**" and number > 10):
        assert f(x, number).concrete == f(1.75, number)
    if not (name == "**" and number < 0):
        assert f(number, x).concrete == f(number, 1.75)


@pytest.mark.parametrize("name", OPERATIONS)
def test_derivatives_on_both_sides(name):
    f = OPERATIONS[name]
    steps = 1e-6

    def slope(g, at):
        return (g(at + steps) - g(at - steps)) / (2 * steps)

    x, y = 2.3, 1.7
    gradient = pf.grad(f, (0, 1))(x, y)
    assert gradient[0] == pytest.approx(slope(lambda v: f(v, y), x), abs=1e-8)
    assert gradient[1] == pytest.approx(slope(lambda v: f(x, v), y), abs=1e-8)
    assert pf.grad(lambda v: f(v, y))(x) == gradient[0]
    assert pf.grad(lambda v: f(x, v))(y) == gradient[1]


def test_a_long_loop_has_the_derivatives_of_a_complex_step():
    value, gradient = pf.value_and_grad(runge_kutta, (0, 1))(2.0, 0.5)
    assert value == runge_kutta(2.0, 0.5)
    for got, step in zip(gradient, [(1e-40j, 0), (0, 1e-40j)], strict=True):
        exact = runge_kutta(2.0 + step[0], 0.5 + step[1]).imag / 1e-40
        assert got == pytest.approx(exact, rel=1e-10)


def test_the_sweep_has_the_bits_of_the_differentiated_graph():
    def f(x):
        y0, y1 = x[0], x[1]
        for _ in range(20):
            y0, y1 = y0 * 0.9 - y1 / 3, math.exp(-y0 * y0) + abs(y1) ** 0.5 / (2 - y0)
        return max(y0, y1) * y1**2 - (-y0) + math.sqrt(y0 * y0 + 1) // 1

    x = np.array([0.3, 0.4])
    run = pf.value_and_grad(f)(x)
    compiled = pf.compile(f).value_and_grad(x)
    _, pull = pf.vjp(f, x)
    assert run[0] == compiled[0] == f(x)
    assert run[1].tobytes() == np.asarray(compiled[1]).tobytes() == pull(1.0)[0].tobytes()


def test_constants_are_told_apart_by_their_bits(fresh):
    rng = np.random.default_rng(3)
    numbers = [0.0, -0.0, math.nan, math.inf, 5e-324, *rng.standard_normal(500).tolist()]
    recording, x = fresh(1.0)
    for _ in range(3):
        made = [x * number for number in numbers]
        for product, number in zip(made, numbers, strict=True):
            assert np.float64(product.concrete).tobytes() == np.float64(number).tobytes()
            assert recording.sweep(product, [x])[0] == pytest.approx(number, nan_ok=True)


def test_a_constant_is_recorded_once_in_a_loop(fresh):
    recording, x = fresh(1.0)
    constants = [0.1 * k for k in range(1, 13)]
    for _ in range(100):
        for c in constants:
            x = x + c
    recording.__exit__()
    assert len(recording) < 1 + 1200 + 3 * len(constants)


# -- memory ----------------------------------------------------------------------------------


def in_a_thread(call):
    """Run something where no memory is left of other recordings."""
    found = []
    thread = threading.Thread(target=lambda: found.append(call()))
    thread.start()
    thread.join()
    return found[0]


@pytest.mark.parametrize("steps", [STEPS, 20_000])
def test_at_most_48_bytes_for_an_operation(steps):
    def bytes_each():
        recording, a, b = opened(2.0, 0.5)
        runge_kutta(a, b, steps)
        recording.__exit__()
        return recording.memory / (46 * steps)

    assert in_a_thread(bytes_each) <= 40  # and 8 for the sweep


def test_scalars_share_one_reference_to_their_recording():
    recording, x = opened(2.0)
    before = sys.getrefcount(recording)
    many = [x + 1.0 for _ in range(2000)]
    assert sys.getrefcount(recording) == before
    assert many[7].recording is recording
    del many
    assert sys.getrefcount(recording) == before
    del x
    assert sys.getrefcount(recording) == before - 1
    again = recording.argument(3.0)
    assert sys.getrefcount(recording) == before
    del again
    recording.__exit__()
    assert sys.getrefcount(recording) == before - 2  # nor is it open any more


def test_a_scalar_keeps_its_recording_alive():
    def alone():
        _, x = opened(2.0)
        x.recording.__exit__()
        return x

    x = alone()
    gc.collect()
    assert len(x.recording) == 1
    assert x.concrete == 2.0


def test_nothing_is_left_of_many_recordings():
    psutil = pytest.importorskip("psutil")
    process = psutil.Process()
    f = pf.value_and_grad(lambda a, b: runge_kutta(a, b, 20), (0, 1))

    def kept():
        recording, x = opened(1.0)
        several = [x * float(k) for k in range(600)]
        recording.__exit__()
        return several

    for _ in range(50):
        f(1.0, 2.0), kept()
    types, before = sys.getrefcount(_core.Scalar), process.memory_info().rss
    for _ in range(500):
        f(1.0, 2.0), kept()
    assert sys.getrefcount(_core.Scalar) <= types + 64
    assert process.memory_info().rss < 1.01 * before + 1e6


def test_memory_of_objects_that_went_is_not_shared(fresh):
    _, x = fresh(1.0)
    rng = np.random.default_rng(5)
    alive = {}
    for k in range(5000):
        alive[k] = x * float(k)
        if len(alive) > 1 and rng.random() < 0.6:
            alive.pop(int(rng.choice(list(alive))))
    assert len({id(v) for v in alive.values()}) == len(alive)
    assert all(v.concrete == float(k) for k, v in alive.items())


def test_a_deep_chain_needs_no_stack(fresh):
    recording, x = fresh(1.0)
    y = x
    for _ in range(300_000):
        y = y + x
    assert recording.sweep(y, [x]) == [300_001.0]


# -- what ends in the middle -----------------------------------------------------------------


class Unwilling:
    def __radd__(self, other):
        raise OSError("no sums")

    def __mul__(self, other):
        return "taken"

    def __rmul__(self, other):
        return "taken"


def test_an_exception_in_an_operation_leaves_the_recording_as_it_was(fresh):
    recording, x = fresh(2.0)
    half = x * 0.5
    for wrong, expected in [
        (lambda: x / 0.0, ZeroDivisionError),
        (lambda: x / (x - 2.0), ZeroDivisionError),
        (lambda: x % 0, ZeroDivisionError),
        (lambda: 0.0 ** (-x), ZeroDivisionError),
        (lambda: (-x) ** 0.5, DTypeError),
        (lambda: x**1e4, OverflowError),
        (lambda: 2 ** (x * 1e3), OverflowError),
        (lambda: (x * 1e200) ** 2, OverflowError),
        (lambda: x + "a", TypeError),
        (lambda: x + None, TypeError),
        (lambda: x + 10**400, OverflowError),
        (lambda: 10**400 * x, OverflowError),
        (lambda: x + Unwilling(), OSError),
        (lambda: pow(x, 2, 3), TypeError),
        (lambda: x < "a", TypeError),
    ]:
        with pytest.raises(expected):
            wrong()
    assert x * Unwilling() == Unwilling() * x == "taken"
    assert recording.sweep(half * x, [x]) == [2.0]


def test_a_function_that_raises_leaves_nothing_behind():
    def f(x):
        if x > 1:
            raise KeyError("too large")
        return x * x

    g = pf.grad(f)
    for _ in range(100):
        with pytest.raises(KeyError):
            g(2.0)
    assert _core.Recording.current() is None
    assert g(0.5) == 1.0


def test_a_recording_within_a_function_that_is_recorded():
    def inner(y):
        return runge_kutta(y, 0.5, 3)

    def f(x):
        # The first derivative is recorded along, the second is of another function entirely.
        return x * pf.grad(inner)(x) + runge_kutta(x, 1.0, 2)

    h = 1e-5
    expected = (
        pf.grad(inner)(0.7)
        + 0.7 * (pf.grad(inner)(0.7 + h) - pf.grad(inner)(0.7 - h)) / (2 * h)
        + pf.grad(lambda x: runge_kutta(x, 1.0, 2))(0.7)
    )
    assert pf.grad(f)(0.7) == pytest.approx(expected, rel=1e-8)


def test_objects_may_go_while_a_sweep_is_asked_for(fresh):
    recording, x = fresh(2.0)
    assert recording.sweep(x * 3.0 + recording.constant(1.0), [x * 1.0, x]) == [0.0, 3.0]
    # The last object of the recording goes when the call returns.
    del x
    assert recording.sweep(recording.argument(2.0) * 3.0, []) == []


# -- threads ---------------------------------------------------------------------------------


def test_threads_do_not_mix():
    g = pf.value_and_grad(runge_kutta, (0, 1))
    starts = [(2.0 + 0.01 * k, 0.5 - 0.02 * k) for k in range(8)]
    expected = [g(*start) for start in starts]
    found: list = [None] * len(starts)

    def work(k):
        found[k] = [g(*starts[k]) for _ in range(5)]

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        threads = [threading.Thread(target=work, args=(k,)) for k in range(len(starts))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert found == [[value] * 5 for value in expected]


def test_the_last_object_may_go_in_another_thread():
    recording, x = opened(2.0)
    held = [x * float(k) for k in range(1000)]
    recording.__exit__()
    del x, recording
    threading.Thread(target=held.clear).start()
    deadline = time.monotonic() + 10
    while held and time.monotonic() < deadline:
        time.sleep(0.001)
    assert pf.grad(lambda x: x * x)(3.0) == 6.0


# -- kept too long ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_object_kept_after_its_function_returned_is_refused(name):
    kept = []
    pf.grad(lambda x: kept.append(x) or x * x)(2.0)
    (x,) = kept
    f = OPERATIONS[name]
    for use in (
        lambda: f(x, 2.0),
        lambda: f(2.0, x),
        lambda: f(x, x),
        lambda: -x,
        lambda: abs(x),
        lambda: x > 1,
        lambda: bool(x),
        lambda: math.sin(x),
        lambda: pf.grad(lambda y: f(y, x))(1.5),
        lambda: pf.grad(lambda y: f(x, y))(1.5),
    ):
        with pytest.raises((LeakedTracerError, TypeError)) as refusal:
            use()
        assert isinstance(refusal.value, pf.PyframeError)
    assert x.concrete == 2.0
    assert "2.0" in repr(x)


def test_two_open_recordings_do_not_mix(fresh):
    (_, x), (_, y) = fresh(2.0), fresh(3.0)
    for use in (lambda: x + y, lambda: y - x, lambda: x < y):
        with pytest.raises(LeakedTracerError):
            use()


def test_a_fraction_is_no_number_of_ours(fresh):
    _, x = fresh(2.0)
    with pytest.raises(TypeError):
        x + Fraction(1, 3)


def test_the_end_of_the_interpreter_finds_objects_alive():
    program = (
        "import pyframe as pf; kept = [];"
        "pf.grad(lambda x: kept.extend([x * float(k) for k in range(1000)]) or x * x)(2.0);"
        "print(len(kept))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stdout) == (0, "1000\n")


@pytest.mark.parametrize("name", sorted(intercept.MATH))
def test_functions_of_math_are_those_of_numpy_while_recording(name):
    function = getattr(math, name, None)
    if function is None or name in {"pow", "atan2", "fmod", "copysign"}:
        pytest.skip("of two numbers, or of a later Python")
    at, whole = (1.3 if name == "acosh" else 0.6), int(name != "atanh")
    seen = []

    def f(x):
        seen.extend(
            [function(at), getattr(math, name)(at), math.sin(1), getattr(math, name)(whole)]
        )
        return getattr(math, name)(x) + getattr(math, name)(x * 1.0)

    value, slope = pf.value_and_grad(f)(at)
    assert seen == [function(at), function(at), math.sin(1.0), function(whole)]
    assert value == pytest.approx(2 * function(at), rel=4e-16)
    step = 1e-5
    assert slope == pytest.approx((function(at + step) - function(at - step)) / step, rel=1e-8)
    assert getattr(math, name) is function
