"""Forward mode: tangents flow with the values; a Jacobian costs a pass for each input."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from pyframe.autodiff.modes.base import Blocks, Mode, count, is_smooth, shape_of
from pyframe.autodiff.modes.chunks import stacked
from pyframe.autodiff.modes.limits import MAX_BYTES, check_dense, check_max_bytes
from pyframe.autodiff.record import Recorded


@dataclass(frozen=True)
class Forward(Mode):
    """Tangents flow with the values, many directions at once.

    The tangent of a node is the sum over its parents of a partial derivative times their
    tangent; d inputs cost d times the function.

    Parameters
    ----------
    max_bytes : int
        Larger Jacobians are refused before anything is allocated; 4 GiB by default.

    References
    ----------
    Wengert 1964; lecture, section 3, "Forward mode".
    """

    name: ClassVar[str] = "forward"

    max_bytes: int = MAX_BYTES

    def _build(self) -> Any:
        check_max_bytes(self.max_bytes)
        return self

    def push(self, run: Recorded, directions: list[Any]) -> list[Any]:
        """One pass."""
        found = iter(
            run.recording.forward(
                run.inputs, directions, [out for out in run.outputs if is_smooth(out)]
            )
        )
        tangents = [next(found) if is_smooth(out) else None for out in run.outputs]
        return [
            zeros(out) if t is None else t for t, out in zip(tangents, run.outputs, strict=True)
        ]

    def jacobian(self, run: Recorded) -> Blocks:
        """One pass for each input, stacked."""
        check_dense(count(run.outputs), count(run.inputs), self.max_bytes)
        blocks: Blocks = [[] for _ in run.outputs]
        for x in run.inputs:
            seed = run.recording.constant(np.zeros(x.shape, x.dtype))
            single = self._one(run, x, seed)
            every = stacked(run.recording, seed, single, lambda unit, x=x: self._one(run, x, unit))
            for row, (out, piece) in enumerate(zip(run.outputs, every, strict=True)):
                blocks[row].append(
                    np.zeros(shape_of(out) + x.shape, x.dtype)
                    if piece is None
                    else _behind(piece, shape_of(out), x.shape)
                )
        return blocks

    def _one(self, run: Recorded, x: Any, seed: Any) -> list[Any]:
        found = iter(
            run.recording.forward([x], [seed], [out for out in run.outputs if is_smooth(out)])
        )
        return [next(found) if is_smooth(out) else None for out in run.outputs]


def _behind(piece: Any, out: tuple[int, ...], wrt: tuple[int, ...]) -> Any:
    """What was stacked in front for each element of an argument, put behind."""
    last = np.transpose(piece, (*range(1, len(out) + 1), 0))
    return last if len(wrt) == 1 else np.reshape(last, out + wrt)


def zeros(like: Any) -> Any:
    """Zeros of the shape and dtype of a leaf."""
    dtype = like.dtype if hasattr(like, "dtype") and like.dtype.kind == "f" else np.float64
    return np.zeros(shape_of(like), dtype)
