"""The command ``pyframe``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

import pyframe
from pyframe.errors import PyframeError


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="pyframe",
        description="Line search, matrix calculus and automatic differentiation.",
    )
    parser.add_argument("--version", action="version", version=f"pyframe {pyframe.__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("info", help="versions of pyframe, its plugins and what it stands on")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        return _run(options)
    except PyframeError as error:
        print(f"pyframe: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _run(options: argparse.Namespace) -> int:
    if options.command == "info":
        pyframe.show_versions()
    return 0


if __name__ == "__main__":
    sys.exit(main())
