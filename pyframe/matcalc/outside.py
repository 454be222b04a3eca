"""Primitives of expressions: ``pf.primitive``'s functions, and their rules read as formulas.

The rule is the function that automatic differentiation traces, called here with expressions: the
same line serves forward and reverse mode and the formula.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pyframe.errors import ParameterError, PyframeError, ShapeError
from pyframe.matcalc.expression import Expression

PRIMES = (5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43)
"""Lengths that stand for the names of sizes when the shape of a result is asked for."""


def applied(primitive: Any, args: tuple[Any, ...]) -> Expression:
    """A primitive of arguments of which some are expressions.

    Raises
    ------
    ParameterError
        When an argument is neither an expression nor a number.
    ShapeError
        When the primitive's shape has no symbolic form.
    """
    one = next(x for x in args if isinstance(x, Expression))
    operands: list[Expression] = []
    for name, given in zip(primitive.arguments, args, strict=True):
        taken = one.operand(given)
        if taken is None:
            seen = type(given).__name__
            raise ParameterError(
                f"{name} of {primitive.name!r} must be an expression or a number, got {seen}"
            )
        operands.append(taken)
    first, *others = operands
    shape = _shape(primitive, operands)
    formula, template = first.formula.outside(
        primitive.name, primitive.number, [x.formula for x in others], shape
    )
    result = first.like(formula, *others)
    if template is not None:
        _trace_rule(primitive, result, template)
    return result


def _shape(primitive: Any, operands: list[Expression]) -> str:
    """The sizes of the result, found with different primes for the names of sizes."""
    names = list(dict.fromkeys(size for x in operands for size in x.sizes if not size.isdigit()))
    lengths = dict(zip(names, PRIMES, strict=False))
    if len(lengths) < len(names) or any("*" in name for name in names):
        raise ShapeError(f"{primitive.name!r} of operands of sizes {', '.join(names)}: too many")
    shapes = [
        tuple(int(size) if size.isdigit() else lengths[size] for size in x.sizes) for x in operands
    ]
    if primitive.elementwise:
        found = np.broadcast_shapes(*shapes)
    else:
        found = primitive.shape(*shapes)
    back = {length: name for name, length in lengths.items()}
    return ",".join(back.get(length, str(length)) for length in found)


def _trace_rule(primitive: Any, result: Expression, template: Any) -> None:
    """The rule called with symbols that stand for the operands, for each differential alone."""
    operator, places, value, directions = template
    rule = primitive.forward_rule()
    if rule is None:
        return
    wrap = result.like
    operands = [wrap(place) for place in places]
    y = wrap(value)
    found: list[Any] = [None] * len(operands)
    # Known by now, should the rule apply the primitive itself.
    result.formula.set_rules(operator, found)
    try:
        for k in primitive.places:
            tangents = [
                wrap(directions[j]) if j == k else wrap(directions[j].like("zeros"))
                for j in primitive.places
            ]
            form = y.operand(rule(y, *operands, *tangents))
            if form is not None and not form.formula.is_zero():
                found[k] = (directions[k], form.formula)
    except PyframeError:
        result.formula.set_rules(operator, [])
        raise
    result.formula.set_rules(operator, found)
