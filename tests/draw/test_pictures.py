"""Every picture runs on everything registered, and contains what it should."""

import math
import subprocess
import sys

import matplotlib as mpl

mpl.use("Agg")

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import pyframe as pf
from pyframe.draw import (
    draw_acceptance,
    draw_bracket,
    draw_checkpoints,
    draw_comparison,
    draw_descent,
    draw_frames,
    draw_golden_section,
    draw_line_search,
    draw_losses,
    draw_scalar,
    draw_taylor_model,
    draw_unimodal,
    race,
)
from pyframe.draw.races import LECTURE, MINIMIZER, valley
from pyframe.errors import ParameterError, ParameterTypeError, PyframeError

METHODS = [known.name for known in pf.plugins("scalar-method")]
CRITERIA = [known.name for known in pf.plugins("criterion")]


def slope_of_valley(x):
    return (x * x / 8 - 1) * math.exp(-x * x / 16)


def bend_of_valley(x):
    return (3 / 8 * x - x**3 / 64) * math.exp(-x * x / 16)


def searched(method="golden", **options):
    return pf.minimize_scalar(
        valley,
        (0, 6),
        method=method,
        derivative=slope_of_valley,
        second_derivative=bend_of_valley,
        trace=True,
        **options,
    )


def square(x):
    return float(x @ x)


def gradient(x):
    return 2 * x


def stepped(first=3.0, criterion="wolfe", strategy="bisection"):
    return pf.line_search(square, [1.0], [-1.0], gradient, criterion, strategy, first, trace=True)


def minimized(**options):
    scale = np.array([1.0, 30.0])
    return pf.minimize(lambda x: scale @ x**2, [1, 1], lambda x: 2 * scale * x, **options)


@pytest.fixture(autouse=True)
def _no_figures_left():
    yield
    plt.close("all")


@pytest.fixture
def axes():
    return Figure().subplots()


def rendered(picture):
    """The picture, after matplotlib has laid it out and drawn it."""
    figure = picture if isinstance(picture, Figure) else picture.figure
    figure.canvas.draw()
    return picture


