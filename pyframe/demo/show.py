"""The demo, from beginning to end."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pyframe as pf
from pyframe.demo.batches import BATCH, EPOCHS, BatchTraining, train_network
from pyframe.demo.data_file import load, split
from pyframe.demo.digits import load_digits
from pyframe.demo.logistic import LogisticRegression
from pyframe.demo.network import Network
from pyframe.demo.progress import progress
from pyframe.demo.tables import batch_table, race_table, training_table
from pyframe.demo.training import DIRECTIONS, Training, least_loss, pairs, train
from pyframe.draw.races import Race, race
from pyframe.draw.style import MatplotlibMissingError
from pyframe.errors import ParameterError

DEFAULT_OUTPUT = Path("demo-output")
INTERRUPTED = 130
"""The exit code of a program that Ctrl-C ended."""


def run(
    output: str | os.PathLike[str] = DEFAULT_OUTPUT, *, show_progress: bool | None = None
) -> int:
    """Run the demo: print its tables, write its pictures.

    Parameters
    ----------
    output : path-like
        Folder of the pictures; made if it is missing.
    show_progress : bool, optional
        Show progress while it works; by default if the output is a terminal.

    Returns
    -------
    int
        0, or 130 when Ctrl-C ended it.

    Raises
    ------
    ParameterError
        When `output` is not a folder that can be written to.
    """
    folder = _folder(Path(output))
    shown = sys.stdout.isatty() if show_progress is None else show_progress
    try:
        _run(folder, show_progress=shown)
    except KeyboardInterrupt:
        print("\ninterrupted")
        return INTERRUPTED
    return 0


def _folder(output: Path) -> Path:
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or error
        raise ParameterError(
            f"output must be a folder, or a path where one can be made, "
            f"got {str(output)!r}: {reason}"
        ) from None
    if not os.access(output, os.W_OK | os.X_OK):
        raise ParameterError(f"output must be a folder that can be written to, got {str(output)!r}")
    return output


def _run(folder: Path, *, show_progress: bool) -> None:
    began = time.perf_counter()
    runs = _illustrate()
    trainings, minimum = _train(show_progress=show_progress)
    batches = _train_network(show_progress=show_progress)
    _paint(folder, runs, trainings, minimum, batches, show_progress=show_progress)
    print(f"\n{time.perf_counter() - began:.1f} s")


def _illustrate() -> list[Race]:
    print("1. Minimising f(x) = -x exp(-x^2/16) on [0, 6]; the minimiser is 2 sqrt(2)\n")
    runs = race()
    print(race_table(runs))
    print(
        "\nrate: factor of the error per iteration, fitted above rounding; theory: 1/2 and\n"
        "0.618 for the linear methods.  Values of f place x no better than about 1e-8.\n"
    )
    return runs


def _train(*, show_progress: bool) -> tuple[list[Training], float]:
    rows = split(load())
    problem = LogisticRegression(rows.train, rows.train_labels)
    print(
        "2. Logistic regression on the Wisconsin breast cancer data: "
        f"{len(rows.train)} biopsies to train,\n"
        f"   {len(rows.test)} to test, {rows.train.shape[1] - 1} standardised measurements, "
        f"L2 weight {problem.ridge:g}.\n"
        "   iter, f, grad: iterations, evaluations of f and of its gradient; loss in nats;\n"
        "   train%, test%: right diagnoses."
    )
    todo = pairs()
    trainings = [
        train(problem, rows, direction, known)
        for direction, known in progress(todo, len(todo), "training", show=show_progress)
    ]
    for direction in DIRECTIONS:
        print(f"\n{direction}\n")
        print(training_table([run for run in trainings if run.direction == direction]))
    return trainings, least_loss(problem)


def _train_network(*, show_progress: bool) -> list[BatchTraining]:
    network, digits = Network(), load_digits()
    layers = "-".join(map(str, network.sizes))
    print(
        f"\n3. A network of {layers} neurons ({network.count} weights) on the 8 x 8 handwritten "
        f"digits:\n   {len(digits.train)} images to train, {len(digits.test)} to test; "
        f"{EPOCHS} epochs in batches of {BATCH}, each a gradient by\n   backpropagation of the "
        "plain loss and a line search on the batch.\n"
    )
    todo = pf.plugins("criterion")
    runs = [
        train_network(network, digits, known)
        for known in progress(todo, len(todo), "training the network", show=show_progress)
    ]
    print(batch_table(runs))
    return runs


def _paint(
    folder: Path,
    runs: Sequence[Race],
    trainings: Sequence[Training],
    minimum: float,
    batches: Sequence[BatchTraining],
    *,
    show_progress: bool,
) -> None:
    from pyframe.demo.pictures import paint_all  # noqa: PLC0415  only needed from here on

    try:
        pictures = paint_all(folder, runs, trainings, minimum, batches)
    except MatplotlibMissingError as error:
        print(f"\n4. No pictures: {error}")
        return
    written: list[Path] = []
    for _, write in progress(pictures, len(pictures), "painting", show=show_progress):
        written.extend(write())
    print("\n4. Pictures\n")
    for path in written:
        print(f"   {path}")
