"""Trees: nested tuples, lists and dicts whose leaves are numbers and arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

Structure = Any
"""The shape of a tree: a leaf is None, a node its type with the structures of its parts."""


def flatten(tree: Any) -> tuple[list[Any], Structure]:
    """The leaves of a tree from left to right, and its structure."""
    leaves: list[Any] = []
    return leaves, _flatten(tree, leaves)


def _flatten(tree: Any, leaves: list[Any]) -> Structure:
    kind = type(tree)
    if kind is tuple or kind is list:
        return kind, None, [_flatten(part, leaves) for part in tree]
    if kind is dict:
        return kind, list(tree), [_flatten(part, leaves) for part in tree.values()]
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return kind, "named", [_flatten(part, leaves) for part in tree]
    leaves.append(tree)
    return None


def unflatten(structure: Structure, leaves: Iterable[Any]) -> Any:
    """The tree of a structure with these leaves."""
    return _unflatten(structure, iter(leaves))


def _unflatten(structure: Structure, leaves: Iterator[Any]) -> Any:
    if structure is None:
        return next(leaves)
    kind, keys, parts = structure
    made = [_unflatten(part, leaves) for part in parts]
    if kind is dict:
        return dict(zip(keys, made, strict=True))
    return kind(*made) if keys == "named" else kind(made)


def tree_map(function: Callable[[Any], Any], tree: Any) -> Any:
    """The tree with a function applied to each leaf."""
    leaves, structure = flatten(tree)
    return unflatten(structure, [function(leaf) for leaf in leaves])
