"""Arrays at the border: which are accepted, and as what."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pyframe.errors import DTypeError, OutOfMemory, ParameterError, ShapeError


def as_vector(given: ArrayLike, name: str) -> tuple[NDArray[np.float64], tuple[int, ...], bool]:
    """A finite real array as (flat float64 copy, its shape, whether it was float32).

    The compiled core calls this for what is not a plain float64 vector.

    float64, float32, integers, bools and nested sequences of them are accepted; masked
    arrays, complex, object, string and longdouble arrays are not, because taking them for
    float64 would drop something.

    Raises
    ------
    DTypeError
        For other dtypes.
    ShapeError
        For ragged sequences and empty arrays.
    ParameterError
        For NaN or infinite entries.
    OutOfMemory
        When there is no room for the copy.
    """
    with room(name):
        array = _converted(given, name)
        if array.size == 0:
            raise ShapeError(f"{name} must not be empty, got shape {array.shape}")
        flat = np.array(array, dtype=np.float64, order="C").reshape(-1)
        finite = np.isfinite(flat)
    if not finite.all():
        first = int(np.flatnonzero(~finite)[0])
        raise ParameterError(f"{name} must be finite, got {flat[first]} at position {first}")
    return flat, array.shape, array.dtype == np.float32


@contextmanager
def room(what: str) -> Generator[None]:
    """NumPy's want of memory becomes an ``OutOfMemory`` that names what it was wanted for."""
    try:
        yield
    except MemoryError as error:
        raise OutOfMemory(f"not enough memory for {what}: {error}") from error


def as_array(given: ArrayLike, name: str) -> NDArray[Any]:
    """An array of whatever dtype, without a mask.

    Raises
    ------
    DTypeError
        For masked arrays.
    ShapeError
        For ragged sequences.
    """
    if isinstance(given, np.ma.MaskedArray):
        raise DTypeError(f"{name} must not be a masked array: its mask would be dropped")
    try:
        return np.asarray(given)
    except ValueError as error:
        raise ShapeError(f"{name} must be an array of one shape: {error}") from None


def real(given: ArrayLike, name: str) -> NDArray[np.float64]:
    """Real numbers as float64.

    Raises
    ------
    DTypeError
        For other dtypes.
    ShapeError
        For ragged sequences.
    OutOfMemory
        When there is no room for the copy.
    """
    if type(given) is np.ndarray and given.dtype == np.float64:
        return given
    with room(name):
        return _converted(given, name).astype(np.float64)


def _converted(given: ArrayLike, name: str) -> NDArray[Any]:
    array = as_array(given, name)
    if array.dtype.kind not in "fiub" or array.dtype.itemsize > 8 or array.dtype == np.float16:
        hint = (
            ": convert it, for instance with .astype(float)" if array.dtype.kind in "OfcSU" else ""
        )
        raise DTypeError(
            f"{name} must be a real array (float64 or float32), got dtype {array.dtype}{hint}"
        )
    return array
