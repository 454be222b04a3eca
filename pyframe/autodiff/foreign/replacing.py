"""Primitives that stand in for a function of another package, found when it is called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pyframe.errors import ConflictError
from pyframe.registry import manager
from pyframe.registry.known import Known, Snapshot
from pyframe.registry.records import PrimitiveRecord

_found: tuple[Snapshot | None, dict[str, Callable[..., Any] | None]] = (None, {})


def stand_in(name: str) -> Callable[..., Any] | None:
    """What is registered to be called in place of the function of this name, or None.

    Raises
    ------
    ConflictError
        When more than one plugin gives something.
    PluginError
        When it cannot be loaded.
    """
    global _found  # noqa: PLW0603
    snapshot = manager.snapshot()
    if not snapshot.discovered and _among(snapshot, name) is None:
        snapshot = manager.discovered()
    known, answers = _found
    if known is not snapshot:
        answers = {}
        _found = (snapshot, answers)
    if name not in answers:
        chosen = _among(snapshot, name)
        answers[name] = None if chosen is None else chosen.record.load()
    return answers[name]


def _among(snapshot: Snapshot, name: str) -> Known | None:
    found = [
        known
        for known in snapshot
        if isinstance(known.record, PrimitiveRecord) and name in known.record.replaces
    ]
    local = [known for known in found if known.distribution == manager.LOCAL]
    if len(found) > 1 and len(local) != 1:
        ids = " and ".join(repr(known.id) for known in found)
        raise ConflictError(f"{name} is replaced by more than one primitive: {ids}")
    return (local or found or [None])[0]
