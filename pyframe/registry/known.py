"""What the registry holds: things with their origin, reports on plugins, and snapshots.

All of it is frozen.  A snapshot is replaced as a whole, so whoever holds one never sees a
half-made registry.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from pyframe.errors import ConflictError
from pyframe.registry.records import Record

HOST = "pyframe"
LOCAL = "local"

Key = tuple[str, str]
"""Kind and name."""


@dataclass(frozen=True)
class Known:
    """A record and where it comes from.

    Parameters
    ----------
    record : Record
        The record.
    distribution, version : str
        The package that gave it; ``local`` for ``pf.register``.
    """

    record: Record
    distribution: str
    version: str = ""

    @property
    def id(self) -> str:
        """The unambiguous name, ``distribution:name``."""
        return f"{self.distribution}:{self.record.name}"

    @property
    def name(self) -> str:
        """The short name."""
        return self.record.name

    @property
    def kind(self) -> str:
        """The kind of record."""
        return self.record.kind

    @property
    def summary(self) -> str:
        """One line about it."""
        return self.record.summary

    @property
    def origin(self) -> str:
        """Distribution and version, as messages show them."""
        return f"{self.distribution} {self.version}".rstrip()


GOOD = ("ok", "disabled")
FAILED = ("broken", "refused", "newer", "lying")


@dataclass(frozen=True)
class PluginReport:
    """What became of one plugin.

    Parameters
    ----------
    distribution, version, entry_point, module : str
        Which plugin.
    status : str
        ``"ok"``; ``"slow"`` to import; ``"clash"`` with a name that others give;
        ``"disabled"`` by the environment; or skipped because its import or a hook failed
        (``"broken"``), a record is malformed (``"refused"``), it was written for a newer
        pyframe (``"newer"``), or an implementation breaks what its record declares
        (``"lying"``).
    reason : str
        One line; empty when all is well.
    records : tuple of Known
        What it gave.
    seconds : float
        Time its import and hooks took.
    """

    distribution: str
    version: str
    entry_point: str
    module: str
    status: str = "ok"
    reason: str = ""
    records: tuple[Known, ...] = ()
    seconds: float = 0.0

    def line(self) -> str:
        """The one line of a warning about it."""
        return (
            f"plugin {self.distribution} {self.version}: {self.reason}; "
            f"disable it with PYFRAME_DISABLE_PLUGINS={self.distribution}"
        )


def _empty() -> MappingProxyType[Key, tuple[Known, ...]]:
    return MappingProxyType({})


@dataclass(frozen=True)
class Snapshot:
    """Everything known at one moment, by kind and name.

    Parameters
    ----------
    builtin : mapping
        pyframe's own.
    foreign : mapping
        What the plugins gave: under each name everything that claims it.
    local : mapping
        What ``pf.register`` added; of several under one name the last counts.
    reports : tuple of PluginReport
        One for each plugin.
    discovered : bool
        Whether the plugins were asked.
    """

    builtin: Mapping[Key, Known]
    foreign: Mapping[Key, tuple[Known, ...]] = field(default_factory=_empty)
    local: Mapping[Key, tuple[Known, ...]] = field(default_factory=_empty)
    reports: tuple[PluginReport, ...] = ()
    discovered: bool = False

    def find(self, kind: str, name: str) -> Known | None:
        """The thing of this kind and name or id, or None.

        Raises
        ------
        ConflictError
            When several plugins give the name.
        """
        if ":" in name:
            matches = (known for known in self if known.kind == kind and known.id == name)
            return next(matches, None)
        key = (kind, name)
        if key in self.local:
            return self.local[key][-1]
        if key in self.builtin:
            return self.builtin[key]
        candidates = self.foreign.get(key, ())
        if len(candidates) > 1:
            ids = " or ".join(repr(candidate.id) for candidate in candidates)
            raise ConflictError(f"{kind} {name!r} is given by more than one plugin: write {ids}")
        return candidates[0] if candidates else None

    def origin(self, record: Record) -> str:
        """Which plugin gave a record; empty if none did."""
        candidates = self.foreign.get((record.kind, record.name), ())
        return next((known.origin for known in candidates if known.record is record), "")

    def __iter__(self) -> Iterator[Known]:
        yield from self.builtin.values()
        for candidates in self.foreign.values():
            yield from candidates
        for stack in self.local.values():
            yield stack[-1]
