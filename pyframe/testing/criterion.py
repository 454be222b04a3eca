"""The properties of a criterion."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from typing import Any

import pyframe as pf
from pyframe.errors import PluginError
from pyframe.registry import manager
from pyframe.registry.records import StrategyRecord
from pyframe.testing.kit import NotApplicable, Property, Violation, require
from pyframe.testing.lines import (
    BUDGET,
    EDGES,
    FALLING,
    FIRSTS,
    PARABOLAS,
    Line,
    rough_lines,
    search,
)
from pyframe.testing.subject import Subject
from pyframe.testing.vectors import ELLIPSE, minimize

STARTS = ((1.0, -1.0), (-3.0, -0.5), (0.0, -1e-6), (1e6, -1e3))
STEPS = (1e-6, 0.01, 0.5, 1.0, 3.0, 100.0)
CHANGES = (-1.2, -1.0, -0.9, -0.5, -1e-3, 0.0, 1e-3, 0.5, 10.0)
"""Changes of phi, in units of the first-order decrease."""
SLOPES = (1.5, 1.0, 0.95, 0.5, 0.05, 0.0, -0.05, -1.0, -10.0)
"""Slopes, in units of the first."""


def _grid() -> list[tuple[float, float, float, float, float]]:
    """Trials around everything that criteria compare with."""
    return [
        (value, slope, step, value - change * step * slope, part * slope)
        for (value, slope), step, change, part in itertools.product(STARTS, STEPS, CHANGES, SLOPES)
    ]


def partners(criterion: Any) -> list[str]:
    """The built-in strategies that pyframe allows it, but those that give up at once."""
    return [
        known.name
        for known in manager.snapshot().builtin.values()
        if isinstance(known.record, StrategyRecord)
        and (known.record.can_grow or not criterion.can_lengthen)
        and known.name != "static"
        and known.record.needs != "curvature"
    ]


def answers_verdicts(subject: Subject) -> str:
    """Every trial gets an answer, and that is a verdict."""
    for trial in _grid():
        try:
            verdict = subject.compiled.judge(*trial)
        except PluginError as error:
            if "declare" in str(error):
                continue
            raise
        require(isinstance(verdict, pf.Verdict), f"answered {verdict!r}")
    return f"{len(_grid())} trials"


def keeps_needs(subject: Subject) -> str:
    """What was not declared is not read, and changes nothing."""
    declared = subject.compiled.needs
    for trial in _grid():
        verdict = subject.compiled.judge(*trial)
        if declared == "value":
            blind = subject.compiled.judge(*trial[:4])
            require(verdict == blind, f"the slope changes {blind} to {verdict} at {_shown(trial)}")
    return f"needs {declared}"


def keeps_can_lengthen(subject: Subject) -> str:
    """Only a criterion that says so asks for longer steps."""
    if subject.compiled.can_lengthen:
        return "may answer too-short"
    for trial in _grid():
        verdict = subject.compiled.judge(*trial)
        require(
            verdict != pf.TOO_SHORT,
            f"answered too-short at {_shown(trial)}: declare can_lengthen=True",
        )
    return "never answers too-short"


def deterministic(subject: Subject) -> str:
    """The same trial gets the same answer."""
    for trial in _grid():
        first, second = subject.compiled.judge(*trial), subject.compiled.judge(*trial)
        require(first == second, f"answered {first}, then {second} at {_shown(trial)}")
    return f"{len(_grid())} trials twice"


SCALES = ((3, 0), (0, 5), (-20, 0), (7, -11))
"""Powers of two for phi and alpha: exact in floating point."""


def scale_invariant(subject: Subject) -> str:
    """The units in which phi and alpha are measured change nothing."""
    for value, slope, step, there, slope_there in _grid():
        verdict = subject.compiled.judge(value, slope, step, there, slope_there)
        for p, a in SCALES:
            phi, alpha = math.ldexp(1.0, p), math.ldexp(1.0, a)
            scaled = subject.compiled.judge(
                value * phi,
                slope * phi / alpha,
                step * alpha,
                there * phi,
                slope_there * phi / alpha,
            )
            require(
                scaled == verdict,
                f"{verdict} becomes {scaled} with phi in units of 2**{-p} and alpha of 2**{-a}, "
                f"at {_shown((value, slope, step, there, slope_there))}",
            )
    return f"{len(_grid()) * len(SCALES)} trials"


def sees_finite_trials(subject: Subject) -> str:
    """Beyond the edge of phi's domain it is not asked."""
    seen: list[Any] = []

    def spy(judge: Any) -> Any:
        def spied(start: Any, trial: Any, *state: Any) -> Any:
            seen.append(trial)
            return judge(start, trial, *state)

        return spied

    part = subject.with_spy("judge", spy, ("reset", "begin", "accepted"))
    if part is None:
        raise NotApplicable("compiled")
    refused = 0
    for line, first in itertools.product(EDGES, FIRSTS):
        result = search(line, first, part, "bisection")
        refused += sum(not math.isfinite(trial.value) for trial in result.trace)
    for trial in seen:
        require(math.isfinite(trial.value), f"was asked about {trial!r}")
    return f"{refused} trials outside the domain, none of {len(seen)} asked about"


