"""The choice between the pure modes, by the work that each would do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from pyframe.autodiff.modes.base import Blocks, Mode, count, is_smooth, sizes
from pyframe.autodiff.modes.forward import Forward
from pyframe.autodiff.modes.reverse import Reverse
from pyframe.autodiff.record import Recorded

CLEAR = 4
"""From this ratio of inputs to outputs on, or below its inverse, the choice needs no count: an
operator and its adjoint cost alike."""


@dataclass(frozen=True)
class Auto(Mode):
    """Forward or reverse, whichever costs less.

    Forward mode costs a pass for each input, reverse mode one for each output.  Where their
    numbers are alike, the operations of the passes are counted on the graph, without running
    any: elements computed, and multiplications of matrix products; partial derivatives count
    once, since all directions share them.

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
        return (REVERSE if _compared(run)[0] else FORWARD).jacobian(run)

    def explain(self, run: Recorded) -> str:
        """Which mode, and why."""
        is_back, totals = _compared(run)
        chosen = f"auto chose {'reverse' if is_back else 'forward'}: {sizes(run)}"
        if totals is None:
            each = "output" if is_back else "input"
            return f"{chosen}, a pass for each {each} is clearly less"
        forward, reverse = (_total(*each) for each in totals)
        return f"{chosen}; operations forward {forward} {'>' if is_back else '<='} {reverse} back"


FORWARD, REVERSE = Forward(), Reverse()

Work = tuple[int, int, int]
"""Operations done once, passes, and operations of each pass."""


def _compared(run: Recorded) -> tuple[bool, tuple[Work, Work] | None]:
    """Whether reverse mode does less, and the work of both if it had to be counted."""
    outs = [out for out in run.outputs if is_smooth(out)]
    inputs, outputs = count(run.inputs), count(outs)
    if outputs * CLEAR <= inputs or inputs * CLEAR <= outputs:
        return outputs < inputs, None
    ahead, back = run.recording.pass_work(run.inputs, outs)
    forward, reverse = (ahead[0], inputs, ahead[1]), (back[0], outputs, back[1])
    return _operations(*reverse) < _operations(*forward), (forward, reverse)


def _operations(once: int, passes: int, each: int) -> int:
    return once + passes * each


def _total(once: int, passes: int, each: int) -> str:
    """The operations of all passes, as they are counted."""
    first = f"{once:,} + " if once else ""
    return f"{first}{passes} x {each:,} = {_operations(once, passes, each):,}"
