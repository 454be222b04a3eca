"""``np.eye(n)``, ``np.ones(n)`` and ``np.zeros(n)`` of symbolic sizes.

NumPy asks a size for a whole number before anyone else is asked, so these functions are
replaced in their module while a function is traced; of plain numbers they make what they
always make.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import numpy as np

from pyframe.errors import UnsupportedOperation
from pyframe.matcalc.binding import Array
from pyframe.matcalc.broadcasting import MOST_AXES
from pyframe.matcalc.expression import Expression
from pyframe.matcalc.scipy_functions import adopt_imported

ORIGINAL: dict[str, Callable[..., Any]] = {
    name: getattr(np, name) for name in ("empty", "eye", "full", "identity", "ones", "zeros")
}
"""What makes arrays out of sizes."""

_lock = threading.Lock()
_depth = 0


@contextmanager
def symbolic_sizes() -> Generator[None]:
    """Have NumPy's makers know sizes that are expressions."""
    global _depth  # noqa: PLW0603  what is replaced is global, too
    adopt_imported()
    with _lock:
        _depth += 1
        if _depth == 1:
            for name, wrapper in _WRAPPERS.items():
                setattr(np, name, wrapper)
    try:
        yield
    finally:
        with _lock:
            _depth -= 1
            if _depth == 0:
                for name, original in ORIGINAL.items():
                    setattr(np, name, original)


def _wrapper(name: str) -> Callable[..., Any]:
    original = ORIGINAL[name]

    @functools.wraps(original)
    def make(*args: Any, **options: Any) -> Any:
        if not any(map(_holds_expression, (*args, *options.values()))):
            return original(*args, **options)
        return _of_symbolic_size(name, *args, **options)

    return make


def _holds_expression(value: Any) -> bool:
    if isinstance(value, tuple | list):
        return any(isinstance(one, Expression) for one in value)
    return isinstance(value, Expression)


def _of_symbolic_size(name: str, shape: Any = None, *args: Any, **options: Any) -> Any:
    """What NumPy makes of a shape, as a formula where that is symbolic."""
    sizes = tuple(shape) if isinstance(shape, tuple | list) else (shape,)
    if name == "eye" and args and isinstance(args[0], Expression | int):
        sizes, args = (*sizes, args[0]), args[1:]
    if name == "full" and (args or "fill_value" in options):
        value, rest = (args[0], args[1:]) if args else (options.pop("fill_value"), ())
        ones = np.ones(shape, *rest, **options)
        return value * ones
    floating = np.dtype(options.pop("dtype", None) or float).kind == "f"
    if args or options or not floating or shape is None or name == "empty":
        raise UnsupportedOperation(
            f"np.{name} of a symbolic size is not known"
            + ("" if name == "empty" else " with further arguments")
        )
    return _made(name, sizes)


_WRAPPERS = {name: _wrapper(name) for name in ORIGINAL}


def constant(one: Expression, array: Array) -> Expression | None:
    """An array as an expression like another: a number times ones or the identity, else None."""
    plain = type(array) is np.ndarray and array.dtype.kind in "biuf"
    if array.ndim > MOST_AXES or not array.size or not plain:
        return None
    number = float(array.flat[0])
    if not np.isfinite(number):
        return None
    if np.all(array == number):
        return number * _made("ones", array.shape, one)
    square = array.ndim == MOST_AXES and len(set(array.shape)) == 1
    if square and np.array_equal(array, number * np.identity(len(array))):
        return number * _made("eye", (len(array),), one)
    return None


def _made(name: str, sizes: tuple[Any, ...], one: Any = None) -> Any:
    one = next((size for size in sizes if isinstance(size, Expression)), one)
    taken = [one.operand(size) for size in sizes]
    what = {"identity": "eye", "full": "ones"}.get(name, name)
    formula = one.formula.of_size(what, [size.formula for size in taken])
    return one.shaped(formula, 2 if what == "eye" else len(sizes), *taken)
