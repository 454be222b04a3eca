"""The mode, and the function that gives all coefficients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from pyframe.autodiff.arguments import as_float
from pyframe.autodiff.modes.base import Mode, is_smooth
from pyframe.autodiff.modes.forward import zeros
from pyframe.autodiff.pytree import flatten, unflatten
from pyframe.autodiff.record import Recorded, opened, record
from pyframe.errors import ParameterError, ShapeError
from pyframe_taylor.propagate import propagate


@dataclass(frozen=True)
class Taylor(Mode):
    """Tangents as the second coefficients of series: forward mode of order one.

    References
    ----------
    Griewank and Walther, Evaluating Derivatives (2008), chapter 13.

    Examples
    --------
    >>> import numpy as np, pyframe as pf, pyframe_taylor
    >>> pf.derivative(np.sin, mode=pyframe_taylor.Taylor())(0.0)
    1.0
    """

    name: ClassVar[str] = "taylor"

    def push(self, run: Recorded, directions: list[Any]) -> list[Any]:
        """One series of order one."""
        return [
            zeros(out) if tangent is None else tangent
            for out, (_, tangent) in zip(run.outputs, _series(run, directions, 1), strict=True)
        ]


def _series(run: Recorded, directions: list[Any], order: int) -> list[list[Any]]:
    """The coefficients of each output; None for those that are zero."""
    lines = [[x, v] for x, v in zip(run.inputs, directions, strict=True)]
    smooth = [out for out in run.outputs if is_smooth(out)]
    found = iter(propagate(run.recording, run.inputs, lines, smooth, order))
    return [next(found) if is_smooth(out) else [out] + [None] * order for out in run.outputs]


def taylor(f: Any, x: Any, v: Any, order: int) -> Any:
    """The coefficients of f(x + t v) in t, from t^0 up to t^order.

    Coefficient k is the k-th derivative along v divided by k!.  One sweep over the recorded
    graph costs about order^2 / 2 products for each product of f, while nested derivatives
    cost exponentially more with each order.

    Parameters
    ----------
    f : callable
        A function of one number, array or tree of them, that returns the like.
    x : float, array or tree
        Where to expand.
    v : float, array or tree
        The direction, of the structure and shapes of `x`.
    order : int
        The highest power of t, at least 0.

    Returns
    -------
    array or tree
        In the structure of what `f` returns: arrays of shape (order + 1, ...) with the
        coefficients in front.

    Raises
    ------
    ParameterError
        When `order` is no integer >= 0.
    ShapeError
        When `v` is not shaped like `x`.
    UnsupportedOperation
        For an order above 8 of a function without a recurrence (Bessel functions, for one).

    References
    ----------
    Griewank and Walther, Evaluating Derivatives (2008), tables 13.1 and 13.2.

    Examples
    --------
    >>> import numpy as np
    >>> from pyframe_taylor import taylor
    >>> taylor(lambda x: x[0] * x[1], np.array([2.0, 3.0]), np.array([1.0, 1.0]), 3)
    array([6., 5., 1., 0.])
    """
    if not isinstance(order, int) or isinstance(order, bool) or order < 0:
        raise ParameterError(f"order must be an int >= 0, got {order!r:.60}")
    leaves, structure = flatten(x)
    leaves = [as_float(leaf) for leaf in leaves]
    directions, seen = flatten(v)
    shapes = [np.shape(leaf) for leaf in leaves]
    if seen != structure or [np.shape(d) for d in directions] != shapes:
        raise ShapeError(f"v must have the structure and shapes {shapes} of x")
    directions = [
        d if hasattr(d, "dtype") and d.dtype.kind == "f" else np.asarray(d, dtype=float)
        for d in directions
    ]
    with opened() as (recording, nested):
        run = record(recording, nested, f, leaves, lambda traced: f(unflatten(structure, traced)))
        return unflatten(
            run.result,
            [
                run.given(np.stack([zeros(out) if c is None else c for c in coefficients]))
                for out, coefficients in zip(
                    run.outputs, _series(run, directions, order), strict=True
                )
            ],
        )
