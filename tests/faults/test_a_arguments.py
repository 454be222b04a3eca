"""FAULTS.md, group A: arguments and returned arrays that are not what they should be."""

import math

import numpy as np
import pytest

import pyframe as pf
from pyframe.errors import DTypeError, ParameterError, ParameterTypeError, ReturnTypeError

HUGE = 10**5000
"""An int that Python does not print."""


def square(x):
    return (x - 2) ** 2


def sphere(x):
    return float(x @ x)


def twice(x):
    return 2 * x


CALLS = {
    "minimize_scalar": lambda f=square, **options: pf.minimize_scalar(f, (0, 6), **options),
    "minimize_scalar_batch": lambda f=square, **options: pf.minimize_scalar_batch(
        f, [0.0, 1.0], 6.0, **options
    ),
    "line_search": lambda f=sphere, **options: pf.line_search(f, [4.0], [-8.0], twice, **options),
    "minimize": lambda f=sphere, **options: pf.minimize(f, [4.0], twice, **options),
}


def misaligned(values):
    """The same numbers at an odd address."""
    values = np.asarray(values, dtype=float)
    return np.frombuffer(b"x" + values.tobytes(), dtype=float, offset=1)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("bad", [None, 3, "f"])
def test_f_must_be_a_function(call, bad):
    with pytest.raises(ParameterTypeError, match=f"f must be a function, got {type(bad).__name__}"):
        CALLS[call](bad)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        ("minimize_scalar", "second_derivative"),
        ("minimize_scalar_batch", "second_derivative"),
        ("minimize_scalar", "derivative"),
        ("minimize_scalar_batch", "derivative"),
        ("line_search", "hessp"),
        ("minimize", "hess"),
        ("minimize", "hessp"),
    ],
)
def test_what_should_be_a_function_is_looked_at_before_it_is_needed(call, name):
    with pytest.raises(ParameterTypeError, match=f"{name} must be a function.*, got int"):
        CALLS[call](**{name: 3})


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("bad", [1.0, [1.0], "ab", None])
def test_args_must_be_a_tuple(call, bad):
    with pytest.raises(ParameterTypeError, match=f"args must be a tuple, got {type(bad).__name__}"):
        CALLS[call](args=bad)


@pytest.mark.parametrize("call", ["minimize_scalar", "line_search", "minimize"])
@pytest.mark.parametrize("bad", [1, "yes", None])
def test_trace_must_be_a_flag(call, bad):
    with pytest.raises(ParameterTypeError, match="trace must be True or False, got"):
        CALLS[call](trace=bad)


@pytest.mark.parametrize("call", CALLS)
def test_counts_beyond_what_can_be_counted(call):
    CALLS[call](max_evaluations=HUGE)
    with pytest.raises(ParameterError, match="max_evaluations must be at least 1, got int"):
        CALLS[call](max_evaluations=-HUGE)


@pytest.mark.parametrize("name", ["bounds", "bracket"])
@pytest.mark.parametrize("n", [4, 10**12, 2**62])
def test_a22_a_range_of_any_length_is_counted_first(name, n):
    with pytest.raises(ParameterError, match=rf"{name} must be \(.*\), got {n} numbers"):
        pf.minimize_scalar(square, **{name: range(n)})


def test_numbers_beyond_a_float():
    with pytest.raises(ParameterError, match="initial_step must satisfy a finite number > 0"):
        CALLS["line_search"](initial_step=HUGE)
    with pytest.raises(ParameterError, match=r"got c1=a very large int, c2=0\.9"):
        pf.criteria.Wolfe(c1=HUGE)


def test_a_strategy_takes_the_object_of_a_scalar_method():
    with pytest.raises(ParameterTypeError, match=r"method must be a scalar method .*, got str"):
        pf.strategies.Exact("golden")


@pytest.mark.parametrize("first", [0.0, -1.0, math.nan, math.inf])
def test_a_stepper_begins_with_a_step(first):
    with pytest.raises(ParameterError, match="first must satisfy a finite number > 0"):
        pf.Stepper(1.0, -1.0, first)


