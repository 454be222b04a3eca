"""Functions of the bits and digits of numbers: integers, exponents and mantissas.

Of truth values `&`, `|`, `^` and `~` are recorded.  Other results are made of integers: they
are computed with concrete values.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from pyframe import _core
from pyframe.autodiff.coverage.kinds import floating, kind
from pyframe.autodiff.dispatch import UFUNCS, Handler, call_concrete, concrete, ufunc

CONCRETE = (
    np.left_shift, np.right_shift, np.bitwise_count, np.gcd, np.lcm, np.spacing, np.isnat,
)  # fmt: skip
"""Ufuncs whose results are integers or constant between jumps."""

for _ufunc in CONCRETE:
    UFUNCS[_ufunc] = partial(call_concrete, _ufunc)


def _bitwise(called: np.ufunc, name: str) -> Handler:
    def handler(a: Any, b: Any) -> Any:
        if kind(a) == kind(b) == "bool":
            return _core.logical(name, a, b)
        return call_concrete(called, a, b)

    return handler


for _ufunc, _name in (
    (np.bitwise_and, "logical_and"),
    (np.bitwise_or, "logical_or"),
    (np.bitwise_xor, "logical_xor"),
):
    UFUNCS[_ufunc] = _bitwise(_ufunc, _name)


@ufunc(np.invert)
def invert(x: Any) -> Any:
    """Bits turned round; truth values negated."""
    if kind(x) == "bool":
        return _core.test("logical_not", x)
    return call_concrete(np.invert, x)


LEAST, LARGEST = -1022, 1023
"""Exponents of normal numbers in double precision."""


@ufunc(np.ldexp)
def ldexp(x: Any, exponent: Any) -> Any:
    """X 2^n: a product with powers of two, as many as it takes to reach the result."""
    exponent = np.asarray(concrete(exponent))
    np.ldexp(1.0, exponent)  # refuses what are no integers
    x = floating(x)
    rest = np.clip(exponent.astype(np.int64), 3 * LEAST, 3 * LARGEST)
    while True:
        last = np.clip(rest, LEAST, LARGEST)
        rest = rest - last
        if not np.any(rest):
            return x * _power_of_two(last, kind(x))
        # The rest first: what is rounded is rounded once.
        here = np.clip(rest, LEAST, LARGEST)
        x = x * _power_of_two(here, kind(x))
        rest = last + (rest - here)


def _power_of_two(exponent: Any, dtype: str) -> Any:
    return np.ldexp(np.ones(1, dtype)[0], exponent)


@ufunc(np.frexp)
def frexp(x: Any) -> Any:
    """Mantissa in [1/2, 1), which has the slope 2^-n, and exponent n."""
    _, exponent = np.frexp(concrete(x))
    return ldexp(x, -exponent), exponent
