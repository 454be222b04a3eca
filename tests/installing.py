"""Distributions that exist only on a path: a directory of metadata and a module."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

GOOD = """
import pyframe as pf

@pf.criterion("{name}", can_lengthen=False)
def criterion(start, trial):
    "Any step that goes down."
    return pf.ACCEPT if trial.value < start.value else pf.TOO_LONG

def pyframe_criteria():
    return [criterion]
"""

USE = """
import pyframe as pf
f, g = lambda x: float(x @ x), lambda x: 2 * x
print(pf.line_search(f, [4.0], [-8.0], g, {name!r}, "backtracking").step)
"""


def install(folder: Path, distribution: str, code: str, *, version="1.0", entry_points=None) -> str:
    """Put a plugin with this code into a folder; returns the distribution's name."""
    module = distribution.replace("-", "_")
    info = folder / f"{module}-{version}.dist-info"
    info.mkdir(parents=True)
    header = f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n"
    (info / "METADATA").write_text(header, encoding="utf-8")
    points = f"[pyframe]\nmain = {module}\n" if entry_points is None else entry_points
    (info / "entry_points.txt").write_text(points, encoding="utf-8")
    (folder / f"{module}.py").write_text(code, encoding="utf-8")
    return distribution


def run(folder: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Python with the folder's plugins, and no others unless the environment says so."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("PYFRAME_", "PYTHON"))}
    inherited |= {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    here = {point.dist.name for point in metadata.entry_points(group="pyframe") if point.dist}
    inherited.setdefault("PYFRAME_DISABLE_PLUGINS", ",".join(sorted(here)))
    return subprocess.run(
        [sys.executable, *command],
        env=inherited | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=folder,
    )


def python(folder: Path, code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run code in a new process with the folder's plugins."""
    return run(folder, "-c", code, **environment)


def pyframe(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command ``pyframe`` in a new process with the folder's plugins."""
    return run(folder, "-m", "pyframe.cli", *arguments, **environment)
