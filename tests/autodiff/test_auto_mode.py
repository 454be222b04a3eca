"""The choice between forward and reverse mode: by what each would do, without doing it."""

import numpy as np
import pytest

import pyframe as pf
from pyframe.autodiff.record import opened

INPUTS = 100


def product(outputs):
    a = np.random.default_rng(outputs).standard_normal((outputs, INPUTS))
    return a, lambda x: a @ x


@pytest.mark.parametrize("outputs", [1, 2, 12, 13, 50, 99, 100, 101, 150, 800, 1000])
def test_the_crossover_of_a_linear_map_is_at_as_many_outputs_as_inputs(outputs):
    a, f = product(outputs)
    x = np.random.default_rng(0).standard_normal(INPUTS)
    for mode in ("forward", "reverse", "auto"):
        np.testing.assert_allclose(pf.jacobian(f, mode=mode)(x), a, rtol=1e-13)
    chosen = "reverse" if outputs < INPUTS else "forward"
    assert pf.jacobian(f).explain(x).startswith(f"auto chose {chosen}: 100 inputs")


def test_the_count_is_shown():
    _, f = product(50)
    said = pf.jacobian(f).explain(np.ones(INPUTS))
    assert "forward 100 x 5,000 = 500,000 > 50 x 5,000 = 250,000 back" in said


def test_partial_derivatives_count_once():
    said = pf.jacobian(np.sin).explain(np.ones(4))
    assert "forward 4 + 4 x 4 = 20 <= 4 + 4 x 4 = 20 back" in said


def test_a_wide_middle_does_not_decide():
    def through_many(y):
        return np.sum(np.exp(y * np.ones((1000, 1))), axis=0)

    wide, narrow = np.array([0.1, 0.2, 0.3]), np.array([0.1])
    to_two = pf.jacobian(lambda y: through_many(y)[:2])
    assert to_two.explain(wide).startswith("auto chose reverse: 3 inputs, 2 outputs;")
    to_three = pf.jacobian(lambda y: wide * through_many(y))
    assert to_three.explain(narrow).startswith("auto chose forward: 1 input, 3 outputs;")


def test_counting_adds_and_runs_nothing():
    with opened() as (recording, _):
        x = recording.argument(np.ones(3))
        y = np.sin(x) * x
        before = len(recording)
        (once, each), (once_back, each_back) = recording.pass_work([x], [y])
        assert len(recording) == before
        assert 0 < each <= 15
        assert 0 < each_back <= 15
        assert once == once_back


def test_no_inputs_or_outputs():
    assert pf.jacobian(lambda x: x[:0])(np.ones(3)).shape == (0, 3)
    assert pf.jacobian(lambda x: x)(np.ones(0)).shape == (0, 0)
