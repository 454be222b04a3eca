"""The demo's pictures, each written as SVG and PNG."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pyframe as pf
from pyframe.demo.batches import BatchTraining
from pyframe.demo.training import DIRECTIONS, Training
from pyframe.draw.acceptance import UPPER, draw_acceptance, example, example_slope
from pyframe.draw.comparison import AGAINST, draw_comparison
from pyframe.draw.descent import draw_losses
from pyframe.draw.frames import draw_frames
from pyframe.draw.ladder import draw_bracket
from pyframe.draw.races import LOWER, MINIMIZER, Race, valley
from pyframe.draw.races import UPPER as RIGHT
from pyframe.draw.regions import acceptance_regions
from pyframe.draw.style import require_matplotlib

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DPI = 160
FAR = 7.4
"""Far enough for phi to rise above phi(0), where Armijo's usual c1 refuses."""

Painter = Callable[["Figure"], object]


def paint_all(
    folder: Path,
    runs: Sequence[Race],
    trainings: Sequence[Training],
    minimum: float,
    batches: Sequence[BatchTraining],
) -> list[tuple[str, Callable[[], Iterator[Path]]]]:
    """What there is to paint: a name, and a function that writes the files.

    Parameters
    ----------
    folder : Path
        An existing folder.
    runs : sequence of Race
        The scalar methods.
    trainings : sequence of Training
        The runs of gradient descent and L-BFGS.
    minimum : float
        The least loss.
    batches : sequence of BatchTraining
        The runs of the network.

    Returns
    -------
    list of (str, callable)
        Calling one yields the paths it wrote.

    Raises
    ------
    MatplotlibMissingError
        When matplotlib is not installed.
    """
    require_matplotlib()
    criteria = [known.record for known in pf.plugins("criterion") if _answers(known.record)]
    searched = pf.minimize_scalar(valley, (LOWER, RIGHT), method="dichotomy", trace=True)
    golden = pf.minimize_scalar(valley, (LOWER, RIGHT), method="golden", trace=True)
    pictures: list[tuple[str, tuple[float, float], Painter]] = [
        ("comparison", (11.5, 4.4), lambda figure: _comparison(figure, runs)),
        ("acceptance", (7.2, 5.4), lambda figure: draw_acceptance(ax=figure.subplots())),
        (
            "acceptance-every-criterion",
            (7.2, 3.4 + 0.34 * len(criteria)),
            lambda figure: draw_acceptance(criteria, figure.subplots(), upper=FAR),
        ),
        (
            "bracket-dichotomy-frames",
            (10.8, 4.2),
            lambda figure: draw_frames(searched, valley, figure, title="Dichotomy, step by step"),
        ),
        (
            "bracket-golden",
            (6.4, 4.0),
            lambda figure: draw_bracket(golden, figure.subplots(), minimizer=MINIMIZER),
        ),
    ]
    for direction in DIRECTIONS:
        losses = {run.criterion: run.losses for run in trainings if _shown(run, direction)}
        if losses:
            pictures.append((f"loss-{direction}", (8.2, 4.4), _loss(losses, minimum, direction)))
    epochs = {run.criterion: run.losses for run in batches if run.weights is not None}
    if epochs:
        pictures.append(("loss-network", (8.2, 4.4), _network_loss(epochs)))
    return [(name, _writer(folder, name, size, paint)) for name, size, paint in pictures]


def _shown(run: Training, direction: str) -> bool:
    return run.direction == direction and run.result is not None


def _answers(criterion: object) -> bool:
    """Whether a criterion can be drawn; the training table says why one cannot."""
    try:
        acceptance_regions(criterion, example, example_slope, UPPER, points=20)
    except Exception:  # noqa: BLE001  a plugin's criterion may raise anything
        return False
    return True


def _comparison(figure: Figure, runs: Sequence[Race]) -> None:
    for ax, against in zip(figure.subplots(1, 2, sharey=True), AGAINST, strict=True):
        draw_comparison(runs, ax, against=against)
        ax.label_outer()


def _loss(losses: dict[str, tuple[float, ...]], minimum: float, direction: str) -> Painter:
    def paint(figure: Figure) -> None:
        slow = direction == "gradient-descent"
        ax = draw_losses(losses, figure.subplots(), minimum=minimum, log_iterations=slow)
        ax.set_title(f"Logistic regression, {direction}", fontsize=10.5, loc="left")
        ax.set_ylabel("mean log-loss above its minimum (nats)")

    return paint


def _network_loss(losses: dict[str, tuple[float, ...]]) -> Painter:
    def paint(figure: Figure) -> None:
        ax = draw_losses(losses, figure.subplots(), minimum=0.0)
        ax.set_title("Handwritten digits, a network trained in batches", fontsize=10.5, loc="left")
        ax.set_xlabel("epoch")
        ax.set_ylabel("mean cross-entropy of all training images (nats)")

    return paint


def _writer(
    folder: Path, name: str, size: tuple[float, float], paint: Painter
) -> Callable[[], Iterator[Path]]:
    def write() -> Iterator[Path]:
        import matplotlib as mpl  # noqa: PLC0415  the optional extra, on first use
        from matplotlib.figure import Figure  # noqa: PLC0415

        # Not pyplot's: no window and no state that outlives the call.  The salt and the
        # missing date make the files the same each time.
        figure = Figure(figsize=size, layout="constrained")
        paint(figure)
        with mpl.rc_context({"svg.hashsalt": "pyframe"}):  # pyright: ignore[reportUnknownMemberType]
            for suffix, metadata in (("svg", {"Date": None}), ("png", {"Software": None})):
                path = folder / f"{name}.{suffix}"
                figure.savefig(path, dpi=DPI, metadata=metadata)
                yield path

    return write
