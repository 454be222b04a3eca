"""FAULTS.md, group E: step-size searches and the outer iteration.  One test a row."""

import gc
import math
import time
import weakref

import numpy as np
import psutil
import pytest
from counting import Counting, rosenbrock, rosenbrock_gradient

import pyframe as pf

NAN, INF = math.nan, math.inf
STRATEGIES = ["interpolation", "more-thuente", "hager-zhang", "zoom", "bisection"]
CRITERIA = [
    "armijo",
    "goldstein",
    "wolfe",
    "strong-wolfe",
    "approximate-wolfe",
    "nonmonotone",
    "averaged",
    "filter",
]
X = np.array([-1.2, 1.0])


def sphere(x):
    return float(x @ x)


def sphere_gradient(x):
    return 2 * x


def test_e26_ascent_direction():
    # DESIGN.md names the status "not-descent" where the row says "ascent".
    f = Counting(sphere)
    r = pf.line_search(f, [1.0, 2.0], [1.0, 2.0], sphere_gradient)
    assert (r.status, r.success, r.step, f.calls) == ("not-descent", False, 0.0, 1)


@pytest.mark.parametrize(("x", "d"), [([1.0, 2.0], [0.0, 0.0]), ([0.0, 0.0], [1.0, 1.0])])
def test_e27_zero_direction_or_gradient(x, d):
    r = pf.line_search(sphere, x, d, sphere_gradient)
    assert (r.status, r.success, r.step) == ("stationary", False, 0.0)


@pytest.mark.parametrize(("x", "d"), [([NAN, 0], [1.0, 1]), ([1.0, 2], [INF, 1])])
def test_e28_start_or_direction_not_finite(x, d):
    f = Counting(sphere)
    with pytest.raises(
        pf.errors.ParameterError, match=r"(x|d) must be finite, got (nan|inf) at position 0"
    ):
        pf.line_search(f, x, d, sphere_gradient)
    assert f.calls == 0


def test_e29_gradient_nan():
    with pytest.raises(pf.errors.ParameterError, match="grad is not finite at x"):
        pf.line_search(sphere, [1.0], [-2.0], lambda x: np.array([NAN]))
    g = lambda x: np.array([2 * x[0] if abs(x[0]) <= 1 else NAN])  # noqa: E731
    r = pf.line_search(sphere, [1.0], [-2.0], g, initial_step=4.0)
    assert r.success
    assert abs(r.x[0]) < 1


@pytest.mark.parametrize(
    ("gradient", "error", "text"),
    [
        (
            lambda x: np.ones(3),
            pf.errors.ShapeError,
            r"grad must return an array of shape \(2,\), got \(3,\)",
        ),
        (lambda x: np.ones((2, 1)), pf.errors.ShapeError, r"got \(2, 1\)"),
        (lambda x: np.array(["a", "b"]), pf.errors.DTypeError, "real numbers"),
        (lambda x: 1j * x, pf.errors.DTypeError, "complex128"),
    ],
)
def test_e30_gradient_of_wrong_shape_or_dtype(gradient, error, text):
    with pytest.raises(error, match=text):
        pf.line_search(sphere, [1.0, 2.0], [-1.0, -1.0], gradient)


def test_e30_integer_gradients_are_converted():
    assert pf.line_search(sphere, [1.0, 2.0], [-2.0, -4.0], lambda x: np.array([2, 4])).nfev >= 2


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_e31_gradient_with_the_wrong_sign(strategy):
    f = Counting(lambda x: float(np.cosh(x).sum()))
    lie = lambda x: -np.sinh(x)  # noqa: E731
    x = np.array([1.0, 2.0])
    r = pf.line_search(f, x, -lie(x), lie, strategy=strategy)
    assert (r.status, r.success) == ("gradient-inconsistent", False)
    assert r.fun <= f(x)


def test_e32_e33_e34_parameters_out_of_order():
    for make in (
        lambda: pf.criteria.Wolfe(0.9, 0.1),
        lambda: pf.criteria.Goldstein(0.6),
        lambda: pf.strategies.Backtracking(factor=1.0),
        lambda: pf.strategies.Backtracking(factor=0.0),
        lambda: pf.strategies.Backtracking(low=0.6, high=0.5),
        lambda: pf.strategies.Backtracking(interpolation="quartic"),
    ):
        with pytest.raises(pf.errors.ParameterError):
            make()


@pytest.mark.parametrize("bad", [0.0, -1.0, INF, NAN])
def test_e35_initial_step_out_of_range(bad):
    with pytest.raises(pf.errors.ParameterError, match="step must satisfy a finite number > 0"):
        pf.line_search(sphere, [1.0], [-2.0], sphere_gradient, initial_step=bad)


