"""The hook: every name is valid, unique and loads; listing loads nothing; no orphans."""

from __future__ import annotations

import importlib
import importlib.metadata
import pkgutil
import subprocess
import sys
from pathlib import Path

import pyframe_problems
import pytest
from pyframe_problems.plugin import pyframe_problems as hook

from pyframe.errors import UnknownNameError
from pyframe.registry.records import NAME, ProblemRecord
from pyframe.testing.problems import LineProblem, ScalarProblem, VectorProblem

KINDS = (LineProblem, ScalarProblem, VectorProblem)
README = Path(__file__).parents[1] / "README.md"


def test_names_are_valid_and_unique():
    listed = [record.name for record in hook()]
    assert len(listed) == len(set(listed))
    assert all(NAME.fullmatch(name) for name in listed)


@pytest.mark.parametrize("record", hook(), ids=lambda record: record.name)
def test_record(record):
    assert type(record) is ProblemRecord
    assert isinstance(record.impl, str)
    assert record.summary and "\n" not in record.summary
    assert record.reference
    assert isinstance(record.load(), KINDS)


@pytest.mark.parametrize("record", hook(), ids=lambda record: record.name)
def test_summary_states_the_dimension(record):
    p = record.load()
    if isinstance(p, VectorProblem):
        assert record.summary.endswith(f"n = {len(p.x0)}")


def test_every_problem_defined_is_listed():
    listed = {record.impl for record in hook()}
    defined = set()
    for info in pkgutil.walk_packages(pyframe_problems.__path__, "pyframe_problems."):
        module = importlib.import_module(info.name)
        defined |= {f"{info.name}:{k}" for k, v in vars(module).items() if isinstance(v, KINDS)}
    assert defined == listed


def test_listing_imports_no_problem():
    code = (
        "import sys; from pyframe_problems.plugin import pyframe_problems; pyframe_problems();"
        "print([m for m in sys.modules if m.startswith('pyframe_problems.')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    modules = done.stdout.strip()
    assert modules == "['pyframe_problems.catalogue', 'pyframe_problems.plugin']" or (
        modules == "['pyframe_problems.plugin', 'pyframe_problems.catalogue']"
    )


def test_unknown_name_offers_the_nearest():
    with pytest.raises(UnknownNameError, match="did you mean 'rosenbrock'"):
        pyframe_problems.problem("rosenbrok")


def test_entry_point():
    try:
        points = importlib.metadata.distribution("pyframe-problems").entry_points
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("pyframe-problems is on the path but not installed")
    (point,) = points.select(group="pyframe")
    assert point.load().pyframe_problems is hook


def test_readme_lists_every_problem():
    text = README.read_text(encoding="utf-8")
    missing = [name for name in pyframe_problems.names() if f"`{name}`" not in text]
    assert not missing
