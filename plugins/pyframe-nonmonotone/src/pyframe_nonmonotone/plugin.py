"""What pyframe's plugin manager loads: one hook that lists the criteria."""

from __future__ import annotations

import pyframe as pf
from pyframe.registry.records import CriterionRecord
from pyframe_nonmonotone import (
    GrippoLamparielloLucidi,
    GrippoLamparielloLucidiWolfe,
    ZhangHager,
    ZhangHagerWolfe,
)

GLL = "Grippo, Lampariello and Lucidi, SIAM J. Numer. Anal. 23 (1986) 707-716"
ZH = "Zhang and Hager, SIAM J. Optim. 14 (2004) 1043-1056"


def pyframe_criteria() -> list[CriterionRecord]:
    """Each condition alone, and with the curvature condition of Wolfe."""
    return [
        pf.criterion("grippo-lampariello-lucidi", can_lengthen=False, reference=GLL)(
            GrippoLamparielloLucidi
        ),
        pf.criterion("grippo-lampariello-lucidi-wolfe", needs="slope", reference=GLL)(
            GrippoLamparielloLucidiWolfe
        ),
        pf.criterion("zhang-hager", can_lengthen=False, reference=ZH)(ZhangHager),
        pf.criterion("zhang-hager-wolfe", needs="slope", reference=ZH)(ZhangHagerWolfe),
    ]
