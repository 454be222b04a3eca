"""What ``import pyframe`` costs."""

from __future__ import annotations

import subprocess
import sys

COUNT = (
    "import sys, numpy; before = set(sys.modules); import pyframe; "
    "print(len(set(sys.modules) - before), sum(m in sys.modules for m in ({unwanted})))"
)
UNWANTED = "'pluggy', 'matplotlib', 'scipy', 'importlib.metadata'"


def modules() -> tuple[int, int]:
    """Modules that ``import pyframe`` loads beyond NumPy's, and unwanted ones among them."""
    code = COUNT.format(unwanted=UNWANTED)
    # Isolated, so that what is counted is the installed package and nothing of the caller.
    out = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True
    )
    first, second = out.stdout.split()
    return int(first), int(second)


class Import:
    """Time in a fresh interpreter, and modules loaded."""

    def timeraw_numpy(self) -> str:
        return "import numpy"

    def timeraw_pyframe(self) -> str:
        return "import pyframe"

    def timeraw_first_search(self) -> str:
        return "import pyframe as pf; pf.minimize_scalar(lambda x: x * x, bounds=(-1, 2))"

    def track_modules(self) -> int:
        return modules()[0]

    def track_unwanted(self) -> int:
        return modules()[1]

    track_modules.unit = "modules"
    track_unwanted.unit = "modules"


class Memory:
    """Peak memory of a process that imports pyframe and minimises once."""

    def peakmem_first_search(self) -> None:
        import pyframe as pf

        pf.minimize_scalar(lambda x: x * x, bounds=(-1, 2))
