"""The numbers of the lecture's figure 18."""

import math

import pytest

import pyframe as pf
from pyframe.draw import race
from pyframe.draw.races import LECTURE, MINIMIZER, RATES, decay, valley

RUNS = {run.name: run for run in race()}


def test_the_example_is_least_at_two_root_two():
    assert all(valley(MINIMIZER) < valley(MINIMIZER + d) for d in (-1e-3, 1e-3))
    assert pytest.approx(2.83, abs=0.005) == MINIMIZER


@pytest.mark.parametrize("name", RATES)
def test_linear_methods_have_the_slope_of_theory_within_a_tenth(name):
    assert math.log(RUNS[name].rate) == pytest.approx(math.log(RATES[name]), rel=0.1)


@pytest.mark.parametrize(("name", "bound"), [("dichotomy", 0.5), ("golden", RATES["golden"])])
def test_the_guaranteed_error_is_kept_in_every_iteration(name, bound):
    # The best point may be off the middle: it is within the whole bracket.
    errors = RUNS[name].errors
    assert all(error <= 6 * bound**k + 1e-7 for k, error in enumerate(errors))


def test_parabolas_are_flat_and_then_a_cliff():
    errors = RUNS["parabolic"].errors
    last = next(k for k, error in enumerate(errors) if error < 1e-7)
    assert errors[2] > 0.1
    assert last <= 10
    assert errors[last - 2] / errors[last - 1] > 5 * errors[0] / errors[2]


def test_random_is_slowest_by_evaluations():
    assert max(RUNS.values(), key=lambda run: run.evaluations).name == "random"


@pytest.mark.parametrize("name", LECTURE)
def test_every_run_ends_at_the_minimiser_and_counts_add_up(name):
    run = RUNS[name]
    assert run.errors[-1] < 1e-7
    assert len(run.by_evaluation) == run.evaluations
    assert len(run.errors) == run.iterations + 1


@pytest.mark.parametrize("known", pf.plugins("scalar-method"), ids=lambda known: known.name)
def test_every_registered_method_can_race(known):
    (run,) = race(
        methods=[known.record], derivative=lambda x: (x * x / 8 - 1) * math.exp(-x * x / 16)
    )
    assert run.name == known.name
    assert run.errors[-1] < 1e-6


@pytest.mark.parametrize(
    ("errors", "rate"),
    [([1, 0.5, 0.25, 0.125], 0.5), ([1, 0.1, 0.01, 1e-12, 1, 1], 0.1), ([1, 0.5, 0.0], math.nan)],
)
def test_decay_is_fitted_above_rounding(errors, rate):
    assert decay(errors, 1e-7) == pytest.approx(rate, nan_ok=True)
