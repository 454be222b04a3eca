"""``pf.check_grads``: derivatives of a function against differences, and against each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from pyframe._checks import number, shown, whole
from pyframe.autodiff import operators
from pyframe.autodiff.arguments import to_differentiate
from pyframe.autodiff.modes.finite_difference import FiniteDifference
from pyframe.autodiff.pytree import flatten, unflatten
from pyframe.errors import GradientMismatch, ParameterError

MODES = ("forward", "reverse")

HIGHEST = 10
"""The highest order: each takes twice the work of the one before."""


def check_grads(
    f: Callable[..., Any],
    args: tuple[Any, ...],
    order: int = 2,
    modes: Sequence[str] = MODES,
    *,
    rtol: float | None = None,
    atol: float | None = None,
    seed: int = 0,
) -> float:
    """Compare the derivatives of a function with differences of its values.

    Along a random direction v the tangent of forward mode is compared with Richardson's
    extrapolation of ``(f(x + h v) - f(x - h v)) / 2h``; reverse mode, with adjoint w, by
    ``<w, J v> = <J' w, v>``.  The derivatives themselves are checked in the same way, up to
    the order given.

    Parameters
    ----------
    f : callable
        Any function of floats and arrays.
    args : tuple
        Where to check: floats and arrays of floats, or trees of them.
    order : int
        Up to which derivative, from 1 to 10.
    modes : sequence of str
        ``"forward"``, ``"reverse"`` or both.
    rtol, atol : float, optional
        Largest difference accepted, relative to the larger value and absolute; by default
        1e-6 for float64 and 2e-2 for float32, each ten times as much for every further order.
    seed : int
        Of the directions.

    Returns
    -------
    float
        The largest relative difference found.

    Raises
    ------
    GradientMismatch
        When a derivative differs by more, with the order, the mode and both values.
    ParameterError
        For an order below 1 or another mode.

    Notes
    -----
    At a kink, differences and the conventions of automatic differentiation disagree: check
    beside it.

    Examples
    --------
    >>> import numpy as np, pyframe as pf
    >>> pf.check_grads(lambda x: np.sum(np.sin(x) ** 3), (np.array([0.3, 1.2]),)) < 1e-6
    True
    """
    to_differentiate(f)
    whole(order, "order", 1, HIGHEST)
    chosen = tuple(modes) if isinstance(modes, tuple | list) else ()
    if not chosen or not all(isinstance(mode, str) and mode in MODES for mode in chosen):
        raise ParameterError(f"modes must be some of {', '.join(MODES)}, got {shown(modes)}")
    if not isinstance(args, tuple):
        raise ParameterError(f"args must be a tuple of arguments, got {type(args).__name__}")
    whole(seed, "seed", 0)
    leaves, structure = flatten(args)
    single = any(getattr(leaf, "dtype", None) == np.float32 for leaf in leaves)
    tolerance = 2e-2 if single else 1e-6
    check = _Check(
        np.random.default_rng(seed),
        chosen,
        tolerance if rtol is None else _at_least_0(rtol, "rtol"),
        tolerance if atol is None else _at_least_0(atol, "atol"),
    )
    check.run(lambda *parts: f(*unflatten(structure, parts)), leaves, 1, order, "f")
    return check.worst


def _at_least_0(value: Any, name: str) -> float:
    tolerance = number(value, name)
    if not tolerance >= 0:
        raise ParameterError(f"{name} must be >= 0, got {shown(value)}")
    return tolerance


class _Check:
    def __init__(self, rng: np.random.Generator, modes: Any, rtol: float, atol: float) -> None:
        self.rng, self.modes, self.rtol, self.atol = rng, modes, rtol, atol
        self.worst = 0.0

    def run(self, f: Any, leaves: list[Any], this: int, order: int, what: str) -> None:
        """Check the derivative of f, then those of its derivatives."""
        v = [self._like(leaf) for leaf in leaves]
        outputs = flatten(f(*leaves))[0]
        w = [self._like(out) for out in outputs]

        def along(mode: Any) -> Any:
            return flatten(operators.jvp(f, tuple(leaves), tuple(v), mode=mode)[1])[0]

        wanted = along(FiniteDifference("richardson"))
        tangents = along("forward")
        scale = 10.0 ** (this - 1)
        if "forward" in self.modes:
            for found, by_difference in zip(tangents, wanted, strict=True):
                self._compare(found, by_difference, scale, f"order {this}, forward mode of {what}")
        if "reverse" in self.modes:
            structure = flatten(f(*leaves))[1]
            _, pull = operators.vjp(f, *leaves)
            adjoints = flatten(pull(unflatten(structure, w)))[0]
            flows = sum(float(np.sum(a * b)) for a, b in zip(adjoints, v, strict=True))
            back = sum(float(np.sum(a * b)) for a, b in zip(w, wanted, strict=True))
            self._compare(flows, back, scale, f"order {this}, reverse mode of {what}")
        if this == order:
            return
        if "forward" in self.modes:
            self.run(
                lambda *x: flatten(operators.jvp(f, x, tuple(v))[1])[0],
                leaves, this + 1, order, f"the tangent of {what}",
            )  # fmt: skip
        if "reverse" in self.modes:

            def pulled(*x: Any) -> Any:
                value, pull = operators.vjp(f, *x)
                return flatten(pull(unflatten(flatten(value)[1], w)))[0]

            self.run(pulled, leaves, this + 1, order, f"the adjoint of {what}")

    def _like(self, leaf: Any) -> Any:
        if np.shape(leaf) == ():
            return float(self.rng.normal())
        return self.rng.normal(size=np.shape(leaf)).astype(getattr(leaf, "dtype", np.float64))

    def _compare(self, found: Any, wanted: Any, scale: float, where: str) -> None:
        a, b = np.asarray(found, np.float64), np.asarray(wanted, np.float64)
        if a.size == 0:
            return
        apart = np.abs(a - b)
        size = np.maximum(np.abs(a), np.abs(b))
        bad = ~(apart <= scale * (self.atol + self.rtol * size))
        counted = apart > self.atol * scale
        relative = np.max(apart / np.maximum(size, 1e-300), initial=0.0, where=counted)
        if np.any(bad):
            place = int(np.argmax(np.where(bad, np.where(np.isnan(apart), np.inf, apart), -1.0)))
            raise GradientMismatch(
                f"{where}: {np.ravel(a)[place]:.17g}, by differences {np.ravel(b)[place]:.17g} "
                f"({int(bad.sum())} of {a.size} elements differ "
                f"by more than rtol={self.rtol * scale:g})"
            )
        self.worst = max(self.worst, float(relative))
