"""Reverse mode in bounded memory: some states of a loop are kept, the others computed again."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from pyframe import _core
from pyframe._checks import choice, shown
from pyframe.autodiff.modes.base import Blocks, Mode, by_rows, is_smooth, shape_of
from pyframe.autodiff.modes.forward import Forward, zeros
from pyframe.autodiff.modes.reverse import Reverse
from pyframe.autodiff.record import Recorded, opened, record
from pyframe.errors import ParameterError, ParameterTypeError

SCHEDULES = ("revolve", "sqrt", "optimal", "store-all")
UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "ki": 2**10, "mi": 2**20, "gi": 2**30}


@dataclass(frozen=True)
class CheckpointReport:
    """What a reverse pass with checkpoints took.

    Attributes
    ----------
    steps, kinds : int
        Segments that the recording was cut into (for a loop its turns, with what stands before
        and after it), and how many of them differ.
    advanced, reversed : int
        Segments computed on the way, and segments computed once more and reversed.
    kept : int
        The most states kept at once, the first included.
    peak : int
        The most bytes of values at once in the reverse pass.
    structure, window : int
        Bytes of the chain of segments, and the most bytes of the recording before it is folded.
    """

    steps: int
    kinds: int
    advanced: int
    reversed: int
    kept: int
    peak: int
    structure: int
    window: int


@dataclass(frozen=True)
class Checkpointed(Mode):
    """Reverse mode that keeps some states of a long computation and computes the others again.

    While the function runs only its last operations are kept.  What lies before is cut where
    fewest numbers are alive, in a loop once a turn, and equal segments are stored as one with a
    count: the memory of the recording does not grow with the number of turns.  Then the
    segments are reversed one after another, from states that are kept or computed again.

    =============  ==========================================  =============================
    schedule       states kept of n                            segments computed on the way
    =============  ==========================================  =============================
    ``store-all``  n                                           n - 1
    ``sqrt``       2 sqrt(n)                                   < 2 n
    ``revolve``    s, given by `slots`                         r n - C(s + r, s + 1)
    ``optimal``    what fits into `memory` bytes in all        least, for unequal segments too
    =============  ==========================================  =============================

    For revolve r is the least number with C(s + r, s) >= n.  All give the bits of reverse mode.

    Parameters
    ----------
    schedule : {"revolve", "sqrt", "optimal", "store-all"}, optional
        Which states are kept; revolve by default, optimal when `memory` is given.
    slots : int, optional
        States that revolve may keep, the first included; >= 1, by default 30.
    memory : int or str, optional
        Bytes for everything that the reverse pass holds, e.g. ``"8MB"`` or ``"64MiB"``.

    Notes
    -----
    A function that is differentiated inside another recorded function is recorded whole.

    References
    ----------
    Griewank and Walther 2000, Algorithm 799: Revolve; Beaumont, Eyraud-Dubois, Herrmann, Joly,
    Shilova 2019, Optimal checkpointing for heterogeneous chains.

    Examples
    --------
    >>> import numpy as np, pyframe as pf
    >>> def f(x):
    ...     for _ in range(1000):
    ...         x = x + 0.001 * np.sin(x)
    ...     return np.sum(x)
    >>> few = pf.grad(f, mode=pf.modes.Checkpointed(slots=5))(np.ones(2))
    >>> bool(np.all(few == pf.grad(f)(np.ones(2))))
    True
    """

    name: ClassVar[str] = "checkpointed"
    lean: ClassVar[bool] = True

    schedule: str | None = None
    slots: int | None = None
    memory: int | str | None = None

    plan: ClassVar[tuple[str, int]]
    """The schedule and its number: of slots, or of bytes."""

    def _build(self) -> Any:
        object.__setattr__(self, "plan", self._plan())
        return self

    def _plan(self) -> tuple[str, int]:
        usual = "revolve" if self.memory is None else "optimal"
        schedule = usual if self.schedule is None else choice(self.schedule, "schedule", SCHEDULES)
        if self.slots is not None and schedule != "revolve":
            raise ParameterError(f"slots go with the schedule 'revolve', not with {schedule!r}")
        if self.memory is not None and schedule != "optimal":
            raise ParameterError(f"memory goes with the schedule 'optimal', not with {schedule!r}")
        if schedule == "optimal":
            if self.memory is None:
                raise ParameterError("the schedule 'optimal' needs memory=, e.g. memory='64MB'")
            return schedule, _bytes(self.memory)
        slots = 30 if self.slots is None else self.slots
        if isinstance(slots, bool) or not isinstance(slots, int | np.integer):
            raise ParameterTypeError(f"slots must be an int, got {shown(slots)}")
        if slots < 1:
            raise ParameterError(f"slots must be >= 1, the first state is one of them, got {slots}")
        return schedule, min(int(slots), 2**62)

    def push(self, run: Recorded, directions: list[Any]) -> list[Any]:
        """Forward mode keeps nothing anyway."""
        return Forward().push(run, directions)

    def pull(self, run: Recorded, adjoints: list[Any]) -> list[Any]:
        """The segments from the last to the first."""
        if run.nested or not _core.is_lean(run.recording):
            return Reverse().pull(run, adjoints)
        return self.reported(run, adjoints)[0]

    def jacobian(self, run: Recorded) -> Blocks:
        """One pull for each output."""
        if run.nested or not _core.is_lean(run.recording):
            return Reverse().jacobian(run)
        return by_rows(self, run)

    def explain(self, run: Recorded) -> str:
        """What one pull takes."""
        if run.nested or not _core.is_lean(run.recording):
            return "checkpointed: nested in another derivative, as reverse"
        report = self.reported(run, [np.ones(shape_of(out)) for out in run.outputs])[1]
        return (
            f"checkpointed ({self.plan[0]}): {report.steps:,} segments of {report.kinds} "
            f"kinds; {report.advanced:,} computed on the way, {report.reversed:,} reversed; at "
            f"most {report.kept:,} states kept and {report.peak:,} bytes of values, "
            f"{report.structure:,} bytes of structure"
        )

    def reported(self, run: Recorded, adjoints: list[Any]) -> tuple[list[Any], CheckpointReport]:
        """The adjoints of the inputs, and what they took."""
        pairs = [
            (out, np.asarray(adjoint, out.dtype).reshape(shape_of(out)))
            for out, adjoint in zip(run.outputs, adjoints, strict=True)
            if is_smooth(out)
        ]
        outputs, seeds = [out for out, _ in pairs], [seed for _, seed in pairs]
        found, numbers = _core.checkpointed(run.recording, outputs, seeds, run.inputs, *self.plan)
        adjoints = [zeros(x) if a is None else a for a, x in zip(found, run.inputs, strict=True)]
        return adjoints, CheckpointReport(**numbers)


def _bytes(memory: Any) -> int:
    """A number of bytes, perhaps written with a unit."""
    if isinstance(memory, str):
        match = re.fullmatch(r"\s*(\d{1,15}(?:\.\d{1,9})?)\s*([kmg]i?)?b?\s*", memory.lower())
        if match is None:
            raise ParameterError(
                f"memory must be a number of bytes such as '8MB' or '64MiB', got {shown(memory)}"
            )
        memory = int(float(match[1]) * UNITS[match[2] or ""])
    if isinstance(memory, bool) or not isinstance(memory, int | np.integer):
        raise ParameterTypeError(f"memory must be an int or text, got {shown(memory)}")
    if memory < 1:
        raise ParameterError(f"memory must be >= 1 byte, got {memory}")
    return min(int(memory), 2**62)


def reported(
    f: Callable[..., Any], *args: Any, mode: Checkpointed
) -> tuple[Any, list[Any], CheckpointReport]:
    """Value and gradient of a scalar function of floats and arrays, and what they took."""
    with opened(lean=True) as (recording, nested):
        run = record(recording, nested, f, list(args), lambda traced: f(*traced))
        gradient, report = mode.reported(run, [1.0])
        return run.value(), gradient, report


__all__ = ["CheckpointReport", "Checkpointed", "reported"]
