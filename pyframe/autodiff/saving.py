"""What a file says about traces besides their graphs: how to call them, what they return.

It is JSON: a tree is a list that begins with its kind, and so is a leaf.  Nothing in it is
run or imported.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import NoneType
from typing import Any

import numpy as np

from pyframe._checks import shown
from pyframe.autodiff.pytree import Structure
from pyframe.errors import LoadError, UnsupportedOperation

DTYPE = re.compile(r"[<>|=][biuf][1248]")
"""Dtypes of numbers and truth values."""


@dataclass(frozen=True)
class Described:
    """A trace as its file describes it."""

    arguments: Structure
    parts: tuple[Any, ...]
    """Of each leaf of the arguments: a type of number, or a kind and a value."""
    result: Structure
    constants: list[Any]
    """The leaves of the result: None where the trace gives them."""

    def inputs(self) -> list[tuple[str, tuple[int, ...]]]:
        """The dtypes and shapes that the trace must take."""
        found: list[tuple[str, tuple[int, ...]]] = []
        for part in self.parts:
            if part is float:
                found.append(("float64", ()))
            elif isinstance(part[0], np.dtype):
                kind, size = part[0].kind, part[0].itemsize
                names = {"b": "bool", "i": "int64", "u": "int64"}
                found.append((names.get(kind, f"float{8 * size}"), part[1]))
        return found


# -- writing -----------------------------------------------------------------------------


def text(name: str, doc: str | None, traces: list[Described]) -> str:
    """The JSON of a function's traces.

    Raises
    ------
    UnsupportedOperation
        When an argument or result is of a kind that has no form there; the message names it.
    """
    listed = [
        {
            "arguments": _tree(name, trace.arguments, iter(trace.parts), _argument),
            "result": _tree(name, trace.result, iter(trace.constants), _constant),
        }
        for trace in traces
    ]
    return json.dumps({"name": name, "doc": doc, "traces": listed})


def _refused(name: str, what: str) -> UnsupportedOperation:
    return UnsupportedOperation(
        f"{name} cannot be saved: {what}; files hold numbers, arrays, truth values, text, bytes "
        "and None in tuples, lists and dicts"
    )


def _tree(
    name: str, structure: Structure, leaves: Iterator[Any], leaf: Callable[[str, Any], list[Any]]
) -> list[Any]:
    if structure is None:
        return leaf(name, next(leaves))
    kind, keys, parts = structure
    if kind not in (tuple, list, dict):
        raise _refused(name, f"an argument or result is a {kind.__name__}")
    made = [_tree(name, part, leaves, leaf) for part in parts]
    if kind is dict:
        made = [[_static(name, key), part] for key, part in zip(keys, made, strict=True)]
    return [kind.__name__, *made]


def _argument(name: str, part: Any) -> list[Any]:
    if part is float:
        return ["float"]
    kind, value = part
    if isinstance(kind, np.dtype):
        return ["array", _dtype(name, kind), list(value)]
    return _static(name, value, kind)


def _static(name: str, value: Any, kind: Any = None) -> list[Any]:
    """A whole number, truth value, text, bytes or None."""
    kind = kind or type(value)
    if kind is NoneType:
        return ["none"]
    if kind is bool or kind is str:
        return [kind.__name__, value]
    if kind is int:
        return ["int", f"{value:x}"]
    if kind is bytes:
        return ["bytes", _ascii(value)]
    raise _refused(name, f"an argument is a {kind.__name__}")


def _constant(name: str, leaf: Any) -> list[Any]:
    """A leaf of the result."""
    if leaf is None:
        return ["traced"]
    if type(leaf) is float:
        return ["float", leaf.hex()]
    if isinstance(leaf, np.ndarray | np.generic):
        kind = "array" if isinstance(leaf, np.ndarray) else "number"
        return [kind, _dtype(name, leaf.dtype), list(leaf.shape), _ascii(leaf.tobytes())]
    return _static(name, leaf)


def _dtype(name: str, dtype: np.dtype[Any]) -> str:
    if not DTYPE.fullmatch(dtype.str):
        raise _refused(name, f"an argument or result has dtype {dtype}")
    return dtype.str


def _ascii(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


# -- reading -----------------------------------------------------------------------------


def described(text: str) -> tuple[str, str | None, list[Described]]:
    """The name, the docstring and the traces that such JSON describes.

    Raises
    ------
    LoadError
        When it makes no sense.
    """
    try:
        content = json.loads(text)
        described = [_described(trace) for trace in content["traces"]]
        doc = content["doc"]
        return _text(content["name"]), None if doc is None else _text(doc), described
    except LoadError:
        raise
    except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError) as error:
        raise LoadError(f"the description of the traces makes no sense ({shown(error)})") from error


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise LoadError(f"{shown(value)} is no text")


def _described(trace: dict[str, Any]) -> Described:
    parts: list[Any] = []
    constants: list[Any] = []
    arguments = _structure(trace["arguments"], parts, _read_argument)
    args, kwargs = arguments[2]
    if arguments[0] is not tuple or args[0] is not tuple or kwargs[0] is not dict:
        raise LoadError("the arguments of a trace are no arguments")
    result = _structure(trace["result"], constants, _read_constant)
    return Described(arguments, tuple(parts), result, constants)


def _structure(tree: list[Any], leaves: list[Any], leaf: Callable[[list[Any]], Any]) -> Structure:
    kind = tree[0]
    if kind == "dict":
        keys = [_read_static(key) for key, _ in tree[1:]]
        return dict, keys, [_structure(part, leaves, leaf) for _, part in tree[1:]]
    if kind in ("tuple", "list"):
        parts = [_structure(part, leaves, leaf) for part in tree[1:]]
        return (tuple if kind == "tuple" else list), None, parts
    leaves.append(leaf(tree))
    return None


def _read_argument(leaf: list[Any]) -> Any:
    if leaf == ["float"]:
        return float
    if leaf[0] == "array":
        _, dtype, shape = leaf
        return _read_dtype(dtype), _read_shape(shape)
    value = _read_static(leaf)
    return type(value), value


def _read_static(leaf: list[Any]) -> Any:
    if leaf == ["none"]:
        return None
    kind, value = leaf
    if type(value).__name__ == kind and isinstance(value, bool | str):
        return value
    if kind == "int":
        return int(value, 16)
    if kind == "bytes":
        return base64.b64decode(value, validate=True)
    raise LoadError(f"{shown(leaf)} is no leaf")


def _read_constant(leaf: list[Any]) -> Any:
    if leaf == ["traced"]:
        return None
    if leaf[0] == "float":
        return float.fromhex(leaf[1])
    if leaf[0] in ("array", "number"):
        kind, dtype, shape, data = leaf
        array = np.frombuffer(base64.b64decode(data, validate=True), _read_dtype(dtype))
        array = array.reshape(_read_shape(shape)).copy()
        return array if kind == "array" else array[()]
    return _read_static(leaf)


def _read_dtype(name: str) -> np.dtype[Any]:
    if not DTYPE.fullmatch(name):
        raise LoadError(f"{shown(name)} is no dtype of numbers")
    return np.dtype(name)


def _read_shape(shape: list[Any]) -> tuple[int, ...]:
    if not all(type(length) is int and length >= 0 for length in shape):
        raise LoadError(f"{shown(shape)} is no shape")
    return tuple(shape)
