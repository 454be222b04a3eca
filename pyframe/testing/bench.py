"""``pyframe bench``: evaluations and time of everything registered, in a few seconds.

Scalar methods run on the registered scalar problems, every strategy with every criterion on
the registered lines.  Problems come from plugins (``pip install pyframe-problems``); without
any, a handful of textbook functions stands in.  Times include the problem's own functions;
the history over commits is kept with asv, in ``asv_bench/``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from time import perf_counter
from typing import Any

import numpy as np

from pyframe.errors import PairError, ParameterError, PyframeError, UnknownNameError
from pyframe.linesearch.api import line_search, minimize_scalar
from pyframe.registry.manager import Known, plugins
from pyframe.results import LineSearchResult, ScalarResult
from pyframe.testing.problems import LineProblem, ScalarProblem, Vector

KINDS = ("scalar-method", "strategy")
ORIGIN, AHEAD = np.zeros(1), np.ones(1)

Row = tuple[str, str]

TEXTBOOK: dict[str, ScalarProblem | LineProblem] = {
    "quadratic": ScalarProblem(
        lambda x: (x - 2.0) ** 2, (0.0, 6.0), 2.0, 0.0, lambda x: 2.0 * (x - 2.0)
    ),
    "cosh": ScalarProblem(
        lambda x: math.cosh(x - 1.0), (-2.0, 3.0), 1.0, 1.0, lambda x: math.sinh(x - 1.0)
    ),
    "more-thuente-1": LineProblem(
        lambda a: -a / (a * a + 2.0),
        lambda a: (a * a - 2.0) / (a * a + 2.0) ** 2,
        (1e-3, 1e-1, 1e1, 1e3),
        1e-3,
        1e-1,
    ),
}
"""What is measured when no plugin gives a problem."""


def run(kind: str | None = None, problems: Sequence[str] | None = None) -> int:
    """Print the table.

    Parameters
    ----------
    kind : {"scalar-method", "strategy"}, optional
        Only this part of the table.
    problems : sequence of str, optional
        Names of the problems to run on; all that are registered if not given.

    Returns
    -------
    int
        The exit code of the command: 0.

    Raises
    ------
    ParameterError
        For another kind.
    UnknownNameError
        For a problem that is not known.

    Examples
    --------
    >>> from pyframe.testing import bench
    >>> bench.run("newton")
    Traceback (most recent call last):
      ...
    pyframe.errors.ParameterError: kind must be one of scalar-method, strategy, got 'newton'
    """
    if kind is not None and kind not in KINDS:
        raise ParameterError(f"kind must be one of {', '.join(KINDS)}, got {kind!r}")
    chosen = _chosen(problems)
    scalars = [p for p in chosen.values() if isinstance(p, ScalarProblem)]
    lines = [p for p in chosen.values() if isinstance(p, LineProblem)]
    if kind in (None, "scalar-method"):
        starts = f"{len(scalars)} scalar problems; evaluations of f and f'"
        _print(starts, ("scalar method", ""), _scalar_rows(scalars))
    if kind in (None, "strategy"):
        searches = sum(len(line.starts) for line in lines)
        title = f"{searches} searches on {len(lines)} lines; evaluations of phi"
        _print(title, ("strategy", "criterion"), _search_rows(lines))
    return 0


def _chosen(wanted: Sequence[str] | None) -> dict[str, Any]:
    """The problems asked for, by name."""
    known = {entry.name: entry.record.load() for entry in plugins("problem")} or dict(TEXTBOOK)
    if wanted is None:
        return known
    for name in wanted:
        if name not in known:
            listed = ", ".join(list(known)[:8])
            raise UnknownNameError(f"unknown problem {name!r}; known: {listed}, ...")
    return {name: known[name] for name in wanted}


def _print(title: str, labels: Row, rows: Iterable[tuple[Row, str]]) -> None:
    every = list(rows)
    names = [labels, *(row for row, _ in every)]
    first, second = (max(len(name[k]) for name in names) + 2 for k in (0, 1))
    say(f"\n{title}")
    heads = f"{'evaluations':>12}{'not solved':>12}{'us each':>10}"
    for (name, other), figures in [(labels, heads), *every]:
        say(f"{name:{first}}{other:{second}}{figures}")


def say(line: str) -> None:
    """One line on standard output."""
    print(line, flush=True)  # noqa: T201  the table is what the command is for


def _scalar_rows(problems: list[ScalarProblem]) -> Iterator[tuple[Row, str]]:
    for entry in plugins("scalar-method"):
        slopes = _needs(entry) != "value"
        runs = [_solver(entry, problem, slopes) for problem in problems]
        yield (_label(entry), ""), _figures([run for run in runs if run is not None])


def _solver(
    entry: Known, problem: ScalarProblem, slopes: bool
) -> Callable[[], ScalarResult] | None:
    if slopes and problem.derivative is None:
        return None
    derivative = problem.derivative if slopes else None
    return lambda: minimize_scalar(
        problem.fun, bounds=problem.bounds, method=entry.id, derivative=derivative
    )


def _search_rows(problems: list[LineProblem]) -> Iterator[tuple[Row, str]]:
    for strategy in plugins("strategy"):
        for criterion in plugins("criterion"):
            curved = _needs(strategy) == "curvature"
            runs = [
                _searcher(strategy, criterion, line, start, curved)
                for line in problems
                for start in line.starts
            ]
            try:
                figures = _figures(runs)
            except PairError:
                continue  # such a pair is refused, by design
            yield (_label(strategy), _label(criterion)), figures


def _searcher(
    strategy: Known, criterion: Known, line: LineProblem, start: float, curved: bool
) -> Callable[[], LineSearchResult]:
    def f(x: Vector) -> float:
        return float(line.phi(x[0]))

    def grad(x: Vector) -> Vector:
        return np.array([line.slope(x[0])])

    def hessp(x: Vector, v: Vector) -> Vector:
        h = 1e-6 * max(1.0, abs(x[0]))
        return (line.slope(x[0] + h) - line.slope(x[0] - h)) / (2.0 * h) * v

    product = hessp if curved else None
    return lambda: line_search(
        f, ORIGIN, AHEAD, grad, criterion.id, strategy.id, start, hessp=product
    )


def _needs(entry: Known) -> str:
    return getattr(entry.record, "needs", "value")


def _label(entry: Known) -> str:
    """The name, with where it comes from unless it is built in."""
    return entry.name if entry.distribution == "pyframe" else entry.id


def _figures(runs: Sequence[Callable[[], ScalarResult | LineSearchResult]]) -> str:
    """Run everything once; evaluations together, failures, and microseconds a run."""
    if not runs:
        return f"{'-':>12}{'-':>12}{'-':>10}"
    evaluations = failures = 0
    seconds = 0.0
    with np.errstate(all="ignore"):  # far trials overflow, and are judged for it
        with suppress(PyframeError):
            runs[0]()  # what is imported on first use is not to be timed
        for one in runs:
            began = perf_counter()
            try:
                result = one()
            except PairError:
                raise
            except PyframeError:
                failures += 1
                continue
            seconds += perf_counter() - began
            slopes = result.njev if isinstance(result, ScalarResult) else 0
            evaluations += result.nfev + slopes
            failures += not result.success
    return f"{evaluations:12d}{failures:12d}{1e6 * seconds / len(runs):10.1f}"
