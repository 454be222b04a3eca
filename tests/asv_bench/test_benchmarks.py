"""Benchmarks take their names from the registry, and track what does not change by itself."""

import importlib
import itertools
import json
import sys
from pathlib import Path

import installing
import pytest

import pyframe as pf

FOLDER = Path(__file__).parents[2] / "asv_bench"


@pytest.fixture
def suite(monkeypatch, tmp_path):
    """Load modules of asv_bench/benchmarks afresh, with a list of names of their own."""
    monkeypatch.syspath_prepend(str(FOLDER))
    monkeypatch.setenv("PYFRAME_BENCH_NAMES", str(tmp_path / "names.json"))

    def forget():
        for name in [n for n in sys.modules if n.split(".")[0] == "benchmarks"]:
            del sys.modules[name]

    forget()
    yield lambda name: importlib.import_module(f"benchmarks.{name}")
    forget()


def test_a_name_keeps_its_place_when_an_older_commit_does_not_know_it(suite, tmp_path, monkeypatch):
    names = suite("names")
    seen = tmp_path / "seen.json"
    for known, expected in [
        (["b", "d"], ["b", "d"]),
        (["a", "d"], ["b", "d", "a"]),
        ([], ["b", "d", "a"]),
    ]:
        monkeypatch.setattr(names, "known", lambda _, known=known: known)
        assert names.names("criterion", seen) == expected
    assert json.loads(seen.read_text()) == {"criterion": ["b", "d", "a"]}


def test_a_name_the_commit_does_not_know_is_left_out(suite):
    with pytest.raises(NotImplementedError, match="no criterion 'of-the-future'"):
        suite("names").record("criterion", "of-the-future")


def test_a_registered_method_appears_by_itself(suite):
    @pf.criterion("halving-for-benchmarks", can_lengthen=False)
    def halving(start, trial):
        return pf.ACCEPT if trial.value <= 0.5 * start.value else pf.TOO_LONG

    with pf.register(halving):
        assert "halving-for-benchmarks" in suite("line_search").CRITERIA


def test_the_methods_of_an_installed_plugin_appear_by_themselves(tmp_path):
    installing.install(tmp_path, "good-one", installing.GOOD.format(name="of-a-plugin"))
    code = f"""
import sys
sys.path.insert(0, {str(FOLDER)!r})
from benchmarks.line_search import Track
track = Track()
track.setup("backtracking", "of-a-plugin")
print("of-a-plugin" in Track.params[1], track.track_evaluations() > 0)
"""
    done = installing.python(tmp_path, code, PYFRAME_BENCH_NAMES=str(tmp_path / "names.json"))
    assert (done.stdout, done.stderr) == ("True True\n", "")


@pytest.mark.usefixtures("asv")
def test_asv_measures_an_installed_plugins_methods_in_an_existing_environment(tmp_path):
    installing.install(tmp_path, "good-one", installing.GOOD.format(name="of-a-plugin"))
    table = r"line_search\.Track\.track_failures\('backtracking', 'of-a-plugin'\)"

    config = tmp_path / "asv.conf.json"
    places = {"benchmark_dir": FOLDER / "benchmarks", "repo": FOLDER.parent, "results_dir": "."}
    text = {key: str(tmp_path / path) for key, path in places.items()}
    config.write_text(
        json.dumps({"version": 1, "project": "pyframe", "environment_type": "existing"} | text)
    )

    def run(*arguments):
        environment = {
            "HOME": str(tmp_path),  # where asv keeps what it knows of the machine
            "ASV_PYTHONPATH": str(tmp_path),  # it hides PYTHONPATH from what it measures
            "PYFRAME_BENCH_NAMES": str(tmp_path / "names.json"),
        }
        command = ("-m", "asv", "--config", str(config), *arguments)
        return installing.run(tmp_path, *command, **environment)

    run("machine", "--yes")
    done = run("run", "--environment", "existing", "--dry-run", "--quick", "--bench", table)
    rows = [line.split() for line in done.stdout.splitlines()]
    assert ["backtracking", "of-a-plugin", "0"] in rows, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("module", "classes"),
    [
        ("scalar", ["Track", "TrackAll"]),
        ("line_search", ["Track"]),
        ("minimize", ["Track"]),
    ],
)
def test_tracked_figures_are_the_same_twice(suite, module, classes):
    for name in classes:
        benchmark = getattr(suite(module), name)
        tracks = [track for track in dir(benchmark) if track.startswith("track_")]
        figures = [_figures(benchmark, tracks), _figures(benchmark, tracks)]
        assert figures[0] == figures[1]
        assert tracks
        assert figures[0]


def _figures(benchmark, tracks):
    found = {}
    # A prime stride takes a sample that meets every name.
    for choice in itertools.islice(itertools.product(*benchmark.params), 0, None, 7):
        one = benchmark()
        try:
            one.setup(*choice)
        except NotImplementedError:
            continue
        found[choice] = [getattr(one, track)(*choice) for track in tracks]
    return found


def test_a_replayed_search_takes_the_same_path(suite):
    minimize = suite("minimize")
    one = minimize.TimeOverhead()
    one.setup("lbfgs", 10)
    left = [iter(values) for values in one.recording._values]
    one.time_twenty_iterations("lbfgs", 10)
    assert sum(1 for _ in left[0]) == len(one.recording._values[0]) > 20
