"""The demo's numbers make sense, and it behaves on a terminal, without one, and when stopped."""

import io
import sys
from xml.etree import ElementTree as ET

import matplotlib as mpl

mpl.use("Agg")

import numpy as np
import pytest
from scipy.optimize import check_grad
from scipy.optimize import minimize as scipy_minimize

import pyframe as pf
from pyframe import demo
from pyframe.demo import show, training
from pyframe.demo.data_file import load, split
from pyframe.demo.logistic import LogisticRegression, accuracy
from pyframe.demo.progress import progress
from pyframe.demo.tables import race_table, table, training_table
from pyframe.demo.training import GTOL, least_loss, pairs, strategy_for, train
from pyframe.draw import race
from pyframe.errors import ParameterError

ROWS = split(load())
PROBLEM = LogisticRegression(ROWS.train, ROWS.train_labels)
GRADIENT = pf.grad(PROBLEM.loss)
CRITERIA = pf.plugins("criterion")


@pytest.fixture(scope="module")
def trained():
    return [train(PROBLEM, ROWS, direction, known) for direction, known in pairs()]


# Data


def test_the_data_are_those_of_the_source():
    data = load()
    assert data.features.shape == (569, 30)
    assert (int(data.malignant.sum()), len(data.names)) == (212, 30)
    assert data.features[0, :4].tolist() == [17.99, 10.38, 122.8, 1001.0]
    assert np.isfinite(data.features).all()


