"""Primitives of expressions: ``pf.primitive``'s functions, and their rules read as formulas.

The rule is the function that automatic differentiation traces, called here with expressions: the
same line serves forward and reverse mode and the formula.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Callable, Mapping, Sequence
from itertools import filterfalse
from keyword import iskeyword
from typing import Any

import numpy as np

from pyframe import _core
from pyframe.errors import (
    FormulaError,
    MissingRule,
    ParameterError,
    RuleRefused,
    ShapeError,
    UnknownNameError,
    UnsupportedOperation,
)
from pyframe.matcalc.binding import length
from pyframe.matcalc.expression import Expression
from pyframe.matcalc.undecided import undecided
from pyframe.registry import manager

PRIMES = (
    (101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157),
    (211, 223, 227, 229, 233, 239, 241, 251, 257, 263, 269, 271),
)
"""Lengths that stand for the names of sizes when the shape of a result is asked for, twice."""


LONGEST = 100_000
"""How much of a text is searched for primitives."""

CALLED = re.compile(r"\b([A-Za-z]\w*+)\s*+\(", re.ASCII)
"""A name before a parenthesis, found in one pass."""


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
    shape = _shape(primitive, [x.sizes for x in operands])
    formula, template = first.formula.outside(
        named(primitive), primitive.number, [x.formula for x in others], shape
    )
    result = first.like(formula, *others)
    if template is not None:
        trace_rule(primitive, result, template)
    return result


JOINTS = {"-": "_", ".": "__", "+": "___"}
"""What joins the words of a primitive's name, and what does so in the language."""


def identifier(name: str) -> str:
    """The name of a primitive in the language; no two of them have the same one."""
    return "".join(JOINTS.get(letter, letter) for letter in name)


def _original(name: str) -> str:
    """The name of a primitive by its name in the language."""
    joints = {written: own for own, written in JOINTS.items()}
    return re.sub("_+", lambda found: joints.get(found[0], found[0]), name)


def read(text: str, declared: list[Any], made: Callable[[Any], Expression]) -> Expression:
    """An expression of the language, with the primitives that its text calls.

    Parameters
    ----------
    text : str
        The text.
    declared : list
        Name, shape and assumptions of each symbol.
    made : callable
        The expression of a formula.
    """
    primitives: list[Any] = []
    try:
        formula, rules = _core.Formula.parse_with(text, declared, [])
    except FormulaError:
        primitives = called(text[:LONGEST])
        if not primitives:
            raise
        formula, rules = _core.Formula.parse_with(text, declared, functions(primitives))
    expression = made(formula)
    for place, template in rules:
        trace_rule(primitives[place], expression, template)
    return expression


def read_bytes(data: bytes, names: list[str], made: Callable[[Any], Expression]) -> Expression:
    """An expression out of its byte form, with the primitives of these names that it calls.

    Raises
    ------
    LoadError
        When the bytes are no formula.
    UnknownNameError
        When no primitive answers to a name.
    """
    primitives = [_known(name) for name in names]
    for name, primitive in zip(names, primitives, strict=True):
        if primitive is None:
            raise UnknownNameError(
                f"this formula calls {name!r}, and no primitive has that name: import or register "
                "what defines it first"
            )
    numbers = [primitive.number for primitive in primitives]
    formula, rules = _core.Formula.from_bytes(data, list(zip(names, numbers, strict=True)))
    expression = made(formula)
    for place, template in rules:
        trace_rule(primitives[place], expression, template)
    return expression


def called(text: str) -> list[Any]:
    """The primitives that a text of the language calls."""
    names = dict.fromkeys(CALLED.findall(text))
    found = map(_known, filterfalse(_core.Formula.is_function, names))
    return [primitive for primitive in found if primitive is not None]


def _known(name: str) -> Any:
    """The primitive of this name in the language; None without one."""
    try:
        known = manager.find("primitive", _original(name)).record.load()
    except UnknownNameError:
        return None
    from pyframe.autodiff.foreign.primitive import Primitive  # noqa: PLC0415  one is called

    # What stands in for another function may be made of primitives.
    return known if isinstance(known, Primitive) else None


def named(primitive: Any) -> str:
    """The name of a primitive in the language.

    Raises
    ------
    ParameterError
        When it is that of a function of the language.
    """
    name = identifier(primitive.name)
    if _core.Formula.is_function(name):
        raise ParameterError(
            f"the primitive {primitive.name!r} cannot stand in a formula: {name} is a function of "
            "the language, give the primitive another name"
        )
    return name


def functions(primitives: list[Any]) -> list[tuple[str, str, int]]:
    """Name in the language, signature and number of primitives."""
    return [(named(each), signature(each), each.number) for each in primitives]


