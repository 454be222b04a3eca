"""The registry: who gives a name, found when it is first needed.

Built-in names need no plugin.  Any other name makes the registry discover the installed
plugins once: each is imported and asked on its own, and one that fails costs a line of
warning and nothing else.  What is known is an immutable snapshot that is replaced as a
whole, so a call in progress never sees a half-made registry and no lock is held while
plugin code runs.  The environment variables are in :mod:`pyframe.registry.settings`.

Plugins are code that runs with your rights: install those you trust, or list those that may
be loaded in ``PYFRAME_PLUGINS``.
"""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Iterable
from dataclasses import replace
from types import MappingProxyType

from pyframe._checks import shown
from pyframe.errors import (
    ConflictError,
    PluginWarning,
    RecordError,
    RegistryError,
    UnknownNameError,
)
from pyframe.registry.along_the_line import along_the_line
from pyframe.registry.builtins import BUILTIN_HOOKS
from pyframe.registry.known import FAILED, GOOD, HOST, LOCAL, Key, Known, PluginReport, Snapshot
from pyframe.registry.records import RECORDS, Record, ScalarMethodRecord
from pyframe.registry.settings import is_on

__all__ = [
    "HOST",
    "LOCAL",
    "Known",
    "PluginReport",
    "Registration",
    "Snapshot",
    "discovered",
    "find",
    "plugins",
    "register",
    "reports",
    "reset",
    "snapshot",
    "unknown",
]


def _builtin_snapshot() -> Snapshot:
    from pyframe import __version__  # noqa: PLC0415  the package imports this module lazily

    records = [record for hook in BUILTIN_HOOKS for record in hook()]
    known = {(r.kind, r.name): Known(r, HOST, __version__) for r in records}
    return Snapshot(MappingProxyType(known))


_snapshot = _builtin_snapshot()
_publish = threading.Lock()
PATIENCE = 10.0
"""Seconds for which a thread waits while another asks the plugins."""


class _Discovery:
    """The plugins are being asked, by one thread.

    Other threads wait for it, but not for ever: a plugin may itself wait for a thread that
    asks, and then nobody would go on.
    """

    def __init__(self) -> None:
        self.thread = threading.get_ident()
        self._over = threading.Event()
        self._in_vain = False

    def wait(self) -> bool:
        """Whether it ended while it was worth waiting for."""
        self._in_vain = self._in_vain or not self._over.wait(PATIENCE)
        return not self._in_vain

    def end(self) -> None:
        """Let those who wait go on."""
        self._over.set()


_running: _Discovery | None = None


def snapshot() -> Snapshot:
    """What is known now, without looking for plugins."""
    return _snapshot


def discovered() -> Snapshot:
    """What is known once the installed plugins were asked.

    A plugin that asks while it is being loaded gets what is known without plugins.
    """
    while not _snapshot.discovered:
        running, begun = _join_or_begin()
        if begun:
            return _ask(running)
        if running.thread == threading.get_ident() or not running.wait():
            break
    return _snapshot


def _join_or_begin() -> tuple[_Discovery, bool]:
    """The discovery under way, and whether it is for the caller to do."""
    global _running  # noqa: PLW0603
    with _publish:
        begun = _running is None
        _running = _running or _Discovery()
        return _running, begun


def _ask(discovery: _Discovery) -> Snapshot:
    global _running  # noqa: PLW0603
    from pyframe.registry.discovery import discover  # noqa: PLC0415  loads pluggy

    try:
        return _snapshot if _snapshot.discovered else _adopt(discover(_snapshot.builtin))
    finally:
        with _publish:
            _running = None
        discovery.end()


def _after_fork() -> None:
    """In a child process the thread that asked the plugins, or published, is gone."""
    global _publish, _running
    _publish, _running = threading.Lock(), None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def reports() -> tuple[PluginReport, ...]:
    """What became of each installed plugin.

    Returns
    -------
    tuple of PluginReport
        With ``distribution, version, entry_point, module, status, reason, records,
        seconds``.

    Examples
    --------
    >>> from pyframe.registry import manager
    >>> all(report.status for report in manager.reports())
    True
    """
    return discovered().reports


def _adopt(found: Iterable[PluginReport]) -> Snapshot:
    """Publish what the plugins gave, and warn about those that failed."""
    global _snapshot  # noqa: PLW0603  the one registry of the process
    foreign, told = _gather(found)
    failed = [report.line() for report in told if report.status in FAILED]
    if failed and is_on("PYFRAME_PLUGINS_STRICT"):
        raise RegistryError("\n".join(failed))
    with _publish:
        if _snapshot.discovered:
            return _snapshot
        now = _snapshot
        _snapshot = Snapshot(now.builtin, foreign, now.local, told, discovered=True)
        ours = _snapshot
    for report in told:
        if report.status not in GOOD:
            # Said of no line of code: where the name was first used has nothing to do with it.
            warnings.warn_explicit(report.line(), PluginWarning, "<pyframe plugins>", 0)
    return ours