@pytest.mark.parametrize("strategy", [*STRATEGIES, "backtracking"])
def test_e35_tiny_initial_step(strategy):
    criterion = "armijo" if strategy == "backtracking" else "strong-wolfe"
    r = pf.line_search(sphere, [1.0], [-2.0], sphere_gradient, criterion, strategy, 1e-320)
    assert r.status in ("converged", "precision", "budget")
    assert r.success == (r.status == "converged")


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_e36_step_below_the_resolution_of_x(strategy):
    f = lambda x: float(x[0] * 1e-30)  # noqa: E731
    r = pf.line_search(f, [1e10], [-1e-20], lambda x: np.array([1e-30]), "armijo", strategy)
    assert (r.status, r.success, r.x[0]) == ("precision", False, 1e10)


@pytest.mark.parametrize("strategy", [*STRATEGIES, "backtracking"])
def test_e37_armijo_hidden_by_rounding(strategy):
    f = Counting(lambda x: 1e6 + float((x[0] - 1) ** 2))
    x0 = 1 + 1e-8
    r = pf.line_search(f, [x0], [-2e-8], lambda x: 2 * (x - 1), "armijo", strategy)
    assert r.status in ("converged", "precision")
    assert abs(r.x[0] - 1) <= 1e-8
    assert f.calls < 20


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_e38_falls_for_ever(strategy):
    r = pf.line_search(
        lambda x: -float(x[0]), [0.0], [1.0], lambda x: np.array([-1.0]), strategy=strategy
    )
    assert (r.status, r.success) == ("unbounded", False)
    limited = pf.line_search(
        lambda x: -float(x[0]),
        [0.0],
        [1.0],
        lambda x: np.array([-1.0]),
        strategy=strategy,
        max_step=7.0,
    )
    assert (limited.status, limited.step) == ("unbounded", 7.0)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_e39_undefined_beyond_a_barrier(strategy):
    def f(x):
        return float(-np.log(1 - x[0]) - 3 * x[0]) if x[0] < 1 else NAN

    def g(x):
        return np.array([1 / (1 - x[0]) - 3])

    r = pf.line_search(
        f,
        [0.0],
        [1.0],
        g,
        strategy=strategy,
        criterion=pf.criteria.StrongWolfe(c2=0.1),
        initial_step=10.0,
    )
    assert r.success
    assert abs(r.x[0] - 2 / 3) < 0.2


def test_e40_wall_clock_limit():
    def slow(x):
        time.sleep(0.02)
        return rosenbrock(x)

    began = time.monotonic()
    r = pf.minimize(slow, X, rosenbrock_gradient, direction="gradient-descent", max_seconds=0.2)
    assert time.monotonic() - began < 0.5
    assert (r.status, r.success) == ("budget", False)
    assert r.fun <= rosenbrock(X)


def test_e41_callback_raises():
    class Mine(Exception):
        pass

    error = Mine("enough")

    def callback(state):
        if state.iteration == 3:
            raise error

    with pytest.raises(Mine) as raised:
        pf.minimize(rosenbrock, X, rosenbrock_gradient, callback=callback)
    assert raised.value is error
    assert any(note.startswith("best so far: f = ") for note in raised.value.__notes__)
    assert raised.traceback[-1].name == "callback"


def test_e42_callback_stops():
    def stop_iteration(state):
        raise StopIteration

    for callback in (stop_iteration, lambda state: True):
        r = pf.minimize(rosenbrock, X, rosenbrock_gradient, callback=callback)
        assert (r.status, r.success, r.nit) == ("stopped", False, 1)
    assert pf.minimize(rosenbrock, X, rosenbrock_gradient, callback=lambda state: 1).success


@pytest.mark.parametrize("bad", [None, "x", 1j, np.ones(2)])
def test_e44_returns_that_are_no_number(bad):
    with pytest.raises(pf.errors.ReturnTypeError, match="f must return a real number"):
        pf.line_search(lambda x: bad, [1.0], [-1.0], sphere_gradient)


def test_e45_float32_is_judged_with_its_own_rounding():
    x = np.array([1 + 1e-4], dtype=np.float32)
    f = Counting(lambda x: np.float32(1.0) + (x[0] - np.float32(1)) ** 2)
    r = pf.line_search(f, x, -2 * (x - 1), lambda x: 2 * (x - 1))
    assert all(point.dtype == np.float32 for point in f.points)
    assert r.x.dtype == np.float32
    assert r.status in ("converged", "precision")
    assert abs(r.x[0] - 1) <= abs(x[0] - 1)


def test_e46_a_function_that_changes_its_argument():
    def f(x):
        value = sphere(x)
        x[:] = 99.0
        return value

    x0 = np.array([3.0, 4.0])
    r = pf.minimize(f, x0, sphere_gradient)
    assert r.success
    assert x0.tolist() == [3.0, 4.0]


