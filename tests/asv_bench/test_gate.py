"""The gate refuses every rise of a deterministic figure, and nothing else."""

from pathlib import Path

import installing
import pytest

NAME = "scalar.TrackAll.track_evaluations('brent')"
TIME = "scalar.TimeSolve.time_solve('brent')"


@pytest.mark.parametrize(
    ("before", "after", "passed"),
    [
        ({NAME: 10.0}, {NAME: 10.0}, True),
        ({NAME: 10.0}, {NAME: 9.0}, True),
        ({NAME: 1e9}, {NAME: 1e9 + 1}, False),  # any rise, at 0 %
        ({NAME: 0.0}, {NAME: 1.0}, False),  # the first failure
        ({NAME: 10.0}, {NAME: None}, False),  # a benchmark that no longer runs
        ({NAME: 10.0}, {}, False),  # or is gone
        ({}, {NAME: 10.0}, True),  # a new method
        ({NAME: None}, {NAME: 10.0}, True),  # a pair that was refused
        ({NAME: None}, {NAME: None}, True),
        ({NAME: 10.0, TIME: 1e-6}, {NAME: 10.0, TIME: 9e-6}, True),  # time decides nothing
    ],
)
def test_gate_is_passed_unless_a_tracked_figure_rises_or_is_lost(script, before, after, passed):
    assert script("gate").report(before, after) is passed


def test_every_refused_figure_is_named_with_both_values(script, capsys):
    before = {f"m.C.track_n({k})": 1.0 for k in range(30)}
    script("gate").report(before, dict.fromkeys(before, 2.0))
    shown = capsys.readouterr().out
    assert all(f"{name}: 1 -> 2" in shown for name in before)


@pytest.mark.usefixtures("asv")
def test_an_unmeasured_commit_is_an_error_and_not_a_pass(script, tmp_path):
    folder = str(Path(script("gate").__file__).parent)
    code = f"import gate, pathlib; gate.figures('1234', pathlib.Path({str(tmp_path)!r}))"
    done = installing.python(Path(folder), code)
    assert done.returncode == 1
    assert "LookupError: no results of commit 1234" in done.stderr
