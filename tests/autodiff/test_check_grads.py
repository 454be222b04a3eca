"""check_grads passes what is right, and refuses what is wrong, with the numbers."""

import numpy as np
import pytest

import pyframe as pf
from pyframe.errors import GradientMismatch, ParameterError, ParameterTypeError

X = np.array([0.3, 1.2, 0.7])


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.sum(np.sin(x) ** 3),
        lambda x: x @ np.outer(x, x) @ np.exp(x),
        lambda x: {"a": np.cumsum(x), "b": (x[0] * x[1], np.linalg.norm(x))},
    ],
)
def test_right_derivatives_pass(f):
    assert pf.check_grads(f, (X,), order=2) < 1e-5


def test_floats_and_trees_are_arguments_too():
    assert (
        pf.check_grads(lambda a, b: a * b["x"] ** 2 + np.sin(b["y"]), (2.0, {"x": X, "y": 0.5}))
        < 1e-5
    )


def test_single_precision_is_given_more():
    pf.check_grads(lambda x: np.sum(x**2), (X.astype(np.float32),), order=1)


def test_a_wrong_derivative_is_refused_with_the_numbers():
    # The rounded part has no derivative, and is there all the same.
    with pytest.raises(GradientMismatch, match=r"order 1, forward mode of f: .* by differences"):
        pf.check_grads(lambda x: np.sum(x) + 1e6 * np.floor(x[0] * 1e6) * 1e-6, (X,), order=1)


@pytest.mark.parametrize(
    "options", [{"order": 0}, {"order": 1.5}, {"modes": ("sideways",)}, {"modes": ()}]
)
def test_bad_options_are_named(options):
    with pytest.raises((ParameterError, ParameterTypeError), match=next(iter(options))):
        pf.check_grads(np.sin, (1.0,), **options)


def test_arguments_are_a_tuple():
    with pytest.raises(ParameterError, match="args must be a tuple"):
        pf.check_grads(np.sin, X)
