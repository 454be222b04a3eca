"""Certificates: a derivative compared with differences of the function, at random points.

Analytic functions are followed around a small circle off the real axis, which gives all digits;
others are differenced with Richardson's extrapolation.  The function is evaluated in plain NumPy
(``plainly``), which shares nothing with how the derivative was found or compiled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from pyframe.matcalc.binding import Argument, length
from pyframe.matcalc.plainly import evaluate, is_analytic

Array = np.ndarray[Any, np.dtype[Any]]

POINTS_ON_CIRCLE = 16
RADIUS = 0.05
TRIES = 40
SETTLED = 1e-7


@dataclass(frozen=True)
class Certificate:
    """How far a derivative is from differences of the function.

    Parameters
    ----------
    error : float
        The largest relative error; NaN when no point of the domain was found.
    points : int
        At how many random points.
    method : str
        ``"complex circle"`` or ``"Richardson"``.
    tolerance : float
        Up to which error the derivative passes.
    """

    error: float
    points: int
    method: str
    tolerance: float

    @property
    def ok(self) -> bool:
        """Whether the derivative passes."""
        return self.points > 0 and self.error <= self.tolerance

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        if not self.points:
            return "not certified: no random point lies in the domain"
        verdict = "certified" if self.ok else "REFUTED"
        return f"{verdict}: relative error {self.error:.1e} at {self.points} points ({self.method})"


def certificate(
    listing: list[Any],
    symbols: Sequence[Argument],
    derivative: Callable[[Mapping[str, Array]], Array],
    name: str,
    project: Callable[[Array, Mapping[str, Array]], Array] | None = None,
    points: int = 3,
    seed: int = 0,
) -> Certificate:
    """Compare a derivative with differences of what it is the derivative of.

    Parameters
    ----------
    listing : list
        The function, as ``Formula.listing()`` gives it.
    symbols : sequence of Argument
        Its symbols.
    derivative : callable
        The derivative's value, an array of the function's axes and then the variable's.
    name : str
        The variable.
    project : callable, optional
        A direction projected onto those in which the variable may move.
    points : int
        At how many points.
    seed : int
        Of the random numbers.
    """
    rng = np.random.default_rng(seed)
    analytic = is_analytic(listing)
    sizes = _sizes(symbols)
    worst, found = 0.0, 0
    for attempt in range(TRIES):
        values = {own.name: _draw(own, sizes, rng, positive=attempt % 2 == 1) for own in symbols}
        direction = rng.standard_normal(values[name].shape)
        if project:
            direction = project(direction, values)

        def along(
            t: complex, values: Mapping[str, Array] = values, direction: Array = direction
        ) -> Array:
            moved = {**values, name: values[name] + t * direction}
            return evaluate(listing, moved, sizes)

        with np.errstate(all="ignore"):
            try:
                slope = _on_circles(along) if analytic else _richardson(along)
                got = _applied(derivative(values), direction).reshape(slope.shape)
            except np.linalg.LinAlgError:
                continue
        if not (np.all(np.isfinite(slope)) and np.all(np.isfinite(got))):
            continue
        scale = max(float(np.max(np.abs(slope), initial=0.0)), 1e-3)
        worst = max(worst, float(np.max(np.abs(got - slope), initial=0.0)) / scale)
        found += 1
        if found == points:
            break
    method = "complex circle" if analytic else "Richardson"
    return Certificate(worst if found else np.nan, found, method, 1e-9 if analytic else 1e-5)


def _applied(derivative: Array, direction: Array) -> Array:
    return np.tensordot(derivative, direction, direction.ndim)


def _on_circles(f: Callable[[complex], Array]) -> Array:
    """The same on two circles that agree; NaN where a singularity is too near for that."""
    outer = _on_circle(f, RADIUS)
    rounding = 8 * np.finfo(float).eps * float(np.max(np.abs(f(0j)), initial=0.0))
    for radius in (RADIUS / 3, RADIUS / 9):
        inner = _on_circle(f, radius)
        apart = float(np.max(np.abs(outer - inner), initial=0.0))
        size = max(float(np.max(np.abs(inner), initial=0.0)), 1e-3)
        if np.max(np.abs(inner), initial=0.0) <= rounding / radius:
            return np.zeros_like(inner)
        if apart <= 1e-12 * size + rounding / radius:
            return inner
        outer = inner
    return np.full_like(outer, np.nan)


def _on_circle(f: Callable[[complex], Array], radius: float) -> Array:
    """The first coefficient of the series of f, by the trapezoidal rule on a circle."""
    circle = np.exp(2j * np.pi * np.arange(POINTS_ON_CIRCLE) / POINTS_ON_CIRCLE)
    total = sum(f(complex(radius * z)) / z for z in circle)
    return np.asarray(np.real(total) / (POINTS_ON_CIRCLE * radius))


def _richardson(f: Callable[[float], Array]) -> Array:
    """Central differences, extrapolated to step 0; NaN where a kink is too near for that."""
    best, least = _extrapolated(f, 2.0**-4)
    for step in (2.0**-7, 2.0**-10):
        if least <= SETTLED * max(float(np.max(np.abs(best), initial=0.0)), 1e-3):
            return best
        best, least = min((best, least), _extrapolated(f, step), key=lambda own: own[1])
    settled = least <= SETTLED * max(float(np.max(np.abs(best), initial=0.0)), 1e-3)
    return best if settled else np.full_like(best, np.nan)


def _extrapolated(f: Callable[[float], Array], step: float) -> tuple[Array, float]:
    """The extrapolation from one step (Ridders 1982), and how far its last two values are apart."""
    rows = 6
    table = [(f(step / 2**k) - f(-step / 2**k)) / (2 * step / 2**k) for k in range(rows)]
    best, least = table[-1], np.inf
    for level in range(1, rows):
        factor = 4.0**level
        finer = [(factor * b - a) / (factor - 1) for a, b in pairwise(table)]
        apart = float(np.max(np.abs(finer[-1] - table[-1]), initial=0.0))
        if apart <= least:
            best, least = finer[-1], apart
        table = finer
    return best, least


def _sizes(symbols: Sequence[Argument]) -> dict[str, int]:
    """Different small numbers for the names of sizes."""
    factors = {part for own in symbols for size in own.shape for part in size.split("*")}
    names = [part for part in factors if not part.isdigit()]
    return {name: 3 + k for k, name in enumerate(sorted(names))}


def _draw(
    own: Argument, sizes: Mapping[str, int], rng: np.random.Generator, positive: bool
) -> Array:
    """A value that has what is declared of it."""
    shape = tuple(length(size, sizes) for size in own.shape)
    facts = set(own.facts)
    value = rng.standard_normal(shape)
    if positive or facts & {"positive", "nonnegative"}:
        value = 0.5 + rng.random(shape)
    if len(shape) == 2:
        if "positive_definite" in facts:
            value = value @ value.T / shape[1] + np.eye(shape[0])
        elif "orthogonal" in facts:
            value = np.linalg.qr(rng.standard_normal(shape))[0]
        elif "invertible" in facts:
            value = value + 3 * np.eye(shape[0])
        value = in_space(facts, value)
    return value


def in_space(facts: set[str], value: Array) -> Array:
    """The nearest matrix that has what is declared."""
    if "diagonal" in facts:
        return np.diag(np.diagonal(value))
    if "symmetric" in facts:
        return (value + value.T) / 2
    if "skew" in facts:
        return (value - value.T) / 2
    return np.triu(value) if "upper_triangular" in facts else value
