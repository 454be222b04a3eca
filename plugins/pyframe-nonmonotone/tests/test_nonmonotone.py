"""The Python criteria take the steps of the built-in ones, bit for bit, history included."""

from __future__ import annotations

from importlib import metadata

import numpy as np
import pyframe_nonmonotone
import pytest
from pyframe_nonmonotone.plugin import pyframe_criteria

import pyframe as pf
from pyframe import testing

RECORDS = {record.name: record for record in pyframe_criteria()}
GLL, GLL_WOLFE = RECORDS["grippo-lampariello-lucidi"], RECORDS["grippo-lampariello-lucidi-wolfe"]
ZH, ZH_WOLFE = RECORDS["zhang-hager"], RECORDS["zhang-hager-wolfe"]


def rosenbrock(x):
    return 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2


def rosenbrock_gradient(x):
    return np.array([-400 * x[0] * (x[1] - x[0] ** 2) - 2 * (1 - x[0]), 200 * (x[1] - x[0] ** 2)])


SCALES = np.logspace(0, 3, 10)


def ellipse(x):
    return 0.5 * float(x @ (SCALES * x))


def ellipse_gradient(x):
    return SCALES * x


def ripples(x):
    return float(np.sum(x**2 / 4 + np.cos(3 * x)))


def ripples_gradient(x):
    return x / 2 - 3 * np.sin(3 * x)


PROBLEMS = {
    "rosenbrock": (rosenbrock, [-1.2, 1.0], rosenbrock_gradient),
    "ellipse": (ellipse, np.ones(10), ellipse_gradient),
    "ripples": (ripples, [2.0, -1.3, 0.4], ripples_gradient),
}
PAIRS = {
    "gll": (GLL, pf.criteria.Nonmonotone()),
    "gll-3": (GLL(memory=3), pf.criteria.Nonmonotone(memory=3)),
    "gll-1": (GLL(memory=1), pf.criteria.Armijo()),
    "zh": (ZH, pf.criteria.Averaged()),
    "zh-0": (ZH(eta=0.0), pf.criteria.Armijo()),
    "zh-half": (ZH(eta=0.5), pf.criteria.Averaged(eta=0.5)),
    "zh-1": (ZH(eta=1.0), pf.criteria.Averaged(eta=1.0)),
    "gll-wolfe": (GLL_WOLFE, pf.criteria.Nonmonotone() & pf.criteria.Curvature(c2=0.9)),
    "zh-wolfe": (ZH_WOLFE, pf.criteria.Averaged() & pf.criteria.Curvature(c2=0.9)),
}
RUNS = (
    {"direction": "gradient-descent", "initial_step": "barzilai-borwein-1"},
    {"direction": "momentum", "initial_step": "previous"},
    {"direction": "lbfgs"},
)


STRATEGIES = ("backtracking", "bisection", "interpolation")
# Backtracking cannot lengthen a step, which the curvature condition asks for.
CASES = [
    (pair, strategy)
    for pair in PAIRS
    for strategy in STRATEGIES
    if not (pair.endswith("wolfe") and strategy == "backtracking")
]


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run["direction"])
@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize(("pair", "strategy"), CASES)
def test_minimize_takes_the_same_steps(pair, problem, run, strategy):
    ours, theirs = PAIRS[pair]
    f, x0, gradient = PROBLEMS[problem]
    options = {"strategy": strategy, "max_iterations": 150, "trace": True, **run}
    a = pf.minimize(f, x0, gradient, criterion=ours, **options)
    b = pf.minimize(f, x0, gradient, criterion=theirs, **options)
    assert [i.step for i in a.trace] == [i.step for i in b.trace]
    assert (a.nfev, a.nit, a.fun, a.status) == (b.nfev, b.nit, b.fun, b.status)
    assert a.nit > 1


def test_history_matters():
    # Otherwise the comparison above would prove nothing about the hooks.
    options = {**RUNS[0], "strategy": "backtracking"}
    f, x0, gradient = PROBLEMS["rosenbrock"]
    counts = {
        pf.minimize(f, x0, gradient, criterion=criterion, **options).nfev
        for criterion in ("armijo", GLL, ZH)
    }
    assert len(counts) == 3


def test_one_object_serves_runs_inside_runs():
    f, x0, gradient = PROBLEMS["rosenbrock"]
    options = {**RUNS[0], "strategy": "backtracking", "criterion": ZH, "max_iterations": 30}
    alone = pf.minimize(f, x0, gradient, **options)
    inner = []
    outer = pf.minimize(
        f,
        x0,
        gradient,
        callback=lambda _: inner.append(pf.minimize(f, x0, gradient, **options)) or False,
        **options,
    )
    assert outer == alone
    assert all(run == alone for run in inner)


@pytest.mark.parametrize("record", RECORDS.values(), ids=RECORDS)
def test_conforms(record):
    testing.check_criterion(record, strict=True)


@pytest.mark.parametrize(
    ("cls", "parameters", "said"),
    [
        ("GrippoLamparielloLucidi", {"c1": 0.0}, "0 < c1 < 1 is needed, got c1 = 0.0"),
        ("GrippoLamparielloLucidi", {"memory": 0}, "an integer memory >= 1 is needed"),
        ("ZhangHager", {"eta": 1.5}, "0 <= eta <= 1 is needed, got eta = 1.5"),
        ("ZhangHager", {"eta": float("nan")}, "0 <= eta <= 1 is needed, got eta = nan"),
        ("ZhangHagerWolfe", {"c2": 1.0}, "c1 <= c2 < 1 is needed"),
        ("GrippoLamparielloLucidiWolfe", {"c1": 0.5, "c2": 0.4}, "c1 <= c2 < 1 is needed"),
        ("ZhangHager", {"c1": "1e-4"}, "c1 must be a number, got str"),
    ],
)
def test_parameters_are_checked(cls, parameters, said):
    with pytest.raises(pf.PyframeError, match=said):
        getattr(pyframe_nonmonotone, cls)(**parameters)


def test_names_are_usable_once_installed():
    try:
        metadata.distribution("pyframe-nonmonotone")
    except metadata.PackageNotFoundError:
        pytest.skip("pyframe-nonmonotone is on the path but not installed")
    found = {k.name for k in pf.plugins("criterion") if k.distribution == "pyframe-nonmonotone"}
    assert found == set(RECORDS)
    f, x0, gradient = PROBLEMS["ellipse"]
    named = pf.minimize(f, x0, gradient, criterion="zhang-hager", strategy="backtracking")
    assert named == pf.minimize(f, x0, gradient, criterion=ZH, strategy="backtracking")
