"""A short check of a record when it is registered, of whether it keeps to what it declares.

Only what is cheap (some tens of microseconds) and certain: every implementation must survive
a few steps on a parabola.  The conformance kit in ``pyframe.testing`` does the rest.  An
implementation that is named by text is not imported for it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyframe as pf
from pyframe.errors import PluginError, RecordError
from pyframe.registry.records import CriterionRecord, Record, StrategyRecord
from pyframe.registry.resolve import build

STARTS = ((1.0, -1.0), (-3.0, -0.5))
TRIALS = ((1.0, 0.5, -0.1), (1e-6, 0.999999, -0.999), (10.0, 5.0, 3.0), (0.5, -7.0, 0.0))
ROUNDS = 4


class BrokenPromise(RecordError):
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
            raise BrokenPromise(f"{record.kind} {record.name!r} lies: {text}") from error
        shown = text if isinstance(error, PluginError) else f"{type(error).__name__}: {text}"
        raise RecordError(f"{record.kind} {record.name!r} fails its check: {shown}") from error


def _criterion(record: CriterionRecord) -> None:
    criterion = build("criterion", record)
    for value, slope in STARTS:
        for trial in TRIALS:
            verdict = criterion.judge(value, slope, *trial)
            if verdict == pf.TOO_SHORT and not record.can_lengthen:
                raise BrokenPromise("it answered TOO_SHORT: declare can_lengthen=True")


def _strategy(record: StrategyRecord) -> None:
    strict = pf.criteria.StrongWolfe(c2=1e-3) if record.can_grow else pf.criteria.Armijo(c1=0.9)
    search = pf.Stepper(1.0, -1.0, 1.0, strict, record, max_evaluations=ROUNDS)
    while (step := search.ask()) is not None:
        search.tell(1.0 - step + step * step, 2.0 * step - 1.0)


def _parabola(x: float) -> float:
    return (x - 0.3) ** 2


def _slope(x: float) -> float:
    return 2.0 * (x - 0.3)


def _curvature(_: float) -> float:
    return 2.0


def _scalar_method(record: Record) -> None:
    pf.minimize_scalar(
        _parabola,
        (-1.0, 2.0),
        method=record,
        xtol=1e-3,
        max_evaluations=2 * ROUNDS,
        derivative=_slope,
        second_derivative=_curvature,
    )


def _bowl(x: Any) -> float:
    return float(x @ x)


def _bowl_gradient(x: Any) -> Any:
    return 2.0 * x


def _minimize(**parts: Any) -> None:
    pf.minimize(
        _bowl,
        [1.0, -2.0],
        _bowl_gradient,
        criterion="armijo",
        strategy="bisection",
        max_iterations=ROUNDS,
        **parts,
    )


def _initial_step(record: Record) -> None:
    _minimize(direction="gradient-descent", initial_step=record)


def _direction(record: Record) -> None:
    _minimize(direction=record, initial_step=0.3)


def _primitive(record: Record) -> None:
    made = record.load()
    if hasattr(made, "prove"):  # or a function made of primitives
        made.prove(final=False)


_PROBES: dict[str, Callable[..., None]] = {
    "criterion": _criterion,
    "strategy": _strategy,
    "scalar-method": _scalar_method,
    "initial-step": _initial_step,
    "direction": _direction,
    "primitive": _primitive,
}
