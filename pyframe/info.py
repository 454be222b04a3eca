"""What to put into a bug report."""

from __future__ import annotations

import os
import platform
import sys
from importlib import metadata

import pyframe
from pyframe.registry import manager


def versions() -> dict[str, str]:
    """Versions and settings that matter, by name."""
    found = {
        "pyframe": pyframe.__version__,
        "python": sys.version.split()[0],
        "platform": platform.platform(),
    }
    for name in ("numpy", "scipy", "matplotlib", "pluggy"):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "not installed"
    for report in manager.discovered().reports:
        found[f"plugin {report.distribution}"] = f"{report.version} ({report.status})"
    found |= {key: value for key, value in os.environ.items() if key.startswith("PYFRAME_")}
    return found


def show_versions() -> None:
    """Print the versions of pyframe, its plugins and what it stands on."""
    for name, version in versions().items():
        print(f"{name:>24}: {version}")  # noqa: T201
