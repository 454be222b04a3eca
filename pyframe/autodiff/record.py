"""Recording one call of a function: its arguments traced, its results taken apart."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from pyframe import _core
from pyframe._checks import shown
from pyframe.autodiff import intercept, limits, tracers
from pyframe.autodiff.pytree import Structure, flatten, unflatten
from pyframe.errors import ReturnTypeError, TapeLimitError


@dataclass
class Recorded:
    """A call of a function with some of its arguments traced.

    Attributes
    ----------
    recording : _core.Recording
        Where it was written.
    inputs : list
        The traced leaves of the arguments, in order.
    outputs : list
        The leaves of the result: traced values, or constants.
    result : Structure
        The structure of the result.
    nested : bool
        Whether it lies inside another recorded function, whose values its results are.
    aux : object
        What the function returned besides, with ``has_aux``.
    symmetric : bool
        Whether the Jacobian is known to be symmetric: that of a gradient is.
    held : object
        Keeps the nodes of an outer recording that would fold them.
    """

    recording: Any
    inputs: list[Any]
    outputs: list[Any]
    result: Structure
    nested: bool
    aux: Any
    call: Callable[[list[Any]], Any]
    symmetric: bool = False
    held: Any = None

    def evaluate(self, leaves: list[Any]) -> list[Any]:
        """The leaves of the function's result at other, plain arguments; nothing is recorded."""
        found = flatten(self.call([_number(leaf) for leaf in leaves]))[0]
        return [np.asarray(leaf) for leaf in found]

    def plain_inputs(self) -> list[Any]:
        """The arguments without their trace."""
        return [plain(x) for x in self.inputs]

    @staticmethod
    def plain(values: list[Any]) -> list[Any]:
        """Values without their trace."""
        return [plain(value) for value in values]

    def value(self) -> Any:
        """The result as the caller gets it."""
        return unflatten(self.result, [self.given(leaf) for leaf in self.outputs])

    def given(self, value: Any) -> Any:
        """A traced value as the caller gets it: traced inside another function, else concrete."""
        return value if self.nested else plain(value)


def _number(leaf: Any) -> Any:
    """What a function of a float is given: a Python number rather than an array without axes."""
    return np.asarray(leaf).item() if np.shape(leaf) == () else leaf


def plain(value: Any) -> Any:
    """A value without its trace: floats for numbers, arrays for arrays."""
    return value.concrete if _core.is_traced(value) else value


@contextmanager
def opened(guarded: bool = False, lean: bool = False) -> Generator[tuple[Any, bool]]:
    """The recording that is open on this thread, or a new one; and whether it was open.

    A new one that is `lean` keeps its last nodes only, see
    :class:`~pyframe.autodiff.modes.checkpointed.Checkpointed`.
    """
    tracers.prepare()
    current = None if guarded else _core.Recording.current()
    if current is not None:
        yield current, True
        return
    recording = _core.Recording(guarded, lean, limits.most_nodes())
    intercept.begin()
    try:
        with recording:
            yield recording, False
    except TapeLimitError as error:
        limits.annotate(error)
        raise
    finally:
        intercept.end()


def record(
    recording: Any,
    nested: bool,
    function: Callable[..., Any],
    leaves: list[Any],
    call: Callable[[list[Any]], Any],
    has_aux: bool = False,
    inputs: str = "float",
) -> Recorded:
    """Record `call(traced leaves)`; the recording is open.

    With ``inputs="any"`` the leaves may be of any kind of number.

    Raises
    ------
    ReturnTypeError
        When the result is no number, array or tree of them.
    """
    held = _core.hold(recording) if nested else None
    if inputs == "float":
        traced = [recording.argument(leaf, nested) for leaf in leaves]
    else:
        traced = [recording.input(leaf) for leaf in leaves]
    # The objects may be assigned to by the function; these keep the arguments.
    given = [recording.alias(x) for x in traced]
    result = call(given)
    aux = None
    if has_aux:
        if not isinstance(result, tuple) or len(result) != 2:
            raise ReturnTypeError(
                f"with has_aux=True {_named(function)} must return a pair (value, aux)"
            )
        result, aux = result
        if not nested:
            aux_leaves, aux_structure = flatten(aux)
            aux = unflatten(aux_structure, [plain(leaf) for leaf in aux_leaves])
    outputs, structure = flatten(result)
    outputs = [_checked(recording, leaf, function) for leaf in outputs]
    return Recorded(recording, traced, outputs, structure, nested, aux, call, held=held)


def _named(function: Any) -> str:
    return getattr(function, "__name__", None) or type(function).__name__


def _checked(recording: Any, leaf: Any, function: Any) -> Any:
    if _core.is_traced(leaf):
        return leaf
    if isinstance(leaf, np.ndarray) and leaf.dtype == object and leaf.size:
        parts = [_checked(recording, part, function) for part in leaf.ravel()]
        return (
            np.reshape(_core.stack(parts), leaf.shape) if any(map(_core.is_traced, parts)) else leaf
        )
    if isinstance(leaf, bool | int | float | np.number | np.bool_ | np.ndarray):
        return leaf
    seen = type(leaf).__name__
    raise ReturnTypeError(
        f"{_named(function)} must return numbers or arrays (or a tree of them), "
        f"got {seen} {shown(leaf)}"
    )