def _gather(
    found: Iterable[PluginReport],
) -> tuple[MappingProxyType[Key, tuple[Known, ...]], tuple[PluginReport, ...]]:
    """What each name stands for, and the reports with clashes between plugins noted."""
    foreign: dict[Key, tuple[Known, ...]] = {}
    told: list[PluginReport] = []
    for report in found:
        mine: list[Known] = []
        for known in report.records:
            key = (known.kind, known.name)
            if any(other.id == known.id for other in foreign.get(key, ())):
                report = _clash(report, f"{known.kind} {known.id!r} is given twice")  # noqa: PLW2901
                continue
            foreign[key] = (*foreign.get(key, ()), known)
            mine.append(known)
        told.append(replace(report, records=tuple(mine)))
    for i, report in enumerate(told):
        for known in report.records:
            others = [k for k in foreign[known.kind, known.name] if k.id != known.id]
            if others:
                who = " and ".join(other.origin for other in others)
                told[i] = _clash(
                    told[i],
                    f"{known.kind} {known.name!r} is also given by {who}: write {known.id!r}",
                )
                break
    for derived in [d for report in told for known in report.records for d in _derived(known)]:
        key = (derived.kind, derived.name)
        if all(other.id != derived.id for other in foreign.get(key, ())):
            foreign[key] = (*foreign.get(key, ()), derived)
    return MappingProxyType(foreign), tuple(told)


def _clash(report: PluginReport, reason: str) -> PluginReport:
    reasons = f"{report.reason}; {reason}" if report.reason else reason
    return replace(report, status="clash", reason=reasons)


def _derived(known: Known) -> list[Known]:
    """The strategy that a scalar method is as well."""
    if isinstance(known.record, ScalarMethodRecord):
        return [replace(known, record=along_the_line(known.record))]
    return []


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


def _close(name: str, names: list[str]) -> list[str]:
    from difflib import get_close_matches  # noqa: PLC0415  (wanted where a name is refused)

    return get_close_matches(name, names, n=1)


def unknown(name: str) -> UnknownNameError:
    """The refusal of a name that nothing of any kind has."""
    names = sorted({known.name for known in discovered()})
    close = _close(name[:80].lower(), names)
    hint = f"did you mean {close[0]!r}?" if close else "'pyframe plugins list' shows what there is"
    return UnknownNameError(f"unknown name {name[:80]!r}; {hint}")


MANY = 40
"""More names than this are not listed in a message."""


def _unknown(kind: str, name: str) -> UnknownNameError:
    names = sorted({known.name for known in _snapshot if known.kind == kind})
    others = sorted({known.kind for known in _snapshot if name in (known.name, known.id)})
    close = _close(name[:80].lower(), names)
    if others:
        hint = f"{name!r} is the name of a {' and a '.join(others)}; "
    else:
        hint = f"did you mean {close[0]!r}? " if close else ""
    more = ", ..." if len(names) > MANY else ""
    known = f"known: {', '.join(names[:MANY])}{more}" if names else f"no {kind} is known"
    return UnknownNameError(f"unknown {kind} {name[:80]!r}; {hint}{known}")


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
    if kind is not None and not (isinstance(kind, str) and kind in kinds):
        close = _close(kind[:80], kinds) if isinstance(kind, str) else []
        hint = f"did you mean {close[0]!r}? " if close else ""
        raise UnknownNameError(f"unknown kind {shown(kind)}; {hint}known: {', '.join(kinds)}")
    chosen = [known for known in discovered() if kind in (None, known.kind)]
    return sorted(chosen, key=lambda known: (kinds.index(known.kind), known.name, known.id))


class Registration:
    """A local registration; as a context manager it ends with the block."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self._entries = (known, *_derived(known))

    def undo(self) -> None:
        """Take the registration back; what was registered before counts again."""
        _change_local(remove=self._entries)

    def __enter__(self) -> Known:
        return self.known

    def __exit__(self, *_: object) -> None:
        self.undo()

    def _add(self) -> None:
        _change_local(add=self._entries)


def register(record: Record, *, override: bool = False) -> Registration:
    """Make a record known by its name in this process.

    Parameters
    ----------
    record : Record
        From one of the decorators (``pf.criterion``, ``pf.strategy``, ...).  It hides a
        record of the same kind and name that was registered before or that a plugin gives.
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
    if (record.kind, record.name) in _snapshot.builtin and not override:
        raise ConflictError(
            f"{record.kind} {record.name!r} is built in: choose another name, or override=True"
        )
    probe(record)
    registration = Registration(Known(record, LOCAL))
    registration._add()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    return registration


def _change_local(add: tuple[Known, ...] = (), remove: tuple[Known, ...] = ()) -> None:
    global _snapshot  # noqa: PLW0603
    with _publish:
        local = dict(_snapshot.local)
        for known in add:
            key = (known.kind, known.name)
            local[key] = (*local.get(key, ()), known)
        for known in remove:
            key = (known.kind, known.name)
            left = tuple(other for other in local.get(key, ()) if other is not known)
            if left:
                local[key] = left
            else:
                local.pop(key, None)
        _snapshot = replace(_snapshot, local=MappingProxyType(local))
    from pyframe.registry.resolve import forget  # noqa: PLC0415  it imports this module

    for known in (*add, *remove):
        forget(known.kind, known.name)