@pytest.mark.parametrize("bad", [None, "1", 1j, [1.0], True])
def test_a_stepper_is_told_numbers(bad):
    with pytest.raises(ParameterTypeError, match="value must be a real number, got"):
        pf.Stepper(bad, -1.0)
    search = pf.Stepper(1.0, -1.0)
    search.ask()
    with pytest.raises(ParameterTypeError, match="value must be a real number, got"):
        search.tell(bad, -1.0)


def test_a10_misaligned_arrays_are_read():
    x = np.array([4.0, 1.0])
    expected = pf.minimize(sphere, x, twice)
    assert pf.minimize(sphere, misaligned(x), lambda x: misaligned(2 * x)) == expected
    r = pf.minimize_scalar_batch(lambda x: misaligned(square(x)), misaligned([0.0, 1.0]), 6.0)
    assert r.x.tolist() == pf.minimize_scalar_batch(square, [0.0, 1.0], 6.0).x.tolist()


@pytest.mark.parametrize(
    "call",
    [
        lambda vast: pf.minimize(sphere, vast, twice),
        lambda vast: pf.line_search(sphere, [1.0], vast, twice),
        lambda vast: pf.minimize_scalar_batch(square, vast, 6.0),
        lambda vast: pf.minimize_scalar_batch(square, 0.0, 6.0, args=(vast,)),
    ],
)
def test_a22_arrays_for_which_there_is_no_room(call):
    with pytest.raises(pf.errors.OutOfMemory, match="not enough memory for"):
        call(np.broadcast_to(1.0, 2**55))


def test_a25_more_dimensions_than_are_broadcast():
    with pytest.raises(pf.errors.ShapeError, match="up to 32 dimensions"):
        pf.minimize_scalar_batch(square, np.zeros((1,) * 40), 6.0)


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda m: pf.minimize_scalar(lambda x: m[:1], (0, 6)), ReturnTypeError),
        (lambda m: pf.minimize_scalar(lambda x: np.ma.masked, (0, 6)), ReturnTypeError),
        (lambda m: pf.minimize(lambda x: np.ma.masked, [4.0, 1.0], twice), ReturnTypeError),
        (lambda m: pf.minimize(sphere, [4.0, 1.0], lambda x: m), DTypeError),
        (lambda m: pf.minimize(sphere, m, twice), DTypeError),
        (lambda m: pf.minimize_scalar_batch(lambda x: m, [0.0, 1.0], 6.0), DTypeError),
        (lambda m: pf.minimize_scalar_batch(square, m, 6.0), DTypeError),
        (lambda m: pf.minimize_scalar_batch(square, 0.0, 6.0, args=(m,)), DTypeError),
    ],
)
def test_a26_a_mask_is_never_dropped(call, error):
    with pytest.raises(error, match="mask"):
        call(np.ma.array([0.0, 1.0], mask=[True, False]))


@pytest.mark.parametrize("bad", [None, 1.0, np.ones(3)])
@pytest.mark.parametrize("method", ["brent", "secant", "newton-1d"])
def test_a_batch_without_the_pair_that_was_promised(bad, method):
    with pytest.raises(ReturnTypeError, match=r"f must return the pair \(values, derivatives\)"):
        CALLS["minimize_scalar_batch"](lambda x: bad, derivative=True, method=method)


def test_a_pair_that_is_none_the_second_time():
    answers = iter([(1.0, 1.0), 1.0])
    with pytest.raises(ReturnTypeError, match=r"f must return the pair \(value, derivative\)"):
        pf.minimize_scalar(lambda x: next(answers), (0, 6), method="newton-1d", derivative=True)


def test_a_batch_whose_derivative_is_no_number():
    with pytest.raises(DTypeError, match="derivative must return real numbers, got dtype object"):
        CALLS["minimize_scalar_batch"](derivative=lambda x: None, method="newton-1d")


def test_h18_an_object_is_shown_on_one_line():
    class Forged:
        def __repr__(self):
            return "x\nERROR: forged\x1b[31m"

    with pytest.raises(ReturnTypeError) as refusal:
        pf.minimize_scalar(lambda x: Forged(), (0, 6))
    assert str(refusal.value) == "f must return a real number, got Forged x ERROR: forged [31m"
