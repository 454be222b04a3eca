"""Running a table of properties on a part.

A property is a sentence and a function that returns a figure, or raises :class:`Violation`
with what it saw.  Whatever a part raises by itself is a violation too, and so is running for
ever: each property runs in a thread that is left behind when its time is over.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pyframe.errors import UnknownNameError
from pyframe.registry.installed import one_line
from pyframe.testing.report import Finding, Report

SECONDS = 30.0
"""How long one property may take."""


class Violation(AssertionError):
    """A property does not hold."""


class NotApplicable(Exception):
    """A property has no meaning for this part."""


Property = Callable[[Any], str]


@dataclass(frozen=True)
class _Answer:
    status: str
    figure: str


def run(
    title: str, subject: object, properties: Mapping[str, Property], waive: Iterable[str]
) -> Report:
    """Run all properties on a subject.

    Raises
    ------
    UnknownNameError
        When a waived property is none of them.
    """
    waived = set(waive)
    if unknown := waived - set(properties):
        raise UnknownNameError(
            f"no property {min(unknown)!r} to waive; there are: {', '.join(properties)}"
        )
    findings: list[Finding] = []
    hung = False
    for sentence, prove in properties.items():
        answer = (
            _Answer("n/a", "not tried after one that hung") if hung else _guarded(prove, subject)
        )
        hung = hung or answer.figure.startswith("still running")
        status = "waived" if answer.status == "FAIL" and sentence in waived else answer.status
        findings.append(Finding(sentence, status, answer.figure))
    return Report(title, tuple(findings))


def _guarded(prove: Property, subject: object) -> _Answer:
    answers: list[_Answer] = []
    thread = threading.Thread(target=lambda: answers.append(_answer(prove, subject)), daemon=True)
    thread.start()
    thread.join(SECONDS)
    return answers[0] if answers else _Answer("FAIL", f"still running after {SECONDS:.0f} s")


def _answer(prove: Property, subject: object) -> _Answer:
    try:
        return _Answer("ok", prove(subject))
    except NotApplicable as reason:
        return _Answer("n/a", str(reason))
    except Violation as violation:
        return _Answer("FAIL", one_line(violation))
    except BaseException as error:  # noqa: BLE001  a part may raise anything
        notes = "; ".join(getattr(error, "__notes__", ()))
        said = f"{type(error).__name__}: {error}{f' ({notes})' if notes else ''}"
        return _Answer("FAIL", one_line(said))


def require(condition: object, said: str) -> None:
    """Raise a violation unless a condition holds."""
    if not condition:
        raise Violation(said)
