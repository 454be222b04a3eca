"""NumPy's methods of expressions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn, Self

import numpy as np

from pyframe._checks import is_whole, shown
from pyframe.errors import UnknownMethod, UnsupportedOperation

_NUMPY: Any = np
"""NumPy, as expressions see it: functions that they answer themselves."""


class Methods:
    """What arrays have and expressions answer as well; see :class:`Expression`."""

    __slots__ = ()

    formula: Any
    like: Callable[..., Any]

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(f"an expression has no {name}")
        what = "is not known" if hasattr(np.ndarray, name) else "does not exist"
        raise UnknownMethod(f".{name} of an expression {what}")

    def sum(self, axis: Any = None, **options: Any) -> Any:
        """As ``np.sum``."""
        return _NUMPY.sum(self, axis=axis, **options)

    def mean(self, axis: Any = None, **options: Any) -> Any:
        """As ``np.mean``."""
        return _NUMPY.mean(self, axis=axis, **options)

    def var(self, axis: Any = None, **options: Any) -> Any:
        """As ``np.var``."""
        return _NUMPY.var(self, axis=axis, **options)

    def std(self, axis: Any = None, **options: Any) -> Any:
        """As ``np.std``."""
        return _NUMPY.std(self, axis=axis, **options)

    def max(self, axis: Any = None, **options: Any) -> Any:
        """As ``np.max``."""
        return _NUMPY.max(self, axis=axis, **options)

    def min(self, axis: Any = None, **options: Any) -> Any:
        """As ``np.min``."""
        return _NUMPY.min(self, axis=axis, **options)

    def clip(self, min: Any = None, max: Any = None, **options: Any) -> Any:  # noqa: A002  NumPy's
        """As ``np.clip``."""
        return _NUMPY.clip(self, min, max, **options)

    def trace(self, *places: Any, **options: Any) -> Any:
        """As ``np.trace``."""
        return _NUMPY.trace(self, *places, **options)

    def diagonal(self, *places: Any, **options: Any) -> Any:
        """As ``np.diagonal``."""
        return _NUMPY.diagonal(self, *places, **options)

    def dot(self, other: Any, **options: Any) -> Any:
        """As ``np.dot``."""
        return _NUMPY.dot(self, other, **options)

    def transpose(self: Any, *axes: Any) -> Any:
        """As ``np.transpose``."""
        return _NUMPY.transpose(self, axes) if axes else self.T

    def copy(self) -> Self:
        """As ``np.copy``: the expression itself, which never changes."""
        return self

    def conj(self) -> Self:
        """As ``np.conj``: the expression itself, which is real."""
        return self

    conjugate = conj

    def ravel(self: Any, order: str = "C") -> Any:
        """As ``np.ravel``, of a vector or a matrix."""
        if order not in ("C", "F"):
            raise UnsupportedOperation(f"np.ravel of an expression in the order {shown(order)}")
        if not self.ndim:
            raise UnsupportedOperation("np.ravel of a scalar expression is not known")
        if self.ndim == 1:
            return self
        stacked = self.T if order == "C" else self
        return stacked.like(stacked.formula.apply("vec"))

    flatten = ravel

    def reshape(self: Any, *shape: Any, order: str = "C") -> Any:
        """As ``np.reshape``, to the same shape, to a vector or from a vector to a row."""
        if order != "C":
            raise UnsupportedOperation(f"np.reshape of an expression in the order {shown(order)}")
        given = shape[0] if len(shape) == 1 and isinstance(shape[0], tuple | list) else shape
        wanted: list[Any] = list(given)
        if sum(map(is_open, wanted)) < 2:
            if len(wanted) == self.ndim and all(map(agree, wanted, self.shape)):
                return self
            if len(wanted) == 1 and self.ndim and agree(wanted[0], self.size):
                return self.ravel()
            if len(wanted) == 2 and self.ndim == 1 and all(map(agree, wanted, (1, self.size))):
                return self.like(self.formula.transpose())
        listed = ", ".join(map(str, wanted))
        raise UnsupportedOperation(
            f"np.reshape of an expression of {self.ndim} axes to ({listed}) is not known"
        )


def is_open(length: Any) -> bool:
    """Whether a length is left open, by -1."""
    return is_whole(length) and length == -1


def agree(wanted: Any, length: Any) -> bool:
    """Whether a length that is asked for is this one for all sizes, or is left open."""
    if is_whole(wanted):
        return is_open(wanted) or bool(is_whole(length) and wanted == length)
    return isinstance(wanted, Methods) and wanted.formula.same(_formula(wanted, length))


def _formula(one: Methods, length: Any) -> Any:
    return length.formula if isinstance(length, Methods) else one.formula.number(float(length))
