"""Nonmonotone line-search criteria for pyframe, written in Python.

>>> import pyframe_nonmonotone
>>> pyframe_nonmonotone.ZhangHager(eta=0.5)
ZhangHager(c1=0.0001, eta=0.5)
"""

from pyframe_nonmonotone.grippo_lampariello_lucidi import (
    GrippoLamparielloLucidi,
    GrippoLamparielloLucidiWolfe,
)
from pyframe_nonmonotone.zhang_hager import ZhangHager, ZhangHagerWolfe

__all__ = [
    "GrippoLamparielloLucidi",
    "GrippoLamparielloLucidiWolfe",
    "ZhangHager",
    "ZhangHagerWolfe",
]
