"""Expressions as functions that give value, gradient and Hessian together."""

from __future__ import annotations

from typing import Any

from pyframe._checks import choice, flag
from pyframe.matcalc.binding import Array, named
from pyframe.matcalc.derivatives import Derivative
from pyframe.matcalc.expression import Expression
from pyframe.matcalc.programs import Programs


class Compiled:
    """A function of the symbols; made by :meth:`Expression.compile`.

    Parameters
    ----------
    expressions : list of Expression or Derivative
        What it gives: one array for each.  Expressions share their work; a derivative of more
        axes is evaluated by itself.
    """

    def __init__(self, expressions: list[Expression | Derivative]) -> None:
        self.expressions = tuple(expressions)
        formulas, known = [], {}
        for own in expressions:
            if isinstance(own, Expression):
                formulas.append(own.formula)
                known |= own.known
        self._programs = Programs(formulas, known)

    def __call__(self, /, *point: Any, **values: Any) -> Array | tuple[Array, ...]:
        """The value, or the tuple of all values; see :meth:`Expression.__call__`."""
        check = "verify" in self._programs.known or flag(values.pop("verify", True), "verify")
        given = named(point, values, self._programs.known)
        together = iter(self._programs(given, check))
        found = [
            next(together) if isinstance(own, Expression) else own.evaluate(given, verify=False)
            for own in self.expressions
        ]
        return found[0] if len(found) == 1 else tuple(found)

    def graph(self, /, **values: Any) -> Any:
        """The program that answers for these values; ``str()`` of it is its text."""
        return self._programs.graph(values)

    def __reduce__(self) -> tuple[Any, ...]:
        return Compiled, (list(self.expressions),)

    def __repr__(self) -> str:
        return f"<compiled {', '.join(str(e) for e in self.expressions)}>"


def compiled(f: Expression, wrt: Any, order: int) -> Compiled:
    """An expression, perhaps with its derivatives, as a function."""
    order = choice(order, "order", (1, 2))
    if wrt is None:
        if order == 1:
            return Compiled([f])
        wrt = f.variable(None)
    found: list[Any] = [f, f.gradient(wrt) if not f.ndim else f.jacobian(wrt)]
    if order == 2:
        found.append(f.hessian(wrt))
    return Compiled(found)