def labels(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


# Every registered method and criterion


@pytest.mark.parametrize("method", METHODS)
def test_a_scalar_run_shows_width_and_error_of_every_evaluation(method, axes):
    result = searched(method)
    ax = rendered(draw_scalar(result, axes, minimizer=MINIMIZER))
    width, error = ax.lines
    assert ax.get_yscale() == "log"
    assert len(width.get_xdata()) == len(error.get_xdata()) == len(result.trace) > 2
    shown = np.asarray(width.get_ydata(), float)
    assert np.all(np.diff(shown[np.isfinite(shown)]) <= 0)


@pytest.mark.parametrize("method", METHODS)
def test_the_ladder_has_a_rung_for_each_evaluation(method, axes):
    result = searched(method)
    ax = rendered(draw_bracket(result, axes, minimizer=MINIMIZER, rungs=10))
    rungs = min(10, len(result.trace))
    assert len(ax.patches) == rungs == len(ax.get_yticks())
    for bar, seen in zip(ax.patches, result.trace, strict=False):
        assert (bar.get_x(), bar.get_x() + bar.get_width()) == pytest.approx(seen.bracket)
    assert set(labels(ax)) == {"minimiser $x^*$", "best so far", "evaluated"}


@pytest.mark.parametrize("method", METHODS)
def test_the_frames_show_the_first_evaluations(method):
    result = searched(method)
    figure = rendered(draw_frames(result, valley, Figure(), frames=4))
    assert len(figure.axes) == min(4, len(result.trace))
    for number, (ax, seen) in enumerate(zip(figure.axes, result.trace, strict=False), 1):
        assert ax.get_title("left").startswith(f"{number}:")
        kept = ax.patches[0]
        assert (kept.get_x(), kept.get_x() + kept.get_width()) == pytest.approx(seen.bracket)


@pytest.mark.parametrize("criterion", CRITERIA)
def test_every_criterion_has_an_acceptance_strip(criterion, axes):
    ax = rendered(draw_acceptance(criterion, axes))
    assert criterion in [text.get_text() for text in ax.texts]
    assert sum(bar.get_width() for bar in ax.patches) == pytest.approx(ax.get_xlim()[1])


@pytest.mark.parametrize("criterion", CRITERIA)
def test_every_criterion_has_a_picture_of_its_search(criterion, axes):
    strategy = {"exact": "brent"}.get(criterion, "bisection")
    result = stepped(criterion=criterion, strategy=strategy)
    ax = rendered(draw_line_search(result, axes, start=(1.0, -2.0)))
    assert "tangent at 0" in labels(ax)
    assert sum(len(group.get_offsets()) for group in ax.collections) == len(result.trace)


def test_methods_without_a_curve_and_unbounded_searches_can_be_drawn():
    result = pf.minimize_scalar(lambda x: (x - 40) ** 2, bracket=(0.0, 1.0), trace=True)
    assert len(rendered(draw_frames(result, figure=Figure(), frames=7, columns=3)).axes) == 7
    rendered(draw_bracket(result))


def test_a_plugins_criterion_is_drawn_like_a_built_in_one(axes):
    @pf.criterion("below-half", can_lengthen=False)
    def below_half(start, trial):
        return pf.ACCEPT if trial.value <= start.value / 2 else pf.TOO_LONG

    with pf.register(below_half):
        ax = rendered(draw_acceptance(["below-half", below_half], axes))
    assert [text.get_text() for text in ax.texts].count("below-half") == 2


# What each picture contains


def test_the_comparison_has_five_methods_two_bounds_and_a_log_axis(axes):
    ax = rendered(draw_comparison(ax=axes))
    assert ax.get_yscale() == "log"
    assert labels(ax)[:5] == list(LECTURE)
    assert len(ax.lines) == 7


def test_the_reference_lines_have_the_slopes_of_theory(axes):
    lines = draw_comparison(race(methods=["dichotomy", "golden"]), axes).lines
    bounds = [line for line in lines if "2" in line.get_label() or "tau" in line.get_label()]
    slopes = [
        float(np.diff(np.log(line.get_ydata()))[0] / np.diff(line.get_xdata())[0])
        for line in bounds
    ]
    assert slopes == pytest.approx([math.log(0.5), math.log(0.6180339887498949)])


def test_counted_by_evaluations_no_error_is_drawn_below_the_first_one(axes):
    runs = race(methods=["golden"])
    (line,) = draw_comparison(runs, axes, against="evaluation").lines
    assert list(line.get_xdata()) == list(range(1, runs[0].evaluations + 1))


def test_the_lectures_acceptance_regions_have_five_strips_and_their_lines(axes):
    ax = rendered(draw_acceptance(ax=axes))
    written = [text.get_text() for text in ax.texts]
    for name in ("armijo", "goldstein", "curvature", "wolfe", "strong-wolfe"):
        assert any(text.startswith(name) for text in written)
    assert {"tangent", "$c_1$ = $c$ = 0.2", "$1-c$ = 0.8"} <= set(written)
    assert labels(ax) == ["accepted", "too long", "too short"]


@pytest.mark.parametrize(
    ("criterion", "written"),
    [
        (pf.criteria.Armijo(c1=0.1) & pf.criteria.Curvature(), "armijo  ($c_1$=0.1) & curvature"),
        (pf.criteria.Armijo() | pf.criteria.Goldstein(), " | goldstein"),
        ("nonmonotone", "nonmonotone"),
    ],
)
def test_strips_carry_the_criterion_with_its_parameters(criterion, written, axes):
    ax = draw_acceptance(criterion, axes)
    assert any(written in text.get_text() for text in ax.texts)


def test_trials_are_numbered_and_coloured_by_verdict(axes):
    result = stepped()
    ax = rendered(draw_line_search(result, axes, phi=lambda a: (1 - a) ** 2, c1=0.1))
    verdicts = {str(trial.verdict).replace("-", " ") for trial in result.trace}
    shown = set(labels(ax)) - {r"$\varphi(\alpha)$"}
    assert {name.replace("accepted", "accept") for name in shown} == verdicts
    assert [text.get_text() for text in ax.texts] == [str(k + 1) for k in range(len(result.trace))]


@pytest.mark.parametrize(
    ("first", "xscale", "yscale"), [(1.5, "linear", "linear"), (1e6, "log", "symlog")]
)
def test_trials_of_very_different_length_get_a_log_axis(first, xscale, yscale, axes):
    result = stepped(first, "armijo", "backtracking")
    ax = rendered(draw_line_search(result, axes, start=(1.0, -2.0), c1=1e-4))
    assert (ax.get_xscale(), ax.get_yscale()) == (xscale, yscale)


def test_a_trial_outside_the_domain_says_so(axes):
    result = pf.line_search(
        lambda x: x[0] - math.log(x[0]) if x[0] > 0 else math.nan,
        [2.0],
        [-1.0],
        lambda x: 1 - 1 / x,
        initial_step=4.0,
        trace=True,
    )
    ax = rendered(draw_line_search(result, axes))
    assert ax.texts[0].get_text() == "1 (nan)"


def test_a_descent_shows_value_and_gradient_on_a_log_axis(axes):
    result = minimized(trace=True)
    ax = rendered(draw_descent(result, axes, minimum=0.0))
    assert ax.get_yscale() == "log"
    values, gradients = ax.lines
    assert np.asarray(values.get_ydata()) == pytest.approx([seen.fun for seen in result.trace])
    assert len(gradients.get_xdata()) == result.nit


@pytest.mark.parametrize("runs", [1, 7, 12, 30])
def test_any_number_of_losses_stays_told_apart(runs, axes):
    losses = {f"run {k}": np.geomspace(1, 1e-6, 20 + k) for k in range(runs)}
    ax = rendered(draw_losses(losses, axes, minimum=0.0, log_iterations=runs % 2 == 0))
    looks = {(line.get_color(), repr(line._unscaled_dash_pattern)) for line in ax.lines}
    assert len(looks) == min(runs, 28)


def test_sketches_of_the_lecture():
    assert len(rendered(draw_unimodal(Figure())).axes) == 4
    assert [text.get_text() for text in draw_golden_section().texts].count("$y$") == 3
    assert len(rendered(draw_taylor_model()).texts) == 4


def test_checkpoints_trade_memory_for_steps():
    ax = rendered(draw_checkpoints(steps=200, size=20))
    memory, computed = ax.lines[0].get_data()
    assert all(np.diff(memory) >= 0)
    assert all(np.diff(computed) <= 0)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "revolve",
        "sqrt",
        "store-all",
    ]


