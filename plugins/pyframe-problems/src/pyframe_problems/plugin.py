"""What pyframe's plugin manager loads: one hook that lists the test problems.

The records name their problems by text, so listing them imports neither the problems nor
NumPy.
"""

from __future__ import annotations

from pyframe.registry.records import ProblemRecord
from pyframe_problems.catalogue import CATALOGUE


def pyframe_problems() -> list[ProblemRecord]:
    """One record for each problem of the catalogue."""
    return [
        ProblemRecord(
            name=family.prefix + name,
            impl=f"pyframe_problems.{family.module}:{name.upper().replace('-', '_')}",
            summary=summary,
            reference=family.reference,
        )
        for family in CATALOGUE
        for name, summary in family.problems.items()
    ]
