"""Reverse mode of a long recurrence with checkpoints: memory against time.

As a program it prints the table for 100,000 steps of a 100-vector (or as many as its argument
says), each row measured in a process of its own::

    python -m benchmarks.checkpointing [steps]
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import time

import numpy as np

import pyframe as pf
from pyframe.autodiff.modes.checkpointed import Checkpointed, reported

SIZE = 100
MODES = {
    "reverse": None,
    "store-all": {"schedule": "store-all"},
    "sqrt": {"schedule": "sqrt"},
    "revolve 10": {"slots": 10},
    "revolve 30": {"slots": 30},
    "revolve 100": {"slots": 100},
    "optimal 1 MB": {"memory": "1MB"},
    "optimal 8 MB": {"memory": "8MB"},
}


def recurrence(steps: int):
    """x <- x + h c sin(x), and half the square of what comes out."""
    c = np.random.default_rng(0).standard_normal(SIZE)

    def f(x):
        for _ in range(steps):
            x = x + 0.001 * c * np.sin(x)
        return 0.5 * np.sum(x * x)

    return f, np.random.default_rng(1).standard_normal(SIZE)


class TrackSchedule:
    """Steps computed and bytes held, by schedule."""

    params = tuple(name for name in MODES if name != "reverse")
    param_names = ("schedule",)

    def setup(self, schedule: str) -> None:
        f, x = recurrence(2000)
        self.report = reported(f, x, mode=Checkpointed(**MODES[schedule]))[2]

    def track_advanced(self, schedule: str) -> int:
        del schedule
        return self.report.advanced

    def track_bytes(self, schedule: str) -> int:
        del schedule
        return self.report.peak + self.report.structure + self.report.window


class TimeSchedule:
    """Time of one gradient, by schedule."""

    params = tuple(MODES)
    param_names = ("schedule",)

    def setup(self, schedule: str) -> None:
        f, self.x = recurrence(2000)
        options = MODES[schedule]
        self.gradient = pf.grad(f, mode="reverse" if options is None else Checkpointed(**options))

    def time_gradient(self, schedule: str) -> None:
        del schedule
        self.gradient(self.x)


def measured(name: str, steps: int) -> dict[str, object]:
    """One gradient in this process: seconds, growth of its largest size, and the report."""
    import resource  # not on every system

    options = MODES[name]
    small, start = recurrence(10)
    f, x = recurrence(steps)
    mode = "reverse" if options is None else Checkpointed(**options)
    pf.grad(small, mode=mode)(start)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin = time.perf_counter()
    if options is None:
        gradient, report = pf.grad(f)(x), None
    else:
        _, (gradient,), report = reported(f, x, mode=mode)
    seconds = time.perf_counter() - begin
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    numbers = vars(report) if report else {}
    return {"seconds": seconds, "grown": grown, "bits": gradient.tobytes().hex(), **numbers}


def table(steps: int) -> None:
    """Print the table, each row from a process of its own."""
    print(f"gradient of {steps:,} steps of a vector of {SIZE}")
    print(
        f"{'schedule':14}{'time':>9}{'process':>11}{'values':>12}{'structure':>11}{'window':>9}"
        f"{'advanced':>11}{'of theory':>11}{'kept':>9}  bits"
    )
    first = None
    for name in MODES:
        command = [sys.executable, "-m", "benchmarks.checkpointing", str(steps), name]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        row = json.loads(done.stdout)
        first = first or row["bits"]
        text = f"{name:14}{row['seconds']:8.2f}s{row['grown'] / 1e6:9.1f}MB"
        if "steps" in row:
            text += f"{row['peak']:>12,}{row['structure']:>11,}{row['window']:>9,}"
            text += f"{row['advanced']:>11,}{theory(name, row['steps']):>11}{row['kept']:>9,}"
        else:
            text += " " * 63
        print(text, " same" if row["bits"] == first else " DIFFERENT", flush=True)


def theory(name: str, n: int) -> str:
    """What revolve's formula says, t(n, s) = r n - beta(s + 1, r - 1)."""
    if not name.startswith("revolve"):
        return "-"
    s, r = int(name.split()[1]), 0
    while math.comb(s + r, s) < n:
        r += 1
    return f"{r * n - math.comb(s + r, s + 1):,}"


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    if len(sys.argv) > 2:
        print(json.dumps(measured(sys.argv[2], count)))
    else:
        table(count)
