"""FAULTS.md, group G: what surrounds the process; one test a row, named by it.

The other rows of the group are in test_g_runtime.py.
"""

# Rows that wait for what is not built yet, and what is tested in their place:
#
# row            waits for                           tested now
# G1             GEMM, SVD, tapes                    searches and batches (test_g_runtime.py)
# G2, G10, G29,  a pool of worker threads            no thread is ever made, and nothing
# G30, G31                                           depends on how many there might be
# G4             compiled functions (GIL released)   many threads get the right results
# G6             a free-threaded build, sanitizers   eight threads at once
# G28            a cache directory                   no file is ever written

import ctypes
import ctypes.util
import gc
import platform
import re
import sys
import threading
import tomllib
import warnings
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import installing
import numpy as np
import pytest

import pyframe as pf
from pyframe import _core

ROOT = Path(__file__).parents[2]

# Every entry point, on functions whose values depend on the direction of rounding, on
# subnormals and on the order of additions.
WORK = """
import ctypes, ctypes.util, gc, math, os, sys
import numpy as np
import pyframe as pf

def f(x):
    return (x / 3 - 0.1) ** 2

def tiny(x):
    return 1e-309 * (x - 0.3) ** 2

def f2(x):
    return float((x[0] / 3 - 0.1) ** 2 + (x[1] / 7 - x[0]) ** 2)

def g2(x):
    t = x[1] / 7 - x[0]
    return np.array([2 * (x[0] / 3 - 0.1) / 3 - 2 * t, 2 * t / 7])

def halving(start, trial):
    return pf.ACCEPT if trial.value <= start.value / 1.7 else pf.TOO_LONG

halving = pf.criterion("halving", can_lengthen=False)(halving)
X = np.array([1.1, -0.3])
D, D3, P = -g2(X), -3.3 * g2(X), np.linspace(0.1, 0.9, 50)

def work():
    return [
        pf.minimize_scalar(tiny, (-1.1, 2.3), method="golden").x,
        *(pf.minimize_scalar(f, (-1.1, 2.3), method=m).x for m in ("brent", "golden", "dichotomy")),
        *pf.minimize_scalar_batch(lambda x, p: f(x - p), -1.1, 2.3, args=(P,)).x,
        *pf.line_search(f2, X, D, g2).x,
        *pf.line_search(f2, X, D3, g2, halving, "backtracking").x,
        *(x for d in ("bfgs", "lbfgs", "cg") for x in pf.minimize(f2, X, g2, d).x),
    ]

def shown(results):
    return " ".join(float(x).hex() for x in results)
"""


def printed(folder, code, **environment):
    """What code prints after WORK, in a new process."""
    done = installing.python(folder, WORK + code, **environment)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.fixture(scope="module")
def usual(tmp_path_factory):
    return printed(tmp_path_factory.mktemp("usual"), "print(shown(work()))")


def test_g02_g10_no_thread_is_made(tmp_path):
    code = """
import resource
def threads():
    return len(os.listdir("/proc/self/task"))
before = threads()
resource.setrlimit(resource.RLIMIT_NPROC, (1, 1))
work()
pf.minimize_scalar_batch(np.cosh, -np.ones(100_000), 2.0)
print(threads() - before)
"""
    assert printed(tmp_path, code) == "0\n"


def test_g06_eight_threads_at_once():
    space = {}
    exec(WORK, space)
    alone = space["shown"](space["work"]())
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            runs = [pool.submit(lambda: space["shown"](space["work"]())) for _ in range(16)]
            assert {run.result() for run in runs} == {alone}
    finally:
        sys.setswitchinterval(before)


def test_g06_the_module_does_not_ask_for_the_gil():
    source = (ROOT / "rust/python/src/lib.rs").read_text(encoding="utf-8")
    assert "gil_used" not in source
    assert not getattr(sys, "_is_gil_enabled", lambda: False)() or sys.abiflags != "t"


