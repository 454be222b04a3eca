"""What a conformance check returns: one finding for each property."""

from __future__ import annotations

from dataclasses import dataclass

from pyframe.errors import PyframeError


class ConformanceError(PyframeError, AssertionError):
    """A part does not do what its kind promises; the message lists every failure."""


@dataclass(frozen=True)
class Finding:
    """One property of a part.

    Parameters
    ----------
    sentence : str
        What was looked at.
    status : str
        ``"ok"``, ``"FAIL"``, ``"waived"`` (it fails and need not hold) or ``"n/a"``.
    figure : str
        How much was looked at, or what was seen.
    """

    sentence: str
    status: str
    figure: str


@dataclass(frozen=True)
class Report:
    """The findings on one part; prints as a table.

    Parameters
    ----------
    title : str
        Kind, name and origin of the part.
    findings : tuple of Finding
        One for each property.
    """

    title: str
    findings: tuple[Finding, ...]

    @property
    def failures(self) -> tuple[Finding, ...]:
        """The properties that do not hold."""
        return tuple(finding for finding in self.findings if finding.status == "FAIL")

    @property
    def passed(self) -> bool:
        """Whether no property fails."""
        return not self.failures

    def line(self) -> str:
        """The report on one line, with the first failure."""
        applied = [finding for finding in self.findings if finding.status != "n/a"]
        held = sum(finding.status == "ok" for finding in applied)
        waived = sum(finding.status == "waived" for finding in applied)
        text = f"{self.title}: {held} of {len(applied)} properties hold"
        if waived:
            text += f", {waived} waived"
        if self.failures:
            text += f"; {self.failures[0].sentence}: {self.failures[0].figure}"
        return text

    def __str__(self) -> str:
        width = max((len(finding.sentence) for finding in self.findings), default=0)
        rows = [f"  {f.status:6} {f.sentence:{width}}  {f.figure}".rstrip() for f in self.findings]
        return "\n".join([self.title, *rows])

    def raise_if_failed(self) -> Report:
        """The report itself, when no property fails.

        Raises
        ------
        ConformanceError
            When one does; the message lists all that do.
        """
        if self.failures:
            failed = "\n".join(f"  {f.sentence}: {f.figure}" for f in self.failures)
            raise ConformanceError(f"{self.title} does not conform\n{failed}")
        return self
