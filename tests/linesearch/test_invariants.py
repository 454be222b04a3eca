"""What no scaling, no bookkeeping and no way of driving a search may change."""

import math
from dataclasses import replace

import numpy as np
import pytest
from counting import Counting
from valleys import (
    POWERS,
    SLOPE_METHODS,
    STRATEGIES,
    VALUE_METHODS,
    intervals,
    on_values,
    random_runs,
    searches,
    valleys,
)

import pyframe as pf
from pyframe.testing import replay

every_method = pytest.mark.parametrize("method", VALUE_METHODS + SLOPE_METHODS)
every_strategy = pytest.mark.parametrize("strategy", STRATEGIES)
WAYS = [{"xtol": 1e-6}, {"xtol": 0.0}, {"xtol": 1e-3, "xrtol": 1e-6}, {"bracket": True}]


def minimized(valley, method, interval, xtol=1e-6, bracket=False, **options):
    """A run with derivatives, and the counters of f, f' and f''."""
    f, df, d2f = Counting(valley.f), Counting(valley.df), Counting(valley.d2f)
    a, b = (end * valley.wide for end in interval)
    where = {"bracket": (a, a + (b - a) / 64)} if bracket else {"bounds": (a, b)}
    options |= where | {"derivative": df, "second_derivative": d2f, "trace": True}
    r = pf.minimize_scalar(f, method=method, xtol=xtol * valley.wide, **options)
    return r, f, df, d2f


def searched(valley, line, criterion, strategy, *, grad=True, stretch=1.0, **options):
    """A search, and the counters of f and its gradient."""
    f, g = Counting(valley.fun), Counting(valley.grad)
    x, d = line.x * valley.wide, line.d * valley.wide * stretch
    options |= {"hessp": valley.hessp, "trace": True}
    first = line.first / stretch
    r = pf.line_search(f, [x], [d], g if grad else None, criterion, strategy, first, **options)
    return r, f, g


def story(r, stretch=1.0):
    return (r.step * stretch, r.nfev, r.njev, r.status)


@every_method
@random_runs(15, valley=valleys, interval=intervals)
def test_scalar_methods_do_not_see_the_scale(method, valley, interval):
    for way in WAYS:
        r = minimized(valley, method, interval, **way)[0]
        for power in POWERS:
            q = minimized(replace(valley, scale=power), method, interval, **way)[0]
            assert (q.x, q.fun) == (r.x, r.fun * power)
            assert (q.nfev, q.njev, q.nit, q.status) == (r.nfev, r.njev, r.nit, r.status)
            q = minimized(replace(valley, wide=power), method, interval, **way)[0]
            assert (q.x, q.fun) == (r.x * power, r.fun)
            assert (q.nfev, q.njev, q.nit, q.status) == (r.nfev, r.njev, r.nit, r.status)


@every_strategy
@random_runs(8, search=searches())
def test_searches_do_not_see_the_scale(strategy, search):
    valley, line = search
    for criterion in STRATEGIES[strategy]:
        r = searched(valley, line, criterion, strategy)[0]
        for power in POWERS:
            scaled, wide = replace(valley, scale=power), replace(valley, wide=power)
            q = searched(scaled, line, criterion, strategy)[0]
            assert (*story(q), q.fun) == (*story(r), r.fun * power), criterion
            q = searched(wide, line, criterion, strategy)[0]
            assert (*story(q), q.x[0]) == (*story(r), r.x[0] * power), criterion
            q = searched(valley, line, criterion, strategy, stretch=power)[0]
            assert story(q, power) == story(r), criterion


# Translations: bit for bit where every point is a binary fraction of few digits,
# otherwise to rounding.

SHIFTS = (2.0, -64.0, 1024.0)


@pytest.mark.parametrize("method", ["dichotomy", "slope-bisection"])
@pytest.mark.parametrize("shift", SHIFTS)
def test_halving_methods_do_not_see_a_translation(method, shift):
    f, df = (lambda x: (x - 0.3) ** 2), (lambda x: x - 0.3)
    here = pf.minimize_scalar(f, (-1, 3), method=method, derivative=df, xtol=2.0**-20)
    there = pf.minimize_scalar(
        lambda x: f(x - shift),
        (shift - 1, shift + 3),
        method=method,
        derivative=lambda x: df(x - shift),
        xtol=2.0**-20,
    )
    assert (there.x - shift, there.fun, there.nfev) == (here.x, here.fun, here.nfev)


@every_method
@random_runs(15, valley=valleys, interval=intervals)
def test_scalar_methods_move_with_the_function(method, valley, interval):
    simple = replace(valley, w=0.0, kink=0.0, offset=0.0)
    a, b = interval
    for shift in SHIFTS:
        r = pf.minimize_scalar(
            lambda x, c=shift: simple.f(x - c),
            (a + shift, b + shift),
            method=method,
            derivative=lambda x, c=shift: simple.df(x - c),
            xtol=1e-5,
        )
        assert r.success
        assert r.x - shift == pytest.approx(min(max(simple.m, a), b), abs=1.01e-5)


@pytest.mark.parametrize("strategy", ["static", "backtracking", "bisection"])
@pytest.mark.parametrize("shift", SHIFTS)
@pytest.mark.parametrize("first", [2.0**-6, 1.0, 8.0])
def test_halving_strategies_do_not_see_a_translation(strategy, shift, first):
    def run(c, criterion):
        f, g = (lambda x: float((x[0] - c - 0.3) ** 2)), (lambda x: 2 * (x - c - 0.3))
        r = pf.line_search(f, [c - 1], [1.0], g, criterion, strategy, first)
        # A failure looks whether the slope was to blame, as near as x allows.
        return story(r) if r.success else r.status

    for criterion in set(STRATEGIES[strategy]) - {"exact"}:
        assert run(shift, criterion) == run(0.0, criterion), criterion


