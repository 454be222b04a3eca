"""Certificates of expressions: which function a derivative is compared with, and how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pyframe._checks import whole
from pyframe.errors import ParameterError
from pyframe.matcalc.binding import Array
from pyframe.matcalc.certificate import Certificate, certificate
from pyframe.matcalc.derivatives import Derivative, linear_form
from pyframe.matcalc.expression import Expression
from pyframe.matcalc.points import in_space
from pyframe.matcalc.spaces import find, is_linear, projection

MOST = 10_000
"""At how many points at most."""


def checked(result: Any, points: int = 3) -> Certificate:
    """The certificate of a derivative; of a function, the worst of its first derivatives."""
    points = whole(points, "points", 1, MOST)
    origin = result.origin
    if origin is not None:
        function, name = origin
        return of_derivative(function, name, result, points)
    several = getattr(result, "several", None)
    if several is not None:
        return _of_higher(result, several[0], several[1], points)
    names = [name for name in result.symbols if result.known[name].of is None]
    if not names:
        raise ParameterError(f"{result} has no symbols to be checked in")
    found = [of_derivative(result, name, result.derivative(name), points) for name in names]
    return max(found, key=lambda own: own.error if own.points else np.inf)


def of_derivative(function: Expression, name: str, derivative: Any, points: int) -> Certificate:
    """Compare a derivative in one name with differences of the function."""
    own = function.known[name]
    space = function.spaces.get(name)
    linear_in = _direction(function, name, derivative)
    along: Any = None
    if space is not None and not function.ndim:
        record = find(space)
        if linear_in is None and not is_linear(record):
            # The gradient in all matrices is certified.
            plain = {key: other for key, other in function.spaces.items() if key != name}
            derivative = Expression(function.formula, plain, function.known).gradient(name)
        elif is_linear(record):
            along = _projector(record, function, name)
    facts = set(own.facts)

    def project(direction: Array, values: Mapping[str, Array]) -> Array:
        if direction.ndim == 2:
            direction = in_space(facts, direction)
        return direction if along is None else along(direction, values)

    def value(values: Mapping[str, Array], direction: Array) -> Array:
        if linear_in is not None:
            found: Array = derivative.evaluate({**values, linear_in: direction}, verify=False)
            return found
        return np.tensordot(derivative.evaluate(values, verify=False), direction, direction.ndim)

    used = set(function.symbols)
    symbols = [own for own in function.known.values() if own.of is None or own.name in used]
    listing = function.formula.listing()
    zero = _form(derivative).formula.is_zero()
    return certificate(listing, symbols, value, name, project, points, is_zero=zero)


def _form(derivative: Any) -> Expression:
    """The formula of a derivative, of an array its linear form."""
    return derivative if isinstance(derivative, Expression) else derivative.form


def _of_higher(
    derivative: Derivative, function: Expression, names: Sequence[str], points: int
) -> Certificate:
    """Compare a derivative in several names with differences of that in all but the last."""
    lower = linear_form(function, names[:-1])
    own = lower.form.known[names[-1]]
    facts = set(own.facts)
    *new, last = [str(direction) for direction in derivative.directions]
    renamed = dict(zip((str(direction) for direction in lower.directions), new, strict=True))

    def project(direction: Array, _: Mapping[str, Array]) -> Array:
        return in_space(facts, direction) if direction.ndim == 2 else direction

    def value(values: Mapping[str, Array], direction: Array) -> Array:
        given = {renamed.get(name, name): array for name, array in values.items()}
        given[last] = direction
        # A form that is zero everywhere has no directions.
        kept = {name: array for name, array in given.items() if name in derivative.form.known}
        found: Array = derivative.form.evaluate(kept, verify=False)
        return found

    symbols, zero = list(lower.form.known.values()), derivative.form.formula.is_zero()
    listing = lower.form.formula.listing()
    return certificate(listing, symbols, value, own.name, project, points, is_zero=zero)


def _direction(function: Expression, name: str, derivative: Any) -> str | None:
    """The symbol that a differential is linear in; None for derivatives that are arrays."""
    if not isinstance(derivative, Expression):
        return None
    new = (own for key, own in derivative.known.items() if key not in function.known)
    return next((own.name for own in new if own.of == name), None)


def _projector(record: Any, function: Expression, name: str) -> Any:
    """The projection of a direction, as a function of arrays."""
    from pyframe.matcalc.symbols import Symbol  # noqa: PLC0415  it builds on expressions

    own = function.known[name]
    variable = function.symbol(name)
    moved = Symbol(tuple(own.shape), name=f"{name}_moved")
    projected = projection(record, moved, variable)

    def project(direction: Array, values: Mapping[str, Array]) -> Array:
        given = {**values, moved.name: direction}
        kept = {key: given[key] for key in projected.known if key in given}
        return projected.evaluate(kept, verify=False)

    return project