def test_the_split_shares_no_row_and_standardises_by_the_training_rows():
    assert len(ROWS.train) + len(ROWS.test) == 569
    np.testing.assert_allclose(ROWS.train[:, :-1].mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(ROWS.train[:, :-1].std(axis=0), 1)
    assert abs(ROWS.test[:, :-1].mean(axis=0)).max() > 1e-3
    assert (ROWS.train[:, -1] == 1).all()
    together = {row.tobytes() for row in ROWS.train} & {row.tobytes() for row in ROWS.test}
    assert not together


def test_the_split_is_the_same_each_time():
    np.testing.assert_array_equal(split(load()).test, ROWS.test)


# The problem


def test_the_gradient_taken_from_the_plain_loss_is_that_of_the_loss():
    for seed in range(5):
        w = np.random.default_rng(seed).normal(size=31)
        assert check_grad(PROBLEM.loss, pf.grad(PROBLEM.loss), w) < 1e-6


def test_huge_margins_neither_overflow_nor_lose_the_gradient():
    with np.errstate(over="raise", invalid="raise"):
        value, gradient = pf.value_and_grad(PROBLEM.loss)(np.full(31, 1e4))
        assert np.isfinite(value)
        assert np.isfinite(gradient).all()


def test_no_curvature_exceeds_the_bound():
    w = np.zeros(31)
    columns = [(GRADIENT(w + 1e-6 * e) - GRADIENT(w)) / 1e-6 for e in np.eye(31)]
    assert np.linalg.eigvalsh(np.array(columns))[-1] <= PROBLEM.curvature_bound() * (1 + 1e-5)


# Training


def test_every_criterion_is_trained_with_both_directions(trained):
    assert {(run.direction, run.criterion) for run in trained} == {
        (direction, known.name) for direction in ("gradient-descent", "lbfgs") for known in CRITERIA
    }


def test_lbfgs_reaches_one_loss_with_every_criterion(trained):
    reference = scipy_minimize(PROBLEM.loss, np.zeros(31), jac=GRADIENT, tol=1e-9).fun
    assert least_loss(PROBLEM) == pytest.approx(reference, abs=1e-9)
    converged = [r for r in trained if r.direction == "lbfgs" and r.result and r.result.success]
    assert len(converged) >= 11
    for run in converged:
        assert run.result.fun == pytest.approx(reference, abs=1e-4)
        assert abs(GRADIENT(run.result.x)).max() <= GTOL


def test_lbfgs_is_right_on_95_of_100_held_back_biopsies(trained):
    for run in trained:
        if run.direction == "lbfgs":
            assert run.test_accuracy >= 0.95
            assert run.train_accuracy >= 0.95


def test_gradient_descent_takes_more_iterations_than_lbfgs(trained):
    iterations = {(r.direction, r.criterion): r.result.nit for r in trained}
    for name in ("armijo", "wolfe", "strong-wolfe", "goldstein"):
        assert iterations["gradient-descent", name] > iterations["lbfgs", name]


def test_histories_begin_at_log_2_and_have_an_entry_for_each_iteration(trained):
    for run in trained:
        assert run.losses[0] == pytest.approx(np.log(2))
        assert len(run.losses) == run.result.nit + 1


@pytest.mark.parametrize("known", CRITERIA, ids=lambda known: known.name)
def test_the_strategy_can_lengthen_when_the_criterion_may_ask_for_it(known):
    strategy = next(k for k in pf.plugins("strategy") if k.name == strategy_for(known))
    assert strategy.record.can_grow or not known.record.can_lengthen


def test_a_new_criterion_appears_by_itself_and_a_broken_one_is_a_line():
    @pf.criterion("decrease", can_lengthen=False)
    def decrease(start, trial):
        return pf.ACCEPT if trial.value < start.value else pf.TOO_LONG

    @pf.criterion("late-failure", can_lengthen=False)
    def late_failure(start, trial):
        if 0.6 < start.value < 0.7:
            raise RuntimeError("out of order")
        return pf.ACCEPT

    with pf.register(decrease), pf.register(late_failure):
        new = [p for p in pairs() if p[1].name in ("decrease", "late-failure") and p[0] == "lbfgs"]
        good, bad = (train(PROBLEM, ROWS, *pair) for pair in new)
    assert good.result.success
    assert bad.result is None
    text = training_table([good, bad])
    assert text.splitlines()[-1].startswith("refused: late-failure with backtracking: ")
    assert "out of order" in text


def test_a_refused_pair_is_listed_as_such(monkeypatch):
    monkeypatch.setattr(training, "strategy_for", lambda known: "backtracking")
    wolfe = next(known for known in CRITERIA if known.name == "wolfe")
    run = train(PROBLEM, ROWS, "lbfgs", wolfe)
    assert run.refusal.startswith("PairError: ")
    assert training_table([run]).startswith("refused: wolfe with backtracking: PairError")


def test_accuracy_counts_right_answers():
    rows = np.array([[1.0], [2.0], [-1.0], [-3.0]])
    assert accuracy(np.array([1.0]), rows, np.array([1.0, 1.0, 1.0, -1.0])) == 0.75


# Tables and progress


def test_tables_line_up():
    lines = table(["a", "long name"], [["x", "1"], ["yy", "22"]]).splitlines()
    assert lines == ["a   long name", "--  ---------", "x           1", "yy         22"]


def test_the_training_tables_fit_100_columns(trained):
    for direction in ("gradient-descent", "lbfgs"):
        lines = training_table([run for run in trained if run.direction == direction]).splitlines()
        assert max(map(len, lines)) <= 100


def test_the_race_table_puts_theory_beside_what_was_seen():
    row = next(line for line in race_table(race()).splitlines() if line.startswith("golden"))
    assert row.split()[5] == "0.618"


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(("tqdm", "expected"), [(False, "work: 2 of 2"), (True, "bar of 2")])
def test_progress_is_shown_on_a_terminal(tqdm, expected, monkeypatch):
    class Bar:
        @staticmethod
        def tqdm(items, total, file, **_):
            print(f"bar of {total}", file=file)
            return items

    monkeypatch.setitem(sys.modules, "tqdm", Bar if tqdm else None)
    monkeypatch.setattr(sys, "stdout", Terminal())
    assert list(progress([1, 2], 2, "work", show=True)) == [1, 2]
    assert expected in sys.stdout.getvalue()


def test_progress_is_silent_when_not_wanted(monkeypatch):
    monkeypatch.setattr(sys, "stdout", Terminal())
    assert list(progress([1, 2], 2, "work", show=False)) == [1, 2]
    assert sys.stdout.getvalue() == ""


# The whole


def test_the_demo_prints_tables_and_writes_every_picture_twice(tmp_path, capsys):
    folder = tmp_path / "new" / "folder"
    assert demo.run(folder) == 0
    text = capsys.readouterr().out
    written = sorted(folder.iterdir())
    assert {path.stem for path in written} == {
        "comparison",
        "acceptance",
        "acceptance-every-criterion",
        "bracket-dichotomy-frames",
        "bracket-golden",
        "loss-gradient-descent",
        "loss-lbfgs",
        "loss-network",
    }
    for path in written:
        assert str(path) in text
        if path.suffix == ".svg":
            assert ET.parse(path).getroot().tag.endswith("svg")
        else:
            assert path.read_bytes().startswith(b"\x89PNG")
    assert len(written) == 16
    for known in CRITERIA:
        assert text.count(f"\n{known.name} ") == 3
    assert "\r" not in text
    assert text.isascii()


@pytest.fixture
def _one_pair(monkeypatch):
    monkeypatch.setattr(show, "pairs", lambda: pairs()[-1:])


@pytest.mark.usefixtures("_one_pair")
def test_without_matplotlib_it_says_so_in_one_line_and_goes_on(tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert demo.run(tmp_path) == 0
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "matplotlib" in line]
    assert "pip install pyframe[plot]" in line
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_ends_it_with_the_usual_code(tmp_path, capsys, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(show, "train", interrupted)
    assert demo.run(tmp_path) == 130
    assert capsys.readouterr().out.endswith("\ninterrupted\n")


def test_an_output_that_is_no_folder_is_refused_before_any_work(tmp_path, capsys):
    file = tmp_path / "file"
    file.write_text("")
    for output in (file, file / "below"):
        with pytest.raises(ParameterError, match="output must be a folder"):
            demo.run(output)
    assert capsys.readouterr().out == ""
