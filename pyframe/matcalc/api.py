"""``pf.matrix``: from text or an ordinary NumPy function to an expression."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from pyframe._checks import shown
from pyframe.errors import (
    ParameterError,
    ParameterTypeError,
    ReturnTypeError,
    UnsupportedOperation,
)
from pyframe.matcalc import outside
from pyframe.matcalc.binding import Argument
from pyframe.matcalc.creation import symbolic_sizes
from pyframe.matcalc.expression import Expression
from pyframe.matcalc.programs import arguments
from pyframe.matcalc.symbols import Symbol, shape_text
from pyframe.matcalc.traced import Traced


def matrix(source: str | Callable[..., Any] | Expression, /, **symbols: Any) -> Expression:
    """A matrix expression, to be differentiated, shown and evaluated.

    In the language columns are vectors.  From the loosest to the tightest: ``+ -``;
    ``* / .* ./``; unary ``-``; ``^ .^``; postfix ``'``.  ``*`` is the matrix product (a scalar
    scales anything), ``.* ./ .^`` are elementwise, ``exp``, ``log`` and the like too; ``X^3`` is a
    matrix power, ``norm2`` of a matrix the Frobenius norm.

    Parameters
    ----------
    source : str or callable
        A text, or a function of NumPy that is called with the symbols once.
    **symbols : str, tuple or Symbol
        Shapes: ``""`` is a scalar, ``"n"`` a vector, ``"m,n"`` a matrix; or a
        :class:`pyframe.Symbol` with what is assumed.  Those of a text may be left out, and are
        inferred; the parameters of a function must be declared.

    Returns
    -------
    Expression

    Raises
    ------
    FormulaError
        When the text is no expression; the message marks the place.
    ShapeError, UnsupportedOperation
        When the function cannot be called with symbols.

    Examples
    --------
    >>> import numpy as np, pyframe as pf
    >>> e = pf.matrix("ln(x'*A*x)", A="n,n", x="n")
    >>> print(e.gradient("x"))
    (A + A')*x/(x'*A*x)
    >>> def loss(x, A, y):
    ...     return np.sum(np.log(1 + np.exp(-y * (A @ x))))
    >>> print(pf.matrix(loss, x="n", A="m,n", y="m"))
    sum(softplus(-y.*(A*x)))
    """
    declared = {name: _declared(name, symbol) for name, symbol in symbols.items()}
    if isinstance(source, str):
        return _read(source, declared)
    if isinstance(source, Expression):
        if symbols:
            raise ParameterError("the symbols of an expression are declared already")
        return source
    if callable(source):
        return _traced(source, declared)
    raise ParameterTypeError(f"matrix takes a text or a function, got {shown(source)}")


def _declared(name: str, symbol: Any) -> Symbol:
    if isinstance(symbol, Symbol):
        return symbol if symbol.name == name else symbol.named(name)
    return Symbol(shape_text(symbol), name=name)


def _read(text: str, declared: Mapping[str, Symbol]) -> Expression:
    def made(formula: Any) -> Expression:
        spaces = {n: space for symbol in declared.values() for n, space in symbol.spaces.items()}
        known = {own.name: own for own in arguments(formula, whole=True) if own.name.isidentifier()}
        return Expression(formula, spaces, known)

    return outside.read(text, [symbol.declared for symbol in declared.values()], made)


def _traced(function: Callable[..., Any], declared: Mapping[str, Symbol]) -> Expression:
    name = getattr(function, "__name__", "the function")
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError) as error:
        raise ParameterTypeError(
            f"the parameters of {shown(function)} cannot be read ({error}): wrap it in a function"
        ) from None
    takes_all = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    for symbol in declared:
        if symbol not in parameters and not takes_all:
            raise ParameterError(f"{name} has no parameter {symbol!r}")
    for parameter in parameters.values():
        free = parameter.default is parameter.empty and parameter.name not in declared
        if free and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            raise ParameterError(
                f"{name} has a parameter {parameter.name!r} whose shape is not declared"
            )
    given = {key: _started(symbol) for key, symbol in declared.items()}
    positional: list[Traced] = []
    for p in parameters.values():
        # A default that stands before the next parameter has to stay.
        if p.kind not in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) or p.name not in given:
            break
        positional.append(given.pop(p.name))
    for p in parameters.values():
        if p.kind is p.POSITIONAL_ONLY and p.name in given:
            raise ParameterError(
                f"{name} takes {p.name!r} by its place alone, after one that is not declared"
            )
    with symbolic_sizes():
        try:
            result = function(*positional, **given)
        except TypeError as error:
            if "expected a sequence of integers" not in str(error):
                raise
            raise UnsupportedOperation(
                f"{name} makes an array of a symbolic size by a name imported from NumPy, which "
                "takes whole numbers alone: call it through its module, as np.ones(n)"
            ) from error
    if not isinstance(result, Expression):
        taken = _started(next(iter(declared.values()))).operand(result) if declared else None
        if taken is None:
            raise ReturnTypeError(f"{name} returned {shown(result)}; an array is wanted")
        result = taken
    known: dict[str, Argument] = {}
    for symbol in declared.values():
        known |= symbol.known
    formula = result.formula.beside([symbol.formula for symbol in declared.values()])
    return Expression(formula, result.spaces, known)


def _started(symbol: Symbol) -> Traced:
    _, shape, _ = symbol.declared
    axes = shape.count(",") + 1 if shape.strip() else 0
    return Traced(symbol.formula, symbol.spaces).with_axes(axes)
