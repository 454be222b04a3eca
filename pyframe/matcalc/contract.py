"""The contraction of some arrays, compiled once for each set of labels and shapes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from pyframe import _core

Array = np.ndarray[Any, np.dtype[Any]]


def contract(factors: Sequence[tuple[Array, str]], output: str) -> Array:
    """The product of the factors, summed over the labels that are not in the output.

    Parameters
    ----------
    factors : sequence of (ndarray, str)
        Arrays with a label for each axis.
    output : str
        The labels of the result, each once, and each in some factor.
    """
    single = all(array.dtype == np.float32 for array, _ in factors)
    key = tuple([(array.shape, labels) for array, labels in factors])
    dtype = np.float32 if single else np.float64
    arrays = [array.astype(dtype, copy=False) for array, _ in factors]
    [result] = _program(key, output, single).run(arrays)
    return np.asarray(result, dtype)


@lru_cache(maxsize=512)
def _program(factors: tuple[tuple[tuple[int, ...], str], ...], output: str, single: bool) -> Any:
    return _core.contraction(factors, output, single)
