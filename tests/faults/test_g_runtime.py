"""FAULTS.md, group G: threads, signals, fork, memory and panics, as far as they apply now."""

import copy
import gc
import importlib
import math
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import psutil
import pytest
from counting import rosenbrock, rosenbrock_gradient, rosenbrock_hessian

import pyframe as pf
from pyframe import _core

X = np.array([-1.2, 1.0])

ENTRIES = {
    "minimize_scalar": lambda: pf.minimize_scalar(math.cosh, (-1, 2)),
    "minimize_scalar_batch": lambda: pf.minimize_scalar_batch(np.cosh, -1.0, 2.0),
    "line_search": lambda: pf.line_search(
        rosenbrock, X, -rosenbrock_gradient(X), rosenbrock_gradient
    ),
    "minimize": lambda: pf.minimize(rosenbrock, X, rosenbrock_gradient),
    "Stepper": lambda: pf.Stepper(1.0, -1.0),
}


def interrupt_after(seconds):
    main = threading.main_thread().ident
    timer = threading.Timer(seconds, signal.pthread_kill, (main, signal.SIGINT))
    timer.start()
    return timer


@pytest.mark.parametrize("inside", ["python", "native"])
def test_g01_e43_ctrl_c_is_honoured_within_50_ms(inside):
    # With a C function no Python bytecode runs while the search goes on.
    f = math.fabs if inside == "native" else (lambda x: math.fabs(x))
    timer = interrupt_after(0.2)
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        while time.monotonic() - began < 5:
            pf.minimize_scalar(
                f, (-1e300, 2e300), method="golden", xtol=1e-300, max_evaluations=10**6
            )
    late = time.monotonic() - began - 0.2
    timer.join()
    assert late < 0.05
    assert pf.minimize_scalar(math.cosh, (-1, 2)).success


# Runs that take seconds, nearly all of them in compiled code.
LONG = {
    "modified Cholesky": lambda: pf.minimize(
        lambda x: float(x @ x),
        np.ones(2000),
        lambda x: 2 * x,
        "newton",
        hess=lambda x: np.eye(2000),
    ),
    "batch": lambda: pf.minimize_scalar_batch(np.cosh, -np.ones(2_000_000), 2.0, method="golden"),
    "colouring": lambda: _core.colour_columns(*a_quarter_full(2500), 2500, False),
    "elimination": lambda: pf.jacobian(two_layers(250), mode="cross-country")(np.ones(250)),
}


def a_quarter_full(n):
    """The pattern of a random matrix: where its rows begin, and the columns in each."""
    filled = np.random.default_rng(0).random((n, n)) < 0.25
    starts = np.concatenate([[0], np.cumsum(filled.sum(axis=1))])
    return starts.astype(np.int32), np.nonzero(filled)[1].astype(np.int32)


def two_layers(n):
    """Each result depends on each argument in n ways."""
    first, second = np.random.default_rng(0).random((2, n, n))
    return lambda x: np.tanh(second @ np.tanh(first @ x))


@pytest.mark.parametrize("kernel", LONG)
def test_g01_ctrl_c_inside_a_kernel(kernel):
    # It is another thread that interrupts, so it has its turn as well.
    timer = interrupt_after(0.3)
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        LONG[kernel]()
    late = time.monotonic() - began - 0.3
    timer.join()
    assert late < 0.4


def test_g03_another_exception_from_a_signal_handler_passes_on():
    class Mine(Exception):
        pass

    def handler(number, frame):
        raise Mine

    before = signal.signal(signal.SIGINT, handler)
    try:
        timer = interrupt_after(0.1)
        began = time.monotonic()
        with pytest.raises(Mine):
            while time.monotonic() - began < 5:
                pf.minimize_scalar(math.cosh, (-1, 2))
        timer.join()
    finally:
        signal.signal(signal.SIGINT, before)


