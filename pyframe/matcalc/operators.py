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
from pyframe.matcalc.methods import Methods


class Operators(Methods, Symbolic):
    """What an expression does when it meets others; see :class:`Expression`."""

    __slots__ = ()
    __array_priority__ = 1000

    formula: Any
    like: Callable[..., Any]
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
        return self.like(self.formula.neg())

    def __pos__(self) -> Self:
        return self

    def __abs__(self) -> Self:
        return self.like(self.formula.apply("abs"))

    def __add__(self, other: Any) -> Any:
        return self._binary(other, lambda a, b: _elementwise("add", a, b))

    def __radd__(self, other: Any) -> Any:
        return self._binary(other, lambda a, b: _elementwise("add", b, a))

    def __sub__(self, other: Any) -> Any:
        return self._binary(other, lambda a, b: _elementwise("sub", a, b))

    def __rsub__(self, other: Any) -> Any:
        return self._binary(other, lambda a, b: _elementwise("sub", b, a))

    def __mul__(self, other: Any) -> Any:
        return self._binary(other, lambda a, b: _elementwise("hadamard", a, b))

    def __rmul__(self, other: Any) -> Any:
        return self._binary(other, lambda a, b: _elementwise("hadamard", b, a))

    def __truediv__(self, other: Any) -> Any:
        return self._binary(other, lambda a, b: _elementwise("divide", a, b))

    def __rtruediv__(self, other: Any) -> Any:
        return self._binary(other, lambda a, b: _elementwise("divide", b, a))

    def __pow__(self, other: Any) -> Any:
        return self._binary(other, lambda a, b: _elementwise("power", a, b))

    def __rpow__(self, other: Any) -> Any:
        return self._binary(other, lambda a, b: _elementwise("power", b, a))

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


def _elementwise(operation: str, a: Any, b: Any) -> Any:
    """An operation of elements, NumPy's way: a vector beside a matrix stands for each row."""
    if operation in {"hadamard", "divide"} and (a.ndim, b.ndim) == (2, 1):
        scale = b if operation == "hadamard" else 1 / b
        return a.like(a.formula.mul(scale.formula.apply("diag")), b)
    if operation == "hadamard" and (a.ndim, b.ndim) == (1, 2):
        return a.like(b.formula.mul(a.formula.apply("diag")), b)
    if {a.ndim, b.ndim} == {1, 2}:
        if a.ndim == 1:
            a = _as_rows(a, b)
        else:
            b = _as_rows(b, a)
    return a.like(getattr(a.formula, operation)(b.formula), b)


def _as_rows(vector: Any, matrix: Any) -> Any:
    rows = matrix.formula.ones_along(0).mul(vector.formula.transpose())
    return vector.like(rows, matrix)


def matmul(a: Any, b: Any) -> Any:
    """The matrix product, NumPy's way: a vector at the left stands for a row.

    A row at the right (``x.T``) makes a matrix of two vectors.
    """
    if not a.ndim or not b.ndim:
        raise UnsupportedOperation("@ takes vectors and matrices; a scalar multiplies with *")
    left, right = a.formula, b.formula
    if a.ndim == 1:
        if b.ndim == 1:
            return a.like(left.inner(right), b)
        if b.sizes[0] == "1" and a.sizes[0] != "1":
            return a.like(left.mul(right), b)
        return a.like(right.transpose().mul(left), b)
    return a.like(left.mul(right), b)
