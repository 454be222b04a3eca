"""A short check of a record when it is registered: does it keep to what it declares?

Only what is cheap (some tens of microseconds) and certain: every implementation must survive
a few steps on a parabola.  The conformance kit in ``pyframe.testing`` does the rest.  An
implementation that is named by text is not imported for it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pyframe import _core
from pyframe.errors import PluginError, RecordError
from pyframe.registry.records import Record
from pyframe.registry.resolve import build
from pyframe.results import Verdict

STARTS = ((1.0, -1.0), (-3.0, -0.5))
TRIALS = ((1.0, 0.5, -0.1), (1e-6, 0.999999, -0.999), (10.0, 5.0, 3.0), (0.5, -7.0, 0.0))
ROUNDS = 4


class BrokenPromise(RecordError):  # noqa: N818  a kind of refusal, told apart by name
    """An implementation does something that its record excludes."""


def probe(record: Record) -> None:
    """Refuse a record whose implementation shows at once that it does not work.

    Raises
    ------
    BrokenPromise
        When it looks at more, or answers more, than the record declares.
    RecordError
        When it raises, or returns something of a wrong type.
    """
    check = _PROBES.get(record.kind)
    if check is None or isinstance(record.impl, str):
        return
    try:
        check(record)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        text = " ".join(str(error).split())
        if isinstance(error, BrokenPromise | PluginError) and "declare" in text:
            raise BrokenPromise(f"{record.kind} {record.name!r}: {text}") from error
        shown = text if isinstance(error, PluginError) else f"{type(error).__name__}: {text}"
        raise RecordError(f"{record.kind} {record.name!r} fails its check: {shown}") from error


def _criterion(record: Any) -> None:
    criterion = build("criterion", record)
    for value, slope in STARTS:
        for trial in TRIALS:
            verdict = criterion.judge(value, slope, *trial)
            if verdict == Verdict.TOO_SHORT and not record.can_lengthen:
                raise BrokenPromise("it answered TOO_SHORT: declare can_lengthen=True")


def _strategy(record: Any) -> None:
    criterion = _core.Criterion.strong_wolfe(1e-4, 1e-3 if record.can_grow else 0.9)
    if not record.can_grow:
        criterion = _core.Criterion.armijo(0.9)
    stepper = _core.Stepper(1.0, -1.0, 1.0, criterion, build("strategy", record), None, ROUNDS)
    while (step := stepper.ask()) is not None:
        stepper.tell(1.0 - step + step * step, 2.0 * step - 1.0)


def _scalar_method(record: Any) -> None:
    _core.minimize_scalar(
        lambda x: (x - 0.3) ** 2,
        build("scalar-method", record),
        (-1.0, 2.0),
        None,
        1e-3,
        None,
        2 * ROUNDS,
        None,
        False,  # noqa: FBT003  no trace
        (),
        lambda x: 2.0 * (x - 0.3),
        lambda _: 2.0,
    )


def _minimize(direction: Any, initial_step: Any) -> None:
    def value(x: Any) -> float:
        return float(x @ x)

    _core.minimize(
        value,
        np.array([1.0, -2.0]),
        (2,),
        False,  # noqa: FBT003  float64
        lambda x: 2.0 * x,
        None,
        None,
        (),
        direction,
        _core.Criterion.armijo(1e-4),
        _core.Strategy.bisection(2.0),
        initial_step,
        None,
        1e-12,
        ROUNDS,
        10 * ROUNDS,
        None,
        None,
        None,
        False,  # noqa: FBT003  no trace
    )


def _initial_step(record: Any) -> None:
    _minimize(_core.Direction.gradient_descent(), build("initial-step", record))


def _direction(record: Any) -> None:
    _minimize(build("direction", record), _core.InitialStep.constant(0.3))


_PROBES: dict[str, Callable[[Any], None]] = {
    "criterion": _criterion,
    "strategy": _strategy,
    "scalar-method": _scalar_method,
    "initial-step": _initial_step,
    "direction": _direction,
}