def test_g04_g05_many_threads_and_a_changing_registry():
    @pf.criterion("temporary", can_lengthen=False)
    def temporary(start, trial):
        return pf.ACCEPT

    def job(seed):
        x0 = np.random.default_rng(seed).normal(size=2)
        if seed % 3 == 0:
            with pf.register(temporary):
                pass
        return pf.minimize(rosenbrock, x0, rosenbrock_gradient).x.tobytes()

    alone = [job(seed) for seed in range(40)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(job, range(40))) == alone


def test_g08_fork():
    pf.minimize(rosenbrock, X, rosenbrock_gradient)
    code = """
import os, numpy as np, pyframe as pf
f = lambda x: float(x @ x); g = lambda x: 2 * x
before = pf.minimize(f, [3.0, 4.0], g).x.tobytes()
pid = os.fork()
if pid == 0:
    os._exit(0 if pf.minimize(f, [3.0, 4.0], g).x.tobytes() == before else 1)
print(os.waitpid(pid, 0)[1])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "0", done.stderr


def test_g11_interpreter_shutdown_with_a_daemon_thread_at_work():
    code = """
import math, threading, pyframe as pf
def work():
    while True:
        pf.minimize_scalar(math.cosh, (-1, 2))
threading.Thread(target=work, daemon=True).start()
import time; time.sleep(0.1)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_g13_reload():
    before = pf.minimize_scalar(math.cosh, (-1, 2))
    importlib.reload(pf)
    assert pf.minimize_scalar(math.cosh, (-1, 2)) == before


@pytest.mark.parametrize("entry", ENTRIES)
def test_g14_a_panic_becomes_an_exception(entry, capfd):
    before = ENTRIES[entry]()
    _core._inject_panic(entry)
    with pytest.raises(pf.errors.InternalError, match=f"{entry} failed inside pyframe .*report it"):
        ENTRIES[entry]()
    after = ENTRIES[entry]()
    if entry not in ("Stepper", "minimize_scalar_batch"):
        assert after == before


def test_g17_recursion_in_a_users_function():
    def f(x):
        return f(x)

    with pytest.raises(RecursionError):
        pf.minimize_scalar(f, (0, 1))


def test_g18_small_thread_stacks():
    before = threading.stack_size(256 * 1024)
    try:
        results = []
        thread = threading.Thread(
            target=lambda: results.append([run() for run in ENTRIES.values()])
        )
        thread.start()
        thread.join()
    finally:
        threading.stack_size(before)
    assert len(results[0]) == len(ENTRIES)


def test_g19_no_leak():
    def work(times):
        for _ in range(times):
            pf.minimize_scalar(math.cosh, (-1.0, 2.0), trace=True)
            pf.line_search(rosenbrock, X, -rosenbrock_gradient(X), rosenbrock_gradient, trace=True)
            pf.criteria.Armijo(0.3) & pf.criteria.Curvature()

    process = psutil.Process()
    work(3000)
    gc.collect()
    before = process.memory_info().rss
    work(10_000)
    gc.collect()
    assert process.memory_info().rss < 1.02 * before


RESULTS = {
    "scalar": lambda: pf.minimize_scalar(math.cosh, (-1, 2), trace=True),
    "line": lambda: pf.line_search(
        rosenbrock, X, -rosenbrock_gradient(X), rosenbrock_gradient, trace=True
    ),
    "minimize": lambda: pf.minimize(
        rosenbrock, X, rosenbrock_gradient, "newton", hess=rosenbrock_hessian
    ),
}


@pytest.mark.parametrize("kind", RESULTS)
def test_g21_results_can_be_copied_pickled_compared_and_printed(kind):
    result = RESULTS[kind]()
    again = RESULTS[kind]()
    assert result == again
    assert hash(result) == hash(again)
    assert copy.copy(result) is result
    assert result != 3
    assert f"status: {result.status}" in repr(result)
    with pytest.raises(AttributeError):
        result.fun = 0.0
    assert copy.deepcopy(result) == result
    assert pickle.loads(pickle.dumps(result)) == result


