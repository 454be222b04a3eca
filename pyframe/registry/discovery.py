"""Asking the installed plugins, each isolated from the others and from the host.

The modules that the entry points name are imported one by one; every plain function in them
that is named like a hook is one.  pluggy checks names and signatures; the hooks are called
by hand, because a collective call would end at the first that raises.
"""

from __future__ import annotations

import difflib
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from importlib.metadata import EntryPoint
from itertools import islice
from types import ModuleType
from typing import Any, Self, cast

import pluggy

from pyframe._checks import shown
from pyframe.errors import RecordError, RegistryError
from pyframe.registry.hookspecs import HOOKS, HookSpecs
from pyframe.registry.installed import GROUP, Installed, installed, one_line
from pyframe.registry.known import Key, Known, PluginReport
from pyframe.registry.probes import BrokenPromise, probe
from pyframe.registry.records import NewerInterface, Record
from pyframe.registry.settings import is_on, trace, why_disabled

PREFIX = "pyframe_"
SLOW = 1.0
"""Seconds that an import may take before it is mentioned."""
HANGS = 10.0
"""Seconds after which an import that has not returned is mentioned."""
MOST = 10_000
"""Records that one hook may return: a hook need not come to an end."""


class _Manager(pluggy.PluginManager):
    """A pluggy manager to which every function named like a hook is one."""

    def parse_hookimpl_opts(self, plugin: object, name: str) -> Any:
        if name.startswith(PREFIX) and callable(getattr(plugin, name)):
            return {}
        return None

    def parse_hookspec_opts(self, module_or_class: object, name: str) -> Any:  # noqa: ARG002
        return {} if name.startswith(PREFIX) else None


def discover(builtin: Mapping[Key, Known]) -> tuple[PluginReport, ...]:
    """Ask every installed plugin, and report what became of it."""
    if is_on("PYFRAME_NO_PLUGINS"):
        return ()
    plugins = installed()
    if not plugins:
        return ()
    hooks = _Manager(GROUP)
    hooks.add_hookspecs(HookSpecs)
    with _Watchdog() as watchdog:
        return tuple(_report(plugin, hooks, builtin, watchdog) for plugin in plugins)


def _report(
    plugin: Installed, hooks: _Manager, builtin: Mapping[Key, Known], watchdog: _Watchdog
) -> PluginReport:
    entry = plugin.entry
    name, value = (one_line(entry.name, 80), one_line(entry.value, 80)) if entry else ("", "")
    blank = PluginReport(plugin.distribution, plugin.version, name, value)
    reason = why_disabled(plugin.distribution, name)
    if reason:
        return replace(blank, status="disabled", reason=reason)
    if entry is None:
        return replace(blank, status="broken", reason=one_line(plugin.trouble))
    trace(f"loading {plugin.distribution} {plugin.version} ({value})")
    watchdog.look_at(blank)
    began = time.monotonic()
    try:
        records = _collect(_load(entry), hooks)
    except (RegistryError, pluggy.PluginValidationError) as error:
        seconds = time.monotonic() - began
        trace(f"skipped {plugin.distribution} after {seconds:.3f} s")
        reason = one_line(error)
        return replace(blank, status=_status(error), reason=reason, seconds=seconds)
    finally:
        watchdog.look_at(None)
    seconds = time.monotonic() - began
    known = tuple(Known(record, plugin.distribution, plugin.version) for record in records)
    trace(f"loaded {plugin.distribution}: {len(known)} records in {seconds:.3f} s")
    return _judge(replace(blank, records=known, seconds=seconds), builtin)


def _status(error: Exception) -> str:
    if isinstance(error, NewerInterface):
        return "newer"
    if isinstance(error, BrokenPromise):
        return "lying"
    return "refused" if isinstance(error, RecordError) else "broken"


