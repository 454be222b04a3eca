"""What pyframe's plugin manager loads: one hook that lists the mode."""

from __future__ import annotations

from pyframe.registry.records import ADModeRecord


def pyframe_ad_modes() -> list[ADModeRecord]:
    """Taylor series along a direction."""
    return [
        ADModeRecord(
            "taylor",
            "pyframe_taylor.mode:Taylor",
            "truncated series through the graph, any order along a direction",
            "Griewank and Walther 2008, chapter 13",
        )
    ]
