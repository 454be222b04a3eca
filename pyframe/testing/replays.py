"""A recorded search as a test: the same values must lead to the same steps and verdicts."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from pyframe.linesearch.stepper import Stepper
from pyframe.results import Trial
from pyframe.testing.report import ConformanceError


def replay(
    trace: Iterable[Trial],
    value: float,
    slope: float,
    criterion: Any = "strong-wolfe",
    strategy: Any = "interpolation",
    *,
    first: float | None = None,
    max_step: float | None = None,
    max_evaluations: int = 100,
) -> int:
    """Run criterion and strategy on recorded values, and compare step by step.

    A search that once went wrong becomes a test of a few numbers: print its trace with
    ``result.trace``, mend the fault, and keep the right trace.

    Parameters
    ----------
    trace : iterable of Trial
        ``result.trace`` of ``pf.line_search(..., trace=True)``, or a ``Stepper``'s.
    value, slope : float
        phi(0) and phi'(0).
    criterion, strategy : str, record or parameter object
        As for ``pf.line_search``, whose defaults are these.
    first : float, optional
        The first step asked for; by default that of the trace.
    max_step, max_evaluations
        As for ``pf.line_search``.

    Returns
    -------
    int
        The number of trials compared.

    Raises
    ------
    ConformanceError
        At the first trial whose step or verdict differs.

    Notes
    -----
    A trial whose slope was never evaluated is told without one.

    Examples
    --------
    >>> import pyframe as pf
    >>> from pyframe.testing import replay
    >>> f, g = lambda x: float(x @ x), lambda x: 2 * x
    >>> result = pf.line_search(f, [4.0], [-8.0], g, initial_step=3.0, trace=True)
    >>> replay(result.trace, value=16.0, slope=-64.0)
    2
    """
    recorded = list(trace)
    if not recorded:
        return 0
    search = Stepper(
        value,
        slope,
        recorded[0].step if first is None else first,
        criterion,
        strategy,
        max_step=max_step,
        max_evaluations=max_evaluations,
    )
    for number, trial in enumerate(recorded, start=1):
        where = f"trial {number} of {len(recorded)}"
        step = search.ask()
        if step is None:
            raise ConformanceError(f"{where}: the search ended ({search.status}) before {trial}")
        if step != trial.step:
            raise ConformanceError(f"{where}: step {step!r}, recorded {trial.step!r}")
        search.tell(trial.value, _slope(trial), _curvature(trial))
        judged = search.trace[-1].verdict
        if judged != trial.verdict:
            raise ConformanceError(f"{where}: {judged} at {step!r}, recorded {trial.verdict}")
    return len(recorded)


def _slope(trial: Trial) -> float | None:
    if trial.slope is None and not math.isfinite(trial.value):
        return math.nan
    return trial.slope


def _curvature(trial: Trial) -> float | None:
    # A trial made by hand has none, and says so by an error.
    return None if trial.verdict is None else trial.curvature
