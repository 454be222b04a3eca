"""``line_search`` with every pair of strategy and criterion, on the registered lines.

The lines are More and Thuente's six functions from their four first steps each.
"""

from __future__ import annotations

import numpy as np

import pyframe as pf
from pyframe.errors import PyframeError

from .names import names, record
from .problems import along_a_line, problems
from .replay import Recording

STRATEGIES = names("strategy")
CRITERIA = names("criterion")
ZERO, ONE = np.zeros(1), np.ones(1)


def search(functions, start: float, strategy: str, criterion: str):
    """One search along the line alpha -> (alpha,)."""
    f, grad, hessp = functions
    return pf.line_search(f, ZERO, ONE, grad, criterion, strategy, start, hessp=hessp)


class Pairs:
    """Base: one recorded run of every line and start."""

    params = (STRATEGIES, CRITERIA)
    param_names = ("strategy", "criterion")

    def setup(self, strategy: str, criterion: str) -> None:
        needs = record("strategy", strategy).needs
        record("criterion", criterion)
        self.starts, self.recordings, self.results = [], [], []
        for line in problems("LineProblem").values():
            f, grad, hessp = along_a_line(line)
            for start in line.starts:
                recording = Recording(f, grad, hessp if needs == "curvature" else None)
                try:
                    result = search(recording.record(), start, strategy, criterion)
                except PyframeError as error:  # the pair is refused, with the reason
                    raise NotImplementedError(str(error)) from error
                self.starts.append(start)
                self.recordings.append(recording)
                self.results.append(result)
        if not self.results:
            raise NotImplementedError("no line problems")


class Track(Pairs):
    """Evaluations of f in all searches together, and searches that found no step."""

    def track_evaluations(self, *_: str) -> int:
        return sum(result.nfev for result in self.results)

    def track_gradients(self, *_: str) -> int:
        return sum(result.njev for result in self.results)

    def track_failures(self, *_: str) -> int:
        return sum(not result.success for result in self.results)

    track_evaluations.unit = "evaluations"
    track_gradients.unit = "gradients"
    track_failures.unit = "searches"


class TimeOverhead(Pairs):
    """Time of all searches together with functions that cost nothing."""

    def time_overhead(self, strategy: str, criterion: str) -> None:
        for start, recording in zip(self.starts, self.recordings, strict=True):
            search(recording.play(), start, strategy, criterion)