def accepts_on_parabolas(subject: Subject) -> str:
    """Every strategy that it may have finds a step on a parabola."""
    done, most = 0, 0
    for strategy in partners(subject.compiled):
        for line, first in itertools.product(PARABOLAS, FIRSTS):
            result = search(line, first, subject.part, strategy)
            done += 1
            most = max(most, len(result.trace))
            require(
                result.success,
                f"no step on a {line.name} from {first:g} with {strategy}: {result.status} "
                f"after {len(result.trace)} trials",
            )
            _recheck(subject, line, result)
    return f"{done} searches, at most {most} trials"


def ends_everywhere(subject: Subject) -> str:
    """On rough lines a search ends within its budget, and its success is one."""
    lines = [*rough_lines(), *FALLING]
    done = accepted = 0
    for strategy in ("bisection", "interpolation", "more-thuente"):
        for line, first in itertools.product(lines, FIRSTS):
            result = search(line, first, subject.part, strategy)
            done += 1
            require(
                len(result.trace) <= BUDGET,
                f"{len(result.trace)} trials on {line.name} with {strategy}",
            )
            if result.success:
                accepted += 1
                _recheck(subject, line, result)
    return f"{done} searches, {accepted} accepted and judged again"


def _recheck(subject: Subject, line: Line, result: Any) -> None:
    """A step taken is one that the criterion accepts at the values that phi has there."""
    value, slope = line.phi(result.step), line.slope(result.step)
    require(
        math.isfinite(value) and value == result.fun,
        f"success at step {result.step!r} of {line.name}, where phi = {value!r}",
    )
    last = result.trace[-1]
    by_verdict = last.step == result.step and last.verdict == pf.ACCEPT
    if not by_verdict:
        # The strategy located a minimiser by itself, and the criterion took the best trial.
        lowest = min(trial.value for trial in result.trace if math.isfinite(trial.value))
        if result.fun > lowest:
            raise Violation(f"success at step {result.step!r} of {line.name}, not the lowest seen")
        return
    start = line.phi(0.0), line.slope(0.0)
    hidden = abs(value - start[0]) <= 1e-12 * max(abs(value), abs(start[0]))
    if not hidden:
        verdict = subject.compiled.judge(*start, result.step, value, slope)
        require(
            verdict == pf.ACCEPT,
            f"accepted step {result.step!r} of {line.name}, judged again: {verdict}",
        )


INSIDE = 12
"""Runs started inside another."""


def keeps_no_state(subject: Subject) -> str:
    """One object serves runs inside runs: its history is not in itself."""
    strategy = "bisection" if subject.compiled.can_lengthen else "backtracking"
    options = {"criterion": subject.part, "strategy": strategy, "max_iterations": 12}
    alone = minimize(ELLIPSE, **options)
    inside: list[Any] = []

    def fun(x: Any) -> float:
        # In the midst of a search: between its begin and its verdict.
        if len(inside) < INSIDE:
            inside.append(minimize(ELLIPSE, **options))
        return ELLIPSE.fun(x)

    outside = minimize(replace(ELLIPSE, fun=fun), **options)
    for result in (outside, *inside):
        require(
            result.nfev == alone.nfev and result.fun == alone.fun,
            f"a run with others inside it takes {result.nfev} evaluations to {result.fun!r}, "
            f"alone {alone.nfev} to {alone.fun!r}",
        )
    return f"{len(inside)} runs inside a run"


def _shown(trial: tuple[float, ...]) -> str:
    names = ("phi(0)", "phi'(0)", "alpha", "phi", "phi'")
    return ", ".join(f"{name} = {value:.6g}" for name, value in zip(names, trial, strict=True))


CRITERION: dict[str, Property] = {
    "answers with verdicts": answers_verdicts,
    "keeps to its needs": keeps_needs,
    "keeps to can_lengthen": keeps_can_lengthen,
    "is deterministic": deterministic,
    "is indifferent to scale": scale_invariant,
    "is asked about finite trials only": sees_finite_trials,
    "accepts a step on parabolas": accepts_on_parabolas,
    "ends on rough lines": ends_everywhere,
    "keeps no state in itself": keeps_no_state,
}
"""What every criterion must do."""
