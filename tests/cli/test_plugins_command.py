"""``pyframe plugins``: list, show, check and new, their output and exit codes."""

import json
import subprocess
import sys

import pytest
from installing import GOOD, install, pyframe

from pyframe import cli
from pyframe.registry import template


def test_list(capsys):
    assert cli.main(["plugins", "list", "--kind", "criterion"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["kind", "name", "from", "summary"]
    assert any(line.startswith("criterion  armijo ") for line in lines)
    assert not any(line.startswith("strategy ") for line in lines)


def test_list_is_the_default(capsys):
    assert cli.main(["plugins"]) == 0
    plain = capsys.readouterr().out
    assert cli.main(["plugins", "list"]) == 0
    assert capsys.readouterr().out == plain


def test_list_as_json(capsys):
    assert cli.main(["plugins", "list", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert {"known", "plugins"} == set(document)
    (armijo,) = [known for known in document["known"] if known["id"] == "pyframe:armijo"]
    assert armijo["kind"] == "criterion"
    assert armijo["summary"] == "sufficient decrease"


def test_show(capsys):
    assert cli.main(["plugins", "show", "strong-wolfe"]) == 0
    shown = dict(line.split(":", 1) for line in capsys.readouterr().out.splitlines())
    shown = {key.strip(): value.strip() for key, value in shown.items()}
    assert shown["id"] == "pyframe:strong-wolfe"
    assert shown["parameters"] == "c1 = 0.0001, c2 = 0.9"
    assert shown["needs"] == "slope"
    assert shown["reference"] == "Nocedal and Wright 2006, eq. 3.7"
    assert shown["implementation"] == "pyframe.linesearch.criteria:StrongWolfe"


def test_show_shows_every_kind_that_has_the_name(capsys):
    assert cli.main(["plugins", "show", "hager-zhang", "--json"]) == 0
    kinds = [known["kind"] for known in json.loads(capsys.readouterr().out)]
    assert kinds == ["strategy", "initial-step"]


def test_show_survives_what_cannot_be_loaded(tmp_path):
    code = "from pyframe.registry.records import CriterionRecord\n"
    code += "def pyframe_criteria():\n    return [CriterionRecord('x', 'nowhere_at_all:f')]\n"
    install(tmp_path, "lazy", code)
    done = pyframe(tmp_path, "plugins", "show", "x")
    assert done.returncode == 0
    assert "trouble: criterion 'x' cannot be loaded from 'nowhere_at_all:f'" in done.stdout


def test_check_built_in_parts_by_name(capsys):
    assert cli.main(["plugins", "check", "armijo", "golden"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "ok   criterion armijo: 8 of 8 properties hold"
    # Golden section is a strategy and a scalar method.
    assert [line.split()[1] for line in lines] == ["criterion", "strategy", "scalar-method"]


def test_check_a_distribution(tmp_path):
    install(tmp_path, "good-one", GOOD.format(name="good"))
    install(tmp_path, "broken-one", "import nowhere_to_be_found")
    every = pyframe(tmp_path, "plugins", "check")
    assert every.returncode == 1
    assert [line[:4] for line in every.stdout.splitlines()] == ["FAIL", "ok  "]
    good = pyframe(tmp_path, "plugins", "check", "Good_One")
    assert (good.returncode, len(good.stdout.splitlines())) == (0, 1)
    broken = pyframe(tmp_path, "plugins", "check", "broken-one")
    assert broken.returncode == 1
    assert "FAIL plugin broken-one 1.0: its import raised ModuleNotFoundError" in broken.stdout


def test_check_without_plugins(tmp_path):
    done = pyframe(tmp_path, "plugins", "check", PYFRAME_NO_PLUGINS="1")
    assert (done.returncode, done.stdout) == (0, "no plugin is installed\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "usage: pyframe"),
        (["frobnicate"], "invalid choice: 'frobnicate'"),
        (["plugins", "frobnicate"], "invalid choice: 'frobnicate'"),
        (["plugins", "list", "--kind", "criteria"], "invalid choice: 'criteria'"),
        (["plugins", "list", "--frob"], "unrecognized arguments: --frob"),
        (["plugins", "show"], "the following arguments are required: NAME"),
        (["plugins", "show", "armijjo"], "unknown name 'armijjo'; did you mean 'armijo'?"),
        (["plugins", "check", "armijjo"], "unknown name 'armijjo'; did you mean 'armijo'?"),
        (["plugins", "check", "x" * 10**6], "unknown name 'xxx"),
        (["plugins", "new"], "the following arguments are required: NAME"),
        (["plugins", "new", "../x"], "is not of the form 'lower-case-words'"),
        (["plugins", "new", "Upper"], "is not of the form 'lower-case-words'"),
        (["plugins", "new", "lambda"], "'lambda' is a keyword of Python"),
        (["plugins", "new", "armijo"], "criterion 'armijo' is built in"),
        (["plugins", "new", "x", "--kind", "rule"], "invalid choice: 'rule'"),
        (["bench", "--kind", "frob"], "kind must be one of"),
    ],
)
def test_h19_bad_arguments_are_exit_code_2(capsys, monkeypatch, tmp_path, arguments, said):
    monkeypatch.chdir(tmp_path)
    try:
        code = cli.main(arguments)
    except SystemExit as stop:
        code = stop.code
    captured = capsys.readouterr()
    assert code == 2
    assert said in captured.err
    assert "Traceback" not in captured.err
    assert max(map(len, captured.err.splitlines())) < 1000
    assert captured.out == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", template.KINDS)
def test_a_new_plugin_passes_its_own_test(tmp_path, monkeypatch, kind):
    # Installed as an editable distribution would be: its metadata and its source on the path.
    assert cli.main(["plugins", "new", "brand-new", "--kind", kind, "--output", str(tmp_path)]) == 0
    project = tmp_path / "pyframe-brand-new"
    source = project / "src"
    install(
        tmp_path / "site",
        "pyframe-brand-new",
        "",
        entry_points="[pyframe]\nbrand_new = pyframe_brand_new\n",
    )
    (tmp_path / "site" / "pyframe_brand_new.py").unlink()
    monkeypatch.setenv("PYTHONPATH", f"{source}:{tmp_path / 'site'}")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(project)],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        cwd=tmp_path,
    )
    assert "2 passed" in done.stdout, done.stdout + done.stderr


def test_a_new_criterion_is_at_most_15_lines(tmp_path):
    folder = template.new("brand-new", "criterion", tmp_path)
    text = (folder / "src" / "pyframe_brand_new" / "__init__.py").read_text(encoding="utf-8")
    assert len([line for line in text.splitlines() if line.strip()]) <= 15


def test_a_plugin_that_cannot_be_written(tmp_path, capsys):
    (tmp_path / "file").touch()
    assert cli.main(["plugins", "new", "brand-new", "--output", str(tmp_path / "file")]) == 2
    assert "pyframe-brand-new cannot be written: " in capsys.readouterr().err


@pytest.mark.parametrize("kind", template.KINDS)
def test_copier_writes_the_same_files(tmp_path, monkeypatch, kind):
    pytest.importorskip("copier")
    with_copier = template.new("brand-new", kind, tmp_path / "a")
    monkeypatch.setattr(template, "find_spec", lambda _: None)
    by_hand = template.new("brand-new", kind, tmp_path / "b")

    def files(folder):
        return {
            str(path.relative_to(folder)): path.read_text(encoding="utf-8")
            for path in folder.rglob("*")
            if path.is_file()
        }

    assert files(with_copier) == files(by_hand)


def test_a_closed_pipe_is_no_error(tmp_path):
    done = subprocess.run(
        f"{sys.executable} -m pyframe.cli plugins list --json | head -c 10",
        shell=True,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
