"""The adjoint of a primitive in the argument in which it is linear, and its proof."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pyframe.autodiff.foreign.table import Kind
from pyframe.autodiff.foreign.tracing import Rule
from pyframe.errors import MissingRule, RuleRefused

if TYPE_CHECKING:
    from pyframe.autodiff.foreign.primitive import Primitive

TOLERANCE = 1e-9
"""Of ``<L u, v>`` against ``<u, L* v>``, relative."""


def as_rule(primitive: Primitive) -> Rule:
    """The transpose as a rule that serves one argument alone.

    Raises
    ------
    MissingRule
        When there is none.
    """
    place, transposed = primitive.place, primitive.transposed
    if place is None or transposed is None:
        raise MissingRule(
            f"primitive {primitive.label} has no transpose in {primitive.linear!r}: "
            f"give one with @{primitive.name}.transpose"
        )

    def adjoint(_: Any, *operands: Any) -> Any:
        return transposed(*operands[:place], *operands[place + 1 :])

    return Rule(adjoint, reverse=True, place=place)


def prove(primitive: Primitive, types: tuple[Kind, ...], rng: np.random.Generator) -> None:
    """Compare a primitive with its transpose, which does not see what it is applied to.

    So agreement says also that it is linear.

    Raises
    ------
    RuleRefused
        When they differ.
    """
    place: Any = primitive.place
    transposed: Any = primitive.transposed
    operands = primitive.draw(rng, types)
    v = rng.standard_normal(primitive.result(types)[1])
    x = operands[place]
    back = np.asarray(transposed(*operands[:place], *operands[place + 1 :], v))
    who = f"the transpose of primitive {primitive.label} is refused"
    if back.shape != x.shape:
        raise RuleRefused(
            f"{who}: it must return an adjoint of {primitive.linear!r} of shape {x.shape}, "
            f"got {back.shape}"
        )
    y = primitive.impl(*operands)
    left, right = np.vdot(y, v), np.vdot(x, back)
    size = np.sum(np.abs(v * y)) + np.sum(np.abs(back * x)) + 1e-300
    if not abs(left - right) <= TOLERANCE * size:
        raise RuleRefused(
            f"{who}: <L u, v> = {left:.10g} but <u, L* v> = {right:.10g} "
            f"(tolerance {TOLERANCE:g}); "
            f"it is wrong, or the primitive is not linear in {primitive.linear!r}"
        )
