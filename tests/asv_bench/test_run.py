"""``make bench`` shows a line for each benchmark; tables go to the log."""

import pytest


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("· Discovering benchmarks\n", True),
        ("[ 7.69%] ··· batch.Track.track_failures                    ok\n", True),
        ("[ 7.69%] ··· batch.Track.track_failures                    failed\n", True),
        ("[ 7.69%] ··· ================= ===\n", False),
        ("                   brent        1318\n", False),
        ("\n", False),
    ],
)
def test_progress_is_told_from_tables(script, line, shown):
    assert script("run").is_progress(line) is shown


def test_the_commits_measured_are_the_last_ones_oldest_first(script, monkeypatch):
    run = script("run")
    listed = "new\nold\n"
    done = run.subprocess.CompletedProcess([], 0, listed, "")
    monkeypatch.setattr(run.subprocess, "run", lambda *_, **__: done)
    assert run.commits(2) == ["old", "new"]


def test_without_a_history_it_says_so(script, monkeypatch):
    run = script("run")
    done = run.subprocess.CompletedProcess([], 128, "", "fatal: not a git repository")
    monkeypatch.setattr(run.subprocess, "run", lambda *_, **__: done)
    with pytest.raises(SystemExit, match="no git history: fatal: not a git repository"):
        run.commits(2)
