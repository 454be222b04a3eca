"""The properties of a strategy."""

from __future__ import annotations

import itertools
import math
from collections.abc import Generator
from typing import Any

import pyframe as pf
from pyframe.registry import manager
from pyframe.registry.records import CriterionRecord
from pyframe.results import Start, Trial
from pyframe.testing.kit import NotApplicable, Property, require
from pyframe.testing.lines import (
    BUDGET,
    EDGES,
    FALLING,
    FIRSTS,
    PARABOLAS,
    parabola,
    ripples,
    rough_lines,
    search,
)
from pyframe.testing.subject import Subject

LONGEST = 2.0
"""A longest step for searches that want to go farther."""


def criteria(strategy: Any) -> list[str]:
    """The built-in criteria that pyframe allows it."""
    return [
        known.name
        for known in manager.snapshot().builtin.values()
        if isinstance(known.record, CriterionRecord)
        and (strategy.can_grow or not known.record.can_lengthen)
    ]


def _usual(subject: Subject) -> str:
    return "wolfe" if subject.compiled.can_grow else "armijo"


def proposes_steps(subject: Subject) -> str:
    """Every step proposed is a positive number."""
    seen: list[Any] = []

    def spy(steps: Any) -> Any:
        def spied(*opening: Any) -> Generator[Any, Any, None]:
            running = steps(*opening)
            trial: Any = None
            while True:
                try:
                    step = next(running) if trial is None else running.send(trial)
                except StopIteration:
                    return
                seen.append(step)
                trial = yield step

        return spied

    part = subject.with_spy("steps", spy)
    if part is None:
        raise NotApplicable("compiled")
    for line, first in itertools.product((*PARABOLAS, *rough_lines()), FIRSTS):
        search(line, first, _usual(subject), part)
    for step in seen:
        good = isinstance(step, int | float) and math.isfinite(step) and step > 0
        require(good, f"proposed {step!r}")
    return f"{len(seen)} steps"


def keeps_below_max_step(subject: Subject) -> str:
    """No trial is longer than the longest step allowed."""
    done = 0
    lines = (parabola(7.0, 1.0), *FALLING)
    for line, first in itertools.product(lines, (1e-3, 0.1, 1.0)):
        result = search(line, first, _usual(subject), subject.part, max_step=LONGEST)
        done += len(result.trace)
        for trial in result.trace:
            require(
                0 < trial.step <= LONGEST,
                f"tried {trial.step!r} where the longest step is {LONGEST:g}",
            )
    return f"{done} trials"


def keeps_can_grow(subject: Subject) -> str:
    """It lengthens a step that is too short, if and only if it says that it can."""
    if subject.compiled.can_grow:
        result = search(parabola(7.0, 1.0), 1e-3, "wolfe", subject.part)
        longest = max(trial.step for trial in result.trace)
        require(longest > 1e-3, "declares can_grow=True and never tried more than the first step")
        return f"grew from 0.001 to {longest:.3g}"
    for line, first in itertools.product(rough_lines(), FIRSTS):
        steps = [t.step for t in search(line, first, "armijo", subject.part).trace]
        require(
            max(steps) <= first,
            f"declares can_grow=False and tried {max(steps):g} after {first:g}",
        )
    return "never longer than the first step"


def finds_steps(subject: Subject) -> str:
    """On a parabola it finds a step that meets the usual criterion."""
    if subject.record is not None and subject.record.name == "static":
        raise NotApplicable("tries the first step only")
    done = most = 0
    for line, first in itertools.product(PARABOLAS, FIRSTS):
        result = search(line, first, _usual(subject), subject.part)
        done, most = done + 1, max(most, len(result.trace))
        require(
            result.success,
            f"no step on a {line.name} from {first:g} with {_usual(subject)}: {result.status} "
            f"after {len(result.trace)} trials",
        )
    return f"{done} searches, at most {most} trials"


