"""The environment variables that govern plugins, read when the plugins are looked for.

PYFRAME_NO_PLUGINS=1
    Load no plugin.
PYFRAME_PLUGINS=a,b
    Load only these distributions (or entry points); an empty list loads none.
PYFRAME_DISABLE_PLUGINS=a,b
    Load all but these.
PYFRAME_PLUGINS_STRICT=1
    A plugin that fails is an exception.
PYFRAME_TRACE_PLUGINS=1
    Say on stderr what is loaded and how long it takes.

Switches are off when empty, ``0``, ``false``, ``no`` or ``off``.  Nothing in them is ever
run: they hold names only.
"""

from __future__ import annotations

import os
import re
import sys


def is_on(variable: str) -> bool:
    """Whether a switch is on."""
    return os.environ.get(variable, "").strip().lower() not in ("", "0", "false", "no", "off")


def canonical(name: str) -> str:
    """A distribution's name in the one spelling that all its spellings share (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name.strip()).lower()


def why_disabled(distribution: str, entry_point: str) -> str:
    """Why a plugin is not to be loaded; empty if it is."""
    names = {canonical(distribution), canonical(entry_point)}
    only, without = _listed("PYFRAME_PLUGINS"), _listed("PYFRAME_DISABLE_PLUGINS")
    if only is not None and not names & only:
        return "not in PYFRAME_PLUGINS"
    if without is not None and names & without:
        return "in PYFRAME_DISABLE_PLUGINS"
    return ""


def _listed(variable: str) -> set[str] | None:
    text = os.environ.get(variable)
    if text is None:
        return None
    return {canonical(part) for part in text.split(",") if part.strip()}


def trace(line: str) -> None:
    """One line on stderr, when PYFRAME_TRACE_PLUGINS asks for it."""
    if is_on("PYFRAME_TRACE_PLUGINS"):
        print(f"pyframe: {line}", file=sys.stderr)  # noqa: T201