def test_g07_every_class_is_frozen():
    sources = (ROOT / "rust/python/src").glob("*.rs")
    classes = re.findall(r"#\[pyclass(.*?)\]", "".join(p.read_text("utf-8") for p in sources))
    assert len(classes) >= 12
    assert [options for options in classes if "frozen" not in options] == []


def test_g07_one_object_in_many_threads_is_never_already_borrowed():
    @pf.criterion("slow", can_lengthen=False)
    def slow(start, trial):
        return pf.ACCEPT if trial.value < start.value * sum(range(50)) / 2e6 else pf.TOO_LONG

    steppers = [pf.Stepper(1.0, -1.0, 1.0, slow, "backtracking") for _ in range(50)]
    refusals = set()

    def drive(stepper):
        while True:
            try:
                if stepper.ask() is None:
                    return
                stepper.tell(0.5)
            except pf.errors.ParameterError as refusal:
                refusals.add(str(refusal))

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(drive, [stepper for stepper in steppers for _ in range(4)]))
    finally:
        sys.setswitchinterval(before)
    assert refusals <= {
        "this Stepper is in use by another thread or by its own criterion",
        "tell without ask: the search is over",
    }
    assert {stepper.status for stepper in steppers} <= set(pf.Status)


def test_g09_fork_while_another_thread_is_inside(tmp_path):
    code = """
import signal, threading, time
inside = threading.Barrier(4)

def waiting(*_):
    inside.wait()
    time.sleep(60)

@pf.criterion("waiting", can_lengthen=False)
def slow(start, trial):
    waiting()

def batches():
    inside.wait()
    while True:
        pf.minimize_scalar_batch(np.cosh, -np.ones(1000), 2.0)

def tell():
    stepper.ask()
    stepper.tell(0.5)

stepper = pf.Stepper(1.0, -1.0, 1.0, slow, "backtracking")
for target in (tell, batches, lambda: pf.minimize_scalar(waiting, (0, 1))):
    threading.Thread(target=target, daemon=True).start()
inside.wait()
before = shown(work())
pid = os.fork()
if pid == 0:
    signal.alarm(20)
    same = shown(work()) == before and len(pf.plugins()) > 0
    try:
        stepper.ask()
    except pf.errors.ParameterError:
        os._exit(not same)
    os._exit(2)
print(os.waitpid(pid, 0)[1], flush=True)
os._exit(0)
"""
    assert printed(tmp_path, code) == "0\n"


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="the module was renamed, with threads")
@pytest.mark.parametrize("first", ["import pyframe", "pass"])
def test_g12_sub_interpreters_are_refused(tmp_path, first):
    code = f"""
import _xxsubinterpreters as interpreters
{first}
try:
    interpreters.run_string(interpreters.create(), "import pyframe")
except interpreters.RunFailedError as error:
    print(error)
import pyframe as pf
print(pf.minimize_scalar(abs, (-1, 2)).success)
"""
    done = installing.python(tmp_path, code)
    refusal, works = done.stdout.splitlines()
    assert "ImportError" in refusal
    assert "pyframe works in the main interpreter only, and this is a sub-interpreter" in refusal
    assert works == "True"


def panicking(x):
    _core._inject_panic("minimize_scalar")
    return pf.minimize_scalar(abs, (-1, 2)).fun


PANICS = {
    "in f of a scalar search": lambda: pf.minimize_scalar(panicking, (-1, 2)),
    "in f of a line search": lambda: pf.line_search(panicking, [1.0], [-1.0], lambda x: 2 * x),
    "in f of minimize": lambda: pf.minimize(panicking, [1.0], lambda x: 2 * x),
    "in f of a batch": lambda: pf.minimize_scalar_batch(panicking, -1.0, 2.0),
    "in a callback": lambda: pf.minimize(
        lambda x: float(x @ x), [1.0], lambda x: 2 * x, callback=panicking
    ),
    "in a criterion": lambda: pf.line_search(
        lambda x: float(x @ x),
        [1.0],
        [-1.0],
        lambda x: 2 * x,
        pf.criterion("sour", can_lengthen=False)(lambda start, trial: panicking(0.0)),
        "backtracking",
    ),
}


