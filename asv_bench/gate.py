"""The gate: no deterministic figure may rise from one commit to the next.

    python asv_bench/gate.py BEFORE AFTER

compares the results that asv holds of two commits.  ``track_*`` values are counts that do
not depend on the machine's load, so a rise of any size, and a figure that is no longer
produced, fail the gate (exit code 1).  Wall times are shown and decide nothing.
"""

from __future__ import annotations

import argparse
import itertools
import math
import statistics
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
RESULTS = HERE / "results"
SHOWN = 10


class Change(NamedTuple):
    """A figure of one benchmark and choice of parameters, at both commits."""

    name: str
    before: float | None
    after: float | None

    @property
    def rises(self) -> bool:
        """Whether the gate refuses it: it rose, or is there no more."""
        if self.before is None:
            return False
        return self.after is None or self.after > self.before


Figures = dict[str, float | None]


def compare(before: Figures, after: Figures) -> list[Change]:
    """The figures that differ; those that only `after` has are new, not changed."""
    pairs = (Change(name, value, after.get(name)) for name, value in before.items())
    return [pair for pair in pairs if pair.before != pair.after]


def figures(commit: str, results: Path = RESULTS) -> Figures:
    """Every figure asv holds of a commit, by ``benchmark(parameter, ...)``.

    Raises
    ------
    LookupError
        When the commit was not measured.
    """
    from asv.results import iter_results

    found: Figures = {}
    measured = [one for one in iter_results(str(results)) if one.commit_hash.startswith(commit)]
    if not measured:
        raise LookupError(f"no results of commit {commit} in {results}: run asv_bench/run.py first")
    for one in measured:
        for key in one.get_all_result_keys():
            parameters = one.get_result_params(key)
            values = one.get_result_value(key, parameters)
            labels = itertools.product(*parameters) if parameters else [()]
            for label, value in zip(labels, values or [None], strict=False):
                name = f"{key}({', '.join(label)})" if label else key
                found[name] = None if value is None or math.isnan(value) else float(value)
    return found


def tracked(every: Figures) -> Figures:
    """The deterministic ones."""
    return {name: value for name, value in every.items() if ".track_" in name}


def report(before: Figures, after: Figures) -> bool:
    """Print the table; returns whether the gate is passed."""
    old, new = tracked(before), tracked(after)
    changes = compare(old, new)
    refused = [change for change in changes if change.rises]
    fallen = [c for c in changes if not c.rises and None not in (c.before, c.after)]
    print(
        f"deterministic figures: {sum(v is not None for v in new.values())} now, "
        f"{len(refused)} risen or lost, {len(fallen)} fallen, "
        f"{sum(v is not None and old.get(k) is None for k, v in new.items())} new"
    )
    for title, group in (("RISEN OR LOST", refused), ("fallen", fallen)):
        for change in group[: None if group is refused else SHOWN]:
            print(
                f"  {title:13} {change.name}: {_number(change.before)} -> {_number(change.after)}"
            )
        if group is fallen and len(group) > SHOWN:
            print(f"  ... and {len(group) - SHOWN} more fallen")
    _report_times(before, after)
    print("gate: " + ("refused" if refused else "passed"))
    return not refused


def _number(value: float | None) -> str:
    return "nothing" if value is None else f"{value:g}"


def _report_times(before: Figures, after: Figures) -> None:
    ratios = {
        name: after[name] / value
        for name, value in before.items()
        if ".time" in name and value and after.get(name)
    }
    if not ratios:
        return
    mean = math.exp(statistics.fmean(map(math.log, ratios.values())))
    print(
        f"wall times (reported only): {len(ratios)} in common, geometric mean now/before {mean:.2f}"
    )
    for name in sorted(ratios, key=ratios.__getitem__, reverse=True)[:3]:
        print(f"  {ratios[name]:5.2f}  {name}: {before[name]:.3g} s -> {after[name]:.3g} s")


def commit_of(name: str) -> str:
    """The full hash of whatever git understands."""
    command = ["git", "-C", str(HERE), "rev-parse", "--verify", f"{name}^{{commit}}"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def main(arguments: list[str] | None = None) -> int:
    """Compare two commits; the exit code says whether the gate is passed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("before", nargs="?", default="HEAD~1")
    parser.add_argument("after", nargs="?", default="HEAD")
    chosen = parser.parse_args(arguments)
    old, new = commit_of(chosen.before), commit_of(chosen.after)
    print(f"{old[:8]} -> {new[:8]}")
    try:
        passed = report(figures(old), figures(new))
    except LookupError as error:
        print(f"gate: {error}", file=sys.stderr)
        return 2
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
