"""Training with each criterion that the registry knows.

Each is paired with a strategy that suits it: backtracking when it only shortens steps;
when it can ask for a longer one, interpolation if it looks at slopes and bisection if not.
Two are defined by their strategy and get it: "exact" a minimiser along the line, "any" the
fixed step 1/L of gradient descent.
"""

from __future__ import annotations

import time
from typing import NamedTuple

import numpy as np

import pyframe as pf
from pyframe.demo.data_file import Split
from pyframe.demo.logistic import LogisticRegression, accuracy
from pyframe.registry.manager import Known
from pyframe.results import OptimizeResult

DIRECTIONS = ("gradient-descent", "lbfgs")
OWN_STRATEGY = {"any": "static", "exact": "brent"}
GTOL = 1e-5
MAX_ITERATIONS = 3000
MAX_SECONDS = 4.0
"""For one run: a criterion from elsewhere may be slow."""


class Training(NamedTuple):
    """One run.

    Parameters
    ----------
    criterion, direction, strategy : str
        What was put together.
    result : OptimizeResult or None
        None when the pair was refused or the criterion failed.
    seconds : float
        Wall-clock time.
    losses : tuple of float
        f after 0, 1, 2, ... iterations.
    train_accuracy, test_accuracy : float
        Shares of right answers; NaN without a result.
    refusal : str
        Why there is no result, in one line.
    """

    criterion: str
    direction: str
    strategy: str
    result: OptimizeResult | None
    seconds: float = 0.0
    losses: tuple[float, ...] = ()
    train_accuracy: float = float("nan")
    test_accuracy: float = float("nan")
    refusal: str = ""


def strategy_for(known: Known) -> str:
    """The strategy that suits a criterion.

    >>> import pyframe as pf
    >>> chosen = {k.name: strategy_for(k) for k in pf.plugins("criterion")}
    >>> chosen["armijo"], chosen["goldstein"], chosen["wolfe"]
    ('backtracking', 'bisection', 'interpolation')
    """
    if known.distribution == "pyframe" and known.name in OWN_STRATEGY:
        return OWN_STRATEGY[known.name]
    if not getattr(known.record, "can_lengthen", True):
        return "backtracking"
    return "interpolation" if getattr(known.record, "needs", "value") == "slope" else "bisection"


def pairs() -> list[tuple[str, Known]]:
    """Every direction of the demo with every criterion, the installed plugins' included."""
    criteria = pf.plugins("criterion")
    return [(direction, known) for direction in DIRECTIONS for known in criteria]


def train(problem: LogisticRegression, rows: Split, direction: str, known: Known) -> Training:
    """Train with one criterion, from w = 0.

    Parameters
    ----------
    problem : LogisticRegression
        What to minimise.
    rows : Split
        For the accuracies.
    direction : str
        Search direction.
    known : Known
        The criterion, from ``pf.plugins("criterion")``.

    Returns
    -------
    Training
        With a refusal instead of a result when the parts do not fit, or when the criterion
        raises: one plugin's failure is one line of the table.
    """
    strategy = strategy_for(known)
    loss = pf.compile(problem.loss)
    fixed = strategy == "static" and direction == "gradient-descent"
    start = np.zeros(problem.rows.shape[1])
    began = time.perf_counter()
    try:
        result = pf.minimize(
            loss,
            start,
            None,
            direction,
            known.record,
            strategy,
            1 / problem.curvature_bound() if fixed else None,
            gtol=GTOL,
            max_iterations=MAX_ITERATIONS,
            max_seconds=MAX_SECONDS,
            trace=True,
        )
    except Exception as error:  # noqa: BLE001  a plugin's criterion may raise anything
        line = " ".join(f"{type(error).__name__}: {error}".split())
        return Training(known.name, direction, strategy, None, refusal=line)
    seconds = time.perf_counter() - began
    iterations = result.trace or ()
    return Training(
        known.name,
        direction,
        strategy,
        result,
        seconds,
        (float(problem.loss(start)), *(seen.fun for seen in iterations)),
        accuracy(result.x, rows.train, rows.train_labels),
        accuracy(result.x, rows.test, rows.test_labels),
    )


def least_loss(problem: LogisticRegression) -> float:
    """The minimum of f, from a run to a much finer tolerance than those compared."""
    start = np.zeros(problem.rows.shape[1])
    found = pf.minimize(problem.loss, start, direction="bfgs", gtol=1e-11)
    return found.fun
