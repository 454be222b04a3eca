"""Names, formulas and numbers as they stand in a drawn graph."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from pyframe.autodiff.modes.base import is_smooth
from pyframe.autodiff.record import plain

INFIX = {
    "add": "+", "subtract": "−", "multiply": "·", "divide": "/", "power": "**",
    "floor_divide": "//", "remainder": "%", "less": "<", "less_equal": "≤", "greater": ">",
    "greater_equal": "≥", "equal": "=", "not_equal": "≠", "logical_and": "and",
    "logical_or": "or", "logical_xor": "xor",
}  # fmt: skip
"""Primitives that are written between their operands."""

PREFIX = {"negative": "−", "logical_not": "not "}

UNKNOWN = "…"

LONGEST = 4
"""Arrays up to this many numbers are written out."""


@dataclass(frozen=True)
class Formula:
    """What a node computes, in the words of a formula.

    Parameters
    ----------
    recording : _core.Recording
        Where it was written.
    primitive : str
        Its name in the table of primitives.
    attribute : object
        What the recording lists besides.
    value : traced
        The node itself.
    """

    recording: Any
    primitive: str
    attribute: int | tuple[int, ...] | None
    value: Any

    def text(self, names: list[str], operands: list[Any]) -> str:
        """The formula, given names and values of the operands."""
        if self.primitive in INFIX and len(names) == 2:
            return f" {INFIX[self.primitive]} ".join(names)
        if self.primitive in PREFIX:
            return PREFIX[self.primitive] + names[0]
        if self.primitive == "square":
            return f"{names[0]}²"
        if self.primitive == "reciprocal":
            return f"1 / {names[0]}"
        if self.primitive in {"element", "slice"}:
            return f"{names[0]}[{self.places(operands[0])}]"
        if self.primitive == "contract" and _is_matmul(self.value, *operands):
            return " @ ".join(names)
        if self.primitive == "convert":
            return f"{self.value.dtype}({names[0]})"
        return f"{self.primitive}({', '.join(names + self._options(operands))})"

    def places(self, source: Any) -> str:
        """Where an element or a slice of a vector comes from: its adjoint goes there."""
        size = math.prod(np.shape(self.value))
        if not is_smooth(self.value) or not size or (size > 1 and len(np.shape(source)) > 1):
            return UNKNOWN
        marks = np.arange(1.0, size + 1).astype(self.value.dtype).reshape(np.shape(self.value))
        adjoint = np.asarray(self.recording.pull([self.value], [marks], [source])[0])
        places = np.nonzero(adjoint)
        if size == 1:
            ends = "{0}:{1}" if self.primitive == "slice" else "{0}"
            return ", ".join(ends.format(axis[0], axis[0] + 1) for axis in places)
        order = places[0][np.argsort(adjoint[places])]
        first, step = int(order[0]), int(order[1] - order[0])
        stop = first + step * size
        ends = f"{first}:{stop if stop >= 0 else ''}"
        return ends if step == 1 else f"{ends}:{step}"

    def _options(self, operands: list[Any]) -> list[str]:
        attribute = self.attribute
        if attribute is None:
            return []
        if not isinstance(attribute, tuple):
            return [str(attribute)]
        if len(attribute) == len(np.shape(operands[0])):
            return []
        return [f"axis={attribute[0] if len(attribute) == 1 else attribute}"]


def _is_matmul(value: Any, a: Any, b: Any) -> bool:
    """Whether a product is what ``a @ b`` gives."""
    if not np.shape(a) or not np.shape(b):
        return False
    try:
        found = np.matmul(plain(a), plain(b))
    except ValueError:
        return False
    return np.shape(found) == np.shape(value) and np.allclose(found, plain(value), equal_nan=True)


def leaf_names(f: Callable[..., Any], args: tuple[Any, ...]) -> list[str]:
    """A name for each leaf of the arguments, such as ``w[0]``."""
    found: list[str] = []
    for name, arg in zip(_parameters(f, len(args)), args, strict=True):
        _add_names(name, arg, found)
    return found


def _parameters(f: Callable[..., Any], count: int) -> list[str]:
    try:
        parameters = list(inspect.signature(f).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    plain = [p.name for p in parameters if p.kind in {p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD}]
    rest = next((p.name for p in parameters if p.kind is p.VAR_POSITIONAL), "x")
    more = count - len(plain)
    if more == 1 and not plain:
        return [rest]
    return plain[:count] + [f"{rest}{k + 1}" for k in range(more)]


def _add_names(name: str, tree: Any, found: list[str]) -> None:
    """As :func:`~pyframe.autodiff.pytree.flatten` goes through a tree."""
    kind = cast("Any", type(tree))
    if kind is dict:
        for key, part in tree.items():
            _add_names(f"{name}[{key!r}]", part, found)
    elif hasattr(kind, "_fields"):
        for key, part in zip(kind._fields, tree, strict=True):
            _add_names(f"{name}.{key}", part, found)
    elif kind in {tuple, list}:
        for key, part in enumerate(tree):
            _add_names(f"{name}[{key}]", part, found)
    else:
        found.append(name)


def shown(value: Any) -> str:
    """A number, or an array in few words."""
    if value is None:
        return "none"
    array = np.asarray(value)
    if array.shape == ():
        return word(array.item())
    if array.ndim == 1 and 0 < array.size <= LONGEST:
        return f"[{', '.join(word(x, 3) for x in array.tolist())}]"
    size = "×".join(map(str, array.shape)) + ("" if array.ndim > 1 else " numbers")
    if array.dtype.kind != "f" or not array.size:
        return size
    return f"{size}, norm {word(float(np.linalg.norm(array)), 3)}"


def word(x: float | bool, digits: int = 4) -> str:
    """A number in few digits."""
    if isinstance(x, bool | int):
        return str(x).replace("-", "−")
    return f"{x:.{digits}g}".replace("-", "−")
