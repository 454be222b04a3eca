"""The command ``pyframe``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyframe
from pyframe.errors import PyframeError, UnknownNameError
from pyframe.registry import manager
from pyframe.registry.known import Known, PluginReport


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="pyframe",
        description="Line search, matrix calculus and automatic differentiation.",
    )
    parser.add_argument("--version", action="version", version=f"pyframe {pyframe.__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    demo = commands.add_parser("demo", help="train on real data, print tables, draw pictures")
    demo.add_argument(
        "--output", type=Path, default=Path("demo-output"), help="folder for the pictures"
    )
    commands.add_parser("info", help="versions of pyframe, its plugins and what it stands on")

    plugins = commands.add_parser("plugins", help="what is known, and who gives it")
    actions = plugins.add_subparsers(dest="action", metavar="ACTION")
    listing = actions.add_parser("list", help="everything that is known (the default)")
    listing.add_argument("--kind", help="only this kind: criterion, strategy, ...")
    listing.add_argument("--json", action="store_true", help="as JSON")
    show = actions.add_parser("show", help="everything about one name")
    show.add_argument("name", help="a name, or distribution:name")
    show.add_argument("--json", action="store_true", help="as JSON")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of the process by default.

    Returns
    -------
    int
        The exit code: 0, 2 for a refusal (with one line on stderr), 130 after Ctrl-C.
    """
    options = _parser().parse_args(arguments)
    try:
        return _run(options)
    except PyframeError as error:
        print(f"pyframe: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 130


def _run(options: argparse.Namespace) -> int:
    if options.command == "demo":
        from pyframe.demo import run  # noqa: PLC0415  loads what only the demo needs

        return run(options.output)
    if options.command == "info":
        pyframe.show_versions()
    elif options.action == "show":
        _show(options.name, as_json=options.json)
    else:
        kind = getattr(options, "kind", None)
        _list(kind, as_json=getattr(options, "json", False))
    return 0


def _list(kind: str | None, *, as_json: bool) -> None:
    known, reports = manager.plugins(kind), manager.reports()
    if as_json:
        document = {"known": [_entry(k) for k in known], "plugins": [_report(r) for r in reports]}
        print(json.dumps(document, indent=2))
        return
    for k in known:
        print(f"{k.kind:14} {k.name:26} {k.origin:28} {k.summary}")
    if reports:
        print()
    for r in reports:
        print(f"plugin {r.distribution} {r.version}: {r.status}{': ' if r.reason else ''}{r.reason}")


def _show(name: str, *, as_json: bool) -> None:
    found = [known for known in manager.plugins() if name in (known.name, known.id)]
    if not found:
        raise UnknownNameError(f"unknown name {name[:80]!r}; 'pyframe plugins list' shows all")
    if as_json:
        print(json.dumps([_entry(known) for known in found], indent=2))
        return
    for known in found:
        for key, value in _entry(known).items():
            if value:
                print(f"{key:>13}: {value}")
        print()


def _entry(known: Known) -> dict[str, Any]:
    record = known.record
    return {
        "id": known.id,
        "kind": known.kind,
        "name": known.name,
        "summary": known.summary,
        "reference": record.reference,
        "distribution": known.distribution,
        "version": known.version,
        "needs": getattr(record, "needs", ""),
        "parameters": {key: repr(value) for key, value in record.parameters().items()},
    }


def _report(report: PluginReport) -> dict[str, Any]:
    return {**vars(report), "records": [known.id for known in report.records]}


if __name__ == "__main__":
    sys.exit(main())