@pytest.mark.parametrize("where", PANICS)
@pytest.mark.parametrize("thread", ["main", "another"])
def test_g15_a_panic_passes_through_every_layer(where, thread, capfd):
    seen = []

    def call():
        with pytest.raises(pf.errors.InternalError, match="minimize_scalar failed inside pyframe"):
            PANICS[where]()
        seen.append(pf.minimize_scalar(abs, (-1, 2)).success)

    if thread == "main":
        call()
    else:
        worker = threading.Thread(target=call)
        worker.start()
        worker.join()
    assert seen == [True]


def test_g15_a_panic_unwinds():
    release = tomllib.loads((ROOT / "Cargo.toml").read_text("utf-8"))["profile"]["release"]
    assert release["panic"] == "unwind"


def test_g16_what_does_not_fit_is_a_memory_error(tmp_path):
    # Each run is a child with so many MB of address space beyond what it has.
    code = """
import resource
def f(x):
    return float((x * x).sum())
def g(x):
    return 2 * x
runs = {
    "bfgs": lambda n: pf.minimize(f, np.ones(n), g, "bfgs"),
    "newton": lambda n: pf.minimize(f, np.ones(n), g, "newton", hess=lambda x: 2 * np.eye(x.size)),
    "lbfgs": lambda n: pf.minimize(f, np.ones(n), g, pf.directions.LBFGS(memory=1000)),
    "cg": lambda n: pf.minimize(f, np.ones(n), g, "cg"),
    "newton-cg": lambda n: pf.minimize(f, np.ones(n), g, "newton-cg"),
    "momentum": lambda n: pf.minimize(f, np.ones(n), g, "momentum"),
    "line-search": lambda n: pf.line_search(f, np.ones(n), -np.ones(n), g),
    "batch": lambda n: pf.minimize_scalar_batch(np.cosh, -np.ones(n), 1.0),
}
def attempt(run, n, megabytes):
    pid = os.fork()
    if pid == 0:
        pages = int(open("/proc/self/statm").read().split()[0])
        limit = pages * resource.getpagesize() + megabytes * 2**20
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        try:
            run(n)
        except MemoryError as error:
            os._exit(2 if isinstance(error, pf.errors.OutOfMemory) else 1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
for name, run in runs.items():
    run(10)
    sizes = (200, 20_000, 10**6) if name in ("bfgs", "newton") else (2000, 100_000, 10**6)
    outcomes = {attempt(run, n, megabytes) for n in sizes for megabytes in (1, 4, 16, 64)}
    print(name, *sorted(outcomes))
"""
    lines = printed(tmp_path, code).splitlines()
    assert [line for line in lines if not re.fullmatch(r"[a-z-]+ 0 (1 )?2", line)] == []
    assert len(lines) == 8


def test_g16_a_matrix_whose_size_overflows():
    # 8 n^2 bytes are more than there are addresses; x itself takes no memory.
    x = np.broadcast_to(1.0, 3 * 10**6)
    with pytest.raises(pf.errors.OutOfMemory, match="not enough memory for an n x n matrix"):
        pf.minimize(lambda x: 0.0, x, lambda x: x, "bfgs")


class Marker:
    """Something that can be watched."""


