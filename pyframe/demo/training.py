"""Training with every registered criterion, one row of a table each."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from pyframe.demo.breast_cancer import Array, Samples
from pyframe.demo.logistic import Logistic, accuracy
from pyframe.errors import PairError
from pyframe.optimize.api import minimize
from pyframe.registry.manager import plugins
from pyframe.registry.records import CriterionRecord

DIRECTIONS = {"gradient-descent": 300, "lbfgs": 300}
"""The directions shown, and their iterations at most."""


@dataclass(frozen=True)
class Row:
    """One training run."""

    direction: str
    criterion: str
    strategy: str
    iterations: int
    values: int
    gradients: int
    seconds: float
    loss: float
    train: float
    test: float
    status: str
    losses: tuple[float, ...] = field(repr=False)


def strategy_for(criterion: CriterionRecord) -> str:
    """A strategy that can do what the criterion may ask for."""
    if criterion.name == "exact":
        return "brent"
    if not criterion.can_lengthen:
        return "backtracking"
    return "interpolation" if criterion.needs == "slope" else "bisection"


def criteria() -> list[CriterionRecord]:
    """Every registered criterion that bounds the decrease; ``any`` and ``curvature`` do not."""
    records = [known.record for known in plugins("criterion")]
    found = [record for record in records if isinstance(record, CriterionRecord)]
    return [record for record in found if record.name not in ("any", "curvature")]


def train(train: Samples, test: Samples, *, show_progress: bool) -> Iterator[Row]:
    """Train with every direction and criterion."""
    problem = Logistic(train)
    runs = [(direction, record) for direction in DIRECTIONS for record in criteria()]
    for done, (direction, record) in enumerate(runs):
        if show_progress:
            say(f"training {done + 1}/{len(runs)}: {direction}, {record.name}")
        try:
            yield _one(problem, test, direction, record)
        except PairError as refusal:
            say(f"{direction}, {record.name}: {refusal}\n")
    if show_progress:
        say("")


def say(text: str) -> None:
    """Write over the present line of the terminal."""
    sys.stderr.write(f"\r\x1b[K{text}")
    sys.stderr.flush()


def _one(problem: Logistic, test: Samples, direction: str, record: CriterionRecord) -> Row:
    w0: Array = np.zeros(problem.samples.x.shape[1])
    strategy = strategy_for(record)
    began = time.perf_counter()
    result = minimize(
        problem.loss,
        w0,
        problem.gradient,
        direction=direction,
        criterion=record,
        strategy=strategy,
        gtol=1e-6,
        max_iterations=DIRECTIONS[direction],
        trace=True,
    )
    seconds = time.perf_counter() - began
    losses = (problem.loss(w0), *(step.fun for step in result.trace or ()))
    return Row(
        direction,
        record.name,
        strategy,
        result.nit,
        result.nfev,
        result.njev,
        seconds,
        result.fun,
        accuracy(problem.samples, result.x),
        accuracy(test, result.x),
        str(result.status),
        losses,
    )


def table(rows: Sequence[Row]) -> str:
    """The rows as text."""
    head = (
        f"{'direction':17} {'criterion':26} {'strategy':14} {'iter':>5} {'f':>5} {'grad':>5} "
        f"{'ms':>7} {'final loss':>12} {'train':>6} {'test':>6}  status"
    )
    lines = [head, "-" * len(head)]
    lines += [
        f"{r.direction:17} {r.criterion:26} {r.strategy:14} {r.iterations:5} {r.values:5} "
        f"{r.gradients:5} {1e3 * r.seconds:7.1f} {r.loss:12.8f} {r.train:6.3f} {r.test:6.3f}  "
        f"{r.status}"
        for r in rows
    ]
    return "\n".join(lines)
