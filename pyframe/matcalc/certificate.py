"""Certificates: a derivative compared with differences of the function, at random points.

The function is evaluated in plain NumPy (``plainly``), which shares nothing with how the derivative
was found or compiled.  A disagreement counts where both sides are known better than they disagree:
where neither moves by much when the values move by rounding, and where a point beside it disagrees
as well.  So a function that is rounding alone at a point, such as the logarithm of a determinant
that is 0, refutes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pyframe.autodiff.singular import singular
from pyframe.errors import UnsupportedOperation
from pyframe.matcalc.binding import Argument
from pyframe.matcalc.differences import LEAST, largest, on_circles, richardson
from pyframe.matcalc.plainly import evaluate, is_analytic
from pyframe.matcalc.points import draw, near, sizes_in_turn

Array = np.ndarray[Any, np.dtype[Any]]

TRIES = 40
"""How many points are drawn at least, where too few of them serve."""
KNOWN = 1e-3
"""How much of a slope may be rounding where agreement with it counts."""
ROUNDING = 1e-14
"""By how much values are moved to see what rounding does: some units in the last place."""
BESIDE = 1e-3
"""By how much a point is moved to one beside it, relatively."""
SURE = 100
"""How many times as large as what rounding moves a disagreement is that counts."""


@dataclass(frozen=True)
class Certificate:
    """How far a derivative is from differences of the function.

    Parameters
    ----------
    error : float
        The largest relative error; NaN when no point was found.
    points : int
        At how many random points.
    method : str
        ``"complex circle"`` or ``"Richardson"``.
    tolerance : float
        Up to which error the derivative passes.
    left_out : int
        How many points of the domain were left out: rounding is too large there to tell.
    unknown : str
        What could not be evaluated apart from the library.
    """

    error: float
    points: int
    method: str
    tolerance: float
    left_out: int = 0
    unknown: str = ""

    @property
    def ok(self) -> bool:
        """Whether the derivative passes."""
        return self.points > 0 and self.error <= self.tolerance

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        if self.unknown:
            return f"not certified: {self.unknown}"
        if not self.points:
            why = "is well conditioned" if self.left_out else "lies in the domain"
            return f"not certified: no random point {why}"
        verdict = "certified" if self.ok else "REFUTED"
        return f"{verdict}: relative error {self.error:.1e} at {self.points} points ({self.method})"


@dataclass(frozen=True)
class _Sides:
    """The slope of the function and that of the derivative, along one direction."""

    slope: Array
    got: Array
    unknown: float

    @property
    def scale(self) -> float:
        return max(largest(self.slope), LEAST)

    @property
    def gap(self) -> float:
        return largest(self.got - self.slope)

    @property
    def error(self) -> float:
        return self.gap / self.scale

    def is_flat(self, tolerance: float) -> bool:
        """Whether both are so small that they agree whatever they are."""
        return max(largest(self.slope), largest(self.got)) <= tolerance * LEAST

    def apart(self, other: _Sides) -> float:
        """How far the sides are from those at another point."""
        return max(largest(other.slope - self.slope), largest(other.got - self.got))


@dataclass(frozen=True)
class _Point:
    """Values of the symbols, and a direction for the variable."""

    values: dict[str, Array]
    along: Array
    sizes: dict[str, int]


@dataclass(frozen=True)
class _Comparison:
    """A function, what is said to be its derivative, and how well they have to agree."""

    listing: list[Any]
    symbols: Sequence[Argument]
    derivative: Callable[[Mapping[str, Array], Array], Array]
    name: str
    project: Callable[[Array, Mapping[str, Array]], Array] | None
    analytic: bool

    @property
    def tolerance(self) -> float:
        return 1e-9 if self.analytic else 1e-5

    def draw(self, sizes: dict[str, int], rng: np.random.Generator, positive: bool) -> _Point:
        values = {own.name: draw(own, sizes, rng, positive) for own in self.symbols}
        return _Point(values, rng.standard_normal(values[self.name].shape), sizes)

    def near(self, point: _Point, step: float, rng: np.random.Generator) -> _Point:
        values = {own.name: near(own, point.values[own.name], step, rng) for own in self.symbols}
        return _Point(values, point.along, point.sizes)

    def sides(self, point: _Point) -> _Sides | None:
        """Both slopes at a point, where it lies in the domain."""
        values, name = point.values, self.name
        direction = self.project(point.along, values) if self.project else point.along

        def moved(t: complex) -> Array:
            there = {**values, name: values[name] + t * direction}
            return evaluate(self.listing, there, point.sizes)

        with np.errstate(all="ignore"), singular(warn=False):
            try:
                slope = on_circles(moved) if self.analytic else richardson(moved)
                got = self.derivative(values, direction)
            except np.linalg.LinAlgError:
                return None
        got = got.reshape(slope.value.shape)
        finite = np.all(np.isfinite(slope.value)) and np.all(np.isfinite(got))
        return _Sides(slope.value, got, slope.unknown) if finite else None

    def is_sure(self, found: _Sides, point: _Point, rng: np.random.Generator) -> bool:
        """Whether both slopes are known so well that their error counts, small or large."""
        if found.error <= self.tolerance:
            return found.unknown <= KNOWN * found.scale
        for step in (ROUNDING, ROUNDING, BESIDE):
            other = self.sides(self.near(point, step, rng))
            if other is None or other.error <= self.tolerance:
                return False
            if step == ROUNDING and SURE * found.apart(other) > found.gap:
                return False
        return SURE * found.unknown <= found.gap


def certificate(
    listing: list[Any],
    symbols: Sequence[Argument],
    derivative: Callable[[Mapping[str, Array], Array], Array],
    name: str,
    project: Callable[[Array, Mapping[str, Array]], Array] | None = None,
    points: int = 3,
    seed: int = 0,
    is_zero: bool = False,
) -> Certificate:
    """Compare a derivative with differences of what it is the derivative of.

    Parameters
    ----------
    listing : list
        The function, as ``Formula.listing()`` gives it.
    symbols : sequence of Argument
        Its symbols.
    derivative : callable
        What it gives at values of the symbols along a direction of the variable.
    name : str
        The variable.
    project : callable, optional
        A direction projected onto those in which the variable may move.
    points : int
        At how many points.
    seed : int
        Of the random numbers.
    is_zero : bool
        Whether the derivative is 0 everywhere, by its formula; else points where both sides are 0
        say nothing.
    """
    rng = np.random.default_rng(seed)
    analytic = is_analytic(listing)
    comparison = _Comparison(listing, symbols, derivative, name, project, analytic)
    orders = sizes_in_turn(symbols)
    errors: list[float] = []
    failed = left_out = flat = 0
    for attempt in range(max(TRIES, 2 * len(orders), 2 * points)):
        # The sizes of the first point are kept; until there is one, all orders have their turn.
        point = comparison.draw(orders[failed // 2 % len(orders)], rng, positive=attempt % 2 == 1)
        try:
            found = comparison.sides(point)
        except UnsupportedOperation as error:
            return Certificate(np.nan, 0, "none", comparison.tolerance, unknown=str(error))
        if found is not None and not is_zero and found.is_flat(comparison.tolerance):
            flat += 1
            failed += not errors
        elif found is not None and comparison.is_sure(found, point, rng):
            errors.append(found.error)
        else:
            left_out += found is not None
            failed += not errors
        if len(errors) == points:
            break
    if not errors and flat:
        return Certificate(
            np.nan, 0, "none", comparison.tolerance, unknown=f"both sides are 0 at {flat} points"
        )
    method = "complex circle" if analytic else "Richardson"
    worst = max(errors, default=np.nan)
    return Certificate(worst, len(errors), method, comparison.tolerance, left_out)
