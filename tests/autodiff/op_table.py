"""The table of primitives: how each is reached, where it is defined, what it and its slopes are.

An entry names a primitive of ``rust/graph/src/primitive.rs`` and the function that records it.
``plain`` is the same function without pyframe; the derivatives of it are found in fifty digits
(``mpmath``, for functions of each element), by complex steps or by extrapolated differences.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from autodiff.mp_numpy import mp
from autodiff.pointwise import partial, reference
from autodiff.scalarised import complex_gradient, difference_gradient, one_number

SEED = 20261129


@dataclass(frozen=True)
class Entry:
    """One row.

    ``call`` is differentiated; ``sample`` are arguments inside the domain; ``singular`` are
    arguments on its edge or at a kink, with the partials there; ``empty`` and ``one`` are
    arguments without elements and of length one. ``stacked``: extra axes in front are only more
    of the same.
    """

    primitive: str
    call: Callable
    plain: Callable
    sample: tuple
    by: str = "complex"  # or "mpmath" or "differences"
    exact: Callable | None = None
    singular: tuple = ()
    empty: tuple | None = None
    one: tuple | None = None
    stacked: bool = True
    rtol: float = 1e-12
    single: float = 1e-4
    inside: bool = False  # the primitive is met only in the derivative
    once: bool = False  # its first derivative has none: refused
    label: str = ""
    _known: dict = field(default_factory=dict, repr=False, compare=False)

    @property
    def name(self):
        return f"{self.primitive}-{self.label}" if self.label else self.primitive

    @property
    def elementwise(self):
        return self.by == "mpmath"

    def arrays(self, dtype=float):
        return tuple(np.asarray(x, dtype) for x in self.sample)

    def directions(self, xs):
        rng = np.random.default_rng(SEED)
        return tuple(np.asarray(rng.uniform(0.5, 1.0, np.shape(x)), x.dtype) for x in xs)

    def expected(self, xs=None):
        """Value, tangent, gradient and product of the second derivative, all along directions."""
        key = None if xs is None else tuple((x.shape, x.tobytes()) for x in xs)
        if key not in self._known:
            given = self.arrays() if xs is None else xs
            made = Pointwise if self.elementwise else Stepwise
            self._known[key] = made(self, given)
        return self._known[key]


class Pointwise:
    """By the partial derivatives of a function of each element, in fifty digits."""

    def __init__(self, entry, xs):
        self.entry, self.xs, self.vs = entry, xs, entry.directions(xs)
        self.points = list(zip(*(np.ravel(x) for x in xs), strict=True))
        self.shape = np.shape(xs[0])

    def _partial(self, *places):
        orders = partial(len(self.xs), *places)
        made = reference(self.entry.exact, self.points, orders)
        return made.reshape(self.shape)

    @cached_property
    def value(self):
        made = [float(self.entry.exact(*map(mp.mpf, map(float, p)))) for p in self.points]
        return np.reshape(made, self.shape)

    @cached_property
    def _first(self):
        return [self._partial(k) for k in range(len(self.xs))]

    @cached_property
    def tangent(self):
        return sum(p * v for p, v in zip(self._first, self.vs, strict=True))

    @property
    def _weight(self):
        w = np.cos(1.7 * np.arange(1, self.value.size + 1)).reshape(self.shape)
        return w + self.value

    @cached_property
    def gradient(self):
        return [self._weight * p for p in self._first]

    @cached_property
    def product(self):
        n = range(len(self.xs))
        second = {(j, k): self._partial(j, k) for j in n for k in n if j <= k}
        return [
            self._first[k] * self.tangent
            + self._weight * sum(second[min(j, k), max(j, k)] * self.vs[j] for j in n)
            for k in n
        ]


class Stepwise:
    """By steps from the arguments: complex ones, or real ones extrapolated."""

    def __init__(self, entry, xs):
        self.entry, self.xs, self.vs = entry, xs, entry.directions(xs)
        self._number = one_number(entry.plain)
        complex_ = entry.by == "complex"
        self._gradient = complex_gradient if complex_ else difference_gradient

    @cached_property
    def value(self):
        return self.entry.plain(*self.xs)

    @cached_property
    def tangent(self):
        def moved(t):
            return self.entry.plain(*(x + t * v for x, v in zip(self.xs, self.vs, strict=True)))

        if self.entry.by == "complex":
            return np.imag(moved(1e-30j)) / 1e-30
        rows = [(moved(h) - moved(-h)) / (2 * h) for h in (1e-3, 5e-4, 2.5e-4)]
        first = [(4 * b - a) / 3 for a, b in zip(rows, rows[1:], strict=False)]
        return (16 * first[1] - first[0]) / 15

    @cached_property
    def gradient(self):
        return self._gradient(self._number, self.xs)

    @cached_property
    def product(self):
        h = 1e-4
        ends = [
            self._gradient(self._number, [x + s * v for x, v in zip(self.xs, self.vs, strict=True)])
            for s in (h, -h, 2 * h, -2 * h)
        ]
        return [(8 * (a - b) - (c - d)) / (12 * h) for a, b, c, d in zip(*ends, strict=True)]
