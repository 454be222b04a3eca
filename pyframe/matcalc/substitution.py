"""Expressions with others in place of their symbols."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping
from typing import Any

from pyframe import _core
from pyframe._checks import shown
from pyframe.errors import FormulaError, ParameterError, ParameterTypeError, ShapeError
from pyframe.matcalc import outside
from pyframe.matcalc.binding import Argument
from pyframe.matcalc.expression import Expression
from pyframe.matcalc.programs import arguments

NAME = re.compile(r"[A-Za-z]\w*", re.ASCII)
"""The name of a symbol or of a size."""


def substituted(e: Expression, replaced: Mapping[str, Any]) -> Expression:
    """An expression with others in place of some of its symbols; see ``Expression.substitute``."""
    own = {one.name: one for one in e.known.values() if one.of is None}
    others: dict[str, Expression] = {}
    for name, given in replaced.items():
        symbol = own[e.variable(name)]
        if e.holds_differential(name):
            raise ParameterError(
                f"{name} cannot be replaced where its differential stands: replace it in the "
                "function, and take the differential of that"
            )
        other = _read(e, own, symbol, given) if isinstance(given, str) else e.operand(given)
        if other is None:
            raise ParameterTypeError(
                f"a text, an expression or a number takes the place of {name}, got {shown(given)}"
            )
        others[name] = other
        _refuse_what_does_not_hold(symbol, other)
    # In a store of its own: what is taken in there stays with no other expression.
    base = e.formula.alone().beside([e.formula.named(name) for name in others])
    formula = base.substitute([(name, other.formula) for name, other in others.items()])
    spaces = {name: space for name, space in e.spaces.items() if name not in replaced}
    known = {name: one for name, one in e.known.items() if name not in replaced}
    return Expression(formula, spaces, known).like(formula, *others.values())


def _refuse_what_does_not_hold(symbol: Argument, other: Expression) -> None:
    missing = set(symbol.facts) - set(other.formula.facts())
    if missing and other.formula.shape() == list(symbol.shape):
        raise ParameterError(
            f"{symbol.name} is declared {', '.join(sorted(missing))}, which is not known of {other}"
        )


def _read(e: Expression, own: Mapping[str, Argument], symbol: Argument, text: str) -> Expression:
    """A text in place of a symbol: sizes that are left open follow from those of the symbol."""
    names = set(NAME.findall(text))
    declared = {one.name: _declared(one) for one in own.values() if one.name in names}
    beside = {**declared, symbol.name: _declared(symbol)}
    try:
        sized, _ = _core.Formula.parse_with(
            f"{symbol.name} - ({text})",
            list(beside.values()),
            outside.functions(outside.called(text)),
        )
    except FormulaError as error:
        alone = outside.read(text, list(declared.values()), Expression)
        raise ShapeError(
            f"{symbol.name} is {_shape(symbol.shape)}, and {text} is {alone.formula.type_text()}"
        ) from error
    fresh = _fresh_sizes(e, beside.values(), arguments(sized, whole=True))
    for one in arguments(sized, whole=True):
        if one.name in names and one.name not in declared:
            shape = ",".join(NAME.sub(lambda size: fresh[size[0]], size) for size in one.shape)
            declared[one.name] = one.name, shape, list(one.facts)
    return outside.read(text, list(declared.values()), Expression)


def _declared(one: Argument) -> tuple[str, str, list[str]]:
    return one.name, ",".join(one.shape), list(one.facts)


def _shape(sizes: tuple[str, ...]) -> str:
    return " x ".join(sizes) or "scalar"


def _fresh_sizes(
    e: Expression, declared: Iterable[tuple[str, str, list[str]]], found: Iterable[Argument]
) -> dict[str, str]:
    """New names for sizes that follow from a text and are called as others of the expression."""
    meant = {size for _, shape, _ in declared for size in NAME.findall(shape)}
    sizes = {size for one in found for shape in one.shape for size in NAME.findall(shape)}
    taken = meant | sizes | set(e.formula.size_names()) | set(e.known)
    names = (name for name in itertools.chain("mkpqrs", map("n{}".format, itertools.count(1))))
    free = (name for name in names if name not in taken)
    return {
        size: size if size in meant or size not in e.formula.size_names() else next(free)
        for size in sizes
    }
