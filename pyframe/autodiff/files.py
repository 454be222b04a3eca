"""Whole files: read within a limit, written in one step."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from pyframe._checks import shown
from pyframe.errors import LoadError, ParameterError, ParameterTypeError

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 1 << 30
"""The largest file that is read, unless the caller says otherwise."""

Name = str | os.PathLike[str]


def _path(name: Name) -> Path:
    from pathlib import Path  # noqa: PLC0415  (files are rarely wanted)

    if not isinstance(name, str | os.PathLike):
        raise ParameterTypeError(f"a path must be text or a path object, got {shown(name)}")
    try:
        return Path(os.path.realpath(name))
    except ValueError as error:
        raise ParameterError(f"{shown(name)} is no path: {error}") from error


def read(name: Name, max_bytes: int) -> bytes:
    """All bytes of a regular file.

    Raises
    ------
    LoadError
        When it is a device, a pipe or a directory, or larger than `max_bytes`.
    OSError
        When it cannot be opened.
    """
    path = _path(name)
    # A pipe without a writer would keep us waiting.
    number = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        status = os.fstat(number)
        if not stat.S_ISREG(status.st_mode):
            raise LoadError("it is not a regular file")
        if status.st_size > max_bytes:
            raise LoadError(f"it has {status.st_size} bytes, more than max_bytes={max_bytes}")
        with os.fdopen(number, "rb", closefd=False) as file:
            return file.read(min(max_bytes, status.st_size + 1))
    finally:
        os.close(number)


def write(name: Name, data: bytes) -> None:
    """Put the bytes into a file: it has them all, or is as it was.

    Raises
    ------
    ParameterError
        When the name belongs to something that is no regular file.
    OSError
        When the file cannot be written.
    """
    import secrets  # noqa: PLC0415  (files are rarely wanted)

    path = _path(name)
    if path.exists() and not path.is_file():
        raise ParameterError(f"{str(path)!r} is not a regular file")
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with beside.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
