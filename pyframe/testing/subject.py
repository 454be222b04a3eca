"""What is checked: a part given by name, record or object, with its origin and handle."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

from pyframe._checks import shown
from pyframe._parameters import Parameters
from pyframe.errors import ParameterTypeError
from pyframe.registry import manager
from pyframe.registry.records import Configured, Record
from pyframe.registry.resolve import build

LOADED = ("problem", "primitive", "rule", "space")
"""Kinds that have no compiled handle."""


@dataclass(frozen=True)
class Subject:
    """One part.

    Parameters
    ----------
    kind : str
        Its kind.
    part : object
        What to pass to pyframe's functions.
    title : str
        What messages call it.
    compiled : object
        Its compiled handle; of a problem, a primitive or a rule, itself.
    record : Record or None
        Its record; None for a parameter object.
    """

    kind: str
    part: Any
    title: str
    compiled: Any
    record: Record | None

    @property
    def python(self) -> Any:
        """The implementation in Python, or None when it is compiled."""
        if self.record is None:
            return None
        built = self.part.build() if isinstance(self.part, Configured) else self.record().build()
        compiled = isinstance(built, Parameters) or type(built).__module__ == "pyframe._core"
        return None if compiled else built

    def with_spy(self, method: str, spy: Any, hooks: tuple[str, ...] = ()) -> Configured | None:
        """The part with its function replaced by a spy on it; None when it is compiled."""
        built = self.python
        if built is None or self.record is None:
            return None
        functions = {hook: getattr(built, hook) for hook in hooks if hasattr(built, hook)}
        functions[method] = spy(getattr(built, method, built))
        return replace(self.record, impl=SimpleNamespace(**functions), requires=())()


def subject(kind: str, given: object) -> Subject:
    """The part that the user gave.

    Raises
    ------
    UnknownNameError, ConflictError
        For a name that is not known, or that several plugins give.
    ParameterTypeError
        For a part of another kind.
    PluginError
        For one that cannot be loaded.
    """
    if isinstance(given, str):
        known = manager.find(kind, given)
        return replace(subject(kind, known.record), title=f"{kind} {known.name} ({known.origin})")
    if isinstance(given, Parameters):
        return Subject(kind, given, f"{kind} {given!r}", build(kind, given), None)
    if isinstance(given, Record | Configured):
        record = given if isinstance(given, Record) else given.record
        record.check()
        origin = manager.snapshot().origin(record)
        title = f"{kind} {record.name}" + (f" ({origin})" if origin else "")
        made = record.load() if kind in LOADED else build(kind, given)
        return Subject(kind, given, title, made, record)
    raise ParameterTypeError(
        f"a {kind} to check is a name, a record or a parameter object, "
        f"got {type(given).__name__} {shown(given)}"
    )