@every_strategy
@random_runs(8, search=searches())
def test_searches_move_with_the_function(strategy, search):
    valley, line = search
    simple = replace(valley, w=0.0, kink=0.0, offset=0.0)
    start = simple.m - 1.0 if line.d > 0 else simple.m + 1.0
    for criterion in STRATEGIES[strategy]:
        runs = [
            pf.line_search(
                lambda x, c=c: simple.fun(x - c),
                [start + c],
                [line.d],
                lambda x, c=c: simple.grad(x - c),
                criterion,
                strategy,
                line.first,
                hessp=lambda x, v, c=c: simple.hessp(x - c, v),
            )
            for c in (0.0, 64.0)
        ]
        here, there = runs
        assert here.success == there.success, criterion
        if here.success and here.nfev == there.nfev:
            assert there.step == pytest.approx(here.step, rel=1e-5), criterion


@every_method
@random_runs(15, valley=valleys, interval=intervals)
def test_scalar_results_are_what_a_wrapper_saw(method, valley, interval):
    for way in WAYS:
        r, f, df, d2f = minimized(valley, method, interval, **way)
        assert (r.nfev, r.njev) == (f.calls, df.calls + d2f.calls)
        assert [e.x for e in r.trace] == f.points
        assert [e.value for e in r.trace] == f.values
        assert r.fun == valley.f(r.x)
        assert r.bracket[0] <= r.x <= r.bracket[1]
        if method in VALUE_METHODS:
            assert r.fun == min(f.values)
        if "bracket" not in way:
            assert all(interval[0] <= x <= interval[1] for x in f.points)


@every_strategy
@random_runs(15, search=searches())
def test_search_results_are_what_a_wrapper_saw(strategy, search):
    valley, line = search
    for criterion in STRATEGIES[strategy]:
        for longest in (None, 3.0 * line.first):
            r, f, g = searched(valley, line, criterion, strategy, max_step=longest)
            assert (r.nfev, r.njev) == (f.calls, g.calls), criterion
            assert r.x[0] == line.x + r.step * line.d
            assert r.fun == valley.fun(r.x)
            assert r.slope == (r.grad @ [line.d] if r.grad is not None else r.slope)
            assert all(0 < t.step <= (longest or np.inf) for t in r.trace)
            if r.success:
                assert r.step > 0
                assert r.trace[-1].verdict == "accept" or criterion == "exact", criterion
            else:
                assert r.fun == min(f.values), criterion


@every_strategy
@random_runs(15, search=searches())
def test_a_search_driven_by_hand_and_a_replay_are_the_same(strategy, search):
    valley, line = search
    phi = valley.along(line)
    value, slope = phi.f(0.0), phi.df(0.0)
    for criterion in STRATEGIES[strategy]:
        slopes = not on_values(criterion, strategy)
        r = pf.line_search(
            phi.fun,
            [0.0],
            [1.0],
            phi.grad if slopes else None,
            criterion,
            strategy,
            line.first,
            hessp=phi.hessp,
            grad0=[slope],
            trace=True,
        )
        stepper = pf.Stepper(value, slope, line.first, criterion, strategy)
        while (a := stepper.ask()) is not None:
            stepper.tell(phi.f(a), *((phi.df(a), phi.d2f(a)) if slopes else ()))
        assert (stepper.step, stepper.status) == (r.step, r.status), criterion
        assert stepper.trace == list(r.trace), criterion
        compared = replay(r.trace, value, slope, criterion, strategy, first=line.first)
        assert compared == len(r.trace)


# f in float32: its rounding is 2**-23, so values place a minimum within
# sqrt(2**-23 |f| / f'') or so, and a run must not go on below that.


@pytest.mark.parametrize("method", VALUE_METHODS)
@pytest.mark.parametrize("offset", [1.0, 100.0, -7.5])
def test_scalar_methods_judge_float32_by_its_rounding(method, offset):
    def run(kind):
        f = lambda x: kind(offset + math.cosh(x - 0.3))  # noqa: E731
        return pf.minimize_scalar(f, (-1, 4), method=method)

    r = run(np.float32)
    assert r.status == "precision"
    assert r.nfev < run(np.float64).nfev
    assert abs(r.x - 0.3) < 4 * np.sqrt(np.finfo(np.float32).eps * abs(offset))


@every_strategy
@pytest.mark.parametrize("distance", [1e-2, 1e-3, 1e-4])
@pytest.mark.parametrize("kind", ["float32 x", "float32 f"])
def test_searches_judge_float32_by_its_rounding(strategy, distance, kind):
    single = np.float32
    x = np.array([1 + distance], dtype=single if kind == "float32 x" else float)
    for criterion in sorted(set(STRATEGIES[strategy]) - {"any"}):
        f = Counting(lambda x: single(single(10) + single((x[0] - 1) ** 2)))
        g = lambda x: 2 * (x - 1)  # noqa: E731
        r = pf.line_search(f, x, -g(x), g, criterion, strategy, hessp=lambda x, v: 2 * v)
        assert r.status in ("converged", "precision"), criterion
        assert abs(r.x[0] - 1) <= abs(x[0] - 1), criterion
        assert r.x.dtype == x.dtype
        assert f.calls <= (60 if strategy == "bisection" else 30), criterion
