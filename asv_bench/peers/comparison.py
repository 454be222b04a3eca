"""One line of the table: the same work here and there, both times, and what is asked for."""

from __future__ import annotations

from dataclasses import dataclass

HEAD = (
    f"{'work':44} {'pyframe':>11} {'peer':>11} {'peer/pyframe':>13} {'target':>8}      "
    "what was done"
)


class AnswersDifferError(Exception):
    """The two did not do the same work, so their times say nothing."""


def check(same: bool, what: str) -> None:
    """Refuse to time work whose answers differ."""
    if not same:
        raise AnswersDifferError(what)


@dataclass(frozen=True)
class Comparison:
    """Times of the same work.

    Parameters
    ----------
    work : str
        What is timed.
    ours, theirs : float
        Seconds (medians).
    target : float
        The ratio ``theirs / ours`` wanted at least; 0 for none.
    note : str
        Counts of both, as ``ours|theirs``.
    """

    work: str
    ours: float
    theirs: float
    target: float = 0.0
    note: str = ""

    @property
    def ratio(self) -> float:
        """How many times as long the peer takes."""
        return self.theirs / self.ours if self.ours > 0 else float("inf")

    @property
    def met(self) -> bool:
        """Whether the target is reached."""
        return self.ratio >= self.target

    def line(self) -> str:
        """One line of the table."""
        target = f">= {self.target:.3g}" if self.target else ""
        verdict = ("ok" if self.met else "MISS") if self.target else ""
        return (
            f"{self.work:44} {seconds(self.ours):>11} {seconds(self.theirs):>11} "
            f"{self.ratio:12.2f}x {target:>8} {verdict:4} {self.note}"
        )


def seconds(value: float) -> str:
    """A time with a unit that fits."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if abs(value) >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value / 1e-9:.3g} ns"
