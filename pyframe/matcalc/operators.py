"""Operators and methods of expressions, in NumPy's meaning."""

from __future__ import annotations

import numbers
from collections.abc import Callable
from typing import Any, NoReturn, Self

import numpy as np

from pyframe import _core
from pyframe._checks import shown, text
from pyframe.autodiff.foreign.symbolic import Symbolic
from pyframe.errors import (
    ConcretizationError,
    ParameterOverflow,
    ParameterTypeError,
    UnsupportedOperation,
)
from pyframe.matcalc.broadcasting import elementwise, matmul
from pyframe.matcalc.methods import Methods


class Operators(Methods, Symbolic):
    """What an expression does when it meets others; see :class:`Expression`."""

    __slots__ = ()
    __array_priority__ = 1000

    formula: Any
    like: Callable[..., Any]
    mapped: Callable[[Any], Any]
    operand: Callable[[Any], Any]

    def _binary(self, other: Any, combine: Callable[[Any, Any], Any]) -> Any:
        taken = self.operand(other)
        if taken is not None:
            return combine(self, taken)
        if type(other).__module__ == "builtins":
            raise ParameterTypeError(
                f"an expression meets {shown(other)} of type {type(other).__name__}: "
                "expressions and real numbers are what it can be combined with"
            )
        return NotImplemented

    def _unknown(self, other: Any = None, *_: Any) -> NoReturn:  # noqa: ARG002
        raise UnsupportedOperation(
            "//, %, divmod, round and operations of bits are not known of an expression: they cut "
            "derivatives off or take whole numbers"
        )

    __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __divmod__ = __rdivmod__ = _unknown
    __and__ = __rand__ = __or__ = __ror__ = __xor__ = __rxor__ = __invert__ = __round__ = _unknown
    __lshift__ = __rlshift__ = __rshift__ = __rrshift__ = __trunc__ = _unknown
    __floor__ = __ceil__ = _unknown

    def __neg__(self) -> Self:
        return self.mapped(self.formula.neg())

    def __pos__(self) -> Self:
        return self

    def __abs__(self) -> Self:
        return self.mapped(self.formula.apply("abs"))

    def __add__(self, other: Any) -> Any:
        return self._binary(other, lambda a, b: elementwise("add", a, b))

    def __radd__(self, other: Any) -> Any:
        return self._binary(other, lambda a, b: elementwise("add", b, a))

    def __sub__(self, other: Any) -> Any:
        return self._binary(other, lambda a, b: elementwise("sub", a, b))

    def __rsub__(self, other: Any) -> Any:
        return self._binary(other, lambda a, b: elementwise("sub", b, a))

    def __mul__(self, other: Any) -> Any:
        return self._binary(other, lambda a, b: elementwise("hadamard", a, b))

    def __rmul__(self, other: Any) -> Any:
        return self._binary(other, lambda a, b: elementwise("hadamard", b, a))

    def __truediv__(self, other: Any) -> Any:
        return self._binary(other, lambda a, b: elementwise("divide", a, b))

    def __rtruediv__(self, other: Any) -> Any:
        return self._binary(other, lambda a, b: elementwise("divide", b, a))

    def __pow__(self, other: Any) -> Any:
        return self._binary(other, lambda a, b: elementwise("power", a, b))

    def __rpow__(self, other: Any) -> Any:
        return self._binary(other, lambda a, b: elementwise("power", b, a))

    def __matmul__(self, other: Any) -> Any:
        return self._binary(other, matmul)

    def __rmatmul__(self, other: Any) -> Any:
        return self._binary(other, lambda a, b: matmul(b, a))

    def __eq__(self, other: object) -> bool:
        """Whether both have one normal form."""
        if not isinstance(other, Operators) or type(other).__eq__ is not Operators.__eq__:
            return NotImplemented
        return self.formula.same(other.formula)

    def __hash__(self: Any) -> int:
        return hash((self.sizes, tuple(sorted(self.symbols))))

    def _compared(self, _: Any) -> NoReturn:
        raise UnsupportedOperation(
            "expressions have no order: np.maximum(x, 0) and np.abs(x) depend on signs"
        )

    __lt__ = __le__ = __gt__ = __ge__ = _compared

    def __bool__(self) -> NoReturn:
        raise ConcretizationError("an expression is neither true nor false; it has no value yet")

    def __len__(self) -> NoReturn:
        raise ConcretizationError("the length of an expression is symbolic: see shape")

    def __iter__(self) -> NoReturn:
        raise UnsupportedOperation("the elements of an expression cannot be gone through")

    def __getitem__(self, index: Any) -> NoReturn:
        raise UnsupportedOperation("elements of an expression cannot be taken")

    def __setitem__(self, index: Any, value: Any) -> NoReturn:
        raise UnsupportedOperation("elements of an expression cannot be set: it never changes")

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        from pyframe.matcalc.tracing import ufunc_of  # noqa: PLC0415

        return ufunc_of(ufunc, method, inputs, options)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        from pyframe.matcalc.tracing import function_of  # noqa: PLC0415

        return function_of(function, args, kwargs)

    def function(self, name: str, operand: Any = None) -> Any:
        """A function of the language by its name, of this expression or of another operand.

        Parameters
        ----------
        name : str
            Such as ``"softplus"``, ``"nuc"`` or ``"toeplitz"``.
        operand : Expression, optional
            What it is taken of; this expression by default.
        """
        of = self if operand is None else self.operand(operand)
        if of is None:
            raise ParameterTypeError(
                f"operand must be an expression or a number, got {shown(operand)}"
            )
        return of.like(of.formula.apply(text(name, "the name of a function")))


def real(other: Any) -> float | None:
    """A number that an expression may meet; None when it is none."""
    if isinstance(other, np.ndarray | np.generic) and np.ndim(other) == 0:
        other = other.item()
    if not isinstance(other, numbers.Real) or _core.is_traced(other):
        return None
    try:
        return float(other)
    except OverflowError:
        raise ParameterOverflow("a number of an expression is at most 1.8e308") from None
