"""Which plugins are installed: the entry points of the group ``pyframe``, nothing imported.

``importlib.metadata.entry_points`` would do, but one malformed ``entry_points.txt`` makes it
fail for everybody, and asking an entry point for its distribution's name and version parses
the whole METADATA with the email package: 160 ms for a thousand plugins.  Here each file is
read by itself, once, only its section ``[pyframe]`` is parsed, and name and version come from
the name of the directory where the standard says so (``name-version.dist-info``).  The
directories of ``sys.path`` are read without an object for each of their entries, which
would cost as much as everything else; ``importlib.metadata`` is asked about the rest (zip
files, finders of others).
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.machinery import PathFinder
from importlib.metadata import Distribution, EntryPoint, distributions
from itertools import chain
from typing import Any

from pyframe.registry.settings import canonical

GROUP = "pyframe"
LONGEST = 2**20
"""Bytes of an ``entry_points.txt`` that are read."""

NameReader = Callable[[], tuple[str, str]]
"""Finds a distribution's name and version, when they are wanted."""

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
    for text, read_name in chain(_in_directories(), _elsewhere()):
        lines = _section(text)
        if not lines:
            continue
        name, version = read_name()
        # The first on sys.path is the one that imports would find.
        if name not in found:
            found[name] = [_entry(line, name, version) for line in lines]
    return [entry for _, entries in sorted(found.items()) for entry in entries]


def _in_directories() -> Iterator[tuple[str, NameReader]]:
    """The entry points of each distribution in the directories of ``sys.path``."""
    for place in dict.fromkeys(sys.path):
        try:
            names = os.listdir(place or ".")  # noqa: PTH208
        except OSError:
            continue
        for name in names:
            if name.endswith((".dist-info", ".egg-info")):
                directory = os.path.join(place, name)  # noqa: PTH118  see the docstring above
                text = _read(f"{directory}/entry_points.txt")
                yield text, partial(_name_and_version, name, directory)


def _read(path: str) -> str:
    try:
        file = os.open(path, os.O_RDONLY)
    except OSError:
        return ""
    try:
        return os.read(file, min(os.fstat(file).st_size, LONGEST)).decode(errors="replace")
    except OSError:
        return ""
    finally:
        os.close(file)


def _elsewhere() -> Iterator[tuple[str, NameReader]]:
    """The entry points of distributions that are in no directory of ``sys.path``."""
    archives = [place for place in sys.path if place and not os.path.isdir(place)]  # noqa: PTH112
    finders = [finder for finder in sys.meta_path if finder is not PathFinder]
    others = (getattr(finder, "find_distributions", None) for finder in finders)
    found = (find() for find in others if find is not None)
    for distribution in chain(distributions(path=archives), *found):
        try:
            text = distribution.read_text("entry_points.txt")
        except (OSError, UnicodeDecodeError):
            continue
        yield text or "", partial(_described, distribution)


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


def _name_and_version(name: str, directory: str) -> tuple[str, str]:
    match = _DIRECTORY.fullmatch(name)
    if match:
        return canonical(match["name"]), match["version"]
    return _described(Distribution.at(directory))


def _described(distribution: Distribution) -> tuple[str, str]:
    """Name and version as the distribution's metadata say."""
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
