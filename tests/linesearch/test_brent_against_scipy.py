"""Brent's method takes no more evaluations than SciPy's, over all scalar test problems."""

import numpy as np
import pytest
from counting import Counting

import pyframe as pf

optimize = pytest.importorskip("scipy.optimize")
problems = [known.record.load() for known in pf.plugins("problem") if "scalar" in known.name]

pytestmark = pytest.mark.skipif(len(problems) < 50, reason="pyframe-problems is not installed")


def totals(ours, theirs):
    """Evaluations of both, over the problems that both solve."""
    mine = others = solved = 0
    for problem in problems:
        f, g = Counting(problem.fun), Counting(problem.fun)
        with np.errstate(all="ignore"):
            both = ours(f, problem).success and theirs(g, problem)
        if both:
            mine, others, solved = mine + f.calls, others + g.calls, solved + 1
    print(f"{solved} problems: pyframe {mine}, SciPy {others} evaluations")
    assert solved >= 50
    return mine, others


def test_in_bounds():
    mine, others = totals(
        lambda f, p: pf.minimize_scalar(f, p.bounds, xtol=2e-8),
        lambda f, p: optimize.minimize_scalar(f, bounds=p.bounds, options={"xatol": 1e-8}).success,
    )
    assert mine <= 1.1 * others


def test_from_two_points():
    def bracket(p):
        a, b = p.bounds
        return (a + 0.3 * (b - a), a + 0.45 * (b - a))

    def theirs(f, p):
        try:
            return optimize.minimize_scalar(f, bracket=bracket(p)).success
        except RuntimeError:  # SciPy's BracketError is one
            return False

    mine, others = totals(lambda f, p: pf.minimize_scalar(f, bracket=bracket(p)), theirs)
    assert mine <= 1.1 * others
