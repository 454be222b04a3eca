"""The main job on real input, end to end: tables on the terminal, pictures in a folder."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pyframe.demo import breast_cancer
from pyframe.demo.training import DIRECTIONS, Row, table, train
from pyframe.draw.races import RATES, Race, race, valley
from pyframe.errors import PyframeError
from pyframe.linesearch.api import minimize_scalar


def run(output: Path | str = "demo-output", *, show_progress: bool | None = None) -> int:
    """Run the demonstration.

    Parameters
    ----------
    output : path
        Where the pictures go; made if it does not exist.
    show_progress : bool, optional
        Show what is being trained; by default when stderr is a terminal.

    Returns
    -------
    int
        0, the exit code of ``pyframe demo``.
    """
    if show_progress is None:
        show_progress = sys.stderr.isatty()
    print("1. One-dimensional search: f(x) = -x exp(-x^2 / 16) on [0, 6], least at 2 sqrt 2\n")
    races = race()
    print(illustration(races))

    training, test = breast_cancer.load()
    print(
        f"\n2. Logistic regression on the Wisconsin breast cancer data: {len(training.y)} samples "
        f"to train on, {len(test.y)} to test with, {training.x.shape[1]} weights\n"
    )
    rows = list(train(training, test, show_progress=show_progress))
    print(table(rows))

    print("\n3. Pictures")
    for path in pictures(Path(output), races, rows):
        print(f"   {path}")
    return 0


def illustration(races: Sequence[Race]) -> str:
    """The lecture's numerical illustration as a table."""
    head = f"{'method':14} {'iter':>5} {'evals':>6} {'final error':>12} {'rate':>7} {'theory':>7}"
    lines = [head, "-" * len(head)]
    for r in races:
        theory = f"{RATES[r.name]:7.3f}" if r.name in RATES else f"{'-':>7}"
        lines.append(
            f"{r.name:14} {r.iterations:5} {r.evaluations:6} {r.errors[-1]:12.1e} "
            f"{r.rate:7.3f} {theory}"
        )
    return "\n".join(lines)


def pictures(output: Path, races: Sequence[Race], rows: Sequence[Row]) -> list[Path]:
    """Draw everything as SVG and PNG; without matplotlib, say so and go on."""
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415  optional
    except ImportError:
        print("   matplotlib is not installed: pip install 'pyframe[plot]' draws the pictures")
        return []
    from pyframe.draw import (  # noqa: PLC0415  needs matplotlib
        draw_acceptance,
        draw_comparison,
        draw_frames,
        draw_losses,
    )

    def single(draw: Any, *arguments: Any, size: tuple[float, float] = (8, 5), **more: Any) -> Figure:
        figure = Figure(figsize=size, layout="constrained")
        draw(*arguments, ax=figure.add_subplot(), **more)
        return figure

    dichotomy = minimize_scalar(valley, (0, 6), method="dichotomy", trace=True)
    figures: dict[str, Figure] = {
        "comparison": single(draw_comparison, races),
        "acceptance": single(draw_acceptance, size=(8, 6)),
        "bracket": draw_frames(dichotomy, valley, title="Dichotomy, step by step"),
    }
    least = min(r.loss for r in rows)
    for direction in DIRECTIONS:
        losses = {r.criterion: r.losses for r in rows if r.direction == direction}
        figures[f"training-{direction}"] = single(draw_losses, losses, minimum=least)
    try:
        output.mkdir(parents=True, exist_ok=True)
        return [_save(figure, output / name, kind) for name, figure in figures.items() for kind in ("svg", "png")]
    except OSError as error:
        raise PyframeError(f"the pictures cannot be written to {output}: {error}") from error


def _save(figure: Any, path: Path, kind: str) -> Path:
    path = path.with_suffix(f".{kind}")
    figure.savefig(path, dpi=150)
    return path


