"""The command ``pyframe``.

Each subcommand is a function that takes the parsed options and returns the exit code; what
it needs is imported when it runs.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyframe
from pyframe.errors import PluginWarning, PyframeError
from pyframe.registry import listing, manager, template
from pyframe.registry.records import RECORDS

Options = argparse.Namespace
Command = Callable[[Options], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of the process by default.

    Returns
    -------
    int
        The exit code: 0; 1 when a check fails; 2 for a refusal, with one line on stderr;
        130 after Ctrl-C.
    """
    given = sys.argv[1:] if arguments is None else list(arguments)
    options = _parser().parse_args(_formulas_apart(given))
    try:
        code: int = options.run(options)
        sys.stdout.flush()
    except PyframeError as error:
        print(f"pyframe: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader has seen enough (``| head``); Python would complain once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


def _formulas_apart(given: list[str]) -> list[str]:
    """A formula that begins with a minus sign, which is no option, told by a space before it."""
    if given[:1] != ["derive"]:
        return given
    return [f" {own}" if own[:1] == "-" != own[1:2] and own != "-h" else own for own in given]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="pyframe",
        description="Line search, matrix calculus and automatic differentiation.",
    )
    parser.add_argument("--version", action="version", version=f"pyframe {pyframe.__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    demo = _add(commands, "demo", _demo, "train on real data, print tables, draw pictures")
    demo.add_argument(
        "--output", type=Path, default=Path("demo-output"), help="folder for the pictures"
    )
    bench = _add(commands, "bench", _bench, "evaluations and time of everything registered")
    bench.add_argument("--kind", help="only this kind: scalar-method or strategy")
    bench.add_argument(
        "problems", nargs="*", metavar="PROBLEM", help="names of problems; all by default"
    )
    _add_derive(commands)
    _add(commands, "info", _info, "versions of pyframe, its plugins and what it stands on")
    plugins = _add(commands, "plugins", _list, "what is known, and who gives it")
    plugins.set_defaults(kind=None, json=False)
    _add_plugin_actions(plugins.add_subparsers(metavar="ACTION"))
    return parser


def _add_derive(commands: Any) -> None:
    derive = _add(commands, "derive", _derive, "the derivative of a matrix expression")
    expression = 'such as "ln(x\'*A*x)"; after --, where it begins with a minus'
    derive.add_argument("expression", metavar="EXPRESSION", help=expression)
    derive.add_argument("--wrt", metavar="NAME", help="the variable; by default the only symbol")
    derive.add_argument("--order", type=int, choices=(1, 2), default=1, help="1 or 2")
    derive.add_argument("--space", metavar="SPACE", help="where the variable lives: symmetric, ...")
    derive.add_argument(
        "--symbol",
        action="append",
        default=[],
        metavar="NAME=SHAPE[:ASSUMPTIONS]",
        help="such as x=n or X=n,n:symmetric,invertible; shapes are inferred otherwise",
    )
    formats = ("text", "latex", "markdown", "numpy")
    derive.add_argument("--format", choices=formats, default="text", help=", ".join(formats))
    derive.add_argument("--steps", action="store_true", help="each step with its rules")


def _add_plugin_actions(actions: Any) -> None:
    kinds = [record.kind for record in RECORDS]
    everything = _add(actions, "list", _list, "everything known, then every plugin (the default)")
    everything.add_argument("--kind", choices=kinds, metavar="KIND", help=", ".join(kinds))
    everything.add_argument("--json", action="store_true", help="as JSON")

    show = _add(actions, "show", _show, "everything about one name")
    show.add_argument("name", metavar="NAME", help="a name, or distribution:name")
    show.add_argument("--json", action="store_true", help="as JSON")

    check = _add(actions, "check", _check, "run the conformance kit; exit code 1 if it fails")
    check.add_argument(
        "names", nargs="*", metavar="NAME", help="names or distributions; all plugins by default"
    )

    new = _add(actions, "new", _new, "write a plugin from the template")
    new.add_argument("name", metavar="NAME", help="the name that users will write")
    new.add_argument("--kind", choices=template.KINDS, default="criterion", help="what it adds")
    new.add_argument("--output", type=Path, default=Path(), metavar="DIR", help="where to put it")


def _add(commands: Any, name: str, run: Command, text: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    parser.set_defaults(run=run)
    return parser


def _demo(options: Options) -> int:
    from pyframe.demo import run  # noqa: PLC0415  loads what only the demo needs

    return run(options.output)


def _bench(options: Options) -> int:
    from pyframe.testing import bench  # noqa: PLC0415

    return bench.run(options.kind, options.problems or None)


def _derive(options: Options) -> int:
    from pyframe.matcalc import command  # noqa: PLC0415

    print(command.derived(options))
    return 0


def _info(_: Options) -> int:
    pyframe.show_versions()
    return 0


def _discover_quietly() -> None:
    """Look for the plugins; what a warning would say is in the table."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PluginWarning)
        manager.discovered()


def _list(options: Options) -> int:
    _discover_quietly()
    if options.json:
        print(json.dumps(listing.listing(options.kind), indent=2))
        return 0
    print("\n".join(listing.known_lines(manager.plugins(options.kind))))
    reports = listing.report_lines(manager.reports())
    if reports:
        print("\n".join(["", *reports]))
    return 0


def _show(options: Options) -> int:
    found = listing.named(options.name)
    if options.json:
        print(json.dumps([listing.details(known) for known in found], indent=2))
    else:
        print("\n\n".join("\n".join(listing.details_lines(known)) for known in found))
    return 0


def _check(options: Options) -> int:
    _discover_quietly()
    things, plugins = listing.to_check(options.names)
    if not things and not plugins:
        print("no plugin is installed")
    good = True
    for passed, line in listing.check_lines(things, plugins):
        good = good and passed
        print(line, flush=True)
    return 0 if good else 1


def _new(options: Options) -> int:
    folder = template.new(options.name, options.kind, options.output)
    print(f"wrote {folder}: install it with 'pip install --editable {folder}'")
    return 0


if __name__ == "__main__":
    sys.exit(main())
