"""Group A: what traced values meet, and what recorded functions are given, is refused by name."""

import numpy as np
import pytest

import pyframe as pf
from pyframe.errors import (
    DTypeError,
    IndexOutOfBounds,
    ParameterError,
    ParameterOverflow,
    ParameterTypeError,
    PyframeError,
    TooManyElements,
)

VECTOR, MATRIX = np.array([1.0, 2.0, 3.0]), np.array([[2.0, 0.5], [0.5, 3.0]])


def on(x, call):
    """What a recorded function that makes this call raises."""
    return pf.grad(lambda t: np.sum(call(t)))(x)


@pytest.mark.parametrize("x", [VECTOR, 1.5], ids=["array", "number"])
@pytest.mark.parametrize(
    "odd", [None, "a", b"a", 1j, {"a": 1}, {1}, int, ..., slice(None), len], ids=repr
)
def test_an_operand_that_is_no_number(x, odd):
    for call in (
        lambda t: t + odd,
        lambda t: odd - t,
        lambda t: t * odd,
        lambda t: t / odd,
        lambda t: t**odd,
        lambda t: t < odd,
    ):
        with pytest.raises(ParameterTypeError, match="traced value meets"):
            on(x, call)
    assert not np.any(on(x, lambda t: t * (t == odd)))


def test_an_object_with_operators_of_its_own_has_its_say():
    class Unit:
        def __radd__(self, other):
            return other * 2.0

    for x in (VECTOR, 1.5):
        assert np.all(on(x, lambda t: t + Unit()) == 2.0)
        with pytest.raises(TypeError, match="unsupported operand"):
            on(x, lambda t: t - Unit())


def test_a_tuple_stands_for_an_array_as_a_list_does():
    assert on(VECTOR, lambda t: t * (1.0, 2.0, 3.0)).tolist() == [1.0, 2.0, 3.0]
    assert on(VECTOR, lambda t: (1.0, 2.0, 3.0) * t).tolist() == [1.0, 2.0, 3.0]


@pytest.mark.parametrize("x", [VECTOR, 1.5], ids=["array", "number"])
def test_a22_numbers_beyond_floats(x):
    for call in (lambda t: t + 10**400, lambda t: 10**400 * t):
        with pytest.raises(ParameterOverflow, match="beyond the largest") as caught:
            on(x, call)
        assert isinstance(caught.value, OverflowError)


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda t: np.sum(t, axis=("a", 1)), DTypeError, "axis must be an int, got 'a'"),
        (lambda t: np.linalg.norm(t, ord="bad"), ParameterError, "ord"),
        (lambda t: np.linalg.norm(t, ord=[1]), ParameterTypeError, r"norm\(a traced array .*\[1\]"),
        (lambda t: np.round(t, None), ParameterTypeError, r"round\(a traced array of shape \(3,\)"),
        (lambda t: t.round("a"), ParameterTypeError, "'a'"),
        (lambda t: t.reshape(2**70), ParameterOverflow, "reshape"),
        (lambda t: t.astype("no dtype"), ParameterTypeError, r"astype\('no dtype'\)"),
        (lambda t: np.bitwise_and(t, 1), ParameterTypeError, r"bitwise_and\(a traced array"),
        (lambda t: np.quantile(t, "a"), ParameterTypeError, "quantile"),
        (lambda t: np.repeat(t, 2**70), PyframeError, "repeat"),
        (lambda t: np.einsum(3, t), ParameterTypeError, "einsum"),
        (lambda t: np.searchsorted(t, {}), ParameterTypeError, "searchsorted"),
        (lambda t: np.vander(t, 2**70), TooManyElements, r"N must be below 2\*\*32"),
        (lambda t: int(t), ParameterTypeError, "this one has 3"),
        (lambda t: t[10], IndexOutOfBounds, "10"),
    ],
)  # fmt: skip
def test_arguments_of_recorded_functions(call, error, says):
    with pytest.raises(error, match=says) as caught:
        on(VECTOR, call)
    assert len(str(caught.value)) < 1000


def test_an_error_of_the_user_stays_what_it_is():
    class Own(ValueError):
        pass

    def broken(_):
        raise Own("mine")

    with pytest.raises(Own, match=r"^mine$"):
        on(MATRIX, lambda t: np.apply_along_axis(broken, 0, t))
    with pytest.raises(TypeError, match=r"^can only concatenate str") as caught:
        on(MATRIX, lambda t: np.apply_along_axis(lambda _: "a" + 1, 0, t))
    assert not isinstance(caught.value, PyframeError)


def test_differences_of_a_huge_order_are_empty():
    assert on(VECTOR, lambda t: t + np.sum(np.diff(t, 2**70))).tolist() == [1.0, 1.0, 1.0]
    assert on(VECTOR, lambda t: t + np.sum(np.polyder(t, 2**70))).tolist() == [1.0, 1.0, 1.0]
