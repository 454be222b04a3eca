"""A short check of a record when it is registered: does it keep to what it declares?

Only what is cheap and certain; the conformance kit in ``pyframe.testing`` does the rest.
"""

from __future__ import annotations

from pyframe.errors import RecordError
from pyframe.registry.records import CriterionRecord, Record
from pyframe.registry.resolve import build

STARTS = ((1.0, -1.0), (-3.0, -0.5))
TRIALS = ((1.0, 0.5, -0.1), (1e-6, 0.999999, -0.999), (10.0, 5.0, 3.0), (0.5, -7.0, 0.0))


def probe(record: Record) -> None:
    """Refuse a record whose implementation shows at once that it breaks its promise."""
    if isinstance(record, CriterionRecord) and not isinstance(record.impl, str):
        _probe_criterion(record)


def _probe_criterion(record: CriterionRecord) -> None:
    try:
        criterion = build(record.kind, record())
        for value, slope in STARTS:
            for trial in TRIALS:
                criterion.judge(value, slope, *trial)
    except Exception as error:
        text = " ".join(str(error).split())
        raise RecordError(f"criterion {record.name!r} fails its check: {text}") from error
