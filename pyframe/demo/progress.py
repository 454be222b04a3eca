"""A progress line: tqdm's when it is installed, a plain one otherwise."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any, TypeVar

T = TypeVar("T")


def progress(items: Iterable[T], total: int, label: str, *, show: bool) -> Iterator[T]:
    """Pass items on, and show how many there were.

    Parameters
    ----------
    items : iterable
        What to pass on.
    total : int
        How many there will be.
    label : str
        Stands before the numbers.
    show : bool
        False for silence.

    Yields
    ------
    object
        The items.

    Examples
    --------
    >>> from pyframe.demo.progress import progress
    >>> list(progress("ab", 2, "letters", show=False))
    ['a', 'b']
    """
    if not show:
        yield from items
        return
    try:
        bar: Any = import_module("tqdm").tqdm
    except ImportError:
        yield from _plain(items, total, label)
        return
    yield from bar(items, total=total, desc=label, file=sys.stdout, leave=False)


def _plain(items: Iterable[T], total: int, label: str) -> Iterator[T]:
    width = 0
    try:
        for done, item in enumerate(items):
            text = f"{label}: {done + 1} of {total}"
            width = max(width, len(text))
            print("\r" + text.ljust(width), end="", flush=True)
            yield item
    finally:
        print("\r" + " " * width + "\r", end="", flush=True)
