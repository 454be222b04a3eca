"""Which plugins are installed: the entry points of the group ``pyframe``, nothing imported.

``importlib.metadata.entry_points`` would do, but one malformed ``entry_points.txt`` makes it
fail for everybody, and asking an entry point for its distribution's name and version parses
the whole METADATA with the email package: 160 ms for a thousand plugins.  Here each file is
read by itself, once, only its section ``[pyframe]`` is parsed, and name and version come from
the name of the directory where the standard says so (``name-version.dist-info``): 25 ms for
a thousand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.metadata import Distribution, EntryPoint, distributions
from typing import Any

from pyframe.registry.settings import canonical

GROUP = "pyframe"
_DIRECTORY = re.compile(r"(?P<name>[A-Za-z0-9._]+)-(?P<version>[^-]+)\.dist-info")


@dataclass(frozen=True)
class Installed:
    """One entry point and the distribution that has it.

    Parameters
    ----------
    distribution, version : str
        Canonical name (lower case, words joined by ``-``) and version.
    entry : EntryPoint or None
        None when the distribution's entry points cannot be read.
    trouble : str
        Why not.
    """

    distribution: str
    version: str
    entry: EntryPoint | None
    trouble: str = ""


def installed() -> list[Installed]:
    """Every plugin of this environment, in the order of distribution and entry point."""
    found: dict[str, list[Installed]] = {}
    for distribution in distributions():
        try:
            text = distribution.read_text("entry_points.txt")
        except (OSError, UnicodeDecodeError):
            continue
        lines = _section(text or "")
        if not lines:
            continue
        name, version = _name_and_version(distribution)
        # The first on sys.path is the one that imports would find.
        if name not in found:
            found[name] = [_entry(line, name, version) for line in lines]
    return [entry for _, entries in sorted(found.items()) for entry in entries]


def _section(text: str) -> list[str]:
    """The lines of the section ``[pyframe]``, sorted."""
    if GROUP not in text:
        return []
    inside = False
    lines: list[str] = []
    for line in map(str.strip, text.splitlines()):
        if line.startswith("[") and line.endswith("]"):
            inside = line[1:-1].strip() == GROUP
        elif inside and line and not line.startswith("#"):
            lines.append(line)
    return sorted(lines)


def _entry(line: str, distribution: str, version: str) -> Installed:
    name, equals, value = (part.strip() for part in line.partition("="))
    if not equals:
        trouble = f"its entry_points.txt cannot be read: {line!r} is not of the form name = module"
        return Installed(distribution, version, None, trouble)
    return Installed(distribution, version, EntryPoint(name, value, GROUP))


def _name_and_version(distribution: Distribution) -> tuple[str, str]:
    directory = getattr(getattr(distribution, "_path", None), "name", "")
    match = _DIRECTORY.fullmatch(directory)
    if match:
        return canonical(match["name"]), match["version"]
    try:
        given: list[Any] = [distribution.metadata["Name"], distribution.metadata["Version"]]
    except Exception:  # noqa: BLE001  a distribution without readable metadata
        given = [None, None]
    name, version = (one_line(value or "") for value in given)
    return canonical(name) or "unknown", version or "?"


def one_line(text: object, longest: int = 300) -> str:
    """Text on one printable line, cut to a length."""
    joined = " ".join(str(text).split())[: longest + 1]
    shown = "".join(c if c.isprintable() else "?" for c in joined)
    return shown if len(shown) <= longest else shown[: longest - 3] + "..."
