"""Finding and asking the installed plugins, each isolated from the others and the host.

Entry points of the group ``pyframe`` name modules; every plain function in them that is
named like a hook is one.  pluggy checks names and signatures; the hooks are called one by
one, because a collective call would end at the first that raises.
"""

from __future__ import annotations

import difflib
import os
import threading
import time
from collections.abc import Iterator, Mapping
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import Any

import pluggy

from pyframe.errors import RecordError, RegistryError
from pyframe.registry import manager
from pyframe.registry.hookspecs import HOOKS, HookSpecs
from pyframe.registry.manager import Known, PluginReport
from pyframe.registry.probes import probe
from pyframe.registry.records import Record

GROUP = "pyframe"
PREFIX = "pyframe_"
SLOW = 1.0
"""Seconds that an import may take before it is mentioned."""
HANGS = 10.0
"""Seconds after which an import that has not returned is mentioned."""


class _Manager(pluggy.PluginManager):
    """A pluggy manager to which every function named like a hook is one."""

    def parse_hookimpl_opts(self, plugin: object, name: str) -> Any:
        if name.startswith(PREFIX) and callable(getattr(plugin, name)):
            return {}
        return None

    def parse_hookspec_opts(self, module_or_class: object, name: str) -> Any:
        return {} if name.startswith(PREFIX) else None


def _listed(variable: str) -> set[str] | None:
    text = os.environ.get(variable)
    if text is None:
        return None
    return {part.strip().lower().replace("_", "-") for part in text.split(",") if part.strip()}


def _disabled(distribution: str, entry: str) -> str:
    """Why a plugin is not to be loaded, or nothing."""
    names = {distribution.lower().replace("_", "-"), entry.lower().replace("_", "-")}
    only, without = _listed("PYFRAME_PLUGINS"), _listed("PYFRAME_DISABLE_PLUGINS")
    if only is not None and not names & only:
        return "not in PYFRAME_PLUGINS"
    if without is not None and names & without:
        return "in PYFRAME_DISABLE_PLUGINS"
    return ""


def discover(builtin: Mapping[tuple[str, str], Known]) -> Iterator[PluginReport]:
    """Ask every installed plugin, and report what became of it."""
    if os.environ.get("PYFRAME_NO_PLUGINS", "") not in ("", "0"):
        return
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: (_source(entry), entry.name)):
        distribution, version = _source(entry)
        plugin = PluginReport(distribution, version, entry.name, entry.value)
        reason = _disabled(distribution, entry.name)
        if reason:
            yield _with(plugin, status="disabled", reason=reason)
        else:
            yield _ask(plugin, entry, builtin)


def _source(entry: EntryPoint) -> tuple[str, str]:
    distribution = entry.dist
    return (distribution.name, distribution.version) if distribution else ("unknown", "?")


def _with(report: PluginReport, **changes: Any) -> PluginReport:
    return PluginReport(**{**vars(report), **changes})


def _ask(
    plugin: PluginReport, entry: EntryPoint, builtin: Mapping[tuple[str, str], Known]
) -> PluginReport:
    """Load one plugin and collect its records."""
    manager.trace(f"loading {plugin.distribution} {plugin.version} ({plugin.module})")
    began = time.monotonic()
    watchdog = threading.Timer(HANGS, _say_it_hangs, (plugin,))
    watchdog.daemon = True
    watchdog.start()
    try:
        records = _collect(entry.load())
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001  a plugin may raise anything, SystemExit too
        return _with(plugin, status="broken", reason=_one_line(error), seconds=_since(began))
    finally:
        watchdog.cancel()
    seconds = _since(began)
    known = tuple(Known(r, plugin.distribution, plugin.version) for r in records)
    manager.trace(f"loaded {plugin.distribution}: {len(known)} records in {seconds:.3f} s")
    report = _with(plugin, records=known, seconds=seconds)
    clashes = [k for k in known if (k.kind, k.name) in builtin]
    if clashes:
        first = clashes[0]
        return _with(
            report,
            status="clash",
            reason=f"{first.kind} {first.name!r} is a built-in name and stays so; "
            f"this one is {first.id!r}",
        )
    if seconds > SLOW:
        return _with(report, status="slow", reason=f"its import took {seconds:.1f} s")
    return report


def _since(began: float) -> float:
    return time.monotonic() - began


def _say_it_hangs(plugin: PluginReport) -> None:
    import sys  # noqa: PLC0415

    sys.stderr.write(
        f"pyframe: plugin {plugin.distribution} {plugin.version} is still importing after "
        f"{HANGS:.0f} s; disable it with PYFRAME_DISABLE_PLUGINS={plugin.distribution}\n"
    )


def _one_line(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}"[:300]


def _collect(module: ModuleType) -> list[Record]:
    """The records of one plugin module."""
    _check_hook_names(module)
    hooks = _Manager(GROUP)
    hooks.add_hookspecs(HookSpecs)
    hooks.register(module)
    records: list[Record] = []
    for name, kind in HOOKS.items():
        hook = getattr(module, name, None)
        if hook is None:
            continue
        try:
            given = list(hook())
        except Exception as error:
            raise RegistryError(f"{name}() raised {_one_line(error)}") from error
        for record in given:
            if not isinstance(record, kind):
                seen = type(record).__name__
                raise RecordError(f"{name}() must return {kind.__name__} objects, got {seen}")
            record.check()
            probe(record)
            records.append(record)
    return records


def _check_hook_names(module: ModuleType) -> None:
    for name, value in vars(module).items():
        if name.startswith(PREFIX) and name not in HOOKS and callable(value):
            close = difflib.get_close_matches(name, HOOKS, n=1)
            hint = f", did you mean {close[0]!r}?" if close else f"; hooks: {', '.join(HOOKS)}"
            raise RegistryError(f"unknown hook {name!r}{hint}")