def signature(primitive: Any) -> str:
    """The shapes of operands and result, such as ``"n,n; n -> n"``.

    Lengths that are equal in the shapes on which the primitive's rule is tried have one name.
    """
    count = len(primitive.arguments)
    if primitive.elementwise:
        return "; ".join(["m,n"] * count) + " -> m,n"
    lengths = dict.fromkeys(length for shape in primitive.shapes for length in shape)
    names = {length: f"n{k}" for k, length in enumerate(lengths, 1)}
    operands = [[names[length] for length in shape] for shape in primitive.shapes]
    shapes = "; ".join(",".join(shape) for shape in operands)
    return f"{shapes} -> {_shape(primitive, operands)}"


def imports(formula: Any, source: str) -> str:
    """Lines of Python that import the functions from outside that a formula's source calls.

    Raises
    ------
    UnsupportedOperation
        When one of them has no name in its module, or its name means something else in Python.
    """
    from pyframe.autodiff.foreign import table  # noqa: PLC0415  only if one is called

    listing = formula.listing()
    numbers = {own.name: int(own.numbers[0]) for own in listing if own.operation == "apply"}
    lines: list[str] = []
    for name, number in numbers.items():
        is_taken = hasattr(builtins, name) or name in {"np", "scipy"} or f"\ndef {name}(" in source
        if is_taken or iskeyword(name):
            raise UnsupportedOperation(
                f"{name} has another meaning in the source: give the primitive another name"
            )
        function = table.primitive(number).impl
        module, path = function.__module__, function.__qualname__
        if "<" in path or "." in path:
            raise UnsupportedOperation(
                f"{name} has no source that can be imported: it is {path} of {module}"
            )
        renamed = f" as {name}" if path != name else ""
        lines.append(f"from {module} import {path}{renamed}\n")
    return "".join(lines)


def _shape(primitive: Any, operands: Sequence[Sequence[str]]) -> str:
    """The sizes of the result, found with two primes for each name of a size.

    Raises
    ------
    ShapeError
        When a length is no product of a number and sizes, such as the sum of two of them.
    """
    factors = (factor for sizes in operands for size in sizes for factor in size.split("*"))
    names = [name for name in dict.fromkeys(factors) if not name.isdigit()]
    if len(names) > len(PRIMES[0]):
        raise ShapeError(f"{primitive.name!r} of operands of sizes {', '.join(names)}: too many")
    found: list[str] = []
    for primes in PRIMES:
        lengths = dict(zip(names, primes, strict=False))
        shapes = [tuple(length(size, lengths) for size in sizes) for sizes in operands]
        made = np.broadcast_shapes(*shapes) if primitive.elementwise else primitive.shape(*shapes)
        found.append(",".join(_written(int(each), lengths) for each in made))
    if found[0] != found[1]:
        given = "; ".join(",".join(sizes) for sizes in operands)
        raise ShapeError(
            f"{primitive.name!r} of operands of sizes {given}: the lengths of its result are no "
            "products of numbers and sizes, which are what a formula can write"
        )
    return found[0]


def _written(number: int, lengths: Mapping[str, int]) -> str:
    """A length as a product of names and a number."""
    parts: list[str] = []
    for name, prime in lengths.items():
        while number and number % prime == 0:
            number //= prime
            parts.append(name)
    return "*".join(parts if number == 1 and parts else [str(number), *parts])


def trace_rule(primitive: Any, result: Expression, template: Any) -> None:
    """The rule called with symbols that stand for the operands, for each differential alone."""
    operator, places, value, directions, adjoint = template
    try:
        rule = primitive.forward_rule()
        primitive.prove()
    except (MissingRule, RuleRefused):
        # The expression may be evaluated; a derivative names the operator.
        return
    wrap = undecided(result).like
    operands = [wrap(place) for place in places]
    y = wrap(value)
    formula = result.formula
    found: list[Any] = [None] * len(operands)
    # Known by now, should the rule or the transpose apply the primitive itself.
    formula.set_rules(operator, found)
    try:
        if primitive.transposed is not None:
            others = [x for k, x in enumerate(operands) if k != primitive.place]
            back = y.operand(primitive.transposed(*others, wrap(adjoint)))
            formula.set_transposed(operator, adjoint, back.formula)
        for k in primitive.places if rule else []:
            if k == primitive.place:
                continue
            tangents = [
                wrap(directions[j]) if j == k else wrap(directions[j].like("zeros"))
                for j in primitive.places
            ]
            form = y.operand(rule(y, *operands, *tangents))
            if form is not None and not form.formula.is_zero():
                found[k] = (directions[k], form.formula)
    except BaseException:
        formula.set_rules(operator, [])
        raise
    formula.set_rules(operator, found if rule else [])