def test_e46_a_function_that_refers_weakly_to_its_argument():
    # While the reference lives, the object is the same and so must be its entries.
    last = {}

    def f(x):
        if "of" not in last or last["of"]() is not x:
            last.update(of=weakref.ref(x), value=rosenbrock(x))
        return last["value"]

    expected = pf.minimize(rosenbrock, X, rosenbrock_gradient)
    assert pf.minimize(f, X, rosenbrock_gradient) == expected


def test_e47_reentrancy():
    def f(x):
        return pf.minimize(
            lambda y: sphere(y - x) + sphere(x), np.zeros(2), lambda y: 2 * (y - x)
        ).fun

    assert pf.line_search(f, [1.0, 2.0], [-2.0, -4.0], sphere_gradient).success


def test_e48_one_criterion_object_in_many_threads():
    from concurrent.futures import ThreadPoolExecutor

    criterion = pf.criteria.Nonmonotone()

    def job(seed):
        x0 = np.random.default_rng(seed).normal(size=5)
        return pf.minimize(
            sphere, x0, sphere_gradient, "gradient-descent", criterion, "backtracking"
        ).nfev

    alone = [job(seed) for seed in range(32)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(job, range(32))) == alone


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("criterion", CRITERIA)
def test_e54_e55_success_means_the_condition_holds(criterion, strategy):
    import mpmath

    with mpmath.workdps(50):
        rng = np.random.default_rng(5)
        for _ in range(20):
            x = rng.normal(size=2) * 2
            d = -rosenbrock_gradient(x)
            r = pf.line_search(rosenbrock, x, d, rosenbrock_gradient, criterion, strategy)
            if not r.success:
                assert r.status in ("stopped", "budget", "precision")
                continue
            p = [
                mpmath.mpf(v) + mpmath.mpf(r.step) * mpmath.mpf(s)
                for v, s in zip(x, d, strict=True)
            ]
            phi = 100 * (p[1] - p[0] ** 2) ** 2 + (1 - p[0]) ** 2
            phi0 = mpmath.mpf(rosenbrock(x))
            assert phi < phi0 * (1 + mpmath.mpf(10) ** -12)
            if criterion in ("armijo", "wolfe", "strong-wolfe"):
                slope0 = mpmath.mpf(float(rosenbrock_gradient(x) @ d))
                assert phi <= phi0 + mpmath.mpf("1e-4") * r.step * slope0 + abs(phi0) * mpmath.mpf(
                    "1e-13"
                )


def test_e56_criteria_that_accept_everything_or_nothing():
    @pf.criterion("everything", can_lengthen=False)
    def everything(start, trial):
        return pf.ACCEPT

    @pf.criterion("nothing")
    def nothing(start, trial):
        return pf.TOO_SHORT if trial.step < 1 else pf.TOO_LONG

    assert pf.line_search(sphere, [1.0], [-2.0], sphere_gradient, everything).nfev == 2
    r = pf.line_search(sphere, [1.0], [-2.0], sphere_gradient, nothing, "bisection", 0.3)
    assert (r.success, r.status) == (False, "stopped")
    assert r.nfev <= 101


def test_e57_missing_derivative():
    with pytest.raises(
        pf.errors.MissingDerivative,
        match="strong-wolfe with strategy interpolation looks at slopes",
    ):
        pf.line_search(sphere, [1.0], [-2.0], False)
    with pytest.raises(pf.errors.MissingDerivative, match="grad="):
        pf.minimize(sphere, [1.0], False)
    with pytest.raises(pf.errors.MissingDerivative, match="newton needs hess="):
        pf.minimize(sphere, [1.0], sphere_gradient, direction="newton")


@pf.criterion("none-at-all", can_lengthen=False)
def none_at_all(start, trial):
    return pf.TOO_LONG


def test_e58_a_trace_is_kept_when_it_is_asked_for_only():
    def search(trials, *, trace):
        return pf.line_search(
            lambda x: -1.0,
            [0.0],
            [1.0],
            criterion=none_at_all,
            strategy=pf.strategies.Backtracking(factor=1 - 1e-9),
            fun0=0.0,
            grad0=[-1.0],
            max_evaluations=trials,
            trace=trace,
        )

    traced, bare = search(1000, trace=True), search(1000, trace=False)
    assert (traced.status, len(traced.trace), bare.trace) == ("budget", 1000, None)
    process = psutil.Process()
    gc.collect()
    before = process.memory_info().rss
    assert search(200_000, trace=False).status == "budget"
    # The trials would take more than 10 MB.
    assert process.memory_info().rss - before < 3e6


def test_refused_pairs_say_what_to_do():
    with pytest.raises(
        pf.errors.PairError, match="backtracking cannot lengthen a step, and criterion strong-wolfe"
    ):
        pf.line_search(sphere, [1.0], [-2.0], sphere_gradient, strategy="backtracking")
