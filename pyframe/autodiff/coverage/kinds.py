"""What kind of number a value holds, and values made floats as NumPy's functions make them."""

from __future__ import annotations

from typing import Any

import numpy as np

from pyframe import _core
from pyframe.autodiff.dispatch import is_traced

FLOATS = ("float64", "float32")


def kind(x: Any) -> str:
    """The name of a value's dtype; Python's numbers have that of their arrays."""
    return x.kind if is_traced(x) else np.asarray(x).dtype.name


def floating(x: Any) -> Any:
    """Floats as they are, other numbers as float64; a Python number remains one."""
    if kind(x) in FLOATS:
        return x
    if is_traced(x):
        return _core.convert(x, "float64")
    return float(x) if isinstance(x, int) else np.asarray(x, np.float64)


def alike(*values: Any) -> list[Any]:
    """Values as floats of the kind that NumPy's promotion gives them together."""
    weak = (bool, int, float)
    kinds = [1.0 if type(x) in weak else np.dtype(kind(x)) for x in values]
    dtype = np.result_type(*kinds, 1.0)
    return [_core.convert(x, dtype.name) if is_traced(x) else np.asarray(x, dtype) for x in values]


def double(x: Any) -> Any:
    """A value as float64."""
    return _core.convert(x, "float64") if is_traced(x) else np.asarray(x, np.float64)