def _judge(report: PluginReport, builtin: Mapping[Key, Known]) -> PluginReport:
    """Note a slow import and names that are built in."""
    status = "ok"
    reasons: list[str] = []
    if report.seconds > SLOW:
        status = "slow"
        reasons.append(f"its import took {report.seconds:.1f} s")
    taken = [known for known in report.records if (known.kind, known.name) in builtin]
    if taken:
        status, first = "clash", taken[0]
        reasons.append(
            f"{first.kind} {first.name!r} is a built-in name and stays so; this one is {first.id!r}"
        )
    return replace(report, status=status, reason="; ".join(reasons))


def _load(entry: EntryPoint) -> ModuleType:
    if not entry.pattern.match(entry.value):
        raise RegistryError(
            f"the entry point's value {one_line(entry.value, 80)!r} names no module"
        )
    module = _isolated("its import", entry.load)
    if not isinstance(module, ModuleType):
        seen = type(module).__name__
        raise RegistryError(f"the entry point {entry.value!r} must name a module, got a {seen}")
    return module


def _isolated(what: str, body: Callable[[], Any]) -> Any:
    """Run a plugin's code; whatever it raises is the plugin's failure and nobody else's."""
    try:
        return body()
    except SystemExit as error:
        raise RegistryError(f"{what} called sys.exit({shown(error.code)})") from error
    except (RecordError, pluggy.PluginValidationError, KeyboardInterrupt):
        raise
    except BaseException as error:
        raise RegistryError(f"{what} raised {type(error).__name__}: {one_line(error)}") from error


def _collect(module: ModuleType, hooks: _Manager) -> list[Record]:
    """The records of one plugin module."""
    _check_hook_names(module)
    # Registered for the comparison of signatures only: a module may serve two entry points.
    _isolated("its import", lambda: hooks.register(module))
    hooks.unregister(module)
    records: list[Record] = []
    for name, kind in HOOKS.items():
        hook = vars(module).get(name)
        if hook is None:
            continue
        for record in _isolated(f"{name}()", lambda hook=hook: _listed(hook())):
            if not isinstance(record, kind):
                seen = type(record).__name__
                raise RecordError(f"{name}() must return {kind.__name__} objects, got {seen}")
            record.check()
            probe(record)
            records.append(record)
    names: set[Key] = set()
    for record in records:
        key = (record.kind, record.name)
        if key in names:
            raise RecordError(f"{record.kind} {record.name!r} is given twice")
        names.add(key)
    return records


def _listed(given: Any) -> list[Any]:
    if isinstance(given, Record) or not isinstance(given, Iterable):
        raise RecordError(f"a hook must return a list of records, got {type(given).__name__}")
    records = list(islice(cast("Iterable[Any]", given), MOST + 1))
    if len(records) > MOST:
        raise RecordError(f"a hook may return at most {MOST} records")
    return records


def _check_hook_names(module: ModuleType) -> None:
    for name, value in vars(module).items():
        if name.startswith(PREFIX) and name not in HOOKS and callable(value):
            close = difflib.get_close_matches(name, HOOKS, n=1)
            hint = f", did you mean {close[0]!r}?" if close else f"; hooks: {', '.join(HOOKS)}"
            raise RegistryError(f"unknown hook {name!r}{hint}")


class _Watchdog:
    """Says on stderr which plugin is still importing, once for each that hangs.

    A hanging import cannot be ended from outside; the user can at least be told whom to
    disable.
    """

    def __init__(self) -> None:
        self._over = threading.Event()
        self._watched: tuple[PluginReport, float] | None = None
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()

    def look_at(self, plugin: PluginReport | None) -> None:
        """Watch this plugin from now on."""
        self._watched = None if plugin is None else (plugin, time.monotonic())

    def _watch(self) -> None:
        said = None
        while not self._over.wait(min(1.0, HANGS / 4)):
            watched = self._watched
            if watched is None or watched is said:
                continue
            plugin, since = watched
            if time.monotonic() - since > HANGS:
                said = watched
                sys.stderr.write(
                    f"pyframe: plugin {plugin.distribution} {plugin.version} is still importing "
                    f"after {HANGS:.0f} s; disable it with "
                    f"PYFRAME_DISABLE_PLUGINS={plugin.distribution}\n"
                )
