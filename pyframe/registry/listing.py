"""``pyframe plugins list``, ``show`` and ``check`` as text and as data for JSON."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pyframe.errors import PyframeError
from pyframe.registry import manager
from pyframe.registry.known import FAILED, HOST, Known, PluginReport
from pyframe.registry.settings import canonical


def table(rows: Iterable[Sequence[str]]) -> list[str]:
    """Rows as lines, with columns as wide as their longest entry."""
    rows = list(rows)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def known_lines(known: Iterable[Known]) -> list[str]:
    """One line for each thing: kind, name, where it comes from, summary."""
    rows = [(k.kind, k.name, k.origin, k.summary) for k in known]
    return table([("kind", "name", "from", "summary"), *rows])


def report_lines(reports: Iterable[PluginReport]) -> list[str]:
    """One line for each plugin: what became of it, and why."""
    rows = [(r.distribution, r.version, r.status, _outcome(r)) for r in reports]
    return table([("plugin", "version", "status", "reason"), *rows]) if rows else []


def _outcome(report: PluginReport) -> str:
    if report.reason:
        return report.reason
    count = len(report.records)
    return f"{count} {'thing' if count == 1 else 'things'}"


def listing(kind: str | None) -> dict[str, Any]:
    """What ``pyframe plugins list --json`` prints."""
    return {
        "known": [_entry(known) for known in manager.plugins(kind)],
        "plugins": [_report(report) for report in manager.reports()],
    }


def _entry(known: Known) -> dict[str, Any]:
    return {
        "id": known.id,
        "kind": known.kind,
        "name": known.name,
        "distribution": known.distribution,
        "version": known.version,
        "summary": known.summary,
    }


def _report(report: PluginReport) -> dict[str, Any]:
    return {**vars(report), "records": [known.id for known in report.records]}


def named(name: str) -> list[Known]:
    """Everything with this name or id, whatever its kind.

    Raises
    ------
    UnknownNameError
        When there is nothing.
    """
    everything = manager.plugins()
    found = [known for known in everything if name in (known.name, known.id)]
    if not found:
        raise manager.unknown(name)
    return found


def details(known: Known) -> dict[str, Any]:
    """Everything about one thing."""
    record = known.record
    shown = _entry(known)
    shown["reference"] = record.reference
    for declared in ("needs", "can_lengthen", "can_grow", "criterion", "initial_step", "view"):
        if hasattr(record, declared):
            shown[declared] = getattr(record, declared)
    for declared in ("assumes", "replaces"):
        if getattr(record, declared, ()):
            shown[declared] = list(getattr(record, declared))
    shown["requires"] = list(record.requires)
    shown["api"] = record.api
    shown["implementation"] = _place(record.impl)
    try:
        defaults = record.parameters()
    except PyframeError as error:
        shown["trouble"] = str(error)
        return shown
    none = inspect.Parameter.empty
    shown["parameters"] = {
        name: "required" if value is none else repr(value) for name, value in defaults.items()
    }
    return shown


def _place(impl: object) -> str:
    if isinstance(impl, str):
        return impl
    module = getattr(impl, "__module__", "") or type(impl).__module__
    name = getattr(impl, "__qualname__", "") or type(impl).__qualname__
    return f"{module}:{name}"


def details_lines(known: Known) -> list[str]:
    """Everything about one thing, an attribute on each line."""
    shown = details(known)
    parameters = shown.pop("parameters", {})
    shown["parameters"] = ", ".join(f"{name} = {value}" for name, value in parameters.items())
    shown |= {key: ", ".join(value) for key, value in shown.items() if isinstance(value, list)}
    width = max(map(len, shown))
    return [f"{key:>{width}}: {value}" for key, value in shown.items() if value not in ("", None)]


def to_check(names: Sequence[str]) -> tuple[list[Known], list[PluginReport]]:
    """What ``pyframe plugins check`` looks at: things, and plugins that gave none.

    Parameters
    ----------
    names : sequence of str
        Names, ids and distributions; empty for everything that is not pyframe's own.

    Raises
    ------
    UnknownNameError
        For a name that stands for nothing.
    """
    failed = [report for report in manager.reports() if report.status in FAILED]
    if not names:
        return [k for k in manager.plugins() if k.distribution != HOST], failed
    things: list[Known] = []
    plugins: list[PluginReport] = []
    for name in names:
        of_plugin = [k for k in manager.plugins() if k.distribution == canonical(name)]
        broken = [report for report in failed if report.distribution == canonical(name)]
        things += of_plugin or ([] if broken else named(name))
        plugins += broken
    return things, plugins


def check_lines(
    things: Iterable[Known], plugins: Iterable[PluginReport]
) -> Iterator[tuple[bool, str]]:
    """Run the conformance kit; for each thing whether it passed, and a line."""
    from pyframe.testing.checks import check  # noqa: PLC0415  only this command needs it

    for plugin in plugins:
        yield False, f"FAIL plugin {plugin.distribution} {plugin.version}: {plugin.reason}"
    for known in things:
        try:
            report = check(known.record)
        except PyframeError as error:
            yield False, f"FAIL {known.kind} {known.name} ({known.origin}): {error}"
            continue
        yield report.passed, f"{'ok  ' if report.passed else 'FAIL'} {report.line()}"
