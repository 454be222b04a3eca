"""The problems that benchmarks run on: this tree's, whichever commit is measured.

A history needs the same problems at every commit, so they come from the working tree's
``plugins/pyframe-problems`` and not from the commit at hand, together with the problems of
the plugins installed in asv's environment.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from functools import cache
from pathlib import Path

import numpy as np

import pyframe as pf

SOURCE = Path(__file__).parents[2] / "plugins" / "pyframe-problems" / "src"


@cache
def problems(shape: str) -> dict[str, object]:
    """The problems of one shape, ``"ScalarProblem"`` for instance, by name."""
    found = {entry.name: entry.record.load() for entry in [*_tree(), *_installed()]}
    return {name: found[name] for name in found if type(found[name]).__name__ == shape}


class _Entry:
    def __init__(self, record) -> None:
        self.name, self.record = record.name, record


def _tree() -> list[_Entry]:
    if str(SOURCE) not in sys.path:
        sys.path.insert(0, str(SOURCE))
    try:
        from pyframe_problems.plugin import pyframe_problems
    except ImportError:  # a commit that has no shapes for problems yet
        return []
    return [_Entry(record) for record in pyframe_problems()]


def _installed() -> list:
    try:
        return pf.plugins("problem")
    except (AttributeError, LookupError):
        return []


def problem(shape: str, name: str):
    """One problem; asv leaves a benchmark out on ``NotImplementedError``."""
    found = problems(shape)
    if name not in found:
        raise NotImplementedError(f"no {shape} {name!r}")
    return found[name]


def along_a_line(line):
    """A ``LineProblem`` as f, grad and hessp of an array of shape (1,)."""

    def hessp(x, v):
        h = 1e-6 * max(1.0, abs(x[0]))
        return (line.slope(x[0] + h) - line.slope(x[0] - h)) / (2 * h) * v

    return lambda x: float(line.phi(x[0])), lambda x: np.array([line.slope(x[0])]), hessp


def hessian_by_differences(grad):
    """hess(x) of shape (n, n) by central differences of the gradient, made symmetric."""

    def hess(x):
        h = 1e-5 * np.maximum(1.0, np.abs(x))
        columns = [
            (grad(x + e) - grad(x - e)) / (2 * s) for s, e in zip(h, np.diag(h), strict=True)
        ]
        return (np.array(columns) + np.array(columns).T) / 2

    return hess


def load() -> None:
    """Load what every benchmark needs: the problems, and what pyframe imports on first use.

    asv takes each figure in a process forked from one that has imported this module, so
    this is done once and not a thousand times.
    """
    with suppress(Exception):  # an old commit may have none of it; its benchmarks will say so
        problems("LineProblem")
        one = np.ones(1)
        pf.minimize_scalar(lambda x: x * x)
        pf.line_search(lambda x: float(x @ x), one, -one, lambda x: 2 * x)
        pf.minimize(lambda x: float(x @ x), one, lambda x: 2 * x)


load()
