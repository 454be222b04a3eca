"""Series through a recorded graph, node by node."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pyframe.errors import UnsupportedOperation
from pyframe_taylor.elementary import BINARY, UNARY, raised
from pyframe_taylor.series import (
    Series,
    convolved,
    exponential,
    logarithm,
    plus,
    product,
    root,
)

HIGHEST = 8
"""The highest order of functions that have no recurrence: nested derivatives of them grow."""

LINEAR = frozenset(
    {
        "reshape",
        "transpose",
        "broadcast",
        "slice",
        "unslice",
        "element",
        "sum",
        "cumsum",
        "cumsum_reverse",
        "convert",
    }
)
"""Linear in the one operand that moves."""

BESIDE = frozenset({"gather", "scatter_add"})
"""Linear in the first operand; the second holds places."""

JOINED = frozenset({"concatenate", "stack"})
"""Linear in all operands together."""

FACTORS = frozenset({"lu", "qr", "qr_complete", "eigh", "svd", "svd_full"})
"""Factorisations, which others read by parts."""

BILINEAR = frozenset({"contract", "scale", "strong"})
"""Linear in each of two operands."""


def propagate(
    recording: Any, inputs: list[Any], lines: list[list[Any]], outputs: list[Any], order: int
) -> list[list[Any]]:
    """The coefficients of `outputs` when each input moves along its line; None for zero."""
    walk = _Walk(recording, order)
    for x, line in zip(inputs, lines, strict=True):
        walk.known[recording.place(x)] = Series(line, order)
    for place, name, operands, attribute in recording.nodes(outputs):
        if place not in walk.known:
            walk.known[place] = walk.node(place, name, operands, attribute)
        walk.names[place] = (name, operands)
    return [walk.shaped(recording.place(out), out) for out in outputs]


@dataclass
class _Walk:
    """The series of the nodes met so far."""

    recording: Any
    order: int
    known: dict[int, Series] = field(default_factory=dict)
    names: dict[int, tuple[str, list[int]]] = field(default_factory=dict)

    def shaped(self, place: int, like: Any) -> list[Any]:
        """Coefficients stretched to the shape of their value."""
        shape = np.shape(like)
        return [
            each if each is None or np.shape(each) == shape else np.broadcast_to(each, shape)
            for each in self.known[place].c
        ]

    def node(self, place: int, name: str, operands: list[int], attribute: Any) -> Series:
        """The series of a node, its own value in front."""
        recording = self.recording
        series = [self.known[k] for k in operands]
        if name in FACTORS:  # the series of the matrix stands for its factorisation
            return self._full(series[0], self.recording.at(operands[0]))
        constant = Series([recording.at(place)], self.order)
        value = constant.c[0]
        moves = any(each.moves for each in series)
        if not moves or value.dtype.kind != "f" or self.order == 0:
            return constant
        found = self._rule(place, name, operands, attribute, series, value)
        return Series([value, *found.c[1:]], self.order)

    def _rule(
        self,
        place: int,
        name: str,
        operands: list[int],
        attribute: Any,
        series: list[Series],
        value: Any,
    ) -> Series:
        def again(*given: Any) -> Any:
            return self.recording.again(place, list(given))

        values = [self.recording.at(k) for k in operands]
        if name in UNARY:
            return UNARY[name](series[0], value)
        if name in BINARY and not self._tied(name, operands):
            return BINARY[name](series[0], series[1], value)
        if name == "power":
            return raised(series[0], series[1], value, self._constant(operands[1]))
        if name in LINEAR:
            whole = [self._full(x, v) for x, v in zip(series, values, strict=True)]
            return whole[0].mapped(again)
        if name in BESIDE:
            return self._full(series[0], values[0]).mapped(lambda each: again(each, values[1]))
        if name in JOINED:
            return self._joined(series, values, again)
        if name == "put":
            return self._joined(
                [series[0], series[2]],
                [values[0], values[2]],
                lambda x, new: again(x, values[1], new),
            )
        if name in BILINEAR:
            return product(*(self._full(x, v) for x, v in zip(series, values, strict=True)), again)
        if name == "select":
            return self._joined(series[1:], values[1:], lambda a, b: np.where(values[0], a, b))
        if name in {"max", "min"}:
            kept = _beside(value, values[0], attribute)
            there = np.where(values[0] == kept, 1.0, 0.0)
            share = there / np.sum(there, axis=attribute, keepdims=True)
            return (series[0] * share).mapped(lambda each: np.sum(each, axis=attribute))
        if name == "logsumexp":
            kept = _beside(value, values[0], attribute)
            total = exponential(series[0] - kept).mapped(lambda each: np.sum(each, axis=attribute))
            return logarithm(total)
        if name == "norm":
            square = (series[0] * series[0]).mapped(lambda each: np.sum(each, axis=attribute))
            found = root(square, np.where(value == 0.0, 1.0, value))
            return found.mapped(lambda each: np.where(value == 0.0, 0.0, each))
        if name in {"solve", "solve_transposed", "inverse", "log_abs_det", "det"}:
            return self._linear_algebra(name, operands, series, value, again)
        return self._nested(place, name, operands, series)

    def _full(self, x: Series, like: Any) -> Series:
        """Coefficients of the shape of their value, as primitives that do not broadcast want."""
        shape = np.shape(like)
        return x.mapped(
            lambda each: each if np.shape(each) == shape else np.broadcast_to(each, shape)
        )

    def _joined(self, series: list[Series], values: list[Any], again: Any) -> Series:
        """A function linear in several operands together."""
        full = [self._full(x, v) for x, v in zip(series, values, strict=True)]
        nothing = [np.zeros(np.shape(v), v.dtype) for v in values]
        made: list[Any] = []
        for coefficients in zip(*(x.c for x in full), strict=True):
            if all(each is None for each in coefficients):
                made.append(None)
                continue
            pairs = zip(coefficients, nothing, strict=True)
            made.append(again(*(zero if each is None else each for each, zero in pairs)))
        return Series(made, self.order)

    def _linear_algebra(
        self, name: str, operands: list[int], series: list[Series], value: Any, again: Any
    ) -> Series:
        """A(t) X(t) = B(t), order by order; the factorisation of A(0) serves all of them."""
        factored = self.recording.at(operands[0])
        a = self.known[operands[0]]
        if name == "solve_transposed":
            a = a.mapped(lambda each: np.swapaxes(each, -1, -2))
        if name in {"solve", "solve_transposed"}:
            b = self._full(series[1], self.recording.at(operands[1]))
            c: list[Any] = [value]
            for k in range(1, self.order + 1):
                rest = convolved(a.c, [*c, None], k, np.matmul, start=1)
                right = b.c[k] if rest is None else plus(b.c[k], -rest)
                c.append(None if right is None else again(factored, right))
            return Series(c, self.order)
        inverse = value if name == "inverse" else np.linalg.inv(a.c[0])
        c = [inverse]
        for k in range(1, self.order + 1):
            rest = convolved(a.c, [*c, None], k, np.matmul, start=1)
            c.append(None if rest is None else -np.matmul(inverse, rest))
        if name == "inverse":
            return Series(c, self.order)
        # log|det A|' = tr(A^-1 A').
        slope = Series(c, self.order)
        total: list[Any] = [value]
        for k in range(1, self.order + 1):
            terms = [None if each is None else each * (j / k) for j, each in enumerate(a.c)]
            traced = convolved(
                terms, slope.c, k, lambda x, y: np.sum(x * np.swapaxes(y, -1, -2), (-1, -2)), 1
            )
            total.append(traced)
        logarithmic = Series(total, self.order)
        return logarithmic if name == "log_abs_det" else exponential(logarithmic, value)

    def _nested(self, place: int, name: str, operands: list[int], series: list[Series]) -> Series:
        """A function without a recurrence: its derivatives in t, nested."""
        if self.order > HIGHEST:
            raise UnsupportedOperation(
                f"{name} has no recurrence for Taylor coefficients: orders up to {HIGHEST} are "
                f"computed by nested derivatives, got order {self.order}"
            )
        recording = self.recording
        t = recording.argument(0.0)
        given: list[Any] = []
        for k, x in zip(operands, series, strict=True):
            inner, below = self.names[k]
            if not x.moves:
                given.append(recording.at(k))
            elif inner in FACTORS:
                matrix = self._polynomial(x, recording.at(below[0]), t)
                given.append(recording.again(k, [matrix]))
            else:
                given.append(self._polynomial(x, recording.at(k), t))
        y = recording.again(place, given)
        made: list[Any] = [y]
        for k in range(1, self.order + 1):
            y = None if y is None else recording.forward([t], [1.0], [y])[0]
            made.append(None if y is None else y * (1.0 / math.factorial(k)))
        return Series(made, self.order)

    def _polynomial(self, x: Series, value: Any, t: Any) -> Any:
        total = value
        step = t
        for each in x.c[1:]:
            total = total if each is None else total + each * step
            step = step * t
        return total

    def _constant(self, place: int) -> Any:
        """The value of a node that is written in the function, perhaps stretched; else None."""
        where = place
        while self.names[where][0] in {"broadcast", "reshape", "convert"}:
            where = self.names[where][1][0]
        return self.recording.at(place).concrete if self.names[where][0] == "constant" else None

    def _tied(self, name: str, operands: list[int]) -> bool:
        """Whether a maximum against a constant, where ties are the constant's, is meant."""
        return name in {"maximum", "minimum"} and any(
            self._constant(k) is not None for k in operands
        )


def _beside(value: Any, x: Any, axes: Any) -> Any:
    """The result of a reduction in the shape that stands beside its operand."""
    return np.reshape(value, [1 if k in axes else n for k, n in enumerate(np.shape(x))])
