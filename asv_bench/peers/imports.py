"""What ``import pyframe`` adds to ``import numpy``, in fresh interpreters taken in turn.

NumPy is imported before pyframe: alone, pyframe puts NumPy off until it is needed, and would
look faster than it is for anyone who uses both.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

from comparison import Comparison
from timing import median

CLOCK = """
from time import perf_counter as clock
began = clock()
import numpy
middle = clock()
{}
print(middle - began, clock() - middle)
"""
MOST = 0.30
WORK = {
    "import pyframe after numpy": ("import pyframe", 1 / MOST),
    "import pyframe, and one minimize_scalar": (
        "import pyframe; pyframe.minimize_scalar(lambda x: x * x, bounds=(-1, 2))",
        0.0,
    ),
}


def _seconds(statement: str) -> tuple[float, float]:
    """Time of ``import numpy``, and of the statement after it."""
    # Isolated: the installed package, and nothing of the folder this is run from.
    command = [sys.executable, "-I", "-c", CLOCK.format(statement)]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    first, second = out.split()
    return float(first), float(second)


def imports(rounds: int) -> Iterator[Comparison]:
    """The import alone, and with a first use, which imports what the first left for later."""
    for statement, _ in WORK.values():
        _seconds(statement)  # writes the byte code
    turns = [[_seconds(s) for s, _ in WORK.values()] for _ in range(max(15, rounds // 8))]
    for i, (name, (_, target)) in enumerate(WORK.items()):
        numpy, ours = (median([turn[i][part] for turn in turns]) for part in (0, 1))
        yield Comparison(name, ours, numpy, target, f"adds {100 * ours / numpy:.0f} % to numpy's")
