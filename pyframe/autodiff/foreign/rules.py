"""``pf.rule``: the differential of a primitive, given from elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from pyframe.autodiff.foreign.primitive import Primitive
from pyframe.errors import ParameterTypeError

F = TypeVar("F", bound=Callable[..., Any])


def rule(primitive: Primitive) -> Callable[[F], F]:
    """Give a primitive its differential; the same as its method ``rule``.

    Parameters
    ----------
    primitive : Primitive
        Made by ``pf.primitive``.

    Returns
    -------
    callable
        A decorator of the function ``(y, *operands, *tangents) -> dy``.

    Raises
    ------
    RuleRefused
        When the rule fails its proof.
    """
    if not isinstance(primitive, Primitive):
        raise ParameterTypeError(
            f"pf.rule takes what pf.primitive made, "
            f"got {type(primitive).__name__} {primitive!r:.60}"
        )
    return primitive.rule
