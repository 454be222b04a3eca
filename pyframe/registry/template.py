"""``pyframe plugins new``: a plugin of one file, with its test, from the template.

The template is one for copier, which fills it in when it is installed (extra ``new``).  It
uses no more of Jinja than ``{{ variable }}`` and one ``{% include %}``, so that a dozen lines
do the same without copier.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from pyframe._checks import shown
from pyframe.errors import ConflictError, ParameterError
from pyframe.registry import manager
from pyframe.registry.records import RECORDS

TEMPLATE = Path(__file__).with_name("template")
KINDS = (
    "criterion", "strategy", "scalar-method", "initial-step", "direction", "ad-mode", "primitive",
    "space",
)  # fmt: skip
CHECKS = {"primitive": "check"}
"""What checks a kind where it is not called after it."""
PREFIX = "pyframe-"
SUFFIX = ".jinja"

_VARIABLE = re.compile(r"\{\{ (\w+) \}\}")
_INCLUDE = re.compile(r'\{% include "kinds/" ~ kind ~ "([\w.]+)" %\}')


def new(name: str, kind: str, output: Path) -> Path:
    """Write a plugin that adds one thing.

    Parameters
    ----------
    name : str
        The name that users will write.
    kind : str
        One of ``KINDS``.
    output : Path
        Where its folder ``pyframe-<name>`` goes.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    ParameterError
        For an unknown kind, or when the folder exists or cannot be made.
    RecordError
        For a name that is none.
    ConflictError
        For a built-in name.
    """
    answers = _answers(name.removeprefix(PREFIX), kind)
    folder = output / answers["distribution"]
    if folder.exists():
        raise ParameterError(f"{folder} exists already: choose another name or another --output")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _writer()(folder, answers)
    except OSError as error:
        raise ParameterError(f"{folder} cannot be written: {error.strerror}") from error
    return folder


def _answers(name: str, kind: str) -> dict[str, str]:
    """What the template asks for, and what follows from it (as in its copier.yml)."""
    if kind not in KINDS:
        raise ParameterError(f"kind must be one of {', '.join(KINDS)}, got {shown(kind)}")
    record = next(record for record in RECORDS if record.kind == kind)
    record(name, object()).check()
    if (kind, name) in manager.snapshot().builtin:
        raise ConflictError(f"{kind} {name!r} is built in: choose another name")
    function = re.sub(r"\W", "_", name)
    if keyword.iskeyword(function):
        raise ParameterError(f"{name!r} is a keyword of Python: choose another name")
    return {
        "name": name,
        "kind": kind,
        "distribution": PREFIX + name,
        "package": f"pyframe_{function}",
        "function": function,
        "check": CHECKS.get(kind, f"check_{kind.replace('-', '_')}"),
        "use": _use(kind, name, function),
    }


def _use(kind: str, name: str, function: str) -> str:
    """What users write."""
    if kind == "primitive":
        return f"from pyframe_{function} import {function}"
    argument = {"scalar-method": "method", "ad-mode": "mode"}.get(kind, kind.replace("-", "_"))
    return f'{argument}="{name}"'


def _writer() -> Callable[[Path, dict[str, str]], None]:
    return _with_copier if find_spec("copier") else _by_hand


def _with_copier(folder: Path, answers: dict[str, str]) -> None:
    import copier  # noqa: PLC0415  optional  # pyright: ignore[reportMissingImports]

    copier.run_copy(str(TEMPLATE), folder, data=answers, defaults=True, quiet=True)


def _by_hand(folder: Path, answers: dict[str, str]) -> None:
    project = TEMPLATE / "project"
    for source in sorted(project.rglob("*" + SUFFIX)):
        place = _filled(str(source.relative_to(project)).removesuffix(SUFFIX), answers)
        target = folder / place
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_filled(source.read_text(encoding="utf-8"), answers), encoding="utf-8")


def _filled(text: str, answers: dict[str, str]) -> str:
    def included(match: re.Match[str]) -> str:
        return (TEMPLATE / "kinds" / (answers["kind"] + match[1])).read_text(encoding="utf-8")

    return _VARIABLE.sub(lambda match: answers[match[1]], _INCLUDE.sub(included, text))
