"""Derivatives for the searches, when the caller gave none: the function is recorded.

A function that cannot be recorded is reported as a missing derivative, with the reason as its
cause.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pyframe import _core
from pyframe.autodiff import operators
from pyframe.autodiff.compiled import Compiled
from pyframe.autodiff.compiled import compile as recorded
from pyframe.errors import (
    ConcretizationError,
    DTypeError,
    MissingDerivative,
    MissingRule,
    ReturnTypeError,
    UnsupportedOperation,
)

REASONS = (ConcretizationError, DTypeError, MissingRule, UnsupportedOperation)
"""Why a function cannot be differentiated by recording it."""


class WithGradient:
    """``f(x, *args)`` that returns the pair (value, gradient): what ``grad=True`` asks for."""

    def __init__(self, f: Callable[..., Any], argument: str = "grad") -> None:
        self.compiled = f if isinstance(f, Compiled) else recorded(f)
        self.argument = argument

    def __call__(self, x: Any, *args: Any) -> tuple[Any, Any]:
        """Value and gradient at x."""
        x = float(x) if np.shape(x) == () else x
        try:
            return self.compiled.value_and_grad(x, *args)
        except ReturnTypeError as error:
            raise ReturnTypeError(
                str(error).replace("a gradient is taken of one real number, but ", "")
            ) from error
        except REASONS as error:
            name = getattr(self.compiled, "__name__", "f")
            raise MissingDerivative(
                f"{name} cannot be differentiated automatically ({error}): give {self.argument}="
            ) from error

    def hessian(self, x: Any, *args: Any) -> Any:
        """The Hessian at x, of shape (n, n)."""
        n = np.size(x)
        return np.reshape(operators.hessian(self.compiled.function)(x, *args), (n, n))

    def hessian_product(self, x: Any, v: Any, *args: Any) -> Any:
        """The Hessian at x times v."""
        return operators.jvp(
            lambda y: operators.grad(self.compiled.function)(y, *args),
            (x,),
            (np.asarray(v, x.dtype),),
        )[1]


_core._set_compiled(Compiled, WithGradient)  # noqa: SLF001
