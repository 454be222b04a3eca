"""Every scalar method is a strategy too: it minimises phi along the line."""

from __future__ import annotations

from typing import Any

from pyframe.registry.records import Constructor, ScalarMethodRecord, StrategyRecord


class AlongTheLine(Constructor):
    """Makes the ``Exact`` strategy of a scalar method.

    Parameters
    ----------
    method : ScalarMethodRecord
        The method; its defaults are used.
    """

    def __init__(self, method: ScalarMethodRecord) -> None:
        self.method = method

    def __call__(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, xtol: float = 0.0, xrtol: float = 1e-8
    ) -> Any:
        from pyframe import _core  # noqa: PLC0415  imported on first use
        from pyframe.registry.resolve import build  # noqa: PLC0415

        return _core.Strategy.exact(build("scalar-method", self.method), xtol, xrtol)


def along_the_line(method: ScalarMethodRecord) -> StrategyRecord:
    """The record of the strategy that a scalar method is."""
    summary = f"along the line: {method.summary}" if method.summary else "along the line"
    return StrategyRecord(
        method.name,
        AlongTheLine(method),
        summary[:200],
        method.reference,
        method.requires,
        method.api,
        needs=method.needs,
    )
