"""Formulas as objectives: a trial point that contradicts what is declared counts as infeasible."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property, partial
from typing import Any

import numpy as np

from pyframe.errors import DomainError
from pyframe.matcalc.binding import Argument
from pyframe.matcalc.compiled import Compiled
from pyframe.matcalc.expression import Expression
from pyframe.matcalc.spaces import find, is_linear


class Objective:
    """A formula as a function of the variable that is left, of which something is declared.

    It is infinite where the variable is not what it is declared to be.

    Parameters
    ----------
    formula : Expression or Compiled
        The formula, perhaps with its gradient.
    given : mapping
        The values of the other symbols.
    variable : Argument
        The symbol that is left.
    """

    def __init__(
        self, formula: Expression | Compiled, given: Mapping[str, Any], variable: Argument
    ) -> None:
        self._formula, self._given, self._variable = formula, dict(given), variable
        self._evaluate = partial(formula, **self._given)
        self.starts = False
        """Whether the next call is at the start, where such a variable is refused."""

    def starting(self) -> Objective:
        """The same, for a search that begins with a call at its start."""
        self.starts = True
        return self

    def __call__(self, x: Any, *args: Any) -> Any:
        """The value, or what the formula gives with it."""
        try:
            found = self._evaluate(x, *args)
        except DomainError as error:
            if self.starts or error.symbol != self._variable.name:
                raise
            several = isinstance(self._formula, Compiled) and len(self._formula.expressions) > 1
            return (np.inf, np.zeros_like(x)) if several else np.inf
        self.starts = False
        return found

    @cached_property
    def gradient(self) -> Callable[..., Any] | None:
        """The gradient in the space of the variable; None where that is curved or a view."""
        formula = self._differentiable
        if formula is None:
            return None
        return partial(formula.gradient(self._variable.name), **self._given)

    @cached_property
    def hessian(self) -> Callable[..., Any] | None:
        """The Hessian with its structure; None as for the gradient."""
        formula = self._differentiable
        if formula is None:
            return None
        return partial(formula.hessian(self._variable.name).structured, **self._given)

    @property
    def _differentiable(self) -> Expression | None:
        formula = self._formula
        if not isinstance(formula, Expression) or formula.ndim:
            return None
        space = formula.spaces.get(self._variable.name)
        return formula if space is None or is_linear(find(space)) else None


def objective(f: Any) -> Objective | None:
    """A function as such an objective; None where it is none.

    It is a formula, or one with values of all symbols but one by ``functools.partial``.
    """
    given: dict[str, Any] = {}
    if isinstance(f, partial) and not f.args:
        f, given = f.func, f.keywords
    if not isinstance(f, Expression | Compiled):
        return None
    first = f if isinstance(f, Expression) else f.expressions[0]
    value = first if isinstance(first, Expression) else first.form
    left = [own for name, own in value.known.items() if own.of is None and name not in given]
    if len(left) != 1 or not (left[0].is_checked or left[0].name in value.spaces):
        return None
    return Objective(f, given, left[0])
