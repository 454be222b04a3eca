"""Random functions of one variable, the built-in parts, and how many examples to draw."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pyframe as pf


def names(kind):
    """The built-in names of one kind."""
    return [known.name for known in pf.plugins(kind) if known.distribution == "pyframe"]


def allowed(criterion, strategy):
    """Whether the pair is not refused."""
    try:
        pf.Stepper(1.0, -1.0, 1.0, criterion, strategy)
    except pf.errors.PairError:
        return False
    return True


CRITERIA = names("criterion")
STRATEGIES = {s: [c for c in CRITERIA if allowed(c, s)] for s in names("strategy")}
NEEDS = {known.name: known.record.needs for known in pf.plugins() if hasattr(known.record, "needs")}


def on_values(criterion, strategy):
    """Whether the pair looks at values alone; "exact" takes more to lead bisection."""
    exception = (criterion, strategy) == ("exact", "bisection")
    return NEEDS[criterion] == NEEDS[strategy] == "value" and not exception


VALUE_METHODS = [m for m in names("scalar-method") if NEEDS[m] == "value"]
SLOPE_METHODS = [m for m in names("scalar-method") if NEEDS[m] != "value"]
POWERS = (2.0**-30, 2.0**18)  # even, so that square roots scale exactly
FUZZ = os.environ.get("PYFRAME_FUZZ")


def random_runs(few, **draws):
    """The same few examples each time, or a hundredth of PYFRAME_FUZZ, new each time."""
    count = max(few, int(FUZZ or 0) // 100)
    run = settings(max_examples=count, derandomize=not FUZZ, deadline=None)
    return lambda test: pytest.mark.fuzz(run(given(**draws)(test)))


@dataclass(frozen=True)
class Valley:
    """``scale (c/2 (t - m)^2 + w sin(k t) + kink |t - q|) + offset`` of ``t = x / wide``."""

    m: float
    c: float
    w: float
    k: float
    kink: float
    q: float
    offset: float
    scale: float = field(default=1.0)
    wide: float = field(default=1.0)

    def f(self, x):
        t = x / self.wide
        bowl = self.c * (t - self.m) ** 2 / 2
        waves = self.w * math.sin(self.k * t)
        return self.scale * (bowl + waves + self.kink * abs(t - self.q) + self.offset)

    def df(self, x):
        t = x / self.wide
        kink = math.copysign(self.kink, t - self.q)
        slope = self.c * (t - self.m) + self.w * self.k * math.cos(self.k * t) + kink
        return self.scale / self.wide * slope

    def d2f(self, x):
        curvature = self.c - self.w * self.k**2 * math.sin(self.k * x / self.wide)
        return self.scale / self.wide**2 * curvature

    def along(self, line):
        """phi(alpha), the same function of the step along a line."""
        return replace(
            self,
            m=(self.m - line.x) / line.d,
            q=(self.q - line.x) / line.d,
            c=self.c * line.d**2,
            kink=self.kink * abs(line.d),
            w=0.0,
        )

    # The same for arrays of one number, as ``line_search`` wants them.

    def fun(self, x):
        return self.f(float(x[0]))

    def grad(self, x):
        return np.array([self.df(float(x[0]))])

    def hessp(self, x, v):
        return self.d2f(float(x[0])) * v


def between(low, high):
    """Multiples of 2**-30: scaled by any of POWERS they stay exact."""
    return st.integers(int(low * 2**30), int(high * 2**30)).map(lambda i: i / 2**30)


def _powers_of_ten(low, high):
    return st.floats(low, high).map(lambda p: 10.0**p)


valleys = st.builds(
    Valley,
    m=between(-3, 3),
    c=_powers_of_ten(-2, 2),
    w=st.sampled_from([0.0, 0.1, 1.0]),
    k=st.floats(0.5, 5.0),
    kink=st.sampled_from([0.0, 0.0, 1.0]),
    q=between(-3, 3),
    offset=st.sampled_from([0.0, 1.0, -7.5, 1e3]),
)
intervals = st.tuples(between(-5, 2), between(0.5, 8)).map(lambda t: (t[0], t[0] + t[1]))


@dataclass(frozen=True)
class Line:
    """Where a search starts, along which direction, and its first step."""

    x: float
    d: float
    first: float

    @staticmethod
    def down(valley, x, size, first):
        return Line(x, -math.copysign(size, valley.df(x)), first)


@st.composite
def searches(draw):
    """A valley and a line down from a place in it."""
    valley = draw(valleys)
    size, first = draw(_powers_of_ten(-2, 2)), draw(_powers_of_ten(-3, 2))
    return valley, Line.down(valley, draw(between(-5, 5)), size, first)
