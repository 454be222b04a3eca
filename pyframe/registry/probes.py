"""A short check of a record when it is registered, of whether it keeps what it declares.

Only what is cheap and certain; the conformance kit in ``pyframe.testing`` does the rest.
An implementation that is given as text is not imported for it.
"""

from __future__ import annotations

from pyframe.errors import RecordError
from pyframe.registry.records import CriterionRecord, Record
from pyframe.registry.resolve import build

STARTS = ((1.0, -1.0), (-3.0, -0.5))
TRIALS = ((1.0, 0.5, -0.1), (1e-6, 0.999999, -0.999), (10.0, 5.0, 3.0), (0.5, -7.0, 0.0))


class BrokenPromise(RecordError):
    """An implementation breaks what its record declares."""


def probe(record: Record) -> None:
    """Refuse a record whose implementation shows at once that it breaks its promise.

    Raises
    ------
    BrokenPromise
        When a criterion reads a slope it did not ask for, asks for a longer step although
        it declared not to, returns something else than a verdict, or raises.
    """
    if isinstance(record, CriterionRecord) and not isinstance(record.impl, str):
        _probe_criterion(record)


def _probe_criterion(record: CriterionRecord) -> None:
    try:
        criterion = build(record.kind, record())
        verdicts = {
            criterion.judge(value, slope, *trial) for value, slope in STARTS for trial in TRIALS
        }
    except Exception as error:
        text = " ".join(str(error).split())
        raise BrokenPromise(f"criterion {record.name!r} fails its check: {text}") from error
    if "too-short" in verdicts and not record.can_lengthen:
        raise BrokenPromise(
            f"criterion {record.name!r} answers TOO_SHORT but declares can_lengthen=False"
        )