# What holds a Python function, made of a function.
HOLDERS = {
    "criterion": lambda f: _core.Criterion.foreign(f, "value", True, "x"),
    "criterion's hooks": lambda f: _core.Criterion.foreign(id, "value", True, "x", f, f, f),
    "both": lambda f: _core.Criterion.both(_core.Criterion.any(), HOLDERS["criterion"](f)),
    "either": lambda f: _core.Criterion.either(HOLDERS["criterion"](f), HOLDERS["criterion"](f)),
    "strategy": lambda f: _core.Strategy.foreign(f, "value", True, "x"),
    "scalar method": lambda f: _core.ScalarMethod.foreign(f, "value", "x"),
    "exact strategy": lambda f: _core.Strategy.exact(HOLDERS["scalar method"](f), 0.0, 1e-8),
    "initial step": lambda f: _core.InitialStep.foreign(f, "x"),
    "direction": lambda f: _core.Direction.foreign(f, "x"),
    "stepper": lambda f: pf.Stepper(1.0, -1.0, 1.0, pf.criterion("x")(f)),
    "stepper's generator": lambda f: pf.Stepper(
        1.0, -1.0, 1.0, "armijo", pf.strategy("x")(generator(f))
    ),
    "scalar result": lambda f: pf.minimize_scalar(lambda x: f and abs(x), (-1, 2), trace=True),
    "result": lambda f: pf.minimize(lambda x: f and x @ x, [1.0], lambda x: 2 * x, trace=True),
}


def generator(f):
    def steps(start, first, max_step):
        held = f
        while held:
            yield first

    return steps


def cycle(hold):
    """A weak reference to what a function refers to that refers to its own holder."""
    marker, cell = Marker(), []

    def f(*_):
        return cell

    cell += [marker, hold(f)]
    return weakref.ref(marker)


@pytest.mark.parametrize("holder", HOLDERS)
def test_g20_cycles_through_closures_are_collected(holder):
    alive = cycle(HOLDERS[holder])
    gc.collect()
    assert alive() is None


@pytest.mark.parametrize("holder", [name for name in HOLDERS if "result" not in name])
def test_g20_what_is_in_use_is_not_collected(holder):
    def watched():
        marker = Marker()
        return (lambda *_: marker), weakref.ref(marker)

    f, alive = watched()
    held = HOLDERS[holder](f)
    del f
    for _ in range(3):
        gc.collect()
    assert held
    assert alive() is not None
    del held
    gc.collect()
    assert alive() is None


def test_g23_a_warning_of_f_made_an_error_is_a_normal_exception():
    def f(x):
        warnings.warn("look", RuntimeWarning, stacklevel=2)
        return (x - 1) ** 2

    with pytest.warns(RuntimeWarning, match="look"):
        usual = pf.minimize_scalar(f, (0, 3))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(RuntimeWarning, match="look"):
            pf.minimize_scalar(f, (0, 3))
    with pytest.warns(RuntimeWarning, match="look"):
        assert pf.minimize_scalar(f, (0, 3)) == usual


def test_g23_a_plugins_warning_made_an_error_is_raised_once(tmp_path):
    installing.install(tmp_path, "bad", "raise RuntimeError('no licence')")
    installing.install(tmp_path, "neighbour", installing.GOOD.format(name="good"))
    code = f"""
try:
    {installing.USE.format(name="good").strip().replace(chr(10), chr(10) + "    ")}
except pf.errors.PluginWarning as warning:
    print(warning)
{installing.USE.format(name="good")}
"""
    done = installing.run(tmp_path, "-W", "error", "-c", code)
    first, second = done.stdout.splitlines()
    assert first.startswith("plugin bad 1.0: its import raised RuntimeError: no licence")
    assert (second, done.stderr) == ("0.5", "")


# fegetenv's structure: where the control word of the arithmetic that Rust uses stands in
# it, and the bits that flush subnormals to zero.
FENV = {"x86_64": (28, 0x8040), "aarch64": (0, 1 << 24)}
ROUNDING = {"x86_64": {"up": 0x800, "down": 0x400, "to zero": 0xC00}}
on_x86 = pytest.mark.skipif(platform.machine() != "x86_64", reason="constants of x86-64")

SET = """
c = ctypes.CDLL(ctypes.util.find_library("m"))
env = (ctypes.c_uint32 * 64)()
def rounding(direction):
    c.fesetround(direction)
def flush(offset, bits):
    c.fegetenv(env)
    env[offset // 4] |= bits
    c.fesetenv(env)
def control(offset):
    c.fegetenv(env)
    return c.fegetround(), env[offset // 4] & ~0x3F
def normal():
    c.fesetenv(initial)
initial = (ctypes.c_uint32 * 64)()
c.fegetenv(initial)
"""