def ends_for_every_criterion(subject: Subject) -> str:
    """With every criterion that it may have, a search ends within its budget."""
    done = accepted = spent = 0
    lines = [*rough_lines(), *FALLING]
    for criterion in criteria(subject.compiled):
        for line, first in itertools.product(lines, FIRSTS):
            result = search(line, first, criterion, subject.part)
            done += 1
            accepted += result.success
            spent += result.status == pf.Status.BUDGET
            require(
                len(result.trace) <= BUDGET,
                f"{len(result.trace)} trials on {line.name} for {criterion}",
            )
            require(
                not result.success or math.isfinite(result.fun),
                f"success with phi = {result.fun!r} on {line.name} for {criterion}",
            )
    return f"{done} searches: {accepted} accepted, {spent} out of budget"


def _too_long(_start: Start, _trial: Trial) -> pf.Verdict:
    return pf.TOO_LONG


def _too_short(_start: Start, _trial: Trial) -> pf.Verdict:
    return pf.TOO_SHORT


def _not_near_one(_start: Start, trial: Trial) -> pf.Verdict:
    return pf.TOO_LONG if trial.step >= 1.0 else pf.TOO_SHORT


HOPELESS = (
    pf.criterion("always-too-long", can_lengthen=False)(_too_long),
    pf.criterion("always-too-short")(_too_short),
    pf.criterion("never-near-one")(_not_near_one),
)
"""Criteria that accept nothing."""


def ends_without_hope(subject: Subject) -> str:
    """Where no step is acceptable, it gives up."""
    done = most = 0
    for criterion in HOPELESS:
        if criterion.can_lengthen and not subject.compiled.can_grow:
            continue
        for line, first in itertools.product((*PARABOLAS[:2], *EDGES, *FALLING), FIRSTS):
            result = search(line, first, criterion, subject.part)
            done, most = done + 1, max(most, len(result.trace))
            require(not result.success, f"success on {line.name} for {criterion.name}")
    return f"{done} searches, at most {most} trials"


def deterministic(subject: Subject) -> str:
    """The same search takes the same steps."""
    lines = [ripples(seed) for seed in range(5)]
    for line, first in itertools.product(lines, FIRSTS):
        one, two = (search(line, first, _usual(subject), subject.part) for _ in range(2))
        require(one.trace == two.trace, f"two searches on {line.name} differ")
    return f"{len(lines) * len(FIRSTS)} searches twice"


def keeps_no_state(subject: Subject) -> str:
    """Two searches side by side take the steps that each takes alone."""
    lines = [parabola(7.0, 1.0), ripples(3)]

    def stepper(line: Any) -> pf.Stepper:
        return pf.Stepper(line.phi(0.0), line.slope(0.0), 30.0, _usual(subject), subject.part)

    def advance(line: Any, running: pf.Stepper) -> bool:
        step = running.ask()
        if step is None:
            return False
        running.tell(line.phi(step), line.slope(step))
        return True

    alone = [stepper(line) for line in lines]
    for line, running in zip(lines, alone, strict=True):
        while advance(line, running):
            pass
    beside = [stepper(line) for line in lines]
    while any([advance(*pair) for pair in zip(lines, beside, strict=True)]):  # noqa: C419  both
        pass
    for line, one, two in zip(lines, alone, beside, strict=True):
        require(one.trace == two.trace, f"another search beside it changes that on {line.name}")
    return "two searches side by side"


STRATEGY: dict[str, Property] = {
    "proposes positive steps": proposes_steps,
    "keeps below max_step": keeps_below_max_step,
    "keeps to can_grow": keeps_can_grow,
    "finds a step on parabolas": finds_steps,
    "ends for every criterion": ends_for_every_criterion,
    "ends where nothing is acceptable": ends_without_hope,
    "is deterministic": deterministic,
    "keeps no state in itself": keeps_no_state,
}
"""What every strategy must do."""
