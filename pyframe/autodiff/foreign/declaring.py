"""``pf.primitive``: a function declared as one node of the trace."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from pyframe.autodiff.foreign.primitive import Primitive
from pyframe.errors import RecordError
from pyframe.registry.records import API


def primitive(
    name: str,
    *,
    domain: Any = (-math.inf, math.inf),
    differentiable: tuple[str, ...] | None = None,
    shape: Callable[..., tuple[int, ...]] | None = None,
    shapes: tuple[tuple[int, ...], ...] = (),
    sample: Callable[..., Any] | None = None,
    arguments: tuple[str, ...] = (),
    linear: str | None = None,
    replaces: str | tuple[str, ...] = (),
    proof: str = "at-once",
    summary: str = "",
    reference: str = "",
    requires: tuple[str, ...] = (),
    api: int = API,
) -> Callable[[Callable[..., Any]], Primitive]:
    """Make a primitive of a function of arrays: the trace holds it as one node.

    The function is called with NumPy arrays (read-only) and numbers, whatever is traced around it.
    It is elementwise unless `shape` says otherwise.

    Parameters
    ----------
    name : str
        Lower case words joined by ``-``.
    domain : pair, list or range, or one of these for each argument (a tuple or a dict by name)
        Where it is defined: an open interval ``(low, high)`` or some values.  A rule is tried on
        points drawn from it.
    differentiable : tuple of str, optional
        The arguments that the rule has tangents for, all if not given.
    shape : callable, optional
        The shape of the result from the shapes of the arguments.
    shapes : tuple of shapes, one for each argument
        With `shape`: small shapes on which a rule is tried.
    sample : callable, optional
        ``sample(rng, *shapes)`` draws arguments of these shapes, for domains that are no product
        of intervals.
    arguments : tuple of str, optional
        Names of the arguments, where the function does not tell.
    linear : str, optional
        The argument in which it is linear, as ``solve`` is in its right-hand side: rules may then
        apply it to tangents.  Reverse mode asks for its :meth:`Primitive.transpose`.
    replaces : str or tuple of str, optional
        Functions of other packages that it stands in for, once it is registered: with
        ``"scipy.special.struve"`` that ufunc may be called with traced values.
    proof : {"at-once", "on-first-use"}
        When a rule is tried: as it is given, or when a derivative is first asked for, so that a
        package with many primitives is imported at once.
    summary, reference, requires, api
        As for ``pf.criterion``.

    Returns
    -------
    callable
        A decorator that returns a :class:`Primitive`.

    Examples
    --------
    >>> import numpy as np, pyframe as pf
    >>> @pf.primitive("cube")
    ... def cube(x):
    ...     "A cube that the trace cannot look into."
    ...     return np.asarray([float(t) ** 3 for t in np.ravel(x)]).reshape(np.shape(x))
    >>> @cube.rule
    ... def _(y, x, dx):
    ...     return 3 * x**2 * dx
    >>> pf.grad(lambda x: np.sum(cube(x)))(np.array([1.0, 2.0]))
    array([ 3., 12.])
    """
    if callable(name):
        raise RecordError("pf.primitive takes the name first: @pf.primitive('name')")

    def decorate(function: Callable[..., Any]) -> Primitive:
        text = function.__doc__ or ""
        given = not isinstance(summary, str) or summary
        line = summary if given else text.strip().partition("\n")[0].strip()
        return Primitive(
            name,
            function,
            line,
            reference,
            requires,
            api,
            (replaces,) if isinstance(replaces, str) else replaces,
            domain=domain,
            differentiable=differentiable,
            shape=shape,
            shapes=shapes,
            sample=sample,
            arguments=arguments,
            linear=linear,
            proof=proof,
        )

    return decorate
