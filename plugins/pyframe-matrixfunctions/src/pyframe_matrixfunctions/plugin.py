"""What pyframe's plugin manager loads: each thing by name, imported when it is used."""

from __future__ import annotations

from pyframe.registry.records import PrimitiveRecord, SpaceRecord

OPERATORS = {
    "sqrtm": ("roots", "the principal square root of a matrix"),
    "sylvester": ("equations", "X with A X + X B = C"),
    "lyapunov": ("equations", "X with X = A X A' + Q"),
}
"""The module of each, and what it is."""


def pyframe_primitives() -> list[PrimitiveRecord]:
    """The operators."""
    return [
        PrimitiveRecord(name, f"pyframe_matrixfunctions.{module}:{name}", summary)
        for name, (module, summary) in OPERATORS.items()
    ]


def pyframe_spaces() -> list[SpaceRecord]:
    """The spaces."""
    return [
        SpaceRecord(
            "traceless", "pyframe_matrixfunctions.spaces:traceless", "square matrices of trace 0"
        )
    ]
