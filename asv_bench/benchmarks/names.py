"""The names that benchmarks run over: the registry's, in an order that never changes.

asv names a parameter by its place in the list, and every commit makes the list anew.  If a
commit knows one name less, all later names would be measured under the wrong label.  So the
names seen so far are kept beside asv's environments, new ones are only ever added at the
end, and a name that the commit at hand does not know is left out in ``setup``.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pyframe as pf

HERE = Path(__file__).parents[1]
SEEN = Path(os.environ.get("PYFRAME_BENCH_NAMES", HERE / "env" / "names.json"))


def known(kind: str) -> list[str]:
    """The names of this kind at this commit; the id where two plugins share a name."""
    try:
        entries = pf.plugins(kind)
    except (AttributeError, LookupError):  # a commit without the registry, or without the kind
        return []
    short = [entry.name for entry in entries]
    return [e.name if short.count(e.name) == 1 else e.id for e in entries]


def names(kind: str, seen: Path = SEEN) -> list[str]:
    """Every name of this kind ever seen here, in the order of its first appearance."""
    table = json.loads(seen.read_text()) if seen.exists() else {}
    before = table.get(kind, [])
    new = [name for name in known(kind) if name not in before]
    if new:
        table[kind] = before + new
        seen.parent.mkdir(parents=True, exist_ok=True)
        whole = seen.with_suffix(f".{os.getpid()}")
        whole.write_text(json.dumps(table, indent=1))
        whole.replace(seen)
    return before + new


def record(kind: str, name: str):
    """The record of a name; asv leaves a benchmark out on ``NotImplementedError``."""
    for entry in pf.plugins(kind):
        if name in (entry.name, entry.id):
            return entry.record
    raise NotImplementedError(f"this commit has no {kind} {name!r}")
