"""The choice between the pure modes, by the work that each would do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from pyframe.autodiff.modes.base import Blocks, Mode, count, is_smooth, sizes
from pyframe.autodiff.modes.forward import Forward
from pyframe.autodiff.modes.reverse import Reverse
from pyframe.autodiff.record import Recorded

CLEAR = 8
"""From this ratio of inputs to outputs on, or below its inverse, the choice needs no count."""


@dataclass(frozen=True)
class Auto(Mode):
    """Forward or reverse, whichever costs less.

    Forward mode costs a pass for each input, reverse mode one for each output.  Where their
    numbers are alike, the work of one pass of each is counted on the graph: elements computed,
    and multiplications of matrix products.

    References
    ----------
    Lecture, section 3, "Choose your fighter".
    """

    name: ClassVar[str] = "auto"

    def push(self, run: Recorded, directions: list[Any]) -> list[Any]:
        """One direction is forward mode's."""
        return Forward().push(run, directions)

    def pull(self, run: Recorded, adjoints: list[Any]) -> list[Any]:
        """One adjoint is reverse mode's."""
        return Reverse().pull(run, adjoints)

    def jacobian(self, run: Recorded) -> Blocks:
        """By the mode that does less."""
        return self._choice(run)[0].jacobian(run)

    def explain(self, run: Recorded) -> str:
        """Which mode, and why."""
        mode, why = self._choice(run)
        return f"auto chose {mode.name}: {why}"

    def _choice(self, run: Recorded) -> tuple[Mode, str]:
        inputs, outputs = count(run.inputs), count([out for out in run.outputs if is_smooth(out)])
        if outputs * CLEAR <= inputs:
            return Reverse(), f"{sizes(run)}, a pass for each output is clearly less"
        if inputs * CLEAR <= outputs:
            return Forward(), f"{sizes(run)}, a pass for each input is clearly less"
        forward, reverse = self.work(run)
        text = f"{sizes(run)}; one pass forward does {forward:,} operations, one back {reverse:,}"
        if inputs * forward <= outputs * reverse:
            return Forward(), f"{text}: {inputs} x {forward:,} <= {outputs} x {reverse:,}"
        return Reverse(), f"{text}: {inputs} x {forward:,} > {outputs} x {reverse:,}"

    @staticmethod
    def work(run: Recorded) -> tuple[int, int]:
        """Operations of one pass forward and one back."""
        recording, outs = run.recording, [out for out in run.outputs if is_smooth(out)]
        start = len(recording)
        recording.forward(run.inputs, [np.ones(x.shape, x.dtype) for x in run.inputs], outs)
        middle = len(recording)
        recording.reverse(outs, [np.ones(out.shape, out.dtype) for out in outs], run.inputs)
        return recording.work(start, middle), recording.work(middle, len(recording))
