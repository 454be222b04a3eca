"""``pyframe derive``: a derivative on the command line."""

from __future__ import annotations

import argparse
from typing import Any

from pyframe._checks import shown
from pyframe.errors import ParameterError
from pyframe.matcalc.api import matrix
from pyframe.matcalc.derivation import Derivation
from pyframe.matcalc.expression import Expression
from pyframe.matcalc.symbols import ASSUMPTIONS, Symbol

Options = argparse.Namespace


def derived(options: Options) -> str:
    """What is printed."""
    declared: dict[str, Symbol] = {}
    for name, symbol in map(declaration, options.symbol):
        if name in declared:
            raise ParameterError(f"--symbol declares {name} twice")
        declared[name] = symbol
    expression = matrix(options.expression, **declared)
    name = expression.variable(options.wrt)
    if options.space is not None:
        expression = _in_space(options, expression, declared, name)
    if options.steps:
        return _steps(expression.derivation(name, options.order), options.format)
    if options.order == 2:
        result = expression.hessian(name)
    else:
        result = expression.jacobian(name) if expression.ndim else expression.gradient(name)
    return _written(result, options.format)


def declaration(text: str) -> tuple[str, Symbol]:
    """A symbol as it is declared on the command line."""
    name, equals, rest = text.partition("=")
    name = name.strip()
    shape, _, assumed = rest.partition(":")
    if not equals or not name:
        raise ParameterError(f"--symbol takes NAME=SHAPE, got {shown(text)}")
    flags = [flag.strip() for flag in assumed.split(",") if flag.strip()]
    unknown = [flag for flag in flags if flag not in ASSUMPTIONS]
    if unknown:
        raise ParameterError(
            f"--symbol {name}: {shown(unknown[0])} is none of {', '.join(ASSUMPTIONS)}"
        )
    assumed: Any = dict.fromkeys(flags, True)
    return name, Symbol(shape, name=name, **assumed)


def _in_space(
    options: Options, expression: Expression, declared: dict[str, Symbol], name: str
) -> Expression:
    """The same with the variable in a space, its shape as it was declared or inferred."""
    flags = declared[name].assumptions if name in declared else ()
    shape = ",".join(expression.symbol(name).sizes)
    assumed: dict[str, Any] = {**dict.fromkeys(flags, True), "space": options.space}
    variable = Symbol(shape, name=name, **assumed)
    shapes: dict[str, Any] = {
        other: declared.get(other, ",".join(expression.symbol(other).sizes))
        for other in expression.symbols
    }
    return matrix(options.expression, **{**shapes, name: variable})


def _steps(steps: Derivation, style: str) -> str:
    match style:
        case "latex":
            return steps.latex()
        case "markdown":
            return steps.markdown()
        case "numpy":
            return steps.numpy()
        case _:
            return str(steps)


def _written(result: Any, style: str) -> str:
    match style:
        case "latex":
            return str(result.latex())
        case "markdown":
            return f"$${result.latex()}$$"
        case "numpy":
            return str(result.numpy("derivative")).rstrip()
        case _:
            return str(result)
