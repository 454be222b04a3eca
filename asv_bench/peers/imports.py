"""What ``import pyframe`` adds to ``import numpy``, in fresh interpreters.

NumPy is imported before pyframe: alone, pyframe puts NumPy off until it is needed, and would
look faster than it is for anyone who uses both.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

from comparison import Comparison
from timing import median

CLOCK = (
    "from time import perf_counter as c; a = c(); import numpy; b = c(); import pyframe; "
    "print(b - a, c() - a)"
)
MOST = 1.30


def _seconds() -> tuple[float, float]:
    # Isolated: the installed package, and nothing of the folder this is run from.
    command = [sys.executable, "-I", "-c", CLOCK]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    numpy, both = map(float, done.stdout.split())
    return numpy, both


def imports(rounds: int) -> Iterator[Comparison]:
    """NumPy's import, and NumPy's and pyframe's, by one clock in each process."""
    _seconds()  # writes the byte code
    turns = [_seconds() for _ in range(max(15, rounds // 8))]
    numpy, both = (median([turn[i] for turn in turns]) for i in (0, 1))
    yield Comparison(
        "import numpy, pyframe (peer: import numpy)",
        both,
        numpy,
        1 / MOST,
        f"adds {100 * (both / numpy - 1):.1f} % (at most {100 * (MOST - 1):.0f} %)",
    )
