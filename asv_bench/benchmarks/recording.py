"""``value_and_grad`` of a plain Python loop over floats: record, then sweep back."""

from __future__ import annotations

import pyframe as pf
from pyframe import _core

H, MU = 0.05, 1.5
START = (2.0, 0.5)


def oscillator(y0, y1):
    """Van der Pol's oscillator."""
    return y1, MU * (1.0 - y0 * y0) * y1 - y0


def solution(steps: int, y0, y1):
    """Runge and Kutta's method, 46 operations a step."""
    for _ in range(steps):
        a0, a1 = oscillator(y0, y1)
        b0, b1 = oscillator(y0 + 0.5 * H * a0, y1 + 0.5 * H * a1)
        c0, c1 = oscillator(y0 + 0.5 * H * b0, y1 + 0.5 * H * b1)
        d0, d1 = oscillator(y0 + H * c0, y1 + H * c1)
        y0 = y0 + H / 6.0 * (a0 + 2.0 * b0 + 2.0 * c0 + d0)
        y1 = y1 + H / 6.0 * (a1 + 2.0 * b1 + 2.0 * c1 + d1)
    return y0 * y0 + y1 * y1


class ScalarLoop:
    """The loop with its gradient, alone, and what its tape takes."""

    params = ((1, 220, 20_000),)
    param_names = ("steps",)

    def setup(self, steps: int) -> None:
        self.f = lambda y0, y1: solution(steps, y0, y1)
        self.both = pf.value_and_grad(self.f, (0, 1))

    def time_function_alone(self, steps: int) -> None:
        del steps
        self.f(*START)

    def time_value_and_grad(self, steps: int) -> None:
        del steps
        self.both(*START)

    def track_bytes_for_an_operation(self, steps: int) -> float:
        del steps
        with _core.Recording() as recording:
            self.f(*[recording.argument(number) for number in START])
        return recording.memory / len(recording)
