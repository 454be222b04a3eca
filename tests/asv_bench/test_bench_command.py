"""``pyframe bench``: a line for everything registered."""

import pytest

import pyframe as pf
from pyframe.errors import ParameterError, UnknownNameError
from pyframe.testing import bench


@pytest.fixture
def textbook(monkeypatch):
    """Only the problems that come with pyframe."""
    plugins = pf.plugins
    monkeypatch.setattr(bench, "plugins", lambda kind: [] if kind == "problem" else plugins(kind))


def test_every_scalar_method_has_a_line_and_solves_the_textbook(textbook, capsys):
    assert bench.run("scalar-method") == 0
    lines = {line.split()[0]: line.split() for line in capsys.readouterr().out.split("\n")[3:-1]}
    built_in = {known.name for known in pf.plugins("scalar-method")}
    assert {name.rpartition(":")[2] for name in lines} == built_in
    assert all(int(words[2]) == 0 for words in lines.values())


def test_every_pair_that_is_not_refused_has_a_line(textbook, capsys):
    assert bench.run("strategy") == 0
    pairs = [tuple(line.split()[:2]) for line in capsys.readouterr().out.split("\n")[3:-1]]
    assert ("backtracking", "armijo") in pairs
    assert ("backtracking", "strong-wolfe") not in pairs
    assert len(pairs) == len(set(pairs)) > 100


def test_counts_are_those_of_the_search_itself(textbook, capsys):
    bench.run("scalar-method", ["quadratic"])
    golden = next(x for x in capsys.readouterr().out.split("\n") if x.startswith("golden"))
    own = pf.minimize_scalar(lambda x: (x - 2.0) ** 2, bounds=(0.0, 6.0), method="golden")
    assert int(golden.split()[1]) == own.nfev


def test_an_unknown_kind_or_problem_is_refused_by_name(textbook):
    with pytest.raises(
        ParameterError, match="kind must be one of scalar-method, strategy, got 'x'"
    ):
        bench.run("x")
    with pytest.raises(UnknownNameError, match="unknown problem 'rosebud'; known: quadratic"):
        bench.run(problems=["rosebud"])
