"""Values while a function written in NumPy is called: what is equal cannot be decided there."""

from __future__ import annotations

from pyframe.errors import UnsupportedOperation
from pyframe.matcalc.expression import Expression


class Undecided(Expression):
    """A value while a function is called with expressions in place of arrays.

    What is equal depends on values, so that only a size equals itself and everything else is
    refused.
    """

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        if self._is_size() and isinstance(other, Undecided) and self.formula.same(other.formula):
            return True
        raise UnsupportedOperation(
            "== and != of expressions depend on values and sizes, which a formula does not have "
            "yet: its text must be the same for all of them"
        )

    __hash__ = object.__hash__

    def _is_size(self) -> bool:
        return not self.ndim and not self.symbols

    def kind(self) -> type[Expression]:
        return Undecided


def undecided(e: Expression) -> Expression:
    """An expression as a function that is called with it sees it."""
    return e if isinstance(e, Undecided) else Undecided(e.formula, e.spaces, e.known)


def decided(e: Expression) -> Expression:
    """What such a function made, as an expression like any other."""
    return Expression(e.formula, e.spaces, e.known)
