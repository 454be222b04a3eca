"""The registry: who gives a name, found when it is first needed.

Built-in names need no plugin.  Any other name makes the registry discover the installed
plugins once: each is imported and asked on its own, and one that fails costs a line of
warning and nothing else.  What is known is an immutable snapshot that is replaced as a
whole, so a call in progress never sees a half-made registry and no lock is held while
plugin code runs.

Environment
-----------
PYFRAME_NO_PLUGINS=1
    Load no plugin.
PYFRAME_PLUGINS=a,b
    Load only these distributions (or entry points).
PYFRAME_DISABLE_PLUGINS=a,b
    Load all but these.
PYFRAME_PLUGINS_STRICT=1
    A plugin that fails is an exception.
PYFRAME_TRACE_PLUGINS=1
    Say on stderr what is loaded and how long it takes.

Plugins are code that runs with your rights: install those you trust.
"""

from __future__ import annotations

import difflib
import os
import sys
import threading
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from pyframe.errors import ConflictError, PluginWarning, RecordError, RegistryError, UnknownNameError
from pyframe.registry.builtins import BUILTIN_HOOKS
from pyframe.registry.records import RECORDS, Record

HOST = "pyframe"
LOCAL = "local"


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


@dataclass(frozen=True)
class PluginReport:
    """What became of one plugin.

    Parameters
    ----------
    distribution, version, entry_point, module : str
        Which plugin.
    status : str
        ``"ok"``, ``"slow"``, ``"clash"``, ``"disabled"`` or ``"broken"``.
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


@dataclass(frozen=True)
class Snapshot:
    """Everything known at one moment, by kind and name."""

    builtin: MappingProxyType[tuple[str, str], Known]
    foreign: MappingProxyType[tuple[str, str], tuple[Known, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    local: MappingProxyType[tuple[str, str], Known] = field(
        default_factory=lambda: MappingProxyType({})
    )
    reports: tuple[PluginReport, ...] = ()
    discovered: bool = False

    def find(self, kind: str, name: str) -> Known | None:
        """The thing of this kind and name or id, if it is known and unambiguous."""
        distribution, colon, short = name.rpartition(":")
        if colon:
            matches = (known for known in self if known.kind == kind and known.id == name)
            return next(matches, None)
        del distribution, short
        key = (kind, name)
        known = self.local.get(key) or self.builtin.get(key)
        if known is not None:
            return known
        candidates = self.foreign.get(key, ())
        if len(candidates) > 1:
            ids = " and ".join(repr(candidate.id) for candidate in candidates)
            raise ConflictError(f"{kind} {name!r} is given by more than one plugin: write {ids}")
        return candidates[0] if candidates else None

    def __iter__(self) -> Any:
        yield from self.builtin.values()
        for candidates in self.foreign.values():
            yield from candidates
        yield from self.local.values()


def _builtin_snapshot() -> Snapshot:
    from pyframe import __version__  # noqa: PLC0415  the package imports this module lazily

    records = [record for hook in BUILTIN_HOOKS for record in hook()]
    known = {(r.kind, r.name): Known(r, HOST, __version__) for r in records}
    return Snapshot(MappingProxyType(known))


_snapshot = _builtin_snapshot()
_publish = threading.Lock()
_loading = threading.local()


def snapshot() -> Snapshot:
    """What is known now, without looking for plugins."""
    return _snapshot


def discovered() -> Snapshot:
    """What is known once the installed plugins were asked."""
    if _snapshot.discovered or getattr(_loading, "busy", False):
        return _snapshot
    from pyframe.registry.discovery import discover  # noqa: PLC0415  loads pluggy

    _loading.busy = True
    try:
        reports = discover(_snapshot.builtin)
    finally:
        _loading.busy = False
    return _adopt(reports)


def _adopt(reports: Iterable[PluginReport]) -> Snapshot:
    """Publish what the plugins gave, and warn about those that failed."""
    global _snapshot  # noqa: PLW0603  the one registry of the process
    reports = tuple(reports)
    foreign: dict[tuple[str, str], tuple[Known, ...]] = {}
    for report in reports:
        for known in report.records:
            key = (known.kind, known.name)
            foreign[key] = (*foreign.get(key, ()), known)
    with _publish:
        if _snapshot.discovered:
            return _snapshot
        _snapshot = Snapshot(
            _snapshot.builtin, MappingProxyType(foreign), _snapshot.local, reports, discovered=True
        )
    for report in reports:
        if report.reason and report.status != "disabled":
            _complain(report)
    return _snapshot


def _complain(report: PluginReport) -> None:
    line = (
        f"plugin {report.distribution} {report.version}: {report.reason}; "
        f"disable it with PYFRAME_DISABLE_PLUGINS={report.distribution}"
    )
    if os.environ.get("PYFRAME_PLUGINS_STRICT") and report.status == "broken":
        raise RegistryError(line)
    warnings.warn(line, PluginWarning, stacklevel=2)


def reset() -> None:
    """Forget every plugin, so that the next unknown name looks for them again."""
    global _snapshot  # noqa: PLW0603
    with _publish:
        _snapshot = Snapshot(_snapshot.builtin, local=_snapshot.local)


def find(kind: str, name: str) -> Known:
    """The thing of this kind that answers to `name`.

    Raises
    ------
    UnknownNameError
        When nothing does; the message suggests names that are close.
    ConflictError
        When more than one plugin gives the name.
    """
    known = _snapshot.find(kind, name) or discovered().find(kind, name)
    if known is None:
        raise _unknown(kind, name)
    return known


def _unknown(kind: str, name: str) -> UnknownNameError:
    names = sorted({known.name for known in _snapshot if known.kind == kind})
    close = difflib.get_close_matches(name, names, n=1)
    hint = f"did you mean {close[0]!r}? " if close else ""
    return UnknownNameError(f"unknown {kind} {name[:80]!r}; {hint}known: {', '.join(names)}")


def plugins(kind: str | None = None) -> list[Known]:
    """Everything that is known, the installed plugins included.

    Parameters
    ----------
    kind : str, optional
        Only this kind: ``"criterion"``, ``"strategy"``, ``"scalar-method"``,
        ``"initial-step"``, ``"direction"``, ``"problem"``, ...

    Returns
    -------
    list of Known
        With ``name``, ``id``, ``kind``, ``summary``, ``distribution``, ``version`` and
        ``record``, in the order of kind and name.

    Examples
    --------
    >>> import pyframe as pf
    >>> [known.name for known in pf.plugins("direction") if known.distribution == "pyframe"]
    ['bfgs', 'cg', 'gradient-descent', 'lbfgs', 'momentum', 'newton', 'newton-cg']
    """
    kinds = [record.kind for record in RECORDS]
    if kind is not None and kind not in kinds:
        raise UnknownNameError(f"unknown kind {kind!r}; known: {', '.join(kinds)}")
    chosen = [known for known in discovered() if kind in (None, known.kind)]
    return sorted(chosen, key=lambda known: (kinds.index(known.kind), known.name, known.id))


class Registration:
    """A local registration; as a context manager it ends with the block."""

    def __init__(self, known: Known, before: Known | None) -> None:
        self.known = known
        self._before = before

    def undo(self) -> None:
        """Take the registration back."""
        _set_local((self.known.kind, self.known.name), self._before)

    def __enter__(self) -> Known:
        return self.known

    def __exit__(self, *_: object) -> None:
        self.undo()


def register(record: Record, *, override: bool = False) -> Registration:
    """Make a record known by its name in this process.

    Parameters
    ----------
    record : Record
        From one of the decorators (``pf.criterion``, ``pf.strategy``, ...).  A record of
        the same kind and name that was registered before is replaced.
    override : bool
        Allow a built-in name.

    Returns
    -------
    Registration
        Works as a context manager that takes the registration back.

    Raises
    ------
    RecordError
        When the record is malformed, or fails the check of its kind.
    ConflictError
        When the name is a built-in one and `override` is False.

    Examples
    --------
    >>> import pyframe as pf
    >>> @pf.criterion("anything", can_lengthen=False)
    ... def anything(start, trial):
    ...     return pf.ACCEPT
    >>> with pf.register(anything):
    ...     pf.line_search(lambda x: x @ x, [1.0], [-1.0], lambda x: 2 * x,
    ...                    criterion="anything", strategy="static").success
    True
    """
    if not isinstance(record, Record):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise RecordError(
            f"register takes a record (see pf.criterion, pf.strategy, ...), "
            f"got {type(record).__name__}"
        )
    from pyframe.registry.probes import probe  # noqa: PLC0415  numeric checks, rarely needed

    record.check()
    key = (record.kind, record.name)
    if key in _snapshot.builtin and not override:
        raise ConflictError(
            f"{record.kind} {record.name!r} is built in: choose another name, or override=True"
        )
    probe(record)
    known = Known(record, LOCAL)
    before = _snapshot.local.get(key)
    _set_local(key, known)
    return Registration(known, before)


def _set_local(key: tuple[str, str], known: Known | None) -> None:
    global _snapshot  # noqa: PLW0603
    with _publish:
        local = dict(_snapshot.local)
        if known is None:
            local.pop(key, None)
        else:
            local[key] = known
        now = _snapshot
        _snapshot = Snapshot(
            now.builtin, now.foreign, MappingProxyType(local), now.reports, now.discovered
        )


def trace(line: str) -> None:
    """One line on stderr, when PYFRAME_TRACE_PLUGINS asks for it."""
    if os.environ.get("PYFRAME_TRACE_PLUGINS"):
        print(f"pyframe: {line}", file=sys.stderr)  # noqa: T201