# One name for all, and refusals


@pytest.mark.parametrize(
    ("thing", "xlabel"),
    [
        (searched(), "evaluations of f"),
        (stepped(), r"step $\alpha$"),
        (minimized(trace=True), "iteration"),
        (pf.criteria.Wolfe(), r"step $\alpha$"),
        (next(k.record for k in pf.plugins("criterion")), r"step $\alpha$"),
    ],
)
def test_draw_picks_the_picture(thing, xlabel, axes):
    ax = pf.draw(thing, axes)
    assert ax is axes
    assert ax.get_xlabel() == xlabel


def test_plot_of_a_result_draws_on_new_or_given_axes(axes):
    result = searched()
    assert result.plot(axes) is axes
    assert isinstance(result.plot(), Axes)


@pytest.mark.parametrize("thing", [1.0, "armijo", None, object()])
def test_draw_refuses_what_it_has_no_picture_of(thing):
    with pytest.raises(ParameterTypeError, match=f"got {type(thing).__name__}"):
        pf.draw(thing)


@pytest.mark.parametrize(
    "picture",
    [
        lambda: draw_scalar(pf.minimize_scalar(valley, (0, 6))),
        lambda: minimized().plot(),
        lambda: draw_frames(searched(), frames=0),
        lambda: draw_bracket(searched(), rungs=0),
        lambda: draw_losses({}, minimum=0.0),
        lambda: draw_losses({"a": [1.0]}, minimum=0.0, floor=0.0),
        lambda: draw_comparison([]),
        lambda: draw_comparison(against="seconds"),
        lambda: draw_acceptance([]),
        lambda: draw_acceptance("armijo", slope=lambda a: 1.0),
        lambda: draw_acceptance("armijo", upper=-1.0),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_a_reason(picture):
    with pytest.raises(ParameterError, match=r"trace=True|must|fall"):
        picture()


def test_axes_and_figures_are_checked():
    with pytest.raises(ParameterTypeError, match="ax must be matplotlib axes, got str"):
        draw_scalar(searched(), "axes")
    with pytest.raises(ParameterTypeError, match="figure must be a matplotlib figure, got int"):
        draw_frames(searched(), figure=3)
    figure = Figure()
    figure.subplots()
    with pytest.raises(ParameterError, match="figure must be empty, got one with 1 axes"):
        draw_unimodal(figure)


def test_without_matplotlib_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match=r"pip install pyframe\[plot\]") as caught:
        searched().plot()
    assert isinstance(caught.value, PyframeError)


IMPORTS_FIRST = [
    "pass",
    "import pyframe.draw",
    "import pyframe.draw.api",
    "from pyframe.draw import draw_result",
    "pf.draw; import pyframe.draw.style",
    "__import__('importlib').import_module('pyframe.draw')",
]


def test_the_public_name_is_the_function_whatever_was_imported_first():
    code = (
        "import sys, pyframe as pf\n"
        "for first in sys.argv[1:]:\n"
        "    exec(first)\n"
        "    assert type(pf.draw).__name__ == 'function', first\n"
        "    pf.__dict__.pop('draw')\n"
        "    for name in [n for n in sys.modules if n.startswith('pyframe.draw')]:\n"
        "        del sys.modules[name]\n"
        "assert 'matplotlib' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code, *IMPORTS_FIRST], check=True, timeout=60)
