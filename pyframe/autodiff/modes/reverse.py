"""Reverse mode: adjoints flow against the values; a Jacobian costs a pass for each output."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from pyframe.autodiff.modes.base import Blocks, Mode, count, is_smooth, shape_of
from pyframe.autodiff.modes.chunks import stacked
from pyframe.autodiff.modes.forward import zeros
from pyframe.autodiff.modes.limits import MAX_BYTES, check_dense, check_max_bytes
from pyframe.autodiff.record import Recorded


@dataclass(frozen=True)
class Reverse(Mode):
    """Adjoints flow against the values, those of many outputs at once.

    The adjoint of a node is the sum over its children of a partial derivative times their
    adjoint; a gradient costs a small multiple of the function, whatever the number of inputs.

    Parameters
    ----------
    max_bytes : int
        Larger Jacobians are refused before anything is allocated; 4 GiB by default.

    References
    ----------
    Linnainmaa 1970; lecture, section 3, "Reverse mode".
    """

    name: ClassVar[str] = "reverse"

    max_bytes: int = MAX_BYTES

    def _build(self) -> Any:
        check_max_bytes(self.max_bytes)
        return self

    def pull(self, run: Recorded, adjoints: list[Any]) -> list[Any]:
        """One pass."""
        pairs = [(out, a) for out, a in zip(run.outputs, adjoints, strict=True) if is_smooth(out)]
        back = run.recording.reverse if run.nested else run.recording.pull
        found = back([out for out, _ in pairs], [a for _, a in pairs], run.inputs)
        return [zeros(x) if a is None else a for a, x in zip(found, run.inputs, strict=True)]

    def jacobian(self, run: Recorded) -> Blocks:
        """One pass for each output, stacked."""
        check_dense(count(run.outputs), count(run.inputs), self.max_bytes)
        blocks: Blocks = []
        for out in run.outputs:
            if not is_smooth(out):
                blocks.append([np.zeros(shape_of(out) + x.shape, x.dtype) for x in run.inputs])
                continue
            seed = run.recording.constant(np.zeros(out.shape, out.dtype))
            single = run.recording.reverse([out], [seed], run.inputs)
            every = stacked(
                run.recording,
                seed,
                single,
                lambda unit, out=out: run.recording.reverse([out], [unit], run.inputs),
            )
            blocks.append(
                [
                    np.zeros(out.shape + x.shape, x.dtype)
                    if piece is None
                    else np.reshape(piece, out.shape + x.shape)
                    for x, piece in zip(run.inputs, every, strict=True)
                ]
            )
            if math.prod(out.shape) == 0:
                blocks[-1] = [np.zeros(out.shape + x.shape, x.dtype) for x in run.inputs]
        return blocks