@pytest.mark.parametrize("direction", ["up", "down", "to zero"])
@on_x86
def test_g24_the_direction_of_rounding_changes_no_result(tmp_path, usual, direction):
    offset, _ = FENV["x86_64"]
    code = f"""{SET}
rounding({ROUNDING["x86_64"][direction]})
before = control({offset})
results = work()
kept = control({offset}) == before
normal()
print(shown(results))
print(kept, before[0])
"""
    expected = f"{usual}True {ROUNDING['x86_64'][direction]}\n"
    assert printed(tmp_path, code) == expected


@pytest.mark.skipif(platform.machine() not in FENV, reason="where the bits are is not known")
def test_g24_flushing_subnormals_changes_no_result(tmp_path, usual):
    offset, bits = FENV[platform.machine()]
    code = f"""{SET}
flush({offset}, {bits})
before, flushed = control({offset}), 5e-324 * 1.0 == 0.0
results = work()
kept = control({offset}) == before
normal()
print(shown(results))
print(kept, flushed)
"""
    assert printed(tmp_path, code) == f"{usual}True True\n"


@on_x86
def test_g24_f12_what_a_callback_sets_ends_with_the_callback(tmp_path, usual):
    code = f"""{SET}
def changing(function):
    def changed(*args):
        answer = function(*args)
        rounding(0x800)
        flush(28, 0x8040)
        return answer
    return changed

f, f2 = changing(f), changing(f2)
halving = pf.criterion("halving", can_lengthen=False)(changing(halving.impl))
before = control(28)
results = work()
after = control(28)
normal()
print(shown(results))
print(after == before)
"""
    assert printed(tmp_path, code) == f"{usual}True\n"


@pytest.mark.skipif(
    not hasattr(ctypes.CDLL(ctypes.util.find_library("m")), "feenableexcept"),
    reason="a function of the GNU library",
)
def test_g25_exceptions_that_trap_do_not(tmp_path, usual):
    code = f"""{SET}
TRAPS = 0x0D                      # invalid, division by zero, overflow
def wild(x):
    return np.log(np.float64(x)) + 1e308 * 10.0 * (x > 1.9) + x

def batch(x):
    with np.errstate(all="ignore"):
        return np.log(x) + x / (x > 0)

with np.errstate(all="ignore"):
    expected = pf.minimize_scalar(wild, (-1, 2)), pf.minimize_scalar_batch(batch, -1.0, 2.0).x
    c.feenableexcept(TRAPS)
    got = pf.minimize_scalar(wild, (-1, 2)), pf.minimize_scalar_batch(batch, -1.0, 2.0).x
    results = work()
    kept = c.fegetexcept() == TRAPS
    normal()
print(shown(results))
print(got[0] == expected[0], got[1] == expected[1], kept)
"""
    assert printed(tmp_path, code) == f"{usual}True True True\n"


def test_g28_no_file_is_written(tmp_path):
    code = """
written = []
def watch(event, args):
    if event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+"):
        written.append(args[0])
    elif event in ("os.mkdir", "os.rename", "os.remove"):
        written.append(args[0])
sys.addaudithook(watch)
work(), pf.plugins()
print(written)
"""
    nowhere = dict.fromkeys(("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"), "/nonexistent")
    assert printed(tmp_path, code, **nowhere) == "[]\n"


@pytest.mark.parametrize("count", ["0", "-1", "abc", "1000000000", "16"])
def test_g29_g31_thread_count_variables_change_nothing(tmp_path, usual, count):
    names = ("RAYON_NUM_THREADS", "PYFRAME_NUM_THREADS", "OMP_NUM_THREADS")
    assert printed(tmp_path, "print(shown(work()))", **dict.fromkeys(names, count)) == usual


def test_g30_g31_the_number_of_processors_changes_nothing(tmp_path, usual):
    code = "os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); print(shown(work()))"
    assert printed(tmp_path, code) == usual
