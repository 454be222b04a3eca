"""Plain-text tables (ASCII, so that they print anywhere)."""

from __future__ import annotations

from collections.abc import Sequence

from pyframe.demo.batches import BatchTraining
from pyframe.demo.training import Training
from pyframe.draw.races import RATES, Race

WIDTH = 100
"""Characters that a line should not exceed."""


def table(header: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1) -> str:
    """Columns as wide as their longest entry, two spaces apart, or one where that is too wide.

    Parameters
    ----------
    header : sequence of str
        Names of the columns.
    rows : sequence of sequence of str
        Entries, as many in each row as there are names.
    left : int
        So many columns stand on the left, the others on the right.

    Returns
    -------
    str
        Lines without a line end after the last.

    Examples
    --------
    >>> from pyframe.demo.tables import table
    >>> print(table(["method", "n"], [["golden", "41"], ["brent", "9"]]))
    method   n
    ------  --
    golden  41
    brent    9
    """
    lines = [list(header), *map(list, rows)]
    widths = [max(len(line[k]) for line in lines) for k in range(len(header))]
    lines.insert(1, ["-" * width for width in widths])
    gap = "  " if sum(widths) + 2 * (len(widths) - 1) <= WIDTH else " "
    return "\n".join(
        gap.join(
            entry.ljust(width) if k < left else entry.rjust(width)
            for k, (entry, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def race_table(runs: Sequence[Race]) -> str:
    """Evaluations, iterations, final error, and the rate against theory."""
    theory = {name: f"{rate:.3f}" for name, rate in RATES.items()}
    theory |= dict.fromkeys(("parabolic", "brent"), "superlinear")
    rows = [
        [
            run.name,
            str(run.evaluations),
            str(run.iterations),
            f"{run.errors[-1]:.1e}",
            f"{run.rate:.3f}",
            theory.get(run.name, "-"),
            run.status,
        ]
        for run in runs
    ]
    header = ["method", "evaluations", "iterations", "final error", "rate", "theory", "status"]
    return table(header, rows)


_COLUMNS = tuple(
    "criterion strategy iter f grad ms loss train% test% status".split()  # noqa: SIM905  a table's head
)


def training_table(trainings: Sequence[Training]) -> str:
    """One direction's runs; refusals are listed below the table."""
    rows = [
        [
            run.criterion,
            run.strategy,
            str(result.nit),
            str(result.nfev),
            str(result.njev),
            f"{1e3 * run.seconds:.1f}",
            f"{result.fun:.6f}",
            f"{100 * run.train_accuracy:.1f}",
            f"{100 * run.test_accuracy:.1f}",
            str(result.status),
        ]
        for run in trainings
        if (result := run.result) is not None
    ]
    lines = [table(_COLUMNS, rows, left=2)] if rows else []
    lines += [
        f"refused: {run.criterion} with {run.strategy}: {run.refusal}"
        for run in trainings
        if run.result is None
    ]
    return "\n".join(lines)


def batch_table(runs: Sequence[BatchTraining]) -> str:
    """The network's runs; refusals are listed below the table."""
    header = "criterion strategy steps f grad s loss train% test%".split()  # noqa: SIM905  a table's head
    rows = [
        [
            run.criterion,
            run.strategy,
            str(run.steps),
            str(run.nfev),
            str(run.njev),
            f"{run.seconds:.2f}",
            f"{run.losses[-1]:.4f}",
            f"{100 * run.train_accuracy:.1f}",
            f"{100 * run.test_accuracy:.1f}",
        ]
        for run in runs
        if run.weights is not None
    ]
    lines = [table(header, rows, left=2)] if rows else []
    lines += [
        f"refused: {run.criterion} with {run.strategy}: {run.refusal}"
        for run in runs
        if run.weights is None
    ]
    return "\n".join(lines)