REFUSALS = {
    "argument": "_core.minimize_scalar(3, *rest)",
    "parameter": "_core.minimize_scalar(abs, brent, (3.0, 1.0), *rest[2:])",
    "return": "_core.minimize_scalar(lambda x: None, *rest)",
}


@pytest.mark.parametrize("refusal", REFUSALS)
def test_g17_a_first_refusal_at_the_limit_of_recursion(refusal):
    code = f"""
import pyframe as pf
from pyframe import _core
brent = pf.scalar_methods.Brent().compiled
rest = brent, (0.0, 1.0), None, None, None, 500, None, False, (), None, None, None
said = []
def deeper():
    try:
        deeper()
    except RecursionError:
        pass
    try:
        {REFUSALS[refusal]}
    except (RecursionError, pf.PyframeError) as error:
        said.append(isinstance(error, pf.PyframeError))
deeper()
print(said[-1])
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "True\n", "")


def test_g21_a_trial_keeps_what_its_reader_declared():
    trial = pickle.loads(pickle.dumps(_core.Trial(0.5, 1.0)))
    with pytest.raises(pf.errors.PluginError, match="slope was read but not asked for"):
        _ = trial.slope
    (first, *_) = RESULTS["line"]().trace
    again = copy.deepcopy(first)
    assert (again.slope, again.curvature) == (first.slope, first.curvature)
    assert (again.verdict, again.phase) == (first.verdict, first.phase)


def every_parameter_object():
    for known in pf.plugins():
        if known.distribution != "pyframe" or not isinstance(known.record.impl, str):
            continue
        if isinstance(made := known.record.load(), type):
            yield pytest.param(made, id=known.id)


@pytest.mark.parametrize("make", list(every_parameter_object()))
def test_g21_parameter_objects_can_be_copied_pickled_and_compared(make):
    thing = make()
    assert pickle.loads(pickle.dumps(thing)) == copy.deepcopy(thing) == thing
    assert hash(make()) == hash(thing)
    assert weakref.ref(thing)() is thing
    assert eval(repr(thing), vars(sys.modules[make.__module__])) == thing


def test_g22_an_exception_in_del_does_no_harm(monkeypatch):
    class Sour(float):
        def __del__(self):
            raise ValueError("sour")

    seen = []
    monkeypatch.setattr(sys, "unraisablehook", lambda report: seen.append(str(report.exc_value)))
    assert pf.minimize_scalar(lambda x: Sour((x - 1) ** 2), (0, 3)).success
    gc.collect()
    assert seen
    assert set(seen) == {"sour"}


def test_g26_locale_with_a_decimal_comma():
    code = """
import locale
for name in ("de_DE.UTF-8", "fr_FR.UTF-8", "C.UTF-8"):
    try:
        locale.setlocale(locale.LC_ALL, name)
        break
    except locale.Error:
        pass
import pyframe as pf
try:
    pf.criteria.Armijo(1.5)
except ValueError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "c1 must satisfy 0 < c1 < 1, got 1.5"


def test_g27_time_limits_use_the_monotonic_clock(monkeypatch):
    monkeypatch.setattr(time, "time", lambda: -1e9)
    r = pf.minimize_scalar(math.cosh, (-1, 2), max_seconds=60)
    assert r.success


def test_g32_tracing_works():
    seen = []

    def tracer(frame, event, arg):
        seen.append(frame.f_code.co_name)

    sys.settrace(tracer)
    try:
        pf.minimize_scalar(lambda x: x * x, (-1, 2))
    finally:
        sys.settrace(None)
    assert "<lambda>" in seen


def test_the_process_is_single_threaded_after_import():
    code = "import pyframe, threading, os; print(len(os.listdir('/proc/self/task')))"
    env = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=env, timeout=60
    )
    assert done.stdout.strip() == "1"
