"""What a mode is: something that pushes tangents, pulls adjoints or knows the Jacobian.

A mode implements one of :meth:`Mode.push`, :meth:`Mode.pull` and :meth:`Mode.jacobian`; the
other two follow.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from pyframe import _core
from pyframe._parameters import Parameters
from pyframe.autodiff.modes.limits import check_dense
from pyframe.autodiff.record import Recorded
from pyframe.errors import PluginError

Blocks = list[list[Any]]
"""A Jacobian: for each output leaf and each input leaf an array of shape out + in."""


@dataclass(frozen=True)
class Mode(Parameters):
    """Base of the modes.

    The methods are given a :class:`~pyframe.autodiff.record.Recorded` call: the function with
    its leaves of inputs and outputs, recorded already.
    """

    kind: ClassVar[str] = "ad-mode"

    lean: ClassVar[bool] = False
    """Whether a call is recorded with its last nodes only."""

    def _build(self) -> Any:
        return self

    def push(self, run: Recorded, directions: list[Any]) -> list[Any]:
        """The tangents of the outputs along directions of the inputs."""
        blocks = self.jacobian(run)
        return [
            sum(
                _apply(block, x, d) for block, x, d in zip(row, run.inputs, directions, strict=True)
            )
            for row in blocks
        ]

    def pull(self, run: Recorded, adjoints: list[Any]) -> list[Any]:
        """The adjoints of the inputs, given those of the outputs."""
        blocks = self.jacobian(run)
        return [
            sum(
                _applied(row[k], out, a)
                for row, out, a in zip(blocks, run.outputs, adjoints, strict=True)
            )
            for k in range(len(run.inputs))
        ]

    def jacobian(self, run: Recorded) -> Blocks:
        """The Jacobian, by unit directions or unit adjoints."""
        kind = type(self)
        check_dense(count(run.outputs), count(run.inputs))
        if kind.push is not Mode.push:
            return by_columns(self, run)
        if kind.pull is not Mode.pull:
            return by_rows(self, run)
        raise PluginError(f"the mode {self.name!r} implements neither push nor pull nor jacobian")

    def explain(self, run: Recorded) -> str:
        """One line on how a Jacobian would be computed."""
        return f"{self.name}: {sizes(run)}"


def sizes(run: Recorded) -> str:
    """How many inputs and outputs there are, in words."""
    inputs, outputs = count(run.inputs), count(run.outputs)
    return f"{inputs} input{'s' * (inputs != 1)}, {outputs} output{'s' * (outputs != 1)}"


def shape_of(leaf: Any) -> tuple[int, ...]:
    """The shape of something traced, an array or a number."""
    return getattr(leaf, "shape", ())


def count(leaves: list[Any]) -> int:
    """How many numbers some leaves hold."""
    total = 0
    for leaf in leaves:
        elements = 1  # math.prod asks for traced numbers while something is recorded
        for length in shape_of(leaf):
            elements *= length
        total += elements
    return total


def _apply(block: Any, x: Any, direction: Any) -> Any:
    """A block times a direction."""
    shape, n = shape_of(block), math.prod(shape_of(x))
    kept = shape[: len(shape) - len(shape_of(x))]
    flat = np.dot(np.reshape(block, (math.prod(kept), n)), np.reshape(direction, (n,)))
    return np.reshape(flat, kept)


def _applied(block: Any, out: Any, adjoint: Any) -> Any:
    """An adjoint times a block."""
    shape, m = shape_of(block), math.prod(shape_of(out))
    kept = shape[len(shape_of(out)) :]
    flat = np.dot(np.reshape(adjoint, (m,)), np.reshape(block, (m, math.prod(kept))))
    return np.reshape(flat, kept)


def units(like: Any) -> Iterator[Any]:
    """The unit arrays of a shape, one after another."""
    shape = shape_of(like)
    for place in range(math.prod(shape)):
        unit = np.zeros(math.prod(shape), getattr(like, "dtype", np.float64))
        unit[place] = 1
        yield unit.reshape(shape)


def by_columns(mode: Mode, run: Recorded) -> Blocks:
    """A Jacobian by one push a column."""
    blocks: Blocks = [[] for _ in run.outputs]
    zeros = [np.zeros(shape_of(x)) for x in run.inputs]
    for k, x in enumerate(run.inputs):
        columns = [mode.push(run, [*zeros[:k], unit, *zeros[k + 1 :]]) for unit in units(x)]
        for row, out in enumerate(run.outputs):
            parts = [column[row] for column in columns]
            stacked = np.stack(parts, axis=-1) if parts else np.zeros((*shape_of(out), 0))
            blocks[row].append(np.reshape(stacked, shape_of(out) + shape_of(x)))
    return blocks


def by_rows(mode: Mode, run: Recorded) -> Blocks:
    """A Jacobian by one pull a row."""
    blocks: Blocks = []
    zeros = [np.zeros(shape_of(out)) for out in run.outputs]
    for k, out in enumerate(run.outputs):
        rows = [mode.pull(run, [*zeros[:k], unit, *zeros[k + 1 :]]) for unit in units(out)]
        blocks.append(
            [
                np.reshape(np.stack([row[i] for row in rows]), shape_of(out) + shape_of(x))
                if rows
                else np.zeros(shape_of(out) + shape_of(x))
                for i, x in enumerate(run.inputs)
            ]
        )
    return blocks


def is_smooth(leaf: Any) -> bool:
    """Whether a leaf depends on the inputs as floats do."""
    return _core.is_traced(leaf) and leaf.dtype.kind == "f"
