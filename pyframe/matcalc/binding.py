"""Values of symbols as arrays, whose shapes give the sizes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from pyframe import _core
from pyframe._checks import is_whole, shown, whole
from pyframe.errors import (
    DTypeError,
    ParameterError,
    ParameterOverflow,
    ParameterTypeError,
    ShapeError,
    TooManyElements,
)

Array = np.ndarray[Any, np.dtype[Any]]

CHECKED = frozenset(
    {
        "diagonal",
        "symmetric",
        "skew",
        "upper_triangular",
        "orthogonal",
        "positive_definite",
        "invertible",
    }
)
"""What values of matrices are checked for."""


@dataclass(frozen=True)
class Argument:
    """A symbol that values are given for.

    Parameters
    ----------
    name : str
        The symbol.
    shape : tuple of str
        The sizes of its axes.
    facts : tuple of str
        What is declared of it, and what follows.
    of : str or None
        The symbol that it is a differential of.
    """

    name: str
    shape: tuple[str, ...]
    facts: tuple[str, ...]
    of: str | None = None

    @property
    def is_checked(self) -> bool:
        """Whether something is declared that its values are checked for."""
        positive = {"positive", "nonnegative"}
        return bool((CHECKED | positive if self.shape else positive) & set(self.facts))

    @property
    def shown(self) -> str:
        """The shape as NumPy would show it."""
        return f"({', '.join(self.shape)}{',' if len(self.shape) == 1 else ''})"


@dataclass(frozen=True)
class Bound:
    """Values that fit."""

    arrays: dict[str, Array]
    sizes: dict[str, int]
    single: bool


def named(
    point: tuple[Any, ...],
    values: Mapping[str, Any],
    known: Mapping[str, Argument],
    variable: str | None = None,
) -> Mapping[str, Any]:
    """The values with one that came without a name.

    It is that of the variable, or of the only symbol that no value is given for.
    """
    if not point:
        return values
    own = [name for name, argument in known.items() if argument.of is None]
    left = [variable] if variable else [name for name in own if name not in values]
    if len(point) != 1 or len(left) != 1 or left[0] in values:
        names = ", ".join(own) or "none"
        raise ParameterError(
            "one value may come without a name, where it is clear of which symbol; "
            f"they are {names}"
        )
    return dict(zip(left, point, strict=True), **values)


def named_values(values: Any) -> None:
    """Refuse what is no mapping from names to values."""
    if type(values) is not dict and not isinstance(values, Mapping):
        raise ParameterTypeError(
            f"values must be a mapping from names of symbols to arrays, got {shown(values)}"
        )


def bind(
    values: Mapping[str, Any],
    needed: Iterable[Argument],
    known: Mapping[str, Argument],
    free: Iterable[str] = (),
) -> Bound:
    """The values as arrays, with the sizes that follow.

    Parameters
    ----------
    values : mapping
        An array-like for each name.
    needed : iterable of Argument
        Those that must be there.
    known : mapping
        Those that may be there, by name.
    free : iterable of str
        Names of sizes, which whole numbers may be given for.

    Raises
    ------
    ParameterError
        When a name is missing or unknown.
    ShapeError
        When a shape does not fit, or two values disagree about a size.
    """
    missing = [argument for argument in needed if argument.name not in values]
    if missing:
        wanted = ", ".join(f"{argument.name} of shape {argument.shown}" for argument in missing)
        raise ParameterError(f"no value is given for {wanted}")
    arrays: dict[str, Array] = {}
    sizes: dict[str, int] = {}
    origin: dict[str, str] = {}
    for name, value in values.items():
        if name not in known and name in free:
            _agree(sizes, origin, name, _size(name, value), name)
            continue
        if name not in known:
            names = ", ".join(known) or "none"
            raise ParameterError(f"there is no symbol {shown(name)} here; the symbols are {names}")
        array = _array(name, value)
        _fit(known[name], array, sizes, origin)
        arrays[name] = array
    _products(arrays, known, sizes)
    return Bound(arrays, sizes, _is_single(arrays, values))


def _size(name: str, value: Any) -> int:
    """The value of a size that is given by its name."""
    if is_whole(value) and value > np.iinfo(np.int64).max:
        raise TooManyElements(f"the size {name} is {shown(value)}, which is more than memory has")
    return whole(value, f"the size {name}", 0)


def _array(name: str, value: Any) -> Array:
    if _core.is_traced(value):
        return value
    if isinstance(value, np.ma.MaskedArray | np.matrix):
        raise DTypeError(
            f"{name} is a {type(value).__name__}; pass a plain array, made with numpy.asarray(...)"
        )
    try:
        array = value if type(value) is np.ndarray else np.asarray(value)
    except ValueError as error:
        raise ShapeError(f"{name} is no array: {error}") from error
    if array.dtype in {np.dtype(np.float64), np.dtype(np.float32)}:
        return array
    if array.dtype.kind in "iub" and array.dtype.itemsize <= 8:
        return array.astype(np.float64)
    if array.dtype.kind == "f" and array.dtype.itemsize <= 8:
        return array.astype(np.float64 if array.dtype.itemsize == 8 else np.float32)
    if array.dtype == object and array is not value and all(map(is_whole, array.flat)):
        try:
            return array.astype(np.float64)
        except OverflowError:
            raise ParameterOverflow(f"{name} has a number beyond 1.8e308") from None
    wanted = "float64 or float32" if array.dtype.kind == "f" else "real numbers"
    raise DTypeError(f"{name} has dtype {array.dtype}; wanted: {wanted}, as .astype(float) makes")


def _fit(argument: Argument, array: Array, sizes: dict[str, int], origin: dict[str, str]) -> None:
    if array.ndim != len(argument.shape):
        hint = ""
        if len(argument.shape) == 1 and array.ndim == 2 and 1 in array.shape:
            hint = "; a column is an array of one axis: pass it with .reshape(-1)"
        if "1" in argument.shape and array.ndim == 1 and len(argument.shape) == 2:
            hint = "; a row is an array of two axes: pass it with .reshape(1, -1)"
        raise ShapeError(
            f"{argument.name} has shape {argument.shown}, got an array of shape {array.shape}{hint}"
        )
    for axis, (size, length) in enumerate(zip(argument.shape, array.shape, strict=True)):
        if size.isdigit():
            if int(size) != length:
                raise ShapeError(
                    f"{argument.name} has shape {argument.shown}, got an array of shape "
                    f"{array.shape}"
                )
        elif "*" not in size:
            where = f"{argument.name} (axis {axis} of shape {array.shape})"
            _agree(sizes, origin, size, length, where)


def _agree(
    sizes: dict[str, int], origin: dict[str, str], size: str, length: int, where: str
) -> None:
    before = sizes.setdefault(size, length)
    if before != length:
        raise ShapeError(f"the size {size} is {before} in {origin[size]} and {length} in {where}")
    origin.setdefault(size, where.split(" ", maxsplit=1)[0])


def _products(
    arrays: Mapping[str, Array], known: Mapping[str, Argument], sizes: dict[str, int]
) -> None:
    """Sizes such as 2*n, once n is known; or n of them, where nothing else says it."""
    waiting = [
        (name, size, length)
        for name, array in arrays.items()
        for size, length in zip(known[name].shape, array.shape, strict=True)
        if "*" in size
    ]
    while waiting:
        left: list[tuple[str, str, int]] = []
        for name, size, length in waiting:
            number, unknown = _parts(size, sizes)
            if not unknown and number == length:
                continue
            if len(set(unknown)) > 1 or (unknown and number == length == 0):
                left.append((name, size, length))
                continue
            found = _root(number, length, len(unknown))
            if found is None:
                why = f"{size} = {length} has no {unknown[0]}" if unknown else f"{size} is {number}"
                raise ShapeError(_says(name, arrays, known, why))
            sizes[unknown[0]] = found
        if len(left) == len(waiting):
            name, size, _ = left[0]
            names = list(dict.fromkeys(_parts(size, sizes)[1]))
            why = f"{', '.join(names)} are not known: give one of them too, as in {names[0]}=2"
            raise ShapeError(_says(name, arrays, known, why))
        waiting = left


def _says(name: str, arrays: Mapping[str, Array], known: Mapping[str, Argument], why: str) -> str:
    """What is wrong with the shape of a value."""
    return f"{name} has shape {known[name].shown}, got {arrays[name].shape}: {why}"


def _parts(size: str, sizes: Mapping[str, int]) -> tuple[int, list[str]]:
    """The number that is known of a size such as ``2*n``, and the names that are not."""
    number, unknown = 1, []
    for factor in size.split("*"):
        if factor.isdigit() or factor in sizes:
            number *= int(factor) if factor.isdigit() else sizes[factor]
        else:
            unknown.append(factor)
    return number, unknown


def _root(number: int, length: int, times: int) -> int | None:
    """The whole number whose power times another is a length, if there is one."""
    if not times or not number or length % number:
        return None
    root = round((length // number) ** (1 / times))
    return root if number * root**times == length else None


def length(size: str, sizes: Mapping[str, int]) -> int:
    """The value of a size such as ``2*n``."""
    product = 1
    for factor in size.split("*"):
        if not factor.isdigit() and factor not in sizes:
            raise ShapeError(f"the size {factor} has no value: pass a value that has it")
        product *= int(factor) if factor.isdigit() else sizes[factor]
    return product


def _is_single(arrays: Mapping[str, Array], values: Mapping[str, Any]) -> bool:
    """Whether float32 it is: at least one such value, and no array of float64."""
    plain = [
        array.dtype
        for name, array in arrays.items()
        if not isinstance(values[name], int | float) or isinstance(values[name], np.generic)
    ]
    return bool(plain) and all(dtype == np.float32 for dtype in plain)
