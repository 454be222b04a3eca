"""``pf.rule``: the differential of a primitive, given from elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pyframe._checks import shown
from pyframe.autodiff.foreign.primitive import Primitive
from pyframe.errors import ParameterTypeError
from pyframe.registry.records import API, RuleRecord


def rule(
    primitive: Primitive | str,
    *,
    reverse: bool = False,
    summary: str = "",
    reference: str = "",
    requires: tuple[str, ...] = (),
    api: int = API,
) -> Callable[[Callable[..., Any]], Any]:
    """Give a primitive its differential.

    Parameters
    ----------
    primitive : Primitive or str
        Made by ``pf.primitive``: the rule is tried and counts from now on.  A name makes a record
        for ``pf.register`` or the hook ``pyframe_rules``: it counts for a primitive of this name
        that has no rule of its own, and is tried on first use.
    reverse : bool
        The function takes the adjoint of the result and returns those of the arguments.
    summary, reference, requires, api
        As for ``pf.criterion``; of a record.

    Returns
    -------
    callable
        A decorator of the function ``(y, *operands, *tangents) -> dy``, which must be linear in the
        tangents, or with `reverse` ``(y, *operands, adjoint) -> adjoints``.

    Raises
    ------
    RuleRefused
        When the rule fails its proof.

    Examples
    --------
    >>> import numpy as np, pyframe as pf
    >>> @pf.primitive("fourth-power")
    ... def fourth(x):
    ...     return np.square(np.square(x))
    >>> @pf.rule(fourth)
    ... def _(y, x, dx):
    ...     return 4 * x**3 * dx
    >>> pf.derivative(pf.derivative(fourth))(2.0)
    48.0
    """
    if isinstance(primitive, Primitive):
        return primitive.vjp if reverse else primitive.rule
    if isinstance(primitive, str):

        def decorate(function: Callable[..., Any]) -> RuleRecord:
            return RuleRecord(primitive, function, summary, reference, requires, api, reverse)

        return decorate
    raise ParameterTypeError(
        "pf.rule takes what pf.primitive made, or its name, "
        f"got {type(primitive).__name__} {shown(primitive)}"
    )
