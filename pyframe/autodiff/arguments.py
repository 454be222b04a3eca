"""Which arguments a derivative is taken with respect to."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from operator import index
from typing import Any

import numpy as np

from pyframe import _core
from pyframe._checks import is_whole, shown
from pyframe.autodiff.pytree import flatten, unflatten
from pyframe.errors import DTypeError, ParameterError, ParameterTypeError

LARGEST = 10**300
"""An int below this is some float."""


@dataclass(frozen=True)
class Wrt:
    """The choice of arguments: positions, names, or both.

    Parameters
    ----------
    function : callable
        Whose arguments they are.
    argnums : int or tuple of int
        Positions; negative ones count from the end.
    argnames : str or tuple of str or None
        Names of keyword arguments.
    """

    function: Callable[..., Any]
    argnums: int | tuple[int, ...] | None = 0
    argnames: str | tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        to_differentiate(self.function)
        several = isinstance(self.argnums, tuple | list)
        numbers: Any = self.argnums if several else (self.argnums,)
        if not all(is_whole(number) for number in numbers) and self.argnums is not None:
            raise ParameterTypeError(
                f"argnums must be an int or a tuple of ints, got {shown(self.argnums)}"
            )
        names: Any = (self.argnames,) if isinstance(self.argnames, str) else self.argnames
        if names is not None and not (
            isinstance(names, tuple | list) and all(isinstance(name, str) for name in names)
        ):
            raise ParameterTypeError(
                f"argnames must be a text or a tuple of texts, got {shown(self.argnames)}"
            )
        if self.argnums is None and not names:
            raise ParameterTypeError("argnums must be an int or a tuple of ints, got None")

    @cached_property
    def _positions(self) -> dict[str, int]:
        try:
            parameters = inspect.signature(self.function).parameters
        except (TypeError, ValueError):
            return {}
        return {name: place for place, name in enumerate(parameters)}

    def choose(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[list[Any], Any, Any]:
        """The leaves of the chosen arguments, their structure, and how to call with others.

        Raises
        ------
        ParameterError
            When there is no such argument.
        DTypeError
            When a leaf is not a float or an array of floats.
        """
        names = () if self.argnames is None else self.argnames
        names = (names,) if isinstance(names, str) else tuple(names)
        numbers = () if self.argnames is not None and self.argnums == 0 else self.argnums
        single = not isinstance(numbers, tuple | list) and not names
        numbers = (
            tuple(numbers)
            if isinstance(numbers, tuple | list)
            else (numbers,)
            if numbers is not None
            else ()
        )
        places: list[int | str] = []
        for number in numbers:
            place = index(number)
            if not -len(args) <= place < len(args):
                raise ParameterError(
                    f"argnums is {shown(self.argnums)}, "
                    f"but the call has {len(args)} positional arguments"
                )
            places.append(place % len(args))
        for name in names:
            if name in kwargs:
                places.append(name)
            elif self._positions.get(name, len(args)) < len(args):
                places.append(self._positions[name])
            else:
                raise ParameterError(
                    f"argnames is {shown(self.argnames)}, "
                    f"but the call has no argument {shown(name)}"
                )
        if len(set(places)) < len(places):
            raise ParameterError(
                f"argnums {shown(self.argnums)} and argnames {shown(self.argnames)} "
                "name an argument twice"
            )
        chosen = [args[p] if isinstance(p, int) else kwargs[p] for p in places]
        tree = (
            chosen[0]
            if single or (len(places) == 1 and isinstance(self.argnames, str) and not numbers)
            else tuple(chosen)
        )
        leaves, structure = flatten(tree)
        leaves = [as_float(leaf) for leaf in leaves]

        def call(traced: list[Any]) -> Any:
            made = unflatten(structure, traced)
            parts = (made,) if len(places) == 1 and tree is chosen[0] else made
            new_args, new_kwargs = list(args), dict(kwargs)
            for place, part in zip(places, parts, strict=True):
                if isinstance(place, int):
                    new_args[place] = part
                else:
                    new_kwargs[place] = part
            return self.function(*new_args, **new_kwargs)

        return leaves, structure, call


def to_differentiate(function: Any) -> None:
    """Refuse what cannot be called."""
    if not callable(function):
        raise ParameterTypeError(
            f"the function to differentiate must be callable, got {shown(function)}"
        )


def as_float(leaf: Any) -> Any:
    """A number or array that derivatives can be taken with respect to.

    Raises
    ------
    DTypeError
        For integers, truth values and everything that is no number (K8).
    """
    if isinstance(leaf, float) or _core.is_traced(leaf):
        return leaf
    if isinstance(leaf, np.ndarray | np.floating):
        if leaf.dtype.kind == "f":
            return leaf
        seen = f"an array of {leaf.dtype}"
    elif isinstance(leaf, int):
        hint = f": write {float(leaf)!r}" if abs(leaf) < LARGEST else ""
        raise DTypeError(
            "derivatives are taken with respect to floats, "
            f"got {type(leaf).__name__} {shown(leaf)}{hint}"
        )
    else:
        seen = f"{type(leaf).__name__} {shown(leaf)}"
    raise DTypeError(
        f"derivatives are taken with respect to floats and arrays of floats, got {seen}; "
        "an array is converted by x.astype(float)"
    )
