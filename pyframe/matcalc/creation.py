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
    def make(shape: Any, *args: Any, **options: Any) -> Any:
        sizes = shape if isinstance(shape, tuple) else (shape,)
        if name == "eye" and args and isinstance(args[0], Expression | int):
            sizes, args = (*sizes, args[0]), args[1:]
        if not any(isinstance(size, Expression) for size in sizes):
            return original(shape, *args, **options)
        if name == "full" and (args or "fill_value" in options):
            value, rest = (args[0], args[1:]) if args else (options.pop("fill_value"), ())
            return value * make(shape, *rest, **options)
        if args or set(options) - {"dtype"} or name == "empty":
            raise UnsupportedOperation(
                f"np.{name} of a symbolic size is not known"
                + ("" if name == "empty" else " with further arguments")
            )
        return _made(name, sizes)

    return make


_WRAPPERS = {name: _wrapper(name) for name in ORIGINAL}


def _made(name: str, sizes: tuple[Any, ...]) -> Any:
    one: Any = next(size for size in sizes if isinstance(size, Expression))
    taken = [one.operand(size) for size in sizes]
    what = {"identity": "eye", "full": "ones"}.get(name, name)
    return one.like(one.formula.of_size(what, [size.formula for size in taken]), *taken)
