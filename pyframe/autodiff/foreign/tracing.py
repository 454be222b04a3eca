"""From a rule, an ordinary function, to a graph that is linear in tangents or adjoints.

A rule is called once for each signature, with traced values drawn from the domain: what it
does with them is its graph, and what the numbers were does not matter.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pyframe import _core
from pyframe._checks import shown
from pyframe.autodiff.foreign import table
from pyframe.autodiff.foreign.table import Kind
from pyframe.autodiff.record import opened
from pyframe.errors import RuleRefused

if TYPE_CHECKING:
    from pyframe.autodiff.foreign.primitive import Primitive


@dataclass(frozen=True)
class Rule:
    """A rule as it was written.

    `function` takes the result, the operands and then the tangents of the differentiable
    operands, or with `reverse` the adjoint of the result.  `place` is given when it serves one
    operand alone.
    """

    function: Callable[..., Any]
    reverse: bool
    place: int | None = None

    @property
    def form(self) -> str:
        """What it is called in messages."""
        if self.place is not None:
            return "transpose"
        return "vjp" if self.reverse else "rule"


def fragment(primitive: Primitive, rule: Rule, types: tuple[Kind, ...]) -> Any:
    """The graph of a rule for operands of these types.

    Raises
    ------
    RuleRefused
        When the rule returns something else than it should, looks at concrete numbers, or is not
        linear.
    """
    who = f"the {rule.form} of primitive {primitive.label}"
    rng = np.random.default_rng(20_251)
    dtype, shape = primitive.result(types)
    with np.errstate(all="ignore"):
        arrays = primitive.draw(rng, types)
        y = table.value(primitive, list(arrays), dtype, shape)
    with np.errstate(all="ignore"), opened(guarded=True) as (recording, _):
        operands = [recording.input(array) for array in arrays]
        result = recording.input(np.asarray(y))
        lift = _lifted if primitive.elementwise else _as_it_is
        places = primitive.places if rule.place is None else [rule.place]
        seeds = (
            [_like(rng, (dtype, shape))] if rule.reverse else [_like(rng, types[k]) for k in places]
        )
        linear = [recording.input(seed) for seed in seeds]
        try:
            made = rule.function(*map(lift, (result, *operands, *linear)))
        except Exception as error:
            error.add_note(f"in {who}, traced for {_shown(types)}")
            raise
        if rule.reverse:
            outputs = _adjoints(made, primitive, places, types, who)
        else:
            outputs = [
                _fitted(made, dtype, shape, primitive.elementwise, f"{who} must return a tangent")
            ]
        if recording.guards:
            raise RuleRefused(
                f"{who} looks at the numbers: it branches on one or makes a float of it, so its "
                "graph would hold for these numbers only; use np.where"
            )
        try:
            return recording.fragment(outputs, len(types) + 1, places, rule.reverse)
        except RuleRefused as error:
            raise RuleRefused(f"{who} is {error}") from None


def _lifted(x: Any) -> Any:
    """A number as an array of one: it is compared without branching."""
    return np.reshape(x, (1,)) if x.shape == () else x


def _as_it_is(x: Any) -> Any:
    return x


def _adjoints(
    made: Any, primitive: Primitive, places: list[int], types: tuple[Kind, ...], who: str
) -> list[Any]:
    given = made if isinstance(made, tuple | list) else (made,)
    if len(given) != len(places):
        names = ", ".join(primitive.arguments[k] for k in places)
        raise RuleRefused(f"{who} must return an adjoint for each of {names}, got {len(given)}")
    fitted: list[Any] = []
    for adjoint, k in zip(given, places, strict=True):
        dtype, shape = _tangent_kind(types[k])
        what = f"{who} must return an adjoint of {primitive.arguments[k]!r}"
        if primitive.elementwise and adjoint is not None:
            adjoint = _summed(adjoint, shape)  # noqa: PLW2901
        fitted.append(_fitted(adjoint, dtype, shape, primitive.elementwise, what))
    return fitted


def _summed(adjoint: Any, shape: tuple[int, ...]) -> Any:
    """An adjoint summed over the axes along which its operand was stretched."""
    seen = np.shape(adjoint)
    extra = len(seen) - len(shape)
    if seen == shape or extra < 0:
        return adjoint
    axes = tuple(range(extra)) + tuple(
        extra + k for k, n in enumerate(shape) if n == 1 and seen[extra + k] != 1
    )
    total = np.sum(adjoint, axis=axes)
    return np.reshape(total, shape) if math.prod(np.shape(total)) == math.prod(shape) else adjoint


def _fitted(made: Any, dtype: str, shape: tuple[int, ...], stretch: bool, what: str) -> Any:
    """What a rule returned, as the type that it must have."""
    if made is None or not (
        _core.is_traced(made) or isinstance(made, np.ndarray | np.generic | float | int)
    ):
        raise RuleRefused(f"{what}, got {type(made).__name__} {shown(made)}")
    fitted: Any = made
    if not _core.is_traced(made):
        fitted = np.asarray(made, dtype=None if hasattr(made, "dtype") else dtype)
    seen = np.shape(fitted)
    if stretch and shape == () and seen == (1,):
        fitted, seen = np.reshape(fitted, ()), ()
    if seen != shape:
        if not stretch or not _stretches(seen, shape):
            raise RuleRefused(f"{what} of shape {shape}, got {seen}")
        fitted = np.broadcast_to(fitted, shape)
    wanted = np.dtype(dtype)
    if fitted.dtype.kind != "f" or fitted.dtype.itemsize < wanted.itemsize:
        raise RuleRefused(f"{what} of dtype {wanted}, got {fitted.dtype}")
    return fitted if fitted.dtype == wanted else fitted.astype(wanted)


def _stretches(seen: tuple[int, ...], shape: tuple[int, ...]) -> bool:
    try:
        return np.broadcast_shapes(seen, shape) == shape
    except ValueError:
        return False


def _tangent_kind(kind: Kind) -> Kind:
    dtype, shape = kind
    return dtype if np.dtype(dtype).kind == "f" else "float64", tuple(shape)


def _like(rng: np.random.Generator, kind: Kind) -> Any:
    dtype, shape = _tangent_kind(kind)
    return np.asarray(rng.standard_normal(shape), dtype)


def _shown(types: tuple[Kind, ...]) -> str:
    return ", ".join(f"{dtype}{list(shape)}" for dtype, shape in types)
